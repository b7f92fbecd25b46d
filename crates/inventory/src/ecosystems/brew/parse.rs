//! Reads the receipt in `Cellar/<formula>/<version>/`.

use serde::Deserialize;

use crate::PackageKind;
use crate::ecosystems::json::{self, Text};
use crate::ecosystems::listing::Listing;
use crate::ecosystems::{Facts, optional};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Receipt<'a> {
    #[serde(borrow)]
    source: Source<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Source<'a> {
    #[serde(borrow)]
    tap: Text<'a>,
}

pub(in crate::ecosystems) fn receipt(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let receipt: Receipt<'_> = json::read(bytes)?;
    let tap = optional(receipt.source.tap.as_bytes())?;
    let path = String::from_utf8_lossy(path);
    let mut above = path.rsplit('/').skip(1);
    let (version, name) = (above.next().unwrap_or_default(), above.next().unwrap_or_default());
    let mut listing = Listing::installed(PackageKind::Brew);
    listing.add_with(name, version, |package| package.vendor = tap)?;
    Ok(listing.facts())
}
