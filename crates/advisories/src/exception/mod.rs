//! Exceptions: findings that somebody answers for, for a time.
//!
//! An exception never takes a finding away. It moves it to [`Judgement::suppressed`](crate::Judgement::suppressed), with
//! the one who answers for it. It ends by itself: the time is an argument wherever exceptions are asked.

mod apply;
mod document;
#[cfg(test)]
mod tests;

use plimsoll_oci::{Digest, RepositoryPattern};

pub use apply::{ExceptedImage, Exceptions};
pub use document::{ExceptionDocument, ExceptionsDocument, MAX_EXCEPTIONS, exceptions};

use crate::Timestamp;
use crate::vex::PackageUrl;

/// A decision that findings do not count, and who answers for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// By what the registry knows it; none where it is in none.
    pub id: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Where that is dealt with.
    pub ticket: Option<String>,
    /// What it is about.
    pub scope: Scope,
    /// When it ends; none where it has no end.
    pub expires: Option<Timestamp>,
}

/// Which findings an exception is about: those that all of this is true of. One of it at least is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The image is in such a repository.
    pub repository: Option<RepositoryPattern>,
    /// The image's manifest has this digest, or an index that names it.
    pub image: Option<Digest>,
    /// The package is this one.
    pub package: Option<PackageUrl>,
    /// The flaw has this id or alias, in any case.
    pub vulnerability: Option<String>,
}

impl Exception {
    /// Whether it holds at this time.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.expires.is_none_or(|end| now < end)
    }
}

/// Why exceptions cannot be read. None of a document's may be used then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExceptionError {
    /// Not JSON, or JSON of another shape.
    #[error("it is not a document of exceptions")]
    Json(#[source] serde_json::Error),
    /// It breaks another rule.
    #[error("{field}: {rule}")]
    Rule {
        /// The field.
        field: String,
        /// The rule.
        rule: &'static str,
    },
}
