//! Reads a [gem's specification](https://guides.rubygems.org/specification-reference/), which is a Ruby program: its stub
//! line, its literal assignments, or else the name of its file.

use crate::PackageKind;
use crate::ecosystems::listing::one;
use crate::ecosystems::{Facts, file_name};

pub(in crate::ecosystems) fn parse(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    let text = String::from_utf8_lossy(bytes);
    let file = String::from_utf8_lossy(file_name(path));
    let found = stub(&text).or_else(|| assigned(&text)).or_else(|| named(&file));
    let (name, version) = found.ok_or("it names no gem")?;
    one(PackageKind::Gem, name, version)
}

/// What `RubyGems` writes on top: `# stub: <name> <version> <platform> <directories>`.
fn stub(text: &str) -> Option<(&str, &str)> {
    let line = text.lines().take(5).find_map(|line| line.strip_prefix("# stub: "))?;
    let mut words = line.split_ascii_whitespace();
    words.next().zip(words.next().filter(|version| is_version(version)))
}

/// The literals assigned to `name` and `version`.
fn assigned(text: &str) -> Option<(&str, &str)> {
    let (mut name, mut version) = (None, None);
    for line in text.lines() {
        let Some((left, right)) = line.split_once('=') else { continue };
        let Some((_, member)) = left.trim().split_once('.') else { continue };
        match member {
            "name" if name.is_none() => name = literal(right),
            "version" if version.is_none() => version = literal(right).filter(|version| is_version(version)),
            _ => {}
        }
    }
    name.zip(version)
}

/// A quoted text, possibly within `Gem::Version.new(…)`.
fn literal(value: &str) -> Option<&str> {
    let value = value.trim_start();
    let value = value.strip_prefix("Gem::Version.new(").unwrap_or(value);
    let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''))?;
    value[1..].split(quote).next()
}

/// The parts of `<name>-<version>[-<platform>].gemspec`.
fn named(file: &str) -> Option<(&str, &str)> {
    let stem = file.strip_suffix(".gemspec")?;
    let dashes = stem.match_indices('-').map(|(at, _)| at);
    let mut splits = dashes.map(|at| (&stem[..at], stem[at + 1..].split('-').next().unwrap_or_default()));
    // A platform may end in a number, but has no dots.
    splits.rfind(|(name, version)| !name.is_empty() && is_version(version) && version.contains('.'))
}

fn is_version(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}
