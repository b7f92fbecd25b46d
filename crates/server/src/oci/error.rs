//! Errors in the shape of the distribution specification.

use std::error::Error as _;

use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderValue, RANGE, WWW_AUTHENTICATE};
use plimsoll_oci::{Digest, ErrorCode, ManifestError, RouteError};
use plimsoll_registry::{Missing, RegistryError, Repository};
use serde::Serialize;
use serde_json::{Value, json};

use super::{respond, set};
use crate::authentication::Unknown;
use crate::authorisation::Denied;
use crate::http::{Body, Response};
use crate::service::request_id;

/// An answer that is an error.
#[derive(Debug)]
pub(crate) struct OciError {
    code: ErrorCode,
    message: String,
    detail: Option<Value>,
    challenge: Option<String>,
    offset: Option<u64>,
}

#[derive(Serialize)]
struct Document<'a> {
    errors: [Entry<'a>; 1],
}

#[derive(Serialize)]
struct Entry<'a> {
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: &'a Option<Value>,
}

impl OciError {
    pub(crate) fn new(code: ErrorCode, message: impl ToString) -> Self {
        Self { code, message: message.to_string(), detail: None, challenge: None, offset: None }
    }

    /// The answer to a caller whose credentials are not accepted.
    pub(crate) fn unknown(unknown: Unknown, challenge: impl FnOnce(&str, Option<&str>) -> Self) -> Self {
        match unknown {
            Unknown::Credentials(reason) => challenge(reason, Some("invalid_token")),
            Unknown::LoginExpired => Self::login_expired(),
            Unknown::Failed(failure) => Self::from(failure),
        }
    }

    /// The answer to a caller who may not do what it asks.
    pub(crate) fn denied(denied: Denied) -> Self {
        match denied {
            Denied::Policy(message) => Self::new(ErrorCode::Denied, message),
            Denied::Failed(failure) => Self::from(failure),
        }
    }

    /// The answer that sends a caller to the token service: nobody who would have to say who it is, or who brings a token for
    /// something else. It is the same whether or not the repository exists.
    pub(crate) fn challenging(reason: &str, base: &str, scope: Option<&str>, error: Option<&str>) -> Self {
        Self { challenge: Some(challenge(base, scope, error)), ..Self::new(ErrorCode::Unauthorized, reason) }
    }

    /// The answer of the token service to a caller whose credentials are not accepted.
    pub(crate) fn at_token(unknown: Unknown) -> Self {
        match unknown {
            Unknown::Credentials(reason) => Self::login_required().saying(reason),
            Unknown::LoginExpired => Self::login_expired(),
            Unknown::Failed(failure) => Self::from(failure),
        }
    }

    /// The answer of the token service to nobody, where there is nothing for everybody.
    pub(crate) fn login_required() -> Self {
        let challenge = Some("Basic realm=\"plimsoll\"".to_owned());
        Self { challenge, ..Self::new(ErrorCode::Unauthorized, "authentication required") }
    }

    /// In the words of Amazon ECR, which its users' scripts look for.
    fn login_expired() -> Self {
        Self::new(ErrorCode::Denied, "Your authorization token has expired. Reauthenticate and try again.")
    }

    fn saying(self, message: &str) -> Self {
        Self { message: message.to_owned(), ..self }
    }

    /// The same error, in the words of Amazon ECR where it is about a repository that does not exist.
    pub(super) fn about(self, repository: &Repository) -> Self {
        if self.code != ErrorCode::NameUnknown {
            return self;
        }
        let Repository { account, name, .. } = repository;
        let message = format!("The repository with name '{name}' does not exist in the registry with id '{account}'");
        self.saying(&message)
    }

    pub(crate) fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let entry = Entry { code: self.code.as_str(), message: &self.message, detail: &self.detail };
        let body = serde_json::to_vec(&Document { errors: [entry] }).unwrap_or_default();
        let mut response = respond(status, Body::from(Bytes::from(body)));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(challenge) = &self.challenge {
            set(&mut response, WWW_AUTHENTICATE, challenge);
        }
        if let Some(offset) = self.offset {
            set(&mut response, RANGE, &format!("0-{}", offset.saturating_sub(1)));
        }
        response
    }

    /// An error of ours: the log has the cause, the client gets the id to ask for it by.
    fn internal(code: ErrorCode, message: &str, cause: &RegistryError) -> Self {
        let id = request_id();
        let mut causes = cause.to_string();
        let mut source = cause.source();
        while let Some(cause) = source {
            causes = format!("{causes}: {cause}");
            source = cause.source();
        }
        tracing::error!(id, error = causes, "a request failed");
        Self { detail: Some(json!({ "requestId": id })), ..Self::new(code, message) }
    }
}

