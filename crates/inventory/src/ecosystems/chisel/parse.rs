//! Reads [chisel's manifest](https://documentation.ubuntu.com/chisel/en/latest/reference/manifest/): JSON objects, one a
//! line, compressed with zstd.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::Read as _;

use serde::Deserialize;

use crate::ecosystems::{Facts, MAX_PACKAGES, Owned, TOO_MANY, field};
use crate::{Package, PackageKind};

/// The most bytes a manifest may have when it is unpacked, and the base-two logarithm of the memory that may take.
const MAX_UNPACKED: u64 = 64 << 20;
const MAX_WINDOW: u32 = 27;

/// A line.
#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow)]
    version: Option<Cow<'a, str>>,
    #[serde(borrow)]
    arch: Option<Cow<'a, str>>,
    #[serde(borrow)]
    slice: Option<Cow<'a, str>>,
    #[serde(borrow)]
    path: Option<Cow<'a, str>>,
}

pub(super) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let unpacked = unpack(bytes)?;
    let mut packages = Vec::new();
    let mut files = BTreeMap::<String, Vec<Vec<u8>>>::new();
    for line in unpacked.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        let line: Line<'_> = serde_json::from_slice(line).map_err(|_| "it has a line that is not a JSON object")?;
        match line.kind.as_deref() {
            Some("package") if packages.len() == MAX_PACKAGES => return Err(TOO_MANY),
            Some("package") => packages.push(package(&line)?),
            Some("content") => {
                if let (Some(slice), Some(path)) = (&line.slice, &line.path) {
                    let package = slice.split('_').next().unwrap_or(slice).to_owned();
                    files.entry(package).or_default().push(path.trim_start_matches('/').as_bytes().to_vec());
                }
            }
            _ => {}
        }
    }
    let owned = files.iter().filter_map(|(package, files)| Owned::new(package, files.iter().map(Vec::as_slice)));
    Ok(Facts::Database { packages, owned: owned.collect() })
}

fn package(line: &Line<'_>) -> Result<Package, &'static str> {
    let (Some(name), Some(version)) = (&line.name, &line.version) else {
        return Err("it has a package without a name or a version");
    };
    let architecture = line.arch.as_ref().map(|arch| field(arch.as_bytes())).transpose()?;
    let package = Package::new(PackageKind::Deb, field(name.as_bytes())?, field(version.as_bytes())?);
    Ok(Package { architecture, ..package })
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, &'static str> {
    const DAMAGED: &str = "it is not compressed with zstd, or damaged";
    let mut decoder = zstd::Decoder::with_buffer(bytes).map_err(|_| DAMAGED)?;
    decoder.window_log_max(MAX_WINDOW).map_err(|_| DAMAGED)?;
    let mut unpacked = Vec::new();
    decoder.take(MAX_UNPACKED + 1).read_to_end(&mut unpacked).map_err(|_| DAMAGED)?;
    if unpacked.len() as u64 > MAX_UNPACKED { Err("it is larger than 64 MiB when unpacked") } else { Ok(unpacked) }
}
