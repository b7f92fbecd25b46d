//! Blobs.

use hyper::StatusCode;
use hyper::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RANGE,
};
use plimsoll_oci::{Digest, ReadRange};
use plimsoll_registry::Blob;

use super::{Answer, CONTENT_DIGEST, Call, respond, set};
use crate::http::{Body, Connection, FilePart, Response};

/// `HEAD …/blobs/<digest>`
pub(super) fn head(call: &Call<'_>, digest: &Digest) -> Answer {
    let size = call.state.registry.blob_size(&call.repository, digest)?;
    let mut response = respond(StatusCode::OK, Body::empty());
    describe(&mut response, digest);
    set(&mut response, CONTENT_LENGTH, &size.to_string());
    Ok(response)
}

/// `GET …/blobs/<digest>`
pub(super) async fn get(call: &Call<'_>, digest: &Digest) -> Answer {
    let registry = &call.state.registry;
    let blob = registry.pull_blob(&call.repository, digest, &call.identity.caller.principal).await?;
    Ok(blob_response(blob, digest, call.header(RANGE), call.header(IF_NONE_MATCH), call.connection))
}

/// The answer that is a blob, or the part of it that `range` asks for.
pub(crate) fn blob_response(
    blob: Blob,
    digest: &Digest,
    range: Option<&str>,
    if_none_match: Option<&str>,
    connection: &Connection,
) -> Response {
    if if_none_match.is_some_and(|tags| names(tags, digest)) {
        let mut response = respond(StatusCode::NOT_MODIFIED, Body::empty());
        describe(&mut response, digest);
        return response;
    }
    let (status, start, length) = match ReadRange::parse(range, blob.size) {
        ReadRange::Whole => (StatusCode::OK, 0, blob.size),
        ReadRange::Part { start, length } => (StatusCode::PARTIAL_CONTENT, start, length),
        ReadRange::Unsatisfiable => return unsatisfiable(blob.size),
    };
    let part = FilePart::new(blob.file, start, length, connection.outbox.clone());
    let mut response = respond(status, Body::File(part));
    describe(&mut response, digest);
    if status == StatusCode::PARTIAL_CONTENT {
        set(&mut response, CONTENT_RANGE, &format!("bytes {start}-{}/{}", start + length - 1, blob.size));
    }
    response
}

/// `DELETE …/blobs/<digest>`
pub(super) async fn delete(call: &Call<'_>, digest: &Digest) -> Answer {
    call.state.registry.delete_blob(&call.repository, digest, &call.requester()).await?;
    Ok(respond(StatusCode::ACCEPTED, Body::empty()))
}

/// Whether an `If-None-Match` header names this content.
pub(super) fn names(tags: &str, digest: &Digest) -> bool {
    let digest = digest.to_string();
    tags.split(',')
        .map(|tag| tag.trim().trim_start_matches("W/").trim_matches('"'))
        .any(|tag| tag == digest || tag == "*")
}

fn describe(response: &mut Response, digest: &Digest) {
    set(response, CONTENT_TYPE, "application/octet-stream");
    set(response, CONTENT_DIGEST, &digest.to_string());
    set(response, ETAG, &format!("\"{digest}\""));
    set(response, ACCEPT_RANGES, "bytes");
    // Content under its digest never changes; whether one may read it can.
    set(response, CACHE_CONTROL, "private, max-age=31536000, immutable");
}

fn unsatisfiable(size: u64) -> Response {
    let mut response = respond(StatusCode::RANGE_NOT_SATISFIABLE, Body::empty());
    set(&mut response, CONTENT_RANGE, &format!("bytes */{size}"));
    response
}
