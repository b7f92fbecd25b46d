//! The data directory: who may use it, its keys, and the first administrator.
//!
//! ```text
//! lock           held by the server that runs on the directory
//! master.key     what secrets and tokens derive from (mode 0600)
//! admin.json     the first administrator's access key, written once (mode 0600); may be removed once noted
//! address        where the server listens
//! catalog.sqlite blobs/ uploads/ advisories/
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use plimsoll_catalog::Catalog;
use plimsoll_iam::{AccessKeyId, MasterKey, SecretAccessKey};
use serde::Serialize;

use crate::RegistryError;

/// The name of the user made at the first start.
pub(crate) const ADMINISTRATOR: &str = "administrator";

/// A data directory that this process alone serves.
#[derive(Debug)]
pub struct DataDirectory {
    path: PathBuf,
    /// The lock is held as long as the file is open.
    _lock: File,
}

/// The access key made at the first start.
#[derive(Debug)]
pub struct FirstAdministrator {
    /// The public half.
    pub id: AccessKeyId,
    /// The secret half, to be shown once.
    pub secret: SecretAccessKey,
}

/// `admin.json`, as scripts read it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AdminFile<'a> {
    access_key_id: &'a str,
    secret_access_key: &'a str,
}

impl DataDirectory {
    /// Takes the directory, making it if it is not there.
    ///
    /// # Errors
    /// [`RegistryError::InUse`] while another process has it.
    pub fn open(path: &Path) -> Result<Self, RegistryError> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(RegistryError::data(path))?;
        let lock_path = path.join("lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&lock_path);
        let lock = lock.map_err(RegistryError::data(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(RegistryError::InUse { path: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(RegistryError::Data { path: lock_path, source }),
        }
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the master key; makes one at the first start.
    pub fn master_key(&self, catalog: &Catalog) -> Result<MasterKey, RegistryError> {
        if let Some(key) = Self::existing_master_key(&self.path)? {
            return Ok(key);
        }
        let path = self.path.join("master.key");
        // A new key beside a catalog with access keys would lock everybody out without a word.
        if catalog.any_access_key()? {
            return Err(RegistryError::Data { path, source: io::ErrorKind::NotFound.into() });
        }
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(RegistryError::Random)?;
        write_secret(&path, &key)?;
        Ok(MasterKey::new(key))
    }

    /// Reads the master key of a data directory, whoever serves it; `None` if there is none.
    pub(crate) fn existing_master_key(directory: &Path) -> Result<Option<MasterKey>, RegistryError> {
        let path = directory.join("master.key");
        let mut key = [0; 32];
        match File::open(&path).and_then(|mut file| file.read_exact(&mut key)) {
            Ok(()) => Ok(Some(MasterKey::new(key))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(RegistryError::Data { path, source }),
        }
    }

    /// Makes the first administrator's access key. It comes into force by [`crate::Identities`].
    pub fn first_administrator(&self, master: &MasterKey) -> Result<FirstAdministrator, RegistryError> {
        let mut random = [0; 10];
        getrandom::fill(&mut random).map_err(RegistryError::Random)?;
        let id = AccessKeyId::from_random(random);
        let secret = master.secret_of(&id);
        let file = AdminFile { access_key_id: id.as_str(), secret_access_key: secret.reveal() };
        // Written before the key comes into force: a crash in between leaves a key that the next start replaces.
        let json = serde_json::to_vec_pretty(&file).unwrap_or_default();
        write_secret(&self.path.join("admin.json"), &json)?;
        Ok(FirstAdministrator { id, secret })
    }

    /// Notes where the server listens, for scripts that let the system choose the port.
    pub fn note_address(&self, address: &str) -> Result<(), RegistryError> {
        let path = self.path.join("address");
        let temporary = self.path.join("address.new");
        fs::write(&temporary, format!("{address}\n"))
            .and_then(|()| fs::rename(&temporary, &path))
            .map_err(RegistryError::data(&path))
    }
}

/// Writes a file that only its owner may read, whole or not at all.
fn write_secret(path: &Path, content: &[u8]) -> Result<(), RegistryError> {
    let temporary = path.with_extension("new");
    let write = || {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
    };
    write().map_err(RegistryError::data(path))
}
