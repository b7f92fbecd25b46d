//! Go: the modules that a project asks for. Those of a program are read from the program itself.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

/// `go.sum` is not read: it also lists versions that were only looked at.
pub(super) const LOCKFILE: Cataloger = Cataloger {
    name: "go-mod",
    finds: "Go modules that a project asks for",
    files: &["**/go.mod"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::parse(bytes),
};

#[cfg(test)]
mod tests;
