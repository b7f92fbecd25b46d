//! Bills of materials that others wrote: CycloneDX JSON, SPDX 2 as JSON and as tags with values, and the JSON of syft.

mod collect;
mod cyclonedx;
mod spdx;
mod syft;
mod tags;

use plimsoll_oci::Digest;
use serde::Deserialize;

use crate::Inventory;
use crate::ecosystems::json::{self, Text};

/// What a bill of materials says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// What it is written in, in words.
    pub format: &'static str,
    /// What it is about, by its own name; may be empty.
    pub name: String,
    /// The layers it names, uncompressed, base first; empty where it names none.
    pub diff_ids: Vec<Digest>,
    /// What it lists. [`InstalledPackage::path`](crate::InstalledPackage::path) is the file it names as evidence, else
    /// its own reference of the component. What it lists without saying which package that is, is unreadable.
    pub inventory: Inventory,
}

/// Why a document is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BillError {
    /// It is in none of the forms that are read.
    #[error(
        "it is no bill of materials: expected CycloneDX JSON, SPDX 2 as JSON or as tags with values, or syft's JSON"
    )]
    Unknown,
    /// It is SPDX of a version that is not read.
    #[error("it is SPDX of a version that is not read here: expected SPDX 2.2 or 2.3")]
    SpdxVersion,
    /// It is in one of the forms, but broken.
    #[error("{0}")]
    Broken(&'static str),
}

/// The members by which the forms are told apart.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Head<'a> {
    #[serde(borrow, rename = "spdxVersion")]
    spdx_version: Text<'a>,
    #[serde(borrow, rename = "bomFormat")]
    bom_format: Text<'a>,
    #[serde(borrow, rename = "$schema")]
    schema: Text<'a>,
    #[serde(borrow, rename = "@context")]
    context: Text<'a>,
    descriptor: Descriptor<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Descriptor<'a> {
    #[serde(borrow)]
    name: Text<'a>,
}

/// Whether a file that begins with `start` may be a bill of materials: it is a JSON object, or SPDX's tags with values.
pub fn looks_like_bill(start: &[u8]) -> bool {
    json::begins_with(strip_mark(start), b'{') || tags::looks_like(start)
}

/// Reads a bill of materials.
///
/// # Errors
/// It is in none of the known forms, broken, nested too deep, or lists more than any system has.
pub fn read(bytes: &[u8]) -> Result<Bill, BillError> {
    if tags::looks_like(bytes) {
        return tags::read(bytes);
    }
    if !json::begins_with(strip_mark(bytes), b'{') {
        return Err(BillError::Unknown);
    }
    let head: Head<'_> = json::read(bytes).map_err(BillError::Broken)?;
    if &*head.bom_format == "CycloneDX" {
        cyclonedx::read(bytes)
    } else if head.spdx_version.starts_with("SPDX-2.") {
        spdx::read(bytes)
    } else if !head.spdx_version.is_empty() || head.context.contains("spdx.org/rdf/3") {
        Err(BillError::SpdxVersion)
    } else if &*head.descriptor.name == "syft" || head.schema.contains("anchore/syft") {
        syft::read(bytes)
    } else {
        Err(BillError::Unknown)
    }
}

fn strip_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

#[cfg(test)]
mod tests;
