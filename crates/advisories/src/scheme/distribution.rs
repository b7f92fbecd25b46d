//! The ecosystems of distributions, by what their `os-release` says.

use plimsoll_inventory::{Distribution, Package, PackageKind};

use super::{Names, NoScheme, Scheme, red_hat};
use crate::ecosystem::comparator;

use PackageKind::{Alpm, Apk, Deb, Ebuild, Opkg, Rpm};

/// A family of distributions, as its advisories see it.
struct Family {
    /// The ecosystem without release.
    base: &'static str,
    kind: PackageKind,
    names: Names,
    /// Whether its advisories name every flaw of its packages, fixed or not.
    comprehensive: bool,
}

impl Family {
    const fn new(base: &'static str, kind: PackageKind, names: Names) -> Self {
        Self { base, kind, names, comprehensive: false }
    }

    const fn comprehensive(base: &'static str, kind: PackageKind, names: Names) -> Self {
        Self { base, kind, names, comprehensive: true }
    }
}

/// The family that a distribution of this `ID` belongs to.
fn family(id: &str) -> Option<Family> {
    Some(match id {
        "debian" => Family::comprehensive("Debian", Deb, Names::Source),
        "ubuntu" => Family::comprehensive("Ubuntu", Deb, Names::Source),
        "echo" => Family::new("Echo", Deb, Names::Source),
        "alpine" => Family::new("Alpine", Apk, Names::Source),
        "wolfi" => Family::new("Wolfi", Apk, Names::Source),
        "chainguard" => Family::new("Chainguard", Apk, Names::Source),
        "minimos" => Family::new("MinimOS", Apk, Names::Source),
        "cleanstart" => Family::new("CleanStart", Apk, Names::Source),
        "alpaquita" => Family::new("Alpaquita", Apk, Names::Source),
        "bellsoft-hardened-containers" => Family::new("BellSoft Hardened Containers", Apk, Names::Source),
        "rhel" | "redhat" | "centos" => Family::comprehensive("Red Hat", Rpm, Names::Either),
        // The schema says source packages; the records name binary packages.
        "almalinux" => Family::new("AlmaLinux", Rpm, Names::Own),
        "rocky" => Family::new("Rocky Linux", Rpm, Names::Source),
        "ol" => Family::new("Oracle Linux", Rpm, Names::Own),
        "amzn" => Family::new("Amazon Linux", Rpm, Names::Own),
        "fedora" => Family::new("Fedora", Rpm, Names::Own),
        "azurelinux" | "mariner" => Family::comprehensive("Azure Linux", Rpm, Names::Source),
        "photon" => Family::new("Photon OS", Rpm, Names::Source),
        "mageia" => Family::new("Mageia", Rpm, Names::Source),
        "openEuler" | "openeuler" => Family::new("openEuler", Rpm, Names::Source),
        "sles" | "sles_sap" | "sle_hpc" | "sled" | "sle-micro" | "sl-micro" | "suse-microos" => {
            Family::new("SUSE", Rpm, Names::Source)
        }
        "opensuse-leap" | "opensuse-tumbleweed" | "opensuse" => Family::new("openSUSE", Rpm, Names::Source),
        "arch" | "archarm" => Family::comprehensive("Arch Linux", Alpm, Names::Own),
        "gentoo" => Family::new("Gentoo", Ebuild, Names::Own),
        "openwrt" => Family::new("OpenWrt", Opkg, Names::Own),
        _ => return None,
    })
}

/// The kind of packages a distribution is made of, and the scheme for them.
pub(crate) fn distribution_scheme(distribution: &Distribution) -> Result<(PackageKind, Scheme), NoScheme> {
    let family = family(&distribution.id).ok_or(NoScheme::UnknownDistribution)?;
    let (suffixes, overriding) = releases(&family, distribution)?;
    let comparator = comparator(family.base).ok_or(NoScheme::UnknownDistribution)?;
    let (plain, overrides) = suffixes.split_at(suffixes.len() - overriding);
    let mut ecosystems: Vec<String> = plain.iter().map(|suffix| format!("{}:{suffix}", family.base)).collect();
    // An advisory without a release is for every release.
    ecosystems.push(family.base.to_owned());
    ecosystems.extend(overrides.iter().map(|suffix| format!("{}:{suffix}", family.base)));
    let scheme = Scheme {
        base: family.base,
        ecosystems,
        overriding,
        comparator,
        names: family.names,
        comprehensive: family.comprehensive,
    };
    Ok((family.kind, scheme))
}

