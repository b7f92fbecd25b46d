//! Getting the manifests of images: what a pull begins with.

use std::sync::Arc;

use plimsoll_oci::Reference;
use plimsoll_registry::{ImageRecord, ImageStatus, RegistryError, Repository, StoredManifest};

use super::{Bad, common, failure, read};
use crate::ecr::call::Asked;
use crate::ecr::error::EcrError;
use crate::ecr::wire::images::{BatchGetImageRequest, BatchGetImageResponse, Image, ImageFailure};
use crate::ecr::wire::shared::ImageIdentifier;

/// Gets images; each that cannot be had is among the failures.
///
/// Media types that are accepted may be of any kind, indexes included, which Amazon ECR does not list.
pub(in crate::ecr) async fn batch_get(
    asked: &Asked<'_>,
    input: BatchGetImageRequest,
) -> Result<BatchGetImageResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let mut response = BatchGetImageResponse::default();
    for id in input.image_ids {
        match get(asked, &repository, id, input.accepted_media_types.as_deref())? {
            Ok(image) => response.images.push(image),
            Err(failure) => response.failures.push(failure),
        }
    }
    Ok(response)
}

fn get(
    asked: &Asked<'_>,
    repository: &Repository,
    id: ImageIdentifier,
    accepted: Option<&[String]>,
) -> Result<Result<Image, ImageFailure>, EcrError> {
    let registry = &asked.call.state.registry;
    let found = match read(&id) {
        Ok(named) => registry.image_by_id(repository, &named).map(|found| found.map_err(Bad::from)),
        Err(bad) => registry.repository(repository).map(|_| Err(bad)),
    };
    let found = found.map_err(|error| common(repository, error))?;
    let image = match found {
        Ok(image) => image,
        Err(bad) => return Ok(Err(bad.fail(id))),
    };
    if accepted.is_some_and(|accepted| !accepted.contains(&image.media_type)) {
        let reason = format!("Requested image not found with an accepted media type: it has {}", image.media_type);
        return Ok(Err(failure(id, "ImageNotFound", reason)));
    }
    match pull(asked, repository, &image) {
        Ok(manifest) => Ok(Ok(written(asked, repository, id, &manifest))),
        Err(RegistryError::ManifestUnknown) if image.state.status != ImageStatus::Active => {
            Ok(Err(failure(id, "ImageInaccessible", "Requested image is archived".to_owned())))
        }
        Err(RegistryError::ManifestUnknown) => Ok(Err(Bad::NotFound.fail(id))),
        Err(RegistryError::Refused(refusal)) => Ok(Err(failure(id, "ImageInaccessible", refusal.to_string()))),
        Err(other) => Err(common(repository, other)),
    }
}

fn pull(asked: &Asked<'_>, repository: &Repository, image: &ImageRecord) -> Result<Arc<StoredManifest>, RegistryError> {
    let call = asked.call;
    call.state.registry.pull_manifest(repository, &Reference::Digest(image.digest), &call.caller.principal)
}

fn written(asked: &Asked<'_>, repository: &Repository, id: ImageIdentifier, manifest: &StoredManifest) -> Image {
    Image {
        registry_id: asked.registry.to_string(),
        repository_name: repository.name.to_string(),
        image_id: Some(ImageIdentifier { image_digest: Some(manifest.digest.to_string()), ..id }),
        image_manifest: Some(String::from_utf8_lossy(&manifest.content).into_owned()),
        image_manifest_media_type: Some(manifest.media_type.clone()),
    }
}
