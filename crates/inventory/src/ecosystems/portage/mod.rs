//! Gentoo packages: portage's directory for each, named after category, package and version.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "portage",
    finds: "Gentoo packages",
    files: &["var/db/pkg/*/*/CONTENTS"],
    scope: Scope::System,
    size: Size::Record,
    parse: parse::parse,
};

#[cfg(test)]
mod tests;
