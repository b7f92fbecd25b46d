//! Software bills of materials.

use plimsoll_oci::Digest;
use serde_json::{Value, json};

use crate::{Distribution, InstalledPackage, Inventory, PackageKind, purl};

/// What a bill of materials is about.
#[derive(Clone, Debug, Default)]
pub struct Subject<'a> {
    /// The image's name, as the user knows it.
    pub name: &'a str,
    /// The digest of its manifest, where it has one.
    pub digest: Option<Digest>,
    /// The digests of its layers, uncompressed, base first; empty where they are not known.
    pub diff_ids: &'a [Digest],
}

/// The bill of materials of an image, as [CycloneDX 1.6](https://cyclonedx.org/docs/1.6/json/).
///
/// `timestamp` is in the form of RFC 3339; `serial` is a UUID in lower case.
///
/// Besides our own `plimsoll:layer`, the properties are those by which other scanners find source packages and layers
/// again in a bill of materials they read.
pub fn cyclonedx(inventory: &Inventory, subject: &Subject<'_>, timestamp: &str, serial: &str) -> Value {
    let mut container = json!({
        "type": "container",
        "bom-ref": "image",
        "name": if subject.name.is_empty() { "image" } else { subject.name },
    });
    if let Some(digest) = subject.digest {
        container["version"] = digest.to_string().into();
    }
    let diff_ids = subject.diff_ids.iter().map(|diff_id| property("aquasecurity:trivy:DiffID", &diff_id.to_string()));
    let schema = property("aquasecurity:trivy:SchemaVersion", "2");
    container["properties"] = std::iter::once(schema).chain(diff_ids).collect();

    let distribution = inventory.distribution.as_ref();
    let packages = inventory.packages.iter().map(|installed| component(installed, distribution, subject));
    let components: Vec<_> = distribution.map(operating_system).into_iter().chain(packages).collect();
    let references: Vec<_> = components.iter().map(|component| component["bom-ref"].clone()).collect();
    json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{serial}"),
        "version": 1,
        "metadata": {
            "timestamp": timestamp,
            "tools": { "components": [{
                "type": "application",
                "name": "plimsoll",
                "version": env!("CARGO_PKG_VERSION"),
            }] },
            "component": container,
        },
        "components": components,
        "dependencies": [{ "ref": "image", "dependsOn": references }],
    })
}

fn operating_system(distribution: &Distribution) -> Value {
    let mut component = json!({
        "type": "operating-system",
        "bom-ref": "distribution",
        "name": distribution.id,
        "properties": [
            property("aquasecurity:trivy:Class", "os-pkgs"),
            property("aquasecurity:trivy:Type", &distribution.id),
        ],
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
    let purl = purl(package, distribution);
    let mut component = json!({
        "type": "library",
        // One package may be installed in several places.
        "bom-ref": format!("{purl}#{}", installed.path),
        "name": package.name,
        "purl": purl,
        "properties": properties(installed, distribution, subject),
    });
    if !package.version.is_empty() {
        component["version"] = package.version.clone().into();
    }
    if package.kind == PackageKind::Npm
        && let Some((scope, name)) = package.name.split_once('/')
    {
        component["group"] = scope.into();
        component["name"] = name.into();
    }
    component
}

fn properties(installed: &InstalledPackage, distribution: Option<&Distribution>, subject: &Subject<'_>) -> Vec<Value> {
    let package = &installed.package;
    let kind = match distribution {
        Some(distribution) if package.kind.is_of_system() => &distribution.id,
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
    properties
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}

#[cfg(test)]
mod tests;
