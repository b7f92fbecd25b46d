//! Reads [`os-release`](https://www.freedesktop.org/software/systemd/man/latest/os-release.html) and its forerunners.

use super::{RANKED, release};
use crate::Distribution;
use crate::ecosystems::{Facts, MAX_FIELD, TOO_LONG, field};

pub(in crate::ecosystems) fn parse(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let distribution = match path {
        b"etc/os-release" | b"usr/lib/os-release" => os_release(bytes)?,
        b"etc/alpine-release" => alpine_release(&field(bytes)?),
        b"etc/debian_version" => debian_version(&field(bytes)?),
        b"etc/lsb-release" | b"usr/lib/lsb-release" | b"etc/openwrt_release" => lsb_release(bytes)?,
        // Arch Linux has no releases: the file is there, and that is all of it.
        b"etc/arch-release" => Some(Distribution { id: "arch".into(), ..Distribution::default() }),
        b"etc/SuSE-release" => release::suse(bytes)?,
        _ => release::line(bytes)?,
    };
    let rank = RANKED.iter().position(|ranked| ranked.as_bytes() == path).map_or(u8::MAX, |rank| rank as u8);
    Ok(distribution.map_or(Facts::Nothing, |distribution| Facts::Distribution { rank, distribution }))
}

fn os_release(bytes: &[u8]) -> Result<Option<Distribution>, &'static str> {
    let mut distribution = Distribution::default();
    for (name, value) in variables(bytes) {
        match name {
            b"ID" => distribution.id = text(value)?,
            b"ID_LIKE" => distribution.id_like = text(value)?.split_whitespace().map(str::to_owned).collect(),
            b"VERSION_ID" => distribution.version_id = told(value)?,
            b"VERSION_CODENAME" => distribution.codename = told(value)?,
            b"PRETTY_NAME" => distribution.pretty_name = told(value)?,
            b"CPE_NAME" => distribution.cpe = told(value)?,
            _ => {}
        }
    }
    Ok(Some(distribution).filter(|distribution| !distribution.id.is_empty()))
}

/// `DISTRIB_ID` and what goes with it. Where there is only the version of the LSB, nothing is told.
fn lsb_release(bytes: &[u8]) -> Result<Option<Distribution>, &'static str> {
    let mut distribution = Distribution::default();
    for (name, value) in variables(bytes) {
        match name {
            b"DISTRIB_ID" => distribution.id = text(value)?.to_lowercase(),
            // What rolls says so instead of a version.
            b"DISTRIB_RELEASE" => {
                distribution.version_id =
                    told(value)?.filter(|version| version.starts_with(|c: char| c.is_ascii_digit()));
            }
            b"DISTRIB_CODENAME" => distribution.codename = told(value)?,
            b"DISTRIB_DESCRIPTION" => distribution.pretty_name = told(value)?,
            _ => {}
        }
    }
    Ok(Some(distribution).filter(|distribution| !distribution.id.is_empty()))
}

/// The variables that a shell would set, with their values as they are written.
fn variables(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    bytes.split(|&byte| byte == b'\n').filter_map(|line| {
        let line = line.trim_ascii();
        let equals = memchr::memchr(b'=', line)?;
        Some((&line[..equals], &line[equals + 1..]))
    })
}

fn text(value: &[u8]) -> Result<String, &'static str> {
    let value = unquote(value);
    if value.len() > MAX_FIELD { Err(TOO_LONG) } else { Ok(value) }
}

fn told(value: &[u8]) -> Result<Option<String>, &'static str> {
    Ok(Some(text(value)?).filter(|value| !value.is_empty()))
}

/// A value as a shell would read it: quotes taken away, `\` taken as quoting the next character outside single ones.
fn unquote(value: &[u8]) -> String {
    let mut text = Vec::with_capacity(value.len());
    let mut quote = None;
    let mut bytes = value.trim_ascii().iter().copied();
    while let Some(byte) = bytes.next() {
        match (byte, quote) {
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            (b'\\', None | Some(b'"')) => text.extend(bytes.next()),
            _ => text.push(byte),
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}

fn alpine_release(version: &str) -> Option<Distribution> {
    if version.is_empty() {
        return None;
    }
    Some(Distribution { id: "alpine".into(), version_id: Some(version.to_owned()), ..Distribution::default() })
}

/// `12.5` is Debian 12; `trixie/sid` is what will be trixie, and has no number.
fn debian_version(version: &str) -> Option<Distribution> {
    let debian = Distribution { id: "debian".into(), ..Distribution::default() };
    if version.is_empty() {
        None
    } else if version.starts_with(|first: char| first.is_ascii_digit()) {
        let major = version.split('.').next().map(str::to_owned);
        Some(Distribution { version_id: major, ..debian })
    } else {
        let codename = version.split('/').next().map(str::to_owned);
        Some(Distribution { codename, ..debian })
    }
}

/// The newest release among the repositories packages come from: `3.19`, or `edge`.
///
/// Repositories behind a tag (`@testing …`) are only used for packages that ask for it, and do not count.
pub(super) fn release_stream(bytes: &[u8]) -> Facts {
    let mut newest: Option<(u32, u32)> = None;
    for line in bytes.split(|&byte| byte == b'\n') {
        let line = line.trim_ascii();
        if line.starts_with(b"#") || line.starts_with(b"@") {
            continue;
        }
        for part in line.split(|&byte| byte == b'/') {
            if part == b"edge" {
                return Facts::ReleaseStream("edge".into());
            }
            newest = newest.max(release(part));
        }
    }
    newest.map_or(Facts::Nothing, |(major, minor)| Facts::ReleaseStream(format!("{major}.{minor}")))
}

/// The release of a `v3.19`.
fn release(part: &[u8]) -> Option<(u32, u32)> {
    let (major, minor) = str::from_utf8(part.strip_prefix(b"v")?).ok()?.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}
