//! Reads what `NuGet` keeps beside a project: `packages.lock.json`, `packages.config`.

use serde::Deserialize;

use crate::PackageKind;
use crate::ecosystems::json::{self, Members, Text};
use crate::ecosystems::listing::Listing;
use crate::ecosystems::xml::{Event, Reader};
use crate::ecosystems::{Facts, file_name};

pub(super) fn parse(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let mut listing = Listing::declared(PackageKind::NuGet);
    if file_name(path) == b"packages.config" {
        for event in Reader::new(bytes) {
            if let Event::Open(tag) = event
                && tag.name == b"package"
            {
                let attribute = |name: &[u8]| tag.attribute(name).unwrap_or_default();
                listing.add(&attribute(b"id"), &attribute(b"version"))?;
            }
        }
    } else {
        let lock: Lock<'_> = json::read_nested(bytes)?;
        for (name, locked) in lock.dependencies.0.iter().flat_map(|(_, packages)| &packages.0) {
            if !locked.kind.eq_ignore_ascii_case("project") {
                listing.add(name, &locked.resolved)?;
            }
        }
    }
    Ok(listing.facts())
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Lock<'a> {
    #[serde(borrow)]
    dependencies: Members<'a, Members<'a, Locked<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Locked<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    resolved: Text<'a>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystems::listing::check_packages;

    #[test]
    fn packages_of_projects() {
        fn check(file: &str, text: &str, expect: Result<&str, &str>) {
            check_packages(parse(file.as_bytes(), text.as_bytes()), expect);
        }
        check(
            "a/packages.lock.json",
            r#"{"version":1,"dependencies":{"net6.0":{"A":{"type":"Direct","requested":"[1, )","resolved":"1.0.0"},
                "B":{"type":"Transitive","resolved":"2.0.0"},"own":{"type":"Project"}},"net7.0":{"A":{"type":"Direct","resolved":"1.0.0"}}}}"#,
            Ok("? nuget A 1.0.0, ? nuget B 2.0.0"),
        );
        check("packages.lock.json", "", Err("it is not a JSON object"));
        check(
            "packages.config",
            "<?xml version=\"1.0\"?>\n<packages>\n  <package id=\"A\" version='1.0' targetFramework=\"net48\" />\n  <!-- <package id=\"C\" version=\"1\"/> -->\n</packages>",
            Ok("? nuget A 1.0"),
        );
        check("packages.config", "<package id=\"A", Ok(""));
    }
}
