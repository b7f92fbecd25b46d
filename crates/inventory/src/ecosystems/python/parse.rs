//! Reads [core metadata](https://packaging.python.org/en/latest/specifications/core-metadata/).

use crate::ecosystems::paragraphs::{Paragraph, paragraphs};
use crate::ecosystems::{Facts, field};
use crate::{Package, PackageKind};

pub(in crate::ecosystems) fn parse(_path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    // The first paragraph is the header; the description may follow it.
    let header = paragraphs(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).next();
    let (mut name, mut version): (&[u8], &[u8]) = Default::default();
    for (key, value) in header.into_iter().flat_map(Paragraph::fields) {
        // The first of several counts, as it does for Python's own reader.
        if name.is_empty() && key.eq_ignore_ascii_case(b"Name") {
            name = value;
        } else if version.is_empty() && key.eq_ignore_ascii_case(b"Version") {
            version = value;
        }
    }
    if name.is_empty() {
        return Err("it names no package");
    }
    let (name, version) = (field(name)?, field(version)?);
    Ok(Facts::Packages(vec![Package::new(PackageKind::PyPi, name, version)]))
}
