//! Exceptions from files.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use plimsoll_advisories::exception::{ExceptedImage, Exceptions, ExceptionsDocument};
use plimsoll_outbound::Reference;
use plimsoll_registry::ImageReport;

use crate::vex::{self, is_file};

/// The exceptions of all these documents.
pub(crate) fn read(files: &[PathBuf]) -> Result<Exceptions> {
    let mut exceptions = Exceptions::default();
    for file in files {
        let read = document(file)?.read();
        exceptions.add(read.with_context(|| format!("cannot use {}", file.display()))?);
    }
    Ok(exceptions)
}

/// A document as it is written: TOML if its name says so, else JSON.
pub(crate) fn document(file: &Path) -> Result<ExceptionsDocument> {
    let bytes = vex::bytes(file).with_context(|| format!("cannot read {}", file.display()))?;
    let is_toml = file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("toml"));
    let read = if is_toml {
        toml::from_slice(&bytes).context("it is not a document of exceptions in TOML")
    } else {
        serde_json::from_slice(&bytes).context("it is not a document of exceptions in JSON")
    };
    read.with_context(|| format!("cannot use {}", file.display()))
}

/// Lets exceptions decide which findings of a report count.
pub(crate) fn apply(exceptions: &Exceptions, report: &mut ImageReport, now: SystemTime) {
    let reference = report.source.parse::<Reference>().ok().filter(|_| !is_file(&report.source));
    let image = ExceptedImage {
        repository: reference.as_ref().map(Reference::repository),
        digest: report.digest.as_ref(),
        indexes: &[],
    };
    exceptions.apply(&mut report.judgement, report.inventory.distribution.as_ref(), image, now.into());
}
