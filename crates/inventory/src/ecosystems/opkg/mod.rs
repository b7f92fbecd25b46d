//! `OpenWrt` packages: opkg's status file, and what it keeps of each package.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "opkg",
    finds: "OpenWrt packages",
    files: &[
        "lib/opkg/status",
        "usr/lib/opkg/status",
        "var/lib/opkg/status",
        "lib/opkg/info/*.control",
        "usr/lib/opkg/info/*.control",
        "var/lib/opkg/info/*.control",
    ],
    scope: Scope::System,
    size: Size::Record,
    parse: |_, bytes| parse::parse(bytes),
};

/// What belongs to a package.
pub(super) const FILES: Cataloger = Cataloger {
    name: "opkg-files",
    finds: "which files belong to OpenWrt packages",
    files: &["lib/opkg/info/*.list", "usr/lib/opkg/info/*.list", "var/lib/opkg/info/*.list"],
    scope: Scope::System,
    size: Size::Record,
    parse: |path, bytes| Ok(parse::files(path, bytes)),
};

#[cfg(test)]
mod tests;
