//! Gentoo's order of versions: `1.2.3a_rc4_p5-r6`, see the
//! [Package Manager Specification, 3.3](https://projects.gentoo.org/pms/8/pms.html#version-comparison).

use std::cmp::Ordering;

use super::{Comparator, Unparsable, compare_numbers, split_digits};

pub(crate) struct Version<'a> {
    numbers: &'a str,
    letter: Option<u8>,
    /// The suffixes, each with its underscore.
    suffixes: &'a str,
    /// Digits; an absent revision is zero.
    revision: &'a str,
}

/// The suffixes in order; those before [`END`] come before the version without them.
const SUFFIXES: [&str; 5] = ["alpha", "beta", "pre", "rc", "p"];
const END: usize = 4;

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Gentoo.compare(left, right)
}

pub(super) fn parse(text: &str) -> Option<Version<'_>> {
    let (text, revision) = match text.rsplit_once("-r") {
        Some((text, revision)) if !revision.is_empty() && split_digits(revision).1.is_empty() => (text, revision),
        _ => (text, ""),
    };
    let (head, suffixes) = text.split_at(text.find('_').unwrap_or(text.len()));
    let (numbers, letter) = match head.as_bytes().last() {
        Some(letter @ b'a'..=b'z') => (&head[..head.len() - 1], Some(*letter)),
        _ => (head, None),
    };
    let number = |text: &str| !text.is_empty() && split_digits(text).1.is_empty();
    let valid = numbers.split('.').all(number) && split_suffixes(suffixes).all(|suffix| suffix.is_some());
    valid.then_some(Version { numbers, letter, suffixes, revision })
}

impl Version<'_> {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        compare_all_numbers(self.numbers, other.numbers)
            .then_with(|| self.letter.cmp(&other.letter))
            .then_with(|| compare_suffixes(self.suffixes, other.suffixes))
            .then_with(|| compare_numbers(self.revision, other.revision))
    }
}

fn compare_all_numbers(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    let first = compare_numbers(left.next().unwrap_or(""), right.next().unwrap_or(""));
    first.then_with(|| super::compare_segments(left, right, compare_fractions))
}

/// A number with a leading zero is a decimal fraction.
fn compare_fractions(left: &str, right: &str) -> Ordering {
    if left.starts_with('0') || right.starts_with('0') {
        left.trim_end_matches('0').cmp(right.trim_end_matches('0'))
    } else {
        compare_numbers(left, right)
    }
}

fn compare_suffixes(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (split_suffixes(left), split_suffixes(right));
    loop {
        let (a, b) = (left.next().flatten(), right.next().flatten());
        if a.is_none() && b.is_none() {
            return Ordering::Equal;
        }
        let order = place(a).cmp(&place(b)).then_with(|| compare_numbers(number(a), number(b)));
        if order.is_ne() {
            return order;
        }
    }
}

fn place(suffix: Option<(usize, &str)>) -> usize {
    suffix.map_or(END, |(at, _)| if at < END { at } else { at + 1 })
}

fn number(suffix: Option<(usize, &str)>) -> &str {
    suffix.map_or("", |(_, number)| number)
}

/// Each suffix, by its place among [`SUFFIXES`] and with its number; nothing for what is none.
fn split_suffixes(text: &str) -> impl Iterator<Item = Option<(usize, &str)>> {
    text.split('_').skip(1).map(|suffix| {
        let (word, number) = suffix.split_at(suffix.bytes().take_while(u8::is_ascii_lowercase).count());
        let place = SUFFIXES.iter().position(|known| *known == word)?;
        split_digits(number).1.is_empty().then_some((place, number))
    })
}
