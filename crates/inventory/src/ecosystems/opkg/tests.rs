use super::parse::{files, parse};
use super::{CATALOGER, FILES};
use crate::ecosystems::{Facts, Owned, check_files};

#[test]
fn the_files_of_opkg() {
    check_files(
        &CATALOGER,
        &["usr/lib/opkg/status", "lib/opkg/info/curl.control", "var/lib/opkg/info/libc.control"],
        &["usr/lib/opkg/info/curl.list", "usr/lib/opkg/lists/base", "srv/usr/lib/opkg/status"],
    );
    check_files(&FILES, &["usr/lib/opkg/info/curl.list"], &["usr/lib/opkg/info/curl.control"]);
}

fn list(text: &str) -> Result<Vec<String>, &'static str> {
    let Facts::Database { packages, .. } = parse(text.as_bytes())? else { panic!("packages") };
    let line = |package: &crate::Package| {
        let source = package.source.as_ref().map_or("-", |source| &source.name);
        format!("{} {} {} {source}", package.name, package.version, package.architecture.as_deref().unwrap_or("-"))
    };
    Ok(packages.iter().map(line).collect())
}

#[test]
fn packages_of_a_router() {
    fn check(text: &str, expect: &[&str]) {
        assert_eq!(list(text).unwrap(), expect, "{text}");
    }
    check(
        "Package: curl\nVersion: 8.7.1-r1\nDepends: libc, libcurl4\nStatus: install user installed\n\
         Architecture: aarch64_cortex-a53\nInstalled-Time: 1711300000\n\n\
         Package: kmod-nft\nVersion: 5.15.150-1\nStatus: deinstall ok not-installed\nArchitecture: x\n\n\
         Package: busybox\nVersion: 1.36.1-1\nStatus: install hold installed\n",
        &["curl 8.7.1-r1 aarch64_cortex-a53 -", "busybox 1.36.1-1 - -"],
    );
    let control = "Package: libopenssl3\nVersion: 3.0.13-1\nSource: package/libs/openssl\nSection: libs\n";
    check(control, &["libopenssl3 3.0.13-1 - openssl"]);
    check(&format!("{control}SourceName: openssl3\n"), &["libopenssl3 3.0.13-1 - openssl3"]);
    check("", &[]);
}

#[test]
fn what_belongs_to_packages() {
    let owned = files(b"usr/lib/opkg/info/curl.list", b"/usr/bin/curl\n/usr/bin/other\t100755\n");
    let expect = Owned::new("curl", [&b"usr/bin/curl"[..], b"usr/bin/other"]).unwrap();
    assert_eq!(owned, Facts::Database { packages: vec![], owned: vec![expect] });
    assert_eq!(files(b"usr/lib/opkg/info/doc.list", b"/usr/share/doc/a.txt\n"), Facts::Nothing);
}

#[test]
fn damage_is_refused() {
    assert!(list("Version: 1\n").is_err());
    assert!(list(&format!("Package: {}\n", "a".repeat(1025))).is_err());
}
