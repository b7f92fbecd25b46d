//! Reads the `.reg` files of [PEAR](https://pear.php.net/manual/en/guide.developers.package2.php): an array as PHP
//! serialises it.

use std::str;

use crate::PackageKind;
use crate::ecosystems::listing::Listing;
use crate::ecosystems::{Facts, optional};

/// How deep arrays may lie in each other.
const MAX_DEPTH: usize = 64;

const DAMAGED: &str = "it is not an array as PHP serialises it";

pub(super) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let mut package = Package::default();
    let mut reader = Reader { rest: bytes };
    reader.array(&mut package, &mut Vec::new()).ok_or(DAMAGED)?;
    let channel = optional(package.channel.as_bytes())?;
    let mut listing = Listing::installed(PackageKind::Pear);
    listing.add_with(&package.name, &package.version, |found| found.vendor = channel)?;
    Ok(listing.facts())
}

/// What counts of the array.
#[derive(Default)]
struct Package {
    name: String,
    version: String,
    channel: String,
}

impl Package {
    /// Takes the text at a place in the array. The version has parts since the second form of the description.
    fn take(&mut self, place: &[&[u8]], text: &[u8]) {
        let text = || String::from_utf8_lossy(text).into_owned();
        match place {
            [b"name"] => self.name = text(),
            [b"package"] if self.name.is_empty() => self.name = text(),
            [b"version"] | [b"version", b"release"] => self.version = text(),
            [b"channel"] => self.channel = text(),
            _ => {}
        }
    }
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// `a:<count>:{<key><value>…}`.
    fn array(&mut self, package: &mut Package, place: &mut Vec<&'a [u8]>) -> Option<()> {
        if place.len() == MAX_DEPTH {
            return None;
        }
        self.expect(b"a:")?;
        let count = self.number(b':')?;
        self.expect(b"{")?;
        for _ in 0..count {
            place.push(self.key()?);
            self.value(package, place)?;
            place.pop();
        }
        self.expect(b"}")
    }

    /// A key: a text, or a number, which is none of those that count.
    fn key(&mut self) -> Option<&'a [u8]> {
        if self.rest.first() == Some(&b'i') { self.until(b';') } else { self.text() }
    }

    fn value(&mut self, package: &mut Package, place: &mut Vec<&'a [u8]>) -> Option<()> {
        match self.rest.first()? {
            b'a' => self.array(package, place)?,
            b's' => package.take(place, self.text()?),
            b'i' | b'd' | b'b' | b'N' => drop(self.until(b';')?),
            _ => return None,
        }
        Some(())
    }

    /// `s:<bytes>:"…";`.
    fn text(&mut self) -> Option<&'a [u8]> {
        self.expect(b"s:")?;
        let length = self.number(b':')?;
        self.expect(b"\"")?;
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        self.expect(b"\";")?;
        Some(text)
    }

    fn number(&mut self, end: u8) -> Option<usize> {
        str::from_utf8(self.until(end)?).ok()?.parse().ok()
    }

    fn until(&mut self, end: u8) -> Option<&'a [u8]> {
        let at = memchr::memchr(end, self.rest)?;
        let (text, rest) = (&self.rest[..at], &self.rest[at + 1..]);
        self.rest = rest;
        Some(text)
    }

    fn expect(&mut self, bytes: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(bytes)?;
        Some(())
    }
}
