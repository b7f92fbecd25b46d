//! What can go wrong in the catalog.

use std::path::PathBuf;
use std::sync::Arc;

use plimsoll_oci::{Digest, Tag};

/// Why the catalog did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// The database file could not be opened or created.
    #[error("cannot open the catalog {}", path.display())]
    Open {
        /// The database file.
        path: PathBuf,
        /// What SQLite says.
        #[source]
        source: rusqlite::Error,
    },
    /// The directory of a new database file could not be made durable.
    #[error("cannot sync the directory of the catalog {}", path.display())]
    Directory {
        /// The database file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The thread that writes could not be started.
    #[error("cannot start the catalog's writer")]
    Writer(#[source] std::io::Error),
    /// The database was written by a newer version of this program, whose rows this one might damage.
    #[error("the catalog has schema {found}, this program knows schemas up to {known}; run the newer program")]
    NewerSchema {
        /// The schema number in the file.
        found: i64,
        /// The newest schema number this program knows.
        known: i64,
    },
    /// A query failed; nothing was changed.
    #[error("the catalog's database refused an operation")]
    Database(#[from] rusqlite::Error),
    /// The change could not be made durable (disk full or read-only, for example); nothing was changed.
    #[error("the catalog could not commit")]
    Commit(#[source] Arc<rusqlite::Error>),
    /// A manifest names blobs or manifests that its repository does not hold; nothing was changed.
    #[error("the manifest refers to {} blobs and {} manifests that are not in the repository", blobs.len(), manifests.len())]
    MissingReferences {
        /// The blobs that are not linked to the repository.
        blobs: Vec<Digest>,
        /// The child manifests that are not in the repository.
        manifests: Vec<Digest>,
    },
    /// There is a repository of this name already.
    #[error("the repository exists already")]
    RepositoryExists,
    /// There is no such repository.
    #[error("there is no such repository")]
    RepositoryUnknown,
    /// The repository still holds images.
    #[error("the repository still holds images")]
    RepositoryNotEmpty,
    /// There is no such image in the repository.
    #[error("there is no such image in the repository")]
    ImageUnknown,
    /// The image is not archived: an index that is not archived names it. Nothing was changed.
    #[error("the index {index} names the image, and is not archived")]
    HeldByIndex {
        /// The index.
        index: Box<Digest>,
    },
    /// A tag may not move, or not be set again to what it names; nothing was changed.
    #[error("the tag {tag} is immutable")]
    TagImmutable {
        /// The tag.
        tag: Tag,
        /// The manifest it names.
        names: Box<Digest>,
        /// Whether that is the manifest it was to name.
        same: bool,
    },
    /// A tag does not name what it was expected to; nothing was changed.
    #[error("the tag {tag} has moved meanwhile")]
    TagMoved {
        /// The tag.
        tag: Tag,
    },
    /// What a change was decided on is no longer so; nothing was changed.
    #[error("the repository has changed meanwhile")]
    Outdated,
    /// The repository would have more resource tags than it may.
    #[error("a repository has at most {most} resource tags")]
    TooManyTags {
        /// How many it may have.
        most: usize,
    },
    /// There is an account of this id or alias already.
    #[error("the account exists already")]
    AccountExists,
    /// There is no such account.
    #[error("there is no such account")]
    AccountUnknown,
    /// The account would have more than it may; nothing was changed.
    #[error("the account would have more than it may")]
    QuotaExceeded,
    /// The identities of the account have changed since they were read; nothing was changed.
    #[error("the identities of the account have changed meanwhile: they have version {current}")]
    VersionConflict {
        /// The version they have.
        current: u64,
    },
    /// There is an access key of this id already.
    #[error("the access key exists already")]
    KeyExists,
    /// A defect in this program: the operation panicked. Nothing was changed.
    #[error("an operation of the catalog panicked")]
    Panicked,
    /// The catalog has been closed.
    #[error("the catalog is closed")]
    Closed,
}

impl CatalogError {
    /// Whether the cause is that the disk or the quota is full.
    pub fn is_storage_full(&self) -> bool {
        let cause = match self {
            Self::Open { source, .. } | Self::Database(source) => source,
            Self::Commit(source) => source,
            _ => return false,
        };
        cause.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull)
    }
}
