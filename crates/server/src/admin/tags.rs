//! Giving an image further tags.

use hyper::body::Incoming;
use plimsoll_oci::{ErrorCode, Reference, Tag};
use plimsoll_registry::{RegistryError, Wanted};
use serde::Deserialize;

use super::wire::TagsAnswer;
use super::{Call, json};
use crate::http::{Received, Response};
use crate::oci::OciError;

/// The longest body read, in bytes.
const MAX_BODY: usize = 64 * 1024;
/// The most tags set at once.
const MAX_TAGS: usize = 100;

/// What is asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    source: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    semver: bool,
}

/// `POST …/tags/<name>`
pub(super) async fn answer(call: &Call<'_>, body: Incoming) -> Result<Response, OciError> {
    let body = Received::new(body).collect(MAX_BODY).await.map_err(RegistryError::from)?;
    let body = body.ok_or_else(|| OciError::new(ErrorCode::SizeInvalid, "the body is larger than 64 KiB"))?;
    let asked: Asked = serde_json::from_slice(&body).map_err(|error| invalid(&format!("the body: {error}")))?;
    let source: Reference = asked.source.parse().map_err(|error| invalid(&format!("source: {error}")))?;
    let wanted = wanted(&asked)?;
    let tagged = call.state.registry.tag_image(&call.repository, &source, &wanted, &call.requester).await;
    let tagged = tagged.map_err(refusal)?;
    Ok(json(&TagsAnswer::new(call.repository.name.as_str(), source.to_string(), tagged)))
}

fn wanted(asked: &Asked) -> Result<Wanted, OciError> {
    if asked.semver != asked.tags.is_empty() {
        return Err(invalid("name either tags or \"semver\": true"));
    }
    if asked.semver {
        return Ok(Wanted::Floating);
    }
    if asked.tags.len() > MAX_TAGS {
        return Err(invalid("tags: at most 100 tags can be set at once"));
    }
    let tags = asked.tags.iter().map(|tag| tag.parse::<Tag>()).collect::<Result<_, _>>();
    tags.map(Wanted::Tags).map_err(|error| invalid(&format!("tags: {error}")))
}

/// What this endpoint refuses, in words that say what to do.
fn refusal(error: RegistryError) -> OciError {
    match &error {
        RegistryError::TagImmutable { tag, repository, .. } => invalid(&format!(
            "the tag {tag} of {repository} is immutable, so it stays where it is, and no other tag was moved: to let such \
             tags float, set the repository's imageTagMutability to IMMUTABLE_WITH_EXCLUSION with a filter that matches \
             {tag} among its imageTagMutabilityExclusionFilters (aws ecr put-image-tag-mutability)"
        )),
        RegistryError::NotAVersion => invalid(&format!("source: {error}")),
        RegistryError::Contended => OciError::new(ErrorCode::TooManyRequests, error),
        _ => OciError::from(error),
    }
}

fn invalid(message: &str) -> OciError {
    OciError::new(ErrorCode::TagInvalid, message)
}
