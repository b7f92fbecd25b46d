//! The stored form of an image's inventory.

use plimsoll_catalog::{ImageFacts, Package};
use plimsoll_inventory::{Inventory, PackageKind, Unreadable};
use plimsoll_oci::Descriptor;

use crate::RegistryError;

/// What the catalog keeps of an image.
pub(crate) fn facts(inventory: &Inventory, analyser_version: u32) -> Result<ImageFacts, RegistryError> {
    let indexed = |installed: &plimsoll_inventory::InstalledPackage| Package {
        kind: kind(installed.package.kind).to_owned(),
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

/// The inventory of an image with a layer that cannot be looked into, and why not.
pub(crate) fn unreadable(layer: usize, descriptor: &Descriptor, why: &str) -> Inventory {
    let reason = format!("the layer {} {why}", descriptor.digest);
    let layer = u32::try_from(layer).unwrap_or(u32::MAX);
    Inventory { unreadable: vec![Unreadable { layer, path: None, reason }], ..Inventory::default() }
}

/// A kind of package by its package-url type.
fn kind(kind: PackageKind) -> &'static str {
    match kind {
        PackageKind::Deb => "deb",
        PackageKind::Apk => "apk",
        PackageKind::PyPi => "pypi",
        PackageKind::Npm => "npm",
    }
}
