//! Reads [eggs](https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html) that were installed without being unpacked.

use super::parse;
use crate::ecosystems::Facts;
use crate::ecosystems::zip::{Archive, Inflater, is_zip};

/// The most entries of an egg.
const MAX_ENTRIES: usize = 1_000_000;
/// The largest metadata, in bytes.
const MAX_METADATA: usize = 4 << 20;

pub(super) fn parse(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    if !is_zip(bytes) {
        return Ok(Facts::Nothing);
    }
    let archive = Archive::open(bytes)?;
    for entry in archive.entries().take(MAX_ENTRIES) {
        let entry = entry?;
        if entry.name == b"EGG-INFO/PKG-INFO" {
            let metadata = Inflater::new(MAX_METADATA).read(&archive, &entry, MAX_METADATA)?;
            return parse::parse(path, &metadata);
        }
    }
    Ok(Facts::Nothing)
}
