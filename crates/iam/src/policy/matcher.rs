//! Wildcards: `*` for any run of characters, `?` for one.

use std::collections::HashMap;

use super::context::Facts;
use super::variables::{self, Dialect, Token, VariableError};

/// Up to how many bytes a stretch with `?` is tried at each place in turn.
const SHORT: usize = 8;

/// A compiled wildcard pattern.
///
/// Matching never backtracks over a `*`: each stretch between two of them is looked for once, from the left. With
/// `n` bytes of text a stretch without `?` costs `O(n)`, and one with `?` at most `n` times a 64th of its own length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What the text must begin with; the whole of it if there is no `rest`.
    head: Stretch,
    /// What follows the first `*`.
    rest: Option<Rest>,
    /// The fewest bytes that can match.
    least: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rest {
    middle: Vec<Stretch>,
    tail: Stretch,
}

/// Characters in a row, none of them `*`.
type Stretch = Vec<Piece>;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    One,
}

impl Pattern {
    /// Compiles a pattern. Every text is one.
    pub fn new(text: &str) -> Self {
        Self::of(&variables::wildcards(text))
    }

    /// Whether the whole of `text` matches, in this very case.
    pub fn matches(&self, text: &str) -> bool {
        if text.len() < self.least {
            return false;
        }
        let Some(after) = strip_start(&self.head, text) else {
            return false;
        };
        match &self.rest {
            None => after.is_empty(),
            Some(rest) => rest.matches(after),
        }
    }

    /// Compiles tokens, of which variables match nothing: [`Matcher`] puts their values in first.
    fn of(tokens: &[Token]) -> Self {
        let mut stretches = vec![Stretch::new()];
        for token in settled(tokens) {
            match (token, stretches.last_mut()) {
                (Token::Many, _) => stretches.push(Stretch::new()),
                (Token::One, Some(stretch)) => stretch.push(Piece::One),
                (Token::Text(text), Some(stretch)) => match stretch.last_mut() {
                    Some(Piece::Text(before)) => before.push_str(&text),
                    _ => stretch.push(Piece::Text(text)),
                },
                _ => {}
            }
        }
        let least = stretches.iter().flatten().map(Piece::least).sum();
        let mut stretches = stretches.into_iter();
        let head = stretches.next().unwrap_or_default();
        let mut middle: Vec<Stretch> = stretches.collect();
        let rest = middle.pop().map(|tail| Rest { middle, tail });
        Self { head, rest, least }
    }
}

impl Rest {
    fn matches(&self, text: &str) -> bool {
        let Some(mut text) = strip_end(&self.tail, text) else {
            return false;
        };
        for stretch in &self.middle {
            let Some(after) = after_first(stretch, text) else {
                return false;
            };
            text = after;
        }
        true
    }
}

impl Piece {
    /// The characters it matches; none for any.
    fn chars(&self) -> Vec<Option<char>> {
        match self {
            Self::Text(text) => text.chars().map(Some).collect(),
            Self::One => vec![None],
        }
    }

    fn least(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::One => 1,
        }
    }
}

/// Moves the `?` of every run of wildcards before its `*`, of which it leaves one: `*?*?` means `??*`.
fn settled(tokens: &[Token]) -> Vec<Token> {
    let mut settled = Vec::with_capacity(tokens.len());
    let mut many = false;
    for token in tokens {
        match token {
            Token::Many => many = true,
            Token::One => settled.push(Token::One),
            other => {
                if std::mem::take(&mut many) {
                    settled.push(Token::Many);
                }
                settled.push(other.clone());
            }
        }
    }
    if many {
        settled.push(Token::Many);
    }
    settled
}

fn strip_start<'t>(stretch: &[Piece], mut text: &'t str) -> Option<&'t str> {
    for piece in stretch {
        text = match piece {
            Piece::Text(literal) => without_start(text, literal)?,
            Piece::One => {
                let mut chars = text.chars();
                chars.next()?;
                chars.as_str()
            }
        };
    }
    Some(text)
}

