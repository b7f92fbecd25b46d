//! Deleting: manifests, tags, blobs.

use plimsoll_catalog::{Event, Repository, Unlinked};
use plimsoll_oci::{Digest, Reference};

use crate::{Deed, Registry, RegistryError, Requester};

impl Registry {
    /// Deletes a tag, or a manifest with all its tags.
    pub async fn delete_manifest(
        &self,
        repository: &Repository,
        reference: &Reference,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let event = deleted(repository, reference, &requester.principal);
        let deed = Deed::operation(repository, "BatchDeleteImage", reference.to_string());
        let cause = requester.cause(deed, Some(event));
        let found = match reference {
            Reference::Tag(tag) => self.catalog.delete_tag(repository, tag, cause).await?,
            Reference::Digest(digest) => self.catalog.delete_manifest(repository, digest, cause).await?,
        };
        self.found(repository, found, RegistryError::ManifestUnknown)
    }

    /// Takes a blob out of the repository. Its bytes stay until no repository holds them.
    pub async fn delete_blob(
        &self,
        repository: &Repository,
        digest: &Digest,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let cause = requester.cause(Deed::operation(repository, "BatchDeleteImage", digest.to_string()), None);
        let unlinked = self.catalog.unlink_blob(repository, digest, cause).await?;
        self.found(repository, unlinked != Unlinked::NotLinked, RegistryError::BlobUnknown)
    }

    fn found(&self, repository: &Repository, found: bool, missing: RegistryError) -> Result<(), RegistryError> {
        if found {
            Ok(())
        } else if self.catalog.repository_exists(repository)? {
            Err(missing)
        } else {
            Err(RegistryError::RepositoryUnknown)
        }
    }
}

fn deleted(repository: &Repository, reference: &Reference, actor: &str) -> Event {
    let payload = serde_json::json!({
        "account": repository.account.to_string(),
        "repository": repository.name.as_str(),
        "reference": reference.to_string(),
        "actor": actor,
    });
    Event { kind: "image.deleted".to_owned(), payload: payload.to_string() }
}
