//! Blobs by digest on a file system, and the uploads that become blobs.
//!
//! ```text
//! blobs/sha256/e3/e3b0c442…      a blob: complete, proven, read-only from the moment it has this name
//! uploads/<scope>/<upload id>    the bytes an upload has received so far; nothing else is kept about it
//! ```
//!
//! A blob gets its name in this order: bytes are hashed as they arrive, the digest is compared, the file is synced, it is
//! linked under its name, the directory is synced. Only then does the caller hear of it; the upload goes last, when the
//! caller has noted the blob, so that a crash in between costs the client nothing. Opening a store walks nothing.
//!
//! The state of an upload is its file: the offset is the file's length, and the running hash is kept in memory between
//! requests. After a restart the hash is made again from the bytes on the disk, which also proves what the disk holds.
//!
//! Everything here blocks; callers run it where blocking is allowed.

mod blob;
mod error;
mod upload;

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use plimsoll_oci::{Digest, UploadId};

pub use blob::Blob;
pub use error::StoreError;
pub use upload::{Scope, Upload};

/// A store of blobs under one directory. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    blobs: PathBuf,
    uploads: PathBuf,
    sessions: Mutex<HashMap<UploadId, upload::Session>>,
}

impl Shared {
    fn sessions(&self) -> MutexGuard<'_, HashMap<UploadId, upload::Session>> {
        // No code that holds the lock leaves the map half-changed.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store {
    /// Opens the store under `root`, making it if it is not there.
    ///
    /// # Errors
    /// The directories cannot be made.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let shared = Shared { blobs: root.join("blobs"), uploads: root.join("uploads"), sessions: Mutex::default() };
        for directory in [&shared.blobs, &shared.uploads] {
            fs::create_dir_all(directory).map_err(StoreError::on(directory))?;
        }
        sync_directory(root)?;
        Ok(Self { shared: Arc::new(shared) })
    }

    /// How many uploads this process has heard of since it started and that are not finished or cancelled.
    pub fn open_uploads(&self) -> usize {
        self.shared.sessions().len()
    }

    fn blob_path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.hex();
        self.shared.blobs.join(digest.algorithm().as_str()).join(&hex[..2]).join(hex)
    }
}

fn sync_directory(path: &Path) -> Result<(), StoreError> {
    File::open(path).and_then(|directory| directory.sync_all()).map_err(StoreError::on(path))
}

#[cfg(test)]
mod tests;
