//! The orders of versions, one per kind of package.

pub mod alpm;
pub mod apk;
pub mod bitnami;
pub mod conda;
pub mod cran;
pub mod dpkg;
pub mod gem;
pub mod generic;
pub mod gentoo;
pub mod golang;
pub mod hackage;
pub mod maven;
mod named;
pub mod nuget;
pub mod opam;
pub mod packagist;
pub mod pep440;
pub mod pubspec;
pub mod rpm;
pub mod semver;

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt;

pub use named::{ECOSYSTEMS, Ecosystem};

/// A version that the comparator's grammar does not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{}\" is not a version in the order of {order}", version.escape_debug())]
pub struct Unparsable {
    /// The version, verbatim.
    pub version: String,
    /// The order it was to be placed in.
    pub order: Comparator,
}

/// An order of versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Comparator {
    /// Debian's, see [`dpkg`].
    Dpkg,
    /// Alpine's, see [`apk`].
    Apk,
    /// Python's, see [`pep440`].
    Pep440,
    /// Semantic versions, see [`semver`].
    SemVer,
    /// RPM's, see [`rpm`].
    Rpm,
    /// Pacman's, see [`alpm`].
    Alpm,
    /// Gentoo's, see [`gentoo`].
    Gentoo,
    /// Maven's, see [`maven`].
    Maven,
    /// Ruby's, see [`gem`].
    Gem,
    /// Go's, see [`golang`].
    Go,
    /// .NET's, see [`nuget`].
    NuGet,
    /// Composer's, see [`packagist`].
    Packagist,
    /// Dart's, see [`pubspec`].
    Pub,
    /// Bitnami's, see [`bitnami`].
    Bitnami,
    /// R's, see [`cran`].
    Cran,
    /// Haskell's, see [`hackage`].
    Hackage,
    /// Conda's, see [`conda`].
    Conda,
    /// OCaml's, see [`opam`].
    Opam,
    /// That of programs of no ecosystem, see [`generic`].
    Generic,
}

impl Comparator {
    /// Every comparator; a place in this list is what an index names it by.
    pub const ALL: [Self; 19] = [
        Self::Dpkg,
        Self::Apk,
        Self::Pep440,
        Self::SemVer,
        Self::Rpm,
        Self::Alpm,
        Self::Gentoo,
        Self::Maven,
        Self::Gem,
        Self::Go,
        Self::NuGet,
        Self::Packagist,
        Self::Pub,
        Self::Bitnami,
        Self::Cran,
        Self::Hackage,
        Self::Conda,
        Self::Opam,
        Self::Generic,
    ];

    /// Places `left` relative to `right`.
    ///
    /// Fails with the first of the two that is not a version. Among versions the order is total.
    pub fn compare(self, left: &str, right: &str) -> Result<Ordering, Unparsable> {
        self.parse(left)?.compare(right)
    }

    /// Places `left` relative to `right` for sorting.
    ///
    /// As [`Self::compare`], but a version without a release comes before those that differ from it only by having one.
    /// They are equal to it and not to each other, and nothing can be sorted by such an order.
    pub fn arrange(self, left: &str, right: &str) -> Result<Ordering, Unparsable> {
        let order = self.compare(left, right)?;
        let has_release = |text: &str| rpm::parse(text).is_some_and(|version| version.has_release());
        Ok(match self {
            Self::Rpm | Self::Alpm => order.then_with(|| has_release(left).cmp(&has_release(right))),
            _ => order,
        })
    }

    /// Reads a version that is to be compared many times.
    pub(crate) fn parse(self, version: &str) -> Result<Parsed<'_>, Unparsable> {
        let parsed = match self {
            Self::Dpkg => dpkg::parse(version).map(Parsed::Dpkg),
            Self::Apk => apk::is_version(version).then_some(Parsed::Apk(version)),
            Self::Pep440 => pep440::parse(version).map(Parsed::Pep440),
            Self::SemVer => semver::parse(version).map(Parsed::SemVer),
            Self::Rpm => rpm::parse(version).map(Parsed::Rpm),
            Self::Alpm => rpm::parse(version).map(Parsed::Alpm),
            Self::Gentoo => gentoo::parse(version).map(Parsed::Gentoo),
            Self::Maven => maven::parse(version).map(Parsed::Maven),
            Self::Gem => gem::parse(version).map(Parsed::Gem),
            Self::Go => golang::parse(version).map(Parsed::Go),
            Self::NuGet => nuget::parse(version).map(Parsed::NuGet),
            Self::Packagist => packagist::parse(version).map(Parsed::Packagist),
            Self::Pub => semver::parse(version).map(Parsed::Pub),
            Self::Bitnami => bitnami::parse(version).map(Parsed::Bitnami),
            Self::Cran => cran::parse(version).map(Parsed::Cran),
            Self::Hackage => hackage::parse(version).map(Parsed::Hackage),
            Self::Conda => conda::parse(version).map(Parsed::Conda),
            Self::Opam => opam::parse(version).map(Parsed::Opam),
            Self::Generic => generic::parse(version).map(Parsed::Generic),
        };
        parsed.ok_or_else(|| self.unparsable(version))
    }

    /// Whether `version` has a place in this order.
    pub fn accepts(self, version: &str) -> bool {
        self.parse(version).is_ok()
    }

    fn unparsable(self, version: &str) -> Unparsable {
        Unparsable { version: version.to_owned(), order: self }
    }
}

