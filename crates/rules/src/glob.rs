//! Patterns of repository names.

use std::fmt;

/// The longest pattern, in bytes: as long as a repository name may be.
const MAX_LENGTH: usize = 256;

/// A pattern of repository names: `*` stands for any text, slashes included; everything else for itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Glob(String);

/// Why a text is no pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GlobError {
    /// The pattern is empty.
    #[error("a repository pattern is empty")]
    Empty,
    /// The pattern is longer than any name.
    #[error("a repository pattern is longer than 256 bytes")]
    TooLong,
    /// The pattern holds a character that no repository name has, and so could never match.
    #[error("a repository pattern holds {0:?}, which no repository name has")]
    Character(char),
}

impl Glob {
    /// Reads a pattern.
    pub fn new(pattern: &str) -> Result<Self, GlobError> {
        if pattern.is_empty() {
            return Err(GlobError::Empty);
        }
        if pattern.len() > MAX_LENGTH {
            return Err(GlobError::TooLong);
        }
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-/*".contains(c);
        match pattern.chars().find(|c| !known(*c)) {
            Some(character) => Err(GlobError::Character(character)),
            None => Ok(Self(pattern.to_owned())),
        }
    }

    /// Whether the whole of `name` fits the pattern.
    pub fn matches(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            // The leftmost place leaves the most for the parts that follow.
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }
}

impl fmt::Display for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
