//! The orders of versions, one per kind of package.

pub mod apk;
pub mod dpkg;
pub mod pep440;
pub mod semver;

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt;

/// A version that the comparator's grammar does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{}\" is not a version in the order of {order}", version.escape_debug())]
pub struct Unparsable {
    /// The version, verbatim.
    pub version: String,
    /// The order it was to be placed in.
    pub order: Comparator,
}

/// An order of versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Comparator {
    /// Debian's, see [`dpkg`].
    Dpkg,
    /// Alpine's, see [`apk`].
    Apk,
    /// Python's, see [`pep440`].
    Pep440,
    /// Semantic versions, see [`semver`].
    SemVer,
}

impl Comparator {
    /// Every comparator.
    pub const ALL: [Self; 4] = [Self::Dpkg, Self::Apk, Self::Pep440, Self::SemVer];

    /// Places `left` relative to `right`.
    ///
    /// Fails with the first of the two that is not a version. Among versions the order is total.
    pub fn compare(self, left: &str, right: &str) -> Result<Ordering, Unparsable> {
        self.parse(left)?.compare(right)
    }

    /// Reads a version that is to be compared many times.
    pub(crate) fn parse(self, version: &str) -> Result<Parsed<'_>, Unparsable> {
        let parsed = match self {
            Self::Dpkg => dpkg::parse(version).map(Parsed::Dpkg),
            Self::Apk => apk::is_version(version).then_some(Parsed::Apk(version)),
            Self::Pep440 => pep440::parse(version).map(Parsed::Pep440),
            Self::SemVer => semver::parse(version).map(Parsed::SemVer),
        };
        parsed.ok_or_else(|| self.unparsable(version))
    }

    /// Whether `version` has a place in this order.
    pub fn accepts(self, version: &str) -> bool {
        self.parse(version).is_ok()
    }

    fn unparsable(self, version: &str) -> Unparsable {
        Unparsable { version: version.to_owned(), order: self }
    }
}

/// A version, read once.
pub(crate) enum Parsed<'a> {
    Dpkg(dpkg::Version<'a>),
    Apk(&'a str),
    Pep440(pep440::Version<'a>),
    SemVer(semver::Version<'a>),
}

impl Parsed<'_> {
    pub(crate) fn order(&self) -> Comparator {
        match self {
            Self::Dpkg(_) => Comparator::Dpkg,
            Self::Apk(_) => Comparator::Apk,
            Self::Pep440(_) => Comparator::Pep440,
            Self::SemVer(_) => Comparator::SemVer,
        }
    }

    /// Places this version relative to `other`.
    pub(crate) fn compare(&self, other: &str) -> Result<Ordering, Unparsable> {
        let order = match self {
            Self::Dpkg(version) => dpkg::parse(other).map(|other| version.compare(&other)),
            Self::Apk(version) => apk::place(version, other),
            Self::Pep440(version) => pep440::parse(other).map(|other| version.compare(&other)),
            Self::SemVer(version) => semver::parse(other).map(|other| version.compare(&other)),
        };
        order.ok_or_else(|| self.order().unparsable(other))
    }
}

impl fmt::Display for Comparator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dpkg => "dpkg",
            Self::Apk => "apk",
            Self::Pep440 => "PEP 440",
            Self::SemVer => "SemVer",
        })
    }
}

/// Compares two runs of ASCII digits by value, whatever their length.
fn compare_numbers(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// Compares two sequences segment by segment; of two that agree as far as both go, the longer comes later.
fn compare_segments<'a>(
    mut left: impl Iterator<Item = &'a str>,
    mut right: impl Iterator<Item = &'a str>,
    compare: impl Fn(&str, &str) -> Ordering,
) -> Ordering {
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (Some(a), Some(b)) => compare(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Cuts the leading run of ASCII digits off `text`; the run may be empty.
fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}
