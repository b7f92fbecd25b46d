//! Maven's order of versions, see
//! [the POM reference](https://maven.apache.org/pom.html#version-order-specification).
//!
//! Any text has a place in this order; only what plainly is no version is refused: nothing, or a property such as
//! `${revision}` that nobody put a value in for.

use std::cmp::Ordering;

use super::{Comparator, Unparsable, compare_ignoring_case, compare_numbers, split_digits};

/// The pieces that count: those that mean nothing before a hyphen or the end are gone.
pub(crate) struct Version<'a> {
    tokens: Vec<Token<'a>>,
}

/// One piece. The order of the variants is that of versions which part company at this piece.
#[derive(Clone, Copy)]
enum Token<'a> {
    Qualifier(Qualifier<'a>),
    /// A number after a hyphen, or where letters turn to digits.
    Hyphen(&'a str),
    /// A number after a dot.
    Dot(&'a str),
}

/// A word in whatever case. The release itself is a word too, an empty one.
#[derive(Clone, Copy)]
struct Qualifier<'a> {
    rank: usize,
    /// What words that are not known are ordered by.
    word: &'a str,
}

/// The words that are known, with their rank; all others come after them.
const WORDS: [(&str, usize); 10] = [
    ("alpha", 0),
    ("beta", 1),
    ("milestone", 2),
    ("rc", 3),
    ("cr", 3),
    ("snapshot", 4),
    ("ga", RELEASE),
    ("final", RELEASE),
    ("release", RELEASE),
    ("sp", 6),
];
/// Words that are known by one letter if a number follows at once.
const LETTERS: [(&str, usize); 3] = [("a", 0), ("b", 1), ("m", 2)];
const RELEASE: usize = 5;
const UNKNOWN: usize = 7;

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Maven.compare(left, right)
}

pub(super) fn parse(text: &str) -> Option<Version<'_>> {
    if text.is_empty() || text.contains("${") || text.contains(char::is_control) {
        return None;
    }
    let mut tokens = Vec::with_capacity(8);
    let (mut rest, mut hyphen) = (text, false);
    loop {
        let (digits, after) = split_digits(rest);
        let token = if digits.is_empty() {
            let (word, after) = rest.split_at(rest.find(ends_word).unwrap_or(rest.len()));
            rest = after;
            // Between two separators stands a zero.
            if word.is_empty() { number("0", hyphen) } else { Token::Qualifier(qualifier(word, after)) }
        } else {
            rest = after;
            number(digits, hyphen)
        };
        if !matches!(token, Token::Dot(_)) {
            trim(&mut tokens);
        }
        tokens.push(token);
        if rest.is_empty() {
            break;
        }
        let separator = rest.strip_prefix(['.', '-']);
        hyphen = separator.is_none() || rest.starts_with('-');
        rest = separator.unwrap_or(rest);
    }
    trim(&mut tokens);
    Some(Version { tokens })
}

fn ends_word(next: char) -> bool {
    next.is_ascii_digit() || next == '.' || next == '-'
}

fn number(digits: &str, hyphen: bool) -> Token<'_> {
    let digits = digits.trim_start_matches('0');
    if hyphen { Token::Hyphen(digits) } else { Token::Dot(digits) }
}

fn qualifier<'a>(word: &'a str, after: &str) -> Qualifier<'a> {
    let known = |words: &[(&str, usize)]| {
        words.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, rank)| *rank)
    };
    let short = || known(&LETTERS).filter(|_| after.starts_with(|next: char| next.is_ascii_digit()));
    let rank = known(&WORDS).or_else(short);
    Qualifier { rank: rank.unwrap_or(UNKNOWN), word: if rank.is_some() { "" } else { word } }
}

/// Takes off what means nothing at the end: zeros and names of the release.
fn trim(tokens: &mut Vec<Token<'_>>) {
    while tokens.pop_if(|token| token.is_null()).is_some() {}
}

impl Token<'_> {
    fn is_null(&self) -> bool {
        match self {
            Self::Qualifier(qualifier) => qualifier.rank == RELEASE,
            Self::Hyphen(digits) | Self::Dot(digits) => digits.is_empty(),
        }
    }
}

impl Version<'_> {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        (0..self.tokens.len().max(other.tokens.len()))
            .map(|at| compare_tokens(self.tokens.get(at), other.tokens.get(at)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

fn compare_tokens(left: Option<&Token<'_>>, right: Option<&Token<'_>>) -> Ordering {
    match (left, right) {
        (None, None) => Ordering::Equal,
        (Some(left), None) => compare_with_end(left),
        (None, Some(right)) => compare_with_end(right).reverse(),
        (Some(Token::Qualifier(left)), Some(Token::Qualifier(right))) => {
            left.rank.cmp(&right.rank).then_with(|| compare_ignoring_case(left.word, right.word))
        }
        (Some(Token::Hyphen(left)), Some(Token::Hyphen(right))) | (Some(Token::Dot(left)), Some(Token::Dot(right))) => {
            compare_numbers(left, right)
        }
        (Some(left), Some(right)) => class(left).cmp(&class(right)),
    }
}

fn class(token: &Token<'_>) -> u8 {
    match token {
        Token::Qualifier(_) => 0,
        Token::Hyphen(_) => 1,
        Token::Dot(_) => 2,
    }
}

/// A version that has ended goes on as the release: with a zero after a dot, with the release's name after a hyphen.
fn compare_with_end(token: &Token<'_>) -> Ordering {
    match token {
        Token::Qualifier(qualifier) => qualifier.rank.cmp(&RELEASE),
        Token::Hyphen(_) => Ordering::Greater,
        Token::Dot(digits) => digits.len().cmp(&0),
    }
}
