//! YAML as tools write it: a key a line, told apart by how far it is indented. It is no reader of all YAML.

/// A line with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// By how many spaces it is indented.
    pub(super) indent: usize,
    /// The key without quotes.
    pub(super) key: &'a str,
    /// The value without quotes; empty where the following lines are it.
    pub(super) value: &'a str,
}

/// The lines that have keys.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.lines().filter_map(|line| {
        let content = line.trim_start_matches(' ');
        let (key, value) = split(content.trim_end())?;
        Some(Line { indent: line.len() - content.len(), key, value: unquoted(value.trim_start()) })
    })
}

fn split(content: &str) -> Option<(&str, &str)> {
    let first = content.chars().next()?;
    if matches!(first, '#' | '-') {
        return None;
    }
    if matches!(first, '"' | '\'') {
        let (key, rest) = content[1..].split_once(first)?;
        return Some((key, rest.strip_prefix(':')?));
    }
    content.split_once(": ").or_else(|| Some((content.strip_suffix(':')?, "")))
}

/// What stands between quotes, or before a comment.
fn unquoted(value: &str) -> &str {
    let quoted = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.split(quote).next());
    let plain = || value.split(" #").next().unwrap_or(value).trim_end();
    quoted('"').or_else(|| quoted('\'')).unwrap_or_else(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_keys() {
        fn check(text: &str, expect: &[(usize, &str, &str)]) {
            let read: Vec<_> = lines(text).map(|line| (line.indent, line.key, line.value)).collect();
            assert_eq!(read, expect, "{text}");
        }
        check("name: core22\nversion: '20.1' # x\n", &[(0, "name", "core22"), (0, "version", "20.1")]);
        check(
            "packages:\n  '@a/b@1.0':\n    resolution: {integrity: x}\r\n  \"c: d\": \"e\"\n",
            &[(0, "packages", ""), (2, "@a/b@1.0", ""), (4, "resolution", "{integrity: x}"), (2, "c: d", "e")],
        );
        check("# a: b\n- a: b\n\nplain\n  - c\n'open: x\n", &[]);
        check("a: b # c\nurl: http://x#y\n", &[(0, "a", "b"), (0, "url", "http://x#y")]);
    }
}
