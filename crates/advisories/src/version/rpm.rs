//! RPM's order of versions: `[epoch:]version[-release]`, see
//! [rpm-version(7)](https://rpm-software-management.github.io/rpm/man/rpm-version.7).
//!
//! Two versions are compared by their releases only if both have one, so that `1.0-1` equals `1.0`, and `1.0` equals `1.0-2`.

use std::cmp::Ordering;

use super::{Comparator, Unparsable, compare_numbers, split_digits};

/// A version cut into its three parts, as RPM's and pacman's have them.
pub(crate) struct Version<'a> {
    /// Digits; an absent epoch is zero.
    epoch: &'a str,
    upstream: &'a str,
    release: Option<&'a str>,
}

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Rpm.compare(left, right)
}

/// Reads any printable ASCII with something left after the epoch.
pub(super) fn parse(text: &str) -> Option<Version<'_>> {
    let (digits, rest) = split_digits(text);
    let (epoch, rest) = rest.strip_prefix(':').map_or(("", text), |rest| (digits, rest));
    let (version, release) = rest.rsplit_once('-').map_or((rest, None), |(version, release)| (version, Some(release)));
    let release = release.filter(|release| !release.is_empty());
    let valid = !version.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
    valid.then_some(Version { epoch, upstream: version, release })
}

impl Version<'_> {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        self.compare_by(other, compare_parts)
    }

    pub(super) fn compare_by(&self, other: &Self, compare: fn(&str, &str) -> Ordering) -> Ordering {
        let releases = || match (self.release, other.release) {
            (Some(left), Some(right)) => compare(left, right),
            _ => Ordering::Equal,
        };
        let versions = || compare(self.upstream, other.upstream);
        compare_numbers(self.epoch, other.epoch).then_with(versions).then_with(releases)
    }

    /// Whether there is a release, which a version without one leaves out of the comparison.
    pub(super) fn has_release(&self) -> bool {
        self.release.is_some()
    }
}

/// Compares segment by segment; whatever separates them has no weight. At each place `~` sorts before the end, the end
/// before `^`, that before letters, and letters before numbers.
fn compare_parts(mut left: &str, mut right: &str) -> Ordering {
    loop {
        (left, right) = (without_separators(left), without_separators(right));
        let (a, b) = (Place::of(left), Place::of(right));
        if a != b || a == Place::End {
            return a.cmp(&b);
        }
        let (a_length, b_length) = (a.length(left), b.length(right));
        let (a_text, b_text) = (&left[..a_length], &right[..b_length]);
        let order = if a == Place::Number { compare_numbers(a_text, b_text) } else { a_text.cmp(b_text) };
        if order.is_ne() {
            return order;
        }
        (left, right) = (&left[a_length..], &right[b_length..]);
    }
}

/// The text, which is ASCII, from the first segment on.
fn without_separators(text: &str) -> &str {
    let is_separator = |next: &u8| !next.is_ascii_alphanumeric() && !matches!(next, b'~' | b'^');
    text.get(text.bytes().take_while(is_separator).count()..).unwrap_or_default()
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Tilde,
    End,
    Caret,
    Letters,
    Number,
}

impl Place {
    fn of(text: &str) -> Self {
        match text.bytes().next() {
            None => Self::End,
            Some(b'~') => Self::Tilde,
            Some(b'^') => Self::Caret,
            Some(byte) if byte.is_ascii_digit() => Self::Number,
            Some(_) => Self::Letters,
        }
    }

    fn length(self, text: &str) -> usize {
        match self {
            Self::End => 0,
            Self::Tilde | Self::Caret => 1,
            Self::Letters => text.bytes().take_while(u8::is_ascii_alphabetic).count(),
            Self::Number => text.bytes().take_while(u8::is_ascii_digit).count(),
        }
    }
}
