//! Reads `Package.resolved`: pins with a `location` since its second version, within `object` and with a `repositoryURL`
//! before.

use serde::Deserialize;

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::json::{self, Items, Text};
use crate::ecosystems::listing::Listing;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Resolved<'a> {
    #[serde(borrow)]
    pins: Items<Pin<'a>>,
    #[serde(borrow)]
    object: Object<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Object<'a> {
    #[serde(borrow)]
    pins: Items<Pin<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pin<'a> {
    #[serde(borrow)]
    location: Text<'a>,
    #[serde(borrow, rename = "repositoryURL")]
    repository: Text<'a>,
    #[serde(borrow)]
    state: State<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct State<'a> {
    #[serde(borrow)]
    version: Text<'a>,
}

pub(in crate::ecosystems) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let resolved: Resolved<'_> = json::read(bytes)?;
    let mut listing = Listing::declared(PackageKind::Swift);
    for pin in resolved.pins.0.iter().chain(&resolved.object.pins.0) {
        let location = if pin.location.is_empty() { &pin.repository } else { &pin.location };
        // A pin to a branch or a commit has no version.
        if !pin.state.version.is_empty() {
            listing.add(&repository(location), &pin.state.version)?;
        }
    }
    Ok(listing.facts())
}

/// Packages go by their repositories, without the scheme and the suffix of git.
fn repository(location: &str) -> String {
    let location = location.split_once("://").map_or(location, |(_, rest)| rest);
    let location = location.strip_prefix("git@").unwrap_or(location);
    location.strip_suffix(".git").unwrap_or(location).replacen(':', "/", 1)
}