/// Like `strip_prefix`, and quicker for the short texts that most patterns begin with and differ in at once.
fn without_start<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let alike = text.bytes().zip(start.bytes()).all(|(found, wanted)| found == wanted);
    if alike { text.get(start.len()..) } else { None }
}

fn strip_end<'t>(stretch: &[Piece], mut text: &'t str) -> Option<&'t str> {
    for piece in stretch.iter().rev() {
        text = match piece {
            Piece::Text(literal) => text.strip_suffix(literal.as_str())?,
            Piece::One => {
                let mut chars = text.chars();
                chars.next_back()?;
                chars.as_str()
            }
        };
    }
    Some(text)
}

/// What follows the first place where a long stretch matches.
///
/// A bit for each of its beginnings says whether the text so far ends with that beginning. A character moves all of them
/// on by one, and leaves those that it is the next character of.
fn after_first_of_long<'t>(stretch: &[Piece], text: &'t str) -> Option<&'t str> {
    let wanted: Vec<Option<char>> = stretch.iter().flat_map(Piece::chars).collect();
    let bit = |at: usize| 1_u64 << (at % 64);
    let mut any = vec![0_u64; wanted.len().div_ceil(64)];
    for at in (0..wanted.len()).filter(|&at| wanted[at].is_none()) {
        any[at / 64] |= bit(at);
    }
    let mut leaving: HashMap<char, Vec<u64>> = HashMap::new();
    for (at, char) in wanted.iter().enumerate().filter_map(|(at, char)| Some((at, (*char)?))) {
        leaving.entry(char).or_insert_with(|| any.clone())[at / 64] |= bit(at);
    }
    let mut ends = vec![0_u64; any.len()];
    let end = wanted.len() - 1;
    for (at, char) in text.char_indices() {
        let mut begins = 1;
        for (ends, leaves) in ends.iter_mut().zip(leaving.get(&char).unwrap_or(&any)) {
            let next = *ends >> 63;
            *ends = (*ends << 1 | begins) & leaves;
            begins = next;
        }
        if ends[end / 64] & bit(end) != 0 {
            return Some(&text[at + char.len_utf8()..]);
        }
    }
    None
}

/// What follows the first place where `stretch` matches.
fn after_first<'t>(stretch: &[Piece], text: &'t str) -> Option<&'t str> {
    if let [Piece::Text(literal)] = stretch {
        return text.find(literal.as_str()).map(|at| &text[at + literal.len()..]);
    }
    let least: usize = stretch.iter().map(Piece::least).sum();
    let last = text.len().checked_sub(least)?;
    if least > SHORT {
        return after_first_of_long(stretch, text);
    }
    text.char_indices().take_while(|(at, _)| *at <= last).find_map(|(at, _)| strip_start(stretch, &text[at..]))
}

/// Whether `text` matches `pattern`, in which `*` stands for any run of characters and `?` for one. Case matters.
pub fn wildcard_matches(pattern: &str, text: &str) -> bool {
    Pattern::new(pattern).matches(text)
}

/// A pattern that may hold policy variables, whose values are compared as they are: a `*` in one is a `*`.
#[derive(Clone, Debug)]
pub(super) enum Matcher {
    /// No variables: compiled once.
    Fixed(Pattern),
    /// Variables to be put in for each question.
    Varying(Vec<Token>),
}

impl Matcher {
    pub(super) fn parse(text: &str, dialect: Dialect) -> Result<Self, VariableError> {
        Ok(Self::of(variables::parse(text, dialect)?))
    }

    pub(super) fn of(tokens: Vec<Token>) -> Self {
        if tokens.iter().any(|token| matches!(token, Token::Variable(_))) {
            Self::Varying(tokens)
        } else {
            Self::Fixed(Pattern::of(&tokens))
        }
    }

    /// Whether `text` matches. With a variable that has no value nothing does.
    pub(super) fn matches(&self, text: &str, facts: &Facts<'_>) -> bool {
        match self {
            Self::Fixed(pattern) => pattern.matches(text),
            Self::Varying(tokens) => varying(tokens, text, facts).unwrap_or(false),
        }
    }

