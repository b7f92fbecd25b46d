//! Rust programs built with `cargo auditable`: the crates they were built from, as
//! [compressed JSON](https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md) in a section.

use std::io::Read as _;

use flate2::read::ZlibDecoder;
use serde::Deserialize;

use super::Program;
use crate::ecosystems::{MAX_PACKAGES, TOO_MANY, field};
use crate::{Package, PackageKind};

const SECTION: &[u8] = b".dep-v0";
/// How much larger than its compressed form the list may be, and how large in any case: ten times what is found.
const MAX_RATIO: u64 = 64;
const MAX_SIZE: u64 = 8 << 20;

const DAMAGED: &str = "it is a Rust program, but its list of crates is damaged";
const TOO_LARGE: &str = "it is a Rust program, but its list of crates is larger than any program's";

#[derive(Deserialize)]
struct Audit<'a> {
    #[serde(borrow)]
    packages: Vec<Crate<'a>>,
}

#[derive(Deserialize)]
struct Crate<'a> {
    #[serde(borrow)]
    name: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    version: std::borrow::Cow<'a, str>,
    #[serde(borrow, default)]
    source: std::borrow::Cow<'a, str>,
    /// What it is for: the running program, unless it says otherwise.
    #[serde(borrow, default)]
    kind: Option<std::borrow::Cow<'a, str>>,
}

/// The crates of a Rust program that are part of it; those for building it are not.
pub(super) fn inspect(program: &Program<'_>) -> Result<Vec<Package>, &'static str> {
    let mut packages = Vec::new();
    for object in &program.objects {
        if let Some(section) = object.section(SECTION)? {
            packages.append(&mut crates(section)?);
        }
    }
    Ok(packages)
}

fn crates(compressed: &[u8]) -> Result<Vec<Package>, &'static str> {
    let limit = (compressed.len() as u64 * MAX_RATIO).min(MAX_SIZE);
    let mut json = Vec::new();
    ZlibDecoder::new(compressed).take(limit + 1).read_to_end(&mut json).map_err(|_| DAMAGED)?;
    if json.len() as u64 > limit {
        return Err(TOO_LARGE);
    }
    let audit: Audit<'_> = serde_json::from_slice(&json).map_err(|_| DAMAGED)?;
    if audit.packages.len() > MAX_PACKAGES {
        return Err(TOO_MANY);
    }
    let at_runtime = |found: &&Crate<'_>| found.kind.as_deref().is_none_or(|kind| kind == "runtime");
    audit.packages.iter().filter(at_runtime).map(package).collect()
}

/// A crate of crates.io, or a program or library that only shares the form: its name could be any crate's.
fn package(found: &Crate<'_>) -> Result<Package, &'static str> {
    let kind = if found.source == "crates.io" { PackageKind::Cargo } else { PackageKind::Generic };
    Ok(Package::new(kind, field(found.name.as_bytes())?, field(found.version.as_bytes())?))
}

#[cfg(test)]
mod tests;
