//! Reads the names of [store paths](https://nix.dev/manual/nix/latest/store/store-path).

use crate::ecosystems::field;
use crate::{Package, PackageKind};

const STORE: &[u8] = b"nix/store/";
/// The digest at the beginning of a name, in a base 32 that leaves out four letters.
const DIGEST: usize = 32;
const LEFT_OUT: &[u8] = b"eotu";

/// What a package may be split into, each in a directory of its own whose name tells it after the version.
const OUTPUTS: [&[u8]; 12] =
    [b"bin", b"data", b"debug", b"dev", b"devdoc", b"doc", b"info", b"lib", b"man", b"out", b"py", b"static"];

/// The package in the directory at `path`; none for other directories, and for what has no version: sources, scripts,
/// configuration.
pub(crate) fn package(path: &[u8]) -> Option<Package> {
    let (digest, rest) = path.strip_prefix(STORE)?.split_at_checked(DIGEST)?;
    let is_digit = |byte: &u8| byte.is_ascii_digit() || (byte.is_ascii_lowercase() && !LEFT_OUT.contains(byte));
    let (name, version) = split(rest.strip_prefix(b"-").filter(|rest| !rest.contains(&b'/'))?)?;
    let (name, version) = (field(name).ok()?, field(version).ok()?);
    digest.iter().all(is_digit).then(|| Package::new(PackageKind::Nix, name, version))
}

/// Splits `name-version` or `name-version-output`. The version begins after the first dash before a digit.
fn split(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let dash = memchr::memchr_iter(b'-', text).find(|&at| text.get(at + 1).is_some_and(u8::is_ascii_digit))?;
    let (name, version) = (&text[..dash], &text[dash + 1..]);
    let last = version.iter().rposition(|&byte| byte == b'-');
    let version = match last {
        Some(at) if OUTPUTS.contains(&&version[at + 1..]) => &version[..at],
        Some(at) if &version[at + 1..] == b"source" => return None,
        _ => version,
    };
    (!name.is_empty()).then_some((name, version))
}
