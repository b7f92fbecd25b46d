//! Reads [`pubspec.lock`](https://dart.dev/tools/pub/glossary#lockfile).

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::listing::Listing;
use crate::ecosystems::yaml;

/// A package is a key below `packages`. Those with another source than `hosted` are the project's own, or of the SDK.
pub(in crate::ecosystems) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let mut listing = Listing::declared(PackageKind::Pub);
    let (mut inside, mut name, mut hosted) = (false, "", false);
    for line in yaml::lines(&text) {
        match (line.indent, line.key) {
            (0, key) => inside = key == "packages",
            (2, key) if inside => (name, hosted) = (key, false),
            (4, "source") if inside => hosted = line.value == "hosted",
            // The source comes before the version: the keys are sorted.
            (4, "version") if inside && hosted => listing.add(name, line.value)?,
            _ => {}
        }
    }
    Ok(listing.facts())
}
