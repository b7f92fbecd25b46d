//! Ruby's order of versions, see
//! [`Gem::Version`](https://docs.ruby-lang.org/en/master/Gem/Version.html).
//!
//! A platform behind the version, as gems' file names have it, is not part of it.

use std::cmp::Ordering;

use super::{Comparator, Unparsable, compare_numbers, compare_padded, split_digits};

pub(crate) struct Version<'a> {
    /// The numbers before the first letter.
    numbers: &'a str,
    /// All from the first letter or hyphen on.
    rest: &'a str,
}

/// What a platform begins with: a processor, or the system where any will do.
const PLATFORMS: [&str; 31] = [
    "aarch64",
    "amd64",
    "arm",
    "arm64",
    "armv5l",
    "armv6l",
    "armv7l",
    "armv8l",
    "darwin",
    "dalvik",
    "dotnet",
    "i386",
    "i486",
    "i586",
    "i686",
    "java",
    "jruby",
    "linux",
    "mingw",
    "mswin",
    "powerpc",
    "ppc",
    "riscv64",
    "s390x",
    "sparc",
    "truffleruby",
    "universal",
    "wasm",
    "x64",
    "x86",
    "x86_64",
];

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Gem.compare(left, right)
}

pub(super) fn parse(text: &str) -> Option<Version<'_>> {
    let text = without_platform(text.trim_ascii());
    let (release, pre) = text.split_once('-').map_or((text, None), |(release, pre)| (release, Some(pre)));
    let segment = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let dashed = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let starts_with_number = release.split('.').next().is_some_and(|first| split_digits(first).1.is_empty());
    let valid =
        starts_with_number && release.split('.').all(segment) && pre.is_none_or(|pre| pre.split('.').all(dashed));
    let (numbers, rest) = text.split_at(text.find(|c: char| c.is_ascii_alphabetic() || c == '-').unwrap_or(text.len()));
    valid.then_some(Version { numbers, rest })
}

fn without_platform(text: &str) -> &str {
    let Some((version, suffix)) = text.split_once('-') else { return text };
    let first = suffix.split('-').next().unwrap_or(suffix);
    let versioned = |rest: &str| split_digits(rest.trim_start_matches(['v', '_'])).1.is_empty();
    let is_platform = |name: &str| first.strip_prefix(name).is_some_and(versioned);
    if PLATFORMS.iter().any(|name| is_platform(name)) { version } else { text }
}

impl Version<'_> {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        compare_padded(self.segments(), other.segments(), compare_segments)
    }

    /// The numbers without the zeros at their end, then the rest in runs of letters and runs of digits; a hyphen reads as
    /// `pre`.
    fn segments(&self) -> impl Iterator<Item = &str> {
        let mut numbers = self.numbers.trim_end_matches('.');
        while let Some((head, last)) = numbers.rsplit_once('.')
            && last.bytes().all(|byte| byte == b'0')
        {
            numbers = head;
        }
        let zero = numbers.bytes().all(|byte| byte == b'0');
        numbers.split('.').filter(move |_| !zero).chain(Runs { rest: self.rest })
    }
}

struct Runs<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Runs<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.rest = self.rest.trim_start_matches('.');
        if let Some(rest) = self.rest.strip_prefix('-') {
            self.rest = rest;
            return Some("pre");
        }
        let first = self.rest.bytes().next()?;
        let same = |byte: &u8| byte.is_ascii_alphanumeric() && byte.is_ascii_digit() == first.is_ascii_digit();
        let (run, rest) = self.rest.split_at(self.rest.bytes().take_while(same).count());
        self.rest = rest;
        Some(run)
    }
}

/// Letters come before numbers.
fn compare_segments(left: &str, right: &str) -> Ordering {
    let number = |text: &str| text.starts_with(|next: char| next.is_ascii_digit());
    match (number(left), number(right)) {
        (true, true) => compare_numbers(left, right),
        (false, false) => left.cmp(right),
        (left, right) => left.cmp(&right),
    }
}
