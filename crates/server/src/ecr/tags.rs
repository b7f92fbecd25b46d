//! Tags of resources.

use super::call::Asked;
use super::error::EcrError;
use super::settings;
use super::wire::repositories::{
    ListTagsForResourceRequest, ListTagsForResourceResponse, TagResourceRequest, TagResourceResponse,
    UntagResourceRequest, UntagResourceResponse,
};

/// `TagResource`
pub(crate) async fn tag(asked: &Asked<'_>, input: TagResourceRequest) -> Result<TagResourceResponse, EcrError> {
    let repository = asked.repository_of_arn(&input.resource_arn)?;
    let tags = settings::tags(&input.tags)?;
    let done = asked.call.state.registry.tag_repository(&repository, tags, &asked.requester()).await;
    done.map_err(EcrError::about(&repository))?;
    Ok(TagResourceResponse {})
}

/// `UntagResource`
pub(crate) async fn untag(asked: &Asked<'_>, input: UntagResourceRequest) -> Result<UntagResourceResponse, EcrError> {
    let repository = asked.repository_of_arn(&input.resource_arn)?;
    input.tag_keys.iter().try_for_each(|key| settings::tag_key(key))?;
    let done = asked.call.state.registry.untag_repository(&repository, input.tag_keys, &asked.requester()).await;
    done.map_err(EcrError::about(&repository))?;
    Ok(UntagResourceResponse {})
}

/// `ListTagsForResource`
pub(crate) async fn list(
    asked: &Asked<'_>,
    input: ListTagsForResourceRequest,
) -> Result<ListTagsForResourceResponse, EcrError> {
    let repository = asked.repository_of_arn(&input.resource_arn)?;
    let tags = asked.call.state.registry.repository_tags(&repository).map_err(EcrError::about(&repository))?;
    Ok(ListTagsForResourceResponse { tags: settings::tag_list(tags) })
}
