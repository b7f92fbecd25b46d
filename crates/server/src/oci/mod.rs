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
use plimsoll_iam::Claims;
use plimsoll_oci::{Action, RepositoryName, Route, Start};
use plimsoll_registry::{On, RegistryError, Repository, Requester, Visibility, action, registry_arn};

use crate::authentication::{self, Identity};
use crate::authorisation::{Circumstances, Denied};
use crate::http::{Body, Connection, Request, Response};
use crate::state::{State, unix_time};

pub(crate) use blobs::blob_response;
pub(crate) use error::OciError;

type Answer = Result<Response, OciError>;

const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

/// What a handler needs beside the request's own parts.
struct Call<'a> {
    state: &'a State,
    connection: &'a Connection,
    identity: &'a Identity,
    circumstances: Circumstances,
    repository: Repository,
    /// The repository as the path names it.
    name: RepositoryName,
    headers: HeaderMap,
}

impl Call<'_> {
    fn header(&self, name: impl hyper::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn name(&self) -> &RepositoryName {
        &self.name
    }

    /// On whose behalf all this is done.
    fn requester(&self) -> Requester {
        self.circumstances.requester(&self.identity.caller)
    }

    async fn authorise(&self, operation: &str) -> Result<(), Denied> {
        let (action, on) = (action(self.repository.visibility, operation), On::Repository(&self.repository));
        self.state.authorise(&self.identity.caller, &self.circumstances, &action, on, |_| ()).await
    }

    /// Makes the repository of an upload where it is not there, if the pusher may make it.
    async fn create_on_push(&self) -> Result<(), OciError> {
        self.may_push()?;
        self.state.registry.create_on_push(&self.repository, &self.requester()).await.map_err(OciError::from)
    }

    /// Lets a push through if its repository is there, or may be made by the pusher.
    fn may_push(&self) -> Result<(), OciError> {
        let registry = &self.state.registry;
        let (create, on) = (action(self.repository.visibility, "CreateRepository"), On::Repository(&self.repository));
        let may_create = || {
            let caller = &self.identity.caller;
            Ok::<_, RegistryError>(
                registry.creates_on_push(&self.repository)?
                    && self.state.may(caller, &self.circumstances, &create, on)?,
            )
        };
        let may = registry.repository_exists(&self.repository)? || may_create()?;
        if may { Ok(()) } else { Err(RegistryError::RepositoryUnknown.into()) }
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
    let (parts, body) = request.into_parts();
    let headers = parts.headers;
    let challenge = |reason: &str, error: Option<&str>| {
        OciError::challenging(reason, &state.base_url(connection, &headers), scope(&route).as_deref(), error)
    };
    let identity = authentication::identify(state.registry.identities(), &headers, unix_time());
    let identity = identity.map_err(|unknown| OciError::unknown(unknown, challenge))?;
    if !identity.claims.as_ref().is_none_or(|claims| covers(claims, &route)) {
        return Err(challenge("the token is not for this", Some("insufficient_scope")));
    }
    let unnamed = identity.is_anonymous().then(|| challenge("authentication required", None));
    let circumstances = Circumstances::of(connection, &headers);
    match route {
        // Clients learn from the challenge to this one request how to log in, so that it is put to all who bring nothing.
        Route::Base => match unnamed.filter(|_| identity.claims.is_none()) {
            Some(unnamed) => Err(unnamed),
            None => Ok(base_answer()),
        },
        Route::Catalog(page) => {
            if let Some(unnamed) = unnamed {
                return Err(unnamed);
            }
            let account = state.registry_of(&headers);
            let every = registry_arn(&state.region, account, Visibility::Private, "repository/*");
            let on = On::Other { owner: account, arn: &every };
            let action = "ecr:DescribeRepositories";
            let allowed = state.authorise(&identity.caller, &circumstances, action, on, |_| ()).await;
            allowed.map_err(OciError::denied)?;
            lists::repositories(state, account, &page)
        }
        Route::Repository { name, action } => {
            let repository = state.locate(&headers, name.clone());
            let call = Call { state, connection, identity: &identity, circumstances, repository, name, headers };
            let allowed = call.authorise(needed(&action, call.repository.visibility)).await;
            allowed.map_err(|denied| unnamed.unwrap_or_else(|| OciError::denied(denied)))?;
            let repository = call.repository.clone();
            let answer = repository_action(call, action, crate::http::Received::new(body)).await;
            answer.map_err(|error| error.about(&repository))
        }
    }
}

async fn repository_action(call: Call<'_>, action: Action, body: crate::http::Received) -> Answer {
    match action {
        Action::ListTags(page) => lists::tags(&call, &page),
        Action::ListReferrers { subject, artifact_type } => lists::referrers(&call, &subject, artifact_type.as_deref()),
        Action::GetManifest(reference) => manifests::get(&call, &reference),
        Action::HeadManifest(reference) => manifests::head(&call, &reference),
        Action::PutManifest { reference, tags } => {
            call.may_push()?;
            manifests::put(call, reference, tags, body).await
        }
        Action::DeleteManifest(reference) => manifests::delete(&call, &reference).await,
        Action::GetBlob(digest) => blobs::get(&call, &digest).await,
        Action::HeadBlob(digest) => blobs::head(&call, &digest),
        Action::DeleteBlob(digest) => blobs::delete(&call, &digest).await,
        Action::StartUpload(start) => {
            call.create_on_push().await?;
            uploads::start(&call, start, body).await
        }
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

/// The operation of Amazon ECR that what docker does to a repository comes to.
fn needed(action: &Action, visibility: Visibility) -> &'static str {
    match action {
        // To public registries `BatchCheckLayerAvailability` is part of a push; what is asked here is part of a pull.
        Action::HeadBlob(_) if visibility == Visibility::Public => "GetDownloadUrlForLayer",
        Action::GetManifest(_) | Action::HeadManifest(_) | Action::ListReferrers { .. } => "BatchGetImage",
        Action::GetBlob(_) => "GetDownloadUrlForLayer",
        Action::HeadBlob(_) => "BatchCheckLayerAvailability",
        Action::ListTags(_) => "ListImages",
        Action::StartUpload(_) => "InitiateLayerUpload",
        Action::UploadStatus(_) | Action::AppendUpload(_) | Action::CancelUpload(_) => "UploadLayerPart",
        Action::FinishUpload(..) => "CompleteLayerUpload",
        Action::PutManifest { .. } => "PutImage",
        Action::DeleteManifest(_) | Action::DeleteBlob(_) => "BatchDeleteImage",
    }
}

/// The action of a token's scope that an action needs.
fn scope_action(action: &Action) -> &'static str {
    match needed(action, Visibility::Private) {
        "InitiateLayerUpload" | "UploadLayerPart" | "CompleteLayerUpload" | "PutImage" => "push",
        "BatchDeleteImage" => "delete",
        _ => "pull",
    }
}

/// The scope a client must ask a token for, as it stands in a challenge.
fn scope(route: &Route) -> Option<String> {
    match route {
        Route::Base => None,
        Route::Catalog(_) => Some("registry:catalog:*".to_owned()),
        Route::Repository { name, action } => match scope_action(action) {
            "push" => Some(format!("repository:{name}:pull,push")),
            action => Some(format!("repository:{name}:{action}")),
        },
    }
}

/// Whether a token is good for a route.
fn covers(claims: &Claims, route: &Route) -> bool {
    match route {
        Route::Base => true,
        Route::Catalog(_) => claims.grants_catalog(),
        Route::Repository { name, action } => claims.grants(name, scope_action(action)),
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
