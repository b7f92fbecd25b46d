//! Julia packages: the project file of each in a depot, and of the standard library.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "julia",
    finds: "Julia packages",
    files: &["**/packages/*/*/Project.toml", "**/julia/stdlib/*/*/Project.toml"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::project(bytes),
};

pub(super) const MANIFEST: Cataloger = Cataloger {
    name: "julia-manifest",
    finds: "Julia packages that an environment asks for",
    files: &["**/Manifest.toml", "**/JuliaManifest.toml"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::manifest(bytes),
};

#[cfg(test)]
mod tests;
