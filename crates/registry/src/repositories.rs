//! Repositories: making, describing and deleting them, and their settings.

use plimsoll_catalog::{AccountId, Event, NewRepository, Repository, RepositoryRecord, TagMutability, Visibility};

use crate::{Deed, Registry, RegistryError, Requester, now};

/// The most resource tags a repository has.
const MAX_TAGS: usize = 50;
/// How many images or blobs of a deleted repository go in one step.
const PURGE_STEP: usize = 100;

/// Whether the path of a private repository, on a host that names no account, would mean a repository of another registry.
fn is_reserved(repository: &Repository) -> bool {
    let Some((first, _)) = repository.name.as_str().split_once('/') else { return false };
    repository.visibility == Visibility::Private && (first == "public.ecr" || first.parse::<AccountId>().is_ok())
}

impl Registry {
    /// Makes a repository.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryExists`] if there is one of this name, [`RegistryError::NameReserved`] if paths would take
    /// the name for one of another registry.
    pub async fn create_repository(
        &self,
        new: NewRepository,
        requester: &Requester,
    ) -> Result<RepositoryRecord, RegistryError> {
        if is_reserved(&new.repository) {
            return Err(RegistryError::NameReserved);
        }
        let event = happened("repository.created", &new.repository, requester);
        let cause = requester.cause(Deed::operation(&new.repository, "CreateRepository", ""), Some(event));
        Ok(self.catalog.create_repository(new, cause).await?)
    }

    /// A repository, as it is described.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub fn repository(&self, repository: &Repository) -> Result<RepositoryRecord, RegistryError> {
        self.catalog.repository(repository)?.ok_or(RegistryError::RepositoryUnknown)
    }

    /// At most `limit` repositories of an account whose names sort after `after`, in the order of their bytes.
    pub fn describe_repositories(
        &self,
        account: AccountId,
        visibility: Visibility,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<RepositoryRecord>, RegistryError> {
        Ok(self.catalog.describe_repositories(account, visibility, after, limit)?)
    }

    /// Deletes a repository; with all that is in it if `force` is set. Answers what it was.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryNotEmpty`] if it holds an image and `force` is not set;
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub async fn delete_repository(
        &self,
        repository: &Repository,
        force: bool,
        requester: &Requester,
    ) -> Result<RepositoryRecord, RegistryError> {
        let event = happened("repository.deleted", repository, requester);
        let detail = if force { "with all images" } else { "" };
        let cause = requester.cause(Deed::operation(repository, "DeleteRepository", detail), Some(event));
        let deleted = self.catalog.delete_repository(repository, force, cause).await?;
        let registry = self.clone();
        // Nobody waits for it, and what a restart interrupts the next start goes on with.
        tokio::spawn(async move {
            if let Err(error) = registry.purge_deleted_repositories().await {
                tracing::error!(%error, "a deleted repository could not be emptied");
            }
        });
        Ok(deleted)
    }

    /// Empties the repositories that were deleted, in small steps.
    pub async fn purge_deleted_repositories(&self) -> Result<(), RegistryError> {
        while self.catalog.purge_deleted_repositories(PURGE_STEP, now()).await? {}
        Ok(())
    }

    /// Sets which tags may move.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub async fn set_tag_mutability(
        &self,
        repository: &Repository,
        mutability: TagMutability,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let word = if mutability.immutable { "immutable" } else { "mutable" };
        let detail = format!("{word}, {} exclusions", mutability.exclusions.len());
        let cause = requester.cause(Deed::operation(repository, "PutImageTagMutability", detail), None);
        Ok(self.catalog.set_tag_mutability(repository, mutability, cause).await?)
    }

    /// The repository policy, a JSON text.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub fn repository_policy(&self, repository: &Repository) -> Result<Option<String>, RegistryError> {
        let access = self.catalog.repository_access(repository)?.ok_or(RegistryError::RepositoryUnknown)?;
        Ok(access.policy)
    }

    /// Sets the repository policy, a JSON text that is a valid policy.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub async fn set_repository_policy(
        &self,
        repository: &Repository,
        policy: String,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let cause = requester.cause(Deed::operation(repository, "SetRepositoryPolicy", ""), None);
        self.catalog.set_repository_policy(repository, Some(policy), cause).await?;
        Ok(())
    }

    /// Takes the repository policy away and answers what it was.
    ///
    /// # Errors
    /// [`RegistryError::PolicyUnknown`] if it has none; [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub async fn delete_repository_policy(
        &self,
        repository: &Repository,
        requester: &Requester,
    ) -> Result<String, RegistryError> {
        let cause = requester.cause(Deed::operation(repository, "DeleteRepositoryPolicy", ""), None);
        let before = self.catalog.set_repository_policy(repository, None, cause).await?;
        before.ok_or(RegistryError::PolicyUnknown)
    }

    /// The resource tags, in the order of their keys.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub fn repository_tags(&self, repository: &Repository) -> Result<Vec<(String, String)>, RegistryError> {
        let access = self.catalog.repository_access(repository)?.ok_or(RegistryError::RepositoryUnknown)?;
        Ok(access.tags)
    }

    /// Sets resource tags; each takes the place of one with its key.
    ///
    /// # Errors
    /// [`RegistryError::TooManyTags`] if there are more than 50 then; [`RegistryError::RepositoryUnknown`] if there is no
    /// such repository.
    pub async fn tag_repository(
        &self,
        repository: &Repository,
        tags: Vec<(String, String)>,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let keys = tags.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>().join(" ");
        let cause = requester.cause(Deed::operation(repository, "TagResource", keys), None);
        Ok(self.catalog.change_repository_tags(repository, tags, Vec::new(), MAX_TAGS, cause).await?)
    }

    /// Takes the resource tags with these keys away; those that are not there do not matter.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub async fn untag_repository(
        &self,
        repository: &Repository,
        keys: Vec<String>,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let cause = requester.cause(Deed::operation(repository, "UntagResource", keys.join(" ")), None);
        Ok(self.catalog.change_repository_tags(repository, Vec::new(), keys, MAX_TAGS, cause).await?)
    }
}

fn happened(kind: &str, repository: &Repository, requester: &Requester) -> Event {
    let payload = serde_json::json!({
        "account": repository.account.to_string(),
        "repository": repository.name.as_str(),
        "actor": requester.principal,
    });
    Event { kind: kind.to_owned(), payload: payload.to_string() }
}
