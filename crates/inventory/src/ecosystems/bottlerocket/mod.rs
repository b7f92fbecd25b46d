//! Bottlerocket, which is built of RPM packages and has a list of them instead of rpm's database.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "bottlerocket",
    finds: "packages of Bottlerocket",
    files: &["**/usr/share/bottlerocket/application-inventory.json"],
    scope: Scope::System,
    size: Size::Record,
    parse: |_, bytes| parse::parse(bytes),
};

#[cfg(test)]
mod tests;
