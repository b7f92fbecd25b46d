//! The stored form of an image's inventory.

use plimsoll_catalog::{ImageFacts, Package};
use plimsoll_inventory::{Inventory, LayerInventory};
use plimsoll_oci::Descriptor;

use crate::RegistryError;

/// What the catalog keeps of an image.
pub(crate) fn facts(inventory: &Inventory, analyser_version: u32) -> Result<ImageFacts, RegistryError> {
    let indexed = |installed: &plimsoll_inventory::InstalledPackage| Package {
        kind: installed.package.kind.purl_type().to_owned(),
        name: installed.package.name.clone(),
        version: installed.package.version.clone(),
    };
    Ok(ImageFacts {
        analyser_version,
        inventory: postcard::to_stdvec(inventory).map_err(RegistryError::Inventory)?,
        packages: inventory.packages.iter().map(indexed).collect(),
    })
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Inventory, RegistryError> {
    postcard::from_bytes(bytes).map_err(RegistryError::Inventory)
}

/// The inventory of a layer that cannot be looked into, and why not.
pub(crate) fn unreadable(layer: &Descriptor, why: &str) -> LayerInventory {
    LayerInventory::unreadable(format!("the layer {} {why}", layer.digest))
}
