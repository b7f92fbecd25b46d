//! The JSON of [syft](https://github.com/anchore/syft).

use serde::Deserialize;

use super::collect::{Collector, Component, optional};
use super::{Bill, BillError};
use crate::Distribution;
use crate::ecosystems::json::{self, Items, Text};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Document<'a> {
    #[serde(borrow)]
    artifacts: Items<Artifact<'a>>,
    #[serde(borrow)]
    distro: Distro<'a>,
    #[serde(borrow)]
    source: Source<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Artifact<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    purl: Text<'a>,
    #[serde(borrow)]
    locations: Items<Location<'a>>,
    #[serde(borrow)]
    metadata: Option<Metadata<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Location<'a> {
    #[serde(borrow)]
    path: Text<'a>,
    #[serde(borrow, rename = "layerID")]
    layer: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata<'a> {
    #[serde(borrow)]
    source: Text<'a>,
    #[serde(borrow)]
    source_version: Text<'a>,
    #[serde(borrow)]
    origin_package: Text<'a>,
    #[serde(borrow)]
    source_rpm: Text<'a>,
    #[serde(borrow)]
    modularity_label: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Distro<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    id_like: Items<Text<'a>>,
    #[serde(borrow, rename = "versionID")]
    version_id: Text<'a>,
    #[serde(borrow)]
    version_codename: Text<'a>,
    #[serde(borrow)]
    pretty_name: Text<'a>,
    #[serde(borrow)]
    cpe_name: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Source<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    metadata: Option<SourceMetadata<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SourceMetadata<'a> {
    #[serde(borrow)]
    user_input: Text<'a>,
    #[serde(borrow)]
    layers: Items<Layer<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Layer<'a> {
    #[serde(borrow)]
    digest: Text<'a>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Bill, BillError> {
    let document: Document<'_> = json::read_nested(bytes).map_err(BillError::Broken)?;
    let mut collector = Collector::default();
    collector.distribution(distribution(&document.distro));
    let metadata = document.source.metadata.unwrap_or_default();
    for layer in &metadata.layers.0 {
        collector.layer(&layer.digest);
    }
    for artifact in &document.artifacts.0 {
        add(artifact, &mut collector)?;
    }
    let name = if document.source.name.is_empty() { &metadata.user_input } else { &document.source.name };
    Ok(collector.finish("syft's JSON", name))
}

fn distribution(distro: &Distro<'_>) -> Distribution {
    Distribution {
        id: distro.id.to_string(),
        id_like: distro.id_like.0.iter().map(|like| like.to_string()).collect(),
        version_id: optional(&distro.version_id),
        codename: optional(&distro.version_codename),
        pretty_name: optional(&distro.pretty_name),
        cpe: optional(&distro.cpe_name),
        ..Distribution::default()
    }
}

fn add(artifact: &Artifact<'_>, collector: &mut Collector) -> Result<(), BillError> {
    if artifact.purl.is_empty() {
        collector.nameless();
        return Ok(());
    }
    let place = artifact.locations.0.first();
    let metadata = artifact.metadata.as_ref();
    let sources = metadata.map(|metadata| [&metadata.source, &metadata.origin_package, &metadata.source_rpm]);
    let source = sources.into_iter().flatten().find(|source| !source.is_empty()).map_or("", |source| &**source);
    collector.add(&Component {
        reference: &artifact.id,
        name: &artifact.name,
        purl: &artifact.purl,
        path: place.map_or("", |place| &place.path),
        layer: place.map_or("", |place| &place.layer),
        source,
        source_version: metadata.map(|metadata| metadata.source_version.to_string()).unwrap_or_default(),
        modularity: metadata.map_or("", |metadata| &metadata.modularity_label),
        ..Component::default()
    })
}
