use serde_json::Value;

use super::*;
use crate::{Certainty, Inventory, Package, PackageKind, SourcePackage};

pub(super) fn inventory() -> Inventory {
    let package = |kind, name: &str, version: &str, source: Option<&str>| Package {
        source: source.map(|name| SourcePackage { name: name.into(), version: "2".into() }),
        ..Package::new(kind, name, version)
    };
    let installed = |package, path: &str, layer| InstalledPackage { package, path: path.into(), layer, owner: None };
    Inventory {
        distribution: Some(Distribution {
            id: "debian".into(),
            version_id: Some("12".into()),
            pretty_name: Some("Debian GNU/Linux 12 (bookworm)".into()),
            ..Distribution::default()
        }),
        packages: vec![
            installed(package(PackageKind::Deb, "libssl3", "1", Some("openssl")), "var/lib/dpkg/status", 0),
            installed(package(PackageKind::Deb, "tzdata", "1", None), "var/lib/dpkg/status", 0),
            installed(package(PackageKind::Npm, "@a/b", "1.0.0", None), "app/node_modules/@a/b/package.json", 1),
            installed(package(PackageKind::Npm, "@a/b", "1.0.0", None), "srv/node_modules/@a/b/package.json", 7),
            installed(package(PackageKind::PyPi, "x", "", None), "x.dist-info/METADATA", 1),
        ],
        unreadable: vec![],
    }
}

fn bill() -> Value {
    let diff_ids = [Digest::sha256(b"base"), Digest::sha256(b"app")];
    let subject = Subject { name: "team/app:1", digest: Some(Digest::sha256(b"manifest")), diff_ids: &diff_ids };
    cyclonedx(
        CycloneDxVersion::V1_6,
        &inventory(),
        &subject,
        "2024-05-01T00:00:00Z",
        "3e671687-395b-41f5-a30f-a58921a69b79",
    )
}

fn property_of<'a>(component: &'a Value, name: &str) -> Option<&'a str> {
    component["properties"].as_array()?.iter().find(|property| property["name"] == name)?["value"].as_str()
}

#[test]
fn the_members_the_specification_requires() {
    let bill = bill();
    assert_eq!(bill["bomFormat"], "CycloneDX");
    assert_eq!(bill["specVersion"], "1.6");
    assert_eq!(bill["serialNumber"], "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79");
    assert_eq!(bill["version"], 1);
    assert_eq!(bill["metadata"]["timestamp"], "2024-05-01T00:00:00Z");
    let container = &bill["metadata"]["component"];
    assert_eq!((&container["type"], &container["name"]), (&"container".into(), &"team/app:1".into()));
    assert_eq!(container["version"], Digest::sha256(b"manifest").to_string());
    let components = bill["components"].as_array().unwrap();
    let kinds = ["operating-system", "library", "library", "library", "library", "library"];
    assert_eq!(components.iter().map(|component| component["type"].as_str().unwrap()).collect::<Vec<_>>(), kinds);
    for component in components {
        assert!(component["name"].is_string());
    }
    // An empty version is left out: the member is optional, its text is not.
    assert!(components[5].get("version").is_none());
}

#[test]
fn references_are_unique_and_resolve() {
    let bill = bill();
    let components = bill["components"].as_array().unwrap();
    let mut references: Vec<_> = components.iter().map(|component| component["bom-ref"].as_str().unwrap()).collect();
    assert_eq!(bill["dependencies"][0]["ref"], bill["metadata"]["component"]["bom-ref"]);
    assert_eq!(bill["dependencies"][0]["dependsOn"], Value::from(references.clone()));
    references.sort_unstable();
    references.dedup();
    assert_eq!(references.len(), components.len());
}

#[test]
fn other_scanners_find_what_they_match_by() {
    let bill = bill();
    let [os, ssl, tzdata, scoped, elsewhere, python] = bill["components"].as_array().unwrap().as_slice() else {
        panic!("six components")
    };
    assert_eq!((&os["name"], &os["version"]), (&"debian".into(), &"12".into()));
    assert_eq!(property_of(os, "aquasecurity:trivy:Class"), Some("os-pkgs"));
    assert_eq!(ssl["purl"], "pkg:deb/debian/libssl3@1?distro=debian-12&upstream=openssl%402");
    assert_eq!(property_of(ssl, "aquasecurity:trivy:SrcName"), Some("openssl"));
    assert_eq!(property_of(ssl, "aquasecurity:trivy:SrcVersion"), Some("2"));
    assert_eq!(property_of(ssl, "aquasecurity:trivy:PkgType"), Some("debian"));
    let base = Digest::sha256(b"base").to_string();
    assert_eq!(property_of(ssl, "aquasecurity:trivy:LayerDiffID"), Some(&*base));
    assert_eq!(property_of(ssl, "plimsoll:layer"), Some("0"));
    assert_eq!(property_of(tzdata, "aquasecurity:trivy:SrcName"), Some("tzdata"));
    assert_eq!((&scoped["group"], &scoped["name"]), (&"@a".into(), &"b".into()));
    assert_eq!(property_of(scoped, "aquasecurity:trivy:FilePath"), Some("app/node_modules/@a/b/package.json"));
    assert_eq!(property_of(scoped, "aquasecurity:trivy:SrcName"), None);
    assert_eq!(property_of(elsewhere, "aquasecurity:trivy:LayerDiffID"), None);
    assert_eq!(property_of(python, "aquasecurity:trivy:PkgType"), Some("python-pkg"));
}

