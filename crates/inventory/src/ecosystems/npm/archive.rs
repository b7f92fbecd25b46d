//! Reads Yarn's archives, as far as their names and that of their first entry go: `<name>-npm-<version>-<hash>-<checksum>.zip`.

use crate::PackageKind;
use crate::ecosystems::listing::one;
use crate::ecosystems::{Facts, file_name};

/// The directory that every entry of such an archive begins with.
const ROOT: &[u8] = b"node_modules/";

pub(super) fn parse(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let file = String::from_utf8_lossy(file_name(path));
    let Some(version) = version(&file) else { return Ok(Facts::Nothing) };
    let name = package(bytes).ok_or("it holds no Node.js package")?;
    one(PackageKind::Npm, &String::from_utf8_lossy(name), version)
}

/// The version between the last `-npm-` and the hashes: ten digits, and in most cases those of the content.
fn version(file: &str) -> Option<&str> {
    const HASH: usize = 10;
    let (_, rest) = file.strip_suffix(".zip")?.rsplit_once("-npm-")?;
    let is_hash = |text: &str| text.len() == HASH && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (version, last) = rest.rsplit_once('-')?;
    match version.rsplit_once('-') {
        Some((version, hash)) if is_hash(hash) => Some(version),
        _ => is_hash(last).then_some(version),
    }
}

/// The name of the directory below [`ROOT`]; that of a scope has two parts. The names of entries are never compressed.
fn package(bytes: &[u8]) -> Option<&[u8]> {
    memchr::memmem::find_iter(bytes, ROOT).find_map(|at| {
        let path = &bytes[at + ROOT.len()..];
        let slashes = memchr::memchr_iter(b'/', path).take(2).collect::<Vec<_>>();
        let end = *slashes.get(usize::from(path.starts_with(b"@")))?;
        (1..=214).contains(&end).then(|| &path[..end])
    })
}
