//! The catalog: which repositories, manifests, tags and blobs there are, what they refer to, and what is inside them.
//!
//! Bytes of blobs are not here but in the store; the catalog says who may serve them. Writes are `async` and answered
//! once they are on the disk: an acknowledged write survives a crash, an unacknowledged one is there wholly or not at
//! all. Reads are plain functions, short, callable from any thread, and see every write that was acknowledged before
//! they began. The clock is always an argument.
//!
//! The database is SQLite, embedded, through `rusqlite`. What makes it fast is group commit: one thread owns the
//! connection that writes and serves all operations that wait with one transaction and one fsync. That wants closures
//! run on a connection by a thread of our own, which an asynchronous pool of connections such as `sqlx` gets in the
//! way of. PostgreSQL, which groups commits by itself, will come as a sibling of the `sqlite` module behind the same
//! verbs.

mod access_keys;
mod account_settings;
mod accounts;
mod advisories;
mod audit;
mod blobs;
mod cache;
mod causes;
mod deletions;
mod error;
mod identities;
mod images;
mod inventories;
mod lifecycle;
mod manifests;
mod model;
mod outbox;
mod packages;
#[cfg(test)]
mod plans;
mod references;
mod repositories;
mod repository_settings;
mod rows;
mod settings;
mod sqlite;
mod statements;
mod statistics;
mod tags;
mod versions;

use std::path::Path;
use std::sync::Arc;

use cache::ManifestCache;
use sqlite::readers::Readers;
use sqlite::writer::Writer;
use statistics::Counters;
use versions::Versions;

pub use error::CatalogError;
pub use model::{
    AccessKey, Account, AdvisoryGeneration, AuditEntry, AuditRecord, AuditVerdict, Cause, Deleted, Deletion,
    Encryption, Event, Identities, IdentityChange, IdentityDocument, ImageCursor, ImageFacts, ImageFilter, ImageId,
    ImagePosition, ImageRecord, ImageState, ImageStatus, Incomplete, KeyChange, KeyOwner, LifecycleAction,
    LifecycleChange, LifecyclePolicy, LifecycleTask, ListedImage, ListedReferrer, NewManifest, NewRepository,
    NewVexDocument, NoImage, NotDeleted, Outcome, Package, PackageUse, PendingEvent, Pull, Quota, Referrer,
    RemovedImage, Repository, RepositoryAccess, RepositoryImages, RepositoryRecord, SameTag, ScanRequest, Statements,
    Stored, StoredException, StoredManifest, TagChange, TagFilter, TagFilterError, TagMove, TagMutability, TaggedImage,
    Timestamp, Unlinked, VexDocument, Visibility, Write,
};
pub use plimsoll_iam::{AccountId, AccountIdError};
pub use statistics::Statistics;

/// The catalog of one registry.
///
/// Share it by `Arc`. Dropping it finishes the writes that were asked for, blocking shortly;
/// [`Catalog::close`] does the same without blocking.
pub struct Catalog {
    cache: ManifestCache,
    counters: Arc<Counters>,
    // Before the writer: the last connection to close must be one that may fold the log in.
    readers: Readers,
    writer: Writer,
}

impl Catalog {
    /// Opens the database file at `path`, creating it or bringing its schema up to date as needed. Takes the same
    /// time whatever the size of the catalog.
    ///
    /// Other processes may open the same file, but only one at a time may change manifests and tags: it keeps
    /// manifests in memory and does not see them change behind its back.
    ///
    /// Fails with [`CatalogError::NewerSchema`] if a newer version of this program wrote the file, and leaves it
    /// alone.
    pub fn open(path: &Path) -> Result<Self, CatalogError> {
        let connection = sqlite::open_writer(path)?;
        let readers = Readers::open(path.to_owned())?;
        let versions = Arc::new(Versions::new());
        let counters = Arc::new(Counters::default());
        let writer = Writer::start(connection, Arc::clone(&versions), Arc::clone(&counters))?;
        Ok(Self { cache: ManifestCache::new(versions), counters, readers, writer })
    }

    /// What the catalog has done since it was opened.
    pub fn statistics(&self) -> Statistics {
        self.counters.snapshot()
    }

    /// Finishes the writes that were asked for and closes the database file. Later writes fail with
    /// [`CatalogError::Closed`].
    pub async fn close(&self) {
        self.readers.close();
        self.writer.close().await;
    }
}
