//! Reads Composer's `installed.json`: an array of packages up to version 1, an object with `packages` since.

use serde::Deserialize;

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::json::{self, Items, Text};
use crate::ecosystems::listing::Listing;

/// A package as Composer writes it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Package<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    version: Text<'a>,
}

/// A file that has packages.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Packages<'a> {
    #[serde(borrow)]
    packages: Items<Package<'a>>,
}

pub(in crate::ecosystems) fn installed(bytes: &[u8]) -> Result<Facts, &'static str> {
    let is_array = json::begins_with(bytes, b'[');
    let packages = if is_array { json::read_any(bytes)? } else { json::read::<Packages<'_>>(bytes)?.packages };
    facts(&packages, Listing::installed(PackageKind::Composer))
}

/// Reads `composer.lock`.
pub(super) fn lock(bytes: &[u8]) -> Result<Facts, &'static str> {
    facts(&json::read::<Packages<'_>>(bytes)?.packages, Listing::declared(PackageKind::Composer))
}

fn facts(packages: &Items<Package<'_>>, mut listing: Listing) -> Result<Facts, &'static str> {
    for package in &packages.0 {
        listing.add(&package.name, &package.version)?;
    }
    Ok(listing.facts())
}