    /// Like [`Self::matches`], without regard to case: `text` is lowercase, and the pattern was so when parsed.
    pub(super) fn matches_lowercase(&self, text: &str, facts: &Facts<'_>) -> bool {
        match self {
            Self::Fixed(pattern) => pattern.matches(text),
            Self::Varying(tokens) => variables::resolve(tokens, facts)
                .is_some_and(|tokens| Pattern::of(&variables::lowercase(tokens)).matches(text)),
        }
    }

    /// Whether it has neither wildcards nor variables.
    fn is_plain(&self) -> bool {
        matches!(self, Self::Fixed(Pattern { head, rest: None, .. }) if matches!(head.as_slice(), [] | [Piece::Text(_)]))
    }

    /// Whether it holds a variable without a value, so that it matches nothing.
    pub(super) fn unresolved(&self, facts: &Facts<'_>) -> bool {
        matches!(self, Self::Varying(tokens) if variables::resolve(tokens, facts).is_none())
    }
}

/// Compares up to the first wildcard as it goes, which tells most apart, and compiles only what is left.
fn varying(tokens: &[Token], mut text: &str, facts: &Facts<'_>) -> Option<bool> {
    for (at, token) in tokens.iter().enumerate() {
        text = match token {
            Token::Text(literal) => without_start(text, literal)?,
            Token::Variable(variable) => text.strip_prefix(variable.value(facts)?)?,
            Token::One | Token::Many => {
                return Some(Pattern::of(&variables::resolve(&tokens[at..], facts)?).matches(text));
            }
        };
    }
    Some(text.is_empty())
}

/// A pattern for ARNs, compared part by part, so that a wildcard never reaches over a colon into the next part.
#[derive(Clone, Debug)]
pub(super) enum ArnMatcher {
    /// `*`: everything, ARN or not.
    Any,
    /// The patterns of the first parts; parts that are left out match everything.
    Parts(Vec<Matcher>),
}

/// Why a text is no pattern for ARNs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArnPatternError {
    /// It begins neither with `arn:` nor is it `*`.
    Format,
    /// A bad policy variable.
    Variable(VariableError),
}

impl ArnMatcher {
    pub(super) fn parse(text: &str, variables: bool) -> Result<Self, ArnPatternError> {
        if !text.is_empty() && text.bytes().all(|byte| byte == b'*') {
            return Ok(Self::Any);
        }
        if !text.starts_with("arn:") {
            return Err(ArnPatternError::Format);
        }
        let tokens =
            variables::parse(text, Dialect { variables, wildcards: true }).map_err(ArnPatternError::Variable)?;
        let parts = split(tokens);
        Ok(Self::Parts(parts.into_iter().map(Matcher::of).collect()))
    }

    /// Whether the part that names the service holds a wildcard or a variable.
    pub(super) fn service_is_open(&self) -> bool {
        match self {
            Self::Any => false,
            Self::Parts(parts) => parts.get(2).is_some_and(|service| !service.is_plain()),
        }
    }

    /// Whether no part was left out.
    pub(super) fn whole(&self) -> bool {
        !matches!(self, Self::Parts(parts) if parts.len() < 6)
    }

    /// Whether the ARN with these parts matches; `None` is a text that is no ARN.
    pub(super) fn matches(&self, arn: Option<&[&str; 6]>, facts: &Facts<'_>) -> bool {
        match (self, arn) {
            (Self::Any, _) => true,
            (Self::Parts(_), None) => false,
            // The resource is looked at first: it tells most apart.
            (Self::Parts(parts), Some(arn)) => {
                parts.iter().zip(arn).rev().all(|(part, text)| part.matches(text, facts))
            }
        }
    }

    /// Whether it holds a variable without a value, so that it matches nothing.
    pub(super) fn unresolved(&self, facts: &Facts<'_>) -> bool {
        matches!(self, Self::Parts(parts) if parts.iter().any(|part| part.unresolved(facts)))
    }
}

