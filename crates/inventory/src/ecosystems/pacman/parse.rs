//! Reads pacman's records: a `%NAME%` in a line of its own, and its values below it up to an empty line.

use crate::ecosystems::{Facts, Owned, field};
use crate::{Package, PackageKind, SourcePackage};

pub(super) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let (mut name, mut version, mut base, mut architecture): (&[u8], &[u8], &[u8], &[u8]) = Default::default();
    for (key, value) in values(bytes) {
        match key {
            b"%NAME%" => name = value,
            b"%VERSION%" => version = value,
            b"%BASE%" => base = value,
            b"%ARCH%" => architecture = value,
            _ => {}
        }
    }
    if name.is_empty() || version.is_empty() {
        return Err("it does not say the package's name and version");
    }
    let version = field(version)?;
    let source =
        if base.is_empty() { None } else { Some(SourcePackage { name: field(base)?, version: version.clone() }) };
    let architecture = if architecture.is_empty() { None } else { Some(field(architecture)?) };
    let package = Package { source, architecture, ..Package::new(PackageKind::Alpm, field(name)?, version) };
    Ok(Facts::Database { packages: vec![package], owned: Vec::new() })
}

/// Reads the list of a package's files, which lies in a directory named after package, version and release.
pub(super) fn files(path: &[u8], bytes: &[u8]) -> Facts {
    let directory = path.rsplit(|&byte| byte == b'/').nth(1).unwrap_or_default();
    let package = directory.rsplitn(3, |&byte| byte == b'-').last().unwrap_or_default();
    let files = values(bytes).filter(|&(key, path)| key == b"%FILES%" && !path.ends_with(b"/"));
    match Owned::new(&String::from_utf8_lossy(package), files.map(|(_, path)| path)) {
        Some(owned) => Facts::Database { packages: Vec::new(), owned: vec![owned] },
        None => Facts::Nothing,
    }
}

/// Every value with the key it is below.
fn values(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut key = &b""[..];
    bytes.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter_map(move |line| {
        if line.is_empty() {
            key = b"";
        } else if key.is_empty() {
            key = line;
        } else {
            return Some((key, line));
        }
        None
    })
}
