//! Goes through an archive of classes and the archives within.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use super::evidence::{Classes, named, own};
use super::file_name::FileName;
use super::is_archive;
use super::manifest::{MAX_MANIFEST, Manifest};
use super::pom::{self, MAX_POM, Project};
use crate::ecosystems::zip::{Archive, Entry, Inflater, is_zip};
use crate::ecosystems::{Facts, TOO_MANY, file_name};
use crate::{Package, PackageKind};

/// How deep archives may lie in each other.
const MAX_DEPTH: usize = 8;
/// The most entries of all archives of one file.
const MAX_ENTRIES: usize = 1_000_000;
/// The most packages of one file, fewer than of other records since each tells its path; real ones stay under 2,000.
const MAX_ARTIFACTS: usize = 20_000;
/// The longest path of an archive within a file, in bytes.
const MAX_PATH: usize = 4096;
/// Bytes of archives within archives that are in memory at a time.
const MAX_OPEN: usize = 256 << 20;
/// Bytes that all that is read of one file may inflate to: so many for each of its own, and so many besides.
const INFLATED_PER_BYTE: usize = 64;
const INFLATED_AT_LEAST: usize = 4 << 20;
const INFLATED_AT_MOST: usize = 1 << 30;
/// How many of the things that could not be read are named.
const MAX_REASONS: usize = 5;

/// What is no zip archive is none of Java's either: several of the suffixes have other meanings.
pub(super) fn parse(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    if !is_zip(bytes) {
        return Ok(Facts::Nothing);
    }
    let archive = Archive::open(bytes)?;
    let inflated = bytes.len().saturating_mul(INFLATED_PER_BYTE).saturating_add(INFLATED_AT_LEAST);
    let mut walk = Walk {
        inflater: Inflater::new(inflated.min(INFLATED_AT_MOST)),
        entries: MAX_ENTRIES,
        packages: Vec::new(),
        seen: HashSet::new(),
        reasons: Vec::new(),
        unread: 0,
    };
    walk.archive(&archive, Place { file: file_name(path), within: String::new(), depth: 0, room: MAX_OPEN });
    Ok(walk.facts())
}

/// Where an archive is.
struct Place<'a> {
    /// Its own name.
    file: &'a [u8],
    /// Its path within the file of the image; empty for that file itself.
    within: String,
    depth: usize,
    /// How many bytes of archives within it may be in memory.
    room: usize,
}

impl Place<'_> {
    fn path(&self, name: &[u8]) -> String {
        let name = String::from_utf8_lossy(name);
        if self.within.is_empty() { name.into_owned() } else { format!("{}/{name}", self.within) }
    }
}

/// The entries of an archive that matter.
#[derive(Default)]
struct Contents<'a> {
    manifest: Option<Entry<'a>>,
    /// The two files Maven leaves, by directory.
    projects: BTreeMap<&'a [u8], [Option<Entry<'a>>; 2]>,
    archives: Vec<Entry<'a>>,
    classes: Classes<'a>,
}

struct Walk {
    inflater: Inflater,
    /// How many more entries may be looked at.
    entries: usize,
    packages: Vec<Package>,
    seen: HashSet<(String, String)>,
    reasons: Vec<String>,
    unread: usize,
}

impl Walk {
    fn archive(&mut self, archive: &Archive<'_>, place: Place<'_>) {
        let contents = self.contents(archive, &place);
        self.packages_of(archive, &contents, &place);
        for entry in &contents.archives {
            if let Err(reason) = self.nested(archive, entry, &place) {
                self.unreadable(&place, entry.name, reason);
            }
        }
    }

    fn contents<'a>(&mut self, archive: &Archive<'a>, place: &Place<'_>) -> Contents<'a> {
        let mut contents = Contents::default();
        for entry in archive.entries() {
            let left = self.entries.checked_sub(1).ok_or("the archives hold more entries than allowed");
            match left.and_then(|left| Ok((left, entry?))) {
                Ok((left, entry)) => {
                    self.entries = left;
                    contents.add(entry);
                }
                Err(reason) => {
                    self.unreadable(place, b"", reason);
                    break;
                }
            }
        }
        contents
    }

