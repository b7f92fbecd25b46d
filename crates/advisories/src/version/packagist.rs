//! Composer's order of versions: PHP's
//! [`version_compare`](https://www.php.net/manual/en/function.version-compare.php) over versions in
//! [Composer's normal form](https://getcomposer.org/doc/articles/versions.md), in which `v1.0` is `1.0.0.0`.
//!
//! A branch named by a number, `1.x-dev`, comes after all versions it can lead to. A branch with a name of its own,
//! `dev-main`, is equal to itself and has no place among versions, so that it is none here.

use std::cmp::Ordering;

use super::{Comparator, Unparsable, compare_numbers, compare_segments, split_digits};

pub(crate) struct Version<'a> {
    numbers: &'a str,
    /// Whether the numbers go on as high as they can.
    is_branch: bool,
    stability: Stability,
    /// What numbers the stability: `2.1` of `beta2.1`.
    stage: &'a str,
    is_development: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stability {
    Development,
    Alpha,
    Beta,
    Candidate,
    Stable,
    Patch,
}

const STABILITIES: [(&str, Stability); 9] = [
    ("alpha", Stability::Alpha),
    ("a", Stability::Alpha),
    ("beta", Stability::Beta),
    ("b", Stability::Beta),
    ("rc", Stability::Candidate),
    ("stable", Stability::Stable),
    ("patch", Stability::Patch),
    ("pl", Stability::Patch),
    ("p", Stability::Patch),
];
/// How many numbers the normal form has.
const NUMBERS: usize = 4;
/// What stands for a branch's open number.
const HIGHEST: &str = "9999999";
const SEPARATORS: [char; 3] = ['.', '-', '_'];

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Packagist.compare(left, right)
}

pub(super) fn parse(text: &str) -> Option<Version<'_>> {
    let text = text.trim_ascii();
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let text = text.split_once('+').map_or(text, |(version, _)| version);
    let (text, is_development) = without_dev(text);
    let numbers = numbers(text)?;
    let mut rest = &text[numbers.len()..];
    let open = rest.trim_start_matches('.').trim_start_matches(['x', 'X', '*', '.']);
    let is_branch = is_development && open.is_empty() && !rest.is_empty();
    if is_branch {
        return Some(Version { numbers, is_branch, stability: Stability::Development, stage: "", is_development });
    }
    rest = rest.strip_prefix(SEPARATORS).unwrap_or(rest);
    let (word, stage) = rest.split_at(rest.bytes().take_while(u8::is_ascii_alphabetic).count());
    let stability = match STABILITIES.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)) {
        Some((_, stability)) => *stability,
        None if rest.is_empty() && is_development => Stability::Development,
        None if text.len() == numbers.len() => Stability::Stable,
        None => return None,
    };
    let number = |part: &str| !part.is_empty() && split_digits(part).1.is_empty();
    let valid = stage.is_empty() || stage.strip_prefix(['.', '-']).unwrap_or(stage).split(['.', '-']).all(number);
    let stage = if stability == Stability::Stable { "" } else { stage };
    valid.then_some(Version { numbers, is_branch, stability, stage, is_development })
}

fn without_dev(text: &str) -> (&str, bool) {
    match text.len().checked_sub(3).and_then(|at| text.split_at_checked(at)) {
        Some((version, dev)) if dev.eq_ignore_ascii_case("dev") => {
            (version.strip_suffix(['.', '-']).unwrap_or(version), true)
        }
        _ => (text, false),
    }
}

/// The numbers at the beginning, a dot between each two.
fn numbers(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        let (digits, after) = split_digits(rest);
        if digits.is_empty() {
            return None;
        }
        match after.strip_prefix('.') {
            Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => rest = next,
            _ => return Some(&text[..text.len() - after.len()]),
        }
    }
}

impl Version<'_> {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let stages = || compare_segments(stages(self.stage), stages(other.stage), compare_numbers);
        let development = || other.is_development.cmp(&self.is_development);
        self.compare_all_numbers(other)
            .then_with(|| self.stability.cmp(&other.stability))
            .then_with(stages)
            .then_with(development)
    }

    fn compare_all_numbers(&self, other: &Self) -> Ordering {
        let (mut left, mut right) = (self.numbers.split('.'), other.numbers.split('.'));
        for at in 0.. {
            let order = match (left.next(), right.next()) {
                (None, None) if at >= NUMBERS => return Ordering::Equal,
                (a, b) => compare_numbers(a.unwrap_or(self.filler(at)), b.unwrap_or(other.filler(at))),
            };
            if order.is_ne() {
                return order;
            }
        }
        Ordering::Equal
    }

    /// What stands where no number is given.
    fn filler(&self, at: usize) -> &'static str {
        if self.is_branch && at < NUMBERS { HIGHEST } else { "0" }
    }
}

fn stages(stage: &str) -> impl Iterator<Item = &str> {
    stage.split(['.', '-']).filter(|number| !number.is_empty())
}
