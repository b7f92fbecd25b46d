//! OCaml's order of versions: that of Debian for the whole text, see
//! [the opam manual](https://opam.ocaml.org/doc/Manual.html#Version-ordering).

use std::cmp::Ordering;

use super::{Comparator, Unparsable};

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Opam.compare(left, right)
}

/// The text, which [`super::dpkg::compare_parts`] places.
pub(super) fn parse(text: &str) -> Option<&str> {
    let text = text.trim_ascii();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_+.~".contains(&byte);
    (!text.is_empty() && text.bytes().all(allowed)).then_some(text)
}
