//! Puts layers one over the other.

mod log;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::ecosystems::{Facts, is_per_path, same_kind};
use crate::hash::PathHash;
use crate::layer::Evidence;
use crate::{Certainty, Distribution, InstalledPackage, Inventory, LayerInventory, Package, PackageKind, Unreadable};

/// The inventory of an image of these layers, base first: what unpacking them one over the other would leave.
///
/// A package's layer is the one that brought this version of it and since when it was there without a gap, however
/// often its record was written again.
pub fn merge(layers: &[LayerInventory]) -> Inventory {
    let mut image = Image::default();
    for (index, layer) in layers.iter().enumerate() {
        image.apply(index as u32, layer);
    }
    image.inventory(layers)
}

/// A layer's own evidence, or a higher layer's link to it, as it stands in the image.
struct Standing<'a> {
    layer: u32,
    evidence: &'a Evidence,
    keys: Keys,
    /// The keys of the file a symbolic link leads to, where that was read.
    target: Option<Keys>,
    /// Set when the file at the other end of the link was changed.
    lost: bool,
}

/// A path as the layers' sets know it.
struct Keys {
    own: PathHash,
    above: Vec<PathHash>,
}

impl Keys {
    fn of(path: &[u8]) -> Self {
        Self { own: PathHash::of(path), above: PathHash::of_ancestors(path) }
    }

    /// Whether `layer` removes, or puts something else in the place of, what lower layers have here.
    fn hidden_by(&self, layer: &LayerInventory) -> bool {
        layer.files.contains(self.own) || layer.directories.contains(self.own) || self.removed_by(layer)
    }

    /// Whether `layer` removes what lower layers have here, whatever it puts in its place.
    fn removed_by(&self, layer: &LayerInventory) -> bool {
        layer.whiteouts.contains(self.own)
            || layer.whiteouts.contains_any(&self.above)
            || layer.opaque.contains_any(&self.above)
            || layer.files.contains_any(&self.above)
    }
}

/// A package as attribution tells it from others.
#[derive(PartialEq, Eq, Hash)]
struct Identity<'a> {
    kind: PackageKind,
    name: &'a str,
    version: &'a str,
    architecture: Option<&'a str>,
    path: Option<(&'a [u8], Option<&'a str>)>,
}

fn identity<'a>(package: &'a Package, path: &'a [u8]) -> Identity<'a> {
    Identity {
        kind: package.kind,
        name: &package.name,
        version: &package.version,
        architecture: package.architecture.as_deref(),
        path: is_per_path(package.kind).then_some((path, package.within.as_deref())),
    }
}

/// The image as far as it is built.
#[derive(Default)]
struct Image<'a> {
    standing: BTreeMap<&'a [u8], Standing<'a>>,
    /// Since which layer a package has been there.
    since: HashMap<Identity<'a>, u32>,
}

impl<'a> Image<'a> {
    fn apply(&mut self, index: u32, layer: &'a LayerInventory) {
        let before = self.standing.len();
        // Links are resolved first: they name what the lower layers have, before this one hides it.
        let linked: Vec<_> =
            layer.findings.iter().map(|finding| self.linked(&finding.path, &finding.evidence)).collect();
        self.standing.retain(|_, standing| !standing.keys.hidden_by(layer));
        let mut changed = self.standing.len() != before || !layer.findings.is_empty();
        for standing in self.standing.values_mut() {
            if standing.target.as_ref().is_some_and(|target| target.hidden_by(layer)) {
                standing.lost = true;
                changed = true;
            }
        }
        for (finding, evidence) in layer.findings.iter().zip(linked) {
            let target = match evidence {
                Evidence::FactsThrough { target, .. } => Some(Keys::of(target)),
                _ => None,
            };
            let keys = Keys::of(&finding.path);
            self.standing.insert(&finding.path, Standing { layer: index, evidence, keys, target, lost: false });
        }
        if changed {
            self.attribute(index);
        }
    }

    /// What a hard link to a file of a lower layer brings to its own path.
    fn linked(&self, path: &[u8], evidence: &'a Evidence) -> &'a Evidence {
        match evidence {
            Evidence::HardLink(target) if same_kind(path, target) => match self.standing.get(&**target) {
                Some(Standing { evidence: found @ (Evidence::Facts(_) | Evidence::Unreadable(_)), .. }) => found,
                _ => evidence,
            },
            _ => evidence,
        }
    }

    /// Notes which packages came with layer `index`, and forgets those that went.
    fn attribute(&mut self, index: u32) {
        let mut since = HashMap::with_capacity(self.since.len());
        for (&path, standing) in &self.standing {
            for package in self.installed(path, standing) {
                let identity = identity(package, path);
                let first = self.since.get(&identity).copied().unwrap_or(index);
                since.insert(identity, first);
            }
        }
        self.since = since;
    }

    fn inventory(&self, layers: &[LayerInventory]) -> Inventory {
        let mut unreadable = self.unreadable(layers);
        unreadable.sort();
        unreadable.dedup();
        Inventory { distribution: self.distribution(), packages: self.packages(), unreadable }
    }

    fn packages(&self) -> Vec<InstalledPackage> {
        let owners = self.owners();
        let mut seen = HashSet::new();
        let mut packages = Vec::new();
        for (&path, standing) in &self.standing {
            for package in self.installed(path, standing) {
                let identity = identity(package, path);
                let layer = self.since.get(&identity).copied().unwrap_or(standing.layer);
                if seen.insert(identity) {
                    let owner = if package.kind.is_of_system() { None } else { owner(&owners, path) };
                    if owner.is_some() && is_guess(package) {
                        continue;
                    }
                    let mut package = package.clone();
                    if package.kind == PackageKind::PyPi {
                        package.vendor = self.origin(path);
                    }
                    packages.push(InstalledPackage { package, path: text(path), layer, owner });
                }
            }
        }
        packages.sort();
        packages
    }

    /// Where a Python distribution was installed from, if its metadata has a record of that beside it.
    fn origin(&self, path: &[u8]) -> Option<String> {
        let record = [path.strip_suffix(b"METADATA")?, b"direct_url.json"].concat();
        match self.standing.get(&*record)?.facts()? {
            Facts::Origin(origin) => Some(origin.clone()),
            _ => None,
        }
    }

    /// Which of the distribution's packages files belong to.
    fn owners(&self) -> HashMap<PathHash, &'a str> {
        let owned = self.standing.iter().flat_map(|(path, standing)| self.owned(path, standing));
        owned.flat_map(|owned| owned.files.iter().map(|file| (file, &*owned.package))).collect()
    }

