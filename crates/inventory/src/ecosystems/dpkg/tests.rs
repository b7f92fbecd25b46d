use super::CATALOGER;
use super::parse::parse;
use crate::ecosystems::{Facts, MAX_PACKAGES, check_files};

#[test]
fn the_status_files_and_no_others() {
    check_files(
        &CATALOGER,
        &["var/lib/dpkg/status", "var/lib/dpkg/status.d/base-files"],
        &[
            "var/lib/dpkg/status-old",
            "var/lib/dpkg/status.d/base-files.md5sums",
            "var/lib/dpkg/status.d/a/b",
            "srv/var/lib/dpkg/status",
        ],
    );
}

fn list(status: &str) -> Result<Vec<String>, &'static str> {
    let Facts::Database { packages, .. } = parse(b"", status.as_bytes())? else { panic!("packages") };
    let line = |package: &crate::Package| {
        let source = package.source.as_ref().map(|source| format!("{} {}", source.name, source.version));
        let architecture = package.architecture.as_deref().unwrap_or("-");
        let vendor = package.vendor.as_deref().map(|vendor| format!(" by {vendor}")).unwrap_or_default();
        format!("{} {} {architecture} [{}]{vendor}", package.name, package.version, source.unwrap_or_default())
    };
    Ok(packages.iter().map(line).collect())
}

#[test]
fn packages_with_their_sources() {
    fn check(status: &str, expect: &[&str]) {
        assert_eq!(list(status).unwrap(), expect, "{status}");
    }
    check(
        "Package: libssl3\nStatus: install ok installed\nPriority: optional\nMaintainer: someone\nArchitecture: amd64\n\
         Multi-Arch: same\nSource: openssl\nVersion: 3.0.11-1~deb12u2\nDepends: libc6 (>= 2.34)\nDescription: SSL\n long text\n .\n\
         \n\
         Package: bsdutils\nEssential: yes\nStatus: install ok installed\nArchitecture: amd64\n\
         Source: util-linux (2.38.1-5+b1)\nVersion: 1:2.38.1-5+b1\n\n\
         Package: tzdata\nStatus: install ok installed\nArchitecture: all\nVersion: 2024a-0+deb12u1\n",
        &[
            "libssl3 3.0.11-1~deb12u2 amd64 [openssl 3.0.11-1~deb12u2] by someone",
            "bsdutils 1:2.38.1-5+b1 amd64 [util-linux 2.38.1-5+b1]",
            "tzdata 2024a-0+deb12u1 all []",
        ],
    );
    check("package: a\nversion: 1\n", &["a 1 - []"]);
    check("Package: a\n", &["a  - []"]);
    check("", &[]);
}

#[test]
fn states_tell_what_is_left() {
    fn check(status: &str, expect: bool) {
        let paragraph = format!("Package: a\nStatus: {status}\nVersion: 1\n");
        assert_eq!(!list(&paragraph).unwrap().is_empty(), expect, "{status}");
    }
    check("install ok installed", true);
    check("hold ok installed", true);
    check("deinstall ok installed", true);
    check("install ok half-configured", true);
    check("install reinstreq half-installed", true);
    check("install ok unpacked", true);
    check("deinstall ok config-files", false);
    check("purge ok not-installed", false);
    check("unknown ok not-installed", false);
}

#[test]
fn damage_is_refused() {
    assert!(list("Version: 1\n").is_err());
    assert!(list(&format!("Package: {}\nVersion: 1\n", "a".repeat(1025))).is_err());
    assert!(list(&"Package: a\n\n".repeat(MAX_PACKAGES)).is_ok());
    assert!(list(&"Package: a\n\n".repeat(MAX_PACKAGES + 1)).is_err());
}
