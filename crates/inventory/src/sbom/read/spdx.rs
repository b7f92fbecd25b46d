//! [SPDX 2 JSON](https://spdx.github.io/spdx-spec/v2.3/), and what its two forms have in common.

use std::collections::HashSet;

use serde::Deserialize;

use super::collect::{Collector, Component};
use super::{Bill, BillError};
use crate::Distribution;
use crate::ecosystems::json::{self, Items, Text};
use crate::sbom::id_of_family;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Document<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    packages: Items<Entry<'a>>,
    #[serde(borrow)]
    relationships: Items<Relationship<'a>>,
    #[serde(borrow, rename = "documentDescribes")]
    describes: Items<Text<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry<'a> {
    #[serde(borrow, rename = "SPDXID")]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    version_info: Text<'a>,
    #[serde(borrow)]
    source_info: Text<'a>,
    #[serde(borrow)]
    primary_package_purpose: Text<'a>,
    #[serde(borrow)]
    external_refs: Items<External<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct External<'a> {
    #[serde(borrow)]
    reference_type: Text<'a>,
    #[serde(borrow)]
    reference_locator: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Relationship<'a> {
    #[serde(borrow)]
    relationship_type: Text<'a>,
    #[serde(borrow)]
    related_spdx_element: Text<'a>,
}

/// A package, in whichever form it was written; what is not said is empty.
#[derive(Clone, Debug, Default)]
pub(super) struct Said<'a> {
    pub(super) id: &'a str,
    pub(super) name: &'a str,
    pub(super) version: &'a str,
    pub(super) source: &'a str,
    pub(super) purpose: &'a str,
    pub(super) purl: &'a str,
}

pub(super) fn read(bytes: &[u8]) -> Result<Bill, BillError> {
    let document: Document<'_> = json::read_nested(bytes).map_err(BillError::Broken)?;
    let mut described: HashSet<&str> = document.describes.0.iter().map(|id| &**id).collect();
    let relationships = document.relationships.0.iter();
    let describing = relationships.filter(|relationship| &*relationship.relationship_type == "DESCRIBES");
    described.extend(describing.map(|relationship| &*relationship.related_spdx_element));
    let packages: Vec<Said<'_>> = document.packages.0.iter().map(said).collect();
    collect("SPDX", &document.name, &packages, &described)
}

fn said<'a>(entry: &'a Entry<'_>) -> Said<'a> {
    let purl = entry.external_refs.0.iter().find(|external| external.reference_type.eq_ignore_ascii_case("purl"));
    Said {
        id: &entry.id,
        name: &entry.name,
        version: &entry.version_info,
        source: &entry.source_info,
        purpose: &entry.primary_package_purpose,
        purl: purl.map_or("", |external| &external.reference_locator),
    }
}

/// The bill of what packages were said to be there.
pub(super) fn collect(
    format: &'static str,
    name: &str,
    packages: &[Said<'_>],
    described: &HashSet<&str>,
) -> Result<Bill, BillError> {
    let mut collector = Collector::default();
    for package in packages.iter().filter(|package| is_distribution(package)) {
        let version_id = (!package.version.is_empty()).then(|| package.version.to_owned());
        collector.distribution(Distribution { id: id_of_family(package.name), version_id, ..Distribution::default() });
    }
    for package in packages {
        if !package.purl.is_empty() {
            collector.add(&component(package))?;
        } else if !is_container(package) && !described.contains(package.id) {
            collector.nameless();
        }
    }
    Ok(collector.finish(format, name))
}

fn is_distribution(package: &Said<'_>) -> bool {
    matches!(package.purpose, "OPERATING-SYSTEM" | "OPERATING_SYSTEM")
}

/// Whether a package is what others are in, and so needs no package-url.
fn is_container(package: &Said<'_>) -> bool {
    is_distribution(package) || matches!(package.purpose, "CONTAINER" | "APPLICATION" | "FILE" | "SOURCE" | "ARCHIVE")
}

fn component<'a>(package: &Said<'a>) -> Component<'a> {
    let built_from = package.source.split_once("built package from: ").map(|(_, rest)| rest.trim());
    let (source, source_version) = built_from.map_or(("", ""), |rest| rest.split_once(' ').unwrap_or((rest, "")));
    // Syft names the database a package is recorded in.
    let path = package.source.rsplit_once(": /").map_or("", |(_, path)| path.split(',').next().unwrap_or(path));
    Component {
        reference: package.id,
        name: package.name,
        purl: package.purl,
        path: if built_from.is_some() { "" } else { path },
        source,
        source_version: source_version.to_owned(),
        ..Component::default()
    }
}
