//! Reads pacman's records: a `%NAME%` in a line of its own, and its values below it up to an empty line.

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::database::{self, Told};

pub(super) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let mut told = Told::default();
    for (key, value) in values(bytes) {
        match key {
            b"%NAME%" => told.name = value,
            b"%VERSION%" => told.version = value,
            b"%BASE%" => told.source = value,
            b"%ARCH%" => told.architecture = value,
            _ => {}
        }
    }
    if told.name.is_empty() || told.version.is_empty() {
        return Err("it does not say the package's name and version");
    }
    let package = told.package(PackageKind::Alpm)?;
    Ok(Facts::Database { packages: vec![package], owned: Vec::new() })
}

/// Reads the list of a package's files, which lies in a directory named after package, version and release.
pub(super) fn files(path: &[u8], bytes: &[u8]) -> Facts {
    let directory = path.rsplit(|&byte| byte == b'/').nth(1).unwrap_or_default();
    let package = directory.rsplitn(3, |&byte| byte == b'-').last().unwrap_or_default();
    let files = values(bytes).filter(|&(key, path)| key == b"%FILES%" && !path.ends_with(b"/"));
    database::files(package, files.map(|(_, path)| path))
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
