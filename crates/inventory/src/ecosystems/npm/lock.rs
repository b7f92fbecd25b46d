//! Reads the lock files of npm, Yarn and pnpm.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::PackageKind;
use crate::ecosystems::json::{self, Members, Text};
use crate::ecosystems::listing::Listing;
use crate::ecosystems::{Facts, file_name, yaml};

pub(super) fn parse(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let mut listing = Listing::declared(PackageKind::Npm);
    // What an installed package was developed with.
    if memchr::memmem::find(path, b"node_modules/").is_some() {
        return Ok(Facts::Nothing);
    }
    match file_name(path) {
        b"yarn.lock" => yarn(&String::from_utf8_lossy(bytes), &mut listing)?,
        b"pnpm-lock.yaml" => pnpm(&String::from_utf8_lossy(bytes), &mut listing)?,
        _ => npm(bytes, &mut listing)?,
    }
    Ok(listing.facts())
}

/// npm's file: `packages` by their paths since its second version, nested `dependencies` before.
#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Lock<'a> {
    #[serde(borrow)]
    packages: Members<'a, Locked<'a>>,
    dependencies: Nested,
}

#[derive(Default, serde::Deserialize)]
#[serde(default)]
struct Locked<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    version: Text<'a>,
    link: bool,
}

fn npm(bytes: &[u8], listing: &mut Listing) -> Result<(), &'static str> {
    let lock: Lock<'_> = json::read(bytes)?;
    for (path, locked) in &lock.packages.0 {
        // Other paths are those of the project's own parts.
        let Some((_, name)) = path.rsplit_once("node_modules/").filter(|_| !locked.link) else { continue };
        listing.add(if locked.name.is_empty() { name } else { &locked.name }, &locked.version)?;
    }
    if lock.packages.0.is_empty() {
        for (name, version) in &lock.dependencies.0 {
            listing.add(name, version)?;
        }
    }
    Ok(())
}

/// Dependencies within dependencies, one after another.
#[derive(Default)]
struct Nested(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Nested {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut nested = Self::default();
        Dependencies(&mut nested.0).deserialize(deserializer)?;
        Ok(nested)
    }
}

/// An object with a dependency for each name.
struct Dependencies<'a>(&'a mut Vec<(String, String)>);

impl<'de> DeserializeSeed<'de> for Dependencies<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Dependencies<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<Text<'de>>()? {
            if self.0.len() == crate::ecosystems::MAX_PACKAGES {
                return Err(serde::de::Error::custom("too many dependencies"));
            }
            members.next_value_seed(Dependency(&name, self.0))?;
        }
        Ok(())
    }
}

/// A dependency of a name, with its own.
struct Dependency<'a>(&'a str, &'a mut Vec<(String, String)>);

impl<'de> DeserializeSeed<'de> for Dependency<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Dependency<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Self(name, found) = self;
        let mut version = None;
        while let Some(key) = members.next_key::<Text<'de>>()? {
            match &*key {
                "version" => version = Some(members.next_value::<Text<'de>>()?),
                "dependencies" => members.next_value_seed(Dependencies(found))?,
                _ => drop(members.next_value::<IgnoredAny>()?),
            }
        }
        // Once for each name, so that what is kept is no longer than the file.
        found.extend(version.map(|version| (name.to_owned(), version.0.into_owned())));
        Ok(())
    }
}

/// Yarn's file: descriptors, and below them the version they came to.
fn yarn(text: &str, listing: &mut Listing) -> Result<(), &'static str> {
    let (mut name, mut version) = ("", "");
    let mut is_ours = false;
    for line in text.lines() {
        if let Some(entry) = line.strip_prefix("  ") {
            if let Some(value) = entry.strip_prefix("version") {
                version = unquoted(value.trim_start_matches([':', ' ']));
            } else if let Some(value) = entry.strip_prefix("resolution: ") {
                let resolution = unquoted(value);
                is_ours = resolution.contains("@workspace:");
                name = descriptor(resolution);
            }
        } else if let Some(key) = line.strip_suffix(':').filter(|key| !key.starts_with('#')) {
            add_unless(is_ours, name, version, listing)?;
            let first = unquoted(key.split(", ").next().unwrap_or(key));
            (name, version, is_ours) = (descriptor(first), "", first == "__metadata");
        }
    }
    add_unless(is_ours, name, version, listing)
}

fn add_unless(is_ours: bool, name: &str, version: &str, listing: &mut Listing) -> Result<(), &'static str> {
    if is_ours { Ok(()) } else { listing.add(name, version) }
}

/// The name in `name@range`; of an alias, `alias@npm:name@range`, that of the package it is for.
fn descriptor(text: &str) -> &str {
    match split(text) {
        Some((name, range)) => range.strip_prefix("npm:").and_then(split).map_or(name, |(name, _)| name),
        None => text,
    }
}

