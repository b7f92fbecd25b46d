//! Bitnami's order of versions: semantic versions with a revision of the packaging behind them, `1.2.3-4`, which comes
//! after `1.2.3`. See [Bitnami's version library](https://github.com/bitnami/go-version).

use std::cmp::Ordering;

use super::semver;
use super::{Comparator, Unparsable, compare_numbers, split_digits};

pub(crate) struct Version<'a> {
    version: semver::Version<'a>,
    /// Digits; an absent revision is zero.
    revision: &'a str,
}

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Bitnami.compare(left, right)
}

pub(super) fn parse(text: &str) -> Option<Version<'_>> {
    let version = semver::parse(text)?;
    Some(match version.pre_release {
        Some(revision) if split_digits(revision).1.is_empty() => {
            Version { version: semver::Version { pre_release: None, ..version }, revision }
        }
        _ => Version { version, revision: "" },
    })
}

impl Version<'_> {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        self.version.compare(&other.version).then_with(|| compare_numbers(self.revision, other.revision))
    }
}
