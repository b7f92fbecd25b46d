//! Patterns over repository names.

use std::fmt;
use std::str::FromStr;

use crate::RepositoryName;

/// The longest pattern, in bytes: as long as the longest name.
const MAX_PATTERN: usize = 255;

/// A pattern of repository names, such as `prod/*`. `*` stands for any characters, slashes included; all else for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryPattern(Box<str>);

/// Why a text is not a [`RepositoryPattern`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a repository pattern has 1 to 255 characters of a-z, 0-9, '.', '_', '-', '/' and '*'")]
pub struct PatternError;

impl FromStr for RepositoryPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'/' | b'*');
        if text.is_empty() || text.len() > MAX_PATTERN || !text.bytes().all(allowed) {
            return Err(PatternError);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for RepositoryPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl RepositoryPattern {
    /// Whether the pattern matches the whole of `name`. Linear in the name for each `*`; there is no backtracking
    /// beyond the last one.
    pub fn matches(&self, name: &RepositoryName) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = name.as_str().strip_prefix(first) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            match rest.find(part) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names() {
        fn check(pattern: &str, name: &str, expect: bool) {
            let pattern: RepositoryPattern = pattern.parse().unwrap();
            assert_eq!(pattern.matches(&name.parse().unwrap()), expect, "{pattern} on {name}");
        }
        check("prod/*", "prod/app", true);
        check("prod/*", "prod/team/app", true);
        check("prod/*", "prod", false);
        check("prod/*", "nonprod/app", false);
        check("*", "a", true);
        check("a", "a", true);
        check("a", "ab", false);
        check("*/app", "team/app", true);
        check("*/app", "team/app2", false);
        check("a*b*c", "a-x-b-y-c", true);
        check("a*a", "a", false);
        check("a**b", "ab", true);
        check("*b*b*b*b*", "bbb", false);
    }

    #[test]
    fn malformed_patterns_are_refused() {
        for bad in ["", "A", "a b", "[a]", "?", &"*".repeat(256)] {
            assert_eq!(bad.parse::<RepositoryPattern>(), Err(PatternError), "{bad}");
        }
    }
}
