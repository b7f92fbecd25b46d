//! Software bills of materials: written in [`cyclonedx`] and [`spdx`], read in [`read`](read()).

mod cyclonedx;
mod read;
mod spdx;

use plimsoll_oci::Digest;

pub use cyclonedx::{CycloneDxVersion, cyclonedx};
pub use read::{Bill, BillError, looks_like_bill, read};
pub use spdx::{spdx_json, spdx_tag_value};

use crate::purl::purl_with_source;
use crate::{Distribution, InstalledPackage};

/// What a bill of materials is about.
#[derive(Clone, Debug, Default)]
pub struct Subject<'a> {
    /// The image's name, as the user knows it.
    pub name: &'a str,
    /// The digest of its manifest, where it has one.
    pub digest: Option<Digest>,
    /// The digests of its layers, uncompressed, base first; empty where they are not known.
    pub diff_ids: &'a [Digest],
}

impl Subject<'_> {
    /// The name to show; never empty, which the formats forbid.
    fn shown_name(&self) -> &str {
        if self.name.is_empty() { "image" } else { self.name }
    }

    /// The package-url of the image; none without a digest, which is what such a package-url names it by.
    fn purl(&self) -> Option<String> {
        let digest = self.digest?;
        let repository = self.name.split('@').next().unwrap_or(self.name);
        let name = repository.rsplit('/').next().unwrap_or(repository);
        let name = name.split(':').next().unwrap_or(name).to_lowercase();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        let usable = !name.is_empty() && name.bytes().all(plain);
        usable.then(|| format!("pkg:oci/{name}@{}", digest.to_string().replace(':', "%3A")))
    }
}

/// What a package is called within one bill of materials: its package-url and place. One package may be installed in
/// several places.
pub fn reference(installed: &InstalledPackage, distribution: Option<&Distribution>) -> String {
    let purl = purl_with_source(&installed.package, distribution);
    match &installed.package.within {
        Some(within) => format!("{purl}#{}!/{within}", installed.path),
        None => format!("{purl}#{}", installed.path),
    }
}

/// Distributions whose family other scanners call by another name than their own `ID`, with that name.
const FAMILIES: [(&str, &str); 8] = [
    ("rhel", "redhat"),
    ("almalinux", "alma"),
    ("amzn", "amazon"),
    ("ol", "oracle"),
    ("mariner", "cbl-mariner"),
    ("opensuse-leap", "opensuse.leap"),
    ("opensuse-tumbleweed", "opensuse.tumbleweed"),
    ("sles", "suse linux enterprise server"),
];

/// The name other scanners have for a distribution's family, where it is another one than its own `ID`.
pub fn family(distribution: &Distribution) -> &str {
    let id = distribution.id.as_str();
    FAMILIES.iter().find(|(own, _)| *own == id).map_or(id, |&(_, family)| family)
}

/// The `ID` of the distribution that another scanner's name of its family stands for.
fn id_of_family(family: &str) -> String {
    let family = family.to_lowercase();
    FAMILIES.iter().find(|(_, other)| *other == family).map_or(family, |&(id, _)| id.to_owned())
}

#[cfg(test)]
mod tests;
