//! Conda's order of versions, see
//! [CEP 33](https://github.com/conda/ceps/blob/main/cep-0033.md) and
//! [the user guide](https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/pkg-specs.html#version-ordering).

use std::cmp::Ordering;

use super::{Comparator, Unparsable, compare_ignoring_case, compare_numbers, compare_padded, split_digits};

pub(crate) struct Version<'a> {
    /// Digits; an absent epoch is zero.
    epoch: &'a str,
    upstream: &'a str,
    local: &'a str,
}

const SEPARATORS: [char; 3] = ['.', '_', '-'];

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Conda.compare(left, right)
}

pub(super) fn parse(text: &str) -> Option<Version<'_>> {
    let text = text.trim_ascii();
    let (epoch, rest) = text.split_once('!').unwrap_or(("0", text));
    let (version, local) = rest.split_once('+').map_or((rest, None), |(version, local)| (version, Some(local)));
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"*._-".contains(&byte);
    let characters = |text: &str| text.bytes().all(allowed) && !(text.contains('-') && text.contains('_'));
    let parts = |text: &str| components(text).all(|part| !part.is_empty());
    let valid = !epoch.is_empty()
        && split_digits(epoch).1.is_empty()
        && characters(version)
        && parts(version)
        && local.is_none_or(|local| characters(local) && local.split(SEPARATORS).all(|part| !part.is_empty()));
    valid.then_some(Version { epoch, upstream: version, local: local.unwrap_or_default() })
}

impl Version<'_> {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        compare_numbers(self.epoch, other.epoch)
            .then_with(|| compare_padded(components(self.upstream), components(other.upstream), compare_components))
            .then_with(|| compare_padded(local(self.local), local(other.local), compare_components))
    }
}

/// The parts between separators; one that ends the text belongs to the part before it.
fn components(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let ends = |at: usize| at + 1 == text.len() && !text.ends_with('.');
        let Some(at) = text.find(SEPARATORS).filter(|at| !ends(*at)) else { return rest.take() };
        rest = Some(&text[at + 1..]);
        Some(&text[..at])
    })
}

fn local(text: &str) -> impl Iterator<Item = &str> {
    text.split(SEPARATORS).filter(|part| !part.is_empty())
}

/// Compares run by run; a missing run is zero.
fn compare_components(mut left: &str, mut right: &str) -> Ordering {
    // What begins with letters has a zero before them.
    let (mut a, mut b) = (first(&mut left), first(&mut right));
    while a.is_some() || b.is_some() {
        let zero = Run::Number("0");
        let order = a.as_ref().unwrap_or(&zero).compare(b.as_ref().unwrap_or(&zero));
        if order.is_ne() {
            return order;
        }
        (a, b) = (next(&mut left), next(&mut right));
    }
    Ordering::Equal
}

enum Run<'a> {
    /// Stars come before all other letters.
    Stars(&'a str),
    Development,
    /// An underscore, which only a dash can stand for.
    Underscore,
    Letters(&'a str),
    Number(&'a str),
    Post,
}

fn first<'a>(rest: &mut &'a str) -> Option<Run<'a>> {
    if rest.starts_with(|next: char| next.is_ascii_digit()) { next(rest) } else { Some(Run::Number("0")) }
}

fn next<'a>(rest: &mut &'a str) -> Option<Run<'a>> {
    let kind = |byte: u8| match byte {
        b'0'..=b'9' => 0,
        b'*' => 1,
        _ => 2,
    };
    let first = kind(rest.bytes().next()?);
    let (run, after) = rest.split_at(rest.bytes().take_while(|byte| kind(*byte) == first).count());
    *rest = after;
    Some(match (first, run) {
        (0, _) => Run::Number(run),
        (1, _) => Run::Stars(run),
        (_, "_" | "-") => Run::Underscore,
        _ if run.eq_ignore_ascii_case("post") => Run::Post,
        _ if run.eq_ignore_ascii_case("dev") => Run::Development,
        _ => Run::Letters(run),
    })
}

impl Run<'_> {
    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Run::Number(left), Run::Number(right)) => compare_numbers(left, right),
            (Run::Stars(left), Run::Stars(right)) => left.len().cmp(&right.len()),
            (Run::Letters(left), Run::Letters(right)) => compare_ignoring_case(left, right),
            _ => self.class().cmp(&other.class()),
        }
    }

    fn class(&self) -> u8 {
        match self {
            Run::Stars(_) => 0,
            Run::Development => 1,
            Run::Underscore => 2,
            Run::Letters(_) => 3,
            Run::Number(_) => 4,
            Run::Post => 5,
        }
    }
}
