//! A call, before and after it is allowed.

use plimsoll_iam::{AccountId, Principal};
use plimsoll_oci::RepositoryName;
use plimsoll_registry::Repository;
use serde_json::Value;

use super::error::EcrError;
use super::operations::{Row, Target};
use crate::state::State;

/// A call whose sender is known.
pub(crate) struct Call<'a> {
    pub(crate) state: &'a State,
    /// Who calls.
    pub(crate) principal: &'a Principal,
    /// The account of the caller.
    pub(crate) account: AccountId,
    /// The URL the client reaches this server by, without a slash at its end.
    pub(crate) base_url: String,
    /// When, in milliseconds since the Unix epoch.
    pub(crate) now: i64,
}

/// A call that is allowed: what a handler is given beside its input.
pub(crate) struct Asked<'a> {
    pub(crate) call: Call<'a>,
    /// The operation.
    pub(crate) operation: &'static str,
    /// The account whose registry is asked: `registryId`, or the caller's.
    pub(crate) registry: AccountId,
}

impl<'a> Call<'a> {
    /// Allows the call or says why not.
    pub(super) fn authorise(self, row: &'static Row, input: &Value) -> Result<Asked<'a>, EcrError> {
        let registry = match (row.target, input["registryId"].as_str()) {
            (Target::Arn, _) | (_, None) => self.account,
            (_, Some(id)) => id.parse().map_err(|_| EcrError::invalid_parameter("registryId", "must be 12 digits"))?,
        };
        Ok(Asked { call: self, operation: row.name, registry })
    }
}

impl Asked<'_> {
    /// The repository of that name in the registry asked.
    pub(crate) fn repository(&self, name: &str) -> Result<Repository, EcrError> {
        let name: RepositoryName =
            name.parse().map_err(|_| EcrError::invalid_parameter("repositoryName", "must be a repository name"))?;
        Ok(Repository::private(self.registry, name))
    }
}
