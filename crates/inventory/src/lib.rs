//! What is inside an image: from a layer's file tree to its packages, and from layers to the image's inventory.
//!
//! A layer is analysed once ([`LayerInventory`], keyed by its digest and [`ANALYSER_VERSION`]); an image's [`Inventory`]
//! is the merge of its layers. Everything here is pure.

mod model;

pub use model::{Distribution, InstalledPackage, Inventory, Package, PackageKind, SourcePackage, Unreadable};