    fn distribution(&self) -> Option<Distribution> {
        let facts = || self.standing.values().filter_map(Standing::facts);
        let ranked = facts().filter_map(|facts| match facts {
            Facts::Distribution { rank, distribution } => Some((*rank, distribution)),
            _ => None,
        });
        let mut distribution = ranked.min_by_key(|&(rank, _)| rank)?.1.clone();
        let stream = facts().find_map(|facts| match facts {
            Facts::ReleaseStream(stream) => Some(stream),
            _ => None,
        });
        if let Some(stream) = stream.filter(|_| distribution.id == "alpine") {
            let of_stream =
                |version: &str| version.strip_prefix(&**stream).is_some_and(|rest| !starts_with_digit(rest));
            if !distribution.version_id.as_deref().is_some_and(of_stream) {
                distribution.version_id = Some(stream.clone());
            }
        }
        let sets = facts().filter_map(|facts| match facts {
            Facts::ContentSets(sets) => Some(sets),
            _ => None,
        });
        distribution.content_sets = sets.flatten().cloned().collect::<BTreeSet<_>>().into_iter().collect();
        distribution.esm = facts().any(|facts| matches!(facts, Facts::ExtendedMaintenance));
        Some(distribution)
    }

    fn unreadable(&self, layers: &[LayerInventory]) -> Vec<Unreadable> {
        let problems = layers.iter().zip(0..).flat_map(|(layer, index)| {
            layer.problems.iter().map(move |problem| Unreadable {
                layer: index,
                path: problem.path.as_deref().map(text),
                reason: problem.reason.clone(),
            })
        });
        let files = self.standing.iter().filter_map(|(&path, standing)| {
            let reason = self.why_unreadable(path, standing, layers)?;
            Some(Unreadable { layer: standing.layer, path: Some(text(path)), reason })
        });
        problems.chain(files).collect()
    }

    fn why_unreadable(&self, path: &[u8], standing: &Standing<'_>, layers: &[LayerInventory]) -> Option<String> {
        let not_read = |target: &[u8]| format!("it is a link to {}, which was not read as a record", text(target));
        if let Some(Facts::Incomplete { reason, .. }) = standing.facts() {
            return Some(reason.clone());
        }
        match standing.evidence {
            Evidence::Facts(facts) => self.why_log_unreadable(path, facts).map(str::to_owned),
            Evidence::Unreadable(reason) => Some(reason.clone()),
            Evidence::HardLink(target) => Some(not_read(target)),
            Evidence::FactsThrough { target, .. } => {
                (standing.lost && may_exist(target, layers)).then(|| not_read(target))
            }
            Evidence::Symlink(target) => {
                let end = self.follow(target);
                let read = same_kind(path, end) && self.standing.contains_key(end);
                (!read && may_exist(end, layers)).then(|| not_read(target))
            }
        }
    }

    /// The end of a chain of symbolic links between records.
    fn follow<'t>(&self, target: &'t [u8]) -> &'t [u8]
    where
        'a: 't,
    {
        let mut end = target;
        for _ in 0..8 {
            match self.standing.get(end) {
                Some(Standing { evidence: Evidence::Symlink(next), .. }) => end = next,
                _ => break,
            }
        }
        end
    }
}

impl<'a> Standing<'a> {
    fn facts(&self) -> Option<&'a Facts> {
        match self.evidence {
            Evidence::Facts(facts) => Some(facts),
            Evidence::FactsThrough { facts, .. } if !self.lost => Some(facts),
            _ => None,
        }
    }
}

/// Whether it is told by its bytes alone, and of no ecosystem: the distribution that a file belongs to knows better.
fn is_guess(package: &Package) -> bool {
    package.kind == PackageKind::Generic && package.certainty == Certainty::Classified
}

/// The package of the distribution that the file at `path` belongs to.
///
/// Where `/bin`, `/lib` and their like are links into `/usr`, package managers may know a file by either name.
fn owner(owners: &HashMap<PathHash, &str>, path: &[u8]) -> Option<String> {
    let merged = path.strip_prefix(b"usr/").filter(|rest| rest.starts_with(b"lib") || rest.starts_with(b"bin/"));
    let mut names = [Some(path), merged].into_iter().flatten();
    names.find_map(|name| owners.get(&PathHash::of(name))).map(|&owner| owner.to_owned())
}

/// Whether there may be a file at `path`. It is sure that there is none where no layer has one that is still there, and
/// none of the directories above is a link.
fn may_exist(path: &[u8], layers: &[LayerInventory]) -> bool {
    let keys = Keys::of(path);
    for layer in layers.iter().rev() {
        if layer.files.contains(keys.own) || layer.files.contains_any(&keys.above) {
            return true;
        }
        if layer.directories.contains(keys.own) || keys.removed_by(layer) {
            return false;
        }
    }
    false
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

fn text(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

#[cfg(test)]
mod tests;
