//! Answers by pages: `Marker`, `MaxItems`, `IsTruncated`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::asked::{Asked, invalid};
use crate::aws::Xml;
use crate::aws::query::Error;

const DEFAULT: usize = 100;
const MOST: u32 = 1000;
/// What markers begin with, so that nothing else is taken for one.
const PREFIX: &str = "after:";

/// A page of a list.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    /// Where the next page begins; none on the last one.
    marker: Option<String>,
}

impl<T> Page<T> {
    /// The page a call asks for, of items in the order of their keys. A key says which item it is.
    pub(super) fn of(asked: &Asked<'_>, items: Vec<T>, key: impl Fn(&T) -> String) -> Result<Self, Error> {
        let count = asked.number("MaxItems")?;
        if let Some(count) = count.filter(|count| !(1..=MOST).contains(count)) {
            let rule = match count {
                0 => "have value greater than or equal to 1".to_owned(),
                _ => format!("have value less than or equal to {MOST}"),
            };
            return Err(invalid(&count.to_string(), "MaxItems", &rule));
        }
        let after = asked.optional("Marker").map(read).transpose()?;
        Ok(Self::cut(items, key, after, count.map_or(DEFAULT, |count| count as usize)))
    }

    fn cut(items: Vec<T>, key: impl Fn(&T) -> String, after: Option<String>, count: usize) -> Self {
        let mut keyed: Vec<_> = items.into_iter().map(|item| (key(&item), item)).collect();
        keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
        keyed.retain(|(key, _)| after.as_ref().is_none_or(|after| key > after));
        let more = keyed.len() > count;
        keyed.truncate(count);
        let marker = keyed.last().filter(|_| more).map(|(key, _)| URL_SAFE_NO_PAD.encode(format!("{PREFIX}{key}")));
        Self { items: keyed.into_iter().map(|(_, item)| item).collect(), marker }
    }

    /// What is said of the page beside its items.
    pub(super) fn encode(&self, xml: Xml) -> Xml {
        let truncated = if self.marker.is_some() { "true" } else { "false" };
        xml.text("IsTruncated", truncated).optional("Marker", self.marker.as_deref())
    }
}

fn read(marker: &str) -> Result<String, Error> {
    let decoded = URL_SAFE_NO_PAD.decode(marker).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let key = decoded.as_deref().and_then(|text| text.strip_prefix(PREFIX)).map(str::to_owned);
    key.ok_or_else(|| Error::validation("Invalid Marker."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_without_gap() {
        let items = || vec!["d", "a", "c", "b", "e"];
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let page = Page::cut(items(), |item| (*item).to_owned(), after, 2);
            seen.extend(page.items.iter().copied());
            let Some(marker) = page.marker else { break };
            after = Some(read(&marker).unwrap());
        }
        assert_eq!(seen, ["a", "b", "c", "d", "e"]);
        assert!(Page::cut(items(), |item| (*item).to_owned(), None, 5).marker.is_none());
    }

    #[test]
    fn foreign_markers_are_refused() {
        for marker in ["", "x", "YQ", "ä"] {
            assert_eq!(read(marker), Err(Error::validation("Invalid Marker.")), "{marker}");
        }
    }
}
