//! The order of [semantic versions](https://semver.org/spec/v2.0.0.html#spec-item-11), as npm uses it.
//!
//! Advisories and packages are less strict than the specification, so these forms are accepted too: a leading `v` or
//! `=`, leading zeros, and more or fewer than three numbers (missing ones are zero). Build metadata has no weight.

use std::cmp::Ordering;

use super::{Comparator, Unparsable, compare_numbers, compare_padded, compare_segments};

pub(crate) struct Version<'a> {
    pub(super) core: &'a str,
    pub(super) pre_release: Option<&'a str>,
    /// The build metadata, which orders that are built on this one may look at.
    pub(super) build: Option<&'a str>,
}

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::SemVer.compare(left, right)
}

impl Version<'_> {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        compare_cores(self.core, other.core).then_with(|| compare_pre_releases(self.pre_release, other.pre_release))
    }
}

pub(super) fn parse(text: &str) -> Option<Version<'_>> {
    let text = text.trim_ascii();
    let text = text.strip_prefix('=').unwrap_or(text);
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let (version, build) = text.split_once('+').map_or((text, None), |(version, build)| (version, Some(build)));
    let (core, pre_release) =
        version.split_once('-').map_or((version, None), |(core, pre_release)| (core, Some(pre_release)));
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let identifiers = |text: Option<&str>| {
        let identifier = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        text.is_none_or(|text| text.split('.').all(identifier))
    };
    let valid = core.split('.').all(number) && identifiers(pre_release) && identifiers(build);
    valid.then_some(Version { core, pre_release, build })
}

/// Compares number by number; a missing one is zero.
pub(super) fn compare_cores(left: &str, right: &str) -> Ordering {
    compare_padded(left.split('.'), right.split('.'), compare_numbers)
}

/// A version without pre-release follows all its pre-releases; of two lists the one that ends first comes first.
fn compare_pre_releases(left: Option<&str>, right: Option<&str>) -> Ordering {
    match (left, right) {
        (Some(left), Some(right)) => compare_segments(left.split('.'), right.split('.'), compare_identifiers),
        (left, right) => left.is_none().cmp(&right.is_none()),
    }
}

pub(super) fn compare_identifiers(left: &str, right: &str) -> Ordering {
    compare_identifier_kinds(left, right, str::cmp)
}

/// Numbers come before words, which `compare` places.
pub(super) fn compare_identifier_kinds(left: &str, right: &str, compare: fn(&str, &str) -> Ordering) -> Ordering {
    let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match (numeric(left), numeric(right)) {
        (true, true) => compare_numbers(left, right),
        (false, false) => compare(left, right),
        (left, right) => right.cmp(&left),
    }
}
