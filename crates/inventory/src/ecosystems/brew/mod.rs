//! Homebrew: the receipt of each formula in a cellar.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "homebrew",
    finds: "Homebrew's formulae",
    files: &["**/Cellar/*/*/INSTALL_RECEIPT.json"],
    scope: Scope::Place,
    size: Size::Record,
    parse: parse::receipt,
};

#[cfg(test)]
mod tests;
