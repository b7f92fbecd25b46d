//! Conan: the lock file of a C or C++ project. What is installed is compiled into the program.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const LOCKFILE: Cataloger = Cataloger {
    name: "conan",
    finds: "C and C++ packages that a project asks Conan for",
    files: &["**/conan.lock"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::parse(bytes),
};

#[cfg(test)]
mod tests;
