//! Debian packages: dpkg's status file, the one-file-a-package form of distroless images, and the lists of what files
//! belong to them.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "dpkg",
    finds: "Debian packages",
    files: &["var/lib/dpkg/status", "var/lib/dpkg/status.d/*"],
    scope: Scope::System,
    size: Size::Record,
    parse: parse::parse,
};

/// What belongs to a package.
pub(super) const FILES: Cataloger = Cataloger {
    name: "dpkg-files",
    finds: "which files belong to Debian packages",
    files: &["var/lib/dpkg/info/*.list", "var/lib/dpkg/status.d/*.md5sums"],
    scope: Scope::System,
    size: Size::Record,
    parse: |path, bytes| Ok(parse::files(path, bytes)),
};

#[cfg(test)]
mod tests;
