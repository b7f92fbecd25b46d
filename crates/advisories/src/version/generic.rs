//! An order for programs that are of no ecosystem, as their authors number them and the
//! [National Vulnerability Database](https://nvd.nist.gov/products/cpe) writes them: `1.0.2k`, `3.13.0rc1`, `9.6p1`.
//!
//! Numbers between dots, of which those that lack are 0. Behind them `dev`, `a1` or `alpha`, `b1` or `beta`, `m1` or `milestone`,
//! `pre` and `rc` come before the release, and any other word or number after it, such as `p1` and `patch1`, which are the same.
//! A letter or two at the numbers, as in `1.0.2k` and `1.0.2zg`, make a release of their own, which comes after those. What
//! follows a `+` has no weight. A `-` at the end stands just before all of a version, pre-releases too, and a `+` just after all
//! of it: `1.0-` before `1.0rc1`, `1.0+` between `1.0p1` and `1.0a`.

use std::cmp::Ordering;

use super::semver::compare_cores;
use super::{Comparator, Unparsable, compare_ignoring_case, compare_numbers, split_digits};

/// The rank of a part by whether it comes before or after the release itself.
const BEFORE_ALL: u8 = 0;
const RELEASE: u8 = 7;
const PATCH: u8 = 8;
const AFTER_ALL: u8 = 9;
const LETTER: u8 = 10;

/// What stands between parts.
const SEPARATORS: [char; 5] = ['-', '.', '_', '~', ':'];

pub(crate) struct Version<'a> {
    numbers: &'a str,
    rest: &'a str,
    /// The rank of what is behind the last part.
    end: u8,
}

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Generic.compare(left, right)
}

pub(super) fn parse(text: &str) -> Option<Version<'_>> {
    let text = text.trim_ascii();
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:+".contains(&byte);
    if !text.starts_with(|first: char| first.is_ascii_digit()) || !text.bytes().all(plain) {
        return None;
    }
    let (text, end) = match text.split_once('+') {
        Some((text, "")) => (text, AFTER_ALL),
        Some((text, _)) => (text, RELEASE),
        None => text.strip_suffix('-').map_or((text, RELEASE), |text| (text, BEFORE_ALL)),
    };
    let mut length = split_digits(text).0.len();
    while let Some(more) =
        text[length..].strip_prefix('.').map(|more| split_digits(more).0.len()).filter(|more| *more > 0)
    {
        length += 1 + more;
    }
    let (numbers, rest) = text.split_at(length);
    Some(Version { numbers, rest, end })
}

/// What is behind the numbers, part by part: `rc1`, `k`, `-2`.
#[derive(Clone, Copy)]
struct Part<'a> {
    rank: u8,
    word: &'a str,
    number: &'a str,
}

struct Parts<'a>(&'a str);

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        let from = self.0.trim_start_matches(SEPARATORS);
        if from.is_empty() {
            return None;
        }
        let is_attached = from.len() == self.0.len();
        let (word, rest) = from.split_at(from.bytes().take_while(u8::is_ascii_alphabetic).count());
        let digits = if word.is_empty() { rest } else { rest.trim_start_matches(SEPARATORS) };
        let (number, behind) = split_digits(digits);
        self.0 = if number.is_empty() { rest } else { behind };
        let (rank, word) = rank(word, !number.is_empty(), is_attached);
        Some(Part { rank, word, number })
    }
}

/// Where a word puts a version, and the word that all with its meaning share.
fn rank(word: &str, is_numbered: bool, is_attached: bool) -> (u8, &str) {
    let is = |known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(word));
    if is(&["dev"]) {
        (1, "")
    } else if is(&["alpha"]) || is_numbered && is(&["a"]) {
        (2, "")
    } else if is(&["beta"]) || is_numbered && is(&["b"]) {
        (3, "")
    } else if is(&["milestone"]) || is_numbered && is(&["m"]) {
        (4, "")
    } else if is(&["pre", "preview"]) {
        (5, "")
    } else if is(&["rc", "cr"]) || is_numbered && is(&["c"]) {
        (6, "")
    } else if is(&["p", "pl", "patch"]) && (is_numbered || word.len() > 1) {
        (PATCH, "p")
    } else if is_attached && (1..=2).contains(&word.len()) && !is_numbered {
        (LETTER, word)
    } else {
        (PATCH, word)
    }
}

impl Version<'_> {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        compare_cores(self.numbers, other.numbers).then_with(|| {
            let end = |rank| Part { rank, word: "", number: "" };
            let (mut left, mut right) = (Parts(self.rest), Parts(other.rest));
            loop {
                let (a, b) = (left.next(), right.next());
                let order = compare_parts(a.unwrap_or(end(self.end)), b.unwrap_or(end(other.end)));
                if order.is_ne() || a.is_none() && b.is_none() {
                    return order;
                }
            }
        })
    }
}

fn compare_parts(left: Part<'_>, right: Part<'_>) -> Ordering {
    let words = || compare_ignoring_case(left.word, right.word);
    left.rank.cmp(&right.rank).then_with(words).then_with(|| compare_numbers(left.number, right.number))
}
