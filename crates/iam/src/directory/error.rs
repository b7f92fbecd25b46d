//! What the management of identities refuses, in the words of AWS.

use std::fmt;

/// The code of an [`IamError`]: what programs tell errors apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IamErrorCode {
    /// The caller may not do it.
    AccessDenied,
    /// What is to be deleted still holds something.
    DeleteConflict,
    /// The name is taken.
    EntityAlreadyExists,
    /// A web identity token is past its time.
    ExpiredToken,
    /// The identity provider is known, but what the token claims is not accepted.
    IdpRejectedClaim,
    /// A web identity token is not one of a known provider.
    InvalidIdentityToken,
    /// A value is well-formed, but makes no sense here.
    InvalidInput,
    /// A quota of the account or entity is used up.
    LimitExceeded,
    /// A policy document is not one.
    MalformedPolicyDocument,
    /// There is no such user, group, role, policy, key or provider.
    NoSuchEntity,
    /// Session policies and tags together are too large for a session token.
    PackedPolicyTooLarge,
    /// A value is missing or not of the form the parameter must have.
    ValidationError,
}

impl IamErrorCode {
    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "AccessDenied",
            Self::DeleteConflict => "DeleteConflict",
            Self::EntityAlreadyExists => "EntityAlreadyExists",
            Self::ExpiredToken => "ExpiredTokenException",
            Self::IdpRejectedClaim => "IDPRejectedClaim",
            Self::InvalidIdentityToken => "InvalidIdentityToken",
            Self::InvalidInput => "InvalidInput",
            Self::LimitExceeded => "LimitExceeded",
            Self::MalformedPolicyDocument => "MalformedPolicyDocument",
            Self::NoSuchEntity => "NoSuchEntity",
            Self::PackedPolicyTooLarge => "PackedPolicyTooLarge",
            Self::ValidationError => "ValidationError",
        }
    }

    /// The HTTP status that goes with the code.
    pub const fn status(self) -> u16 {
        match self {
            Self::AccessDenied | Self::IdpRejectedClaim => 403,
            Self::NoSuchEntity => 404,
            Self::DeleteConflict | Self::EntityAlreadyExists | Self::LimitExceeded => 409,
            Self::ExpiredToken
            | Self::InvalidIdentityToken
            | Self::InvalidInput
            | Self::MalformedPolicyDocument
            | Self::PackedPolicyTooLarge
            | Self::ValidationError => 400,
        }
    }
}

impl fmt::Display for IamErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a transition of a [`Directory`](super::Directory) was refused. Nothing has changed then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct IamError {
    /// The code.
    pub code: IamErrorCode,
    /// The text for people, as AWS words it.
    pub message: String,
}

impl IamError {
    /// An error of a code and a text.
    pub fn new(code: IamErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// The text AWS has for a value of the wrong form: `value` of the parameter `field` against one `constraint`.
    pub fn constraint(value: &str, field: &str, constraint: impl fmt::Display) -> Self {
        let message = format!(
            "1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: Member must {constraint}"
        );
        Self::new(IamErrorCode::ValidationError, message)
    }

    /// The error for a quota of `limit` that is used up.
    pub(super) fn quota(name: &str, limit: usize) -> Self {
        Self::new(IamErrorCode::LimitExceeded, format!("Cannot exceed quota for {name}: {limit}"))
    }

    pub(super) fn no_such(what: &str, name: &str) -> Self {
        Self::new(IamErrorCode::NoSuchEntity, format!("The {what} with name {name} cannot be found."))
    }

    pub(super) fn exists(what: &str, name: &str) -> Self {
        Self::new(IamErrorCode::EntityAlreadyExists, format!("{what} with name {name} already exists."))
    }

    pub(super) fn conflict(message: &str) -> Self {
        Self::new(IamErrorCode::DeleteConflict, message)
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(IamErrorCode::InvalidInput, message)
    }
}
