//! Reads the [description of an installed package](https://downloads.haskell.org/ghc/latest/docs/users_guide/packages.html#installedpackageinfo-a-package-specification).

use crate::PackageKind;
use crate::ecosystems::listing::one;
use crate::ecosystems::paragraphs::{Paragraph, paragraphs};
use crate::ecosystems::{Facts, field};

pub(in crate::ecosystems) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let [mut name, mut version, mut library] = [const { String::new() }; 3];
    for (key, value) in paragraphs(bytes).flat_map(Paragraph::fields) {
        match key {
            b"name" => name = field(value)?,
            b"version" => version = field(value)?,
            b"package-name" => library = field(value)?,
            _ => {}
        }
    }
    // A library within a package has a name of its own, and that of the package.
    let name = if library.is_empty() { name } else { library };
    if name.is_empty() { Err("it names no package") } else { one(PackageKind::Hackage, &name, &version) }
}
