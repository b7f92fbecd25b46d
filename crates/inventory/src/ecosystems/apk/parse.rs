//! Reads [apk's database](https://wiki.alpinelinux.org/wiki/Apk_spec#Installed_Database_V2).

use crate::ecosystems::paragraphs::{Paragraph, paragraphs};
use crate::ecosystems::{Facts, MAX_PACKAGES, TOO_MANY, field};
use crate::{Package, PackageKind, SourcePackage};

pub(in crate::ecosystems) fn parse(_path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let mut packages = Vec::new();
    for paragraph in paragraphs(bytes) {
        if packages.len() == MAX_PACKAGES {
            return Err(TOO_MANY);
        }
        packages.push(package(paragraph)?);
    }
    Ok(Facts::Packages(packages))
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
    Ok(Package { kind: PackageKind::Apk, name: field(name)?, version, source, architecture })
}
