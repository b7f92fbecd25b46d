//! Reads [`Cargo.lock`](https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html).

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::listing::Listing;
use crate::ecosystems::tables::tables;

/// A crate without a source is a part of the project.
pub(in crate::ecosystems) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let mut listing = Listing::declared(PackageKind::Cargo);
    for table in tables(&text, ["name", "version", "source"]).filter(|table| table.head == "package") {
        let [name, version, source] = table.values;
        if !source.is_empty() {
            listing.add(name, version)?;
        }
    }
    Ok(listing.facts())
}
