//! Putting an image by its manifest.

use bytes::Bytes;
use plimsoll_oci::{Digest, Tag};
use plimsoll_registry::{PutImage, RegistryError, Repository};

use super::{DIGEST_PATTERN, TAG_PATTERN, common, not_matching};
use crate::ecr::call::Asked;
use crate::ecr::error::EcrError;
use crate::ecr::wire::images::{Image, PutImageRequest, PutImageResponse};
use crate::ecr::wire::shared::ImageIdentifier;

/// Puts an image into a repository.
pub(crate) async fn put(asked: &Asked<'_>, input: PutImageRequest) -> Result<PutImageResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let tag: Option<Tag> =
        input.image_tag.as_deref().map(str::parse).transpose().map_err(|_| not_matching("imageTag", TAG_PATTERN))?;
    let digest: Option<Digest> = input
        .image_digest
        .as_deref()
        .map(str::parse)
        .transpose()
        .map_err(|_| not_matching("imageDigest", DIGEST_PATTERN))?;
    let put = PutImage {
        content: Bytes::from(input.image_manifest.clone()),
        media_type: input.image_manifest_media_type.unwrap_or_default(),
        tag: tag.clone(),
        digest,
    };
    let pushed = asked.call.state.registry.put_image(&repository, put, &asked.requester()).await;
    let pushed = pushed.map_err(|error| refusal(&repository, tag.as_ref(), error))?;
    let image_id = ImageIdentifier { image_digest: Some(pushed.digest.to_string()), image_tag: input.image_tag };
    let image = Image {
        registry_id: asked.registry.to_string(),
        repository_name: input.repository_name,
        image_id: Some(image_id),
        image_manifest: Some(input.image_manifest),
        image_manifest_media_type: Some(pushed.media_type),
    };
    Ok(PutImageResponse { image: Some(image) })
}

fn refusal(repository: &Repository, tag: Option<&Tag>, error: RegistryError) -> EcrError {
    if let Some(missing) = error.missing_references() {
        let list = |digests: &[Digest]| digests.iter().map(Digest::to_string).collect::<Vec<_>>().join(", ");
        return if missing.blobs.is_empty() {
            let text =
                format!("The manifest list is referencing images that do not exist: {}", list(missing.manifests));
            EcrError::new("ReferencedImagesNotFoundException", text)
        } else {
            let text = format!("The layers could not be found in the repository: {}", list(missing.blobs));
            EcrError::new("LayersNotFoundException", text)
        };
    }
    match error {
        RegistryError::ImageExists { digest } => {
            EcrError::image_already_exists(repository, &digest.to_string(), tag.map(Tag::as_str))
        }
        RegistryError::TagImmutable { tag, names, same: true, .. } => {
            EcrError::image_already_exists(repository, &names.to_string(), Some(tag.as_str()))
        }
        RegistryError::TagImmutable { tag, .. } => EcrError::image_tag_already_exists(repository, tag.as_str()),
        RegistryError::DigestMismatch { actual } => EcrError::new(
            "ImageDigestDoesNotMatchException",
            format!("The specified image digest does not match the digest of the manifest, which is '{actual}'"),
        ),
        RegistryError::Manifest(error) => EcrError::invalid_parameter("imageManifest", &error.to_string()),
        other => common(repository, other),
    }
}
