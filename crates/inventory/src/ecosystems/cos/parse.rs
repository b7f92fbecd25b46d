//! Reads the list of packages of Container-Optimized OS.

use std::borrow::Cow;

use serde::Deserialize;

use crate::ecosystems::{Facts, database, field};
use crate::{Package, PackageKind};

/// The list. What was only needed to build the system is in another member, and not installed.
#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow, rename = "installedPackages")]
    installed: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    category: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    version: Cow<'a, str>,
    /// The version with its revision, where that is told.
    #[serde(borrow)]
    ebuild_version: Option<Cow<'a, str>>,
}

pub(super) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let list: List<'_> = serde_json::from_slice(bytes).map_err(|_| "it is not a list of packages in JSON")?;
    database::packages(&list.installed, |entry| package(entry).map(Some))
}

fn package(entry: &Entry<'_>) -> Result<Package, &'static str> {
    let name = field(entry.name.as_bytes())?;
    let name = match entry.category.as_deref().filter(|category| !category.is_empty()) {
        Some(category) => format!("{}/{name}", field(category.as_bytes())?),
        None => name,
    };
    let version = entry.ebuild_version.as_ref().filter(|version| !version.is_empty()).unwrap_or(&entry.version);
    Ok(Package::new(PackageKind::Ebuild, name, field(version.as_bytes())?))
}
