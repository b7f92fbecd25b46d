//! The packages that a file lists, within limits.

use super::{Facts, MAX_PACKAGES, TOO_MANY, field};
use crate::{Certainty, Package, PackageKind};

/// Packages of one kind and certainty.
pub(super) struct Listing {
    kind: PackageKind,
    certainty: Certainty,
    packages: Vec<Package>,
}

impl Listing {
    /// Of packages that are installed.
    pub(super) fn installed(kind: PackageKind) -> Self {
        Self { kind, certainty: Certainty::Installed, packages: Vec::new() }
    }

    /// Of packages that somebody asks for.
    pub(super) fn declared(kind: PackageKind) -> Self {
        Self { kind, certainty: Certainty::Declared, packages: Vec::new() }
    }

    /// Adds a package; one without a name is none.
    pub(super) fn add(&mut self, name: &str, version: &str) -> Result<(), &'static str> {
        self.add_with(name, version, |_| {})
    }

    /// Adds a package of which more is known.
    pub(super) fn add_with(
        &mut self,
        name: &str,
        version: &str,
        more: impl FnOnce(&mut Package),
    ) -> Result<(), &'static str> {
        let (name, version) = (field(name.as_bytes())?, field(version.as_bytes())?);
        if name.is_empty() {
            return Ok(());
        }
        if self.packages.len() == MAX_PACKAGES {
            return Err(TOO_MANY);
        }
        let mut package = Package { certainty: self.certainty, ..Package::new(self.kind, name, version) };
        more(&mut package);
        self.packages.push(package);
        Ok(())
    }

    /// What the file says: every package once.
    pub(super) fn facts(mut self) -> Facts {
        self.packages.sort();
        self.packages.dedup();
        if self.packages.is_empty() { Facts::Nothing } else { Facts::Packages(self.packages) }
    }
}

/// The one package that a file stands for.
pub(super) fn one(kind: PackageKind, name: &str, version: &str) -> Result<Facts, &'static str> {
    let mut listing = Listing::installed(kind);
    listing.add(name, version)?;
    Ok(listing.facts())
}

/// Runs a parser over a text and writes what it finds a line each, for the tables of tests: name, version, then what
/// else is known.
#[cfg(test)]
pub(super) fn lines(facts: Result<Facts, &'static str>) -> Result<Vec<String>, &'static str> {
    let packages = match facts? {
        Facts::Packages(packages) => packages,
        Facts::Nothing => Vec::new(),
        other => panic!("{other:?}"),
    };
    let line = |package: Package| {
        let known = [package.architecture, package.vendor, package.within];
        let more = known.into_iter().flatten().map(|value| format!(" [{value}]")).collect::<Vec<_>>().concat();
        let mark = if package.certainty == Certainty::Declared { "? " } else { "" };
        format!("{mark}{} {} {}{more}", package.kind.purl_type(), package.name, package.version)
    };
    Ok(packages.into_iter().map(line).collect())
}

/// Checks what a parser finds, written as by [`lines`] with commas between.
#[cfg(test)]
#[track_caller]
pub(super) fn check_packages(found: Result<Facts, &'static str>, expect: Result<&str, &str>) {
    let found = lines(found).map(|lines| lines.join(", "));
    assert_eq!(found, expect.map(str::to_owned));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_package_once_and_none_without_a_name() {
        let mut listing = Listing::declared(PackageKind::Npm);
        for (name, version) in [("b", "1"), ("a", "2"), ("", "3"), ("b", "1"), ("a", "")] {
            listing.add(name, version).unwrap();
        }
        assert_eq!(lines(Ok(listing.facts())).unwrap(), ["? npm a ", "? npm a 2", "? npm b 1"]);
        assert_eq!(one(PackageKind::Npm, "", "1"), Ok(Facts::Nothing));
        assert!(one(PackageKind::Npm, &"a".repeat(1025), "1").is_err());
    }

    #[test]
    fn there_is_an_end_to_it() {
        let mut listing = Listing::installed(PackageKind::Npm);
        for _ in 0..MAX_PACKAGES {
            listing.add("a", "1").unwrap();
        }
        assert_eq!(listing.add("a", "1"), Err(TOO_MANY));
    }
}
