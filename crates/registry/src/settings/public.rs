//! What public registries say of themselves and of their repositories.

use plimsoll_catalog::{Repository, Visibility, Write};
use plimsoll_iam::AccountId;
use serde::{Deserialize, Serialize};

use super::{read, written};
use crate::{Deed, Registry, RegistryError, Requester, action, registry_arn};

const KEY: &str = "public-registry";

/// What a public repository says of itself to those who look for something.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatalogData {
    /// What it is, in a sentence.
    pub description: Option<String>,
    /// The architectures its images are for.
    pub architectures: Option<Vec<String>>,
    /// The operating systems its images are for.
    pub operating_systems: Option<Vec<String>>,
    /// Its logo, an image file in base64.
    pub logo: Option<String>,
    /// What it is, at length, in Markdown.
    pub about: Option<String>,
    /// How it is used, in Markdown.
    pub usage: Option<String>,
}

impl CatalogData {
    /// As [`plimsoll_catalog::NewRepository`] takes it.
    pub fn text(&self) -> Result<String, RegistryError> {
        written(self)
    }
}

/// What a public registry says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicRegistry {
    /// The name it is shown by.
    pub display_name: Option<String>,
}

impl Registry {
    /// What a public repository says of itself.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub fn catalog_data(&self, repository: &Repository) -> Result<Option<CatalogData>, RegistryError> {
        self.catalog.catalog_data(repository)?.map(|text| read(&text)).transpose()
    }

    /// Sets what a public repository says of itself, in place of all it said.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub async fn set_catalog_data(
        &self,
        repository: &Repository,
        data: &CatalogData,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let cause = requester.cause(Deed::operation(repository, "PutRepositoryCatalogData", ""), None);
        Ok(self.catalog.set_catalog_data(repository, data.text()?, cause).await?)
    }

    /// What the public registry of an account says of itself.
    pub fn public_registry(&self, account: AccountId) -> Result<PublicRegistry, RegistryError> {
        let text = self.catalog.account_setting(account, KEY)?;
        text.map_or_else(|| Ok(PublicRegistry::default()), |text| read(&text))
    }

    /// Sets what the public registry of an account says of itself.
    pub async fn set_public_registry(
        &self,
        account: AccountId,
        registry: &PublicRegistry,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let deed = Deed {
            account,
            action: action(Visibility::Public, "PutRegistryCatalogData").into(),
            resource: registry_arn("", account, Visibility::Public, &format!("registry/{account}")),
            detail: registry.display_name.clone().unwrap_or_default(),
        };
        let cause = requester.cause(deed, None);
        self.catalog.put_account_setting(account, KEY, written(registry)?, Write::Always, cause).await?;
        Ok(())
    }
}
