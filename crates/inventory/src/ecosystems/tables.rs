//! TOML as tools write it: tables of a statement a line. It is no reader of all TOML.

/// A table with the values of those keys that were asked for, quoted or not; the last of several counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table<'a, const N: usize> {
    /// What stands between the brackets of its head; empty for what comes before the first.
    pub(super) head: &'a str,
    /// The values, strings without their quotes; empty where there is none.
    pub(super) values: [&'a str; N],
}

/// The tables of a document, and what `keys` are in each.
pub(super) fn tables<'a, const N: usize>(text: &'a str, keys: [&str; N]) -> impl Iterator<Item = Table<'a, N>> {
    let mut lines = text.lines();
    let mut next = Some("");
    std::iter::from_fn(move || {
        let mut table = Table { head: next.take()?, values: [""; N] };
        while let Some(line) = lines.next() {
            if let Some(head) = head(line) {
                next = Some(head);
                break;
            }
            let Some((key, value)) = line.split_once('=') else { continue };
            let value = value.trim();
            if let Some(quotes) = ["\"\"\"", "'''"].into_iter().find(|quotes| value.starts_with(quotes))
                && !value[3..].contains(quotes)
            {
                lines.by_ref().find(|line| line.contains(quotes));
                continue;
            }
            if let Some(at) = keys.iter().position(|&wanted| wanted == key.trim()) {
                table.values[at] = unquoted(value);
            }
        }
        Some(table)
    })
}

/// The name of a table in brackets or double brackets. A line of an array over several has commas or quotes.
fn head(line: &str) -> Option<&str> {
    let line = line.split('#').next().unwrap_or(line).trim();
    let name = line.strip_prefix('[')?.strip_suffix(']')?;
    let name = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    (!name.is_empty() && !name.contains([',', '[', ']', '{', '='])).then_some(name.trim())
}

/// What stands between the quotes of a string at the beginning; other values as they are.
fn unquoted(value: &str) -> &str {
    let quoted = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.split(quote).next());
    quoted('"').or_else(|| quoted('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_and_their_values() {
        fn check(text: &str, expect: &[(&str, [&str; 2])]) {
            let read: Vec<_> = tables(text, ["name", "version"]).map(|table| (table.head, table.values)).collect();
            assert_eq!(read, expect, "{text}");
        }
        check("", &[("", ["", ""])]);
        check("name = \"a\" # x\nversion='1'\n", &[("", ["a", "1"])]);
        check(
            "# c\nversion = 3\n\n[[package]]\nname = \"a\"\nversion = \"1\"\r\ndependencies = [\n \"name = x\",\n]\n\
             [[package]] # next\nname = \"b\"\n[package.source]\nname = \"c\"\n",
            &[("", ["", "3"]), ("package", ["a", "1"]), ("package", ["b", ""]), ("package.source", ["c", ""])],
        );
        check("[a]\ntext = \"\"\"\nname = \"x\"\n[b]\n\"\"\"\nname = \"y\"\n", &[("", ["", ""]), ("a", ["y", ""])]);
        check("[a]\ntext = '''one'''\nname = \"y\"\n", &[("", ["", ""]), ("a", ["y", ""])]);
        check("list = [\n[\"a\", \"b\"],\n[]\n]\nname = \"y\"\n", &[("", ["y", ""])]);
        check("name = \"", &[("", ["", ""])]);
        check("[deps.\"a b\"]\n", &[("", ["", ""]), ("deps.\"a b\"", ["", ""])]);
    }
}
