//! Where tags pointed, and since when.

use plimsoll_catalog::{ImageId, Repository, TagChange, Timestamp};
use plimsoll_oci::{Digest, Tag};

use crate::{Registry, RegistryError};

/// What a tag named at some moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PastImage {
    /// The digest.
    pub digest: Digest,
    /// Whether the repository holds the image still, so that it can be pulled by the digest.
    pub held: bool,
}

impl Registry {
    /// At most `count` changes of the tags of a repository, or of one of them, the latest first.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub fn tag_history(
        &self,
        repository: &Repository,
        tag: Option<&Tag>,
        count: usize,
    ) -> Result<Vec<TagChange>, RegistryError> {
        self.must_exist(repository)?;
        Ok(self.catalog.tag_history(repository, tag, count)?)
    }

    /// What a tag named at a moment; `None` if it was not there.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub fn tag_as_of(
        &self,
        repository: &Repository,
        tag: &Tag,
        at: Timestamp,
    ) -> Result<Option<PastImage>, RegistryError> {
        self.must_exist(repository)?;
        let Some(digest) = self.catalog.tag_as_of(repository, tag, at)? else { return Ok(None) };
        let id = ImageId { digest: Some(digest), tag: None };
        let images = self.catalog.images_by_ids(repository, &[id])?.ok_or(RegistryError::RepositoryUnknown)?;
        Ok(Some(PastImage { digest, held: matches!(images.as_slice(), [Ok(_)]) }))
    }
}
