use plimsoll_inventory::SourcePackage;

use super::*;

fn distribution(id: &str, version: &str, codename: &str, pretty: &str) -> Distribution {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Distribution {
        id: id.into(),
        version_id: some(version),
        codename: some(codename),
        pretty_name: some(pretty),
        ..Distribution::default()
    }
}

#[test]
fn ecosystems_of_distributions() {
    let check = |image: Distribution, expect: Result<&[&str], NoScheme>| {
        let found = distribution_scheme(&image).map(|(_, scheme)| scheme.ecosystems);
        assert_eq!(found, expect.map(|names| names.iter().map(|name| (*name).to_owned()).collect()), "{image:?}");
    };
    let of = |id: &str, version: &str| distribution(id, version, "", "");
    check(distribution("debian", "12", "bookworm", ""), Ok(&["Debian:12", "Debian"]));
    check(of("debian", "9.13"), Ok(&["Debian:9", "Debian"]));
    check(distribution("debian", "", "forky", ""), Ok(&["Debian:14", "Debian"]));
    check(distribution("debian", "", "sid", ""), Ok(&["Debian:sid", "Debian"]));
    check(of("debian", ""), Err(NoScheme::NoRelease));
    check(of("ubuntu", "22.04"), Ok(&["Ubuntu:22.04", "Ubuntu:22.04:LTS", "Ubuntu"]));
    check(of("ubuntu", ""), Err(NoScheme::NoRelease));
    check(of("echo", "1"), Ok(&["Echo"]));
    check(of("alpine", "3.18.4"), Ok(&["Alpine:v3.18", "Alpine"]));
    check(of("alpine", "v3.18"), Ok(&["Alpine:v3.18", "Alpine"]));
    check(of("alpine", "edge"), Ok(&["Alpine:edge", "Alpine"]));
    check(of("alpine", "3.23.0_alpha20250612"), Ok(&["Alpine:edge", "Alpine"]));
    check(of("wolfi", "20230201"), Ok(&["Wolfi"]));
    check(of("chainguard", "20230214"), Ok(&["Chainguard"]));
    check(of("minimos", "20241031"), Ok(&["MinimOS"]));
    check(of("alpaquita", "stream"), Ok(&["Alpaquita:stream", "Alpaquita"]));
    check(of("almalinux", "9.4"), Ok(&["AlmaLinux:9", "AlmaLinux"]));
    check(of("rocky", "8.10"), Ok(&["Rocky Linux:8", "Rocky Linux"]));
    check(
        of("rhel", "9.4"),
        Ok(&["Red Hat:enterprise_linux:9::appstream", "Red Hat:enterprise_linux:9::baseos", "Red Hat"]),
    );
    check(of("amzn", "2023"), Ok(&["Amazon Linux:2023", "Amazon Linux"]));
    check(of("amzn", "2"), Ok(&["Amazon Linux:2", "Amazon Linux"]));
    check(of("amzn", "2018.03"), Ok(&["Amazon Linux:1", "Amazon Linux"]));
    check(of("ol", "8.9"), Ok(&["Oracle Linux:8", "Oracle Linux"]));
    check(of("fedora", "40"), Ok(&["Fedora:40", "Fedora"]));
    check(of("azurelinux", "3.0"), Ok(&["Azure Linux:3", "Azure Linux:3.0", "Azure Linux"]));
    check(of("mariner", "2.0"), Ok(&["Azure Linux:2", "Azure Linux:2.0", "Azure Linux"]));
    check(of("photon", "5.0"), Ok(&["Photon OS:5.0", "Photon OS"]));
    check(of("photon", "4"), Ok(&["Photon OS:4.0", "Photon OS"]));
    check(of("mageia", "9"), Ok(&["Mageia:9", "Mageia"]));
    check(
        distribution("openEuler", "22.03", "", "openEuler 22.03 (LTS-SP3)"),
        Ok(&["openEuler:22.03-LTS-SP3", "openEuler"]),
    );
    check(distribution("openEuler", "23.09", "", "openEuler 23.09"), Ok(&["openEuler:23.09", "openEuler"]));
    check(of("opensuse-leap", "15.6"), Ok(&["openSUSE:Leap 15.6", "openSUSE"]));
    check(of("opensuse-tumbleweed", "20260101"), Ok(&["openSUSE:Tumbleweed", "openSUSE"]));
    check(of("sle-micro", "5.5"), Ok(&["SUSE:Linux Enterprise Micro 5.5", "SUSE"]));
    check(of("sles", "16.0"), Ok(&["SUSE:Linux Enterprise Server 16.0", "SUSE"]));
    check(of("sles", ""), Err(NoScheme::NoRelease));
    check(of("arch", ""), Ok(&["Arch Linux"]));
    check(of("plan9", "4"), Err(NoScheme::UnknownDistribution));
}

