//! Haskell's order of versions: numbers with dots between them, see the
//! [Package Versioning Policy](https://pvp.haskell.org/#version-numbers).
//!
//! Of two versions that agree as far as both go, the longer comes later: `1.0` is before `1.0.0`.

use std::cmp::Ordering;

use super::{Comparator, Unparsable, cran};

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Hackage.compare(left, right)
}

/// The numbers, which [`cran::place`] places.
pub(super) fn parse(text: &str) -> Option<&str> {
    cran::parse(text).filter(|text| !text.contains('-'))
}
