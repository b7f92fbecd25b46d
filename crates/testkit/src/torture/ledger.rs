//! What the server promised, and what it may have done without saying so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use plimsoll_oci::Digest;

use super::Report;

/// A blob or manifest in a repository.
pub(super) type Item = (String, Digest);

/// Where a tag may lead; `None` stands for no such tag.
#[derive(Clone, Debug, Default)]
pub(super) struct TagState {
    /// The last acknowledged state, and every one that was in flight after it.
    pub(super) possible: BTreeSet<Option<Digest>>,
}

#[derive(Debug, Default)]
pub(super) struct Books {
    /// Acknowledged blobs with their size.
    pub(super) blobs: BTreeMap<Item, u64>,
    /// Acknowledged manifests with their bytes.
    pub(super) manifests: BTreeMap<Item, Vec<u8>>,
    /// Blobs that were sent and never acknowledged: absent or whole.
    pub(super) doubtful_blobs: BTreeSet<Item>,
    /// Manifests that were sent and never acknowledged: absent or whole.
    pub(super) doubtful_manifests: BTreeSet<Item>,
    /// Tags by repository and name.
    pub(super) tags: BTreeMap<(String, String), TagState>,
    faults: Vec<String>,
    counts: Report,
}

/// The record all clients and the verifier share.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    books: Mutex<Books>,
}

impl Ledger {
    pub(super) fn blob_sent(&self, repository: &str, digest: Digest) {
        let item = (repository.to_owned(), digest);
        let mut books = self.lock();
        if !books.blobs.contains_key(&item) {
            books.doubtful_blobs.insert(item);
        }
    }

    pub(super) fn blob_acknowledged(&self, repository: &str, digest: Digest, size: u64) {
        let item = (repository.to_owned(), digest);
        let mut books = self.lock();
        books.doubtful_blobs.remove(&item);
        books.blobs.insert(item, size);
    }

    /// A manifest is on its way under a tag.
    pub(super) fn manifest_sent(&self, repository: &str, tag: &str, digest: Digest) {
        let mut books = self.lock();
        let item = (repository.to_owned(), digest);
        if !books.manifests.contains_key(&item) {
            books.doubtful_manifests.insert(item);
        }
        books.tag(repository, tag).possible.insert(Some(digest));
    }

    pub(super) fn manifest_acknowledged(&self, repository: &str, tag: &str, digest: Digest, bytes: &[u8]) {
        let mut books = self.lock();
        let item = (repository.to_owned(), digest);
        books.doubtful_manifests.remove(&item);
        books.manifests.insert(item, bytes.to_vec());
        books.tag(repository, tag).possible = BTreeSet::from([Some(digest)]);
        books.counts.images += 1;
    }

    /// A tag is on its way to being deleted.
    pub(super) fn tag_deletion_sent(&self, repository: &str, tag: &str) {
        self.lock().tag(repository, tag).possible.insert(None);
    }

    pub(super) fn tag_deleted(&self, repository: &str, tag: &str) {
        self.lock().tag(repository, tag).possible = BTreeSet::from([None]);
    }

    pub(super) fn request_broken(&self) {
        self.lock().counts.broken_requests += 1;
    }

    pub(super) fn upload_resumed(&self) {
        self.lock().counts.resumed += 1;
    }

    pub(super) fn upload_cancelled(&self) {
        self.lock().counts.cancelled += 1;
    }

    pub(super) fn fault(&self, text: String) {
        self.lock().faults.push(text);
    }

    pub(super) fn faults(&self) -> Vec<String> {
        self.lock().faults.clone()
    }

    /// Adds what the clients did to `report`.
    pub(super) fn count(&self, report: &mut Report) {
        let books = self.lock();
        let counts = &books.counts;
        report.images = counts.images;
        report.blobs = books.blobs.len();
        report.manifests = books.manifests.len();
        report.tags = books.tags.len();
        report.broken_requests = counts.broken_requests;
        report.resumed = counts.resumed;
        report.cancelled = counts.cancelled;
    }

    /// The books, locked: the verifier reads them while no client works.
    pub(super) fn lock(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    fn tag(&mut self, repository: &str, tag: &str) -> &mut TagState {
        let fresh = || TagState { possible: BTreeSet::from([None]) };
        self.tags.entry((repository.to_owned(), tag.to_owned())).or_insert_with(fresh)
    }
}
