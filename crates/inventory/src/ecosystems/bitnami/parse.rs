//! Reads `.bitnami_components.json`: an object with a member for each component.

use serde::Deserialize;

use crate::PackageKind;
use crate::ecosystems::json::{self, Members, Text};
use crate::ecosystems::listing::Listing;
use crate::ecosystems::{Facts, optional};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Component<'a> {
    #[serde(borrow)]
    version: Text<'a>,
    #[serde(borrow)]
    arch: Text<'a>,
}

pub(in crate::ecosystems) fn components(bytes: &[u8]) -> Result<Facts, &'static str> {
    let components: Members<'_, Component<'_>> = json::read(bytes)?;
    let mut listing = Listing::installed(PackageKind::Bitnami);
    for (name, component) in &components.0 {
        let architecture = optional(component.arch.as_bytes())?;
        listing.add_with(name, &component.version, |package| package.architecture = architecture)?;
    }
    Ok(listing.facts())
}
