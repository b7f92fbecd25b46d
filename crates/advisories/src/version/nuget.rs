//! .NET's order of versions, see
//! [Microsoft's reference](https://learn.microsoft.com/en-us/nuget/concepts/package-versioning).

use std::cmp::Ordering;

use super::semver::{self, compare_cores, compare_identifier_kinds};
use super::{Comparator, Unparsable, compare_ignoring_case, compare_segments};

pub(crate) struct Version<'a>(semver::Version<'a>);

/// How many numbers a version has at most.
const NUMBERS: usize = 4;

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::NuGet.compare(left, right)
}

pub(super) fn parse(text: &str) -> Option<Version<'_>> {
    let text = text.trim_ascii();
    let version = semver::parse(text).filter(|_| text.starts_with(|first: char| first.is_ascii_digit()))?;
    (version.core.split('.').count() <= NUMBERS).then_some(Version(version))
}

impl Version<'_> {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        compare_cores(self.0.core, other.0.core).then_with(|| match (self.0.pre_release, other.0.pre_release) {
            (Some(left), Some(right)) => compare_segments(left.split('.'), right.split('.'), |left, right| {
                compare_identifier_kinds(left, right, compare_ignoring_case)
            }),
            (left, right) => left.is_none().cmp(&right.is_none()),
        })
    }
}