/// What follows the ecosystem's name in advisories for this release, and how many of the last of them have the last word.
fn releases(family: &Family, distribution: &Distribution) -> Result<(Vec<String>, usize), NoScheme> {
    let version = distribution.version_id.as_deref().filter(|version| !version.is_empty());
    let release = || version.ok_or(NoScheme::NoRelease);
    let major = || release().map(|version| version.split('.').next().unwrap_or(version).to_owned());
    let plain = |suffixes: Vec<String>| Ok((suffixes, 0));
    match family.base {
        "Debian" => plain(vec![debian(distribution).ok_or(NoScheme::NoRelease)?]),
        "Ubuntu" => Ok(ubuntu(release()?, distribution)),
        "Alpine" => plain(vec![alpine(release()?)]),
        "Wolfi" | "Chainguard" | "MinimOS" | "CleanStart" | "Echo" | "Arch Linux" | "Gentoo" => plain(Vec::new()),
        "Red Hat" => red_hat::products(release()?, &distribution.content_sets),
        "AlmaLinux" | "Rocky Linux" | "Oracle Linux" | "Fedora" | "Mageia" => plain(vec![major()?]),
        "Azure Linux" => plain(vec![major()?, release()?.to_owned()]),
        "Photon OS" => plain(vec![photon(release()?)]),
        "Amazon Linux" => plain(vec![amazon(release()?)]),
        "openEuler" => plain(vec![open_euler(release()?, distribution)]),
        "SUSE" => plain(suse(distribution, release()?)),
        "openSUSE" if distribution.id == "opensuse-tumbleweed" => plain(vec!["Tumbleweed".to_owned()]),
        "openSUSE" => plain(vec![format!("Leap {}", release()?)]),
        _ => plain(vec![release()?.to_owned()]),
    }
}

/// Debian's major release; `testing` gives itself a code name only, and so does unstable.
fn debian(distribution: &Distribution) -> Option<String> {
    if let Some(version) = distribution.version_id.as_deref().filter(|version| !version.is_empty()) {
        return Some(version.split('.').next().unwrap_or(version).to_owned());
    }
    debian_release(distribution.codename.as_deref()?).map(str::to_owned)
}

/// How advisories name the release of Debian with this code name; none of one they do not know.
pub(crate) fn debian_release(codename: &str) -> Option<&'static str> {
    const CODENAMES: [(&str, &str); 10] = [
        ("wheezy", "7"),
        ("jessie", "8"),
        ("stretch", "9"),
        ("buster", "10"),
        ("bullseye", "11"),
        ("bookworm", "12"),
        ("trixie", "13"),
        ("forky", "14"),
        ("duke", "15"),
        ("sid", "sid"),
    ];
    CODENAMES.iter().find(|(name, _)| *name == codename).map(|(_, release)| *release)
}

/// A release with long-term support is marked so in records; what Ubuntu Pro fixes counts for images that have it.
fn ubuntu(release: &str, distribution: &Distribution) -> (Vec<String>, usize) {
    let plain = [release.to_owned(), format!("{release}:LTS")];
    let pro = [format!("Pro:{release}"), format!("Pro:{release}:LTS")];
    let pro = pro.into_iter().filter(|_| distribution.esm);
    let suffixes: Vec<String> = plain.into_iter().chain(pro).collect();
    let overriding = suffixes.len() - 2;
    (suffixes, overriding)
}

/// `v3.18` of `3.18.4`; the rolling branch calls itself an alpha of the coming release.
fn alpine(version: &str) -> String {
    if version.contains("_alpha") || version == "edge" {
        return "edge".to_owned();
    }
    let mut parts = version.trim_start_matches('v').split('.');
    let (major, minor) = (parts.next().unwrap_or_default(), parts.next().unwrap_or("0"));
    format!("v{major}.{minor}")
}

/// `4.0` of `4` and of `4.0`.
fn photon(version: &str) -> String {
    if version.contains('.') { version.to_owned() } else { format!("{version}.0") }
}

/// The first of the numbers; the years before Amazon Linux 2 count as 1.
fn amazon(version: &str) -> String {
    match version.split('.').next() {
        Some(first) if first == "2" || first.parse().is_ok_and(|year: u32| year > 2018) => first.to_owned(),
        _ => "1".to_owned(),
    }
}

