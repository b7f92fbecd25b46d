//! Alpine's order of versions: `1.2.3a_rc4~c0ffee-r5`, as version 3 of
//! [apk-tools](https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/doc/apk-package.5.scd) places them.

use std::cmp::Ordering;

use super::{Comparator, Unparsable, compare_numbers, split_digits};

/// The suffixes, in order; those before [`FINAL`] mark what came before the release.
const SUFFIXES: [&str; 9] = ["alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"];
const FINAL: usize = 4;

/// One piece of a version. The order of the variants is that of versions which part company at this piece: a
/// pre-release comes before the end of the text, and everything else after it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Before,
    End,
    Revision,
    Hash,
    SuffixNumber,
    After,
    Letter,
    Number,
    First,
}

#[derive(Clone, Copy)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
    suffix: usize,
}

struct Tokens<'a> {
    rest: &'a str,
    last: Option<Kind>,
}

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Apk.compare(left, right)
}

pub(super) fn is_version(text: &str) -> bool {
    let mut tokens = Tokens::of(text);
    loop {
        match tokens.next() {
            Some(Token { kind: Kind::End, .. }) => return true,
            Some(_) => {}
            None => return false,
        }
    }
}

/// Places a version, known to be one, relative to `other`; nothing where that is none.
pub(super) fn place(version: &str, other: &str) -> Option<Ordering> {
    let (mut a, mut b) = (Tokens::of(version), Tokens::of(other));
    let mut order = Ordering::Equal;
    // Read on after the order is known: whatever follows must still be a version.
    loop {
        let (x, y) = (a.next()?, b.next()?);
        order = order.then_with(|| compare_tokens(x, y));
        if x.kind == Kind::End && y.kind == Kind::End {
            return Some(order);
        }
    }
}

fn compare_tokens(left: Token<'_>, right: Token<'_>) -> Ordering {
    left.kind.cmp(&right.kind).then_with(|| match left.kind {
        Kind::Before | Kind::After => left.suffix.cmp(&right.suffix),
        // A part with a leading zero is a decimal fraction, and so compared as text.
        Kind::Number if left.text.starts_with('0') || right.text.starts_with('0') => left.text.cmp(right.text),
        Kind::First | Kind::Number | Kind::SuffixNumber | Kind::Revision => compare_numbers(left.text, right.text),
        Kind::Letter | Kind::Hash => left.text.cmp(right.text),
        Kind::End => Ordering::Equal,
    })
}

impl<'a> Tokens<'a> {
    fn of(text: &'a str) -> Self {
        Self { rest: text, last: None }
    }

    /// The next piece; [`Kind::End`] for ever once the text has ended, nothing where the text is no version.
    fn next(&mut self) -> Option<Token<'a>> {
        let token = self.read()?;
        self.last = Some(token.kind);
        Some(token)
    }

    fn read(&mut self) -> Option<Token<'a>> {
        let Some(last) = self.last else { return self.digits(self.rest, Kind::First) };
        let Some(&first) = self.rest.as_bytes().first() else {
            return Some(Token { kind: Kind::End, text: "", suffix: 0 });
        };
        match (first, last) {
            (b'.', Kind::First | Kind::Number) => self.digits(&self.rest[1..], Kind::Number),
            (b'a'..=b'z', Kind::First | Kind::Number) => Some(self.take(0, 1, Kind::Letter)),
            (b'_', Kind::First | Kind::Number | Kind::Letter | Kind::Before | Kind::After | Kind::SuffixNumber) => {
                self.suffix()
            }
            (b'0'..=b'9', Kind::Before | Kind::After) => self.digits(self.rest, Kind::SuffixNumber),
            (b'~', last) if !matches!(last, Kind::Hash | Kind::Revision) => self.hash(),
            (b'-', last) if last != Kind::Revision => self.digits(self.rest.strip_prefix("-r")?, Kind::Revision),
            _ => None,
        }
    }

    fn digits(&mut self, from: &'a str, kind: Kind) -> Option<Token<'a>> {
        let (text, rest) = split_digits(from);
        self.rest = rest;
        (!text.is_empty()).then_some(Token { kind, text, suffix: 0 })
    }

    fn take(&mut self, skip: usize, length: usize, kind: Kind) -> Token<'a> {
        let text = &self.rest[skip..skip + length];
        self.rest = &self.rest[skip + length..];
        Token { kind, text, suffix: 0 }
    }

    fn suffix(&mut self) -> Option<Token<'a>> {
        let length = self.rest[1..].bytes().take_while(u8::is_ascii_lowercase).count();
        let suffix = SUFFIXES.iter().position(|suffix| *suffix == &self.rest[1..=length])?;
        let kind = if suffix < FINAL { Kind::Before } else { Kind::After };
        Some(Token { suffix, ..self.take(1, length, kind) })
    }

    fn hash(&mut self) -> Option<Token<'a>> {
        let hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let length = self.rest[1..].bytes().take_while(hex).count();
        (length > 0).then(|| self.take(1, length, Kind::Hash))
    }
}
