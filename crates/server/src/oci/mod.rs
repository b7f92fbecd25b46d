//! The OCI distribution protocol under `/v2/`: parse, authenticate, authorise, call the verb, encode.
//!
//! ```text
//! GET           /v2/                                    base
//! GET           /v2/_catalog                            lists.rs
//! GET           /v2/<name>/tags/list                    lists.rs
//! GET           /v2/<name>/referrers/<digest>           lists.rs
//! GET HEAD      /v2/<name>/manifests/<reference>        manifests.rs
//! PUT DELETE    /v2/<name>/manifests/<reference>        manifests.rs
//! GET HEAD      /v2/<name>/blobs/<digest>               blobs.rs
//! DELETE        /v2/<name>/blobs/<digest>               blobs.rs
//! POST          /v2/<name>/blobs/uploads/               uploads.rs
//! GET PATCH PUT DELETE  /v2/<name>/blobs/uploads/<id>   uploads.rs
//! ```

mod blobs;
mod error;
mod lists;
mod manifests;
mod uploads;

use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, StatusCode};
use plimsoll_iam::{Operation, Resource};
use plimsoll_oci::{Action, RepositoryName, Route, Start};
use plimsoll_registry::Repository;

use crate::authentication::Identity;
use crate::http::{Body, Connection, Request, Response};
use crate::state::{State, unix_time};

pub(crate) use error::OciError;

type Answer = Result<Response, OciError>;

const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

/// What a handler needs beside the request's own parts.
struct Call<'a> {
    state: &'a State,
    connection: &'a Connection,
    identity: &'a Identity,
    repository: Repository,
    headers: HeaderMap,
}

impl Call<'_> {
    fn header(&self, name: impl hyper::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn name(&self) -> &RepositoryName {
        &self.repository.name
    }
}

/// Answers a request under `/v2/`, and says which operation it was, for the metrics.
pub(crate) async fn answer(state: &State, connection: &Connection, request: Request) -> (&'static str, Response) {
    let route = plimsoll_oci::route(request.method().as_str(), request.uri().path(), request.uri().query());
    let (label, answer) = match route {
        Ok(route) => (label(&route), dispatch(state, connection, request, route).await),
        Err(error) => ("invalid", Err(OciError::from(error))),
    };
    let mut response = answer.unwrap_or_else(OciError::into_response);
    let version = HeaderValue::from_static("registry/2.0");
    response.headers_mut().insert(HeaderName::from_static("docker-distribution-api-version"), version);
    (label, response)
}

async fn dispatch(state: &State, connection: &Connection, request: Request, route: Route) -> Answer {
    let base = state.base_url(connection, request.headers());
    let (name, operation) = demand(&route);
    let denied = |denied| OciError::denied(denied, &base, operation, name.as_ref());
    let identity = state.authenticator.identify(&state.registry, request.headers(), unix_time()).map_err(denied)?;
    let resource = name.as_ref().map_or(Resource::Registry, Resource::Repository);
    state.authenticator.authorize(&identity, operation, resource).map_err(denied)?;
    match route {
        Route::Base => Ok(base_answer()),
        Route::Catalog(page) => lists::repositories(state, &page),
        Route::Repository { name, action } => {
            let (parts, body) = request.into_parts();
            let repository = state.repository(name);
            let call = Call { state, connection, identity: &identity, repository, headers: parts.headers };
            repository_action(call, action, crate::http::Received::new(body)).await
        }
    }
}

async fn repository_action(call: Call<'_>, action: Action, body: crate::http::Received) -> Answer {
    match action {
        Action::ListTags(page) => lists::tags(&call, &page),
        Action::ListReferrers { subject, artifact_type } => lists::referrers(&call, &subject, artifact_type.as_deref()),
        Action::GetManifest(reference) | Action::HeadManifest(reference) => manifests::get(&call, &reference),
        Action::PutManifest { reference, tags } => manifests::put(call, reference, tags, body).await,
        Action::DeleteManifest(reference) => manifests::delete(&call, &reference).await,
        Action::GetBlob(digest) => blobs::get(&call, &digest).await,
        Action::HeadBlob(digest) => blobs::head(&call, &digest),
        Action::DeleteBlob(digest) => blobs::delete(&call, &digest).await,
        Action::StartUpload(start) => uploads::start(&call, start, body).await,
        Action::UploadStatus(id) => uploads::status(&call, id).await,
        Action::AppendUpload(id) => uploads::append(&call, id, body).await,
        Action::FinishUpload(id, digest) => uploads::finish(&call, id, digest, body).await,
        Action::CancelUpload(id) => uploads::cancel(&call, id).await,
    }
}

fn base_answer() -> Response {
    let mut response = respond(StatusCode::OK, Body::from(bytes::Bytes::from_static(b"{}")));
    set(&mut response, hyper::header::CONTENT_TYPE, "application/json");
    response
}

/// The right a route demands, and on which repository.
fn demand(route: &Route) -> (Option<RepositoryName>, Operation) {
    match route {
        Route::Base => (None, Operation::Enter),
        Route::Catalog(_) => (None, Operation::ListRepositories),
        Route::Repository { name, action } => (Some(name.clone()), action_operation(action)),
    }
}

fn action_operation(action: &Action) -> Operation {
    match action {
        Action::ListTags(_)
        | Action::ListReferrers { .. }
        | Action::GetManifest(_)
        | Action::HeadManifest(_)
        | Action::GetBlob(_)
        | Action::HeadBlob(_) => Operation::Pull,
        Action::PutManifest { .. }
        | Action::StartUpload(_)
        | Action::UploadStatus(_)
        | Action::AppendUpload(_)
        | Action::FinishUpload(..)
        | Action::CancelUpload(_) => Operation::Push,
        Action::DeleteManifest(_) | Action::DeleteBlob(_) => Operation::Delete,
    }
}

fn label(route: &Route) -> &'static str {
    match route {
        Route::Base => "base",
        Route::Catalog(_) => "list_repositories",
        Route::Repository { action, .. } => match action {
            Action::ListTags(_) => "list_tags",
            Action::ListReferrers { .. } => "list_referrers",
            Action::GetManifest(_) => "get_manifest",
            Action::HeadManifest(_) => "head_manifest",
            Action::PutManifest { .. } => "put_manifest",
            Action::DeleteManifest(_) => "delete_manifest",
            Action::GetBlob(_) => "get_blob",
            Action::HeadBlob(_) => "head_blob",
            Action::DeleteBlob(_) => "delete_blob",
            Action::StartUpload(Start::Mount { .. }) => "mount_blob",
            Action::StartUpload(_) => "start_upload",
            Action::UploadStatus(_) => "upload_status",
            Action::AppendUpload(_) => "append_upload",
            Action::FinishUpload(..) => "finish_upload",
            Action::CancelUpload(_) => "cancel_upload",
        },
    }
}

fn respond(status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
}

/// Sets a header to text that consists of checked values; such text is always a valid header.
fn set(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
