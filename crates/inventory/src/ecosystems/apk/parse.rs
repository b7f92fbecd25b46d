//! Reads [apk's database](https://wiki.alpinelinux.org/wiki/Apk_spec#Installed_Database_V2).

use crate::ecosystems::paragraphs::{Paragraph, paragraphs};
use crate::ecosystems::{Facts, MAX_PACKAGES, Owned, TOO_MANY, field};
use crate::{Package, PackageKind, SourcePackage};

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
    let (mut name, mut version, mut origin, mut architecture): (&[u8], &[u8], &[u8], &[u8]) = Default::default();
    for (key, value) in paragraph.fields() {
        match key {
            b"P" => name = value,
            b"V" => version = value,
            b"o" => origin = value,
            b"A" => architecture = value,
            _ => {}
        }
    }
    if name.is_empty() {
        return Err("it has a paragraph without a package name");
    }
    let version = field(version)?;
    let source =
        if origin.is_empty() { None } else { Some(SourcePackage { name: field(origin)?, version: version.clone() }) };
    let architecture = if architecture.is_empty() { None } else { Some(field(architecture)?) };
    Ok(Package { source, architecture, ..Package::new(PackageKind::Apk, field(name)?, version) })
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
