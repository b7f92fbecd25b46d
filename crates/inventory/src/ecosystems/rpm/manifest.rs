//! Reads the list of packages of distroless images: a line each, of ten columns between tabs.

use super::parse::{evr, is_told, source};
use crate::ecosystems::{Facts, database, field};
use crate::{Package, PackageKind};

pub(super) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let lines = bytes.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end).filter(|line| !line.is_empty());
    database::packages(lines, |line| package(line).map(Some))
}

/// The package of a line: name, version and release, times of installation and building, vendor, nothing, size,
/// architecture, epoch, source package.
fn package(line: &[u8]) -> Result<Package, &'static str> {
    const COLUMNS: &str = "it has a line without the ten columns of a package";
    let columns: Vec<&[u8]> = line.split(|&byte| byte == b'\t').take(11).collect();
    let &[name, version, _, _, vendor, _, _, architecture, epoch, file] = &*columns else { return Err(COLUMNS) };
    if name.is_empty() || version.is_empty() {
        return Err(COLUMNS);
    }
    let epoch = str::from_utf8(epoch).ok().and_then(|epoch| epoch.parse().ok()).unwrap_or_default();
    let told = |text: &[u8]| is_told(text).then(|| field(text)).transpose();
    Ok(Package {
        source: told(file)?.as_deref().and_then(source),
        architecture: told(architecture)?,
        vendor: told(vendor)?,
        ..Package::new(PackageKind::Rpm, field(name)?, evr(epoch, &field(version)?, ""))
    })
}
