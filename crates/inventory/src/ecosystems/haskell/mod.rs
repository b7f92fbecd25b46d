//! Haskell packages: the database of packages that GHC and Cabal register.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "haskell",
    finds: "Haskell packages",
    files: &["**/package.conf.d/*.conf", "**/package.db/*.conf"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::parse(bytes),
};

#[cfg(test)]
mod tests;
