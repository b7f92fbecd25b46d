//! Tells the release of a kernel: from the [header](https://docs.kernel.org/arch/x86/boot.html) of an x86 kernel, from the
//! banner of one that is not compressed, or from what distributions name it after.

use crate::ecosystems::{Facts, field, file_name};
use crate::{Certainty, Package, PackageKind};

/// Where an x86 kernel's header begins, what it begins with, and where in it is told where the release is.
const HEADER: usize = 0x202;
const MAGIC: &[u8] = b"HdrS";
const RELEASE: usize = 0x20e;
/// What that place is counted from.
const BASE: usize = 0x200;

/// What the banner of a kernel begins with.
const BANNER: &[u8] = b"Linux version ";

pub(super) fn parse(path: &[u8], bytes: &[u8]) -> Facts {
    let (release, certainty) = match header(bytes).or_else(|| banner(bytes)) {
        Some(release) => (release, Certainty::Installed),
        None => match named(path) {
            Some(release) => (release, Certainty::Classified),
            None => return Facts::Nothing,
        },
    };
    let Ok(release) = field(release) else { return Facts::Nothing };
    Facts::Packages(vec![Package { certainty, ..Package::new(PackageKind::Generic, "linux-kernel", release) }])
}

fn header(bytes: &[u8]) -> Option<&[u8]> {
    if !bytes.get(HEADER..)?.starts_with(MAGIC) {
        return None;
    }
    let offset = u16::from_le_bytes(*bytes.get(RELEASE..)?.first_chunk()?);
    release(bytes.get(BASE + usize::from(offset)..)?)
}

fn banner(bytes: &[u8]) -> Option<&[u8]> {
    memchr::memmem::find_iter(bytes, BANNER).find_map(|at| release(&bytes[at + BANNER.len()..]))
}

/// `vmlinuz-<release>`, or the directory of a release.
fn named(path: &[u8]) -> Option<&[u8]> {
    let name = match file_name(path).strip_prefix(b"vmlinuz-") {
        Some(name) => name,
        None => path.rsplit(|&byte| byte == b'/').nth(1)?,
    };
    // Rescue images are named after the machine.
    release(name).filter(|release| *release == name && release.contains(&b'.'))
}

/// The release that a text begins with, such as `6.1.0-18-amd64`: its first word, if it is a number and not too long.
fn release(text: &[u8]) -> Option<&[u8]> {
    let end = text.iter().take(64).position(|&byte| !byte.is_ascii_graphic()).unwrap_or(text.len());
    let release = &text[..end];
    (release.len() < 64 && release.first()?.is_ascii_digit()).then_some(release)
}
