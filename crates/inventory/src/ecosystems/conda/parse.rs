//! Reads a [record of an installed package](https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/packages.html).

use serde::Deserialize;

use crate::PackageKind;
use crate::ecosystems::json::{self, Text};
use crate::ecosystems::listing::Listing;
use crate::ecosystems::{Facts, optional};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Record<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    version: Text<'a>,
    #[serde(borrow)]
    channel: Text<'a>,
    #[serde(borrow)]
    subdir: Text<'a>,
}

pub(in crate::ecosystems) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let record: Record<'_> = json::read(bytes)?;
    let (architecture, vendor) = (optional(record.subdir.as_bytes())?, optional(record.channel.as_bytes())?);
    let mut listing = Listing::installed(PackageKind::Conda);
    listing.add_with(&record.name, &record.version, |package| {
        package.architecture = architecture;
        package.vendor = vendor;
    })?;
    Ok(listing.facts())
}
