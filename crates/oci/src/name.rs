//! Repository names, tags and references.

use std::fmt;
use std::str::FromStr;

use crate::{Digest, DigestError};

/// The longest repository name, in bytes: what clients and the distribution specification can rely on.
const MAX_NAME: usize = 255;
/// The longest tag, in bytes.
const MAX_TAG: usize = 128;

/// Why a text is not a [`RepositoryName`], [`Tag`] or [`Reference`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// The repository name is empty or longer than 255 bytes.
    #[error("a repository name has 1 to 255 characters")]
    NameLength,
    /// The repository name breaks the grammar.
    #[error(
        "a repository name is lower-case letters and digits, separated by '.', '_', '__' or dashes, in parts joined by '/'"
    )]
    NameGrammar,
    /// The tag is empty or longer than 128 bytes.
    #[error("a tag has 1 to 128 characters")]
    TagLength,
    /// The tag breaks the grammar.
    #[error("a tag starts with a letter, digit or '_' and goes on with letters, digits, '.', '_' or '-'")]
    TagGrammar,
    /// The reference holds a colon and is not a digest.
    #[error(transparent)]
    Digest(#[from] DigestError),
}

/// The name of a repository, such as `team/app`.
///
/// Grammar of the distribution specification:
/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*`, at most 255 bytes.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RepositoryName(Box<str>);

impl FromStr for RepositoryName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.is_empty() || text.len() > MAX_NAME {
            return Err(NameError::NameLength);
        }
        if text.split('/').all(is_name_component) { Ok(Self(text.into())) } else { Err(NameError::NameGrammar) }
    }
}

/// Whether `part` is `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`.
fn is_name_component(part: &str) -> bool {
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = part.as_bytes();
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else { return false };
    alphanumeric(first)
        && alphanumeric(last)
        && bytes.split(|&byte| alphanumeric(byte)).all(|separator| {
            matches!(separator, b"" | b"." | b"_" | b"__") || separator.iter().all(|&byte| byte == b'-')
        })
}

/// A tag: a movable name of an image within its repository. Grammar: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(Box<str>);

impl FromStr for Tag {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.is_empty() || text.len() > MAX_TAG {
            return Err(NameError::TagLength);
        }
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let bytes = text.as_bytes();
        if word(bytes[0]) && bytes.iter().all(|&byte| word(byte) || byte == b'.' || byte == b'-') {
            Ok(Self(text.into()))
        } else {
            Err(NameError::TagGrammar)
        }
    }
}

/// What a manifest is asked for by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// By a tag.
    Tag(Tag),
    /// By its digest.
    Digest(Digest),
}

impl FromStr for Reference {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.contains(':') { Ok(Self::Digest(text.parse()?)) } else { Ok(Self::Tag(text.parse()?)) }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tag(tag) => tag.fmt(f),
            Self::Digest(digest) => digest.fmt(f),
        }
    }
}

macro_rules! checked_text {
    ($type:ty) => {
        impl $type {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

checked_text!(RepositoryName);
checked_text!(Tag);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repository_names() {
        fn check(input: &str, expect: Result<(), NameError>) {
            assert_eq!(input.parse::<RepositoryName>().map(|_| ()), expect, "{input}");
        }
        for good in ["a", "library/alpine", "a.b_c__d-e---f/0", "team/app", &"a".repeat(255)] {
            check(good, Ok(()));
        }
        for bad in ["A", "a//b", "/a", "a/", "a..b", "a___b", "-a", "a-", "a/../b", "a%2eb", "a b", "a._b", "é"] {
            check(bad, Err(NameError::NameGrammar));
        }
        check("", Err(NameError::NameLength));
        check(&"a".repeat(256), Err(NameError::NameLength));
    }

    #[test]
    fn tags() {
        fn check(input: &str, expect: Result<(), NameError>) {
            assert_eq!(input.parse::<Tag>().map(|_| ()), expect, "{input}");
        }
        for good in ["latest", "1.0.0", "_x", "A-b_c.d", &"t".repeat(128)] {
            check(good, Ok(()));
        }
        for bad in [".a", "-a", "a/b", "a b", "a+b"] {
            check(bad, Err(NameError::TagGrammar));
        }
        check("", Err(NameError::TagLength));
        check(&"t".repeat(129), Err(NameError::TagLength));
    }
}
