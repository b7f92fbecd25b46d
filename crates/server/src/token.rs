//! The token service: `GET /token?service=…&scope=repository:<name>:<actions>`, as docker and its kin ask it.

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use plimsoll_iam::{Claims, Grant};
use plimsoll_registry::{On, RegistryError, action};
use serde::Serialize;

use crate::authentication::{self, Identity, Unknown};
use crate::authorisation::Circumstances;
use crate::http::{Body, Connection, Request, Response};
use crate::oci::OciError;
use crate::state::{State, unix_time};

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

/// Answers a token request.
///
/// To who says who it is, a token is good for what was asked, whatever policies say: they are asked at each use of it, and
/// can then say why not. A token for nobody names only what anyone may pull.
pub(crate) fn answer(state: &State, connection: &Connection, request: &Request) -> Result<Response, OciError> {
    let (headers, now) = (request.headers(), unix_time());
    let identity = authentication::identify(state.registry.identities(), headers, now).map_err(OciError::at_token)?;
    if identity.claims.is_some() {
        // A token that could be exchanged would be good for ever, and for more than it was made for.
        return Err(OciError::at_token(Unknown::Credentials("a token is not made from a token: log in again")));
    }
    let mut grants: Vec<Grant> =
        scopes(request.uri().query()).iter().take(MAX_SCOPES).filter_map(|asked| scope(asked)).collect();
    if identity.is_anonymous() {
        let circumstances = Circumstances::of(connection, headers);
        grants.retain_mut(|grant| limit_to_anyone(state, request, &circumstances, &identity, grant).unwrap_or(false));
        if grants.is_empty() && !state.registry.anyone_may_pull() {
            return Err(OciError::login_required());
        }
    }
    let claims = Claims { holder: identity.holder, expires: now + LIFETIME, grants };
    let token = state.registry.identities().master().sign_token(&claims);
    let token = token.map_err(|_| OciError::login_required())?;
    let issued_at = plimsoll_advisories::Timestamp::from_unix_seconds(now.cast_signed()).to_string();
    let answer = TokenAnswer { token: &token, access_token: &token, expires_in: LIFETIME, issued_at };
    let mut response = Response::new(Body::from(Bytes::from(serde_json::to_vec(&answer).unwrap_or_default())));
    *response.status_mut() = StatusCode::OK;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// The scopes of a query: several parameters, or several in one, separated by spaces.
fn scopes(query: Option<&str>) -> Vec<String> {
    plimsoll_oci::query_values(query.unwrap_or_default(), "scope")
        .flat_map(|value| value.split(' ').map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// What a scope asks for; none if it is not one.
fn scope(scope: &str) -> Option<Grant> {
    let (kind, rest) = scope.split_once(':')?;
    let (name, actions) = rest.rsplit_once(':')?;
    let known: &[&str] = match kind {
        "repository" => &["pull", "push", "delete", "*"],
        "registry" if name == "catalog" => &["*"],
        _ => return None,
    };
    let actions: Vec<_> = actions.split(',').filter(|action| known.contains(action)).map(str::to_owned).collect();
    (!actions.is_empty()).then(|| Grant { kind: kind.to_owned(), name: name.to_owned(), actions })
}

/// Leaves of a grant what anyone may have. Whether anything is left.
fn limit_to_anyone(
    state: &State,
    request: &Request,
    circumstances: &Circumstances,
    identity: &Identity,
    grant: &mut Grant,
) -> Result<bool, RegistryError> {
    let Some(name) = grant.name.parse().ok().filter(|_| grant.kind == "repository") else { return Ok(false) };
    grant.actions.retain(|action| action == "pull");
    let repository = state.locate(request.headers(), name);
    let pull = action(repository.visibility, "BatchGetImage");
    let may = state.may(&identity.caller, circumstances, &pull, On::Repository(&repository))?;
    Ok(may && !grant.actions.is_empty())
}
