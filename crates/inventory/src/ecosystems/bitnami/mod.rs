//! Bitnami's images: the list of the components they are assembled from. What each component's bill of materials says is
//! read by the cataloger of those.

pub(super) mod parse;

use super::{Cataloger, Size};
use crate::Scope;

pub(super) const CATALOGER: Cataloger = Cataloger {
    name: "bitnami",
    finds: "components of Bitnami's images",
    files: &["opt/bitnami/.bitnami_components.json"],
    scope: Scope::Place,
    size: Size::Record,
    parse: |_, bytes| parse::components(bytes),
};

#[cfg(test)]
mod tests;
