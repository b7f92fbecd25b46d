//! R packages: the description of each in a library.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "r",
    finds: "R packages",
    files: &["**/library/*/DESCRIPTION", "**/site-library/*/DESCRIPTION"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::parse(bytes),
};

#[cfg(test)]
mod tests;
