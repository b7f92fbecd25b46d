//! What the protocols of AWS share: telling them apart, reading bodies, authenticating, and the call that every operation
//! is given. All of them are served at `/`.
//!
//! ```text
//! POST /   X-Amz-Target: AmazonEC2ContainerRegistry_V20150921.*   json.rs   -> crate::ecr
//! POST /   X-Amz-Target: SpencerFrontendService.*                 json.rs   -> crate::ecr_public
//! POST /   a form with Action and Version, or GET /?Action=…      query.rs  -> crate::sts, crate::iam
//! ```

mod authentication;
mod json;
pub(crate) mod query;
mod xml;

use std::sync::Arc;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use plimsoll_iam::{AccountId, Caller, Context, Holder, SessionClaims};
use plimsoll_registry::{On, Requester};

use crate::authorisation::{Circumstances, Denied};
use crate::http::{Body, Connection, Received, Request, Response};
use crate::service::request_id;
use crate::state::{State, unix_milliseconds};

pub(crate) use query::Params;
pub(crate) use xml::Xml;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// A call of an operation whose sender is known; what every operation of every service is given.
pub(crate) struct Call<'a> {
    pub(crate) state: &'a State,
    /// Who calls, with all that bounds what it may do. Anonymous in the few calls that need no signature.
    pub(crate) caller: Arc<Caller>,
    /// What the caller proved itself with.
    pub(crate) credential: Credential,
    /// The account of the caller; the server's own for the anonymous.
    pub(crate) account: AccountId,
    /// The URL the client reaches this server by, without a slash at its end.
    pub(crate) base_url: String,
    /// What else is known of the request.
    pub(crate) circumstances: Circumstances,
    /// When, in milliseconds since the Unix epoch.
    pub(crate) now: i64,
}

/// What a caller proved itself with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Credential {
    /// Nothing.
    None,
    /// An access key of a user: its id.
    Key(String),
    /// Temporary credentials: their access key id, and what their token says.
    Session(String, Box<SessionClaims>),
}

impl Credential {
    /// What a token that this caller asks for is to name.
    pub(crate) fn holder(&self) -> Holder {
        match self {
            Self::None => Holder::Anonymous,
            Self::Key(id) => Holder::Key(id.clone()),
            Self::Session(_, claims) => Holder::Session(claims.clone()),
        }
    }
}

impl<'a> Call<'a> {
    fn new(from: &From<'a>, sender: authentication::Sender) -> Self {
        let From { state, connection, parts, .. } = from;
        let authentication::Sender { caller, credential } = sender;
        Self {
            state,
            account: caller.principal.account().unwrap_or(state.account),
            caller,
            credential,
            base_url: state.base_url(connection, &parts.headers),
            circumstances: Circumstances::of(connection, &parts.headers),
            now: from.now,
        }
    }

    /// Lets the call through or says why not; `more` sets condition keys of its own. A denial is recorded.
    pub(crate) async fn authorise(&self, action: &str, on: On<'_>, more: impl Fn(&mut Context)) -> Result<(), Denied> {
        self.state.authorise(&self.caller, &self.circumstances, action, on, more).await
    }

    /// On whose behalf the call is carried out.
    pub(crate) fn requester(&self) -> Requester {
        self.circumstances.requester(&self.caller)
    }

    /// When, in seconds since the Unix epoch.
    pub(crate) fn seconds(&self) -> i64 {
        self.now.div_euclid(1000)
    }
}

/// Where a request came from: all of it but its body.
struct From<'a> {
    state: &'a State,
    connection: &'a Connection,
    parts: Parts,
    request_id: String,
    now: i64,
}

/// The protocol of a request at `/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// JSON 1.1.
    Json,
    /// Query.
    Query,
}

/// Which of AWS's protocols a request speaks; `None` for any other request.
pub(crate) fn protocol(request: &Request) -> Option<Protocol> {
    let uri = request.uri();
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let header = request.headers().contains_key(TARGET);
    tell(request.method(), uri.path(), uri.query().unwrap_or_default(), header, content_type)
}

fn tell(method: &Method, path: &str, query: &str, target: bool, content_type: &str) -> Option<Protocol> {
    let action = query.split('&').any(|pair| pair.starts_with("Action="));
    match (method.as_str(), path) {
        ("POST", "/") if target || content_type.starts_with("application/x-amz-json-") => Some(Protocol::Json),
        ("POST", "/") if action || content_type.starts_with("application/x-www-form-urlencoded") => {
            Some(Protocol::Query)
        }
        ("GET", "/") if action => Some(Protocol::Query),
        _ => None,
    }
}

/// Answers a request, and says whose operation it was, for the metrics.
pub(crate) async fn answer(
    state: &State,
    connection: &Connection,
    protocol: Protocol,
    request: Request,
) -> (&'static str, Response) {
    let (parts, body) = request.into_parts();
    let request_id = request_id();
    let from = From { state, connection, parts, request_id: request_id.clone(), now: unix_milliseconds() };
    let (label, mut response) = match protocol {
        Protocol::Json => json::answer(from, body).await,
        Protocol::Query => query::answer(from, body).await,
    };
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    (label, response)
}

/// Why there is no body to go on with.
enum Unread {
    /// It is longer than the limit.
    TooLarge,
    /// The client went away or stalled.
    Aborted,
}

async fn collect(body: Incoming, limit: usize) -> Result<Bytes, Unread> {
    let whole = Received::new(body).collect(limit).await.map_err(|_| Unread::Aborted)?;
    whole.ok_or(Unread::TooLarge)
}

fn respond(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Body::from(body.into()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_are_told_apart() {
        fn check(method: Method, target: &str, header: bool, content_type: &str, expect: Option<Protocol>) {
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            assert_eq!(tell(&method, path, query, header, content_type), expect, "{method} {target} {content_type}");
        }
        const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";
        check(Method::POST, "/", true, "application/x-amz-json-1.1", Some(Protocol::Json));
        check(Method::POST, "/", true, "text/plain", Some(Protocol::Json));
        check(Method::POST, "/", false, "application/x-amz-json-1.1", Some(Protocol::Json));
        check(Method::POST, "/", false, FORM, Some(Protocol::Query));
        check(Method::POST, "/?Action=GetCallerIdentity", false, "", Some(Protocol::Query));
        check(Method::GET, "/?Version=2011-06-15&Action=GetCallerIdentity", false, "", Some(Protocol::Query));
        check(Method::GET, "/", false, "", None);
        check(Method::GET, "/?Reaction=1", false, "", None);
        check(Method::POST, "/", false, "", None);
        check(Method::POST, "/v2/", true, "application/x-amz-json-1.1", None);
        check(Method::PUT, "/", true, "application/x-amz-json-1.1", None);
    }
}
