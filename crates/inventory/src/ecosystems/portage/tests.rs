use super::CATALOGER;
use super::parse::parse;
use crate::ecosystems::{Facts, Owned, check_files};
use crate::{Package, PackageKind};

#[test]
fn the_files_of_portage() {
    check_files(
        &CATALOGER,
        &["var/db/pkg/sys-libs/glibc-2.39-r6/CONTENTS"],
        &["var/db/pkg/sys-libs/glibc-2.39-r6/SLOT", "var/db/pkg/CONTENTS", "var/db/repos/a/b/CONTENTS"],
    );
}

#[test]
fn names_and_versions_of_directories() {
    fn check(directory: &str, expect: Option<(&str, &str)>) {
        let path = format!("var/db/pkg/{directory}/CONTENTS");
        let expect = expect
            .map(|(name, version)| Facts::Database {
                packages: vec![Package::new(PackageKind::Ebuild, name, version)],
                owned: vec![],
            })
            .ok_or("it is not in a directory named after a package and its version");
        assert_eq!(parse(path.as_bytes(), b""), expect, "{directory}");
    }
    check("sys-libs/glibc-2.39-r6", Some(("sys-libs/glibc", "2.39-r6")));
    check("app-shells/bash-5.2_p26", Some(("app-shells/bash", "5.2_p26")));
    check("x11-libs/gtk+-3.24.41", Some(("x11-libs/gtk+", "3.24.41")));
    check("media-fonts/font-adobe-100dpi-1.0.4", Some(("media-fonts/font-adobe-100dpi", "1.0.4")));
    check("virtual/libc-1-r1", Some(("virtual/libc", "1-r1")));
    check("dev-lang/rust", None);
    check("dev-lang/rust-bin", None);
    check("dev-lang/-1.0", None);
    check("a/r1", None);
    check("a/b-r1", None);
    let merging = parse(b"var/db/pkg/sys-libs/-MERGING-glibc-2.39/CONTENTS", b"");
    assert_eq!(merging, Ok(Facts::Nothing));
    assert!(parse(format!("var/db/pkg/a/{}-1/CONTENTS", "a".repeat(1025)).as_bytes(), b"").is_err());
}

#[test]
fn what_belongs_to_packages() {
    let contents = b"dir /usr\ndir /usr/bin\nobj /usr/bin/with space 0cc175b9c0f1b6a831c399e269772661 1711300000\n\
                     sym /usr/bin/sh -> bash 1711300000\nobj /broken\nsym /broken\n\n";
    let owned = Owned::new("app-shells/bash", [&b"usr/bin/with space"[..], b"usr/bin/sh"]).unwrap();
    let packages = vec![Package::new(PackageKind::Ebuild, "app-shells/bash", "5.2")];
    assert_eq!(
        parse(b"var/db/pkg/app-shells/bash-5.2/CONTENTS", contents),
        Ok(Facts::Database { packages, owned: vec![owned] })
    );
}
