//! Why a document is refused.

/// A text is not a policy document of the kind it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// The text is longer than any policy may be.
    #[error("a policy document has at most {0} bytes")]
    TooLarge(usize),
    /// The text is longer than this place allows, white space not counted.
    #[error("a policy document here has at most {limit} characters besides white space, and this one has {size}")]
    LimitExceeded {
        /// The characters it has.
        size: usize,
        /// The characters it may have.
        limit: usize,
    },
    /// Not JSON, JSON with a key twice, or nested too deep.
    #[error("a policy document must be JSON without duplicate keys: {0}")]
    Json(String),
    /// An element breaks a rule.
    #[error("{element}: {rule}")]
    Element {
        /// Where: `Statement[2].Action`, counted from 1.
        element: String,
        /// The rule, in our words.
        rule: String,
        /// The rule, in the words IAM answers with.
        malformed: String,
    },
}

/// What IAM says of a document it cannot make sense of.
const SYNTAX: &str = "Syntax errors in policy.";

impl PolicyError {
    /// The message of IAM's `MalformedPolicyDocument` error (for [`Self::LimitExceeded`], of its `LimitExceeded`).
    pub fn malformed_policy_document(&self) -> String {
        match self {
            Self::TooLarge(_) => SYNTAX.to_owned(),
            Self::LimitExceeded { limit, .. } => format!("Maximum policy size of {limit} bytes exceeded"),
            Self::Json(_) => "This policy contains invalid Json".to_owned(),
            Self::Element { malformed, .. } => malformed.clone(),
        }
    }

    /// A rule for which IAM has only its general text.
    pub(super) fn syntax(element: &str, rule: impl Into<String>) -> Self {
        Self::element(element, rule, SYNTAX)
    }

    pub(super) fn element(element: &str, rule: impl Into<String>, malformed: impl Into<String>) -> Self {
        Self::Element { element: element.to_owned(), rule: rule.into(), malformed: malformed.into() }
    }
}
