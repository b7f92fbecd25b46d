//! Bills of materials in place of the images they are of.

use std::fs::File;
use std::io::{Read as _, Seek as _};

use plimsoll_inventory::{Bill, read_bill};

use super::{ScanError, ScannedImage, ScannedLayer};

/// The largest bill of materials read, in bytes.
const MAX_BILL: u64 = 256 << 20;

/// Reads a bill of materials from the beginning of its file.
pub(super) fn read(mut file: File) -> Result<Bill, ScanError> {
    let mut bytes = Vec::new();
    file.rewind().map_err(ScanError::Read)?;
    file.take(MAX_BILL + 1).read_to_end(&mut bytes).map_err(ScanError::Read)?;
    if bytes.len() as u64 > MAX_BILL {
        return Err(ScanError::TooLarge("the bill of materials".into()));
    }
    read_bill(&bytes).map_err(ScanError::Bill)
}

/// What a bill of materials tells of its image; it is called `fallback` where that has no name.
pub(super) fn inventory(bill: &Bill, fallback: &str) -> ScannedImage {
    let layer = |diff_id| ScannedLayer { diff_id, digest: None, media_type: None, size: 0 };
    let mut layers: Vec<ScannedLayer> = bill.diff_ids.iter().copied().map(|diff_id| layer(Some(diff_id))).collect();
    if layers.is_empty() {
        layers.push(layer(None));
    }
    ScannedImage {
        name: if bill.name.is_empty() { fallback.to_owned() } else { bill.name.clone() },
        inventory: bill.inventory.clone(),
        layers,
        manifest: None,
        config: None,
        notes: vec![format!("read from a bill of materials, {}: what that does not list is not known", bill.format)],
    }
}
