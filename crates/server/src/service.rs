//! Every request comes through here: it gets an id, finds its surface, and is counted and logged.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use hyper::body::Body as _;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};

use crate::ecr_public::logo;
use crate::http::{Body, Connection, Request, Response};
use crate::oci::OciError;
use crate::state::{State, unix_time};
use crate::{admin, aws, layers, oci, token};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers a request.
pub(crate) async fn answer(state: Arc<State>, connection: Connection, request: Request) -> Response {
    let begun = Instant::now();
    let id = new_request_id();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let received = request.body().size_hint().lower();
    let peer = connection.peer;
    let (operation, mut response) = REQUEST.scope(id.clone(), surface(&state, &connection, request)).await;
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    let (status, took) = (response.status().as_u16(), begun.elapsed());
    let sent = response.body().size_hint().lower();
    state.metrics.answered(operation, status, took, received, sent);
    let milliseconds = took.as_millis();
    tracing::debug!(id, %peer, %method, path, operation, status, milliseconds, sent, "request");
    response
}

tokio::task_local! {
    /// The id of the request being answered, for errors whose cause only the log tells.
    static REQUEST: String;
}

/// The id of the request being answered.
pub(crate) fn request_id() -> String {
    REQUEST.try_with(Clone::clone).unwrap_or_default()
}

async fn surface(state: &State, connection: &Connection, request: Request) -> (&'static str, Response) {
    let path = request.uri().path();
    if path == "/v2" || path.starts_with("/v2/") {
        return oci::answer(state, connection, request).await;
    }
    if path.starts_with(admin::PREFIX) {
        return ("inspect", admin::answer(state, connection, request).await);
    }
    if path.starts_with(layers::PREFIX) {
        return ("get_layer", layers::answer(state, connection, &request).await);
    }
    if path.starts_with(logo::PREFIX) {
        return ("get_logo", logo::answer(state, &request));
    }
    if let Some(protocol) = aws::protocol(&request) {
        return aws::answer(state, connection, protocol, request).await;
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ("other", method_not_allowed());
    }
    match path {
        "/token" => ("token", token_answer(state, connection, &request)),
        "/healthz" => ("health", text(StatusCode::OK, "ok\n".to_owned())),
        "/readyz" => ("ready", ready(state)),
        "/metrics" => ("metrics", text(StatusCode::OK, state.metrics.render(&state.registry, unix_time()))),
        _ => ("other", text(StatusCode::NOT_FOUND, "there is nothing here\n".to_owned())),
    }
}

fn token_answer(state: &State, connection: &Connection, request: &Request) -> Response {
    token::answer(state, connection, request).unwrap_or_else(OciError::into_response)
}

/// Ready is who can read its catalog and its advisories.
fn ready(state: &State) -> Response {
    match state.registry.check() {
        Ok(()) => text(StatusCode::OK, "ready\n".to_owned()),
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "not ready");
            text(StatusCode::SERVICE_UNAVAILABLE, "not ready: the server's log says why\n".to_owned())
        }
    }
}

fn method_not_allowed() -> Response {
    let mut response = text(StatusCode::METHOD_NOT_ALLOWED, "only GET is possible here\n".to_owned());
    response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    response
}

fn text(status: StatusCode, text: String) -> Response {
    let mut response = Response::new(Body::from(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

fn new_request_id() -> String {
    let mut random = [0; 16];
    // An id that repeats is a nuisance in the log, no more.
    let _ = getrandom::fill(&mut random);
    plimsoll_oci::UploadId::from_random(random).to_string()
}
