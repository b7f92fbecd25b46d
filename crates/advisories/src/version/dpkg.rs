//! Debian's order of versions: `[epoch:]upstream[-revision]`, see
//! [Debian Policy 5.6.12](https://www.debian.org/doc/debian-policy/ch-controlfields.html#version).

use std::cmp::Ordering;

use super::{Comparator, Unparsable, compare_numbers, split_digits};

pub(crate) struct Version<'a> {
    epoch: u32,
    upstream: &'a str,
    revision: &'a str,
}

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Dpkg.compare(left, right)
}

impl Version<'_> {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let upstream = || compare_parts(self.upstream, other.upstream);
        self.epoch.cmp(&other.epoch).then_with(upstream).then_with(|| compare_parts(self.revision, other.revision))
    }
}

pub(super) fn parse(text: &str) -> Option<Version<'_>> {
    let (epoch, rest) = match text.split_once(':') {
        Some((epoch, rest)) if epoch.bytes().all(|byte| byte.is_ascii_digit()) => (epoch.parse().ok()?, rest),
        Some(_) => return None,
        None => (0, text),
    };
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    let allowed = |text: &str, more: &[u8]| text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b));
    let valid = !upstream.is_empty() && allowed(upstream, b".+~:-") && allowed(revision, b".+~");
    valid.then_some(Version { epoch, upstream, revision })
}

/// Compares by turns a run of non-digits and a run of digits. A missing part counts as `0`, which an empty text equals.
pub(super) fn compare_parts(mut left: &str, mut right: &str) -> Ordering {
    while !left.is_empty() || !right.is_empty() {
        let (a, b) = (words(left), words(right));
        let order = compare_words(a.as_bytes(), b.as_bytes());
        let ((a, left_rest), (b, right_rest)) = (split_digits(&left[a.len()..]), split_digits(&right[b.len()..]));
        let order = order.then_with(|| compare_numbers(a, b));
        if order != Ordering::Equal {
            return order;
        }
        (left, right) = (left_rest, right_rest);
    }
    Ordering::Equal
}

fn words(text: &str) -> &str {
    &text[..text.bytes().take_while(|byte| !byte.is_ascii_digit()).count()]
}

fn compare_words(left: &[u8], right: &[u8]) -> Ordering {
    (0..left.len().max(right.len()))
        .map(|at| weight(left.get(at)).cmp(&weight(right.get(at))))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// A tilde sorts before the end of the text, the end before letters, letters before everything else.
fn weight(byte: Option<&u8>) -> i32 {
    match byte {
        Some(b'~') => -1,
        None => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    }
}
