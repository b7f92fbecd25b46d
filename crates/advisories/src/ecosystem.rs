//! Which advisories a package is looked up in: from its kind and the image's distribution to an OSV ecosystem, an order
//! of versions, and the name and version that the ecosystem's advisories go by.

use std::borrow::Cow;

use plimsoll_inventory::{Distribution, Package, PackageKind};

use crate::version::Comparator;

/// The name of an ecosystem without its release: `Debian` of `Debian:12`.
pub(crate) fn base(ecosystem: &str) -> &str {
    ecosystem.split_once(':').map_or(ecosystem, |(base, _)| base)
}

/// The order of versions of an OSV ecosystem; none where it is not known here.
pub(crate) fn comparator(ecosystem: &str) -> Option<Comparator> {
    Some(match base(ecosystem) {
        "Debian" | "Ubuntu" => Comparator::Dpkg,
        "Alpine" | "Wolfi" | "Chainguard" => Comparator::Apk,
        "PyPI" => Comparator::Pep440,
        "npm" => Comparator::SemVer,
        _ => return None,
    })
}

/// The name an advisory's package is filed under.
pub(crate) fn normalise<'a>(ecosystem: &str, name: &'a str) -> Cow<'a, str> {
    if base(ecosystem) == "PyPI" { pep503(name) } else { Cow::Borrowed(name) }
}

/// The normal form of a Python project's name, see
/// [PEP 503](https://packaging.python.org/en/latest/specifications/name-normalization/).
fn pep503(name: &str) -> Cow<'_, str> {
    let separator = |byte: u8| matches!(byte, b'-' | b'_' | b'.');
    let bytes = name.as_bytes();
    let doubled = bytes.windows(2).any(|pair| separator(pair[0]) && separator(pair[1]));
    if !doubled && !bytes.iter().any(|byte| matches!(byte, b'_' | b'.') || byte.is_ascii_uppercase()) {
        return Cow::Borrowed(name);
    }
    let mut normal = String::with_capacity(name.len());
    for part in name.split(['-', '_', '.']) {
        // An empty part is what stands between two separators, or before the first or after the last.
        if !part.is_empty() && !normal.is_empty() {
            normal.push('-');
        }
        normal.push_str(&part.to_ascii_lowercase());
    }
    Cow::Owned(normal)
}

/// Whether the records of an ecosystem bundle what upstream found, flaw by flaw, for a distribution's users.
pub(crate) fn is_distribution(ecosystem: &str) -> bool {
    const DISTRIBUTIONS: [&str; 21] = [
        "AlmaLinux",
        "Alpaquita",
        "Alpine",
        "Azure Linux",
        "BellSoft Hardened Containers",
        "Chainguard",
        "CleanStart",
        "Debian",
        "Docker Hardened Images",
        "Echo",
        "Mageia",
        "MinimOS",
        "Photon OS",
        "Red Hat",
        "Rocky Linux",
        "Root",
        "SUSE",
        "Ubuntu",
        "Wolfi",
        "openEuler",
        "openSUSE",
    ];
    DISTRIBUTIONS.contains(&base(ecosystem))
}

/// How packages of one kind are looked up in one image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scheme {
    /// The ecosystem's base name, shown in findings.
    pub(crate) base: &'static str,
    /// The ecosystem as its advisories for this image's release name it; the first is the one to show.
    pub(crate) ecosystems: Vec<String>,
    /// The order of its versions.
    pub(crate) comparator: Comparator,
}

/// Why there is no scheme for a kind of package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoScheme {
    /// The image does not say which distribution it is.
    NoDistribution,
    /// The distribution is none whose advisories are known here.
    UnknownDistribution,
    /// The distribution does not say which release it is.
    NoRelease,
}

/// The scheme for packages of `kind`.
pub(crate) fn scheme(kind: PackageKind, distribution: Option<&Distribution>) -> Result<Scheme, NoScheme> {
    match kind {
        PackageKind::PyPi => {
            Ok(Scheme { base: "PyPI", ecosystems: vec!["PyPI".into()], comparator: Comparator::Pep440 })
        }
        PackageKind::Npm => Ok(Scheme { base: "npm", ecosystems: vec!["npm".into()], comparator: Comparator::SemVer }),
        PackageKind::Deb | PackageKind::Apk => {
            let scheme = distribution_scheme(distribution.ok_or(NoScheme::NoDistribution)?)?;
            let expected = if kind == PackageKind::Deb { Comparator::Dpkg } else { Comparator::Apk };
            if scheme.comparator == expected { Ok(scheme) } else { Err(NoScheme::UnknownDistribution) }
        }
    }
}

/// The name of the ecosystem that packages of `kind` belong to, without a release: `Debian`, `Alpine`, `PyPI`, `npm`.
/// Packages of a distribution without a known ecosystem go by the kind of package.
pub fn ecosystem_name(kind: PackageKind, distribution: Option<&Distribution>) -> &'static str {
    scheme(kind, distribution).map_or_else(
        |_| match kind {
            PackageKind::Deb => "deb",
            PackageKind::Apk => "apk",
            PackageKind::PyPi => "PyPI",
            PackageKind::Npm => "npm",
        },
        |scheme| scheme.base,
    )
}

