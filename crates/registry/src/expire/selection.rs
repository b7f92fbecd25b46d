//! What a policy selects of a repository as it is now.

use std::sync::Arc;

use plimsoll_catalog::{Catalog, ImageRecord, ImageState, ImageStatus, Repository, RepositoryImages, Timestamp};
use plimsoll_oci::{Digest, Tag};
use plimsoll_rules::lifecycle::{Action, ImageFacts, Policy, Reason, Selected, StorageClass, evaluate};

use crate::push::blocking;
use crate::{Registry, RegistryError};

/// An image that a lifecycle policy acts on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The digest of its manifest.
    pub digest: Digest,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// When it was pushed.
    pub pushed_at: Timestamp,
    /// Where it is.
    pub storage_class: StorageClass,
    /// The priority of the rule that acts on it.
    pub rule: u32,
    /// What happens to it.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// What was known of it.
    pub(super) state: ImageState,
}

impl Registry {
    /// Applies a policy to what a repository holds, pulls of this moment included.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub(super) async fn select(
        &self,
        repository: Repository,
        policy: Policy,
        now: Timestamp,
    ) -> Result<Vec<Pick>, RegistryError> {
        self.record_pulls().await?;
        let catalog = Arc::clone(&self.catalog);
        blocking(move || select(&catalog, &repository, &policy, now)).await
    }
}

/// Applies a policy to what the repository holds. Reads the catalog, so it may block.
pub(super) fn select(
    catalog: &Catalog,
    repository: &Repository,
    policy: &Policy,
    now: Timestamp,
) -> Result<Vec<Pick>, RegistryError> {
    let images = catalog.repository_images(repository)?.ok_or(RegistryError::RepositoryUnknown)?;
    let facts = facts(&images);
    let selected = evaluate(policy, &facts, now.0);
    let pick = |selected: Selected| {
        let image = &images.images[selected.image];
        Pick {
            digest: image.digest,
            tags: image.tags.clone(),
            pushed_at: image.pushed_at,
            storage_class: facts[selected.image].storage_class,
            rule: selected.rule,
            action: selected.action,
            reason: selected.reason,
            state: image.state,
        }
    };
    Ok(selected.into_iter().map(pick).collect())
}

/// What the rules have to know of the images, in the same order.
fn facts(images: &RepositoryImages) -> Vec<ImageFacts> {
    let children = |image: &ImageRecord| images.children.get(&image.digest).cloned().unwrap_or_default();
    images.images.iter().map(|image| image_facts(image, children(image))).collect()
}

fn image_facts(image: &ImageRecord, children: Vec<Digest>) -> ImageFacts {
    let moment = |at: Timestamp| at.0;
    ImageFacts {
        digest: image.digest,
        tags: image.tags.clone(),
        pushed_at: image.pushed_at.0,
        last_pulled_at: image.state.last_pulled_at.map(moment),
        last_activated_at: image.state.activated_at.map(moment),
        last_archived_at: image.state.archived_at.map(moment),
        // What is on its way out of the archive is in use again.
        storage_class: match image.state.status {
            ImageStatus::Active | ImageStatus::Activating => StorageClass::Standard,
            ImageStatus::Archived => StorageClass::Archive,
        },
        children,
        subject: image.subject,
    }
}
