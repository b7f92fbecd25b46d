//! Programs that no package manager installed, told by their name and by how their version stands in their bytes.
//!
//! [`table`] has the programs, as data. A file whose name fits none of them costs no more than that; what the name
//! promises, the bytes have to confirm. Where they allow for two versions, neither is reported.

mod pattern;
mod table;

use crate::ecosystems::{file_name, glob};
use crate::{Certainty, Package, PackageKind};
use pattern::Pattern;
use table::TABLE;

/// A program that is told by its bytes.
struct Row {
    /// What it is called.
    package: &'static str,
    /// What it is called in CPEs, as `vendor:product`, the usual one first.
    cpes: &'static [&'static str],
    /// What its files are called: patterns over the last part of a path.
    names: &'static [&'static str],
    /// How its version stands in its bytes, the surest first: see [`Pattern::of`].
    says: &'static [&'static str],
}

/// A look for the versions of the programs that a file may be by its name.
pub(super) struct Search(Vec<(&'static Row, Vec<Tally>)>);

/// What was found of one way in which a version may stand.
struct Tally {
    pattern: Pattern<'static>,
    version: Version,
}

enum Version {
    None,
    One(Vec<u8>),
    Several,
}

impl Search {
    /// A search in the file at `path`.
    pub(super) fn new(path: &[u8]) -> Self {
        let name = file_name(path);
        let name = name.strip_suffix(b".exe").unwrap_or(name);
        let fitting = TABLE.iter().filter_map(|row| {
            let pattern = row.names.iter().find(|pattern| glob::fits_part(pattern, name))?;
            let promised = version_in_name(pattern, name);
            let patterns = row.says.iter().filter_map(|says| Pattern::of(says, promised));
            Some((row, patterns.map(|pattern| Tally { pattern, version: Version::None }).collect()))
        });
        Self(fitting.collect())
    }

    /// Whether it takes the whole file at once.
    pub(super) fn needs_all(&self) -> bool {
        self.0.iter().flat_map(|(_, tallies)| tallies).any(|tally| tally.pattern.needs_all())
    }

    /// Looks for what begins in the first `starts` bytes of a part of the file.
    pub(super) fn look(&mut self, bytes: &[u8], starts: usize) {
        for tally in self.0.iter_mut().flat_map(|(_, tallies)| tallies) {
            tally.look(bytes, starts);
        }
    }

    /// The program, if it is one of those that can be told.
    pub(super) fn found(self) -> Option<Package> {
        let version = |tallies: Vec<Tally>| tallies.into_iter().find_map(Tally::only);
        let (row, version) = self.0.into_iter().find_map(|(row, tallies)| Some((row, version(tallies)?)))?;
        let version = String::from_utf8_lossy(&version);
        Some(Package { certainty: Certainty::Classified, ..Package::new(PackageKind::Generic, row.package, version) })
    }
}

impl Tally {
    fn look(&mut self, bytes: &[u8], starts: usize) {
        if matches!(self.version, Version::Several) {
            return;
        }
        for version in self.pattern.versions(bytes, starts) {
            match &self.version {
                Version::None => self.version = Version::One(version.to_vec()),
                Version::One(first) if first == version => {}
                Version::One(_) | Version::Several => {
                    self.version = Version::Several;
                    return;
                }
            }
        }
    }

    fn only(self) -> Option<Vec<u8>> {
        match self.version {
            Version::One(version) => Some(version),
            Version::None | Version::Several => None,
        }
    }
}

/// The beginning of a version where the pattern of the name has its first wildcard: of `python3.11` it is `3.11`.
fn version_in_name<'a>(pattern: &str, name: &'a [u8]) -> &'a [u8] {
    let from = pattern.find('*').unwrap_or(name.len());
    let rest = name.get(from..).unwrap_or_default();
    let end = rest.iter().position(|byte| !byte.is_ascii_digit() && *byte != b'.').unwrap_or(rest.len());
    rest[..end].strip_suffix(b".").unwrap_or(&rest[..end])
}

/// What a package that was told by its bytes is called in CPEs, as `vendor:product`, the usual one first; empty for
/// other packages.
pub fn cpes(package: &Package) -> &'static [&'static str] {
    let is_classified = package.kind == PackageKind::Generic && package.certainty == Certainty::Classified;
    let row = TABLE.iter().find(|row| is_classified && row.package == package.name);
    row.map_or(&[], |row| row.cpes)
}

/// Every name in CPEs that a package may have which was told by its bytes.
pub fn known_cpes() -> impl Iterator<Item = &'static str> {
    TABLE.iter().flat_map(|row| row.cpes).copied()
}

#[cfg(test)]
mod tests;
