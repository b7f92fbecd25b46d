//! Dart's order of versions: semantic versions, and then their build metadata, see
//! [pub's documentation](https://dart.dev/tools/pub/versioning#semantic-versions).

use std::cmp::Ordering;

use super::semver::{Version, compare_identifiers};
use super::{Comparator, Unparsable, compare_segments};

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Pub.compare(left, right)
}

/// A version with build metadata comes after the one without.
pub(super) fn place(left: &Version<'_>, right: &Version<'_>) -> Ordering {
    left.compare(right).then_with(|| match (left.build, right.build) {
        (Some(left), Some(right)) => compare_segments(left.split('.'), right.split('.'), compare_identifiers),
        (left, right) => left.is_some().cmp(&right.is_some()),
    })
}
