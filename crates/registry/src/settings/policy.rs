//! The policy of a registry.

use plimsoll_catalog::Write;
use plimsoll_iam::AccountId;

use crate::access::REGISTRY_POLICY;
use crate::{Deed, Registry, RegistryError, Requester};

impl Registry {
    /// The policy of an account's registry, a JSON text.
    pub fn registry_policy(&self, account: AccountId) -> Result<Option<String>, RegistryError> {
        Ok(self.catalog.account_setting(account, REGISTRY_POLICY)?)
    }

    /// Sets the policy of an account's registry, a JSON text that is a valid policy.
    pub async fn set_registry_policy(
        &self,
        account: AccountId,
        policy: String,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let cause = requester.cause(deed(account, "ecr:PutRegistryPolicy"), None);
        self.catalog.put_account_setting(account, REGISTRY_POLICY, policy, Write::Always, cause).await?;
        Ok(())
    }

    /// Takes the policy of an account's registry away and answers what it was.
    ///
    /// # Errors
    /// [`RegistryError::PolicyUnknown`] if there is none.
    pub async fn delete_registry_policy(
        &self,
        account: AccountId,
        requester: &Requester,
    ) -> Result<String, RegistryError> {
        let cause = requester.cause(deed(account, "ecr:DeleteRegistryPolicy"), None);
        let before = self.catalog.delete_account_setting(account, REGISTRY_POLICY, cause).await?;
        before.ok_or(RegistryError::PolicyUnknown)
    }
}

fn deed(account: AccountId, action: &str) -> Deed<'_> {
    Deed { account, action: action.into(), resource: "*".to_owned(), detail: String::new() }
}