#[test]
fn extended_streams_have_the_last_word() {
    let check = |image: Distribution, expect: &[&str], overriding: usize| {
        let scheme = distribution_scheme(&image).unwrap().1;
        assert_eq!(
            (scheme.ecosystems, scheme.overriding),
            (expect.iter().map(|name| (*name).to_owned()).collect(), overriding)
        );
    };
    let ubuntu = Distribution { esm: true, ..distribution("ubuntu", "18.04", "", "") };
    let names = ["Ubuntu:18.04", "Ubuntu:18.04:LTS", "Ubuntu", "Ubuntu:Pro:18.04", "Ubuntu:Pro:18.04:LTS"];
    check(ubuntu, &names, 2);
    let sets = vec!["rhel-8-for-x86_64-baseos-eus-rpms__8_DOT_4".to_owned()];
    let red_hat = Distribution { content_sets: sets, ..distribution("rhel", "8.4", "", "") };
    let names = [
        "Red Hat:enterprise_linux:8::appstream",
        "Red Hat:enterprise_linux:8::baseos",
        "Red Hat",
        "Red Hat:rhel_eus:8.4::baseos",
    ];
    check(red_hat, &names, 1);
}

#[test]
fn products_of_a_suse_image() {
    let ecosystems = distribution_scheme(&distribution("sles", "15.5", "", "")).unwrap().1.ecosystems;
    for name in [
        "SUSE:Linux Enterprise Server 15 SP5",
        "SUSE:Linux Enterprise Server 15 SP5-LTSS",
        "SUSE:Linux Enterprise Module for Basesystem 15 SP5",
        "SUSE:Linux Enterprise Module for Python 3 15 SP5",
    ] {
        assert!(ecosystems.iter().any(|found| found == name), "{name}");
    }
}

#[test]
fn a_kind_of_package_needs_a_distribution_that_uses_it() {
    let debian = distribution("debian", "12", "", "");
    assert!(scheme(PackageKind::Deb, Some(&debian)).is_ok());
    assert_eq!(scheme(PackageKind::Apk, Some(&debian)), Err(NoScheme::UnknownDistribution));
    assert_eq!(scheme(PackageKind::Deb, None), Err(NoScheme::NoDistribution));
    assert!(scheme(PackageKind::Npm, None).is_ok());
    assert_eq!(scheme(PackageKind::Nix, None), Err(NoScheme::NoEcosystem(PackageKind::Nix)));
    assert_eq!(scheme(PackageKind::Generic, None).map(|scheme| scheme.names), Ok(Names::Cpes));
}

