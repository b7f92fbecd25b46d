//! Putting an image by its manifest, as `PutImage` does.

use bytes::Bytes;
use plimsoll_catalog::{Repository, SameTag};
use plimsoll_oci::{Digest, Manifest, Reference, Tag};

use crate::{PushedManifest, PutManifest, Registry, RegistryError, Requester};

/// An image to put.
#[derive(Clone, Debug)]
pub struct PutImage {
    /// Its manifest.
    pub content: Bytes,
    /// The media type of the manifest; empty where the manifest itself says it.
    pub media_type: String,
    /// The tag to give it.
    pub tag: Option<Tag>,
    /// What its digest has to be.
    pub digest: Option<Digest>,
}

impl Registry {
    /// Puts an image into a repository that exists.
    ///
    /// # Errors
    /// [`RegistryError::ImageExists`] if the repository has just this image, under just this tag if there is one;
    /// [`RegistryError::Manifest`] if neither the manifest nor `put` says its media type; and those of
    /// [`Registry::put_manifest`].
    pub async fn put_image(
        &self,
        repository: &Repository,
        put: PutImage,
        requester: &Requester,
    ) -> Result<PushedManifest, RegistryError> {
        self.must_exist(repository)?;
        if put.media_type.is_empty() {
            Manifest::must_state_media_type(&put.content)?;
        }
        let digest = put.digest.unwrap_or_else(|| Digest::sha256(&put.content));
        let manifest = PutManifest {
            reference: Reference::Digest(digest),
            tags: put.tag.into_iter().collect(),
            content_type: put.media_type,
            content: put.content,
        };
        let pushed = self.store_manifest(repository, manifest, SameTag::Refuse, requester).await?;
        if pushed.changed { Ok(pushed) } else { Err(RegistryError::ImageExists { digest: Box::new(pushed.digest) }) }
    }
}
