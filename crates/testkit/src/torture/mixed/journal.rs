//! What the clients asked, what they were told, and when.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use plimsoll_oci::Digest;
use serde_json::Value;

use crate::image::{Document, Image};

/// A value that has a history of its own: what a tag names, whether a grant is in force.
pub(super) type Key = String;

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// What it is, for the report.
    pub(super) label: &'static str,
    /// The ARN of who sent it.
    pub(super) principal: Arc<str>,
    /// Milliseconds since the Unix epoch.
    pub(super) began: i64,
    pub(super) ended: i64,
    pub(super) took: Duration,
    /// As the answer names it; empty where there was none.
    pub(super) request_id: String,
    /// 0 where there was no answer.
    pub(super) status: u16,
    /// The beginning of the answer, for a fault.
    pub(super) answer: String,
    /// Whether it was denied, so that the audit log says so.
    pub(super) denied: bool,
    /// What it changes, if the answer is a success.
    pub(super) change: Option<Change>,
    /// What it saw.
    pub(super) reads: Vec<Read>,
}

impl Event {
    /// Whether it was answered with success.
    pub(super) fn done(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// A change that a request makes.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// The action its record names.
    pub(super) action: &'static str,
    /// What it sets, beside images: the record does not say.
    pub(super) sets: Vec<(Key, Option<String>)>,
    /// What holds where it made no change, because everything was so already; `None` if it always makes one.
    pub(super) otherwise: Option<Vec<Read>>,
    /// Whether it was asked for by the ECR API, whose deletions of tags differ from those over `/v2/`.
    pub(super) by_api: bool,
}

impl Change {
    pub(super) fn new(action: &'static str) -> Self {
        Self { action, sets: Vec::new(), otherwise: None, by_api: false }
    }

    pub(super) fn by_api(action: &'static str) -> Self {
        Self { by_api: true, ..Self::new(action) }
    }

    pub(super) fn sets(mut self, key: Key, value: Option<&str>) -> Self {
        self.sets.push((key, value.map(str::to_owned)));
        self
    }

    pub(super) fn or(mut self, reads: Vec<Read>) -> Self {
        self.otherwise = Some(reads);
        self
    }
}

/// A value that was seen between the beginning and the end of an event.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) key: Key,
    pub(super) value: Option<String>,
}

impl Read {
    pub(super) fn new(key: Key, value: Option<String>) -> Self {
        Self { key, value }
    }
}

/// The value that is what a tag or digest of a repository can be pulled as.
pub(super) fn image_key(account: &str, repository: &str, reference: &str) -> Key {
    format!("image {account}/{repository} {reference}")
}

/// Whether a repository may be pulled from by the other account.
pub(super) fn grant_key(account: &str, repository: &str) -> Key {
    format!("grant {account}/{repository}")
}

/// What the clients share.
#[derive(Debug, Default)]
pub(super) struct Journal {
    events: Mutex<Vec<Event>>,
    faults: Mutex<Vec<String>>,
    manifests: Mutex<BTreeMap<Digest, Document>>,
    operations: AtomicUsize,
}

impl Journal {
    pub(super) fn fault(&self, text: String) {
        lock(&self.faults).push(text);
    }

    pub(super) fn faults(&self) -> Vec<String> {
        lock(&self.faults).clone()
    }

    /// Notes an operation with its requests.
    pub(super) fn operation(&self, events: &mut Vec<Event>) {
        lock(&self.events).append(events);
        self.operations.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn operations(&self) -> usize {
        self.operations.load(Ordering::Relaxed)
    }

    pub(super) fn events(&self) -> Vec<Event> {
        lock(&self.events).clone()
    }

    /// Notes an image before it is pushed.
    pub(super) fn image(&self, image: &Image) {
        self.manifest(&image.manifest);
    }

    pub(super) fn manifest(&self, manifest: &Document) {
        lock(&self.manifests).insert(manifest.digest, manifest.clone());
    }

    /// The indexes that clients made, with their children.
    pub(super) fn indexes(&self) -> BTreeMap<String, Vec<String>> {
        let children = |manifest: &Document| -> Vec<String> {
            let value: Value = serde_json::from_slice(&manifest.bytes).unwrap_or_default();
            let children = value["manifests"].as_array().into_iter().flatten();
            children.filter_map(|child| child["digest"].as_str().map(str::to_owned)).collect()
        };
        let manifests = lock(&self.manifests);
        let all = manifests.iter().map(|(digest, manifest)| (digest.to_string(), children(manifest)));
        all.filter(|(_, children)| !children.is_empty()).collect()
    }

    /// A manifest that some client made.
    pub(super) fn find(&self, digest: &Digest) -> Option<Document> {
        lock(&self.manifests).get(digest).cloned()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Milliseconds since the Unix epoch.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
