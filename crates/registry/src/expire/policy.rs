//! The lifecycle policy of a repository.

use plimsoll_catalog::{LifecyclePolicy, Repository};
use plimsoll_rules::lifecycle::Policy;

use crate::{Deed, Registry, RegistryError, Requester};

impl Registry {
    /// The lifecycle policy of a repository.
    ///
    /// # Errors
    /// [`RegistryError::LifecyclePolicyUnknown`] if it has none.
    pub fn lifecycle_policy(&self, repository: &Repository) -> Result<LifecyclePolicy, RegistryError> {
        self.catalog.lifecycle_policy(repository)?.ok_or(RegistryError::LifecyclePolicyUnknown)
    }

    /// Gives a repository a lifecycle policy, in place of the one it has.
    ///
    /// # Errors
    /// [`RegistryError::LifecyclePolicy`] if the text is not a sound policy.
    pub async fn put_lifecycle_policy(
        &self,
        repository: &Repository,
        text: String,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        Policy::parse(&text)?;
        let cause = requester.cause(Deed::operation(repository, "PutLifecyclePolicy", text.as_str()), None);
        self.catalog.set_lifecycle_policy(repository, Some(text), cause).await?;
        Ok(())
    }

    /// Takes the lifecycle policy of a repository away, and answers what it was.
    ///
    /// # Errors
    /// [`RegistryError::LifecyclePolicyUnknown`] if it has none.
    pub async fn delete_lifecycle_policy(
        &self,
        repository: &Repository,
        requester: &Requester,
    ) -> Result<LifecyclePolicy, RegistryError> {
        let cause = requester.cause(Deed::operation(repository, "DeleteLifecyclePolicy", ""), None);
        let before = self.catalog.set_lifecycle_policy(repository, None, cause).await?;
        before.ok_or(RegistryError::LifecyclePolicyUnknown)
    }
}
