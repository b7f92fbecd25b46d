//! Uploads: bytes on their way to becoming a blob.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::num::NonZeroU64;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use plimsoll_oci::{Algorithm, Digest, Hasher, UploadId};
use rustix::fs::Advice;

use crate::{Shared, Store, StoreError, sync_directory};

/// How much is read at a time when a hash is made again.
const REHASH_BUFFER: usize = 1 << 20;

/// How many bytes may lie in memory before the system is asked to begin writing them out. Left to itself it would begin
/// late, and the upload would wait for all of it at the end.
const WRITE_OUT: u64 = 8 << 20;

/// What an upload belongs to, so that its id is of no use elsewhere: a repository, as a name that is safe in a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope(String);

impl Scope {
    /// The scope of whatever `identity` names.
    pub fn of(identity: &str) -> Self {
        let mut hex = Digest::sha256(identity.as_bytes()).hex();
        hex.truncate(32);
        Self(hex)
    }
}

/// What is known in memory of an upload between two requests.
pub(crate) enum Session {
    /// No request is writing; the hash covers the whole file.
    Parked { hasher: Hasher, offset: u64 },
    /// A request is writing; the offset moves.
    Busy { offset: Arc<AtomicU64> },
}

/// An upload that this request alone may write to. Dropping it parks it for the next request.
pub struct Upload {
    shared: Arc<Shared>,
    blob_directory: PathBuf,
    id: UploadId,
    path: PathBuf,
    file: File,
    hasher: Option<Hasher>,
    offset: Arc<AtomicU64>,
    /// Up to where the system was asked to write out.
    written_out: u64,
    /// Whether the file is a blob already, published by a request whose end nobody heard of.
    published: bool,
}

impl Store {
    /// Starts an upload in `scope`. It survives a restart from here on.
    pub fn start_upload(&self, scope: &Scope, id: UploadId, algorithm: Algorithm) -> Result<Upload, StoreError> {
        let path = self.upload_path(scope, id);
        let create = || OpenOptions::new().read(true).append(true).create_new(true).open(&path);
        let file = create().or_else(|error| {
            if error.kind() != io::ErrorKind::NotFound || !self.shared.uploads.exists() {
                return Err(error);
            }
            fs::create_dir_all(path.parent().unwrap_or(&self.shared.uploads))?;
            create()
        });
        let file = file.map_err(StoreError::on(&path))?;
        let offset = Arc::new(AtomicU64::new(0));
        self.shared.sessions().insert(id, Session::Busy { offset: Arc::clone(&offset) });
        Ok(self.upload(id, path, file, Some(algorithm.hasher()), offset))
    }

    /// Takes up an upload again. After a restart its bytes are read and hashed once.
    ///
    /// # Errors
    /// [`StoreError::UploadUnknown`], or [`StoreError::UploadBusy`] while another request writes to it.
    pub fn resume_upload(&self, scope: &Scope, id: UploadId) -> Result<Upload, StoreError> {
        let path = self.upload_path(scope, id);
        let file = open_upload(&path)?;
        let published = file.metadata().map_err(StoreError::on(&path))?.nlink() > 1;
        let busy = Arc::new(AtomicU64::new(0));
        let parked = {
            let mut sessions = self.shared.sessions();
            if matches!(sessions.get(&id), Some(Session::Busy { .. })) {
                return Err(StoreError::UploadBusy);
            }
            sessions.insert(id, Session::Busy { offset: Arc::clone(&busy) })
        };
        let mut upload = if let Some(Session::Parked { hasher, offset }) = parked {
            busy.store(offset, Ordering::Relaxed);
            self.upload(id, path, file, Some(hasher), busy)
        } else {
            let mut upload = self.upload(id, path, file, None, busy);
            upload.rehash(Algorithm::Sha256)?;
            upload
        };
        upload.published = published;
        Ok(upload)
    }

    /// How many bytes an upload has received.
    pub fn upload_offset(&self, scope: &Scope, id: UploadId) -> Result<u64, StoreError> {
        let path = self.upload_path(scope, id);
        let on_disk = fs::metadata(&path).map_err(unknown_or_io(&path))?.len();
        Ok(match self.shared.sessions().get(&id) {
            Some(Session::Parked { offset, .. }) => *offset,
            Some(Session::Busy { offset }) => offset.load(Ordering::Relaxed),
            None => on_disk,
        })
    }

