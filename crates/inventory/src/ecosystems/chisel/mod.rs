//! Ubuntu's chiselled images, which have slices of Debian packages and no database of dpkg's.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "chisel",
    finds: "Debian packages of chiselled images",
    files: &["var/lib/chisel/manifest.wall"],
    scope: Scope::System,
    size: Size::Record,
    parse: |_, bytes| parse::parse(bytes),
};

#[cfg(test)]
mod tests;
