//! Reads [dpkg's status file](https://man7.org/linux/man-pages/man5/deb-control.5.html).

use crate::ecosystems::database::{self, Told};
use crate::ecosystems::paragraphs::{Paragraph, paragraphs};
use crate::ecosystems::{Facts, field, file_name, optional};
use crate::{Package, PackageKind, SourcePackage};

pub(in crate::ecosystems) fn parse(_path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    database::packages(paragraphs(bytes), package)
}

/// Reads the list of a package's files: paths in `info/<package>[:<architecture>].list`, paths after their digests in
/// `status.d/<package>.md5sums`.
pub(super) fn files(path: &[u8], bytes: &[u8]) -> Facts {
    let name = file_name(path);
    let (name, digests) = match name.strip_suffix(b".md5sums") {
        Some(name) => (name, true),
        None => (name.strip_suffix(b".list").unwrap_or(name), false),
    };
    let package = name.split(|&byte| byte == b':').next().unwrap_or(name);
    let lines = bytes.split(|&byte| byte == b'\n').filter_map(|line| {
        let path = if digests { line.get(32..)?.trim_ascii_start() } else { line };
        Some(path.strip_prefix(b"/").unwrap_or(path))
    });
    database::files(package, lines)
}

/// The package of a paragraph; none where it is not installed any more.
fn package(paragraph: Paragraph<'_>) -> Result<Option<Package>, &'static str> {
    let (mut told, mut source, mut maintainer, mut installed) = (Told::default(), &b""[..], &b""[..], true);
    for (key, value) in paragraph.fields() {
        if key.eq_ignore_ascii_case(b"Package") {
            told.name = value;
        } else if key.eq_ignore_ascii_case(b"Version") {
            told.version = value;
        } else if key.eq_ignore_ascii_case(b"Source") {
            source = value;
        } else if key.eq_ignore_ascii_case(b"Architecture") {
            told.architecture = value;
        } else if key.eq_ignore_ascii_case(b"Maintainer") {
            maintainer = value;
        } else if key.eq_ignore_ascii_case(b"Status") {
            installed = is_installed(value);
        }
    }
    let package = told.package(PackageKind::Deb)?;
    let (source, vendor) = (source_package(source, &package.version)?, optional(maintainer)?);
    Ok(installed.then_some(Package { source, vendor, ..package }))
}

/// Whether a `Status` of "want flag state" leaves the package's files in place.
///
/// The state alone decides: a package marked for removal is there until it is removed.
pub(in crate::ecosystems) fn is_installed(status: &[u8]) -> bool {
    let state = status.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).nth(2);
    !matches!(state, Some(b"config-files" | b"not-installed"))
}

/// The source of `name (version)`; without a version it has the binary package's.
fn source_package(source: &[u8], version: &str) -> Result<Option<SourcePackage>, &'static str> {
    if source.is_empty() {
        return Ok(None);
    }
    let (name, own_version) = match source.iter().position(|&byte| byte == b'(') {
        Some(open) => (&source[..open], source[open + 1..].strip_suffix(b")").unwrap_or(&source[open + 1..])),
        None => (source, &b""[..]),
    };
    let own_version = field(own_version)?;
    let version = if own_version.is_empty() { version.to_owned() } else { own_version };
    Ok(Some(SourcePackage { name: field(name)?, version }))
}