    /// Removes uploads that nothing was written to for `idle`. How many.
    pub fn remove_idle_uploads(&self, now: SystemTime, idle: Duration) -> Result<usize, StoreError> {
        let mut removed = 0;
        for scope in read_directory(&self.shared.uploads)? {
            for path in read_directory(&scope)? {
                let written = fs::metadata(&path).and_then(|metadata| metadata.modified());
                let id = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
                let (Ok(written), Some(id)) = (written, id) else { continue };
                let mut sessions = self.shared.sessions();
                let busy = matches!(sessions.get(&id), Some(Session::Busy { .. }));
                if !busy && now.duration_since(written).is_ok_and(|age| age >= idle) {
                    sessions.remove(&id);
                    removed += usize::from(fs::remove_file(&path).is_ok());
                }
            }
        }
        Ok(removed)
    }

    fn upload(
        &self,
        id: UploadId,
        path: PathBuf,
        file: File,
        hasher: Option<Hasher>,
        offset: Arc<AtomicU64>,
    ) -> Upload {
        let blob_directory = self.shared.blobs.clone();
        let written_out = offset.load(Ordering::Relaxed);
        let shared = Arc::clone(&self.shared);
        Upload { shared, blob_directory, id, path, file, hasher, offset, written_out, published: false }
    }

    fn upload_path(&self, scope: &Scope, id: UploadId) -> PathBuf {
        self.shared.uploads.join(&scope.0).join(id.to_string())
    }
}

impl Upload {
    /// The upload's id.
    pub fn id(&self) -> UploadId {
        self.id
    }

    /// How many bytes it has received.
    pub fn offset(&self) -> u64 {
        self.offset.load(Ordering::Relaxed)
    }

