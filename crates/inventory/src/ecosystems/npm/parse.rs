//! Reads [`package.json`](https://docs.npmjs.com/cli/configuring-npm/package-json).

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::json::Text;
use crate::ecosystems::listing::one;

pub(in crate::ecosystems) fn parse(path: &[u8], bytes: &[u8]) -> Result<Facts, &'static str> {
    if is_hidden(path) {
        return Ok(Facts::Nothing);
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let Manifest { name, version } = serde_json::from_slice(bytes).map_err(|_| "it is not a JSON object")?;
    // Without both it is configuration, not a package.
    if version.is_empty() { Ok(Facts::Nothing) } else { one(PackageKind::Npm, &name, &version) }
}

/// Whether the directory of the file is no package's: that of a scope, or one that tools keep for themselves.
fn is_hidden(path: &[u8]) -> bool {
    path.rsplit(|&byte| byte == b'/').nth(1).is_some_and(|name| name.starts_with(b"@") || name.starts_with(b"."))
}

/// The two members that matter. As in Node.js, the last of several wins.
#[derive(Default)]
struct Manifest<'a> {
    name: Text<'a>,
    version: Text<'a>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Manifest<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Manifest<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Manifest<'de>, A::Error> {
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
