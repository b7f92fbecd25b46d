//! Which files are records: patterns over paths, and a table that finds those for a path at once.

use std::collections::HashMap;

/// Whether `path` fits `pattern`.
///
/// Both are parts between slashes. `*` in a part stands for any run of bytes; a part `**` stands for any number of parts,
/// none included.
pub(crate) fn matches(pattern: &str, path: &[u8]) -> bool {
    let parts: Vec<&[u8]> = path.split(|&byte| byte == b'/').collect();
    let pattern: Vec<&str> = pattern.split('/').collect();
    fits(&pattern, &parts, |&part| part == "**", |pattern, part| fits_part(pattern, part))
}

/// Whether a part of a path fits a part of a pattern.
pub(crate) fn fits_part(pattern: &str, part: &[u8]) -> bool {
    fits(pattern.as_bytes(), part, |&byte| byte == b'*', |left, right| left == right)
}

/// Matches a sequence with wildcards that stand for any run, in time proportional to the product of the lengths.
fn fits<P, T>(pattern: &[P], text: &[T], is_wild: impl Fn(&P) -> bool, same: impl Fn(&P, &T) -> bool) -> bool {
    let (mut at, mut from) = (0, 0);
    let mut retry = None;
    while from < text.len() {
        match pattern.get(at) {
            Some(wild) if is_wild(wild) => {
                retry = Some((at + 1, from));
                at += 1;
            }
            Some(literal) if same(literal, &text[from]) => {
                at += 1;
                from += 1;
            }
            _ => {
                let Some((after, start)) = retry else { return false };
                retry = Some((after, start + 1));
                (at, from) = (after, start + 1);
            }
        }
    }
    pattern[at..].iter().all(is_wild)
}

/// Patterns with what they stand for, found by the last part of a path.
pub(crate) struct Table<T> {
    by_name: HashMap<&'static [u8], Vec<(&'static str, T)>>,
    by_extension: HashMap<&'static [u8], Vec<(&'static str, T)>>,
    others: Vec<(&'static str, T)>,
}

impl<T: Copy + Ord> Table<T> {
    pub(crate) fn new(patterns: impl IntoIterator<Item = (&'static str, T)>) -> Self {
        let mut table = Self { by_name: HashMap::new(), by_extension: HashMap::new(), others: Vec::new() };
        for (pattern, value) in patterns {
            let name = last_part(pattern.as_bytes());
            let entry = (pattern, value);
            match extension(name) {
                _ if !name.contains(&b'*') => table.by_name.entry(name).or_default().push(entry),
                Some(end) if !end.contains(&b'*') => table.by_extension.entry(end).or_default().push(entry),
                _ => table.others.push(entry),
            }
        }
        table
    }

    /// The least of what the patterns that `path` fits stand for.
    pub(crate) fn first(&self, path: &[u8]) -> Option<T> {
        let name = last_part(path);
        let named = self.by_name.get(name).into_iter().flatten();
        let ending = extension(name).and_then(|end| self.by_extension.get(end)).into_iter().flatten();
        let candidates = named.chain(ending).chain(&self.others);
        candidates
            .filter(|(pattern, _)| path.starts_with(literal(pattern)) && matches(pattern, path))
            .map(|&(_, value)| value)
            .min()
    }
}

/// What of a pattern is before its first wildcard: most paths are told apart by it.
fn literal(pattern: &str) -> &[u8] {
    let end = memchr::memchr(b'*', pattern.as_bytes()).unwrap_or(pattern.len());
    let literal = &pattern.as_bytes()[..end];
    literal.strip_suffix(b"/").unwrap_or(literal)
}

/// The last part of a path.
pub(crate) fn last_part(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

/// What follows the last dot of a name.
pub(crate) fn extension(name: &[u8]) -> Option<&[u8]> {
    name.iter().rposition(|&byte| byte == b'.').map(|dot| &name[dot + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_over_paths() {
        let check = |pattern: &str, path: &str, expect: bool| {
            assert_eq!(matches(pattern, path.as_bytes()), expect, "{pattern} {path}");
            let table = Table::new([(pattern_of_test(pattern), 1)]);
            assert_eq!(table.first(path.as_bytes()).is_some(), expect, "{pattern} {path} by table");
        };
        check("var/lib/dpkg/status", "var/lib/dpkg/status", true);
        check("var/lib/dpkg/status", "srv/var/lib/dpkg/status", false);
        check("**/package.json", "package.json", true);
        check("**/package.json", "a/b/package.json", true);
        check("**/node_modules/*/package.json", "a/node_modules/b/package.json", true);
        check("**/node_modules/*/package.json", "node_modules/b/c/package.json", false);
        check("**/node_modules/*/package.json", "node_modules/a/node_modules/b/package.json", true);
        check("**/*.dist-info/METADATA", "usr/a-1.dist-info/METADATA", true);
        check("**/*.dist-info/METADATA", "usr/a-1.dist-info/x/METADATA", false);
        check("**/*.jar", "a/b.jar", true);
        check("**/*.jar", "a/b.jar.txt", false);
        check("**/.jar", "a/.jar", true);
        check("etc/*-release", "etc/os-release", true);
        check("etc/*-release", "etc/a/os-release", false);
        check("opt/**/x", "opt/x", true);
        check("opt/**/x", "opt/a/b/x", true);
        check("opt/**/x", "opt/a/b/y", false);
        check("*", "a", true);
        check("*", "a/b", false);
        check("**/python*", "usr/bin/python3.11", true);
    }

    /// Patterns are literals of the program; those of the test live as long.
    fn pattern_of_test(pattern: &str) -> &'static str {
        Box::leak(pattern.into())
    }

    #[test]
    fn no_pattern_takes_long() {
        let pattern = format!("**/{}b", "*a".repeat(1_000));
        assert!(!matches(&pattern, &[b'a'; 4_096]));
    }

    #[test]
    fn the_first_of_several_counts() {
        let table = Table::new([("**/*.json", 2), ("a/x.json", 1), ("**/x*", 3)]);
        assert_eq!(table.first(b"a/x.json"), Some(1));
        assert_eq!(table.first(b"b/x.json"), Some(2));
        assert_eq!(table.first(b"b/x.txt"), Some(3));
        assert_eq!(table.first(b"b/y.txt"), None);
    }
}
