//! Reads [portage's records](https://projects.gentoo.org/pms/8/pms.html#x1-180003) of what is installed.

use crate::ecosystems::{Facts, Owned, field};
use crate::{Package, PackageKind};

pub(super) fn parse(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    const UNNAMED: &str = "it is not in a directory named after a package and its version";
    let mut directories = path.rsplit(|&byte| byte == b'/').skip(1);
    let (Some(package), Some(category)) = (directories.next(), directories.next()) else { return Err(UNNAMED) };
    // What portage is at work on has a name of its own.
    if package.starts_with(b"-MERGING-") {
        return Ok(Facts::Nothing);
    }
    let (name, version) = split(package).ok_or(UNNAMED)?;
    let name = format!("{}/{}", field(category)?, field(name)?);
    let owned = Owned::new(&name, bytes.split(|&byte| byte == b'\n').filter_map(file));
    let package = Package::new(PackageKind::Ebuild, name, field(version)?);
    Ok(Facts::Database { packages: vec![package], owned: owned.into_iter().collect() })
}

/// Splits `name-version` or `name-version-r1`. A name may have dashes, but no part of it that looks like a version at its
/// end.
fn split(package: &[u8]) -> Option<(&[u8], &[u8])> {
    let last = package.iter().rposition(|&byte| byte == b'-')?;
    let is_revision = package[last + 1..]
        .strip_prefix(b"r")
        .is_some_and(|digits| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit));
    let dash = if is_revision { package[..last].iter().rposition(|&byte| byte == b'-')? } else { last };
    let (name, version) = (&package[..dash], &package[dash + 1..]);
    (!name.is_empty() && version.first().is_some_and(u8::is_ascii_digit)).then_some((name, version))
}

/// The path of `obj <path> <digest> <time>` or `sym <path> -> <target> <time>`.
fn file(line: &[u8]) -> Option<&[u8]> {
    let path = if let Some(rest) = line.strip_prefix(b"obj ") {
        rest.rsplitn(3, |&byte| byte == b' ').nth(2)?
    } else {
        let rest = line.strip_prefix(b"sym ")?;
        &rest[..memchr::memmem::find(rest, b" -> ")?]
    };
    path.strip_prefix(b"/")
}
