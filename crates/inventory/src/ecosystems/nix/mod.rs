//! What is in a Nix store: every package has a directory of its own there, whose name says which it is.
//!
//! No file is read for it. The database in `nix/var/nix/db` lists the same directories, and most images go without it.

mod parse;

use super::CatalogerInfo;
use crate::Certainty;

pub(crate) use parse::package;

pub(super) const DIRECTORIES: CatalogerInfo = CatalogerInfo {
    name: "nix",
    finds: "packages in a Nix store, by the names of their directories",
    certainty: Certainty::Installed,
    files: &["nix/store/*/"],
};

#[cfg(test)]
mod tests;
