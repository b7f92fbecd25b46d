//! XML as build tools write it: its tags in order, each with the text that follows it. Entities are left as they are.

/// A tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The name, with a slash before it where the tag closes an element.
    pub(super) name: &'a str,
    /// What follows the name.
    attributes: &'a str,
    /// Whether it closes itself.
    pub(super) empty: bool,
    /// The text up to the next tag, trimmed.
    pub(super) text: &'a str,
}

impl<'a> Tag<'a> {
    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        while let Some((key, after)) = rest.split_once('=') {
            let after = after.trim_start();
            let quote = after.chars().next().filter(|first| matches!(first, '"' | '\''))?;
            let (value, after) = after[1..].split_once(quote)?;
            if key.trim() == name {
                return Some(value);
            }
            rest = after;
        }
        None
    }
}

/// The tags of a document; comments, declarations and instructions are none.
pub(super) fn tags(text: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let (_, tag) = rest.split_once('<')?;
            if let Some(comment) = tag.strip_prefix("!--") {
                rest = comment.split_once("-->")?.1;
            } else if let Some(section) = tag.strip_prefix("![CDATA[") {
                rest = section.split_once("]]>")?.1;
            } else if tag.starts_with(['!', '?']) {
                rest = tag.split_once('>')?.1;
            } else {
                let (inner, after) = tag.split_once('>')?;
                rest = after;
                let (inner, empty) = inner.strip_suffix('/').map_or((inner, false), |inner| (inner, true));
                let (name, attributes) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
                let text = after.split('<').next().unwrap_or(after).trim();
                return Some(Tag { name, attributes, empty, text });
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_in_order() {
        fn check(text: &str, expect: &[(&str, &str)]) {
            assert_eq!(tags(text).map(|tag| (tag.name, tag.text)).collect::<Vec<_>>(), expect, "{text}");
        }
        check("<?xml version=\"1.0\"?><a>\n x <b c='d'/>y</a>", &[("a", "x"), ("b", "y"), ("/a", "")]);
        check("<!-- <a> --><!DOCTYPE x><![CDATA[<b>]]><c/>", &[("c", "")]);
        check("<a", &[]);
        check("<!--", &[]);
        check("", &[]);
        let tag = tags("<a b = \"1\" c='>'").next();
        assert_eq!(tag.map(|tag| (tag.attribute("b"), tag.attribute("d"))), Some((Some("1"), None)));
    }
}