/// The challenge that sends docker and its kin to the token service.
fn challenge(base: &str, scope: Option<&str>, error: Option<&str>) -> String {
    let service = base.split("://").nth(1).unwrap_or_default();
    let mut challenge = format!("Bearer realm=\"{base}/token\",service=\"{service}\"");
    for (key, value) in [("scope", scope), ("error", error)] {
        if let Some(value) = value {
            challenge = format!("{challenge},{key}=\"{value}\"");
        }
    }
    challenge
}

impl From<RouteError> for OciError {
    fn from(error: RouteError) -> Self {
        let code = match &error {
            RouteError::NotFound | RouteError::ManifestUnknown(_) => ErrorCode::ManifestUnknown,
            RouteError::MethodNotAllowed => ErrorCode::Unsupported,
            RouteError::Name(_) => ErrorCode::NameInvalid,
            RouteError::Tag(_) | RouteError::TooManyTags => ErrorCode::TagInvalid,
            RouteError::Digest(_) | RouteError::DigestMissing => ErrorCode::DigestInvalid,
            RouteError::UploadUnknown => ErrorCode::BlobUploadUnknown,
            RouteError::Pagination => ErrorCode::PaginationInvalid,
        };
        Self::new(code, error)
    }
}

impl From<RegistryError> for OciError {
    fn from(error: RegistryError) -> Self {
        if error.is_storage_full() {
            return Self::internal(ErrorCode::InsufficientStorage, "the registry's disk is full", &error);
        }
        if let Some(missing) = error.missing_references() {
            return Self::missing(&missing);
        }
        let code = match &error {
            RegistryError::RepositoryUnknown | RegistryError::AccountUnknown => ErrorCode::NameUnknown,
            RegistryError::TagImmutable { .. } => ErrorCode::TagInvalid,
            RegistryError::NameReserved => ErrorCode::NameInvalid,
            RegistryError::ManifestUnknown => ErrorCode::ManifestUnknown,
            RegistryError::BlobUnknown => ErrorCode::BlobUnknown,
            RegistryError::Incomplete => ErrorCode::ManifestBlobUnknown,
            RegistryError::UploadUnknown => ErrorCode::BlobUploadUnknown,
            RegistryError::UploadBusy => ErrorCode::BlobUploadInvalid,
            RegistryError::Manifest(ManifestError::TooLarge) => ErrorCode::ManifestTooLarge,
            RegistryError::Manifest(_) | RegistryError::NotAnImage => ErrorCode::ManifestInvalid,
            RegistryError::DigestMismatch { .. } => ErrorCode::DigestInvalid,
            RegistryError::RangeMismatch { .. } => ErrorCode::RangeInvalid,
            RegistryError::SizeMismatch | RegistryError::Body(_) => ErrorCode::SizeInvalid,
            RegistryError::Refused(refusal) => {
                return Self { detail: Some(refusal.detail()), ..Self::new(ErrorCode::Denied, refusal) };
            }
            _ => return Self::internal(ErrorCode::Unknown, "the registry failed; its log says why", &error),
        };
        let offset = if let RegistryError::RangeMismatch { offset } = error { Some(offset) } else { None };
        Self { offset, ..Self::new(code, error) }
    }
}

impl OciError {
    fn missing(missing: &Missing<'_>) -> Self {
        let texts = |digests: &[Digest]| digests.iter().map(Digest::to_string).collect::<Vec<_>>();
        let message = "the manifest names blobs or manifests that are not in the repository: push them first";
        let detail = json!({ "blobs": texts(missing.blobs), "manifests": texts(missing.manifests) });
        Self { detail: Some(detail), ..Self::new(ErrorCode::ManifestBlobUnknown, message) }
    }
}
