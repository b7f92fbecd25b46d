//! Says what an archive is from all that is known of it.

use super::file_name::FileName;
use super::group;
use super::manifest::Manifest;
use super::pom::Project;
use crate::ecosystems::zip::Entry;
use crate::ecosystems::{MAX_FIELD, file_name};
use crate::{Certainty, Package, PackageKind};

/// The classes of an archive.
#[derive(Debug, Default)]
pub(super) struct Classes<'a> {
    /// The deepest directory that holds all of them; none where there are none.
    common: Option<&'a [u8]>,
}

impl<'a> Classes<'a> {
    /// The path of a class of the archive itself; none for other entries. Classes for later versions of Java are told
    /// of by those for all.
    pub(super) fn class(entry: &Entry<'a>) -> Option<&'a [u8]> {
        let name = entry.name.strip_suffix(b".class").filter(|name| file_name(name) != b"module-info")?;
        let applications: [&[u8]; 2] = [b"BOOT-INF/classes/", b"WEB-INF/classes/"];
        let name = applications.iter().find_map(|prefix| name.strip_prefix(*prefix)).unwrap_or(name);
        (!name.starts_with(b"META-INF/")).then_some(name)
    }

    pub(super) fn add(&mut self, class: &'a [u8]) {
        let end = class.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
        let directory = &class[..end];
        let common = self.common.unwrap_or(directory);
        let same = common.iter().zip(directory).take_while(|(left, right)| left == right).count();
        let end = common[..same].iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
        self.common = Some(&common[..end]);
    }

    fn are_there(&self) -> bool {
        self.common.is_some()
    }

    /// The package that all of them are in, its parts apart.
    fn package(&self) -> Vec<String> {
        let parts = self.common.unwrap_or_default().split(|&byte| byte == b'/').filter(|part| !part.is_empty());
        parts.take(8).map(|part| String::from_utf8_lossy(part).into_owned()).collect()
    }
}

/// Which of the projects in an archive is the archive's own; the others are projects whose classes were copied into it.
///
/// It is the one the file is named after. A file that was given another name, and holds one project only, is that.
pub(super) fn own<'p>(projects: impl Iterator<Item = &'p Project> + Clone, file: &FileName<'_>) -> Option<usize> {
    let of_name = projects
        .clone()
        .enumerate()
        .filter(|(_, project)| !project.artifact.is_empty() && file.is_of(&project.artifact));
    let is_version = |project: &Project| file.version.is_some_and(|version| version == project.version);
    let best = of_name.max_by_key(|(index, project)| (project.artifact.len(), is_version(project), usize::MAX - index));
    if let Some((index, _)) = best {
        return Some(index);
    }
    let mut projects = projects;
    let only = projects.next().filter(|_| projects.next().is_none())?;
    (file.version.is_none() || is_version(only)).then_some(0)
}

/// What an archive is that no project describes: by its manifest, then by its file's name.
///
/// `has` tells whether a class's path begins like this. An archive without classes is nothing by itself. One of which no
/// group is known has a name without one, which is that of no advisory; one of which nothing is known is called like its
/// file, without a version.
pub(super) fn named(
    file: &FileName<'_>,
    manifest: &Manifest,
    classes: &Classes<'_>,
    has: &dyn Fn(&str) -> bool,
) -> Option<Package> {
    if !classes.are_there() {
        return None;
    }
    let version = version(file, manifest);
    let (group, artifact, certainty) = if let Some((group, artifact)) = group::known(file.name, has) {
        (Some(group.to_owned()), artifact, Certainty::Classified)
    } else {
        let artifact = artifact(file, manifest);
        match manifest_group(manifest) {
            Some(group) => (Some(group.to_owned()), artifact.to_owned(), Certainty::Installed),
            None => (guessed_group(manifest, classes, artifact), artifact.to_owned(), Certainty::Classified),
        }
    };
    let name = group.map_or_else(|| artifact.clone(), |group| format!("{group}:{artifact}"));
    let fits = name.len() <= MAX_FIELD && version.len() <= MAX_FIELD;
    fits.then(|| Package { certainty, ..Package::new(PackageKind::Maven, name, version) })
}

/// The archive's version. The file's name comes before the versions of bundles and specifications: the former are
/// rewritten to a form of their own, and the latter count something else.
fn version<'a>(file: &FileName<'a>, manifest: &'a Manifest) -> &'a str {
    let attribute = |key| manifest.get(key).and_then(|value| value.split(' ').next()).filter(|value| is_version(value));
    let implementation = || attribute("Implementation-Version").or_else(|| attribute("Plugin-Version"));
    let specification = || attribute("Bundle-Version").or_else(|| attribute("Specification-Version"));
    let same = |told: &&str| file.version.filter(|version| is_same(told, version));
    let told = implementation();
    told.as_ref().and_then(same).or(told).or(file.version).or_else(specification).unwrap_or_default()
}

/// Whether a manifest's version is the file's, but for how builds write it: with more zeros, or as before the release.
fn is_same(told: &str, file: &str) -> bool {
    matches!(told.strip_prefix(file), Some(".0" | ".0.0" | "-SNAPSHOT"))
}

fn is_version(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit()) && text.is_ascii()
}

/// The artifact's id: the file's name where a version follows in it, else what the manifest calls it.
fn artifact<'a>(file: &FileName<'a>, manifest: &'a Manifest) -> &'a str {
    let attributes = ["Short-Name", "Extension-Name", "Implementation-Title", "Specification-Title"];
    let told = || attributes.into_iter().find_map(|key| manifest.get(key).filter(|value| is_id(value)));
    if file.version.is_some() { file.name } else { told().unwrap_or(file.stem) }
}

/// The group, where the manifest says it.
fn manifest_group(manifest: &Manifest) -> Option<&str> {
    ["Group-Id", "Implementation-Vendor-Id"].into_iter().find_map(|key| manifest.get(key).filter(|value| is_id(value)))
}

/// The group as far as the names of bundle, module and classes tell it.
fn guessed_group(manifest: &Manifest, classes: &Classes<'_>, artifact: &str) -> Option<String> {
    let bundle = manifest.get("Bundle-SymbolicName").and_then(|value| value.split(';').next()).map(str::trim);
    let names = [bundle, manifest.get("Automatic-Module-Name")].into_iter().flatten().filter(|name| is_id(name));
    names
        .into_iter()
        .find_map(|name| group::of_bundle(name, artifact))
        .or_else(|| group::of_classes(&classes.package()))
}

/// Whether a text is a group's or an artifact's id, rather than prose.
fn is_id(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}
