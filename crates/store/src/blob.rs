//! Reading and removing blobs.

use std::fs::{self, File};
use std::io;

use plimsoll_oci::Digest;

use crate::{Store, StoreError};

/// A stored blob, open for reading from its first byte.
#[derive(Debug)]
pub struct Blob {
    /// The open file. It is never written again.
    pub file: File,
    /// Its length in bytes.
    pub size: u64,
}

impl Store {
    /// Opens a blob; `None` where the store does not have it.
    pub fn blob(&self, digest: &Digest) -> Result<Option<Blob>, StoreError> {
        let path = self.blob_path(digest);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::on(&path)(error)),
        };
        let size = file.metadata().map_err(StoreError::on(&path))?.len();
        Ok(Some(Blob { file, size }))
    }

    /// Removes a blob. Whether it was there.
    ///
    /// The caller has made sure that no manifest needs it.
    pub fn remove_blob(&self, digest: &Digest) -> Result<bool, StoreError> {
        let path = self.blob_path(digest);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(StoreError::on(&path)(error)),
        }
    }
}
