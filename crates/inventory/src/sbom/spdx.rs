//! [SPDX 2.3](https://spdx.github.io/spdx-spec/v2.3/), as JSON and as tags with values.

use std::collections::HashSet;
use std::fmt::Write as _;

use plimsoll_oci::Digest;
use serde_json::{Value, json};

use super::{Subject, reference};
use crate::purl::purl_with_source;
use crate::{Certainty, Distribution, InstalledPackage, Inventory};

/// What is not asserted.
const NOTHING: &str = "NOASSERTION";
const DOCUMENT: &str = "SPDXRef-DOCUMENT";
const IMAGE: &str = "SPDXRef-Image";
const DISTRIBUTION: &str = "SPDXRef-OperatingSystem";

/// A document, before it is written in either form.
struct Document<'a> {
    name: &'a str,
    namespace: String,
    created: &'a str,
    elements: Vec<Element>,
}

/// A package of the specification's kind: the image, its distribution, or what is installed in it.
struct Element {
    id: String,
    name: String,
    version: Option<String>,
    purpose: &'static str,
    purl: Option<String>,
    source: Option<String>,
    comment: Option<String>,
    /// The element that contains it; the image is in none.
    within: Option<&'static str>,
}

/// The bill of materials of an image as SPDX 2.3 JSON.
///
/// `timestamp` is in the form of RFC 3339, in UTC and whole seconds; `serial` is a UUID in lower case.
pub fn spdx_json(inventory: &Inventory, subject: &Subject<'_>, timestamp: &str, serial: &str) -> Value {
    let document = document(inventory, subject, timestamp, serial);
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": DOCUMENT,
        "name": document.name,
        "documentNamespace": document.namespace,
        "creationInfo": { "created": document.created, "creators": [creator()] },
        "packages": document.elements.iter().map(json_element).collect::<Vec<_>>(),
        "relationships": document.elements.iter().map(json_relationship).collect::<Vec<_>>(),
    })
}

/// The bill of materials of an image as SPDX 2.3 tags with values, with the arguments of [`spdx_json`].
pub fn spdx_tag_value(inventory: &Inventory, subject: &Subject<'_>, timestamp: &str, serial: &str) -> String {
    let document = document(inventory, subject, timestamp, serial);
    let mut text = String::new();
    tag(&mut text, "SPDXVersion", "SPDX-2.3");
    tag(&mut text, "DataLicense", "CC0-1.0");
    tag(&mut text, "SPDXID", DOCUMENT);
    tag(&mut text, "DocumentName", document.name);
    tag(&mut text, "DocumentNamespace", &document.namespace);
    tag(&mut text, "Creator", &creator());
    tag(&mut text, "Created", document.created);
    for element in &document.elements {
        tag_element(&mut text, element);
    }
    text.push('\n');
    for element in &document.elements {
        let (from, kind) = relationship(element);
        tag(&mut text, "Relationship", &format!("{from} {kind} {}", element.id));
    }
    text
}

fn creator() -> String {
    format!("Tool: plimsoll-{}", env!("CARGO_PKG_VERSION"))
}

fn document<'a>(inventory: &Inventory, subject: &'a Subject<'_>, created: &'a str, serial: &str) -> Document<'a> {
    let distribution = inventory.distribution.as_ref();
    let packages = inventory.packages.iter().map(|installed| package(installed, distribution));
    let mut seen = HashSet::new();
    let elements = std::iter::once(image(subject))
        .chain(distribution.map(operating_system))
        .chain(packages)
        .filter(|element| seen.insert(element.id.clone()))
        .collect();
    let namespace = format!("https://spdx.org/spdxdocs/plimsoll-{serial}");
    Document { name: subject.shown_name(), namespace, created, elements }
}

fn image(subject: &Subject<'_>) -> Element {
    Element {
        id: IMAGE.into(),
        name: subject.shown_name().into(),
        version: subject.digest.map(|digest| digest.to_string()),
        purpose: "CONTAINER",
        purl: subject.purl(),
        source: None,
        comment: None,
        within: None,
    }
}

