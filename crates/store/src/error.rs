//! Why the store could not do what it was asked.

use std::io;
use std::path::{Path, PathBuf};

use plimsoll_oci::Digest;

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file system has no room left. Nothing was stored.
    #[error("the disk is full: {path}")]
    Full {
        /// The file that could not grow.
        path: PathBuf,
        /// The system's own error.
        #[source]
        source: io::Error,
    },
    /// The file system refused: read-only, vanished, forbidden, or broken. Nothing was stored.
    #[error("the storage failed: {path}")]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// The system's own error.
        #[source]
        source: io::Error,
    },
    /// There is no such upload in this scope: never started, finished, or cancelled.
    #[error("there is no such upload")]
    UploadUnknown,
    /// Another request is writing to the upload.
    #[error("another request is writing to this upload")]
    UploadBusy,
    /// The content is not what the digest says. The upload is gone.
    #[error("the content received has the digest {actual}")]
    DigestMismatch {
        /// The digest of the bytes received.
        actual: Digest,
    },
}

impl StoreError {
    /// Gives an I/O error the path it happened on.
    pub(crate) fn on(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path: path.to_owned(), source },
            _ => Self::Io { path: path.to_owned(), source },
        }
    }
}
