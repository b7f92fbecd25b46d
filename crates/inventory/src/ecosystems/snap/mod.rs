//! Snaps: the description in an unpacked one.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "snap",
    finds: "unpacked snaps",
    files: &["**/meta/snap.yaml"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::parse(bytes),
};

#[cfg(test)]
mod tests;
