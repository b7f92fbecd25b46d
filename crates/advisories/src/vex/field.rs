//! Rules that fields of every form keep.

use super::{Cpe, PackageUrl, VexError};
use crate::Timestamp;

/// How many products, parts of products and other names a document may give together.
const MAX_NAMED: usize = 1_000_000;
/// How many bytes a name may have.
const MAX_NAME: usize = 4096;
/// How many bytes the words of a statement may have.
const MAX_WORDS: usize = 65_536;

pub(super) fn broken(field: &str, rule: &'static str) -> VexError {
    VexError::Rule { field: field.to_owned(), rule }
}

/// A name that may not be empty.
pub(super) fn name(field: &str, text: &str) -> Result<(), VexError> {
    if text.trim().is_empty() { Err(broken(field, "it is empty")) } else { short(field, text) }
}

/// A name that may be empty.
pub(super) fn short(field: &str, text: &str) -> Result<(), VexError> {
    if text.len() > MAX_NAME { Err(broken(field, "it has more than 4,096 bytes")) } else { Ok(()) }
}

/// What people read. None where it is missing or empty.
pub(super) fn words(field: &str, text: Option<&str>) -> Result<Option<String>, VexError> {
    match text.filter(|text| !text.trim().is_empty()) {
        Some(text) if text.len() > MAX_WORDS => Err(broken(field, "it has more than 65,536 bytes")),
        text => Ok(text.map(printable)),
    }
}

pub(super) fn time(field: &str, text: &str) -> Result<Timestamp, VexError> {
    text.parse().map_err(|_| broken(field, "it is not an RFC 3339 time"))
}

pub(super) fn package_url(field: &str, text: &str) -> Result<PackageUrl, VexError> {
    PackageUrl::parse(text).ok_or_else(|| broken(field, "it is not a package URL"))
}

pub(super) fn cpe(field: &str, text: &str) -> Result<Cpe, VexError> {
    Cpe::parse(text).ok_or_else(|| broken(field, "it is not a CPE name"))
}

/// Without what would steer a terminal.
pub(super) fn printable(text: &str) -> String {
    text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// How much a document has named so far.
#[derive(Default)]
pub(super) struct Budget(usize);

impl Budget {
    pub(super) fn take(&mut self, field: &str, count: usize) -> Result<(), VexError> {
        self.0 = self.0.saturating_add(count);
        if self.0 > MAX_NAMED {
            return Err(broken(field, "the document names more than 1,000,000 things"));
        }
        Ok(())
    }
}
