//! Deleting images and tags in batches.

use plimsoll_catalog::{Deleted, Deletion, Event, ImageId, NotDeleted, Repository};

use crate::{Deed, Registry, RegistryError, Requester};

impl Registry {
    /// Deletes images and tags, and answers what became of each. A digest stands for the image with all its tags; a tag
    /// for itself and, if the image has no other, for the image. An image that an index of the repository names stays,
    /// unless the index goes, too.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub async fn delete_images(
        &self,
        repository: &Repository,
        ids: Vec<ImageId>,
        requester: &Requester,
    ) -> Result<Vec<Result<Deleted, NotDeleted>>, RegistryError> {
        let named = ids.iter().map(name).collect::<Vec<_>>().join(" ");
        let event = deleted(repository, &ids, requester);
        let cause = requester.cause(Deed::operation(repository, "BatchDeleteImage", named), Some(event));
        let asked = |id| Deletion { id, reason: String::new(), only_with_tags: None };
        Ok(self.catalog.delete_images(repository, ids.into_iter().map(asked).collect(), cause).await?)
    }
}

/// An id, for the audit log.
fn name(id: &ImageId) -> String {
    match (&id.digest, &id.tag) {
        (Some(digest), Some(tag)) => format!("{tag}@{digest}"),
        (Some(digest), None) => digest.to_string(),
        (None, Some(tag)) => tag.to_string(),
        (None, None) => "-".to_owned(),
    }
}

fn deleted(repository: &Repository, ids: &[ImageId], requester: &Requester) -> Event {
    let references: Vec<String> = ids.iter().map(name).collect();
    let payload = serde_json::json!({
        "account": repository.account.to_string(),
        "repository": repository.name.as_str(),
        "references": references,
        "actor": requester.principal,
    });
    Event { kind: "image.deleted".to_owned(), payload: payload.to_string() }
}
