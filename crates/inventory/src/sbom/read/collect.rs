//! Puts an inventory together from what components say, in whatever form they say it.

use std::collections::{BTreeMap, HashMap};

use plimsoll_oci::Digest;

use super::{Bill, BillError};
use crate::ecosystems::{MAX_PACKAGES, TOO_MANY};
use crate::purl::{ReadPurl, read_purl, source_rpm};
use crate::{Certainty, Distribution, InstalledPackage, Inventory, PackageKind, SourcePackage, Unreadable};

/// The most layers read.
const MAX_LAYERS: usize = 1_000;
/// The most things that cannot be read which are listed each by itself; the rest are counted.
const MAX_LISTED: usize = 100;

/// A component as its document tells of it; what it does not tell is empty.
#[derive(Clone, Debug, Default)]
pub(super) struct Component<'a> {
    /// What the document calls it.
    pub(super) reference: &'a str,
    /// Its name, for messages.
    pub(super) name: &'a str,
    /// Its package-url.
    pub(super) purl: &'a str,
    /// The file that is the evidence.
    pub(super) path: &'a str,
    /// The digest of the layer it came with, uncompressed.
    pub(super) layer: &'a str,
    /// The name of its source package, or the file name of its source RPM.
    pub(super) source: &'a str,
    /// The version of its source package.
    pub(super) source_version: String,
    /// The module stream of an RPM package.
    pub(super) modularity: &'a str,
    /// The package of the distribution that it came with.
    pub(super) owner: &'a str,
    /// Who built it.
    pub(super) vendor: &'a str,
    /// Where it lies inside the file that is the evidence.
    pub(super) within: &'a str,
    /// How sure it is that it is there.
    pub(super) certainty: Certainty,
}

/// What was collected so far.
#[derive(Debug, Default)]
pub(super) struct Collector {
    distribution: Option<Distribution>,
    packages: Vec<InstalledPackage>,
    layers: HashMap<Digest, u32>,
    diff_ids: Vec<Digest>,
    unreadable: Vec<Unreadable>,
    unlisted: u64,
    nameless: u64,
    foreign: BTreeMap<String, u64>,
}

impl Collector {
    /// Takes what the document says the image was made from.
    pub(super) fn distribution(&mut self, distribution: Distribution) {
        if self.distribution.is_none() && !distribution.id.is_empty() {
            self.distribution = Some(distribution);
        }
    }

    /// Takes a layer, base first; its number.
    pub(super) fn layer(&mut self, diff_id: &str) -> Option<u32> {
        let digest: Digest = diff_id.parse().ok()?;
        if let Some(&number) = self.layers.get(&digest) {
            return Some(number);
        }
        let number = u32::try_from(self.diff_ids.len()).ok().filter(|_| self.diff_ids.len() < MAX_LAYERS)?;
        self.diff_ids.push(digest);
        self.layers.insert(digest, number);
        Some(number)
    }

    /// Takes something that is a package but has no package-url.
    pub(super) fn nameless(&mut self) {
        self.nameless += 1;
    }

    /// Takes a component with a package-url.
    pub(super) fn add(&mut self, component: &Component<'_>) -> Result<(), BillError> {
        let Some(read) = read_purl(component.purl) else {
            self.refuse(component);
            return Ok(());
        };
        if self.packages.len() == MAX_PACKAGES {
            return Err(BillError::Broken(TOO_MANY));
        }
        if read.package.kind.is_of_system()
            && self.distribution.is_none()
            && let Some(distribution) = distribution_of(&read)
        {
            self.distribution = Some(distribution);
        }
        let mut package = read.package;
        // A package-url has the name as its type normalises it; the component has it as it is recorded.
        if normal(component.name) == normal(&package.name) {
            component.name.clone_into(&mut package.name);
        }
        package.source = source(component, package.kind, &package.version).or(package.source);
        package.modularity = optional(component.modularity);
        package.vendor = optional(component.vendor);
        package.within = optional(component.within);
        package.certainty = component.certainty;
        let path = [component.path.trim_start_matches('/'), component.reference, component.purl]
            .into_iter()
            .find(|path| !path.is_empty())
            .unwrap_or_default()
            .to_owned();
        let layer = self.layer(component.layer).unwrap_or(0);
        self.packages.push(InstalledPackage { package, path, layer, owner: optional(component.owner) });
        Ok(())
    }