/// The scheme for the distribution's own packages.
pub(crate) fn distribution_scheme(distribution: &Distribution) -> Result<Scheme, NoScheme> {
    let version = distribution.version_id.as_deref().filter(|version| !version.is_empty());
    let release = || version.ok_or(NoScheme::NoRelease);
    let (base, suffixes) = match distribution.id.as_str() {
        "debian" => ("Debian", vec![debian_release(distribution).ok_or(NoScheme::NoRelease)?]),
        "ubuntu" => ("Ubuntu", vec![release()?.to_owned(), format!("{}:LTS", release()?)]),
        "alpine" => ("Alpine", vec![alpine_release(release()?)]),
        "wolfi" => ("Wolfi", vec![]),
        "chainguard" => ("Chainguard", vec![]),
        _ => return Err(NoScheme::UnknownDistribution),
    };
    let mut ecosystems = suffixes.iter().map(|suffix| format!("{base}:{suffix}")).collect::<Vec<_>>();
    // An advisory without a release is for every release.
    ecosystems.push(base.to_owned());
    let comparator = comparator(base).ok_or(NoScheme::UnknownDistribution)?;
    Ok(Scheme { base, ecosystems, comparator })
}

/// Debian's major release; `testing` gives itself a code name only.
fn debian_release(distribution: &Distribution) -> Option<String> {
    const CODENAMES: [(&str, &str); 9] = [
        ("wheezy", "7"),
        ("jessie", "8"),
        ("stretch", "9"),
        ("buster", "10"),
        ("bullseye", "11"),
        ("bookworm", "12"),
        ("trixie", "13"),
        ("forky", "14"),
        ("duke", "15"),
    ];
    if let Some(version) = distribution.version_id.as_deref().filter(|version| !version.is_empty()) {
        return Some(version.split('.').next().unwrap_or(version).to_owned());
    }
    let codename = distribution.codename.as_deref()?;
    CODENAMES.iter().find(|(name, _)| *name == codename).map(|(_, major)| (*major).to_owned())
}

/// `v3.18` of `3.18.4`; the rolling branch calls itself an alpha of the coming release.
fn alpine_release(version: &str) -> String {
    if version.contains("_alpha") {
        return "edge".to_owned();
    }
    let mut parts = version.split('.');
    let (major, minor) = (parts.next().unwrap_or_default(), parts.next().unwrap_or("0"));
    format!("v{major}.{minor}")
}

/// The name and the version that advisories know a package by.
pub(crate) fn identity(package: &Package) -> (Cow<'_, str>, &str) {
    match (package.kind, &package.source) {
        (PackageKind::PyPi, _) => (pep503(&package.name), &package.version),
        (PackageKind::Deb, Some(source)) => (Cow::Borrowed(&source.name), &source.version),
        // A package and its origin are built by one recipe, at one version.
        (PackageKind::Apk, Some(source)) => (Cow::Borrowed(&source.name), &package.version),
        _ => (Cow::Borrowed(&package.name), &package.version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_python_projects() {
        let check = |name: &str, expect: &str| assert_eq!(pep503(name), expect, "{name}");
        check("flask", "flask");
        check("Flask", "flask");
        check("zope.interface", "zope-interface");
        check("ruamel_yaml", "ruamel-yaml");
        check("Foo-_.Bar", "foo-bar");
        check("a--b", "a-b");
    }

    #[test]
    fn ecosystems_of_distributions() {
        let check = |id: &str, version: &str, codename: &str, expect: Result<&[&str], NoScheme>| {
            let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            let distribution = Distribution {
                id: id.into(),
                version_id: some(version),
                codename: some(codename),
                ..Distribution::default()
            };
            let found = distribution_scheme(&distribution).map(|scheme| scheme.ecosystems);
            assert_eq!(
                found,
                expect.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
                "{id} {version}"
            );
        };
        check("debian", "12", "bookworm", Ok(&["Debian:12", "Debian"]));
        check("debian", "9.13", "", Ok(&["Debian:9", "Debian"]));
        check("debian", "", "forky", Ok(&["Debian:14", "Debian"]));
        check("debian", "", "sid", Err(NoScheme::NoRelease));
        check("ubuntu", "22.04", "jammy", Ok(&["Ubuntu:22.04", "Ubuntu:22.04:LTS", "Ubuntu"]));
        check("ubuntu", "", "", Err(NoScheme::NoRelease));
        check("alpine", "3.18.4", "", Ok(&["Alpine:v3.18", "Alpine"]));
        check("alpine", "3.23.0_alpha20250612", "", Ok(&["Alpine:edge", "Alpine"]));
        check("wolfi", "20230201", "", Ok(&["Wolfi"]));
        check("chainguard", "20230214", "", Ok(&["Chainguard"]));
        check("fedora", "40", "", Err(NoScheme::UnknownDistribution));
    }

    #[test]
    fn a_kind_of_package_needs_a_distribution_that_uses_it() {
        let debian = Distribution { id: "debian".into(), version_id: Some("12".into()), ..Distribution::default() };
        assert!(scheme(PackageKind::Deb, Some(&debian)).is_ok());
        assert_eq!(scheme(PackageKind::Apk, Some(&debian)), Err(NoScheme::UnknownDistribution));
        assert_eq!(scheme(PackageKind::Deb, None), Err(NoScheme::NoDistribution));
        assert!(scheme(PackageKind::Npm, None).is_ok());
    }
}
