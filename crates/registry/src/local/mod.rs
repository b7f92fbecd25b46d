//! The data directory as commands on the server's own machine use it, beside a server that may be running.
//!
//! It takes no lock and changes accounts and identities alone: a server keeps what it knows of them for at most a second,
//! and of everything else it believes that nobody else changes it.

mod audit;
mod explain;
mod users;

use std::path::PathBuf;
use std::sync::Arc;

use plimsoll_catalog::{Account, Catalog};
use plimsoll_iam::AccountId;
use plimsoll_iam::directory::Directory;
use plimsoll_oci::RepositoryPattern;

use crate::access::Access;
use crate::{DataDirectory, Deed, Identities, RegistryError, Requester};

pub use audit::{AuditEntry, AuditRecord, AuditVerdict, Outcome};
pub use explain::Asked;
pub use users::{IssuedKey, LocalUser};

/// What commands beside a server need to know of its configuration.
#[derive(Clone, Debug)]
pub struct LocalConfig {
    /// The data directory.
    pub data: PathBuf,
    /// The region, as it stands in ARNs.
    pub region: String,
    /// The repositories anyone may pull from.
    pub anonymous_pull: Vec<RepositoryPattern>,
    /// Who runs the command, for the audit log.
    pub who: String,
}

/// A data directory that somebody else may be serving.
pub struct Local {
    catalog: Arc<Catalog>,
    identities: Identities,
    access: Access,
    requester: Requester,
}

impl Local {
    /// Opens a data directory that is there.
    ///
    /// # Errors
    /// [`RegistryError::NoRegistry`] if there is no registry in it.
    pub fn open(config: LocalConfig) -> Result<Self, RegistryError> {
        let path = &config.data;
        let master = DataDirectory::existing_master_key(path)?;
        let file = path.join("catalog.sqlite");
        let (Some(master), true) = (master, file.exists()) else {
            return Err(RegistryError::NoRegistry { path: path.clone() });
        };
        let catalog = Arc::new(Catalog::open(&file)?);
        Ok(Self {
            identities: Identities::new(Arc::clone(&catalog), master),
            access: Access::new(Arc::clone(&catalog), config.region, config.anonymous_pull),
            requester: Requester::local(&config.who),
            catalog,
        })
    }

    /// Opens a data directory; makes it, with its keys, if it is not there.
    ///
    /// # Errors
    /// [`RegistryError::InUse`] while a server is making it.
    pub fn open_or_create(config: LocalConfig) -> Result<Self, RegistryError> {
        if DataDirectory::existing_master_key(&config.data)?.is_none() {
            let directory = DataDirectory::open(&config.data)?;
            let catalog = Catalog::open(&directory.path().join("catalog.sqlite"))?;
            directory.master_key(&catalog)?;
        }
        Self::open(config)
    }

    /// The identities of an account.
    ///
    /// # Errors
    /// [`RegistryError::AccountUnknown`] if there is no such account.
    pub fn directory(&self, account: AccountId) -> Result<Arc<Directory>, RegistryError> {
        self.identities.directory(account)?.ok_or(RegistryError::AccountUnknown)
    }

    /// At most `count` accounts with ids greater than `after`, in the order of their ids.
    pub fn accounts(&self, after: Option<AccountId>, count: usize) -> Result<Vec<Account>, RegistryError> {
        Ok(self.catalog.accounts(after, count)?)
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`RegistryError::AccountExists`] if there is one with this id or alias; [`RegistryError::AccountAlias`] if the alias
    /// is not of the form it must have.
    pub async fn create_account(&self, id: AccountId, alias: Option<String>) -> Result<(), RegistryError> {
        if alias.as_deref().is_some_and(|alias| !is_alias(alias)) {
            return Err(RegistryError::AccountAlias);
        }
        let detail = alias.as_ref().map(|alias| format!("alias {alias}")).unwrap_or_default();
        let deed = Deed { account: id, action: "plimsoll:CreateAccount".into(), resource: id.to_string(), detail };
        Ok(self.catalog.create_account(id, alias, self.requester.cause(deed, None)).await?)
    }

    /// Finishes what was asked for and closes the catalog.
    pub async fn close(&self) {
        self.catalog.close().await;
    }
}

/// 3 to 63 lower-case letters, digits and single hyphens between them, as AWS has it.
fn is_alias(alias: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (3..=63).contains(&alias.len()) && alias.split('-').all(|part| !part.is_empty() && part.bytes().all(plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_are_as_in_aws() {
        fn check(alias: &str, expect: bool) {
            assert_eq!(is_alias(alias), expect, "{alias}");
        }
        check("abc", true);
        check("team-7", true);
        check(&"a".repeat(63), true);
        check(&"a".repeat(64), false);
        check("ab", false);
        check("-abc", false);
        check("abc-", false);
        check("a--b", false);
        check("Team", false);
        check("a_b", false);
    }
}
