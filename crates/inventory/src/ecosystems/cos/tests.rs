use super::CATALOGER;
use super::parse::parse;
use crate::ecosystems::{Facts, check_files};
use crate::{Package, PackageKind};

#[test]
fn the_list() {
    check_files(&CATALOGER, &["etc/cos-package-info.json"], &["srv/etc/cos-package-info.json"]);
}

#[test]
fn what_is_installed() {
    let list = br#"{
        "installedPackages": [
            {"category": "app-arch", "name": "gzip", "version": "1.9"},
            {"category": "dev-libs", "name": "popt", "version": "1.16", "ebuild_version": "1.16-r2"},
            {"category": "", "name": "docker", "version": "24.0.9", "ebuild_version": ""}
        ],
        "buildTimePackages": [{"category": "virtual", "name": "libelf", "version": "3"}]
    }"#;
    let package = |name: &str, version: &str| Package::new(PackageKind::Ebuild, name, version);
    let packages =
        vec![package("app-arch/gzip", "1.9"), package("dev-libs/popt", "1.16-r2"), package("docker", "24.0.9")];
    assert_eq!(parse(list), Ok(Facts::Database { packages, owned: vec![] }));
}

#[test]
fn damage_is_refused() {
    for bad in ["", "{}", "[]", r#"{"installedPackages":[{"name":"a"}]}"#, r#"{"installedPackages":{}}"#] {
        assert_eq!(parse(bad.as_bytes()), Err("it is not a list of packages in JSON"), "{bad}");
    }
    let long = format!(r#"{{"installedPackages":[{{"name":"{}","version":"1"}}]}}"#, "a".repeat(1025));
    assert!(parse(long.as_bytes()).is_err());
}
