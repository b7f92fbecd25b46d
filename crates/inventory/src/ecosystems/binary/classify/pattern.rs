//! How a version stands in the bytes of a program: between two texts, or alone.
//!
//! This is less than a regular expression, so that a search takes one pass whatever the bytes are.

use memchr::memmem;

/// The most numbers in a version.
const MAX_NUMBERS: usize = 4;
/// The most digits in a number of one.
const MAX_DIGITS: usize = 8;
/// How much follows a version where the name of the machine and the time it was built at do.
const MIN_BUILD: usize = 10;
/// The most versions that stand alone and are looked at.
const MAX_ALONE: usize = 64;
/// What stands before the number of a version that is not final yet.
const STAGES: [&[u8]; 8] = [b"alpha", b"beta", b"rc", b"RC", b"pre", b"dev", b"a", b"b"];

/// How a version stands in a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern<'a> {
    shape: Shape,
    before: Vec<u8>,
    /// How much of `before` is the beginning of the version itself.
    begun: usize,
    after: &'a [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// Numbers, and a stage or a letter after them: `1.2.3`, `1.2.3-rc.1`, `9.2p1`, `1.1.1w`.
    Full,
    /// The same with three numbers or more.
    Long,
    /// The same with a stage or a letter, not without.
    Staged,
    /// Only the numbers.
    Numbers,
    /// Numbers, and after a hyphen one more: `6.9.11-60`.
    Revision,
    /// Two or three numbers between zeros, the only ones in the program.
    Alone,
    /// The same, and once more before the name of the machine it was built on.
    Built,
}

impl<'a> Pattern<'a> {
    /// A pattern from its text, with what the name of the file promises of the version.
    ///
    /// `{}` is where the version is, with its stage; `{long}` where it is of three numbers or more; `{staged}` where it never
    /// is without a stage; `{numbers}` where it is without; `{revision}` where it has a
    /// revision; `{name}` where it begins as the name promises, which is none for a name that promises nothing.
    /// `{alone}` and `{built}` stand for themselves.
    pub(super) fn of(text: &'a str, promised: &[u8]) -> Option<Self> {
        let (before, rest) = text.split_once('{')?;
        let (hole, after) = rest.split_once('}')?;
        let shape = match hole {
            "" | "name" => Shape::Full,
            "long" => Shape::Long,
            "staged" => Shape::Staged,
            "numbers" => Shape::Numbers,
            "revision" => Shape::Revision,
            "alone" => Shape::Alone,
            "built" => Shape::Built,
            _ => return None,
        };
        let mut before = before.as_bytes().to_vec();
        let mut begun = 0;
        if hole == "name" {
            if promised.is_empty() {
                return None;
            }
            before.extend_from_slice(promised);
            before.push(b'.');
            begun = promised.len() + 1;
        }
        Some(Self { shape, before, begun, after: after.as_bytes() })
    }

    /// Whether it has to be looked for in the whole of a program at once.
    pub(super) fn needs_all(&self) -> bool {
        self.shape == Shape::Built
    }

    /// The versions that stand in some bytes of a program and begin in the first `starts` of them.
    pub(super) fn versions<'b>(&self, bytes: &'b [u8], starts: usize) -> impl Iterator<Item = &'b [u8]> {
        let is_alone = matches!(self.shape, Shape::Alone | Shape::Built);
        let built = (self.shape == Shape::Built).then_some(MAX_ALONE);
        let between = (!is_alone).then(|| self.between(bytes, starts)).into_iter().flatten();
        let alone = is_alone.then(|| alone(bytes, starts)).into_iter().flatten().take(built.unwrap_or(usize::MAX));
        between.chain(alone.filter(move |version| built.is_none() || is_before_build(version, bytes)))
    }

    fn between<'b>(&self, bytes: &'b [u8], starts: usize) -> impl Iterator<Item = &'b [u8]> {
        let beginnings = memmem::find_iter(bytes, &*self.before).take_while(move |&at| at < starts);
        beginnings.filter_map(|at| self.at(&bytes[at + self.before.len() - self.begun..]))
    }

    /// The version at the beginning of the bytes, if what follows it fits.
    fn at<'b>(&self, bytes: &'b [u8]) -> Option<&'b [u8]> {
        let (numbers, count) = numbers(bytes);
        let more = match self.shape {
            Shape::Full | Shape::Long | Shape::Staged => stage(&bytes[numbers..]),
            Shape::Revision => revision(&bytes[numbers..]),
            _ => 0,
        };
        let fits = |&end: &usize| bytes[end..].starts_with(self.after);
        let end = [numbers + more, numbers].into_iter().find(fits)?;
        let is_whole = match self.shape {
            Shape::Long => count > 2,
            Shape::Staged => count > 1 && end > numbers,
            _ => count > 1,
        };
        is_whole.then(|| &bytes[..end])
    }
}

/// Versions of two or three numbers between zeros.
fn alone(bytes: &[u8], starts: usize) -> impl Iterator<Item = &[u8]> {
    memchr::memchr_iter(0, bytes).take_while(move |&zero| zero < starts).filter_map(|zero| {
        let rest = &bytes[zero + 1..];
        if !rest.first()?.is_ascii_digit() {
            return None;
        }
        let (numbers, count) = numbers(rest);
        let end = numbers + stage(&rest[numbers..]);
        ((2..=3).contains(&count) && rest.get(end) == Some(&0)).then(|| &rest[..end])
    })
}

/// Whether the version stands before the name of a machine, or a time, as well.
fn is_before_build(version: &[u8], bytes: &[u8]) -> bool {
    let is_build = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    memmem::find_iter(bytes, version)
        .any(|at| bytes[at + version.len()..].iter().take(MIN_BUILD).filter(|byte| is_build(byte)).count() == MIN_BUILD)
}

