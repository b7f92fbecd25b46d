//! Reads [`pom.xml`](https://maven.apache.org/pom.html), as far as versions are written out, and
//! [`gradle.lockfile`](https://docs.gradle.org/current/userguide/dependency_locking.html).

use crate::PackageKind;
use crate::ecosystems::listing::Listing;
use crate::ecosystems::{Facts, file_name, xml};

pub(in crate::ecosystems) fn parse(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let mut listing = Listing::declared(PackageKind::Maven);
    if file_name(path) == b"pom.xml" {
        pom(bytes, &mut listing)?;
    } else {
        gradle(&String::from_utf8_lossy(bytes), &mut listing)?;
    }
    Ok(listing.facts())
}

/// What a dependency says of itself.
#[derive(Default)]
struct Dependency {
    group: String,
    artifact: String,
    version: String,
}

/// Takes the direct dependencies; those that are only managed may never be used, and those of plug-ins are no part of the
/// application.
fn pom(bytes: &[u8], listing: &mut Listing) -> Result<(), &'static str> {
    let mut dependency = Dependency::default();
    xml::texts(bytes, |path, text| {
        let [b"project", b"dependencies", b"dependency", inner @ ..] = path else { return Ok(()) };
        match inner {
            [] => add(&std::mem::take(&mut dependency), listing)?,
            [b"groupId"] => text.clone_into(&mut dependency.group),
            [b"artifactId"] => text.clone_into(&mut dependency.artifact),
            [b"version"] => text.clone_into(&mut dependency.version),
            _ => {}
        }
        Ok(())
    })
}

fn add(dependency: &Dependency, listing: &mut Listing) -> Result<(), &'static str> {
    let Dependency { group, artifact, version } = dependency;
    let is_written_out = |value: &String| !value.is_empty() && !value.contains("${");
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
