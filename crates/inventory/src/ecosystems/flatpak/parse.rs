//! Reads where flatpak keeps the metadata of what it installed: `<app or runtime>/<id>/<architecture>/<branch>/<commit>/`.

use crate::PackageKind;
use crate::ecosystems::listing::Listing;
use crate::ecosystems::{Facts, optional};

pub(in crate::ecosystems) fn parse(path: &[u8]) -> Result<Facts, &'static str> {
    let path = String::from_utf8_lossy(path);
    let parts: Vec<_> = path.rsplit('/').collect();
    let &[_, _commit, branch, architecture, id, class, ..] = &*parts else { return Ok(Facts::Nothing) };
    let architecture = optional(architecture.as_bytes())?;
    // The branch of a runtime is its version, that of an application is a channel.
    let version = if class == "runtime" { branch } else { "" };
    let mut listing = Listing::installed(PackageKind::Flatpak);
    listing.add_with(id, version, |package| package.architecture = architecture)?;
    Ok(listing.facts())
}