    fn nested<'a>(&mut self, archive: &Archive<'a>, entry: &Entry<'a>, outer: &Place<'_>) -> Result<(), &'static str> {
        if outer.depth + 1 > MAX_DEPTH {
            return Err("archives lie in each other more than 8 deep");
        }
        if outer.within.len() + entry.name.len() >= MAX_PATH {
            return Err("its path is longer than 4096 bytes");
        }
        let bytes = self.inflater.read(archive, entry, outer.room)?;
        if !is_zip(&bytes) {
            return Ok(());
        }
        // What is not compressed is read where it is.
        let taken = if let Cow::Owned(inflated) = &bytes { inflated.len() } else { 0 };
        let place = Place {
            file: file_name(entry.name),
            within: outer.path(entry.name),
            depth: outer.depth + 1,
            room: outer.room - taken,
        };
        self.archive(&Archive::open(&bytes)?, place);
        Ok(())
    }

    fn packages_of<'a>(&mut self, archive: &Archive<'a>, contents: &Contents<'a>, place: &Place<'_>) {
        let projects: Vec<_> = contents
            .projects
            .iter()
            .map(|(directory, entries)| (*directory, self.project(archive, directory, entries, place)))
            .collect();
        let text = String::from_utf8_lossy(place.file);
        let file = FileName::parse(&text);
        let own = own(projects.iter().map(|(_, project)| project), &file);
        match own.and_then(|own| projects.get(own)) {
            Some((_, project)) if project.is_whole() => self.add(maven(project), &place.within),
            Some((_, project)) => {
                let missing = self.named(archive, contents, &file, place).map(|package| package.version);
                let missing = Project { version: missing.unwrap_or_default(), ..Project::default() };
                self.add(maven(&project.clone().or(&missing)), &place.within);
            }
            None => {
                if let Some(package) = self.named(archive, contents, &file, place) {
                    self.add(package, &place.within);
                }
            }
        }
        for (index, (directory, project)) in projects.iter().enumerate() {
            if Some(index) != own {
                self.add(maven(project), &place.path(directory));
            }
        }
    }

    /// What Maven left in a directory, in the order of trust.
    fn project<'a>(
        &mut self,
        archive: &Archive<'a>,
        directory: &[u8],
        [properties, xml]: &[Option<Entry<'a>>; 2],
        place: &Place<'_>,
    ) -> Project {
        let mut project = Project::default();
        for (entry, parse) in [(properties, pom::properties as fn(&[u8]) -> Project), (xml, pom::xml)] {
            let Some(entry) = entry.as_ref().filter(|_| !project.is_whole()) else { continue };
            match self.inflater.read(archive, entry, MAX_POM) {
                Ok(bytes) => project = project.or(&parse(&bytes)),
                Err(reason) => self.unreadable(place, entry.name, reason),
            }
        }
        project.or(&pom::of_directory(directory))
    }

    /// What all but Maven's files say.
    fn named<'a>(
        &mut self,
        archive: &Archive<'a>,
        contents: &Contents<'a>,
        file: &FileName<'_>,
        place: &Place<'_>,
    ) -> Option<Package> {
        let manifest = contents.manifest.as_ref().and_then(|entry| {
            let bytes = self.inflater.beginning(archive, entry, MAX_MANIFEST);
            bytes.map_err(|reason| self.unreadable(place, entry.name, reason)).ok()
        });
        let manifest = manifest.map(|bytes| Manifest::parse(&bytes)).unwrap_or_default();
        let has = |prefix: &str| {
            archive
                .entries()
                .flatten()
                .any(|entry| Classes::class(&entry).is_some_and(|name| name.starts_with(prefix.as_bytes())))
        };
        named(file, &manifest, &contents.classes, &has)
    }

    /// Adds a package, once however often it is there.
    fn add(&mut self, package: Package, within: &str) {
        if package.name.is_empty() || !self.seen.insert((package.name.clone(), package.version.clone())) {
            return;
        }
        if self.packages.len() == MAX_ARTIFACTS {
            self.note(|| TOO_MANY.to_owned());
            return;
        }
        let within = (!within.is_empty()).then(|| within.to_owned());
        self.packages.push(Package { within, ..package });
    }

    fn unreadable(&mut self, place: &Place<'_>, name: &[u8], reason: &str) {
        self.note(|| match place.path(name) {
            path if path.is_empty() => reason.to_owned(),
            path => format!("{}: {reason}", path.trim_end_matches('/').chars().take(200).collect::<String>()),
        });
    }

    fn note(&mut self, reason: impl FnOnce() -> String) {
        if self.reasons.len() < MAX_REASONS {
            self.reasons.push(reason());
        } else {
            self.unread += 1;
        }
    }

    fn facts(mut self) -> Facts {
        self.packages.sort();
        if self.reasons.is_empty() {
            return if self.packages.is_empty() { Facts::Nothing } else { Facts::Packages(self.packages) };
        }
        if self.unread > 0 {
            self.reasons.push(format!("and {} more", self.unread));
        }
        Facts::Incomplete { packages: self.packages, reason: self.reasons.join("; ") }
    }
}

impl<'a> Contents<'a> {
    fn add(&mut self, entry: Entry<'a>) {
        let name = entry.name;
        if let Some(class) = Classes::class(&entry) {
            self.classes.add(class);
        } else if let Some((directory, place)) = project_file(name) {
            self.projects.entry(directory).or_default()[place] = Some(entry);
        } else if name.eq_ignore_ascii_case(b"META-INF/MANIFEST.MF") {
            self.manifest = Some(entry);
        } else if is_archive(file_name(name)) {
            self.archives.push(entry);
        }
    }
}

/// The directory of one of Maven's files, and which of them it is.
fn project_file(name: &[u8]) -> Option<(&[u8], usize)> {
    let files: [&[u8]; 2] = [b"/pom.properties", b"/pom.xml"];
    let (place, directory) =
        files.iter().enumerate().find_map(|(place, file)| Some((place, name.strip_suffix(*file)?)))?;
    let mut parts = directory.strip_prefix(b"META-INF/maven/")?.split(|&byte| byte == b'/');
    let is_project = parts.next().is_some() && parts.next().is_some() && parts.next().is_none();
    is_project.then_some((directory, place))
}

fn maven(project: &Project) -> Package {
    let name = match (&*project.group, &*project.artifact) {
        ("", artifact) | (_, artifact @ "") => artifact.to_owned(),
        (group, artifact) => format!("{group}:{artifact}"),
    };
    Package::new(PackageKind::Maven, name, &*project.version)
}
