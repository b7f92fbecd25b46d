//! VEX: what somebody says of vulnerabilities in products, and what that means for findings.
//!
//! ```text
//! bytes --read--> Document --statements--> Statements --apply(judgement)--> findings that count, and suppressed ones
//! ```
//!
//! A statement never takes a finding away. It moves it to [`Judgement::suppressed`](crate::Judgement::suppressed), with
//! the one who said so.

mod apply;
mod cpe;
mod csaf;
mod cyclonedx;
mod field;
mod openvex;
mod purl;
mod read;
mod statement;
mod target;
#[cfg(test)]
mod tests;

use std::fmt;

pub use apply::{ImageIdentity, Statements};
pub use cpe::Cpe;
pub use purl::PackageUrl;
pub use read::{MAX_DOCUMENT, read};
pub use statement::{Justification, Product, Statement, Subject, VexStatus};
pub(crate) use target::PackageTarget;

use crate::Timestamp;

/// What somebody says of vulnerabilities in products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The form it is in.
    pub form: Form,
    /// The name it gives itself; none where it gives itself none.
    pub id: Option<String>,
    /// Who says so, by the document's own words.
    pub author: String,
    /// When it was written or last changed; none where it does not say.
    pub timestamp: Option<Timestamp>,
    /// The digests of what it was attested for, such as `sha256:9f86…`; empty where it came in no attestation. The
    /// attestation's signature is not verified.
    pub attested_for: Vec<String>,
    /// What is said, in the document's order. A statement without a time of its own has the document's, and where that
    /// has none either, is older than every other.
    pub statements: Vec<Statement>,
}

/// A form of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// [OpenVEX 0.2](https://github.com/openvex/spec).
    OpenVex,
    /// [CSAF 2.0 and 2.1](https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html), its profiles for VEX and for
    /// security advisories.
    Csaf,
    /// [CycloneDX 1.4 to 1.7](https://cyclonedx.org/capabilities/vex/).
    CycloneDx,
}

impl Form {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenVex => "OpenVEX",
            Self::Csaf => "CSAF",
            Self::CycloneDx => "CycloneDX",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a document cannot be read. None of its statements may be used then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VexError {
    /// Not a JSON object.
    #[error("it is not a JSON object")]
    Json(#[source] serde_json::Error),
    /// A JSON object of no form that is known.
    #[error("it is no document of OpenVEX, CSAF or CycloneDX, and no attestation of one")]
    Unknown,
    /// A member is missing, or is of another type than the form wants.
    #[error("it is no {form} document")]
    Shape {
        /// The form.
        form: Form,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// It breaks another rule.
    #[error("{field}: {rule}")]
    Rule {
        /// The field.
        field: String,
        /// The rule.
        rule: &'static str,
    },
}
