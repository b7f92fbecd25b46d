//! Reads [`package.json`](https://docs.npmjs.com/cli/configuring-npm/package-json).

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::ecosystems::{Facts, field};
use crate::{Package, PackageKind};

pub(in crate::ecosystems) fn parse(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    if is_hidden(path) {
        return Ok(Facts::Nothing);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Manifest { name, version } = serde_json::from_slice(bytes).map_err(|_| "it is not a JSON object")?;
    // Without both it is configuration, not a package.
    let (Some(name), Some(version)) = (name.0, version.0) else { return Ok(Facts::Nothing) };
    let (name, version) = (field(name.as_bytes())?, field(version.as_bytes())?);
    if name.is_empty() || version.is_empty() {
        return Ok(Facts::Nothing);
    }
    Ok(Facts::Packages(vec![Package::new(PackageKind::Npm, name, version)]))
}

/// Whether the directory of the file is no package's: that of a scope, or one that tools keep for themselves.
fn is_hidden(path: &[u8]) -> bool {
    path.rsplit(|&byte| byte == b'/').nth(1).is_some_and(|name| name.starts_with(b"@") || name.starts_with(b"."))
}

/// The two members that matter. As in Node.js, the last of several wins.
#[derive(Default)]
struct Manifest {
    name: Text,
    version: Text,
}

impl<'de> Deserialize<'de> for Manifest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Manifest;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Manifest, A::Error> {
                let mut manifest = Manifest::default();
                while let Some(key) = members.next_key::<Cow<'de, str>>()? {
                    match &*key {
                        "name" => manifest.name = members.next_value()?,
                        "version" => manifest.version = members.next_value()?,
                        _ => drop(members.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(manifest)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// A string, or none where the member is something else.
#[derive(Default)]
struct Text(Option<String>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(untagged)]
        enum Member {
            Text(String),
            Other(IgnoredAny),
        }
        Ok(Self(match Member::deserialize(deserializer)? {
            Member::Text(text) => Some(text),
            Member::Other(_) => None,
        }))
    }
}
