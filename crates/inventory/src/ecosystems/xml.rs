//! Reads the elements of an XML document, as far as the descriptions of projects need them.
//!
//! No entity is ever expanded but the five of XML itself and characters by number; declarations of others are passed
//! over, and texts that use them are none.

use super::MAX_FIELD;

/// The longest name of a reference, and more digits than any character's number has.
const MAX_REFERENCE: usize = 16;

/// The deepest element that is looked at; those of real descriptions stay under 30.
const MAX_DEPTH: usize = 64;

/// Calls `take` for each element that ends, with the names from the outermost to its own, and the text it ends with, trimmed.
///
/// # Errors
/// What `take` says, or that elements are nested too deep; what comes after is not looked at. It ends early, without an
/// error, where the document is damaged.
pub(super) fn texts(
    bytes: &[u8],
    mut take: impl FnMut(&[&[u8]], &str) -> Result<(), &'static str>,
) -> Result<(), &'static str> {
    let mut path = Vec::new();
    let mut text = String::new();
    for event in Reader::new(bytes) {
        match event {
            Event::Open(_) if path.len() == MAX_DEPTH => return Err("its elements are nested too deep"),
            Event::Open(tag) => {
                path.push(tag.name);
                text.clear();
            }
            // A longer one is no name and no version.
            Event::Text(piece) if text.len() <= MAX_FIELD => text.push_str(&piece),
            Event::Text(_) => {}
            Event::Close => {
                take(&path, text.trim())?;
                text.clear();
                path.pop();
            }
        }
    }
    Ok(())
}

/// How an element begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The element's name.
    pub(super) name: &'a [u8],
    attributes: &'a [u8],
}

impl Tag<'_> {
    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &[u8]) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            let equals = memchr::memchr(b'=', rest)?;
            let (&quote, value) = rest[equals + 1..].trim_ascii_start().split_first()?;
            let end = value.iter().position(|&byte| byte == quote).filter(|_| matches!(quote, b'"' | b'\''))?;
            if rest[..equals].trim_ascii() == name {
                return Some(unescape(&value[..end]));
            }
            rest = &value[end + 1..];
        }
    }
}

/// What comes next in a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event<'a> {
    /// An element begins. One that is empty ends at once.
    Open(Tag<'a>),
    /// The innermost element ends.
    Close,
    /// Text of the innermost element; there may be several pieces.
    Text(String),
}

/// Goes through a document. It ends early where the document is damaged.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    close: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes), close: false }
    }

    /// Passes over what `rest` begins with if that is no element and no text.
    fn pass_over(&mut self) -> bool {
        self.delimited(b"<!--", b"-->").is_some() || self.delimited(b"<?", b"?>").is_some() || self.declaration()
    }

    /// What is between `open`, if `rest` begins with it, and `close`, or the end.
    fn delimited(&mut self, open: &[u8], close: &[u8]) -> Option<&'a [u8]> {
        let inner = self.rest.strip_prefix(open)?;
        let end = memchr::memmem::find(inner, close);
        self.rest = end.map_or(&[], |end| &inner[end + close.len()..]);
        Some(end.map_or(inner, |end| &inner[..end]))
    }

    /// Passes over a document type, with the declarations it may hold in brackets.
    fn declaration(&mut self) -> bool {
        if !self.rest.starts_with(b"<!") {
            return false;
        }
        let (mut depth, mut quote) = (0usize, None);
        let end = self.rest.iter().position(|&byte| {
            match (quote, byte) {
                (Some(open), _) if open == byte => quote = None,
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'<' | b'[') => depth += 1,
                (None, b'>' | b']') => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        });
        self.rest = end.map_or(&[], |end| &self.rest[end + 1..]);
        true
    }

    /// The element that begins or ends here; none where the document is damaged.
    fn element(&mut self) -> Option<Event<'a>> {
        let tag = self.tag()?;
        if tag.first() == Some(&b'/') {
            return Some(Event::Close);
        }
        self.close = tag.last() == Some(&b'/');
        let end = tag.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(tag.len());
        let (name, attributes) = tag.split_at(end);
        Some(Event::Open(Tag { name, attributes }))
    }

    /// What is between `<` and `>`; attributes may hold either in quotes.
    fn tag(&mut self) -> Option<&'a [u8]> {
        let inner = self.rest.strip_prefix(b"<")?;
        let mut quote = None;
        let end = inner.iter().position(|&byte| {
            match quote {
                Some(open) if open == byte => quote = None,
                None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
                _ => {}
            }
            quote.is_none() && byte == b'>'
        })?;
        self.rest = &inner[end + 1..];
        Some(&inner[..end])
    }
}

impl<'a> Iterator for Reader<'a> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        loop {
            if std::mem::take(&mut self.close) {
                return Some(Event::Close);
            }
            let end = memchr::memchr(b'<', self.rest).unwrap_or(self.rest.len());
            let (text, rest) = self.rest.split_at(end);
            self.rest = rest;
            if !text.trim_ascii().is_empty() {
                return Some(Event::Text(unescape(text)));
            }
            if rest.is_empty() {
                return None;
            }
            if let Some(section) = self.delimited(b"<![CDATA[", b"]]>") {
                return Some(Event::Text(String::from_utf8_lossy(section).into_owned()));
            }
            if !self.pass_over() {
                return self.element();
            }
        }
    }
}

/// Replaces the references that every document may use, and leaves others as they are.
fn unescape(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let mut plain = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        // Looking for the end as far as it may be: a text may have as many beginnings as it has bytes.
        let end = after.bytes().take(MAX_REFERENCE + 1).position(|byte| byte == b';');
        let named = end.and_then(|end| Some((character(&after[..end])?, &after[end + 1..])));
        let (character, after) = named.unwrap_or(('&', after));
        plain.push(character);
        rest = after;
    }
    plain.push_str(rest);
    plain
}

fn character(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let number = match number.strip_prefix('x') {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => number.parse(),
            };
            char::from_u32(number.ok()?)?
        }
    })
}

#[cfg(test)]
mod tests;
