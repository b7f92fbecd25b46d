//! Bills of materials inside images: what whoever built a part of the image says is in it.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "sbom",
    finds: "what embedded bills of materials (SPDX and CycloneDX, as JSON) list and no distribution's package manager does",
    files: &[
        "**/*.spdx.json",
        "**/*.cdx.json",
        "**/*.sbom.json",
        "**/bom.json",
        "**/sbom.json",
        "**/*.spdx",
        "**/*.cdx",
        "**/*.sbom",
    ],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::parse(bytes),
};

#[cfg(test)]
mod tests;
