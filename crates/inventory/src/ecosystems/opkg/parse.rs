//! Reads opkg's records, whose grammar is dpkg's.

use crate::ecosystems::dpkg::parse::is_installed;
use crate::ecosystems::paragraphs::{Paragraph, paragraphs};
use crate::ecosystems::{Facts, MAX_PACKAGES, Owned, TOO_MANY, field, file_name};
use crate::{Package, PackageKind, SourcePackage};

pub(super) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let mut packages = Vec::new();
    for paragraph in paragraphs(bytes) {
        if packages.len() == MAX_PACKAGES {
            return Err(TOO_MANY);
        }
        packages.extend(package(paragraph)?);
    }
    Ok(Facts::Database { packages, owned: Vec::new() })
}

/// Reads the list of a package's files: a path a line, with what else is told of it behind a tab.
pub(super) fn files(path: &[u8], bytes: &[u8]) -> Facts {
    let name = file_name(path);
    let package = String::from_utf8_lossy(name.strip_suffix(b".list").unwrap_or(name));
    let paths = bytes.split(|&byte| byte == b'\n').map(|line| {
        let path = line.split(|&byte| byte == b'\t').next().unwrap_or(line);
        path.strip_prefix(b"/").unwrap_or(path)
    });
    match Owned::new(&package, paths) {
        Some(owned) => Facts::Database { packages: Vec::new(), owned: vec![owned] },
        None => Facts::Nothing,
    }
}

/// The package of a paragraph; none where it is not installed.
fn package(paragraph: Paragraph<'_>) -> Result<Option<Package>, &'static str> {
    let (mut name, mut version, mut architecture): (&[u8], &[u8], &[u8]) = Default::default();
    let (mut source, mut recipe): (&[u8], &[u8]) = Default::default();
    let mut installed = true;
    for (key, value) in paragraph.fields() {
        match key {
            b"Package" => name = value,
            b"Version" => version = value,
            b"Architecture" => architecture = value,
            b"SourceName" => source = value,
            b"Source" => recipe = value,
            b"Status" => installed = is_installed(value),
            _ => {}
        }
    }
    if name.is_empty() {
        return Err("it has a paragraph without a package name");
    }
    if !installed {
        return Ok(None);
    }
    let version = field(version)?;
    // The recipe is a directory of the build system's, such as `feeds/packages/net/curl`.
    let source = if source.is_empty() { file_name(recipe) } else { source };
    let source =
        if source.is_empty() { None } else { Some(SourcePackage { name: field(source)?, version: version.clone() }) };
    let architecture = if architecture.is_empty() { None } else { Some(field(architecture)?) };
    Ok(Some(Package { source, architecture, ..Package::new(PackageKind::Opkg, field(name)?, version) }))
}
