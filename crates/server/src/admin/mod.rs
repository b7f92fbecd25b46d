//! What the registry knows of its images and tags, for `plimsoll findings|explain|sbom|history|tag` and for scripts.
//!
//! ```text
//! GET  /api/v1/findings/<name>?reference=<tag or digest>   the report of docs/report.md
//!                            …&format=<name>                  in a form of docs/formats.md
//!                            …&fix=<severity, or any>         with what to change in the image
//! GET  /api/v1/explain/<name>?reference=<tag or digest>    what the gates say, and why
//!                            …&flaw=<id>                      why a flaw is reported, or is not
//! GET  /api/v1/sbom/<name>?reference=<tag or digest>       CycloneDX 1.6
//!                            …&format=<name>                  another bill of docs/formats.md
//! GET  /api/v1/history/<name>?tag=<tag>&n=<1 to 1000>      where tags pointed, the latest first; without a tag, of all
//! GET  /api/v1/history/<name>?tag=<tag>&as_of=<RFC 3339>   what the tag named at that time
//! POST /api/v1/sbom/<name>?reference=<tag or digest>       attaches that bill to the image, as an OCI referrer
//!                            …&format=<name>
//! POST /api/v1/tags/<name>                                 {"source": "1.2.3", "tags": ["stable"]} or {…, "semver": true}
//!
//! GET    /api/v1/vex                                       the VEX documents of the caller's account
//! POST   /api/v1/vex                                       adds the document that is the body
//! GET    /api/v1/vex/<digest>                              one of them, byte for byte
//! DELETE /api/v1/vex/<digest>
//! GET    /api/v1/exceptions                                the exceptions of the caller's account
//! POST   /api/v1/exceptions                                adds {"exceptions": […]}, docs/exceptions.md
//! DELETE /api/v1/exceptions/<id>
//! ```

mod history;
mod images;
mod statements;
mod tags;
mod wire;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use plimsoll_oci::{ErrorCode, RepositoryName};
use plimsoll_registry::{On, Repository, Requester, action};
use serde::Serialize;

use crate::authentication;
use crate::authorisation::Circumstances;
use crate::http::{Body, Connection, Request, Response};
use crate::oci::OciError;
use crate::state::{State, unix_time};

/// Where these endpoints live.
pub(crate) const PREFIX: &str = "/api/v1/";

/// What can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Endpoint {
    Findings,
    Explain,
    Sbom,
    AttachSbom,
    History,
    Tags,
}

impl Endpoint {
    fn of(method: &Method, word: &str) -> Result<Self, OciError> {
        let endpoint = match word {
            "findings" => Self::Findings,
            "explain" => Self::Explain,
            "sbom" if *method == Method::POST => Self::AttachSbom,
            "sbom" => Self::Sbom,
            "history" => Self::History,
            "tags" => Self::Tags,
            _ => return Err(OciError::new(ErrorCode::Unsupported, "no such endpoint")),
        };
        let expected = if endpoint.changes() { Method::POST } else { Method::GET };
        if *method == expected {
            Ok(endpoint)
        } else {
            Err(OciError::new(ErrorCode::Unsupported, format!("only {expected} is possible here")))
        }
    }

    /// The operation of Amazon ECR that it comes to.
    fn operation(self) -> &'static str {
        match self {
            Self::Findings | Self::Explain | Self::Sbom => "DescribeImageScanFindings",
            Self::History => "DescribeImages",
            Self::AttachSbom | Self::Tags => "PutImage",
        }
    }

    /// Whether it changes the repository.
    fn changes(self) -> bool {
        matches!(self, Self::AttachSbom | Self::Tags)
    }

    /// What a bearer token must be for.
    fn grant(self) -> &'static str {
        if self.changes() { "push" } else { "pull" }
    }
}

/// A request that may be answered.
struct Call<'a> {
    state: &'a State,
    repository: Repository,
    query: &'a str,
    base: String,
    requester: Requester,
}

/// Answers a request under [`PREFIX`]. Errors have the shape of the distribution specification.
pub(crate) async fn answer(state: &State, connection: &Connection, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let answered = match statements::Endpoint::of(&parts) {
        Some(Ok(endpoint)) => statements::answer(state, connection, &parts, (endpoint, body)).await,
        Some(Err(error)) => Err(error),
        None => handle(state, connection, &parts, body).await,
    };
    answered.unwrap_or_else(OciError::into_response)
}

async fn handle(state: &State, connection: &Connection, parts: &Parts, body: Incoming) -> Result<Response, OciError> {
    let (endpoint, name) = route(parts)?;
    let base = state.base_url(connection, &parts.headers);
    let scope = format!("repository:{name}:{}", endpoint.grant());
    let challenge = |reason: &str, error: Option<&str>| OciError::challenging(reason, &base, Some(&scope), error);
    let identity = authentication::identify(state.registry.identities(), &parts.headers, unix_time());
    let identity = identity.map_err(|unknown| OciError::unknown(unknown, challenge))?;
    if identity.claims.as_ref().is_some_and(|claims| !claims.grants(&name, endpoint.grant())) {
        return Err(challenge("the token is not for this", Some("insufficient_scope")));
    }
    if identity.is_anonymous() {
        return Err(challenge("authentication required", None));
    }
    let repository = state.locate(&parts.headers, name);
    let circumstances = Circumstances::of(connection, &parts.headers);
    let (action, on) = (action(repository.visibility, endpoint.operation()), On::Repository(&repository));
    let allowed = state.authorise(&identity.caller, &circumstances, &action, on, |_| ()).await;
    allowed.map_err(OciError::denied)?;
    let requester = circumstances.requester(&identity.caller);
    let query = parts.uri.query().unwrap_or_default();
    let call = Call { state, repository, query, base, requester };
    match endpoint {
        Endpoint::Findings => images::findings(&call).await,
        Endpoint::Explain => images::explain(&call).await,
        Endpoint::Sbom => images::sbom(&call).await,
        Endpoint::AttachSbom => images::attach_sbom(&call).await,
        Endpoint::History => history::answer(&call),
        Endpoint::Tags => tags::answer(&call, body).await,
    }
}

fn route(parts: &Parts) -> Result<(Endpoint, RepositoryName), OciError> {
    let path = parts.uri.path().strip_prefix(PREFIX).unwrap_or_default();
    let (word, name) = path.split_once('/').unwrap_or((path, ""));
    let endpoint = Endpoint::of(&parts.method, word)?;
    let name = name.parse().map_err(|error| OciError::new(ErrorCode::NameInvalid, error))?;
    Ok((endpoint, name))
}

impl Call<'_> {
    /// The value of a parameter of the query.
    fn parameter(&self, name: &str) -> Option<String> {
        plimsoll_oci::query_values(self.query, name).next().map(std::borrow::Cow::into_owned)
    }
}

fn json(document: &impl Serialize) -> Response {
    found(Bytes::from(serde_json::to_vec(document).unwrap_or_default()), "application/json")
}

fn found(bytes: Bytes, media_type: &'static str) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}