fn operating_system(distribution: &Distribution) -> Element {
    Element {
        id: DISTRIBUTION.into(),
        name: distribution.id.clone(),
        version: distribution.version_id.clone(),
        purpose: "OPERATING-SYSTEM",
        purl: None,
        source: None,
        comment: None,
        within: Some(IMAGE),
    }
}

fn package(installed: &InstalledPackage, distribution: Option<&Distribution>) -> Element {
    let package = &installed.package;
    let digest = Digest::sha256(reference(installed, distribution).as_bytes()).hex();
    let of_system = package.kind.is_of_system() && distribution.is_some();
    let is_declared = package.certainty == Certainty::Declared;
    let found = if is_declared { "perhaps not installed; asked for by" } else { "found in" };
    Element {
        id: format!("SPDXRef-Package-{}", &digest[..32]),
        name: package.name.clone(),
        version: (!package.version.is_empty()).then(|| package.version.clone()),
        purpose: "LIBRARY",
        purl: Some(purl_with_source(package, distribution)),
        source: package.source.as_ref().map(|source| format!("built package from: {} {}", source.name, source.version)),
        comment: Some(format!("{found} {} of layer {}", installed.path, installed.layer)),
        within: Some(if of_system { DISTRIBUTION } else { IMAGE }),
    }
}

fn relationship(element: &Element) -> (&'static str, &'static str) {
    element.within.map_or((DOCUMENT, "DESCRIBES"), |container| (container, "CONTAINS"))
}

fn json_relationship(element: &Element) -> Value {
    let (from, kind) = relationship(element);
    json!({ "spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": element.id })
}

fn json_element(element: &Element) -> Value {
    let mut value = json!({
        "SPDXID": element.id,
        "name": element.name,
        "downloadLocation": NOTHING,
        "filesAnalyzed": false,
        "licenseConcluded": NOTHING,
        "licenseDeclared": NOTHING,
        "copyrightText": NOTHING,
        "supplier": NOTHING,
        "primaryPackagePurpose": element.purpose,
    });
    let optional = [("versionInfo", &element.version), ("sourceInfo", &element.source), ("comment", &element.comment)];
    for (member, text) in optional {
        if let Some(text) = text {
            value[member] = text.clone().into();
        }
    }
    if let Some(purl) = &element.purl {
        value["externalRefs"] = json!([{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": purl,
        }]);
    }
    value
}

fn tag_element(text: &mut String, element: &Element) {
    text.push('\n');
    tag(text, "PackageName", &element.name);
    tag(text, "SPDXID", &element.id);
    if let Some(version) = &element.version {
        tag(text, "PackageVersion", version);
    }
    tag(text, "PackageSupplier", NOTHING);
    tag(text, "PackageDownloadLocation", NOTHING);
    tag(text, "FilesAnalyzed", "false");
    if let Some(source) = &element.source {
        tag(text, "PackageSourceInfo", &format!("<text>{}</text>", inside_text(source)));
    }
    tag(text, "PackageLicenseConcluded", NOTHING);
    tag(text, "PackageLicenseDeclared", NOTHING);
    tag(text, "PackageCopyrightText", NOTHING);
    if let Some(comment) = &element.comment {
        tag(text, "PackageComment", &format!("<text>{}</text>", inside_text(comment)));
    }
    if let Some(purl) = &element.purl {
        tag(text, "ExternalRef", &format!("PACKAGE-MANAGER purl {purl}"));
    }
    tag(text, "PrimaryPackagePurpose", element.purpose);
}

/// Text that cannot end the element it stands in.
fn inside_text(text: &str) -> String {
    text.replace("</text>", "")
}

/// A tag with its value, on one line whatever the value holds.
fn tag(text: &mut String, name: &str, value: &str) {
    let value: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let written = writeln!(text, "{name}: {value}");
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}
