//! Reads a package's [`Project.toml`](https://pkgdocs.julialang.org/v1/toml-files/).

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::listing::{Listing, one};
use crate::ecosystems::tables::tables;

pub(in crate::ecosystems) fn project(bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let Some(project) = tables(&text, ["name", "version", "uuid"]).next() else { return Ok(Facts::Nothing) };
    let [name, version, uuid] = project.values;
    // A package has an identifier; files of the same name without one are something else.
    if uuid.is_empty() { Ok(Facts::Nothing) } else { one(PackageKind::Julia, name, version) }
}

/// Reads a `Manifest.toml`: a table for each package, below `deps` since the second version of the format. What has no
/// version is a part of Julia.
pub(super) fn manifest(bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let mut listing = Listing::declared(PackageKind::Julia);
    for table in tables(&text, ["version", "uuid"]) {
        let [version, uuid] = table.values;
        let name = table.head.strip_prefix("deps.").unwrap_or(table.head);
        if !version.is_empty() && !uuid.is_empty() && !name.contains('.') {
            listing.add(name, version)?;
        }
    }
    Ok(listing.facts())
}
