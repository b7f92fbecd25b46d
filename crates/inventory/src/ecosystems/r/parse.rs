//! Reads the [`DESCRIPTION`](https://cran.r-project.org/doc/manuals/r-release/R-exts.html#The-DESCRIPTION-file) of a package.

use crate::PackageKind;
use crate::ecosystems::listing::Listing;
use crate::ecosystems::paragraphs::{Paragraph, paragraphs};
use crate::ecosystems::{Facts, field, optional};

pub(in crate::ecosystems) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let [mut name, mut version, mut repository, mut built] = [const { String::new() }; 4];
    for (key, value) in paragraphs(bytes).flat_map(Paragraph::fields) {
        match key {
            b"Package" => name = field(value)?,
            b"Version" => version = field(value)?,
            b"Repository" => repository = field(value)?,
            b"Built" => built = field(value)?,
            _ => {}
        }
    }
    // R adds when and with what it built a package when it installs it.
    if built.is_empty() {
        return Ok(Facts::Nothing);
    }
    let vendor = optional(repository.as_bytes())?;
    let mut listing = Listing::installed(PackageKind::Cran);
    listing.add_with(&name, &version, |package| package.vendor = vendor)?;
    Ok(listing.facts())
}
