//! Reads a package's [`Project.toml`](https://pkgdocs.julialang.org/v1/toml-files/).

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::listing::one;
use crate::ecosystems::tables::tables;

pub(in crate::ecosystems) fn project(bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let Some(project) = tables(&text, ["name", "version", "uuid"]).next() else { return Ok(Facts::Nothing) };
    let [name, version, uuid] = project.values;
    // A package has an identifier; files of the same name without one are something else.
    if uuid.is_empty() { Ok(Facts::Nothing) } else { one(PackageKind::Julia, name, version) }
}