    /// Takes a component whose package-url says nothing here.
    fn refuse(&mut self, component: &Component<'_>) {
        let kind = component.purl.strip_prefix("pkg:").and_then(|rest| rest.trim_start_matches('/').split_once('/'));
        let kind = kind.map(|(kind, _)| kind.to_ascii_lowercase()).filter(|kind| kind.len() <= 32);
        match kind {
            // The image itself.
            Some(kind) if kind == "oci" || kind == "docker" => {}
            Some(kind) if !PackageKind::ALL.iter().any(|known| known.purl_type() == kind) => {
                let full = self.foreign.len() == MAX_LISTED;
                *self.foreign.entry(if full { "other".to_owned() } else { kind }).or_default() += 1;
            }
            _ if self.unreadable.len() == MAX_LISTED => self.unlisted += 1,
            _ => {
                let reference = if component.reference.is_empty() { component.name } else { component.reference };
                let purl: String = component.purl.chars().take(100).collect();
                let reason = format!("its package-url cannot be read: {purl:?}");
                self.unreadable.push(Unreadable { layer: 0, path: Some(reference.to_owned()), reason });
            }
        }
    }

    /// What it comes to.
    pub(super) fn finish(mut self, format: &'static str, name: &str) -> Bill {
        let mut say = |reason: String| {
            self.unreadable.push(Unreadable { layer: 0, path: Some("bill of materials".into()), reason });
        };
        if self.unlisted > 0 {
            say(format!("{} more package-urls cannot be read", self.unlisted));
        }
        if self.nameless > 0 {
            say(format!("components without a package-url: {}", self.nameless));
        }
        for (kind, number) in &self.foreign {
            say(format!("packages of a type that is not known here, pkg:{kind}: {number}"));
        }
        self.packages.sort();
        self.packages.dedup();
        self.unreadable.sort();
        let Self { distribution, packages, unreadable, diff_ids, .. } = self;
        Bill { format, name: name.to_owned(), diff_ids, inventory: Inventory { distribution, packages, unreadable } }
    }
}

fn normal(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}

/// The text, unless it is empty.
pub(super) fn optional(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// The source package as members of the component tell it.
fn source(component: &Component<'_>, kind: PackageKind, version: &str) -> Option<SourcePackage> {
    if component.source.is_empty() || !kind.is_of_system() {
        return None;
    }
    if let Some((name, version)) = source_rpm(component.source) {
        return Some(SourcePackage { name: name.into(), version: version.into() });
    }
    let source_version = if component.source_version.is_empty() { version } else { &component.source_version };
    Some(SourcePackage { name: component.source.into(), version: source_version.into() })
}

/// The distribution that a package-url's `distro` names: `debian-12`, or a code name beside the namespace.
fn distribution_of(read: &ReadPurl) -> Option<Distribution> {
    let distro = read.distro.as_deref()?;
    let numbered = distro.rsplit_once('-').filter(|(_, version)| version.starts_with(|c: char| c.is_ascii_digit()));
    Some(match (numbered, &read.namespace) {
        (Some((id, version)), _) => {
            Distribution { id: id.to_lowercase(), version_id: Some(version.into()), ..Distribution::default() }
        }
        (None, Some(namespace)) => {
            Distribution { id: namespace.to_lowercase(), codename: Some(distro.into()), ..Distribution::default() }
        }
        (None, None) => Distribution { id: distro.to_lowercase(), ..Distribution::default() },
    })
}
