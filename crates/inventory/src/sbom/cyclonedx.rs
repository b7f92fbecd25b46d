//! [CycloneDX](https://cyclonedx.org/specification/overview/) JSON.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Subject, family, reference};
use crate::purl::purl_with_source;
use crate::{Certainty, Distribution, InstalledPackage, Inventory, PackageKind};

/// A version of CycloneDX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CycloneDxVersion {
    /// [1.6](https://cyclonedx.org/docs/1.6/json/)
    V1_6,
    /// [1.7](https://cyclonedx.org/docs/1.7/json/)
    V1_7,
}

impl CycloneDxVersion {
    /// As documents name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1_6 => "1.6",
            Self::V1_7 => "1.7",
        }
    }
}

/// The bill of materials of an image.
///
/// `timestamp` is in the form of RFC 3339; `serial` is a UUID in lower case.
///
/// Besides our own of the prefix `plimsoll:`, the properties are those by which other scanners find source packages and layers
/// again in a bill of materials they read.
pub fn cyclonedx(
    version: CycloneDxVersion,
    inventory: &Inventory,
    subject: &Subject<'_>,
    timestamp: &str,
    serial: &str,
) -> Value {
    let distribution = inventory.distribution.as_ref();
    let packages = inventory.packages.iter().map(|installed| component(installed, distribution, subject));
    let mut seen = HashSet::new();
    let components: Vec<Value> = distribution
        .map(operating_system)
        .into_iter()
        .chain(packages)
        .filter(|component| component["bom-ref"].as_str().is_some_and(|reference| seen.insert(reference.to_owned())))
        .collect();
    let references: Vec<_> = components.iter().map(|component| component["bom-ref"].clone()).collect();
    let version = version.as_str();
    json!({
        "$schema": format!("http://cyclonedx.org/schema/bom-{version}.schema.json"),
        "bomFormat": "CycloneDX",
        "specVersion": version,
        "serialNumber": format!("urn:uuid:{serial}"),
        "version": 1,
        "metadata": {
            "timestamp": timestamp,
            "tools": { "components": [{
                "type": "application",
                "name": "plimsoll",
                "version": env!("CARGO_PKG_VERSION"),
            }] },
            "component": container(subject),
        },
        "components": components,
        "dependencies": [{ "ref": "image", "dependsOn": references }],
    })
}

fn container(subject: &Subject<'_>) -> Value {
    let mut container = json!({ "type": "container", "bom-ref": "image", "name": subject.shown_name() });
    if let Some(digest) = subject.digest {
        container["version"] = digest.to_string().into();
    }
    if let Some(purl) = subject.purl() {
        container["purl"] = purl.into();
    }
    let diff_ids = subject.diff_ids.iter().map(|diff_id| property("aquasecurity:trivy:DiffID", &diff_id.to_string()));
    let schema = property("aquasecurity:trivy:SchemaVersion", "2");
    container["properties"] = std::iter::once(schema).chain(diff_ids).collect();
    container
}

fn operating_system(distribution: &Distribution) -> Value {
    let mut properties = vec![
        property("aquasecurity:trivy:Class", "os-pkgs"),
        property("aquasecurity:trivy:Type", family(distribution)),
        property("syft:distro:id", &distribution.id),
    ];
    properties.extend(distribution.id_like.first().map(|like| property("syft:distro:idLike:0", like)));
    properties.extend(distribution.version_id.as_ref().map(|version| property("syft:distro:versionID", version)));
    properties.extend(distribution.codename.as_ref().map(|name| property("syft:distro:versionCodename", name)));
    properties.extend(distribution.pretty_name.as_ref().map(|name| property("syft:distro:prettyName", name)));
    properties.extend(distribution.cpe.as_ref().map(|cpe| property("syft:distro:cpeName", cpe)));
    let mut component = json!({
        "type": "operating-system",
        "bom-ref": "distribution",
        "name": distribution.id,
        "properties": properties,
    });
    if let Some(version) = &distribution.version_id {
        component["version"] = version.clone().into();
    }
    if let Some(name) = &distribution.pretty_name {
        component["description"] = name.clone().into();
    }
    component
}

fn component(installed: &InstalledPackage, distribution: Option<&Distribution>, subject: &Subject<'_>) -> Value {
    let package = &installed.package;
    let mut component = json!({
        "type": "library",
        "bom-ref": reference(installed, distribution),
        "name": package.name,
        "purl": purl_with_source(package, distribution),
        "properties": properties(installed, distribution, subject),
    });
    if !package.version.is_empty() {
        component["version"] = package.version.clone().into();
    }
    if package.certainty == Certainty::Declared {
        // The specification's word for what may not be installed; without one it is `required`.
        component["scope"] = "optional".into();
    }
    let separator = match package.kind {
        PackageKind::Npm => '/',
        PackageKind::Maven => ':',
        _ => return component,
    };
    if let Some((group, name)) = package.name.split_once(separator) {
        component["group"] = group.into();
        component["name"] = name.into();
    }
    component
}

fn properties(installed: &InstalledPackage, distribution: Option<&Distribution>, subject: &Subject<'_>) -> Vec<Value> {
    let package = &installed.package;
    let kind = match distribution {
        Some(distribution) if package.kind.is_of_system() => family(distribution),
        _ => package.kind.class(),
    };
    let mut properties = vec![
        property("plimsoll:layer", &installed.layer.to_string()),
        property("aquasecurity:trivy:PkgType", kind),
        property("aquasecurity:trivy:PkgID", &format!("{}@{}", package.name, package.version)),
        property("aquasecurity:trivy:FilePath", &installed.path),
    ];
    if let Some(diff_id) = subject.diff_ids.get(installed.layer as usize) {
        properties.push(property("aquasecurity:trivy:LayerDiffID", &diff_id.to_string()));
    }
    if package.kind.is_of_system() {
        let (name, version) =
            package.source.as_ref().map_or((&package.name, &package.version), |source| (&source.name, &source.version));
        properties.push(property("aquasecurity:trivy:SrcName", name));
        properties.push(property("aquasecurity:trivy:SrcVersion", version));
    }
    let certainty = match package.certainty {
        Certainty::Installed => None,
        Certainty::Classified => Some("classified"),
        Certainty::Declared => Some("declared"),
    };
    let optional = [
        ("aquasecurity:trivy:Modularitylabel", package.modularity.as_deref()),
        ("plimsoll:certainty", certainty),
        ("plimsoll:owner", installed.owner.as_deref()),
        ("plimsoll:vendor", package.vendor.as_deref()),
        ("plimsoll:within", package.within.as_deref()),
    ];
    properties.extend(optional.iter().filter_map(|(name, value)| value.map(|value| property(name, value))));
    properties
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}
