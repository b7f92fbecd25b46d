//! Listing: repositories, tags, referrers.

use plimsoll_catalog::{AccountId, Referrer, Repository};
use plimsoll_oci::{Digest, RepositoryName, Tag};

use crate::{Registry, RegistryError};

/// How many repositories are looked at for a blob to mount from.
const MOUNT_SOURCES: usize = 20;

impl Registry {
    /// The names of an account's repositories after `after`, in byte order.
    pub fn repositories(
        &self,
        account: AccountId,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<RepositoryName>, RegistryError> {
        Ok(self.catalog.repositories(account, after, limit)?)
    }

    /// Whether there is such a repository.
    pub fn repository_exists(&self, repository: &Repository) -> Result<bool, RegistryError> {
        Ok(self.catalog.repository_exists(repository)?)
    }

    /// The tags of a repository after `after`, in byte order.
    pub fn tags(&self, repository: &Repository, after: Option<&str>, limit: usize) -> Result<Vec<Tag>, RegistryError> {
        self.catalog.tags(repository, after, limit)?.ok_or(RegistryError::RepositoryUnknown)
    }

    /// The manifests that refer to `subject`, whether or not the subject is there.
    pub fn referrers(
        &self,
        repository: &Repository,
        subject: &Digest,
        artifact_type: Option<&str>,
    ) -> Result<Vec<Referrer>, RegistryError> {
        Ok(self.catalog.referrers(repository, subject, artifact_type)?)
    }

    /// The repositories of an account that hold a blob.
    pub fn repositories_with_blob(
        &self,
        account: AccountId,
        digest: &Digest,
    ) -> Result<Vec<Repository>, RegistryError> {
        Ok(self.catalog.find_blob(account, digest, MOUNT_SOURCES)?)
    }
}
