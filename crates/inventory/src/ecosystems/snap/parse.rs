//! Reads [`snap.yaml`](https://snapcraft.io/docs/snap-format).

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::listing::one;
use crate::ecosystems::yaml;

pub(in crate::ecosystems) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let value = |key: &str| yaml::lines(&text).find(|line| line.indent == 0 && line.key == key).map(|line| line.value);
    let name = value("name").filter(|name| !name.is_empty()).ok_or("it names no snap")?;
    one(PackageKind::Snap, name, value("version").unwrap_or_default())
}
