//! Statements about vulnerabilities, from files.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use plimsoll_advisories::vex::{self, ImageIdentity, MAX_DOCUMENT, Statements};
use plimsoll_oci::Reference as Target;
use plimsoll_outbound::Reference;
use plimsoll_registry::ImageReport;

/// The statements of all these documents.
pub(crate) fn read(files: &[PathBuf]) -> Result<Statements> {
    let mut statements = Statements::default();
    for file in files {
        let bytes = bytes(file).with_context(|| format!("cannot read {}", file.display()))?;
        let document = vex::read(&bytes).with_context(|| format!("cannot use {}", file.display()))?;
        statements.add(&file.display().to_string(), document.statements);
    }
    Ok(statements)
}

/// As much of a file as tells whether it is too large.
pub(crate) fn bytes(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(MAX_DOCUMENT as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Lets statements decide which findings of a report count.
pub(crate) fn apply(statements: &Statements, report: &mut ImageReport) {
    let identity = identity(report);
    statements.apply(&mut report.judgement, report.inventory.distribution.as_ref(), &identity);
}

/// Whether a source is a file or directory here.
pub(crate) fn is_file(source: &str) -> bool {
    Path::new(source).exists()
}

/// What the image goes by. The path of a file is no name of an image.
fn identity(report: &ImageReport) -> ImageIdentity {
    let digest = report.digest.map(|digest| digest.to_string());
    match report.source.parse::<Reference>() {
        Ok(reference) if !is_file(&report.source) => ImageIdentity {
            repository: Some(format!("{}/{}", reference.host(), reference.repository())),
            tag: match reference.reference() {
                Target::Tag(tag) => Some(tag.to_string()),
                Target::Digest(_) => None,
            },
            digest,
            indexes: Vec::new(),
        },
        _ => ImageIdentity { digest, ..ImageIdentity::default() },
    }
}
