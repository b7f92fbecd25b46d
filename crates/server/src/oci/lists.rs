//! Listings: repositories, tags, referrers.

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderName, LINK};
use plimsoll_oci::{Digest, Page, RepositoryName, Tag, media};
use plimsoll_registry::AccountId;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Answer, Call, respond, set};
use crate::http::{Body, Response};
use crate::state::State;

/// The most entries of one page.
const MAX_PAGE: usize = 1000;

#[derive(Serialize)]
struct Repositories<'a> {
    repositories: Vec<&'a str>,
}

#[derive(Serialize)]
struct Tags<'a> {
    name: &'a str,
    tags: Vec<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Index {
    schema_version: u8,
    media_type: &'static str,
    manifests: Vec<Referrer>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Referrer {
    media_type: String,
    digest: Digest,
    size: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    artifact_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Box<RawValue>>,
}

/// `GET /v2/_catalog`
pub(super) fn repositories(state: &State, account: AccountId, page: &Page) -> Answer {
    let limit = limit(page);
    let names = state.registry.repositories(account, page.last.as_deref(), limit + 1)?;
    let (shown, more) = cut(&names, limit);
    let mut response =
        json("application/json", &Repositories { repositories: shown.iter().map(RepositoryName::as_str).collect() });
    if let (true, Some(last)) = (more, shown.last()) {
        link(&mut response, &format!("/v2/_catalog?n={limit}&last={last}"));
    }
    Ok(response)
}

/// `GET …/tags/list`
pub(super) fn tags(call: &Call<'_>, page: &Page) -> Answer {
    let limit = limit(page);
    let tags = call.state.registry.tags(&call.repository, page.last.as_deref(), limit + 1)?;
    let (shown, more) = cut(&tags, limit);
    let name = call.name();
    let mut response =
        json("application/json", &Tags { name: name.as_str(), tags: shown.iter().map(Tag::as_str).collect() });
    if let (true, Some(last)) = (more, shown.last()) {
        link(&mut response, &format!("/v2/{name}/tags/list?n={limit}&last={last}"));
    }
    Ok(response)
}

/// `GET …/referrers/<digest>`
pub(super) fn referrers(call: &Call<'_>, subject: &Digest, artifact_type: Option<&str>) -> Answer {
    let referrers = call.state.registry.referrers(&call.repository, subject, artifact_type)?;
    let manifests = referrers
        .into_iter()
        .map(|referrer| Referrer {
            media_type: referrer.media_type,
            digest: referrer.digest,
            size: referrer.size,
            artifact_type: referrer.artifact_type,
            annotations: referrer.annotations_json.and_then(|json| RawValue::from_string(json).ok()),
        })
        .collect();
    let mut response = json(media::OCI_INDEX, &Index { schema_version: 2, media_type: media::OCI_INDEX, manifests });
    if artifact_type.is_some() {
        set(&mut response, HeaderName::from_static("oci-filters-applied"), "artifactType");
    }
    Ok(response)
}

fn limit(page: &Page) -> usize {
    page.limit.unwrap_or(MAX_PAGE).min(MAX_PAGE)
}

/// The entries of the page, and whether there are more; a page of none has no next one.
fn cut<T>(entries: &[T], limit: usize) -> (&[T], bool) {
    (&entries[..entries.len().min(limit)], limit > 0 && entries.len() > limit)
}

fn link(response: &mut Response, target: &str) {
    set(response, LINK, &format!("<{target}>; rel=\"next\""));
}

fn json(content_type: &str, body: &impl Serialize) -> Response {
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    let mut response = respond(StatusCode::OK, Body::from(Bytes::from(bytes)));
    set(&mut response, CONTENT_TYPE, content_type);
    response
}
