//! RPM packages: the three forms of rpm's database, and the manifests of images without one.
//!
//! A database is told by its bytes, whatever its name: SQLite, NDB (`SUSE`'s), or the hash table of Berkeley DB that rpm
//! had before 4.16. Each holds one header a package, which `header.rs` reads for all of them.

mod berkeley;
mod header;
mod integers;
mod manifest;
mod ndb;
pub(super) mod parse;
mod sqlite;
pub(super) mod table;
mod wal;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "rpm",
    finds: "RPM packages",
    files: &[
        "var/lib/rpm/Packages",
        "var/lib/rpm/Packages.db",
        "var/lib/rpm/rpmdb.sqlite",
        "usr/lib/sysimage/rpm/Packages",
        "usr/lib/sysimage/rpm/Packages.db",
        "usr/lib/sysimage/rpm/rpmdb.sqlite",
        "usr/share/rpm/Packages",
        "usr/share/rpm/Packages.db",
        "usr/share/rpm/rpmdb.sqlite",
    ],
    scope: Scope::System,
    size: Size::Large,
    parse: parse::parse,
};

/// The list of packages in images that have no database, such as Azure Linux's distroless ones. Beside it lies
/// `container-manifest-1`, which says less of the same packages.
pub(super) const MANIFEST: Cataloger = Cataloger {
    name: "rpm-manifest",
    finds: "RPM packages of distroless images",
    files: &["var/lib/rpmmanifest/container-manifest-2"],
    scope: Scope::System,
    size: Size::Record,
    parse: |_, bytes| manifest::parse(bytes),
};

/// What was written to a SQLite database and is not in it yet. rpm leaves this file empty when it ends well; else the
/// image's packages are told from both files together.
pub(super) const LOG: Cataloger = Cataloger {
    name: "rpm-log",
    finds: "changes that are not in the database of RPM packages yet",
    files: &["var/lib/rpm/rpmdb.sqlite-wal", "usr/lib/sysimage/rpm/rpmdb.sqlite-wal", "usr/share/rpm/rpmdb.sqlite-wal"],
    scope: Scope::System,
    size: Size::Large,
    parse: |_, bytes| Ok(wal::parse(bytes)),
};

#[cfg(test)]
mod tests;
