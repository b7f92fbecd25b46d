//! What is inside an image: from a layer's file tree to its packages, and from layers to the image's inventory.
//!
//! A layer is analysed once ([`LayerInventory`], keyed by its digest and [`ANALYSER_VERSION`]); an image's [`Inventory`]
//! is the merge of its layers. Everything here is pure.

mod analyse;
mod ecosystems;
mod hash;
mod kind;
mod layer;
mod merge;
mod model;
mod purl;
mod sbom;

pub use analyse::{LayerAnalyser, Wanted, analyse, analyse_again, analyse_seekable};
pub use ecosystems::{CatalogerInfo, catalogers, cpes, is_declaration, known_cpes};
pub use kind::{PackageKind, Scope};
pub use layer::{InventoryError, LayerInventory};
pub use merge::merge;
pub use model::{Certainty, Distribution, InstalledPackage, Inventory, Package, SourcePackage, Unreadable};
pub use purl::{from_purl, purl};
pub use sbom::{
    Bill, BillError, CycloneDxVersion, Subject, cyclonedx, family, looks_like_bill, read as read_bill, reference,
    spdx_json, spdx_tag_value,
};

/// The version of the analysis: a stored [`LayerInventory`] of another version is made anew.
///
/// It goes up whenever the same layer would give another inventory.
pub const ANALYSER_VERSION: u32 = 7;
