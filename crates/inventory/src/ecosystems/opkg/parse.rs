//! Reads opkg's records, whose grammar is dpkg's.

use crate::ecosystems::database::{self, Told};
use crate::ecosystems::dpkg::parse::is_installed;
use crate::ecosystems::paragraphs::{Paragraph, paragraphs};
use crate::ecosystems::{Facts, file_name};
use crate::{Package, PackageKind};

pub(super) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    database::packages(paragraphs(bytes), package)
}

/// Reads the list of a package's files: a path a line, with what else is told of it behind a tab.
pub(super) fn files(path: &[u8], bytes: &[u8]) -> Facts {
    let name = file_name(path);
    let paths = bytes.split(|&byte| byte == b'\n').map(|line| {
        let path = line.split(|&byte| byte == b'\t').next().unwrap_or(line);
        path.strip_prefix(b"/").unwrap_or(path)
    });
    database::files(name.strip_suffix(b".list").unwrap_or(name), paths)
}

/// The package of a paragraph; none where it is not installed.
fn package(paragraph: Paragraph<'_>) -> Result<Option<Package>, &'static str> {
    let (mut told, mut recipe, mut installed) = (Told::default(), &b""[..], true);
    for (key, value) in paragraph.fields() {
        match key {
            b"Package" => told.name = value,
            b"Version" => told.version = value,
            b"Architecture" => told.architecture = value,
            b"SourceName" => told.source = value,
            b"Source" => recipe = value,
            b"Status" => installed = is_installed(value),
            _ => {}
        }
    }
    if told.source.is_empty() {
        // The recipe is a directory of the build system's, such as `feeds/packages/net/curl`.
        told.source = file_name(recipe);
    }
    let package = told.package(PackageKind::Opkg)?;
    Ok(installed.then_some(package))
}
