//! Patterns over tags.

use std::fmt;

/// The most wildcards in a pattern.
const MAX_WILDCARDS: usize = 4;

/// A pattern of tags, such as `prod*`. `*` stands for any characters, also none; all else for itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TagPattern(Box<str>);

impl TagPattern {
    /// A pattern, unless it has more than four wildcards.
    pub fn new(text: &str) -> Option<Self> {
        (text.bytes().filter(|byte| *byte == b'*').count() <= MAX_WILDCARDS).then(|| Self(text.into()))
    }

    /// Whether the pattern matches the whole of `tag`. Every part between two wildcards is sought once, from where the one
    /// before it ended, so that no text makes it go back.
    pub fn matches(&self, tag: &str) -> bool {
        let mut parts = self.0.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = tag.strip_prefix(first) else { return false };
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

impl fmt::Display for TagPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
