//! Conda packages: the record of each in an environment.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "conda",
    finds: "Conda packages",
    files: &["**/conda-meta/*.json"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::parse(bytes),
};

#[cfg(test)]
mod tests;