#[test]
fn names_and_versions_to_ask_by() {
    let check = |id: &str, kind, (name, version): (&str, &str), source: Option<(&str, &str)>, expect: &[&str]| {
        let mut package = Package::new(kind, name, version);
        package.source = source.map(|(name, version)| SourcePackage { name: name.into(), version: version.into() });
        let scheme = scheme(kind, Some(&distribution(id, "9", "", ""))).unwrap();
        let text = |identity: Identity<'_>| {
            let epoch = if identity.without_epoch { " without epoch" } else { "" };
            format!("{} {}{epoch}", identity.name, identity.version)
        };
        assert_eq!(identities(&package, &scheme).map(text).collect::<Vec<_>>(), expect, "{id} {name}");
    };
    let openssl = Some(("openssl", "3.0.7-1.el9"));
    let (libs, same) = (("openssl-libs", "1:3.0.7-1.el9"), ("openssl", "1:3.0.7-1.el9"));
    check("debian", PackageKind::Deb, ("libssl3", "3.0.1-1+b1"), Some(("openssl", "3.0.1-1")), &["openssl 3.0.1-1"]);
    check("debian", PackageKind::Deb, ("openssl", "3.0.1-1"), None, &["openssl 3.0.1-1"]);
    check("alpine", PackageKind::Apk, ("libcrypto3", "3.1-r1"), Some(("openssl", "")), &["openssl 3.1-r1"]);
    check("rocky", PackageKind::Rpm, libs, openssl, &["openssl 3.0.7-1.el9 without epoch"]);
    check("rocky", PackageKind::Rpm, same, openssl, &["openssl 1:3.0.7-1.el9"]);
    check("rocky", PackageKind::Rpm, same, None, &["openssl 1:3.0.7-1.el9"]);
    check("fedora", PackageKind::Rpm, same, openssl, &["openssl 1:3.0.7-1.el9"]);
    check(
        "rhel",
        PackageKind::Rpm,
        libs,
        openssl,
        &["openssl-libs 1:3.0.7-1.el9", "openssl 3.0.7-1.el9 without epoch"],
    );
    for id in ["amzn", "ol", "almalinux", "fedora"] {
        check(id, PackageKind::Rpm, libs, openssl, &["openssl-libs 1:3.0.7-1.el9"]);
    }
    for id in ["azurelinux", "photon", "mageia", "openEuler", "sles", "opensuse-leap"] {
        check(id, PackageKind::Rpm, libs, openssl, &["openssl 3.0.7-1.el9 without epoch"]);
    }
    check("ubuntu", PackageKind::Deb, ("libssl3", "3.0.1-1+b1"), Some(("openssl", "3.0.1-1")), &["openssl 3.0.1-1"]);
    // Perl's modules have versions of their own, and epochs that differ from the source's.
    check(
        "rocky",
        PackageKind::Rpm,
        ("perl-Errno", "0:1.28-420.el9"),
        Some(("perl", "5.26.3-420.el9")),
        &["perl 5.26.3-420.el9 without epoch"],
    );
}

#[test]
fn who_built_a_package() {
    let check = |base, kind, vendor: &str, expect: bool| {
        let mut package = Package::new(kind, "p", "1");
        package.vendor = Some(vendor.to_owned()).filter(|vendor| !vendor.is_empty());
        assert_eq!(is_built_by_distribution(&package, base), expect, "{vendor} on {base}");
    };
    for (base, vendor) in [
        ("AlmaLinux", "AlmaLinux"),
        ("AlmaLinux", "CloudLinux"),
        ("Amazon Linux", "Amazon Linux"),
        ("Amazon Linux", "Amazon.com"),
        ("Azure Linux", "Microsoft Corporation"),
        ("Fedora", "Fedora Project"),
        ("Mageia", "Mageia.Org"),
        ("Oracle Linux", "Oracle America"),
        ("Photon OS", "VMware, Inc."),
        ("Photon OS", "Broadcom Inc."),
        ("Red Hat", "CentOS"),
        ("Red Hat", "Red Hat, Inc."),
        ("Rocky Linux", "Rocky Enterprise Software Foundation"),
        ("SUSE", "SUSE LLC <https://www.suse.com/>"),
        ("openEuler", "http://openeuler.org"),
        ("openSUSE", "SUSE LLC <https://www.suse.com/>"),
        ("openSUSE", "openSUSE"),
    ] {
        check(base, PackageKind::Rpm, vendor, true);
        check(base, PackageKind::Rpm, "NVIDIA Corporation", false);
        check(base, PackageKind::Rpm, "", false);
    }
    // What one distribution builds for another, the other's advisories do not speak of.
    check("Red Hat", PackageKind::Rpm, "Fedora Project", false);
    check("Red Hat", PackageKind::Rpm, "Microsoft Corporation", false);
    check("SUSE", PackageKind::Rpm, "openSUSE", false);
    check("Debian", PackageKind::Deb, "", true);
    check("Debian", PackageKind::Deb, "Matthias Klose <doko@debian.org>", true);
    check("Ubuntu", PackageKind::Deb, "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>", true);
    check("Debian", PackageKind::Deb, "Docker <support@docker.com>", false);
    check("Debian", PackageKind::Deb, "Ivan Iguaran <ivan@nodesource.com>", false);
    check("Alpine", PackageKind::Apk, "", true);
}
