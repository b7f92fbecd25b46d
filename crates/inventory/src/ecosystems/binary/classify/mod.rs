//! Programs that no package manager installed, told by their name and by how their version stands in their bytes.
//!
//! [`table`] has the programs, as data. A file whose name fits none of them costs no more than that; what the name
//! promises, the bytes have to confirm. Where they allow for two versions, neither is reported.

mod pattern;
mod table;

use super::{Program, file_name};
use crate::ecosystems::glob;
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

/// The program, if it is one of those that can be told.
#[expect(clippy::unnecessary_wraps, reason = "every inspector may fail, but for this one")]
pub(super) fn inspect(program: &Program<'_>) -> Result<Vec<Package>, &'static str> {
    let name = file_name(program.path);
    let name = name.strip_suffix(b".exe").unwrap_or(name);
    Ok(TABLE.iter().find_map(|row| classify(row, name, program.bytes)).into_iter().collect())
}

fn classify(row: &Row, name: &[u8], bytes: &[u8]) -> Option<Package> {
    let fitting = row.names.iter().find(|pattern| glob::fits_part(pattern, name))?;
    let promised = version_in_name(fitting, name);
    let version = row.says.iter().find_map(|says| Pattern::of(says, promised)?.version(bytes))?;
    let version = String::from_utf8_lossy(version);
    Some(Package { certainty: Certainty::Classified, ..Package::new(PackageKind::Generic, row.package, version) })
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
