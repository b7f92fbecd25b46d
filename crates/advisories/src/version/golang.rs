//! Go's order of versions: that of [modules](https://go.dev/ref/mod#versions), and that of
//! [toolchains](https://go.dev/doc/toolchain#version) for the standard library.
//!
//! `v` or `go` in front, `+incompatible` and whatever a toolchain says of itself behind (`go1.26.5-X:nodwarf5`,
//! `go1.26.5 (Red Hat 1.26.5-1.el9)`) have no weight. `(devel)` is no version.

use std::cmp::Ordering;

use super::semver::{self, compare_cores, compare_identifiers};
use super::{Comparator, Unparsable, compare_segments, split_digits};

pub(crate) struct Version<'a> {
    core: &'a str,
    /// The word of a toolchain's pre-release, `rc` of `1.26rc1`.
    word: Option<&'a str>,
    /// The identifiers of the pre-release, behind the word if there is one.
    pre_release: Option<&'a str>,
}

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Go.compare(left, right)
}

pub(super) fn parse(text: &str) -> Option<Version<'_>> {
    let text = text.trim_ascii();
    let text = text.split_once(' ').map_or(text, |(version, _)| version);
    let text = text.split_once("-X:").map_or(text, |(version, _)| version);
    let text = text.strip_prefix("go").unwrap_or(text);
    toolchain(text).or_else(|| {
        let version = semver::parse(text)?;
        Some(Version { core: version.core, word: None, pre_release: version.pre_release })
    })
}

/// A toolchain before its release: `1.26rc1`.
fn toolchain(text: &str) -> Option<Version<'_>> {
    let (core, rest) = text.split_at(text.find(|next: char| next.is_ascii_lowercase())?);
    let word = ["alpha", "beta", "rc"].into_iter().find(|word| rest.starts_with(word))?;
    let number = &rest[word.len()..];
    let digits = |text: &str| !text.is_empty() && split_digits(text).1.is_empty();
    let valid = core.split('.').all(digits) && digits(number);
    valid.then_some(Version { core, word: Some(word), pre_release: Some(number) })
}

impl Version<'_> {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        compare_cores(self.core, other.core).then_with(|| match (self.pre_release, other.pre_release) {
            (Some(left), Some(right)) => {
                let left = self.word.into_iter().chain(left.split('.'));
                compare_segments(left, other.word.into_iter().chain(right.split('.')), compare_identifiers)
            }
            (left, right) => left.is_none().cmp(&right.is_none()),
        })
    }
}
