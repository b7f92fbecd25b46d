//! Text that comes from images and advisories, made harmless for where it is put.

/// For XML and HTML, as content and within quotes. What XML 1.0 cannot hold becomes U+FFFD.
pub(crate) fn markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// For a cell of a Markdown table: neither the table's marks, nor HTML, nor links or code of its own.
pub(crate) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '#' | '!' | '~' | '@' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// For a relative URI: a path with all but its slashes and the unreserved characters percent-encoded.
pub(crate) fn path(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    for &byte in path.trim_start_matches('/').as_bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b'/' => escaped.push(byte.into()),
            _ => {
                escaped.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    escaped.push(char::from(b"0123456789ABCDEF"[usize::from(nibble)]));
                }
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_escapes() {
        assert_eq!(markup("a<b> & \"c\" 'd'\n\u{1}"), "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39; \u{fffd}");
        assert_eq!(markdown("a|b\n[x](y) <i> `c` @me"), "a\\|b \\[x\\](y) &lt;i&gt; \\`c\\` \\@me");
        assert_eq!(path("/usr/lib/a b#c%/é"), "usr/lib/a%20b%23c%25/%C3%A9");
    }
}
