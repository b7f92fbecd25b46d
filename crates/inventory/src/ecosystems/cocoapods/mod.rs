//! `CocoaPods`: the lock file of a project. What is installed is compiled into the program.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const LOCKFILE: Cataloger = Cataloger {
    name: "cocoapods",
    finds: "CocoaPods that a project asks for",
    files: &["**/Podfile.lock"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::parse(bytes),
};

#[cfg(test)]
mod tests;
