//! Uploads of blobs.

use hyper::StatusCode;
use hyper::header::{CONTENT_LENGTH, CONTENT_RANGE, HeaderName, LOCATION, RANGE};
use plimsoll_oci::{Algorithm, ChunkRange, Digest, ErrorCode, RepositoryName, Start, UploadId};
use plimsoll_registry::{Declared, On, action};

use super::{Answer, CONTENT_DIGEST, Call, OciError, respond, set};
use crate::http::{Body, Received};

const UPLOAD_UUID: HeaderName = HeaderName::from_static("docker-upload-uuid");

/// `POST …/blobs/uploads/`
pub(super) async fn start(call: &Call<'_>, start: Start, body: Received) -> Answer {
    match start {
        Start::Session(algorithm) => session(call, algorithm).await,
        Start::Monolithic(digest) => {
            let declared = declared(call)?;
            // A client that only announces the digest sends no body, and the blob later.
            if declared.length == Some(0) && digest != digest.algorithm().digest(b"") {
                return session(call, digest.algorithm()).await;
            }
            call.state.registry.push_blob(&call.repository, digest, declared, body, &call.requester()).await?;
            Ok(created(call.name(), &digest))
        }
        Start::Mount { digest, from } => mount(call, digest, from).await,
    }
}

async fn session(call: &Call<'_>, algorithm: Algorithm) -> Answer {
    let id = call.state.registry.start_upload(&call.repository, algorithm).await?;
    Ok(progress(call.name(), id, 0, StatusCode::ACCEPTED))
}

/// Takes the blob from where the caller may pull it; else a session starts, as the specification has it.
async fn mount(call: &Call<'_>, digest: Digest, from: Option<RepositoryName>) -> Answer {
    let registry = &call.state.registry;
    let sources = match from {
        _ if !registry.mounts_blobs(call.repository.account)? => Vec::new(),
        Some(name) => vec![call.state.locate(&call.headers, name)],
        None => registry.repositories_with_blob(call.repository.account, &digest)?,
    };
    for source in sources {
        // The token names the target; whether the source may be read is asked of the caller itself.
        let (caller, on) = (&call.identity.caller, On::Repository(&source));
        let pull = action(source.visibility, "GetDownloadUrlForLayer");
        if call.state.may(caller, &call.circumstances, &pull, on)?
            && registry.mount_blob(&source, &call.repository, digest, &call.requester()).await?
        {
            return Ok(created(call.name(), &digest));
        }
    }
    session(call, digest.algorithm()).await
}

/// `GET …/blobs/uploads/<id>`
pub(super) async fn status(call: &Call<'_>, id: UploadId) -> Answer {
    let offset = call.state.registry.upload_offset(&call.repository, id).await?;
    Ok(progress(call.name(), id, offset, StatusCode::NO_CONTENT))
}

/// `PATCH …/blobs/uploads/<id>`
pub(super) async fn append(call: &Call<'_>, id: UploadId, body: Received) -> Answer {
    let offset = call.state.registry.append_upload(&call.repository, id, declared(call)?, body).await?;
    Ok(progress(call.name(), id, offset, StatusCode::ACCEPTED))
}

/// `PUT …/blobs/uploads/<id>?digest=<digest>`
pub(super) async fn finish(call: &Call<'_>, id: UploadId, digest: Digest, body: Received) -> Answer {
    call.state.registry.finish_upload(&call.repository, id, digest, declared(call)?, body, &call.requester()).await?;
    Ok(created(call.name(), &digest))
}

/// `DELETE …/blobs/uploads/<id>`
pub(super) async fn cancel(call: &Call<'_>, id: UploadId) -> Answer {
    call.state.registry.cancel_upload(&call.repository, id).await?;
    Ok(respond(StatusCode::NO_CONTENT, Body::empty()))
}

fn declared(call: &Call<'_>) -> Result<Declared, OciError> {
    let length = call.header(CONTENT_LENGTH).and_then(|length| length.parse().ok());
    let range = match call.header(CONTENT_RANGE) {
        // An empty closing request of some clients carries the range of nothing.
        Some(_) if length == Some(0) => None,
        Some(text) => {
            let malformed = || OciError::new(ErrorCode::BlobUploadInvalid, "the Content-Range must be <start>-<end>");
            Some(ChunkRange::parse(text).ok_or_else(malformed)?)
        }
        None => None,
    };
    Ok(Declared { range, length })
}

fn created(name: &RepositoryName, digest: &Digest) -> crate::http::Response {
    let mut response = respond(StatusCode::CREATED, Body::empty());
    set(&mut response, LOCATION, &format!("/v2/{name}/blobs/{digest}"));
    set(&mut response, CONTENT_DIGEST, &digest.to_string());
    response
}

fn progress(name: &RepositoryName, id: UploadId, offset: u64, status: StatusCode) -> crate::http::Response {
    let mut response = respond(status, Body::empty());
    set(&mut response, LOCATION, &format!("/v2/{name}/blobs/uploads/{id}"));
    set(&mut response, UPLOAD_UUID, &id.to_string());
    // An inclusive range cannot say "nothing"; `0-0` is what clients know.
    set(&mut response, RANGE, &format!("0-{}", offset.saturating_sub(1)));
    response
}
