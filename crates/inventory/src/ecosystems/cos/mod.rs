//! Container-Optimized OS, which is built with portage and has a list of packages instead of its records.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "cos",
    finds: "packages of Container-Optimized OS",
    files: &["etc/cos-package-info.json"],
    scope: Scope::System,
    size: Size::Record,
    parse: |_, bytes| parse::parse(bytes),
};

#[cfg(test)]
mod tests;