/// `22.03-LTS-SP3`: the release proper stands in parentheses in the full name, `openEuler 22.03 (LTS-SP3)`.
fn open_euler(version: &str, distribution: &Distribution) -> String {
    let name = distribution.pretty_name.as_deref().unwrap_or_default();
    let detail = name.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(detail, _)| detail.trim());
    match detail.filter(|detail| !detail.is_empty() && !version.contains('-')) {
        Some(detail) => format!("{version}-{detail}"),
        None => version.to_owned(),
    }
}

/// The marketing names of the products that a SUSE image takes packages from: its own, its long-term support, and the
/// modules that the product is made of.
fn suse(distribution: &Distribution, version: &str) -> Vec<String> {
    const MODULES: [&str; 10] = [
        "Basesystem",
        "Server Applications",
        "Development Tools",
        "Containers",
        "Python 3",
        "Web and Scripting",
        "Public Cloud",
        "Desktop Applications",
        "Legacy",
        "Package Hub",
    ];
    let product = match distribution.id.as_str() {
        "sles_sap" => "Linux Enterprise Server for SAP Applications",
        "sle_hpc" => "Linux Enterprise High Performance Computing",
        "sled" => "Linux Enterprise Desktop",
        "sl-micro" => return vec![format!("Linux Micro {version}")],
        "sle-micro" | "suse-microos" => return vec![format!("Linux Enterprise Micro {version}")],
        _ => "Linux Enterprise Server",
    };
    let (major, pack) = version.split_once('.').unwrap_or((version, ""));
    if major.parse::<u32>().is_ok_and(|major| major >= 16) {
        return vec![format!("{product} {version}")];
    }
    let release = if pack.is_empty() { major.to_owned() } else { format!("{major} SP{pack}") };
    let mut names = vec![format!("{product} {release}"), format!("{product} {release}-LTSS")];
    if product != "Linux Enterprise Server" {
        names.extend([format!("Linux Enterprise Server {release}"), format!("Linux Enterprise Server {release}-LTSS")]);
    }
    names.extend(MODULES.iter().map(|module| format!("Linux Enterprise Module for {module} {release}")));
    names
}

/// Whether a package was built by the distribution it is installed on, that of the ecosystem `base`, so that the distribution's
/// advisories speak of it.
pub(crate) fn is_built_by_distribution(package: &Package, base: &str) -> bool {
    /// How the vendors of packages begin, and the distribution whose they are. Others build packages for it too: Fedora's
    /// EPEL for Red Hat Enterprise Linux, Microsoft for most.
    const VENDORS: [(&str, &str); 17] = [
        ("almalinux", "AlmaLinux"),
        ("amazon", "Amazon Linux"),
        ("broadcom", "Photon OS"),
        ("centos", "Red Hat"),
        ("cloudlinux", "AlmaLinux"),
        ("fedora project", "Fedora"),
        ("http://openeuler.org", "openEuler"),
        ("mageia", "Mageia"),
        ("microsoft", "Azure Linux"),
        ("openeuler", "openEuler"),
        ("opensuse", "openSUSE"),
        ("oracle america", "Oracle Linux"),
        ("red hat", "Red Hat"),
        ("rocky", "Rocky Linux"),
        ("suse", "SUSE"),
        ("suse", "openSUSE"),
        ("vmware", "Photon OS"),
    ];
    /// Where those write from who publish packages for Debian and Ubuntu that are not in Debian or Ubuntu.
    const THIRD_PARTIES: [&str; 20] = [
        "@docker.com",
        "@nodesource.com",
        "@google.com",
        "@microsoft.com",
        "@nvidia.com",
        "@hashicorp.com",
        "@grafana.com",
        "@elastic.co",
        "@gitlab.com",
        "@mongodb.com",
        "@nginx.com",
        "@f5.com",
        "@mariadb.org",
        "@oracle.com",
        "@amazon.com",
        "@datadoghq.com",
        "@confluent.io",
        "@influxdata.com",
        "@rabbitmq.com",
        "@github.com",
    ];
    let vendor = package.vendor.as_deref().map(str::to_ascii_lowercase);
    match (package.kind, vendor) {
        (Rpm, Some(vendor)) => VENDORS.iter().any(|(known, whose)| *whose == base && vendor.starts_with(known)),
        // Whoever builds a package for himself seldom gives himself a name.
        (Rpm, None) => false,
        (_, Some(maintainer)) => !THIRD_PARTIES.iter().any(|party| maintainer.contains(party)),
        (_, None) => true,
    }
}
