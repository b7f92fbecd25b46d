//! What is said of flaws in the images of the caller's account: VEX documents and exceptions.

use std::error::Error;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use plimsoll_advisories::exception::ExceptionsDocument;
use plimsoll_oci::{Digest, ErrorCode};
use plimsoll_registry::{AccountId, On, RegistryError, Requester};

use super::wire::{ExceptionsAnswer, VexDocumentsAnswer};
use super::{PREFIX, found, json};
use crate::authentication;
use crate::authorisation::Circumstances;
use crate::http::{Body, Connection, Received, Response};
use crate::oci::OciError;
use crate::state::{State, unix_time};

/// The longest body read, in bytes: a little more than any that is taken.
const MAX_BODY: usize = (16 << 20) + 1;

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    ListVex,
    AddVex,
    OneVex(String),
    RemoveVex(String),
    ListExceptions,
    AddExceptions,
    RemoveException(String),
}

impl Endpoint {
    /// What a request asks, if it is one of these.
    pub(super) fn of(parts: &Parts) -> Option<Result<Self, OciError>> {
        let path = parts.uri.path().strip_prefix(PREFIX)?;
        let (word, name) = path.split_once('/').map_or((path, None), |(word, name)| (word, Some(name.to_owned())));
        let endpoint = match (word, &parts.method, name) {
            ("vex", &Method::GET, None) => Self::ListVex,
            ("vex", &Method::POST, None) => Self::AddVex,
            ("vex", &Method::GET, Some(digest)) => Self::OneVex(digest),
            ("vex", &Method::DELETE, Some(digest)) => Self::RemoveVex(digest),
            ("exceptions", &Method::GET, None) => Self::ListExceptions,
            ("exceptions", &Method::POST, None) => Self::AddExceptions,
            ("exceptions", &Method::DELETE, Some(id)) => Self::RemoveException(id),
            ("vex" | "exceptions", _, _) => {
                return Some(Err(OciError::new(ErrorCode::Unsupported, "this cannot be done here")));
            }
            _ => return None,
        };
        Some(Ok(endpoint))
    }

    /// The action that allows it. They are no actions of Amazon ECR: who may push must not silence what gates go by.
    const fn action(&self) -> &'static str {
        match self {
            Self::ListVex => "plimsoll:ListVexDocuments",
            Self::OneVex(_) => "plimsoll:GetVexDocument",
            Self::AddVex => "plimsoll:PutVexDocument",
            Self::RemoveVex(_) => "plimsoll:DeleteVexDocument",
            Self::ListExceptions => "plimsoll:ListExceptions",
            Self::AddExceptions => "plimsoll:PutException",
            Self::RemoveException(_) => "plimsoll:DeleteException",
        }
    }
}

/// Answers a request.
pub(super) async fn answer(
    state: &State,
    connection: &Connection,
    parts: &Parts,
    (endpoint, body): (Endpoint, Incoming),
) -> Result<Response, OciError> {
    let base = state.base_url(connection, &parts.headers);
    let challenge = |reason: &str, error: Option<&str>| OciError::challenging(reason, &base, None, error);
    let identity = authentication::identify(state.registry.identities(), &parts.headers, unix_time());
    let identity = identity.map_err(|unknown| OciError::unknown(unknown, challenge))?;
    if identity.claims.is_some() {
        return Err(challenge("the token is not for this", Some("insufficient_scope")));
    }
    let Some(account) = identity.caller.principal.account() else {
        return Err(challenge("authentication required", None));
    };
    let circumstances = Circumstances::of(connection, &parts.headers);
    let on = On::Registry(account);
    let allowed = state.authorise(&identity.caller, &circumstances, endpoint.action(), on, |_| ()).await;
    allowed.map_err(OciError::denied)?;
    let requester = circumstances.requester(&identity.caller);
    carry_out(state, account, &requester, endpoint, body).await.map_err(refusal)
}

async fn carry_out(
    state: &State,
    account: AccountId,
    requester: &Requester,
    endpoint: Endpoint,
    body: Incoming,
) -> Result<Response, RegistryError> {
    let registry = &state.registry;
    match endpoint {
        Endpoint::ListVex => Ok(json(&VexDocumentsAnswer::listed(registry.vex_documents(account)?))),
        Endpoint::OneVex(digest) => {
            Ok(found(registry.vex_document(account, &digest_of(&digest)?)?, "application/json"))
        }
        Endpoint::AddVex => {
            let Some(document) = collect(body).await? else { return Err(RegistryError::VexDocumentTooLarge) };
            let added = registry.add_vex_document(account, document, requester).await?;
            let new = added.added;
            Ok(made(json(&VexDocumentsAnswer::added(added)), new))
        }
        Endpoint::RemoveVex(digest) => {
            registry.remove_vex_document(account, &digest_of(&digest)?, requester).await?;
            Ok(gone())
        }
        Endpoint::ListExceptions => Ok(json(&ExceptionsAnswer::listed(registry.exceptions(account)?))),
        Endpoint::AddExceptions => {
            let Some(body) = collect(body).await? else { return Err(RegistryError::TooManyExceptions) };
            let documents: ExceptionsDocument = serde_json::from_slice(&body).map_err(|error| {
                RegistryError::Exception(plimsoll_advisories::exception::ExceptionError::Json(error))
            })?;
            let added = registry.add_exceptions(account, &documents, requester).await?;
            let new = added.iter().any(|exception| exception.added);
            Ok(made(json(&ExceptionsAnswer::added(added)), new))
        }
        Endpoint::RemoveException(id) => {
            registry.remove_exception(account, &id, requester).await?;
            Ok(gone())
        }
    }
}

async fn collect(body: Incoming) -> Result<Option<Bytes>, RegistryError> {
    Ok(Received::new(body).collect(MAX_BODY).await?)
}

/// What is no digest is the digest of no document.
fn digest_of(text: &str) -> Result<Digest, RegistryError> {
    text.parse().map_err(|_| RegistryError::VexDocumentUnknown)
}

fn made(mut response: Response, new: bool) -> Response {
    *response.status_mut() = if new { StatusCode::CREATED } else { StatusCode::OK };
    response
}

fn gone() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// What these endpoints refuse, with the field and the rule it breaks.
fn refusal(error: RegistryError) -> OciError {
    let code = match &error {
        RegistryError::VexDocumentUnknown | RegistryError::ExceptionUnknown => ErrorCode::ManifestUnknown,
        RegistryError::VexDocument(_) | RegistryError::NoStatements | RegistryError::Exception(_) => {
            ErrorCode::ManifestInvalid
        }
        RegistryError::VexDocumentTooLarge | RegistryError::TooManyVexDocuments | RegistryError::TooManyExceptions => {
            ErrorCode::SizeInvalid
        }
        _ => return OciError::from(error),
    };
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message = format!("{message}: {cause}");
        source = cause.source();
    }
    OciError::new(code, message)
}