    /// Adds bytes at the end.
    ///
    /// # Errors
    /// On a failed write the upload is as long as before.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        if self.published {
            self.part_from_blob()?;
        }
        let before = self.offset();
        if let Err(error) = self.file.write_all(bytes) {
            // A later request must find the offset it is told about; if even this fails, the hash finds out.
            let _ = self.file.set_len(before);
            return Err(StoreError::on(&self.path)(error));
        }
        if let Some(hasher) = &mut self.hasher {
            hasher.update(bytes);
        }
        self.offset.store(before + bytes.len() as u64, Ordering::Relaxed);
        self.write_out();
        Ok(())
    }

    /// Asks the system to begin writing out what has gathered: to a file with unwritten pages, this is what "not needed"
    /// means; the pages stay in memory.
    fn write_out(&mut self) {
        let gathered = NonZeroU64::new(self.offset().saturating_sub(self.written_out));
        if let Some(gathered) = gathered.filter(|gathered| gathered.get() >= WRITE_OUT) {
            // A hint: where it fails, the sync at the end does all the work.
            let _ = rustix::fs::fadvise(&self.file, self.written_out, Some(gathered), Advice::DontNeed);
            self.written_out = self.offset();
        }
    }

    /// Its bytes, for reading along while they arrive.
    pub fn reader(&self) -> Result<File, StoreError> {
        self.file.try_clone().map_err(StoreError::on(&self.path))
    }

    /// Makes the upload's bytes the blob `expected`, durably, and returns its size. The upload stays, so that the client
    /// can go on with it should what comes next fail; it is then cancelled.
    ///
    /// # Errors
    /// [`StoreError::DigestMismatch`] if the bytes are not that blob; the upload is gone then.
    pub fn publish(&mut self, expected: &Digest) -> Result<u64, StoreError> {
        if self.hasher.as_ref().is_none_or(|hasher| hasher.algorithm() != expected.algorithm()) {
            self.rehash(expected.algorithm())?;
        }
        let actual = match self.hasher.clone() {
            Some(hasher) => hasher.finish(),
            None => return Err(StoreError::UploadUnknown),
        };
        if actual != *expected {
            self.discard()?;
            return Err(StoreError::DigestMismatch { actual });
        }
        self.link(expected)?;
        self.published = true;
        Ok(self.offset())
    }

    /// Gives the upload up and frees its space.
    pub fn cancel(mut self) -> Result<(), StoreError> {
        self.discard()
    }

    /// Gives the file its name as a blob, beside the one it has.
    fn link(&self, digest: &Digest) -> Result<(), StoreError> {
        self.file.sync_data().map_err(StoreError::on(&self.path))?;
        let hex = digest.hex();
        let directory = self.blob_directory.join(digest.algorithm().as_str()).join(&hex[..2]);
        let target = directory.join(&hex);
        match fs::hard_link(&self.path, &target) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.blob_directory.exists() => {
                self.make_shard(&directory)?;
                self.replace(&target)?;
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => self.replace(&target)?,
            linked => linked.map_err(StoreError::on(&target))?,
        }
        sync_directory(&directory)
    }

    /// Puts these bytes, which are proven, in the place of whatever is there: should that be damaged, it is whole again.
    fn replace(&self, target: &Path) -> Result<(), StoreError> {
        let beside = target.with_extension(self.id.to_string());
        fs::hard_link(&self.path, &beside)
            .and_then(|()| fs::rename(&beside, target))
            .map_err(StoreError::on(target))?;
        // To rename one name of a file to another of its names does nothing.
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::on(&beside)(error)),
            _ => Ok(()),
        }
    }

    /// Gives the upload a file of its own again: what is a blob is never written to.
    fn part_from_blob(&mut self) -> Result<(), StoreError> {
        let copy = self.path.with_extension("copy");
        fs::copy(&self.path, &copy).and_then(|_| fs::rename(&copy, &self.path)).map_err(StoreError::on(&copy))?;
        self.file = open_upload(&self.path)?;
        self.published = false;
        Ok(())
    }

    /// Makes the directory of a shard, durably: its own entry and that of its parent are synced.
    fn make_shard(&self, directory: &Path) -> Result<(), StoreError> {
        fs::create_dir_all(directory).map_err(StoreError::on(directory))?;
        if let Some(parent) = directory.parent() {
            sync_directory(parent)?;
        }
        sync_directory(&self.blob_directory)
    }

    fn discard(&mut self) -> Result<(), StoreError> {
        self.hasher = None;
        fs::remove_file(&self.path).map_err(StoreError::on(&self.path))
    }

    fn rehash(&mut self, algorithm: Algorithm) -> Result<(), StoreError> {
        let (hasher, offset) = hash_file(&mut self.file, algorithm).map_err(StoreError::on(&self.path))?;
        self.hasher = Some(hasher);
        self.offset.store(offset, Ordering::Relaxed);
        Ok(())
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let offset = self.offset();
        match self.hasher.take() {
            Some(hasher) => self.shared.sessions().insert(self.id, Session::Parked { hasher, offset }),
            // Finished, cancelled, or its bytes could not be read: the file alone says what there is.
            None => self.shared.sessions().remove(&self.id),
        };
    }
}

fn hash_file(file: &mut File, algorithm: Algorithm) -> io::Result<(Hasher, u64)> {
    let mut hasher = algorithm.hasher();
    let mut offset = 0;
    let mut buffer = vec![0; REHASH_BUFFER];
    file.seek(SeekFrom::Start(0))?;
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok((hasher, offset)),
            read => {
                hasher.update(&buffer[..read]);
                offset += read as u64;
            }
        }
    }
}

fn open_upload(path: &Path) -> Result<File, StoreError> {
    OpenOptions::new().read(true).append(true).open(path).map_err(unknown_or_io(path))
}

fn unknown_or_io(path: &Path) -> impl FnOnce(io::Error) -> StoreError + '_ {
    |error| match error.kind() {
        io::ErrorKind::NotFound => StoreError::UploadUnknown,
        _ => StoreError::on(path)(error),
    }
}

fn read_directory(path: &Path) -> Result<impl Iterator<Item = PathBuf>, StoreError> {
    let entries = fs::read_dir(path).map_err(StoreError::on(path))?;
    Ok(entries.filter_map(Result::ok).map(|entry| entry.path()))
}
