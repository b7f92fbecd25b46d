//! The repository of a push, made when it is first pushed to.

use plimsoll_catalog::{NewRepository, Repository, Visibility};

use crate::settings::{CreationTemplate, Scenario};
use crate::{Registry, RegistryError, Requester};

impl Registry {
    /// Whether a push makes this repository: all are made, or a creation template says so of this one. None that everyone
    /// could read is made by the way.
    pub fn creates_on_push(&self, repository: &Repository) -> Result<bool, RegistryError> {
        if repository.visibility == Visibility::Public {
            return Ok(false);
        }
        Ok(self.config.create_on_push || self.template_of_push(repository)?.is_some())
    }

    /// Makes a repository that is pushed to, if it is not there; by the creation template for it, if there is one.
    pub async fn create_on_push(&self, repository: &Repository, requester: &Requester) -> Result<(), RegistryError> {
        if self.catalog.repository_exists(repository)? {
            return Ok(());
        }
        let template = self.template_of_push(repository)?;
        match self.create_repository(by_template(repository.clone(), template), requester).await {
            // Another push was quicker.
            Err(RegistryError::RepositoryExists) => Ok(()),
            made => made.map(|_| ()),
        }
    }

    fn template_of_push(&self, repository: &Repository) -> Result<Option<CreationTemplate>, RegistryError> {
        self.template_for(repository.account, &repository.name, Scenario::CreateOnPush)
    }
}

fn by_template(repository: Repository, template: Option<CreationTemplate>) -> NewRepository {
    let plain = NewRepository::plain(repository);
    let Some(template) = template else { return plain };
    NewRepository {
        mutability: template.mutability,
        encryption: template.encryption,
        policy: template.policy,
        lifecycle: template.lifecycle,
        tags: template.tags,
        ..plain
    }
}
