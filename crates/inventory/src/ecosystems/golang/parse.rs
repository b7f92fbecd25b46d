//! Reads [`go.mod`](https://go.dev/ref/mod#go-mod-file).

use std::collections::BTreeMap;

use crate::PackageKind;
use crate::ecosystems::listing::Listing;
use crate::ecosystems::{Facts, MAX_PACKAGES, TOO_MANY};

pub(in crate::ecosystems) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let mut replaced = BTreeMap::new();
    for statement in statements(&text).filter(|statement| statement.verb == "replace") {
        let mut sides = statement.rest.split("=>").map(|side| side.split_ascii_whitespace());
        if replaced.len() == MAX_PACKAGES {
            return Err(TOO_MANY);
        }
        if let (Some(mut old), Some(mut new)) = (sides.next(), sides.next()) {
            replaced.insert(old.next().unwrap_or_default(), (new.next().unwrap_or_default(), new.next()));
        }
    }
    let mut listing = Listing::declared(PackageKind::Golang);
    for statement in statements(&text).filter(|statement| statement.verb == "require") {
        let mut words = statement.rest.split_ascii_whitespace();
        let (Some(module), Some(version)) = (words.next(), words.next()) else { continue };
        match replaced.get(module) {
            Some((module, Some(version))) => listing.add(module, version)?,
            // A directory takes its place.
            Some((_, None)) => {}
            None => listing.add(module, version)?,
        }
    }
    Ok(listing.facts())
}

/// A verb and what it is said of.
struct Statement<'a> {
    verb: &'a str,
    rest: &'a str,
}

/// The statements, those in parentheses each for itself.
fn statements(text: &str) -> impl Iterator<Item = Statement<'_>> {
    let mut block = "";
    text.lines().filter_map(move |line| {
        let line = line.split("//").next().unwrap_or(line).trim();
        if line == ")" {
            block = "";
            return None;
        }
        if !block.is_empty() {
            return Some(Statement { verb: block, rest: line });
        }
        let (verb, rest) = line.split_once(char::is_whitespace)?;
        if rest.trim() == "(" {
            block = verb;
            return None;
        }
        Some(Statement { verb, rest })
    })
}