/// How long the numbers with dots between them are, and how many.
fn numbers(bytes: &[u8]) -> (usize, usize) {
    let (mut end, mut count) = (0, 0);
    while count < MAX_NUMBERS {
        let from = match bytes.get(end) {
            Some(b'.') if count > 0 => end + 1,
            _ if count == 0 => end,
            _ => break,
        };
        let digits = digits(&bytes[from..]);
        if digits == 0 || digits > MAX_DIGITS {
            break;
        }
        (end, count) = (from + digits, count + 1);
    }
    (end, count)
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take(MAX_DIGITS + 1).take_while(|byte| byte.is_ascii_digit()).count()
}

/// How long what follows the numbers is, where it is a letter, a patch level or a stage, and no part of a longer word.
fn stage(bytes: &[u8]) -> usize {
    let ends = |end: usize| !bytes.get(end).is_some_and(u8::is_ascii_alphanumeric);
    match bytes {
        [letter, ..] if letter.is_ascii_lowercase() && ends(1) => return 1,
        [b'p', rest @ ..] if digits(rest) > 0 && ends(1 + digits(rest)) => return 1 + digits(rest),
        _ => {}
    }
    let from = usize::from(matches!(bytes.first(), Some(b'-' | b'.' | b'_' | b'~')));
    let Some(word) = STAGES.into_iter().find(|word| bytes[from..].starts_with(word)) else { return 0 };
    let mut end = from + word.len();
    if matches!(bytes.get(end), Some(b'-' | b'.')) && digits(&bytes[end + 1..]) > 0 {
        end += 1;
    }
    end += digits(&bytes[end..]);
    if ends(end) { end } else { 0 }
}

fn revision(bytes: &[u8]) -> usize {
    match bytes {
        [b'-', rest @ ..] if digits(rest) > 0 => 1 + digits(rest),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, bytes: &str, expect: Option<&str>) {
        let pattern = Pattern::of(pattern, b"3.11").unwrap();
        let mut found: Vec<_> = pattern.versions(bytes.as_bytes(), bytes.len()).collect();
        found.dedup();
        let only = if let [only] = *found { Some(str::from_utf8(only).unwrap()) } else { None };
        assert_eq!(only, expect, "{pattern:?} in {bytes:?}");
    }

    #[test]
    fn versions_between_texts() {
        check("\0nginx/{}\0", "\0nginx/1.22.1\0", Some("1.22.1"));
        check("\0nginx/{}\0", "\0nginx/1.22.1", None);
        check("\0nginx/{}\0", "\0nginx/%s\0 \0nginx/1.22.1\0", Some("1.22.1"));
        check("OpenSSL {} ", "OpenSSL 1.1.1w  11 Sep 2023", Some("1.1.1w"));
        check("OpenSSL {} ", "OpenSSL 3.5.0-alpha1 11 Mar 2025", Some("3.5.0-alpha1"));
        check("OpenSSH_{}\0", "OpenSSH_9.2p1\0", Some("9.2p1"));
        check("a {}", "a 1.2.3-rc.1, b", Some("1.2.3-rc.1"));
        check("a {}", "a 3.13.0b2+", Some("3.13.0b2"));
        check("a {}", "a 2.9.6beta-less", Some("2.9.6beta"));
        check("a {}", "a 2.9.6better", Some("2.9.6"));
        check("a {}-", "a 2.6.12-a86e043a, released", Some("2.6.12"));
        check("a {}", "a 1.2.", Some("1.2"));
        check("a {}", "a 1.", None);
        check("a {}", "a 15", None);
        check("a {}", "a 1.2.3.4.5", Some("1.2.3.4"));
        check("a {}", "a 1.123456789", None);
        check("a {long}", "a 2.4 a 2.4.71", Some("2.4.71"));
        check("a {staged}", "a 9.2 a 9.2p1", Some("9.2p1"));
        check("ruby {numbers}p", "ruby 3.1.2p20 (", Some("3.1.2"));
        check("a {revision} Q", "a 6.9.11-60 Q16", Some("6.9.11-60"));
        check("a {revision} Q", "a 7.1.0 Q16", Some("7.1.0"));
    }

    #[test]
    fn two_versions_are_none() {
        check("a/{}", "a/1.2 a/1.2 a/1.2", Some("1.2"));
        check("a/{}", "a/1.2 a/1.3", None);
    }

    #[test]
    fn versions_the_name_promises() {
        check("\0{name}\0", "\x003.1.4\x00 \x003.11.2\x00 \x003.11\x00", Some("3.11.2"));
        check("\0{name}\0", "\x003.11.0rc2\x00", Some("3.11.0rc2"));
        check("\0{name}\0", "\x003.12.1\x00", None);
        assert_eq!(Pattern::of("\0{name}\0", b""), None);
    }

    #[test]
    fn versions_alone() {
        check("{alone}", "a\x004.3\x00b\x00127.0.0.1\x00", Some("4.3"));
        check("{alone}", "a\x004.3\x00b\x001.2.13\x00", None);
        check("{alone}", "a\x004.3", None);
        check("{alone}", "a\x004\x00", None);
        check("{built}", "\x002.6.0\x00\x007.0.15\x007.0.15buildkitsandbox-17000000000000000000\x00", Some("7.0.15"));
        check("{built}", "\x006.2.14\x006.2.14912196-d8565-1701469167040305114\x00", Some("6.2.14"));
        check("{built}", "\x007.0.15\x00 7.0.15 is a version\x00", None);
    }

    #[test]
    fn nothing_is_no_version() {
        for pattern in ["a{}", "{alone}", "{built}", "a{revision}b", "a{name}"] {
            check(pattern, "", None);
            check(pattern, "a", None);
            check(pattern, "\0", None);
        }
    }
}
