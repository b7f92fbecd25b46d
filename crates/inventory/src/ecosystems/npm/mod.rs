//! Node.js packages: the `package.json` of each package in a `node_modules` directory.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

/// What lies deeper within a package (its tests, its templates) is not installed.
pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "npm",
    finds: "Node.js packages",
    files: &["**/node_modules/*/package.json", "**/node_modules/@*/*/package.json"],
    scope: Scope::Place,
    size: Size::Record,
    parse: parse::parse,
};

#[cfg(test)]
mod tests;
