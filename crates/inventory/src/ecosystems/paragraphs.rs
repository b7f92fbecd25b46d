//! Records of `Name: value` lines in paragraphs, as dpkg, apk and Python write them.

/// Splits `text` at empty lines. Paragraphs without a line are left out.
pub(super) fn paragraphs(text: &[u8]) -> impl Iterator<Item = Paragraph<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (line, after) = next_line(rest)?;
            if !line.is_empty() {
                break;
            }
            rest = after;
        }
        let start = rest;
        while let Some((line, after)) = next_line(rest) {
            if line.is_empty() {
                break;
            }
            rest = after;
        }
        Some(Paragraph(&start[..start.len() - rest.len()]))
    })
}

/// The next line, without its ending, and what follows it.
fn next_line(text: &[u8]) -> Option<(&[u8], &[u8])> {
    if text.is_empty() {
        return None;
    }
    let end = memchr::memchr(b'\n', text);
    let (line, rest) = end.map_or((text, &text[text.len()..]), |end| (&text[..end], &text[end + 1..]));
    Some((line.strip_suffix(b"\r").unwrap_or(line), rest))
}

/// Lines up to an empty one.
#[derive(Clone, Copy)]
pub(super) struct Paragraph<'a>(&'a [u8]);

impl<'a> Paragraph<'a> {
    /// The fields: name and trimmed value. Lines that go on with the field above are left out.
    pub(super) fn fields(self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            loop {
                let (line, after) = next_line(rest)?;
                rest = after;
                if line.first().is_some_and(|first| !first.is_ascii_whitespace())
                    && let Some(colon) = memchr::memchr(b':', line)
                {
                    return Some((&line[..colon], line[colon + 1..].trim_ascii()));
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_and_fields() {
        fn check(text: &str, expect: &[&[(&str, &str)]]) {
            let read: Vec<Vec<_>> = paragraphs(text.as_bytes())
                .map(|paragraph| {
                    let fields = paragraph.fields();
                    fields.map(|(k, v)| (str::from_utf8(k).unwrap(), str::from_utf8(v).unwrap())).collect()
                })
                .collect();
            assert_eq!(read, expect, "{text:?}");
        }
        check("", &[]);
        check("\n\n", &[]);
        check("A: 1\nB:2", &[&[("A", "1"), ("B", "2")]]);
        check("\nA: 1\n\n\nB: 2\n\n", &[&[("A", "1")], &[("B", "2")]]);
        check("A: 1\r\n\r\nB: 2\r\n", &[&[("A", "1")], &[("B", "2")]]);
        check("A: 1\n goes: on\n .\nno colon\nB: 2: 3\n", &[&[("A", "1"), ("B", "2: 3")]]);
    }
}