/// Splits tokens at the first five colons.
fn split(tokens: Vec<Token>) -> Vec<Vec<Token>> {
    let mut parts = vec![Vec::new()];
    for token in tokens {
        let Token::Text(text) = token else {
            push(&mut parts, token);
            continue;
        };
        let mut rest = text.as_str();
        while parts.len() < 6
            && let Some((before, after)) = rest.split_once(':')
        {
            push(&mut parts, Token::Text(before.to_owned()));
            parts.push(Vec::new());
            rest = after;
        }
        push(&mut parts, Token::Text(rest.to_owned()));
    }
    parts
}

fn push(parts: &mut [Vec<Token>], token: Token) {
    if let Some(part) = parts.last_mut() {
        part.push(token);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn stars_and_question_marks() {
        fn check(pattern: &str, text: &str, expect: bool) {
            assert_eq!(wildcard_matches(pattern, text), expect, "{pattern} against {text}");
        }
        check("", "", true);
        check("", "a", false);
        check("*", "", true);
        check("*", "anything", true);
        check("?", "", false);
        check("?", "ä", true);
        check("??", "ä", false);
        check("a*", "a", true);
        check("a*b", "ab", true);
        check("a*b", "axxb", true);
        check("a*b", "a", false);
        check("a*a", "a", false);
        check("*a*b*", "xxaxxbxx", true);
        check("*a*b*", "xxbxxaxx", false);
        check("*ab*ab", "abab", true);
        check("*ab*ab", "ab", false);
        check("*a?c*", "aabbabcd", true);
        check("*a?c*", "ac", false);
        check("a*?", "a", false);
        check("a*?", "ab", true);
        check("a?*?", "ab", false);
        check("*?*?*", "ab", true);
        check("*?*?*", "a", false);
        check("ecr:Get*", "ecr:getx", false);
        check("*ä?ö*", "xäxöx", true);
        check("x*ä", "xä", true);
    }

    /// A matcher that backtracks would not end.
    #[test]
    fn a_million_wildcards_are_matched() {
        let text = "a".repeat(2000);
        for pattern in ["*".repeat(1_000_000), "?*".repeat(1_000_000), "*a".repeat(500_000), "*a?".repeat(300_000)] {
            assert_eq!(wildcard_matches(&pattern, &text), pattern.bytes().all(|byte| byte == b'*'));
        }
        assert!(!wildcard_matches(&format!("{}b", "*a".repeat(1500)), &text));
        assert!(!wildcard_matches(&format!("{}b*", "*a?".repeat(600)), &text));
    }

    /// The definition of wildcards, exponential and obvious.
    fn by_definition(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) => (0..=text.len()).any(|skip| by_definition(rest, &text[skip..])),
            Some(('?', rest)) => !text.is_empty() && by_definition(rest, &text[1..]),
            Some((char, rest)) => text.first() == Some(char) && by_definition(rest, &text[1..]),
        }
    }

    proptest! {
        #[test]
        fn long_stretches_are_found(stretch in "[abä?]{9,150}", before in "[abä]{0,80}", after in "[abä]{0,40}") {
            let pattern = format!("*{stretch}*");
            let inside = format!("{before}{}{after}", stretch.replace('?', "b"));
            prop_assert!(wildcard_matches(&pattern, &inside));
            let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), format!("{after}{before}").chars().collect());
            prop_assert_eq!(wildcard_matches(&pattern, &format!("{after}{before}")), by_definition(&p, &t));
        }

        #[test]
        fn agrees_with_the_definition(pattern in "[ab*?ä]{0,10}", text in "[abä]{0,12}") {
            let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
            prop_assert_eq!(wildcard_matches(&pattern, &text), by_definition(&p, &t));
        }

        #[test]
        fn a_text_matches_itself(text in "[^*?]{0,40}") {
            prop_assert!(wildcard_matches(&text, &text));
        }
    }
}
