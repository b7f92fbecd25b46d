use super::parse::{files, parse};
use super::{CATALOGER, FILES};
use crate::ecosystems::{Facts, Owned, check_files};
use crate::{Package, PackageKind, SourcePackage};

#[test]
fn the_files_of_pacman() {
    check_files(
        &CATALOGER,
        &["var/lib/pacman/local/glibc-2.39-2/desc"],
        &["var/lib/pacman/local/glibc-2.39-2/files", "var/lib/pacman/local/desc", "var/lib/pacman/sync/core/a/desc"],
    );
    check_files(&FILES, &["var/lib/pacman/local/glibc-2.39-2/files"], &["var/lib/pacman/local/glibc-2.39-2/mtree"]);
}

#[test]
fn packages() {
    fn check(desc: &str, expect: Package) {
        assert_eq!(parse(desc.as_bytes()), Ok(Facts::Database { packages: vec![expect], owned: vec![] }), "{desc}");
    }
    let bare = |name: &str, version: &str| Package::new(PackageKind::Alpm, name, version);
    check(
        "%NAME%\ngcc-libs\n\n%VERSION%\n14.2.1+r134+gab884fffe3fc-1\n\n%BASE%\ngcc\n\n%DESC%\nRuntime libraries\n\n\
         %ARCH%\nx86_64\n\n%LICENSE%\nGPL-3.0-or-later\nLGPL-3.0-or-later\n\n%VALIDATION%\npgp\n",
        Package {
            source: Some(SourcePackage { name: "gcc".into(), version: "14.2.1+r134+gab884fffe3fc-1".into() }),
            architecture: Some("x86_64".into()),
            ..bare("gcc-libs", "14.2.1+r134+gab884fffe3fc-1")
        },
    );
    check("%NAME%\r\nvim\r\n\r\n%VERSION%\r\n1:9.1-1", bare("vim", "1:9.1-1"));
    // A description is text, whatever it looks like.
    check("%NAME%\na\n\n%DESC%\nx\n%VERSION%\n9\n\n%VERSION%\n1-1\n", bare("a", "1-1"));
}

#[test]
fn what_belongs_to_packages() {
    fn check(path: &str, text: &str, expect: Option<Owned>) {
        let expect =
            expect.map_or(Facts::Nothing, |owned| Facts::Database { packages: Vec::new(), owned: vec![owned] });
        assert_eq!(files(path.as_bytes(), text.as_bytes()), expect);
    }
    check(
        "var/lib/pacman/local/python-six-1.16.0-9/files",
        "%FILES%\nusr/\nusr/lib/python3.12/site-packages/six-1.16.0.dist-info/METADATA\nusr/bin/six\n\n%BACKUP%\netc/six\tabc\n",
        Owned::new(
            "python-six",
            [&b"usr/lib/python3.12/site-packages/six-1.16.0.dist-info/METADATA"[..], b"usr/bin/six"],
        ),
    );
    check("var/lib/pacman/local/a-1-1/files", "%FILES%\nusr/\n", None);
    check("var/lib/pacman/local/a-1-1/files", "", None);
}

#[test]
fn damage_is_refused() {
    for bad in ["", "%NAME%\na\n", "%VERSION%\n1\n", "%NAME%\n\n%VERSION%\n\n", "hello"] {
        assert_eq!(parse(bad.as_bytes()), Err("it does not say the package's name and version"), "{bad}");
    }
    assert!(parse(format!("%NAME%\n{}\n\n%VERSION%\n1\n", "a".repeat(1025)).as_bytes()).is_err());
}
