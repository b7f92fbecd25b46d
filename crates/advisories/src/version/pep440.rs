//! Python's order of versions, see
//! [PEP 440](https://packaging.python.org/en/latest/specifications/version-specifiers/#summary-of-permitted-suffixes-and-relative-ordering).
//!
//! This is the plain total order. The rules of version *specifiers* (local versions ignored, pre-releases left out) are
//! for choosing what to install and have no place here.

use std::cmp::Ordering;

use super::semver::compare_cores;
use super::{Comparator, Unparsable, compare_ignoring_case, compare_numbers, compare_segments, split_digits};

/// A number as its digits; an absent one is zero.
type Number<'a> = &'a str;

#[derive(Debug)]
pub(crate) struct Version<'a> {
    epoch: Number<'a>,
    release: &'a str,
    pre: Option<(Phase, Number<'a>)>,
    post: Option<Number<'a>>,
    dev: Option<Number<'a>>,
    local: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    /// A development release of the final release itself: before all its pre-releases.
    Development,
    Alpha,
    Beta,
    Candidate,
    Final,
}

const PHASES: [(&str, Phase); 8] = [
    ("alpha", Phase::Alpha),
    ("a", Phase::Alpha),
    ("beta", Phase::Beta),
    ("b", Phase::Beta),
    ("preview", Phase::Candidate),
    ("pre", Phase::Candidate),
    ("rc", Phase::Candidate),
    ("c", Phase::Candidate),
];

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Pep440.compare(left, right)
}

impl Version<'_> {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        compare_numbers(self.epoch, other.epoch)
            .then_with(|| compare_cores(self.release, other.release))
            .then_with(|| compare_phases(self, other))
            .then_with(|| compare_optional(self.post, other.post, Ordering::Less))
            .then_with(|| compare_optional(self.dev, other.dev, Ordering::Greater))
            .then_with(|| compare_locals(self.local, other.local))
    }
}

fn compare_phases(left: &Version<'_>, right: &Version<'_>) -> Ordering {
    let phase = |version: &Version<'_>| match version.pre {
        Some((phase, _)) => phase,
        None if version.post.is_none() && version.dev.is_some() => Phase::Development,
        None => Phase::Final,
    };
    let numbers = || compare_numbers(left.pre.map_or("", |(_, n)| n), right.pre.map_or("", |(_, n)| n));
    phase(left).cmp(&phase(right)).then_with(numbers)
}

/// Compares two optional parts; a version without the part stands in order `absent` to one with it.
fn compare_optional(left: Option<Number<'_>>, right: Option<Number<'_>>, absent: Ordering) -> Ordering {
    match (left, right) {
        (Some(a), Some(b)) => compare_numbers(a, b),
        (None, None) => Ordering::Equal,
        (None, Some(_)) => absent,
        (Some(_), None) => absent.reverse(),
    }
}

fn compare_locals(left: Option<&str>, right: Option<&str>) -> Ordering {
    let (Some(left), Some(right)) = (left, right) else { return left.is_some().cmp(&right.is_some()) };
    compare_segments(left.split(SEPARATORS), right.split(SEPARATORS), compare_local_segments)
}

/// Numbers come after words; words are compared without regard to case.
fn compare_local_segments(left: &str, right: &str) -> Ordering {
    let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match (numeric(left), numeric(right)) {
        (true, true) => compare_numbers(left, right),
        (false, false) => compare_ignoring_case(left, right),
        (left_is_number, right_is_number) => left_is_number.cmp(&right_is_number),
    }
}

const SEPARATORS: [char; 3] = ['-', '_', '.'];

pub(super) fn parse(text: &str) -> Option<Version<'_>> {
    let mut scanner = Scanner { rest: text.trim_ascii() };
    scanner.word("v");
    let mut epoch = "";
    if let Some((digits, rest)) = scanner.rest.split_once('!') {
        (epoch, scanner.rest) = (digits, rest);
        if epoch.is_empty() || !epoch.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
    }
    let version = Version {
        epoch,
        release: scanner.release()?,
        pre: PHASES.iter().find_map(|(word, phase)| Some((*phase, scanner.part(word)?))),
        post: scanner.post(),
        dev: scanner.part("dev"),
        local: scanner.local()?,
    };
    scanner.rest.is_empty().then_some(version)
}

struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    /// Steps over `word`, in any case, if it comes next.
    fn word(&mut self, word: &str) -> bool {
        let Some((head, rest)) = self.rest.split_at_checked(word.len()) else { return false };
        let found = head.eq_ignore_ascii_case(word);
        if found {
            self.rest = rest;
        }
        found
    }

    fn digits(&mut self) -> Number<'a> {
        let (digits, rest) = split_digits(self.rest);
        self.rest = rest;
        digits
    }

    fn separator(&mut self) {
        self.rest = self.rest.strip_prefix(SEPARATORS).unwrap_or(self.rest);
    }

    fn release(&mut self) -> Option<&'a str> {
        let start = self.rest;
        loop {
            if self.digits().is_empty() {
                return None;
            }
            match self.rest.strip_prefix('.') {
                Some(rest) if rest.starts_with(|next: char| next.is_ascii_digit()) => self.rest = rest,
                _ => return Some(&start[..start.len() - self.rest.len()]),
            }
        }
    }

    /// A suffix named `word` with its number, separators around the name optional; steps over nothing if it is absent.
    fn part(&mut self, word: &str) -> Option<Number<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        let start = self.rest;
        self.separator();
        if !self.word(word) {
            self.rest = start;
            return None;
        }
        self.separator();
        Some(self.digits())
    }

    fn post(&mut self) -> Option<Number<'a>> {
        if let Some(rest) = self.rest.strip_prefix('-').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
            self.rest = rest;
            return Some(self.digits());
        }
        ["post", "rev", "r"].iter().find_map(|word| self.part(word))
    }

    /// The local version, if there is one; nothing where it is malformed.
    #[expect(clippy::option_option, reason = "malformed and absent are two things")]
    fn local(&mut self) -> Option<Option<&'a str>> {
        let Some(local) = self.rest.strip_prefix('+') else { return Some(None) };
        self.rest = "";
        let segment = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        local.split(SEPARATORS).all(segment).then_some(Some(local))
    }
}

/// The numbers of the release without zeros at either side: what all spellings of a version have in common.
/// Nothing where `text` is no version.
pub(crate) fn release_numbers(text: &str) -> Option<Vec<&str>> {
    let numbers = parse(text)?.release.split('.').map(|number| number.trim_start_matches('0'));
    let mut numbers = numbers.collect::<Vec<_>>();
    while numbers.pop_if(|last| last.is_empty()).is_some() {}
    Some(numbers)
}
