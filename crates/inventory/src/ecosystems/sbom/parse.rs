//! Reads [SPDX 2](https://spdx.github.io/spdx-spec/v2.3/) and [CycloneDX](https://cyclonedx.org/docs/latest/json/) JSON,
//! as far as the package-urls in it go.

use serde::Deserialize;

use crate::ecosystems::json::{self, Items, Text};
use crate::ecosystems::{Facts, MAX_PACKAGES, TOO_MANY};
use crate::{Package, from_purl};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Document<'a> {
    #[serde(borrow, rename = "spdxVersion")]
    spdx_version: Text<'a>,
    #[serde(borrow, rename = "bomFormat")]
    bom_format: Text<'a>,
    #[serde(borrow)]
    packages: Items<SpdxPackage<'a>>,
    #[serde(borrow)]
    components: Items<Component<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SpdxPackage<'a> {
    #[serde(borrow, rename = "externalRefs")]
    references: Items<Reference<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reference<'a> {
    #[serde(borrow, rename = "referenceType")]
    kind: Text<'a>,
    #[serde(borrow, rename = "referenceLocator")]
    locator: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Component<'a> {
    #[serde(borrow)]
    purl: Text<'a>,
    #[serde(borrow)]
    components: Items<Component<'a>>,
}

pub(in crate::ecosystems) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    // The tag-value form of SPDX, and what has the extension of a bill of materials for another reason.
    if !json::begins_with(bytes, b'{') {
        return Ok(Facts::Nothing);
    }
    let document: Document<'_> = json::read_nested(bytes)?;
    let mut packages = Vec::new();
    if document.spdx_version.starts_with("SPDX-2") {
        for reference in document.packages.0.iter().flat_map(|package| &package.references.0) {
            if reference.kind.eq_ignore_ascii_case("purl") {
                add(&reference.locator, &mut packages)?;
            }
        }
    } else if &*document.bom_format == "CycloneDX" {
        components(&document.components, &mut packages)?;
    }
    packages.sort();
    packages.dedup();
    Ok(if packages.is_empty() { Facts::Nothing } else { Facts::Packages(packages) })
}

/// Takes components and those within them; the reader of JSON bounds how deep they lie.
fn components(list: &Items<Component<'_>>, packages: &mut Vec<Package>) -> Result<(), &'static str> {
    for component in &list.0 {
        add(&component.purl, packages)?;
        components(&component.components, packages)?;
    }
    Ok(())
}

/// Takes the package of a package-url, unless its kind is unknown here or a distribution's: its package manager's database
/// says which of those are installed.
fn add(purl: &str, packages: &mut Vec<Package>) -> Result<(), &'static str> {
    let Some(package) = from_purl(purl).filter(|package| !package.kind.is_of_system()) else { return Ok(()) };
    if packages.len() == MAX_PACKAGES {
        return Err(TOO_MANY);
    }
    packages.push(package);
    Ok(())
}
