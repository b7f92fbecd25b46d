//! Reads `Podfile.lock`: the list below `PODS`, of which each is `- Name (version)`.

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::listing::Listing;

pub(in crate::ecosystems) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let mut listing = Listing::declared(PackageKind::CocoaPods);
    let mut inside = false;
    for line in text.lines() {
        if !line.starts_with(' ') {
            inside = line.trim_end() == "PODS:";
        }
        let Some(pod) = line.strip_prefix("  - ").filter(|_| inside) else { continue };
        let pod = pod.trim_end_matches(':').trim_matches('"');
        let Some((name, version)) = pod.strip_suffix(')').and_then(|pod| pod.split_once(" (")) else { continue };
        // What follows a slash is a part of the pod.
        listing.add(name.split('/').next().unwrap_or(name), version)?;
    }
    Ok(listing.facts())
}
