//! What is said of flaws in an account's images: VEX documents and exceptions, added by whoever may, and VEX documents
//! attached to images, where the configuration believes those. Read once, and kept until they change.

mod attached;
mod exceptions;
mod vex;

use std::sync::Arc;
use std::time::SystemTime;

use plimsoll_advisories::exception::{ExceptedImage, Exceptions};
use plimsoll_advisories::vex::{ImageIdentity, Statements};
use plimsoll_advisories::{Judgement, Timestamp};
use plimsoll_catalog::{AccountId, Repository};
use plimsoll_inventory::Distribution;
use plimsoll_oci::Digest;
use quick_cache::sync::Cache;

use crate::{Registry, RegistryError};

use attached::Around;
pub use exceptions::AddedException;
pub use vex::AddedVexDocument;

/// How many accounts' statements are kept as they were read.
const ACCOUNTS: usize = 100;
/// Of how many images it is kept what refers to them.
const IMAGES: usize = 10_000;

/// What is said in an account.
#[derive(Default)]
pub(crate) struct Said {
    version: u64,
    statements: Statements,
    exceptions: Exceptions,
}

/// What was read, with the number that tells whether it is current.
#[derive(Clone)]
struct Kept<T> {
    value: T,
    number: u64,
}

/// What was read of statements, and may be needed again.
pub(crate) struct Remembered {
    accounts: Cache<AccountId, Kept<Arc<Said>>>,
    around: Cache<(Repository, Digest), Kept<Around>>,
}

impl Default for Remembered {
    fn default() -> Self {
        Self { accounts: Cache::new(ACCOUNTS), around: Cache::new(IMAGES) }
    }
}

/// What is said of the flaws of an image at a time.
pub(crate) struct Hearing {
    said: Arc<Said>,
    image: Digest,
    time: Timestamp,
    pub(crate) heard: Heard,
}

/// All that what is said depends on beside the image and the day.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Heard {
    repository: Repository,
    version: u64,
    /// When the last exception ended that has.
    ended: Option<i64>,
    around: Around,
}

impl Registry {
    /// What is said of an image; none where nothing is.
    pub(crate) fn hearing(
        &self,
        repository: &Repository,
        image: &Digest,
        time: SystemTime,
    ) -> Result<Option<Hearing>, RegistryError> {
        let said = self.said(repository.account)?;
        let is_silent = said.statements.is_empty() && said.exceptions.is_empty();
        let believed = self.config.vex_referrers.iter().any(|pattern| pattern.matches(&repository.name));
        if is_silent && !believed {
            return Ok(None);
        }
        let around = self.around(repository, image, believed)?;
        if is_silent && around.attached.is_empty() {
            return Ok(None);
        }
        let time = Timestamp::from(time);
        let ended = said.exceptions.last_end(time).map(Timestamp::unix_seconds);
        let heard = Heard { repository: repository.clone(), version: said.version, ended, around };
        Ok(Some(Hearing { said, image: *image, time, heard }))
    }

    /// Lets what is said decide which findings count.
    pub(crate) fn hear(
        &self,
        hearing: &Hearing,
        judgement: &mut Judgement,
        distribution: Option<&Distribution>,
    ) -> Result<(), RegistryError> {
        let Heard { repository, around, .. } = &hearing.heard;
        let identity = ImageIdentity {
            repository: Some(repository.name.to_string()),
            tag: None,
            digest: Some(hearing.image.to_string()),
            indexes: around.indexes.iter().map(Digest::to_string).collect(),
        };
        let attached = self.attached_statements(repository, &hearing.image, around)?;
        Statements::apply_all(&[&attached, &hearing.said.statements], judgement, distribution, &identity);
        let image = ExceptedImage {
            repository: Some(&repository.name),
            digest: Some(&hearing.image),
            indexes: &around.indexes,
        };
        hearing.said.exceptions.apply(judgement, distribution, image, hearing.time);
        Ok(())
    }

    /// What is said in an account. Costs no look at the catalog while nothing changes.
    fn said(&self, account: AccountId) -> Result<Arc<Said>, RegistryError> {
        let number = self.catalog.statements_version(account);
        let kept = self.remembered.accounts.get(&account);
        if let Some(kept) = kept.as_ref().filter(|kept| number == Some(kept.number)) {
            return Ok(Arc::clone(&kept.value));
        }
        let version = self.catalog.stored_statements_version(account)?;
        let value = match kept.filter(|kept| kept.value.version == version) {
            Some(kept) => kept.value,
            None if version == 0 => Arc::default(),
            None => Arc::new(self.read_said(account)?),
        };
        if let Some(number) = number {
            self.remembered.accounts.insert(account, Kept { value: Arc::clone(&value), number });
        }
        Ok(value)
    }

    fn read_said(&self, account: AccountId) -> Result<Said, RegistryError> {
        let stored = self.catalog.statements(account)?;
        let mut said = Said { version: stored.version, ..Said::default() };
        for (digest, content) in stored.vex {
            match plimsoll_advisories::vex::read(&content) {
                Ok(document) => said.statements.add(&digest.to_string(), document.statements),
                Err(error) => tracing::error!(%account, %digest, %error, "a VEX document cannot be read any more"),
            }
        }
        said.exceptions.add(stored.exceptions.iter().filter_map(exceptions::read));
        Ok(said)
    }
}
