//! Perl distributions: what `cpanm` records of each it installed, and what `make install` appends for every one.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CPANM: Cataloger = Cataloger {
    name: "cpanm",
    finds: "Perl distributions installed by cpanm",
    files: &["**/.meta/*/install.json"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::record(bytes),
};

pub(super) const PERLLOCAL: Cataloger = Cataloger {
    name: "perllocal",
    finds: "Perl modules installed by make install",
    files: &["**/perllocal.pod"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::log(bytes),
};

#[cfg(test)]
mod tests;
