//! .NET packages: what an application was published with.

mod lock;
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

pub(super) const LOCKFILE: Cataloger = Cataloger {
    name: "nuget",
    finds: ".NET packages that a project asks for",
    files: &["**/packages.lock.json", "**/packages.config"],
    scope: Scope::Place,
    size: Size::Record,
    parse: lock::parse,
};

#[cfg(test)]
mod tests;
