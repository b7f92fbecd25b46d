//! What the registry knows of its images, for `plimsoll findings|explain|sbom` and for scripts.
//!
//! ```text
//! GET /api/v1/findings/<name>?reference=<tag or digest>   the report of docs/report.md
//! GET /api/v1/explain/<name>?reference=<tag or digest>    what the gates say, and why
//! GET /api/v1/sbom/<name>?reference=<tag or digest>       CycloneDX 1.6
//! ```

mod wire;

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, StatusCode};
use plimsoll_oci::{ErrorCode, Reference, RepositoryName};
use plimsoll_registry::{Explanation, On, RegistryError, Repository};
use serde::Serialize;

use crate::authentication;
use crate::authorisation::Circumstances;
use crate::http::{Body, Connection, Request, Response};
use crate::oci::OciError;
use crate::report::Report;
use crate::state::{State, unix_time};

/// Where these endpoints live.
pub(crate) const PREFIX: &str = "/api/v1/";

/// What is asked of an image.
struct Question<'a> {
    what: &'a str,
    name: RepositoryName,
    reference: Reference,
}

/// Answers a request under [`PREFIX`]. Errors have the shape of the distribution specification.
pub(crate) async fn answer(state: &State, connection: &Connection, request: &Request) -> Response {
    handle(state, connection, request).await.unwrap_or_else(OciError::into_response)
}

async fn handle(state: &State, connection: &Connection, request: &Request) -> Result<Response, OciError> {
    let question = question(request)?;
    let base = state.base_url(connection, request.headers());
    let scope = format!("repository:{}:pull", question.name);
    let identity = authentication::identify(state.registry.identities(), request.headers(), unix_time())
        .map_err(|unknown| OciError::unknown(unknown, &base, Some(&scope)))?;
    let challenge = |reason, error| OciError::challenging(reason, &base, Some(&scope), error);
    if identity.claims.as_ref().is_some_and(|claims| !claims.grants(&question.name, "pull")) {
        return Err(challenge("the token is not for this", Some("insufficient_scope")));
    }
    if identity.is_anonymous() {
        return Err(challenge("authentication required", None));
    }
    let repository = state.locate(request.headers(), question.name.clone());
    let circumstances = Circumstances::of(connection, request.headers());
    let (action, on) = ("ecr:DescribeImageScanFindings", On::Repository(&repository));
    let allowed = state.authorise(&identity.caller, &circumstances, action, on, |_| ()).await;
    allowed.map_err(OciError::denied)?;
    match question.what {
        "findings" => findings(state, &repository, &question.reference).await,
        "explain" => explain(state, &repository, &question.reference).await,
        "sbom" => sbom(state, &repository, &question.reference).await,
        _ => Err(OciError::new(ErrorCode::Unsupported, "no such endpoint")),
    }
}

fn question(request: &Request) -> Result<Question<'_>, OciError> {
    if request.method() != Method::GET {
        return Err(OciError::new(ErrorCode::Unsupported, "only GET is possible here"));
    }
    let path = request.uri().path().strip_prefix(PREFIX).unwrap_or_default();
    let (what, name) = path.split_once('/').unwrap_or((path, ""));
    let name = name.parse().map_err(|error| OciError::new(ErrorCode::NameInvalid, error))?;
    let query = request.uri().query().unwrap_or_default();
    let reference = plimsoll_oci::query_values(query, "reference").next();
    let reference = reference.as_deref().unwrap_or("latest").parse();
    let reference = reference.map_err(|error| OciError::new(ErrorCode::ManifestUnknown, error))?;
    Ok(Question { what, name, reference })
}

async fn findings(state: &State, repository: &Repository, reference: &Reference) -> Result<Response, OciError> {
    let explanation = state.registry.explain(repository, reference).await?;
    Ok(json(&Report::new(&explanation.report, verdict(&explanation))))
}

async fn explain(state: &State, repository: &Repository, reference: &Reference) -> Result<Response, OciError> {
    let explanation = state.registry.explain(repository, reference).await?;
    Ok(json(&wire::ExplanationAnswer::new(&explanation, verdict(&explanation))))
}

async fn sbom(state: &State, repository: &Repository, reference: &Reference) -> Result<Response, OciError> {
    let report = state.registry.report(repository, reference).await?;
    let sbom = crate::report::cyclonedx(&report).map_err(|error| OciError::from(RegistryError::Random(error)))?;
    Ok(json(&sbom))
}

/// The verdict of the gates; where there are none, whether the answer is whole.
fn verdict(explanation: &Explanation) -> &'static str {
    match &explanation.verdict {
        Some(verdict) => verdict.outcome.as_str(),
        None if explanation.report.judgement.unknown.is_empty() => "pass",
        None => "unknown",
    }
}

fn json(answer: &impl Serialize) -> Response {
    let bytes = serde_json::to_vec(answer).unwrap_or_default();
    let mut response = Response::new(Body::from(Bytes::from(bytes)));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
