//! How the packages of an image are looked up: from their kind and the image's distribution to an OSV ecosystem, an order
//! of versions, and the name and version that the ecosystem's advisories go by.

use std::borrow::Cow;

use plimsoll_inventory::{Distribution, Package, PackageKind};

use crate::ecosystem::{comparator, normalise};
use crate::version::Comparator;

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
    /// Nobody publishes advisories for packages of this kind.
    NoEcosystem,
}

/// The scheme for packages of `kind`.
pub(crate) fn scheme(kind: PackageKind, distribution: Option<&Distribution>) -> Result<Scheme, NoScheme> {
    if kind.is_of_system() {
        let distribution = distribution.ok_or(NoScheme::NoDistribution)?;
        let scheme = distribution_scheme(distribution)?;
        return if package_kind(distribution) == Some(kind) { Ok(scheme) } else { Err(NoScheme::UnknownDistribution) };
    }
    let base = language(kind).ok_or(NoScheme::NoEcosystem)?;
    let comparator = comparator(base).ok_or(NoScheme::NoEcosystem)?;
    Ok(Scheme { base, ecosystems: vec![base.to_owned()], comparator })
}

/// The ecosystem of packages that are no distribution's; none where nobody publishes advisories for them.
fn language(kind: PackageKind) -> Option<&'static str> {
    Some(match kind {
        PackageKind::PyPi => "PyPI",
        PackageKind::Npm => "npm",
        PackageKind::Maven => "Maven",
        PackageKind::Golang => "Go",
        PackageKind::Cargo => "crates.io",
        PackageKind::Gem => "RubyGems",
        PackageKind::Composer => "Packagist",
        PackageKind::NuGet => "NuGet",
        PackageKind::Cran => "CRAN",
        PackageKind::Hex => "Hex",
        PackageKind::Julia => "Julia",
        PackageKind::Pub => "Pub",
        PackageKind::Swift => "SwiftURL",
        PackageKind::Hackage => "Hackage",
        PackageKind::Opam => "opam",
        PackageKind::Bitnami => "Bitnami",
        _ => return None,
    })
}

/// The name of the ecosystem that packages of `kind` belong to, without a release: `Debian`, `Alpine`, `PyPI`, `npm`.
/// Packages without a known ecosystem go by the type of their package-urls.
pub fn ecosystem_name(kind: PackageKind, distribution: Option<&Distribution>) -> &'static str {
    scheme(kind, distribution).map_or_else(|_| language(kind).unwrap_or(kind.purl_type()), |scheme| scheme.base)
}

/// The kind of packages that a distribution is made of.
fn package_kind(distribution: &Distribution) -> Option<PackageKind> {
    Some(match distribution.id.as_str() {
        "debian" | "ubuntu" => PackageKind::Deb,
        "alpine" | "wolfi" | "chainguard" => PackageKind::Apk,
        _ => return None,
    })
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
        (PackageKind::Deb, Some(source)) => (Cow::Borrowed(&source.name), &source.version),
        // A package and its origin are built by one recipe, at one version.
        (PackageKind::Apk, Some(source)) => (Cow::Borrowed(&source.name), &package.version),
        (kind, _) => (normalise(language(kind).unwrap_or_default(), &package.name), &package.version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
