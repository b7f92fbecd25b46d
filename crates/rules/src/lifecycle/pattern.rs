//! Patterns over tags.

use std::fmt;

/// The most wildcards in a pattern.
const MAX_WILDCARDS: usize = 4;

/// A pattern of tags, such as `prod*`. `*` stands for any characters, also none; all else for itself.
///
/// It is cut at its wildcards once: the job asks it of every tag of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TagPattern {
    /// What a tag begins with.
    first: Box<str>,
    /// What follows each wildcard; without any, a tag is `first` and nothing else.
    rest: Box<[Box<str>]>,
}

impl TagPattern {
    /// A pattern, unless it has more than four wildcards.
    pub fn new(text: &str) -> Option<Self> {
        let mut parts = text.split('*');
        let first = parts.next().unwrap_or_default().into();
        let rest: Box<[Box<str>]> = parts.take(MAX_WILDCARDS + 1).map(Box::from).collect();
        (rest.len() <= MAX_WILDCARDS).then_some(Self { first, rest })
    }

    /// Whether the pattern matches the whole of `tag`. Every part between two wildcards is sought once, from where the one
    /// before it ended, so that no text makes it go back.
    pub fn matches(&self, tag: &str) -> bool {
        let Some(mut tag) = tag.strip_prefix(&*self.first) else { return false };
        let Some((last, middle)) = self.rest.split_last() else { return tag.is_empty() };
        for part in middle {
            match tag.find(&**part) {
                Some(at) => tag = &tag[at + part.len()..],
                None => return false,
            }
        }
        tag.ends_with(&**last)
    }
}

impl fmt::Display for TagPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.first)?;
        self.rest.iter().try_for_each(|part| write!(f, "*{part}"))
    }
}
