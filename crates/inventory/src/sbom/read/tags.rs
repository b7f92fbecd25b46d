//! [SPDX 2](https://spdx.github.io/spdx-spec/v2.3/) as tags with values.

use std::collections::HashSet;

use super::spdx::{Said, collect};
use super::{Bill, BillError};
use crate::ecosystems::{MAX_PACKAGES, TOO_MANY};

/// Whether the document begins as this form does, comments aside.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    let bytes = super::strip_mark(bytes);
    let mut lines = bytes.split(|&byte| byte == b'\n').take(100).map(<[u8]>::trim_ascii);
    lines.find(|line| !line.is_empty() && !line.starts_with(b"#")).is_some_and(|line| line.starts_with(b"SPDXVersion:"))
}

pub(super) fn read(bytes: &[u8]) -> Result<Bill, BillError> {
    let text = str::from_utf8(super::strip_mark(bytes)).map_err(|_| BillError::Broken("it is not UTF-8"))?;
    let (mut name, mut supported) = ("", false);
    let mut described = HashSet::new();
    let mut packages: Vec<Said<'_>> = Vec::new();
    // Whether what comes belongs to a package, not to a file or a snippet.
    let mut in_package = false;
    for (tag, value) in (Tags { rest: text, ends: true }) {
        match tag {
            "SPDXVersion" => supported = value.starts_with("SPDX-2."),
            "DocumentName" => name = value,
            "Relationship" => described.extend(value.split_once(" DESCRIBES ").map(|(_, id)| id.trim())),
            "PackageName" if packages.len() == MAX_PACKAGES => {
                return Err(BillError::Broken(TOO_MANY));
            }
            "PackageName" => {
                packages.push(Said { name: value, ..Said::default() });
                in_package = true;
            }
            "FileName" | "SnippetSPDXID" | "LicenseID" => in_package = false,
            _ => {
                if let Some(package) = packages.last_mut().filter(|_| in_package) {
                    take(package, tag, value);
                }
            }
        }
    }
    if supported { collect("SPDX (tags)", name, &packages, &described) } else { Err(BillError::SpdxVersion) }
}

fn take<'a>(package: &mut Said<'a>, tag: &str, value: &'a str) {
    match tag {
        "SPDXID" => package.id = value,
        "PackageVersion" => package.version = value,
        "PackageSourceInfo" => package.source = value,
        "PrimaryPackagePurpose" => package.purpose = value,
        "ExternalRef" if package.purl.is_empty() => {
            let mut words = value.split_ascii_whitespace().skip(1);
            if let (Some("purl"), Some(purl)) = (words.next(), words.next()) {
                package.purl = purl;
            }
        }
        _ => {}
    }
}

/// The tags of a document with their values, those in `<text>` without it.
struct Tags<'a> {
    rest: &'a str,
    /// Whether a `</text>` may still come: where none did, looking again at every `<text>` would take the square of the document.
    ends: bool,
}

impl<'a> Iterator for Tags<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            let whole = self.rest;
            let (line, rest) = whole.split_once('\n').unwrap_or((whole, ""));
            self.rest = rest;
            let Some((tag, value)) = line.split_once(':').filter(|(tag, _)| !tag.starts_with('#')) else { continue };
            let Some(begun) = value.trim_start().strip_prefix("<text>") else {
                return Some((tag.trim(), value.trim()));
            };
            // From where the text begins to its end, which may be lines away; without an end it goes as far as its line.
            let start = line.len() - begun.len();
            let ended = whole.get(start..).filter(|_| self.ends).and_then(|all| all.split_once("</text>"));
            self.ends = ended.is_some();
            let (text, rest) = ended.unwrap_or((begun, rest));
            self.rest = rest;
            return Some((tag.trim(), text.trim()));
        }
        None
    }
}
