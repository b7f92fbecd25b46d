//! Where tags pointed, and since when.

use plimsoll_oci::{ErrorCode, Tag};
use plimsoll_registry::moment;

use super::wire::{AsOfAnswer, HistoryAnswer};
use super::{Call, json};
use crate::http::Response;
use crate::oci::OciError;

/// The most changes of one answer.
const MOST: usize = 1000;
/// The changes of an answer where no number is named.
const USUAL: usize = 100;

/// `GET …/history/<name>`
pub(super) fn answer(call: &Call<'_>) -> Result<Response, OciError> {
    let tag = call.parameter("tag").map(|tag| tag.parse::<Tag>()).transpose();
    let tag = tag.map_err(|error| OciError::new(ErrorCode::TagInvalid, error))?;
    match (tag, call.parameter("as_of")) {
        (Some(tag), Some(as_of)) => past(call, tag, &as_of),
        (None, Some(_)) => Err(OciError::new(ErrorCode::TagInvalid, "as_of: say of which tag, by the parameter tag")),
        (tag, None) => changes(call, tag.as_ref()),
    }
}

fn changes(call: &Call<'_>, tag: Option<&Tag>) -> Result<Response, OciError> {
    let number = call.parameter("n").map_or(Ok(USUAL), |number| number.parse());
    let number = number.ok().filter(|number| (1..=MOST).contains(number));
    let number =
        number.ok_or_else(|| OciError::new(ErrorCode::PaginationInvalid, "n: must be a number from 1 to 1000"))?;
    let changes = call.state.registry.tag_history(&call.repository, tag, number)?;
    let changes = changes.into_iter().map(Into::into).collect();
    Ok(json(&HistoryAnswer { repository: call.repository.name.as_str(), changes }))
}

fn past(call: &Call<'_>, tag: Tag, as_of: &str) -> Result<Response, OciError> {
    let at = moment::parse(as_of).ok_or_else(|| {
        OciError::new(ErrorCode::TagInvalid, "as_of: must be an RFC 3339 time, such as 2026-01-31T12:00:00Z")
    })?;
    let past = call.state.registry.tag_as_of(&call.repository, &tag, at)?;
    let past = past.ok_or_else(|| {
        OciError::new(ErrorCode::ManifestUnknown, format!("the tag {tag} was not there at {}", moment::text(at)))
    })?;
    let image = format!("{}@{}", call.state.repository_uri(&call.base, &call.repository), past.digest);
    Ok(json(&AsOfAnswer {
        repository: call.repository.name.as_str(),
        tag: tag.to_string(),
        as_of: moment::text(at),
        digest: past.digest.to_string(),
        held: past.held,
        image,
    }))
}
