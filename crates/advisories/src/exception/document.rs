//! Documents of exceptions, the same in files, over HTTP and in the catalog.

use serde::{Deserialize, Serialize};

use super::{Exception, ExceptionError, Scope};
use crate::Timestamp;
use crate::vex::PackageUrl;

/// How many exceptions a document may have.
pub const MAX_EXCEPTIONS: usize = 10_000;
/// How many bytes a document may have.
const MAX_DOCUMENT: usize = 16 << 20;
/// How many bytes a name may have.
const MAX_NAME: usize = 256;
/// How many bytes a reason may have.
const MAX_REASON: usize = 4096;
/// The word for an exception without an end.
const NEVER: &str = "never";

/// Exceptions as they are written down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ExceptionsDocument {
    /// The exceptions.
    pub exceptions: Vec<ExceptionDocument>,
}

/// An exception as it is written down. What each member must be is checked by [`ExceptionDocument::read`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExceptionDocument {
    /// By what the registry knows it, which gives it that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Where that is dealt with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// A pattern of repository names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The digest of an image's manifest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// A package URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// An id of a flaw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vulnerability: Option<String>,
    /// When it ends: an RFC 3339 time, or `never`.
    pub expires: String,
    /// Who made it, which the registry notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_by: Option<String>,
    /// When it was made, which the registry notes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added_at: Option<String>,
}

/// Reads a document of exceptions of at most 16 MiB, as JSON.
///
/// # Errors
/// It is none, or one of its exceptions breaks a rule.
pub fn exceptions(bytes: &[u8]) -> Result<Vec<Exception>, ExceptionError> {
    if bytes.len() > MAX_DOCUMENT {
        return Err(broken("", "the document", "it has more than 16 MiB"));
    }
    serde_json::from_slice::<ExceptionsDocument>(bytes).map_err(ExceptionError::Json)?.read()
}

impl ExceptionsDocument {
    /// What it says.
    ///
    /// # Errors
    /// One of its exceptions breaks a rule, or there are more than [`MAX_EXCEPTIONS`].
    pub fn read(&self) -> Result<Vec<Exception>, ExceptionError> {
        if self.exceptions.len() > MAX_EXCEPTIONS {
            return Err(broken("", "exceptions", "there are more than 10,000"));
        }
        let numbered = self.exceptions.iter().enumerate();
        numbered.map(|(number, document)| document.read(&format!("exceptions[{number}]."))).collect()
    }
}

impl ExceptionDocument {
    /// What it says; `at` is what the names of its fields begin with in an error.
    ///
    /// # Errors
    /// It breaks a rule.
    pub fn read(&self, at: &str) -> Result<Exception, ExceptionError> {
        text(at, "owner", &self.owner, MAX_NAME)?;
        text(at, "reason", &self.reason, MAX_REASON)?;
        for (field, value) in [("id", &self.id), ("ticket", &self.ticket), ("vulnerability", &self.vulnerability)] {
            value.as_ref().map_or(Ok(()), |value| text(at, field, value, MAX_NAME))?;
        }
        Ok(Exception {
            id: self.id.clone(),
            owner: self.owner.trim().to_owned(),
            reason: self.reason.trim().to_owned(),
            ticket: self.ticket.clone(),
            scope: self.scope(at)?,
            expires: self.end(at)?,
        })
    }

    fn scope(&self, at: &str) -> Result<Scope, ExceptionError> {
        let scope = Scope {
            repository: read(
                at,
                "repository",
                self.repository.as_ref(),
                "it is not a pattern of repository names",
                |text| text.parse().ok(),
            )?,
            image: read(
                at,
                "image",
                self.image.as_ref(),
                "it is not the digest of a manifest, such as sha256:…",
                |text| text.parse().ok(),
            )?,
            package: read(
                at,
                "package",
                self.package.as_ref(),
                "it is not a package URL of a whole package",
                |text| PackageUrl::parse(text).filter(PackageUrl::is_of_whole),
            )?,
            vulnerability: self.vulnerability.as_ref().map(|id| id.trim().to_owned()),
        };
        if scope == Scope::default() {
            return Err(broken(
                at,
                "vulnerability",
                "it has no scope: name a repository, an image, a package or a vulnerability",
            ));
        }
        Ok(scope)
    }

    fn end(&self, at: &str) -> Result<Option<Timestamp>, ExceptionError> {
        if self.expires == NEVER {
            return Ok(None);
        }
        let end = self.expires.parse();
        end.map(Some).map_err(|_| broken(at, "expires", "it is neither an RFC 3339 time nor \"never\""))
    }
}

fn read<T>(
    at: &str,
    field: &str,
    value: Option<&String>,
    rule: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, ExceptionError> {
    value.map(|text| parse(text).ok_or_else(|| broken(at, field, rule))).transpose()
}

fn text(at: &str, field: &str, text: &str, most: usize) -> Result<(), ExceptionError> {
    match text {
        _ if text.trim().is_empty() => Err(broken(at, field, "it is empty")),
        _ if text.len() > most && most == MAX_NAME => Err(broken(at, field, "it has more than 256 bytes")),
        _ if text.len() > most => Err(broken(at, field, "it has more than 4,096 bytes")),
        _ if text.chars().any(char::is_control) => {
            Err(broken(at, field, "it has line breaks or other control characters"))
        }
        _ => Ok(()),
    }
}

fn broken(at: &str, field: &str, rule: &'static str) -> ExceptionError {
    ExceptionError::Rule { field: format!("{at}{field}"), rule }
}
