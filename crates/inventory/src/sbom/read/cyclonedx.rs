//! [CycloneDX JSON](https://cyclonedx.org/docs/1.7/json/), with the properties that trivy and syft add to it.

use serde::Deserialize;

use super::collect::{Collector, Component, optional};
use super::{Bill, BillError};
use crate::ecosystems::json::{self, Items, Text};
use crate::sbom::id_of_family;
use crate::{Certainty, Distribution};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Document<'a> {
    #[serde(borrow)]
    metadata: Metadata<'a>,
    #[serde(borrow)]
    components: Items<Entry<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata<'a> {
    #[serde(borrow)]
    component: Entry<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, rename = "bom-ref")]
    reference: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    version: Text<'a>,
    #[serde(borrow)]
    purl: Text<'a>,
    #[serde(borrow)]
    properties: Items<Property<'a>>,
    #[serde(borrow)]
    components: Items<Entry<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Property<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    value: Text<'a>,
}

impl Entry<'_> {
    /// The first of these properties that is there; else empty.
    fn property(&self, names: &[&str]) -> &str {
        let find = |name: &&str| self.properties.0.iter().find(|property| &*property.name == *name);
        names.iter().find_map(find).map_or("", |property| &property.value)
    }
}

pub(super) fn read(bytes: &[u8]) -> Result<Bill, BillError> {
    let document: Document<'_> = json::read_nested(bytes).map_err(BillError::Broken)?;
    let mut collector = Collector::default();
    let subject = &document.metadata.component;
    for property in subject.properties.0.iter().filter(|property| &*property.name == "aquasecurity:trivy:DiffID") {
        collector.layer(&property.value);
    }
    distributions(&document.components, &mut collector);
    add_all(&document.components, &mut collector)?;
    Ok(collector.finish("CycloneDX", &subject.name))
}

/// Distributions come first: what packages say of theirs is only asked for where there is none.
fn distributions(entries: &Items<Entry<'_>>, collector: &mut Collector) {
    for entry in &entries.0 {
        if &*entry.kind == "operating-system" {
            collector.distribution(distribution(entry));
        }
        distributions(&entry.components, collector);
    }
}

fn distribution(entry: &Entry<'_>) -> Distribution {
    let id = entry.property(&["syft:distro:id"]);
    let version = entry.property(&["syft:distro:versionID"]);
    Distribution {
        id: if id.is_empty() { id_of_family(&entry.name) } else { id.to_owned() },
        id_like: optional(entry.property(&["syft:distro:idLike:0"])).into_iter().collect(),
        version_id: optional(if version.is_empty() { &entry.version } else { version }),
        codename: optional(entry.property(&["syft:distro:versionCodename"])),
        pretty_name: optional(entry.property(&["syft:distro:prettyName"])),
        cpe: optional(entry.property(&["syft:distro:cpeName"])),
        ..Distribution::default()
    }
}

/// Takes entries and those within them; the reader of JSON bounds how deep they lie.
fn add_all(entries: &Items<Entry<'_>>, collector: &mut Collector) -> Result<(), BillError> {
    for entry in &entries.0 {
        add(entry, collector)?;
        add_all(&entry.components, collector)?;
    }
    Ok(())
}

fn add(entry: &Entry<'_>, collector: &mut Collector) -> Result<(), BillError> {
    if entry.purl.is_empty() {
        // An application is often the file that lists packages, and has no package-url by right.
        if matches!(&*entry.kind, "library" | "framework") {
            collector.nameless();
        }
        return Ok(());
    }
    collector.add(&Component {
        reference: &entry.reference,
        name: &entry.name,
        purl: &entry.purl,
        path: entry.property(&["aquasecurity:trivy:FilePath", "syft:location:0:path"]),
        layer: entry.property(&["aquasecurity:trivy:LayerDiffID", "syft:location:0:layerID"]),
        source: entry.property(&[
            "aquasecurity:trivy:SrcName",
            "syft:metadata:source",
            "syft:metadata:originPackage",
            "syft:metadata:sourceRpm",
        ]),
        source_version: source_version(entry),
        modularity: entry.property(&["aquasecurity:trivy:Modularitylabel", "syft:metadata:modularityLabel"]),
        owner: entry.property(&["plimsoll:owner"]),
        vendor: entry.property(&["plimsoll:vendor"]),
        within: entry.property(&["plimsoll:within"]),
        certainty: match entry.property(&["plimsoll:certainty"]) {
            "classified" => Certainty::Classified,
            "declared" => Certainty::Declared,
            _ => Certainty::Installed,
        },
    })
}

/// The version of the source package; trivy has epoch and release apart from it.
fn source_version(entry: &Entry<'_>) -> String {
    let version = entry.property(&["aquasecurity:trivy:SrcVersion", "syft:metadata:sourceVersion"]);
    let release = entry.property(&["aquasecurity:trivy:SrcRelease"]);
    let epoch = entry.property(&["aquasecurity:trivy:SrcEpoch"]);
    let mut whole = String::new();
    if !epoch.is_empty() && epoch != "0" {
        whole = format!("{epoch}:");
    }
    whole.push_str(version);
    if !release.is_empty() && !version.is_empty() {
        whole.push('-');
        whole.push_str(release);
    }
    whole
}
