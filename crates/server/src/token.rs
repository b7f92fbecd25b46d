//! The token service: `GET /token?service=…&scope=repository:<name>:<actions>`, as docker and its kin ask it.

use bytes::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, StatusCode};
use plimsoll_iam::{Claims, Grant, Holder, Operation, Principal, Resource};
use serde::Serialize;

use crate::authentication::{Denied, Identity};
use crate::http::{Body, Response};
use crate::state::State;

/// How long a token is good, in seconds: longer than clients keep a connection idle, shorter than a coffee break.
const LIFETIME: u64 = 900;
/// The most scopes one request may ask for.
const MAX_SCOPES: usize = 100;

/// The answer, as docker reads it (`token`) and as OAuth 2 names it (`access_token`).
#[derive(Serialize)]
struct TokenAnswer<'a> {
    token: &'a str,
    access_token: &'a str,
    expires_in: u64,
    issued_at: String,
}

/// Answers a token request. What the caller may not do is left out of the token, and so is not said to exist.
pub(crate) fn answer(state: &State, headers: &HeaderMap, query: Option<&str>, now: u64) -> Result<Response, Denied> {
    let identity = state.authenticator.identify(&state.registry, headers, now)?;
    if identity.principal == Principal::Anonymous && state.authenticator.access.anonymous_pull.is_empty() {
        return Err(Denied::Access);
    }
    let grants = scopes(query).take(MAX_SCOPES).filter_map(|scope| granted(state, &identity, &scope)).collect();
    let holder = identity.key.as_ref().map_or(Holder::Anonymous, |key| Holder::Key(key.to_string()));
    let claims = Claims { holder, expires: now + LIFETIME, grants };
    let token = state.authenticator.master.sign_token(&claims).map_err(|_| Denied::Access)?;
    let issued_at = plimsoll_advisories::Timestamp::from_unix_seconds(now.cast_signed()).to_string();
    let answer = TokenAnswer { token: &token, access_token: &token, expires_in: LIFETIME, issued_at };
    let mut response = Response::new(Body::from(Bytes::from(serde_json::to_vec(&answer).unwrap_or_default())));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The scopes of a query: several parameters, or several in one, separated by spaces.
fn scopes(query: Option<&str>) -> impl Iterator<Item = String> {
    let decoded: Vec<String> = plimsoll_oci::query_values(query.unwrap_or_default(), "scope")
        .flat_map(|value| value.split(' ').map(str::to_owned).collect::<Vec<_>>())
        .collect();
    decoded.into_iter()
}

/// The part of a scope that the caller may have.
fn granted(state: &State, identity: &Identity, scope: &str) -> Option<Grant> {
    let (kind, rest) = scope.split_once(':')?;
    let (name, actions) = rest.rsplit_once(':')?;
    let access = &state.authenticator.access;
    let granted: Vec<String> = match kind {
        "repository" => {
            let repository = name.parse().ok()?;
            let resource = Resource::Repository(&repository);
            let may = |operation| access.authorize(&identity.principal, operation, resource);
            actions.split(',').filter(|action| operation(action).is_some_and(may)).map(str::to_owned).collect()
        }
        "registry" if name == "catalog" => {
            let may = access.authorize(&identity.principal, Operation::ListRepositories, Resource::Registry);
            may.then(|| "*".to_owned()).into_iter().collect()
        }
        _ => return None,
    };
    (!granted.is_empty()).then(|| Grant { kind: kind.to_owned(), name: name.to_owned(), actions: granted })
}

fn operation(action: &str) -> Option<Operation> {
    match action {
        "pull" => Some(Operation::Pull),
        "push" => Some(Operation::Push),
        // Clients that delete ask for everything.
        "delete" | "*" => Some(Operation::Delete),
        _ => None,
    }
}