/// What is before and after the at sign that begins no scope.
fn split(text: &str) -> Option<(&str, &str)> {
    let at = text.get(1..)?.find('@')? + 1;
    Some((&text[..at], &text[at + 1..]))
}

/// pnpm's file: the keys below `packages` are `name@version`, with a slash before and for the at sign in older ones.
fn pnpm(text: &str, listing: &mut Listing) -> Result<(), &'static str> {
    let mut inside = false;
    for line in yaml::lines(text) {
        match line.indent {
            0 => inside = line.key == "packages",
            2 if inside => {
                let key = line.key.strip_prefix('/').unwrap_or(line.key);
                let key = key.split('(').next().unwrap_or(key);
                let (name, version) = pnpm_key(key).unwrap_or((key, ""));
                listing.add(name, version.split('_').next().unwrap_or(version))?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// The name, with its scope, and what follows the next sign.
fn pnpm_key(key: &str) -> Option<(&str, &str)> {
    let scope = if key.starts_with('@') { key.find('/')? + 1 } else { 0 };
    let end = scope + key[scope..].find(['/', '@'])?;
    Some((&key[..end], &key[end + 1..]))
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches('"')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ecosystems::listing::check_packages;

    #[track_caller]
    fn check(file: &str, text: &str, expect: Result<&str, &str>) {
        check_packages(parse(file.as_bytes(), text.as_bytes()), expect);
    }

    #[test]
    fn npms() {
        check(
            "a/package-lock.json",
            r#"{"name":"app","lockfileVersion":3,"packages":{"":{"name":"app","version":"1.0.0"},
                "node_modules/a":{"version":"1.2.3"},"node_modules/a/node_modules/@s/b":{"version":"2.0.0"},
                "packages/own":{"version":"9.9.9"},"node_modules/own":{"resolved":"packages/own","link":true},
                "node_modules/alias":{"name":"real","version":"3.0.0"}},
                "dependencies":{"x":{"version":"1"}}}"#,
            Ok("? npm @s/b 2.0.0, ? npm a 1.2.3, ? npm real 3.0.0"),
        );
        check(
            "npm-shrinkwrap.json",
            r#"{"lockfileVersion":1,"dependencies":{"a":{"version":"1.0.0","requires":{"b":"^1"},"dependencies":{"b":{"version":"1.5.0"}}},"c":{}}}"#,
            Ok("? npm a 1.0.0, ? npm b 1.5.0"),
        );
        check(
            "package-lock.json",
            r#"{"dependencies":{"a":{"version":"1","dependencies":{"b":{"version":"3"}},"version":"2"}}}"#,
            Ok("? npm a 2, ? npm b 3"),
        );
        check("package-lock.json", "{}", Ok(""));
        check("package-lock.json", r#"{"dependencies":[]}"#, Err("its JSON is not of the form it should have"));
        check("package-lock.json", &r#"{"dependencies":{"a":"#.repeat(1_000), Err("it is not valid JSON"));
    }

    #[test]
    fn locks_of_what_is_installed_say_nothing() {
        check("a/node_modules/b/package-lock.json", "x", Ok(""));
    }

    #[test]
    fn yarns() {
        check(
            "yarn.lock",
            "# yarn lockfile v1\n\n\n\"@babel/core@^7.0.0\", \"@babel/core@^7.8.3\":\n  version \"7.8.3\"\n  resolved \"https://x\"\n  \
             dependencies:\n    version \"1\"\n\nalias@npm:real@^1.0.0:\n  version \"1.0.1\"\n\nlodash@4:\n  version \"4.17.21\"\n",
            Ok("? npm @babel/core 7.8.3, ? npm lodash 4.17.21, ? npm real 1.0.1"),
        );
        check(
            "yarn.lock",
            "__metadata:\n  version: 6\n\n\"app@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n\n\
             \"lodash@npm:^4.0.0, lodash@npm:4\":\n  version: 4.17.21\n  resolution: \"lodash@npm:4.17.21\"\n",
            Ok("? npm lodash 4.17.21"),
        );
        check("yarn.lock", "", Ok(""));
        check("yarn.lock", ":\n@:\n  version\n", Ok("? npm @ "));
    }

    #[test]
    fn pnpms() {
        check(
            "pnpm-lock.yaml",
            "lockfileVersion: '9.0'\nimporters:\n  .:\n    x: y\npackages:\n\n  '@babel/core@7.0.0':\n    resolution: {integrity: x}\n\n  \
             lodash@4.17.21:\n    engines: {}\n  /old/1.0.0:\n  /@s/old/1.0.0_react@17.0.0:\n  /six@1.0.0(peer@2.0.0):\n\nsnapshots:\n  z@1:\n",
            Ok("? npm @babel/core 7.0.0, ? npm @s/old 1.0.0, ? npm lodash 4.17.21, ? npm old 1.0.0, ? npm six 1.0.0"),
        );
        check("pnpm-lock.yaml", "packages: {}\n", Ok(""));
    }
}
