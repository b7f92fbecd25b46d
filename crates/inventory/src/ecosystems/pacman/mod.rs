//! Arch Linux packages: pacman's directory for each, with what it is and what belongs to it.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "pacman",
    finds: "Arch Linux packages",
    files: &["var/lib/pacman/local/*/desc"],
    scope: Scope::System,
    size: Size::Record,
    parse: |_, bytes| parse::parse(bytes),
};

/// What belongs to a package.
pub(super) const FILES: Cataloger = Cataloger {
    name: "pacman-files",
    finds: "which files belong to Arch Linux packages",
    files: &["var/lib/pacman/local/*/files"],
    scope: Scope::System,
    size: Size::Record,
    parse: |path, bytes| Ok(parse::files(path, bytes)),
};

#[cfg(test)]
mod tests;
