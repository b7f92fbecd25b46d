//! The repository of a push, made when it is first pushed to.

use plimsoll_catalog::{CatalogError, NewRepository, Repository};

use crate::{Deed, Registry, RegistryError, Requester};

impl Registry {
    /// Whether a push makes this repository.
    pub fn creates_on_push(&self, _repository: &Repository) -> Result<bool, RegistryError> {
        Ok(self.config.create_on_push)
    }

    /// Makes a repository that is pushed to, if it is not there.
    pub async fn create_on_push(&self, repository: &Repository, requester: &Requester) -> Result<(), RegistryError> {
        if self.catalog.repository_exists(repository)? {
            return Ok(());
        }
        let cause = requester.cause(Deed::on(repository, "ecr:CreateRepository", "on push"), None);
        match self.catalog.create_repository(NewRepository::plain(repository.clone()), cause).await {
            Ok(_) | Err(CatalogError::RepositoryExists) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}
