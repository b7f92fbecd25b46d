//! How the packages of an image are looked up: from their kind and the image's distribution to an OSV ecosystem, an order
//! of versions, and the name and version that the ecosystem's advisories go by.

mod distribution;
mod modules;
mod red_hat;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use plimsoll_inventory::{Distribution, Package, PackageKind, cpes};

use crate::ecosystem::{comparator, normalise};
use crate::version::Comparator;

pub(crate) use distribution::{debian_release, distribution_scheme, is_built_by_distribution};
pub(crate) use modules::{Applies, applies, is_modular, is_plain};
pub(crate) use red_hat::red_hat_products;

/// How packages of one kind are looked up in one image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scheme {
    /// The ecosystem's base name, shown in findings.
    pub(crate) base: &'static str,
    /// The ecosystem as its advisories for this image's release name it; the first is the one to show.
    pub(crate) ecosystems: Vec<String>,
    /// How many of them, counted from the end, have the last word: what they say of a flaw replaces what the others say.
    pub(crate) overriding: usize,
    /// The order of its versions.
    pub(crate) comparator: Comparator,
    /// The name its advisories file a package under.
    pub(crate) names: Names,
    /// Whether its advisories name every flaw of its packages, fixed or not.
    pub(crate) comprehensive: bool,
}

/// The name advisories file a package under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// Its own.
    Own,
    /// That of the source package it was built from.
    Source,
    /// Its own, or where an advisory does not have that, the source package's.
    Either,
    /// Those that it has in CPEs; none where nobody knows any.
    Cpes,
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
    NoEcosystem(PackageKind),
}

/// The scheme for packages of `kind`.
pub(crate) fn scheme(kind: PackageKind, distribution: Option<&Distribution>) -> Result<Scheme, NoScheme> {
    if kind.is_of_system() {
        let distribution = distribution.ok_or(NoScheme::NoDistribution)?;
        let (uses, scheme) = distribution_scheme(distribution)?;
        return if uses == kind { Ok(scheme) } else { Err(NoScheme::UnknownDistribution) };
    }
    let base = language(kind).ok_or(NoScheme::NoEcosystem(kind))?;
    let comparator = comparator(base).ok_or(NoScheme::NoEcosystem(kind))?;
    Ok(Scheme {
        base,
        ecosystems: vec![base.to_owned()],
        overriding: 0,
        comparator,
        names: if kind == PackageKind::Generic { Names::Cpes } else { Names::Own },
        comprehensive: false,
    })
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
        PackageKind::Generic => "generic",
        _ => return None,
    })
}

/// The name of the ecosystem that packages of `kind` belong to, without a release: `Debian`, `Alpine`, `PyPI`, `npm`.
/// Packages without a known ecosystem go by the type of their package-urls.
pub fn ecosystem_name(kind: PackageKind, distribution: Option<&Distribution>) -> &'static str {
    scheme(kind, distribution).map_or_else(|_| language(kind).unwrap_or(kind.purl_type()), |scheme| scheme.base)
}

/// What a package is looked up by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity<'a> {
    /// The name, as the ecosystem's advisories spell it.
    pub(crate) name: Cow<'a, str>,
    /// The version they compare.
    pub(crate) version: &'a str,
    /// Whether the version lacks the epoch that theirs may have.
    pub(crate) without_epoch: bool,
}

/// What the advisories of a scheme know a package by: the identities to ask by, the better first.
pub(crate) fn identities<'a>(package: &'a Package, scheme: &Scheme) -> impl Iterator<Item = Identity<'a>> {
    let own =
        || Identity { name: normalise(scheme.base, &package.name), version: &package.version, without_epoch: false };
    let (first, second) = match scheme.names {
        Names::Own => (Some(own()), None),
        Names::Source => (Some(of_source(package).unwrap_or_else(own)), None),
        Names::Either => (Some(own()), of_source(package).filter(|source| source.name != package.name)),
        Names::Cpes => (None, None),
    };
    let cpes = if scheme.names == Names::Cpes { cpes(package) } else { &[] };
    let by_cpe = |name: &&'static str| Identity { name: Cow::Borrowed(*name), ..own() };
    let by_cpes = cpes.iter().map(by_cpe).collect::<Vec<_>>();
    [first, second].into_iter().flatten().chain(by_cpes)
}

fn of_source(package: &Package) -> Option<Identity<'_>> {
    let source = package.source.as_ref()?;
    let (version, without_epoch) = match package.kind {
        // A package and its origin are built by one recipe, at one version.
        PackageKind::Apk => (&package.version, false),
        // The name of a source package's file has no epoch; that of the package itself is the same where they go by one
        // version.
        PackageKind::Rpm if is_same_but_epoch(&package.version, &source.version) && package.name == source.name => {
            (&package.version, false)
        }
        PackageKind::Rpm => (&source.version, !source.version.contains(':')),
        _ => (&source.version, false),
    };
    Some(Identity { name: Cow::Borrowed(&source.name), version, without_epoch })
}

fn is_same_but_epoch(version: &str, source: &str) -> bool {
    version.split_once(':').map_or(version, |(_, rest)| rest) == source
}
