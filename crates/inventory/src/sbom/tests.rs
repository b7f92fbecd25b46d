use super::*;
use crate::{Package, SourcePackage};

fn inventory() -> Inventory {
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
    cyclonedx(&inventory(), &subject, "2024-05-01T00:00:00Z", "3e671687-395b-41f5-a30f-a58921a69b79")
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
    assert_eq!(ssl["purl"], "pkg:deb/debian/libssl3@1?distro=debian-12");
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
    let bill = cyclonedx(&Inventory::default(), &Subject::default(), "2024-05-01T00:00:00Z", "0");
    assert_eq!(bill["components"], Value::Array(vec![]));
    assert_eq!(bill["metadata"]["component"]["name"], "image");
}