/// A version, read once.
pub(crate) enum Parsed<'a> {
    Dpkg(dpkg::Version<'a>),
    Apk(&'a str),
    Pep440(pep440::Version<'a>),
    SemVer(semver::Version<'a>),
    Rpm(rpm::Version<'a>),
    Alpm(rpm::Version<'a>),
    Gentoo(gentoo::Version<'a>),
    Maven(maven::Version<'a>),
    Gem(gem::Version<'a>),
    Go(golang::Version<'a>),
    NuGet(nuget::Version<'a>),
    Packagist(packagist::Version<'a>),
    Pub(semver::Version<'a>),
    Bitnami(bitnami::Version<'a>),
    Cran(&'a str),
    Hackage(&'a str),
    Conda(conda::Version<'a>),
    Opam(&'a str),
    Generic(generic::Version<'a>),
}

impl Parsed<'_> {
    pub(crate) fn order(&self) -> Comparator {
        match self {
            Self::Dpkg(_) => Comparator::Dpkg,
            Self::Apk(_) => Comparator::Apk,
            Self::Pep440(_) => Comparator::Pep440,
            Self::SemVer(_) => Comparator::SemVer,
            Self::Rpm(_) => Comparator::Rpm,
            Self::Alpm(_) => Comparator::Alpm,
            Self::Gentoo(_) => Comparator::Gentoo,
            Self::Maven(_) => Comparator::Maven,
            Self::Gem(_) => Comparator::Gem,
            Self::Go(_) => Comparator::Go,
            Self::NuGet(_) => Comparator::NuGet,
            Self::Packagist(_) => Comparator::Packagist,
            Self::Pub(_) => Comparator::Pub,
            Self::Bitnami(_) => Comparator::Bitnami,
            Self::Cran(_) => Comparator::Cran,
            Self::Hackage(_) => Comparator::Hackage,
            Self::Conda(_) => Comparator::Conda,
            Self::Opam(_) => Comparator::Opam,
            Self::Generic(_) => Comparator::Generic,
        }
    }

    /// Places this version relative to `other`.
    pub(crate) fn compare(&self, other: &str) -> Result<Ordering, Unparsable> {
        let order = match self {
            Self::Dpkg(version) => dpkg::parse(other).map(|other| version.compare(&other)),
            Self::Apk(version) => apk::place(version, other),
            Self::Pep440(version) => pep440::parse(other).map(|other| version.compare(&other)),
            Self::SemVer(version) => semver::parse(other).map(|other| version.compare(&other)),
            Self::Rpm(version) => rpm::parse(other).map(|other| version.compare(&other)),
            Self::Alpm(version) => rpm::parse(other).map(|other| version.compare_by(&other, alpm::compare_parts)),
            Self::Gentoo(version) => gentoo::parse(other).map(|other| version.compare(&other)),
            Self::Maven(version) => maven::parse(other).map(|other| version.compare(&other)),
            Self::Gem(version) => gem::parse(other).map(|other| version.compare(&other)),
            Self::Go(version) => golang::parse(other).map(|other| version.compare(&other)),
            Self::NuGet(version) => nuget::parse(other).map(|other| version.compare(&other)),
            Self::Packagist(version) => packagist::parse(other).map(|other| version.compare(&other)),
            Self::Pub(version) => semver::parse(other).map(|other| pubspec::place(version, &other)),
            Self::Bitnami(version) => bitnami::parse(other).map(|other| version.compare(&other)),
            Self::Cran(version) => cran::parse(other).map(|other| cran::place(version, other)),
            Self::Hackage(version) => hackage::parse(other).map(|other| cran::place(version, other)),
            Self::Conda(version) => conda::parse(other).map(|other| version.compare(&other)),
            Self::Opam(version) => opam::parse(other).map(|other| dpkg::compare_parts(version, other)),
            Self::Generic(version) => generic::parse(other).map(|other| version.compare(&other)),
        };
        order.ok_or_else(|| self.order().unparsable(other))
    }
}

impl fmt::Display for Comparator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dpkg => "dpkg",
            Self::Apk => "apk",
            Self::Pep440 => "PEP 440",
            Self::SemVer => "SemVer",
            Self::Rpm => "rpm",
            Self::Alpm => "pacman",
            Self::Gentoo => "Gentoo",
            Self::Maven => "Maven",
            Self::Gem => "RubyGems",
            Self::Go => "Go",
            Self::NuGet => "NuGet",
            Self::Packagist => "Composer",
            Self::Pub => "pub",
            Self::Bitnami => "Bitnami",
            Self::Cran => "R",
            Self::Hackage => "PVP",
            Self::Conda => "Conda",
            Self::Opam => "opam",
            Self::Generic => "generic",
        })
    }
}

/// Compares two runs of ASCII digits by value, whatever their length.
fn compare_numbers(left: &str, right: &str) -> Ordering {
    let (left, right) = (left.trim_start_matches('0'), right.trim_start_matches('0'));
    left.len().cmp(&right.len()).then_with(|| left.cmp(right))
}

/// Compares two sequences segment by segment; of two that agree as far as both go, the longer comes later.
fn compare_segments<'a>(
    mut left: impl Iterator<Item = &'a str>,
    mut right: impl Iterator<Item = &'a str>,
    compare: impl Fn(&str, &str) -> Ordering,
) -> Ordering {
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (Some(a), Some(b)) => compare(a, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Compares two sequences segment by segment; the one that ends first goes on with zeros.
fn compare_padded<'a>(
    mut left: impl Iterator<Item = &'a str>,
    mut right: impl Iterator<Item = &'a str>,
    compare: impl Fn(&str, &str) -> Ordering,
) -> Ordering {
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (a, b) => compare(a.unwrap_or("0"), b.unwrap_or("0")),
        };
        if order.is_ne() {
            return order;
        }
    }
}

fn compare_ignoring_case(left: &str, right: &str) -> Ordering {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    left.bytes().map(lower).cmp(right.bytes().map(lower))
}

/// Cuts the leading run of ASCII digits off `text`; the run may be empty.
fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}
