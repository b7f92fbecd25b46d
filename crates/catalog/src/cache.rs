//! Manifests kept in memory: most requests of a registry are for the same few.

use std::sync::Arc;

use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};

use crate::StoredManifest;
use crate::versions::{OwnedReferenceKey, ReferenceKey, Versions};

/// The most bytes of manifests kept. The cache is cut into shards, so one manifest gets in if it is no larger than
/// a shard; a rare huge one is read from the database each time.
const CAPACITY: u64 = 8 << 20;
/// A guess for the first size of the table, at a few KiB for a manifest.
const EXPECTED_ENTRIES: usize = 1024;
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
    pub(crate) fn version(&self, key: ReferenceKey<'_>) -> Option<u64> {
        self.versions.current(key)
    }

    /// Keeps a manifest that was read while its reference had `version`.
    pub(crate) fn insert(&self, key: ReferenceKey<'_>, version: u64, manifest: Arc<StoredManifest>) {
        self.entries.insert(key.to_owned(), Entry { version, manifest });
    }
}
