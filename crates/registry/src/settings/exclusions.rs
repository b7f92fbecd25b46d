//! Whose pulls are not recorded: users and roles, by their ARN.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use plimsoll_catalog::{Timestamp, Write};
use plimsoll_iam::{AccountId, Principal};
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};

use super::{read, written};
use crate::{Deed, Registry, RegistryError, Requester, now};

const PREFIX: &str = "pull-time-exclusion/";
/// The most an account may have.
const MOST: usize = 1000;
/// How many accounts' exclusions are remembered.
const ACCOUNTS: usize = 1000;
/// How long what another process may have changed is believed.
const FRESH: Duration = Duration::from_secs(1);

/// A user or role whose pulls are not recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullTimeExclusion {
    /// Its ARN.
    pub principal: String,
    /// Since when.
    pub created_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    created_at: i64,
}

/// The exclusions of accounts, as they were when last looked at.
pub(crate) struct Exclusions(Cache<AccountId, Remembered>);

#[derive(Clone)]
struct Remembered {
    principals: Arc<HashSet<String>>,
    version: u64,
    at: Instant,
}

impl Default for Exclusions {
    fn default() -> Self {
        Self(Cache::new(ACCOUNTS))
    }
}

impl Registry {
    /// Stops recording the pulls of a user or role.
    ///
    /// # Errors
    /// [`RegistryError::ExclusionExists`] if they are not recorded already; [`RegistryError::TooManyExclusions`] if the
    /// account has as many exclusions as it may.
    pub async fn add_pull_time_exclusion(
        &self,
        account: AccountId,
        principal: &str,
        requester: &Requester,
    ) -> Result<PullTimeExclusion, RegistryError> {
        if self.catalog.account_settings(account, PREFIX, None, MOST)?.len() >= MOST {
            return Err(RegistryError::TooManyExclusions { most: MOST });
        }
        let created_at = now();
        let cause = requester.cause(deed(account, "ecr:RegisterPullTimeUpdateExclusion", principal), None);
        let value = written(&Kept { created_at: created_at.0 })?;
        let key = format!("{PREFIX}{principal}");
        if !self.catalog.put_account_setting(account, &key, value, Write::IfAbsent, cause).await? {
            return Err(RegistryError::ExclusionExists);
        }
        Ok(PullTimeExclusion { principal: principal.to_owned(), created_at })
    }

    /// Records the pulls of a user or role again.
    ///
    /// # Errors
    /// [`RegistryError::ExclusionUnknown`] if they are recorded.
    pub async fn remove_pull_time_exclusion(
        &self,
        account: AccountId,
        principal: &str,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let cause = requester.cause(deed(account, "ecr:DeregisterPullTimeUpdateExclusion", principal), None);
        let removed = self.catalog.delete_account_setting(account, &format!("{PREFIX}{principal}"), cause).await?;
        removed.map(|_| ()).ok_or(RegistryError::ExclusionUnknown)
    }

    /// At most `limit` users and roles whose pulls are not recorded, and whose ARNs sort after `after`.
    pub fn pull_time_exclusions(
        &self,
        account: AccountId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<PullTimeExclusion>, RegistryError> {
        let after = after.map(|after| format!("{PREFIX}{after}"));
        let found = self.catalog.account_settings(account, PREFIX, after.as_deref(), limit)?;
        found
            .into_iter()
            .map(|(key, value)| {
                let Kept { created_at } = read(&value)?;
                let principal = key.strip_prefix(PREFIX).unwrap_or(&key).to_owned();
                Ok(PullTimeExclusion { principal, created_at: Timestamp(created_at) })
            })
            .collect()
    }

    /// Whether a pull from the account's registry is to be recorded. Costs no look at the catalog but once a second.
    pub fn records_pulls_of(&self, account: AccountId, principal: &Principal) -> Result<bool, RegistryError> {
        let excluded = self.excluded(account)?;
        Ok(excluded.is_empty() || !excluded.contains(&principal.identity_arn()))
    }

    fn excluded(&self, account: AccountId) -> Result<Arc<HashSet<String>>, RegistryError> {
        let version = self.catalog.account_settings_version(account);
        if let Some(remembered) = self.exclusions.0.get(&account)
            && version == Some(remembered.version)
            && remembered.at.elapsed() < FRESH
        {
            return Ok(remembered.principals);
        }
        let found = self.pull_time_exclusions(account, None, MOST)?;
        let principals: Arc<HashSet<_>> = Arc::new(found.into_iter().map(|exclusion| exclusion.principal).collect());
        if let Some(version) = version {
            let remembered = Remembered { principals: Arc::clone(&principals), version, at: Instant::now() };
            self.exclusions.0.insert(account, remembered);
        }
        Ok(principals)
    }
}

fn deed<'a>(account: AccountId, action: &'a str, principal: &str) -> Deed<'a> {
    Deed { account, action: action.into(), resource: "*".to_owned(), detail: principal.to_owned() }
}
