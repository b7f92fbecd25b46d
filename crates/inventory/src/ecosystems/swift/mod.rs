//! Swift: the versions a project was resolved to. What is installed is compiled into the program.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const LOCKFILE: Cataloger = Cataloger {
    name: "swift",
    finds: "Swift packages that a project asks for",
    files: &["**/Package.resolved"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::parse(bytes),
};

#[cfg(test)]
mod tests;
