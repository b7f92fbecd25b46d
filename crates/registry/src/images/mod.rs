//! Images as Amazon ECR knows them: listed, described, archived and deleted, each by its digest, a tag, or both.

mod delete;
mod pulls;
mod put;

use plimsoll_catalog::{
    ImageCursor, ImageFilter, ImageId, ImagePosition, ImageRecord, ImageStatus, ListedImage, ListedReferrer, NoImage,
    Repository, TaggedImage,
};
use plimsoll_oci::Digest;

use crate::{Deed, Registry, RegistryError, Requester};

pub use put::PutImage;

pub(crate) use pulls::Pulls;

impl Registry {
    /// At most `limit` images of a repository after `after`, in the order of push.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub fn describe_images(
        &self,
        repository: &Repository,
        filter: ImageFilter,
        after: Option<ImagePosition>,
        limit: usize,
    ) -> Result<Vec<ImageRecord>, RegistryError> {
        let found = self.catalog.describe_images(repository, filter, after, limit)?;
        let mut images = found.ok_or(RegistryError::RepositoryUnknown)?;
        for image in &mut images {
            self.pulls.add_to(repository, image);
        }
        Ok(images)
    }

    /// The images that `ids` stand for, in the same order.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub fn images_by_ids(
        &self,
        repository: &Repository,
        ids: &[ImageId],
    ) -> Result<Vec<Result<ImageRecord, NoImage>>, RegistryError> {
        let mut found = self.catalog.images_by_ids(repository, ids)?.ok_or(RegistryError::RepositoryUnknown)?;
        found.iter_mut().flatten().for_each(|image| self.pulls.add_to(repository, image));
        Ok(found)
    }

    /// The image that an id stands for.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub fn image_by_id(
        &self,
        repository: &Repository,
        id: &ImageId,
    ) -> Result<Result<ImageRecord, NoImage>, RegistryError> {
        let mut found = self.images_by_ids(repository, std::slice::from_ref(id))?;
        Ok(found.pop().unwrap_or(Err(NoImage::NotFound)))
    }

    /// At most `limit` digests of a repository with one of their tags each, after `after`, in the order of push; an image
    /// without a tag is there once.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub fn image_ids(
        &self,
        repository: &Repository,
        filter: ImageFilter,
        after: Option<&ImageCursor>,
        limit: usize,
    ) -> Result<Vec<ListedImage>, RegistryError> {
        self.catalog.image_ids(repository, filter, after, limit)?.ok_or(RegistryError::RepositoryUnknown)
    }

    /// At most `limit` tags of a repository that sort after `after`, in the order of their bytes, each with the image it
    /// names.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub fn tagged_images(
        &self,
        repository: &Repository,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<TaggedImage>, RegistryError> {
        self.catalog.tagged_images(repository, after, limit)?.ok_or(RegistryError::RepositoryUnknown)
    }

    /// At most `limit` manifests that refer to `subject` after `after`, in the order of push; only those of one of the
    /// artifact types if there are any, and of the status if there is one.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub fn referrers_page(
        &self,
        repository: &Repository,
        subject: &Digest,
        artifact_types: &[String],
        status: Option<ImageStatus>,
        after: Option<ImagePosition>,
        limit: usize,
    ) -> Result<Vec<ListedReferrer>, RegistryError> {
        self.must_exist(repository)?;
        Ok(self.catalog.referrers_page(repository, subject, artifact_types, status, after, limit)?)
    }

    /// Puts an image into the archive, from where it cannot be pulled, or takes it out. Answers the image as it is then.
    ///
    /// # Errors
    /// [`RegistryError::ImageUnknown`] if there is no such image; [`RegistryError::HeldByIndex`] if it is to be archived
    /// and an index that can be pulled names it.
    pub async fn set_archived(
        &self,
        repository: &Repository,
        id: &ImageId,
        archived: bool,
        requester: &Requester,
    ) -> Result<ImageRecord, RegistryError> {
        let image = self.image_by_id(repository, id)?.map_err(RegistryError::ImageUnknown)?;
        let (status, word) =
            if archived { (ImageStatus::Archived, "archived") } else { (ImageStatus::Active, "activated") };
        let deed = Deed::operation(repository, "UpdateImageStorageClass", format!("{} {word}", image.digest));
        let cause = requester.cause(deed, None);
        let state = self.catalog.set_image_status(repository, &image.digest, status, cause).await?;
        Ok(ImageRecord { state, ..image })
    }
}
