//! Manifests kept in memory: most requests of a registry are for the same few.

use std::hash::Hash;
use std::sync::Arc;

use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};

use crate::StoredManifest;
use crate::versions::{OwnedReferenceKey, ReferenceKey, Versions};

/// The most bytes of manifests kept.
const CAPACITY: u64 = 8 << 20;
/// A guess that makes the cache cut itself into no more than eight shards of 1 MiB, however many cores there are: a
/// manifest larger than a shard is not kept but read from the database each time.
const EXPECTED_ENTRIES: usize = 256;
/// What an entry costs besides the content.
const OVERHEAD: usize = 512;

/// The cache. An entry counts only while its reference has the version it was read at.
pub(crate) struct ManifestCache {
    entries: Cache<OwnedReferenceKey, Entry, ByContent>,
    versions: Arc<Versions>,
}

#[derive(Clone)]
struct Entry {
    version: u64,
    manifest: Arc<StoredManifest>,
}

#[derive(Clone)]
struct ByContent;

impl Weighter<OwnedReferenceKey, Entry> for ByContent {
    fn weight(&self, _: &OwnedReferenceKey, entry: &Entry) -> u64 {
        (entry.manifest.content.len() + OVERHEAD) as u64
    }
}

impl Equivalent<OwnedReferenceKey> for ReferenceKey<'_> {
    fn equivalent(&self, key: &OwnedReferenceKey) -> bool {
        *self == key.borrow()
    }
}

impl ManifestCache {
    pub(crate) fn new(versions: Arc<Versions>) -> Self {
        Self { entries: Cache::with_weighter(EXPECTED_ENTRIES, CAPACITY, ByContent), versions }
    }

    /// The manifest, if it is here and current.
    pub(crate) fn get(&self, key: ReferenceKey<'_>) -> Option<Arc<StoredManifest>> {
        let entry = self.entries.get(&key)?;
        (self.versions.current(key) == Some(entry.version)).then_some(entry.manifest)
    }

    /// The version to give to [`ManifestCache::insert`] with what is read from the database after this call.
    pub(crate) fn version(&self, key: impl Hash) -> Option<u64> {
        self.versions.current(key)
    }

    /// Keeps a manifest that was read while its reference had `version`.
    pub(crate) fn insert(&self, key: ReferenceKey<'_>, version: u64, manifest: Arc<StoredManifest>) {
        self.entries.insert(key.to_owned(), Entry { version, manifest });
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use plimsoll_oci::{Digest, Reference};

    use super::*;
    use crate::{ImageStatus, Repository, Timestamp};

    #[test]
    fn the_cache_keeps_manifests_and_stays_within_its_bounds() {
        let versions = Arc::new(Versions::new());
        let cache = ManifestCache::new(Arc::clone(&versions));
        let repository = Repository::private("123456789012".parse().unwrap(), "a/b".parse().unwrap());
        let manifest = Arc::new(StoredManifest {
            digest: Digest::sha256(b""),
            media_type: String::new(),
            artifact_type: None,
            subject: None,
            content: Bytes::from(vec![0; 100_000]),
            pushed_at: Timestamp(0),
            pushed_by: String::new(),
            status: ImageStatus::Active,
        });
        for number in 0..500 {
            let reference: Reference = format!("v{number}").parse().unwrap();
            let key = ReferenceKey::new(&repository, &reference);
            cache.insert(key, versions.current(key).unwrap(), Arc::clone(&manifest));
            assert!(cache.get(key).is_some(), "{reference}");
            drop(versions.change(vec![versions.slot(key)]));
            assert!(cache.get(key).is_none(), "{reference}");
        }
        assert!(cache.entries.weight() <= CAPACITY, "{}", cache.entries.weight());
        assert!(cache.entries.shard_capacity() >= 1 << 20, "{}", cache.entries.shard_capacity());
    }
}
