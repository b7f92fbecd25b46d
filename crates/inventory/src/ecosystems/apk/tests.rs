use super::CATALOGER;
use super::parse::parse;
use crate::ecosystems::{Facts, Owned, check_files};
use crate::{Package, PackageKind, SourcePackage};

#[test]
fn the_database_in_both_places() {
    check_files(
        &CATALOGER,
        &["lib/apk/db/installed", "usr/lib/apk/db/installed"],
        &["lib/apk/db/triggers", "srv/lib/apk/db/installed"],
    );
}

#[test]
fn packages_with_their_origin() {
    let database = "C:Q1abcdefg=\nP:musl\nV:1.1.22-r3\nA:x86_64\nS:369000\nT:the musl c library (libc) implementation\n\
                    o:musl\np:so:libc.musl-x86_64.so.1=1\nF:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1abc=\n\n\
                    P:libcrypto1.1\nV:1.1.1d-r3\nA:x86_64\no:openssl\n\n\
                    P:.build-deps\nV:20200101.000000\nA:noarch\n\n";
    let package = |name: &str, version: &str, origin: Option<&str>, architecture: &str| Package {
        source: origin.map(|origin| SourcePackage { name: origin.into(), version: version.into() }),
        architecture: Some(architecture.into()),
        ..Package::new(PackageKind::Apk, name, version)
    };
    let expect = vec![
        package("musl", "1.1.22-r3", Some("musl"), "x86_64"),
        package("libcrypto1.1", "1.1.1d-r3", Some("openssl"), "x86_64"),
        package(".build-deps", "20200101.000000", None, "noarch"),
    ];
    assert_eq!(
        parse(b"", database.as_bytes()),
        Ok(Facts::Database {
            packages: expect,
            owned: Owned::new("musl", [&b"lib/ld-musl-x86_64.so.1"[..]]).into_iter().collect()
        })
    );
}

#[test]
fn damage_is_refused() {
    assert!(parse(b"", b"V:1\n").is_err());
    assert_eq!(parse(b"", b""), Ok(Facts::Database { packages: vec![], owned: vec![] }));
}