#[test]
fn an_empty_image_has_a_bill_too() {
    let bill =
        cyclonedx(CycloneDxVersion::V1_7, &Inventory::default(), &Subject::default(), "2024-05-01T00:00:00Z", "0");
    assert_eq!(bill["specVersion"], "1.7");
    assert_eq!(bill["components"], Value::Array(vec![]));
    assert_eq!(bill["metadata"]["component"]["name"], "image");
}

fn spdx() -> Value {
    let subject = Subject { name: "team/app:1", digest: Some(Digest::sha256(b"manifest")), diff_ids: &[] };
    spdx_json(&inventory(), &subject, "2024-05-01T00:00:00Z", "3e671687-395b-41f5-a30f-a58921a69b79")
}

#[test]
fn the_members_that_spdx_requires() {
    let document = spdx();
    for member in ["spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace"] {
        assert!(document[member].as_str().is_some_and(|text| !text.is_empty()), "{member}");
    }
    assert_eq!(document["dataLicense"], "CC0-1.0");
    assert_eq!(document["creationInfo"]["created"], "2024-05-01T00:00:00Z");
    let packages = document["packages"].as_array().unwrap();
    assert_eq!(packages.len(), 7);
    let mut ids: Vec<&str> = packages.iter().map(|package| package["SPDXID"].as_str().unwrap()).collect();
    for package in packages {
        assert_eq!(package["downloadLocation"], "NOASSERTION");
        assert_eq!(package["filesAnalyzed"], false);
        let id = package["SPDXID"].as_str().unwrap().strip_prefix("SPDXRef-").unwrap();
        assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-'), "{id}");
    }
    let related: Vec<&str> = document["relationships"]
        .as_array()
        .unwrap()
        .iter()
        .map(|relationship| relationship["relatedSpdxElement"].as_str().unwrap())
        .collect();
    assert_eq!(related, ids, "each element is described or contained once");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), packages.len());
    let purl = packages[0]["externalRefs"][0]["referenceLocator"].as_str().unwrap();
    assert!(purl.starts_with("pkg:oci/app@sha256%3A"), "{purl}");
    assert_eq!(packages[2]["sourceInfo"], "built package from: openssl 2");
}

#[test]
fn tags_stay_on_their_lines() {
    let mut inventory = inventory();
    inventory.packages[0].path = "a\nPackageName: b</text>".into();
    let subject = Subject { name: "x\ny", ..Subject::default() };
    let text = spdx_tag_value(&inventory, &subject, "2024-05-01T00:00:00Z", "0");
    assert_eq!(text.lines().filter(|line| line.starts_with("PackageName: ")).count(), 7);
    assert!(text.contains("DocumentName: x y\n"));
    assert!(text.contains("Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-Image\n"));
    for line in text.lines().filter(|line| !line.is_empty()) {
        assert!(line.split_once(": ").is_some_and(|(tag, _)| tag.chars().all(char::is_alphanumeric)), "{line}");
    }
}

#[test]
fn source_packages_in_package_urls() {
    fn check(kind: PackageKind, version: &str, source: (&str, &str), expect: &str) {
        let source = Some(SourcePackage { name: source.0.into(), version: source.1.into() });
        let package = Package { source, ..Package::new(kind, "a", version) };
        assert_eq!(purl_with_source(&package, None), expect);
    }
    check(PackageKind::Deb, "1", ("s", "1"), "pkg:deb/debian/a@1?upstream=s");
    check(PackageKind::Deb, "1", ("s", "2+b"), "pkg:deb/debian/a@1?upstream=s%402%2Bb");
    check(PackageKind::Deb, "1", ("a", "1"), "pkg:deb/debian/a@1");
    check(PackageKind::Rpm, "4:1-2", ("s", "1-2"), "pkg:rpm/redhat/a@1-2?epoch=4&upstream=s-1-2.src.rpm");
}

#[test]
fn what_is_only_declared_is_said_to_be() {
    let mut inventory = inventory();
    inventory.packages[3].package.certainty = Certainty::Declared;
    let bill = cyclonedx(CycloneDxVersion::V1_7, &inventory, &Subject::default(), "2024-05-01T00:00:00Z", "0");
    let scopes: Vec<_> = bill["components"].as_array().unwrap().iter().map(|found| found["scope"].as_str()).collect();
    assert_eq!(scopes, [None, None, None, None, Some("optional"), None]);
    let spdx = spdx_json(&inventory, &Subject::default(), "2024-05-01T00:00:00Z", "0");
    let comment = |index: usize| spdx["packages"][index]["comment"].as_str().unwrap();
    assert_eq!(comment(4), "found in app/node_modules/@a/b/package.json of layer 1");
    let declared = "perhaps not installed; asked for by srv/node_modules/@a/b/package.json of layer 7";
    assert_eq!(comment(5), declared);
}

#[test]
fn families_lead_back_to_their_distributions() {
    for (id, name) in FAMILIES {
        assert_eq!(family(&Distribution { id: id.into(), ..Distribution::default() }), name);
        assert_eq!(id_of_family(&name.to_uppercase()), id);
    }
    assert_eq!(family(&Distribution { id: "debian".into(), ..Distribution::default() }), "debian");
    assert_eq!(id_of_family("Debian"), "debian");
}
