//! What the database of a distribution's package manager says, within limits.

use super::{Facts, MAX_PACKAGES, Owned, TOO_MANY, field, optional};
use crate::{Package, PackageKind, SourcePackage};

/// What a record tells of a package; what it does not tell is empty.
#[derive(Clone, Copy, Default)]
pub(super) struct Told<'a> {
    pub(super) name: &'a [u8],
    pub(super) version: &'a [u8],
    /// The name of the source package, which has the same version.
    pub(super) source: &'a [u8],
    pub(super) architecture: &'a [u8],
}

impl Told<'_> {
    /// The package, unless it has no name.
    pub(super) fn package(self, kind: PackageKind) -> Result<Package, &'static str> {
        if self.name.is_empty() {
            return Err("it has a paragraph without a package name");
        }
        let version = field(self.version)?;
        let source = optional(self.source)?.map(|name| SourcePackage { name, version: version.clone() });
        let architecture = optional(self.architecture)?;
        Ok(Package { source, architecture, ..Package::new(kind, field(self.name)?, version) })
    }
}

/// The packages that `read` makes of a database's entries; none of those that are not installed.
pub(super) fn packages<T>(
    entries: impl IntoIterator<Item = T>,
    read: impl Fn(T) -> Result<Option<Package>, &'static str>,
) -> Result<Facts, &'static str> {
    let mut packages = Vec::new();
    for entry in entries {
        if packages.len() == MAX_PACKAGES {
            return Err(TOO_MANY);
        }
        packages.extend(read(entry)?);
    }
    Ok(Facts::Database { packages, owned: Vec::new() })
}

/// The files of one package, from a list beside the database.
pub(super) fn files<'a>(package: &[u8], paths: impl IntoIterator<Item = &'a [u8]>) -> Facts {
    match Owned::new(&String::from_utf8_lossy(package), paths) {
        Some(owned) => Facts::Database { packages: Vec::new(), owned: vec![owned] },
        None => Facts::Nothing,
    }
}
