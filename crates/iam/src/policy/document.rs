//! Policy documents: the text, and what is compiled of it.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::PolicyError;
use super::condition::Condition;
use super::statement::{Language, Statement};

/// The longest text read at all, in bytes. What a place allows is less, see [`Policy::parse_within`].
const MAX_BYTES: usize = 64 * 1024;

/// What a document is for, which decides what it must and must not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// A policy of a user, group or role, a managed policy, a permissions boundary or a session policy:
    /// statements name resources and no principals.
    Identity,
    /// The policy of a repository: statements name principals and no resources, for they are about the repository. ECR
    /// refuses one that does.
    Repository,
    /// The policy of a registry: statements name principals and resources.
    Registry,
    /// Who may assume a role: statements name principals, by `Principal` only, and no resources.
    Trust,
}

/// A policy document, compiled: cheap to evaluate, and shared between requests.
#[derive(Clone, Debug)]
pub struct Policy {
    kind: PolicyKind,
    statements: Vec<Statement>,
}

impl Policy {
    /// Reads a document of at most 64 KiB.
    ///
    /// # Errors
    /// A [`PolicyError`] that names the element and the rule it breaks: no JSON, a duplicate key, an element that is
    /// unknown, missing or out of place in this kind of policy, a value that is not of its form.
    pub fn parse(text: &str, kind: PolicyKind) -> Result<Self, PolicyError> {
        if text.len() > MAX_BYTES {
            return Err(PolicyError::TooLarge(MAX_BYTES));
        }
        plimsoll_oci::check_strict_json(text.as_bytes()).map_err(|error| PolicyError::Json(error.to_string()))?;
        let document: Value = serde_json::from_str(text).map_err(|error| PolicyError::Json(error.to_string()))?;
        Self::read(&document, kind)
    }

    /// Like [`Self::parse`], for a text of at most `limit` characters, as IAM counts them: white space does not count.
    ///
    /// # Errors
    /// Those of [`Self::parse`], and [`PolicyError::LimitExceeded`].
    pub fn parse_within(text: &str, kind: PolicyKind, limit: usize) -> Result<Self, PolicyError> {
        let size = Self::size(text);
        if size > limit {
            return Err(PolicyError::LimitExceeded { size, limit });
        }
        Self::parse(text, kind)
    }

    /// The size that IAM's quotas limit: characters besides white space.
    pub fn size(text: &str) -> usize {
        text.chars().filter(|char| !char.is_whitespace()).count()
    }

    /// What the document is for.
    pub fn kind(&self) -> PolicyKind {
        self.kind
    }

    /// The keys its conditions look at, lowercased, as often as they do.
    pub fn condition_keys(&self) -> impl Iterator<Item = &str> {
        self.statements.iter().flat_map(Statement::conditions).map(Condition::key)
    }

    pub(super) fn statements(&self) -> &[Statement] {
        &self.statements
    }

    fn read(document: &Value, kind: PolicyKind) -> Result<Self, PolicyError> {
        let Value::Object(document) = document else {
            return Err(PolicyError::syntax("document", "must be an object"));
        };
        known_elements(document, "", &["Version", "Id", "Statement"])?;
        if document.get("Id").is_some_and(|id| !id.is_string()) {
            return Err(PolicyError::syntax("Id", "must be a string"));
        }
        let language = Language { kind, variables: variables(document)? };
        let statements = match document.get("Statement") {
            Some(Value::Array(statements)) => statements.as_slice(),
            Some(statement @ Value::Object(_)) => std::slice::from_ref(statement),
            Some(_) => return Err(PolicyError::syntax("Statement", "must be an object or an array of objects")),
            None => return Err(PolicyError::syntax("Statement", "is required")),
        };
        if statements.is_empty() {
            return Err(PolicyError::syntax("Statement", "must hold at least one statement"));
        }
        let statements = statements
            .iter()
            .zip(1..)
            .map(|(statement, number)| Statement::read(statement, number, language))
            .collect::<Result<Vec<_>, _>>()?;
        unique_sids(&statements, kind)?;
        Ok(Self { kind, statements })
    }
}

/// Whether the document's version of the language has policy variables. Without `Version` it is the first one.
fn variables(document: &Map<String, Value>) -> Result<bool, PolicyError> {
    match document.get("Version").map(Value::as_str) {
        Some(Some("2012-10-17")) => Ok(true),
        Some(Some("2008-10-17")) | None => Ok(false),
        _ => Err(PolicyError::syntax("Version", "must be \"2012-10-17\" or \"2008-10-17\"")),
    }
}

/// Only IAM demands that statement ids differ; ECR takes several statements called `new statement`.
fn unique_sids(statements: &[Statement], kind: PolicyKind) -> Result<(), PolicyError> {
    if let PolicyKind::Repository | PolicyKind::Registry = kind {
        return Ok(());
    }
    let mut seen = HashSet::new();
    match statements.iter().filter_map(Statement::sid).find(|sid| !seen.insert(*sid)) {
        None => Ok(()),
        Some(sid) => Err(PolicyError::element(
            "Statement",
            format!("two statements have the Sid {sid:?}"),
            "Statement IDs (SID) in a single policy must be unique.",
        )),
    }
}

/// Refuses elements that are not among `known`.
pub(super) fn known_elements(object: &Map<String, Value>, path: &str, known: &[&str]) -> Result<(), PolicyError> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(PolicyError::syntax(
            &format!("{path}{key}"),
            format!("is not an element here; these are: {}", known.join(", ")),
        )),
    }
}
