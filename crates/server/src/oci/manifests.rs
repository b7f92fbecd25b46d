//! Manifests.

use hyper::StatusCode;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, IF_NONE_MATCH, LOCATION};
use plimsoll_oci::{ErrorCode, MAX_MANIFEST_BYTES, Reference, Tag};
use plimsoll_registry::{PutManifest, RegistryError, StoredManifest};

use super::{Answer, CONTENT_DIGEST, Call, OciError, blobs, respond, set};
use crate::http::{Body, Received, Response};

const OCI_SUBJECT: HeaderName = HeaderName::from_static("oci-subject");
const OCI_TAG: HeaderName = HeaderName::from_static("oci-tag");

/// `GET …/manifests/<reference>`
pub(super) fn get(call: &Call<'_>, reference: &Reference) -> Answer {
    let (registry, principal) = (&call.state.registry, &call.identity.caller.principal);
    Ok(describe(call, &*registry.pull_manifest(&call.repository, reference, principal)?))
}

/// `HEAD …/manifests/<reference>`; HTTP itself leaves the body out of the answer.
pub(super) fn head(call: &Call<'_>, reference: &Reference) -> Answer {
    let (registry, principal) = (&call.state.registry, &call.identity.caller.principal);
    Ok(describe(call, &*registry.look_at_manifest(&call.repository, reference, principal)?))
}

fn describe(call: &Call<'_>, manifest: &StoredManifest) -> Response {
    let digest = &manifest.digest;
    let unchanged = call.header(IF_NONE_MATCH).is_some_and(|tags| blobs::names(tags, digest));
    let mut response = if unchanged {
        respond(StatusCode::NOT_MODIFIED, Body::empty())
    } else {
        respond(StatusCode::OK, Body::from(manifest.content.clone()))
    };
    if !unchanged {
        set(&mut response, CONTENT_TYPE, &manifest.media_type);
        response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(manifest.content.len()));
    }
    let digest = digest.to_string();
    set(&mut response, ETAG, &format!("\"{digest}\""));
    set(&mut response, CONTENT_DIGEST, &digest);
    response
}

/// `PUT …/manifests/<reference>`
pub(super) async fn put(call: Call<'_>, reference: Reference, tags: Vec<Tag>, body: Received) -> Answer {
    let too_large = || OciError::new(ErrorCode::ManifestTooLarge, "the manifest is larger than 4 MiB");
    let content = body.collect(MAX_MANIFEST_BYTES).await.map_err(RegistryError::from)?;
    let content = content.ok_or_else(too_large)?;
    let content_type = call.header(CONTENT_TYPE).unwrap_or_default().to_owned();
    let requester = call.requester();
    let put = PutManifest { reference, tags: tags.clone(), content_type, content };
    let registry = &call.state.registry;
    let mut pushed = registry.put_manifest(&call.repository, put.clone(), &requester).await;
    if let Err(RegistryError::RepositoryUnknown) = pushed {
        // A manifest that needs nothing else may be the first that is pushed.
        call.create_on_push().await?;
        pushed = registry.put_manifest(&call.repository, put, &requester).await;
    }
    let pushed = pushed?;
    let mut response = respond(StatusCode::CREATED, Body::empty());
    set(&mut response, LOCATION, &format!("/v2/{}/manifests/{}", call.name(), pushed.digest));
    set(&mut response, CONTENT_DIGEST, &pushed.digest.to_string());
    if let Some(subject) = pushed.subject {
        set(&mut response, OCI_SUBJECT, &subject.to_string());
    }
    if !tags.is_empty() {
        set(&mut response, OCI_TAG, &tags.iter().map(Tag::as_str).collect::<Vec<_>>().join(", "));
    }
    Ok(response)
}

/// `DELETE …/manifests/<reference>`
pub(super) async fn delete(call: &Call<'_>, reference: &Reference) -> Answer {
    call.state.registry.delete_manifest(&call.repository, reference, &call.requester()).await?;
    Ok(respond(StatusCode::ACCEPTED, Body::empty()))
}
