//! Reads the [`deps.json`](https://github.com/dotnet/sdk/blob/main/documentation/specs/runtime-configuration-file.md) of an
//! application or a shared framework.

use std::collections::HashSet;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::json::{self, Members, Text};
use crate::ecosystems::listing::Listing;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Deps<'a> {
    #[serde(borrow, rename = "runtimeTarget")]
    runtime_target: Option<RuntimeTarget<'a>>,
    #[serde(borrow)]
    targets: Members<'a, Members<'a, Assets<'a>>>,
    #[serde(borrow)]
    libraries: Members<'a, Library<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RuntimeTarget<'a> {
    #[serde(borrow)]
    name: Text<'a>,
}

/// What a library brings for a target.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Assets<'a> {
    #[serde(borrow)]
    runtime: Members<'a, IgnoredAny>,
    #[serde(borrow)]
    native: Members<'a, IgnoredAny>,
    #[serde(borrow)]
    resources: Members<'a, IgnoredAny>,
    #[serde(borrow, rename = "runtimeTargets")]
    runtime_targets: Members<'a, IgnoredAny>,
}

impl Assets<'_> {
    fn is_empty(&self) -> bool {
        [&self.runtime, &self.native, &self.resources, &self.runtime_targets].iter().all(|files| files.0.is_empty())
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Library<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
}

pub(in crate::ecosystems) fn runtime(bytes: &[u8]) -> Result<Facts, &'static str> {
    let deps: Deps<'_> = json::read_nested(bytes)?;
    let absent = absent(&deps);
    let mut listing = Listing::installed(PackageKind::NuGet);
    for (library, Library { kind }) in &deps.libraries.0 {
        let Some((name, version)) = library.split_once('/') else { continue };
        match &**kind {
            "package" if !absent.contains(&**library) => listing.add(name, version)?,
            // The runtime that was published with the application.
            "runtimepack" => listing.add(name.strip_prefix("runtimepack.").unwrap_or(name), version)?,
            _ => {}
        }
    }
    Ok(listing.facts())
}

/// The libraries of which nothing is there at run time: those for the compiler, and those that only name others.
fn absent<'a>(deps: &'a Deps<'_>) -> HashSet<&'a str> {
    let name = deps.runtime_target.as_ref().map(|target| &*target.name).unwrap_or_default();
    let target = deps.targets.0.iter().find(|(target, _)| **target == *name);
    let libraries = target.into_iter().flat_map(|(_, libraries)| &libraries.0);
    libraries.filter(|(_, assets)| assets.is_empty()).map(|(library, _)| &**library).collect()
}
