//! R's order of versions: numbers with dots or hyphens between them, which mean the same, see
//! [Writing R Extensions](https://cran.r-project.org/doc/manuals/r-release/R-exts.html#The-DESCRIPTION-file).
//!
//! Of two versions that agree as far as both go, the longer comes later: `1.0` is before `1.0.0`.

use std::cmp::Ordering;

use super::{Comparator, Unparsable, compare_numbers, compare_segments, split_digits};

const SEPARATORS: [char; 2] = ['.', '-'];

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Cran.compare(left, right)
}

pub(super) fn parse(text: &str) -> Option<&str> {
    let text = text.trim_ascii();
    let number = |part: &str| !part.is_empty() && split_digits(part).1.is_empty();
    text.split(SEPARATORS).all(number).then_some(text)
}

/// Places one version relative to another, both known to be versions.
pub(super) fn place(left: &str, right: &str) -> Ordering {
    compare_segments(left.split(SEPARATORS), right.split(SEPARATORS), compare_numbers)
}
