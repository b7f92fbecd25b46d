//! Reads where opam keeps the description of an installed package: `packages/<name>.<version>/opam`.

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::listing::one;

pub(in crate::ecosystems) fn parse(path: &[u8]) -> Result<Facts, &'static str> {
    let path = String::from_utf8_lossy(path);
    let directory = path.rsplit('/').nth(1).unwrap_or_default();
    // Names have no dots, versions may.
    let (name, version) =
        directory.split_once('.').ok_or("its directory is not named after a package and its version")?;
    one(PackageKind::Opam, name, version)
}
