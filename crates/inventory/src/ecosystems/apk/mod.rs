//! Alpine packages (and Wolfi's, Chainguard's): apk's database of what is installed.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "apk",
    finds: "Alpine packages",
    files: &["lib/apk/db/installed", "usr/lib/apk/db/installed"],
    scope: Scope::System,
    size: Size::Record,
    parse: parse::parse,
};

#[cfg(test)]
mod tests;
