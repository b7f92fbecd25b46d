//! Reads [`pom.xml`](https://maven.apache.org/pom.html), as far as versions are written out, and
//! [`gradle.lockfile`](https://docs.gradle.org/current/userguide/dependency_locking.html).

use crate::PackageKind;
use crate::ecosystems::listing::Listing;
use crate::ecosystems::{Facts, file_name, xml};

/// The deepest element that is looked at.
const MAX_DEPTH: usize = 64;

pub(in crate::ecosystems) fn parse(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let mut listing = Listing::declared(PackageKind::Maven);
    if file_name(path) == b"pom.xml" {
        pom(&text, &mut listing)?;
    } else {
        gradle(&text, &mut listing)?;
    }
    Ok(listing.facts())
}

/// What a dependency says of itself.
#[derive(Default)]
struct Dependency<'a> {
    group: &'a str,
    artifact: &'a str,
    version: &'a str,
}

/// Takes the direct dependencies; those that are only managed may never be used, and those of plug-ins are no part of the
/// application.
fn pom(text: &str, listing: &mut Listing) -> Result<(), &'static str> {
    const DEPENDENCY: [&str; 3] = ["project", "dependencies", "dependency"];
    let mut open: Vec<&str> = Vec::new();
    let mut dependency = Dependency::default();
    for tag in xml::tags(text) {
        if let Some(name) = tag.name.strip_prefix('/') {
            if open == DEPENDENCY && name == "dependency" {
                add(&std::mem::take(&mut dependency), listing)?;
            }
            // What was left open within an element ends with it.
            if let Some(at) = open.iter().rposition(|&open| open == name) {
                open.truncate(at);
            }
        } else if !tag.empty {
            match tag.name {
                "groupId" if open == DEPENDENCY => dependency.group = tag.text,
                "artifactId" if open == DEPENDENCY => dependency.artifact = tag.text,
                "version" if open == DEPENDENCY => dependency.version = tag.text,
                _ => {}
            }
            if open.len() == MAX_DEPTH {
                return Err("its elements are nested too deep");
            }
            open.push(tag.name);
        }
    }
    Ok(())
}

fn add(dependency: &Dependency<'_>, listing: &mut Listing) -> Result<(), &'static str> {
    let Dependency { group, artifact, version } = dependency;
    let is_written_out = |value: &&str| !value.is_empty() && !value.contains("${");
    // A range is no version.
    if [group, artifact, version].into_iter().all(is_written_out) && !version.contains([',', '(', ')']) {
        let version = version.trim_start_matches('[').trim_end_matches(']');
        listing.add(&format!("{group}:{artifact}"), version)?;
    }
    Ok(())
}

/// `group:artifact:version=configurations` a line.
fn gradle(text: &str, listing: &mut Listing) -> Result<(), &'static str> {
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let coordinates = line.split('=').next().unwrap_or(line);
        if let Some((name, version)) = coordinates.rsplit_once(':').filter(|(name, _)| name.contains(':')) {
            listing.add(name, version)?;
        }
    }
    Ok(())
}
