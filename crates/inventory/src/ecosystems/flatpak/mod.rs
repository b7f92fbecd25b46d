//! Flatpaks: the metadata of each application and runtime.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "flatpak",
    finds: "flatpaks",
    files: &["**/flatpak/app/*/*/*/*/metadata", "**/flatpak/runtime/*/*/*/*/metadata"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |path, _| parse::parse(path),
};

#[cfg(test)]
mod tests;
