//! Rust: the lock file of a project. The crates of a program are read from the program itself.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const LOCKFILE: Cataloger = Cataloger {
    name: "cargo-lock",
    finds: "Rust crates that a project asks for",
    files: &["**/Cargo.lock"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::parse(bytes),
};

#[cfg(test)]
mod tests;
