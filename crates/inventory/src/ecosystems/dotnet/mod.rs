//! .NET packages: what an application was published with.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "dotnet",
    finds: ".NET packages that an application runs with, its runtime too",
    files: &["**/*.deps.json"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::runtime(bytes),
};

#[cfg(test)]
mod tests;
