//! Why a signature is not accepted, in AWS's codes and words.

use crate::SessionError;

/// The protocol an error is put into words for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// JSON 1.1: `ecr`, `ecr-public`.
    Json,
    /// Query: `sts`, `iam`.
    Query,
}

/// Why a signature is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The request carries no signature at all.
    #[error("Missing Authentication Token")]
    Missing,
    /// The signature lacks something or is malformed: what, in AWS's words.
    #[error("{0}")]
    Incomplete(String),
    /// Nobody has this access key, or the session token is not one of this server's or belongs to another key.
    #[error("The security token included in the request is invalid.")]
    Unknown,
    /// The session token's time is over.
    #[error("The security token included in the request is expired")]
    SessionExpired,
    /// The signature is too old, too far in the future, for another region or service, or does not cover what it has to:
    /// what, in AWS's words.
    #[error("{0}")]
    Refused(String),
    /// The signature is not what the secret gives for this request.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key \
         and signing method. Consult the service documentation for details."
    )]
    Mismatch,
}

impl SignatureError {
    /// The error's code.
    pub const fn code(&self, protocol: Protocol) -> &'static str {
        match (protocol, self) {
            (Protocol::Json, Self::Missing) => "MissingAuthenticationTokenException",
            (Protocol::Json, Self::Incomplete(_)) => "IncompleteSignatureException",
            (Protocol::Json, Self::Unknown) => "UnrecognizedClientException",
            (Protocol::Json, Self::SessionExpired) => "ExpiredTokenException",
            (Protocol::Json, Self::Refused(_) | Self::Mismatch) => "InvalidSignatureException",
            (Protocol::Query, Self::Missing) => "MissingAuthenticationToken",
            (Protocol::Query, Self::Incomplete(_)) => "IncompleteSignature",
            (Protocol::Query, Self::Unknown) => "InvalidClientTokenId",
            (Protocol::Query, Self::SessionExpired) => "ExpiredToken",
            (Protocol::Query, Self::Refused(_) | Self::Mismatch) => "SignatureDoesNotMatch",
        }
    }

    /// The status of the answer.
    pub const fn status(&self, protocol: Protocol) -> u16 {
        match (protocol, self) {
            (Protocol::Json, _) | (Protocol::Query, Self::Incomplete(_)) => 400,
            (Protocol::Query, _) => 403,
        }
    }

    /// The text, which names no secret.
    pub fn message(&self, protocol: Protocol) -> String {
        match (protocol, self) {
            (Protocol::Query, Self::Missing) => "Request is missing Authentication Token".to_owned(),
            _ => self.to_string(),
        }
    }
}

impl From<SessionError> for SignatureError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Invalid => Self::Unknown,
            SessionError::Expired => Self::SessionExpired,
        }
    }
}
