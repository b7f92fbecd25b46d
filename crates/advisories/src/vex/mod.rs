//! VEX: what somebody says of vulnerabilities in products, and what that means for findings.
//!
//! A statement never takes a finding away. It moves it to [`Judgement::suppressed`](crate::Judgement::suppressed), with
//! the one who said so.

mod apply;
mod openvex;
mod purl;
mod statement;
#[cfg(test)]
mod tests;

pub use apply::{ImageIdentity, Statements};
pub use openvex::{MAX_DOCUMENT, statements};
pub use purl::PackageUrl;
pub use statement::{Justification, Product, Statement, Subject, VexStatus};

/// Why a document cannot be read. None of its statements may be used then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VexError {
    /// Not JSON, or JSON of another shape.
    #[error("it is not an OpenVEX document")]
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
