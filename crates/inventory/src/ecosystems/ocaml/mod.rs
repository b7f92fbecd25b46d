//! OCaml packages: what opam has installed in its switches.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "opam",
    finds: "OCaml packages",
    files: &["**/.opam-switch/packages/*/opam"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |path, _| parse::parse(path),
};

#[cfg(test)]
mod tests;
