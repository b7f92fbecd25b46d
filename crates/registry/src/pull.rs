//! Pulling: manifests and blobs, past the gates.

use std::sync::Arc;

use plimsoll_catalog::{ImageStatus, Repository, StoredManifest};
use plimsoll_iam::Principal;
use plimsoll_oci::{Digest, Reference};
use plimsoll_store::Blob;

use crate::{Registry, RegistryError};

impl Registry {
    /// Pulls a manifest, if the gates let `principal` have it; one in the archive cannot be pulled.
    pub fn pull_manifest(
        &self,
        repository: &Repository,
        reference: &Reference,
        principal: &Principal,
    ) -> Result<Arc<StoredManifest>, RegistryError> {
        let manifest = self.look_at_manifest(repository, reference, principal)?;
        self.note_pull(repository, &manifest.digest, principal)?;
        Ok(manifest)
    }

    /// The manifest that [`Self::pull_manifest`] would pull; to look at it does not count as a pull.
    pub fn look_at_manifest(
        &self,
        repository: &Repository,
        reference: &Reference,
        principal: &Principal,
    ) -> Result<Arc<StoredManifest>, RegistryError> {
        let manifest = self.manifest(repository, reference)?;
        if manifest.status != ImageStatus::Active {
            return Err(RegistryError::ManifestUnknown);
        }
        self.pass_gates(repository, reference, &manifest, principal)?;
        Ok(manifest)
    }

    /// A manifest, whatever the gates say.
    pub fn manifest(
        &self,
        repository: &Repository,
        reference: &Reference,
    ) -> Result<Arc<StoredManifest>, RegistryError> {
        if let Some(manifest) = self.catalog.manifest(repository, reference)? {
            return Ok(manifest);
        }
        self.must_exist(repository)?;
        Err(RegistryError::ManifestUnknown)
    }

    /// The size of a blob of the repository. Tells a pusher what need not be sent; gates guard the content alone.
    pub fn blob_size(&self, repository: &Repository, digest: &Digest) -> Result<u64, RegistryError> {
        if let Some(size) = self.catalog.blob_size(repository, digest)? {
            return Ok(size);
        }
        self.must_exist(repository)?;
        Err(RegistryError::BlobUnknown)
    }

    /// A blob, if `principal` may have an image it belongs to.
    pub async fn pull_blob(
        &self,
        repository: &Repository,
        digest: &Digest,
        principal: &Principal,
    ) -> Result<Blob, RegistryError> {
        let size = self.blob_size(repository, digest)?;
        self.pass_gates_for_blob(repository, digest, principal)?;
        let (store, digest) = (self.store.clone(), *digest);
        crate::push::blocking(move || match store.blob(&digest)? {
            Some(blob) if blob.size == size => Ok(blob),
            // The catalog knows the blob, the disk does not hold it whole: never serve less than was promised.
            _ => Err(RegistryError::BlobUnreadable {
                digest: Box::new(digest),
                source: std::io::ErrorKind::NotFound.into(),
            }),
        })
        .await
    }

    pub(crate) fn must_exist(&self, repository: &Repository) -> Result<(), RegistryError> {
        if self.catalog.repository_exists(repository)? { Ok(()) } else { Err(RegistryError::RepositoryUnknown) }
    }
}
