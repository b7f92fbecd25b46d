//! The images of public repositories, described.

use plimsoll_registry::TaggedImage;

use super::wire::{DescribeImageTagsRequest, DescribeImageTagsResponse, ImageTagDetail, ReferencedImageDetail};
use crate::ecr::call::Asked;
use crate::ecr::wire::Epoch;
use crate::ecr::wire::images::{DescribeImagesRequest, DescribeImagesResponse, ImageDetail};
use crate::ecr::{EcrError, images};

/// `DescribeImages`: public registries filter nothing and tell less.
pub(super) async fn describe(
    asked: &Asked<'_>,
    input: DescribeImagesRequest,
) -> Result<DescribeImagesResponse, EcrError> {
    let described = images::describe(asked, input).await?;
    let image_details = described.image_details.into_iter().map(shortened).collect();
    Ok(DescribeImagesResponse { image_details, ..described })
}

fn shortened(image: ImageDetail) -> ImageDetail {
    ImageDetail {
        registry_id: image.registry_id,
        repository_name: image.repository_name,
        image_digest: image.image_digest,
        image_tags: image.image_tags,
        image_size_in_bytes: image.image_size_in_bytes,
        image_pushed_at: image.image_pushed_at,
        image_manifest_media_type: image.image_manifest_media_type,
        artifact_media_type: image.artifact_media_type,
        ..ImageDetail::default()
    }
}

/// `DescribeImageTags`
pub(super) async fn describe_tags(
    asked: &Asked<'_>,
    input: DescribeImageTagsRequest,
) -> Result<DescribeImageTagsResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let registry = asked.registry.to_string();
    let page = asked.page(&registry, &[&input.repository_name], input.next_token.as_deref(), input.max_results)?;
    let found = asked.call.state.registry.tagged_images(&repository, page.after.as_deref(), page.read());
    let mut found = found.map_err(EcrError::about(&repository))?;
    let next_token = page.cut(&mut found, |image| image.tag.to_string())?;
    Ok(DescribeImageTagsResponse { image_tag_details: found.into_iter().map(detail).collect(), next_token })
}

fn detail(image: TaggedImage) -> ImageTagDetail {
    ImageTagDetail {
        image_tag: image.tag.to_string(),
        created_at: Epoch(image.tagged_at.0),
        image_detail: ReferencedImageDetail {
            image_digest: image.digest.to_string(),
            image_size_in_bytes: image.image_size.cast_signed(),
            image_pushed_at: Epoch(image.pushed_at.0),
            image_manifest_media_type: image.media_type,
            artifact_media_type: image.artifact_type,
        },
    }
}
