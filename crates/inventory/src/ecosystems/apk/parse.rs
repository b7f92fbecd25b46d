//! Reads [apk's database](https://wiki.alpinelinux.org/wiki/Apk_spec#Installed_Database_V2).

use crate::ecosystems::database::Told;
use crate::ecosystems::paragraphs::{Paragraph, paragraphs};
use crate::ecosystems::{Facts, MAX_PACKAGES, Owned, TOO_MANY};
use crate::{Package, PackageKind};

pub(in crate::ecosystems) fn parse(_path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let (mut packages, mut owned) = (Vec::new(), Vec::new());
    for paragraph in paragraphs(bytes) {
        if packages.len() == MAX_PACKAGES {
            return Err(TOO_MANY);
        }
        let package = package(paragraph)?;
        let files = files(paragraph);
        owned.extend(Owned::new(&package.name, files.iter().map(Vec::as_slice)));
        packages.push(package);
    }
    Ok(Facts::Database { packages, owned })
}

fn package(paragraph: Paragraph<'_>) -> Result<Package, &'static str> {
    let mut told = Told::default();
    for (key, value) in paragraph.fields() {
        match key {
            b"P" => told.name = value,
            b"V" => told.version = value,
            b"o" => told.source = value,
            b"A" => told.architecture = value,
            _ => {}
        }
    }
    told.package(PackageKind::Apk)
}

/// The paths of a package's files: each `R` is in the directory of the `F` above it.
fn files(paragraph: Paragraph<'_>) -> Vec<Vec<u8>> {
    let mut directory: &[u8] = b"";
    let mut files = Vec::new();
    for (key, value) in paragraph.fields() {
        match key {
            b"F" => directory = value,
            b"R" if directory.is_empty() => files.push(value.to_vec()),
            b"R" => files.push([directory, b"/", value].concat()),
            _ => {}
        }
    }
    files
}
