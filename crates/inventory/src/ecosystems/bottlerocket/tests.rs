use super::CATALOGER;
use super::parse::parse;
use crate::ecosystems::{Facts, check_files};
use crate::{Package, PackageKind};

#[test]
fn the_list() {
    check_files(
        &CATALOGER,
        &[
            "usr/share/bottlerocket/application-inventory.json",
            "x86_64-bottlerocket-linux-gnu/sys-root/usr/share/bottlerocket/application-inventory.json",
        ],
        &["application-inventory.json", "usr/share/bottlerocket/other.json"],
    );
}

#[test]
fn packages() {
    let list = br#"{"Content": [
        {"Name": "glibc", "Publisher": "Bottlerocket", "Version": "2.40", "Release": "1.1742.abc.br1", "Epoch": "1",
         "InstalledTime": "2025-02-10T22:00:00Z", "ApplicationType": "Unspecified", "Architecture": "x86_64",
         "Url": "http://example.test", "Summary": "The GNU C \"library\""},
        {"Name": "kernel-6.1", "Version": "6.1.127", "Epoch": "0"}
    ]}"#;
    let glibc = Package {
        architecture: Some("x86_64".into()),
        vendor: Some("Bottlerocket".into()),
        ..Package::new(PackageKind::Rpm, "glibc", "1:2.40-1.1742.abc.br1")
    };
    let kernel = Package::new(PackageKind::Rpm, "kernel-6.1", "6.1.127");
    assert_eq!(parse(list), Ok(Facts::Database { packages: vec![glibc, kernel], owned: vec![] }));
    assert_eq!(parse(br#"{"Content":[]}"#), Ok(Facts::Database { packages: vec![], owned: vec![] }));
}

#[test]
fn damage_is_refused() {
    for bad in ["", "{}", "[]", r#"{"Content":[{"Name":"a"}]}"#, r#"{"Content":[{"Name":1,"Version":"1"}]}"#] {
        assert_eq!(parse(bad.as_bytes()), Err("it is not a list of applications in JSON"), "{bad}");
    }
    let long = format!(r#"{{"Content":[{{"Name":"{}","Version":"1"}}]}}"#, "a".repeat(1025));
    assert!(parse(long.as_bytes()).is_err());
}
