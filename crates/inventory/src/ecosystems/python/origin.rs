//! Reads where a distribution was installed from, when not from an index:
//! [`direct_url.json`](https://packaging.python.org/en/latest/specifications/direct-url-data-structure/).

use serde::Deserialize;

use crate::ecosystems::json::{self, Text};
use crate::ecosystems::{Facts, MAX_FIELD};

#[derive(Default, Deserialize)]
#[serde(default)]
struct DirectUrl<'a> {
    #[serde(borrow)]
    url: Text<'a>,
    #[serde(borrow)]
    vcs_info: Option<Commit<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Commit<'a> {
    #[serde(borrow)]
    vcs: Text<'a>,
    #[serde(borrow)]
    commit_id: Text<'a>,
}

/// The address, written as pip takes it. It is only told of the package beside it, so that damage to it matters to nothing.
pub(super) fn parse(bytes: &[u8]) -> Facts {
    let Ok(DirectUrl { url, vcs_info }) = json::read(bytes) else { return Facts::Nothing };
    let url = without_user(&url);
    let origin = match vcs_info {
        Some(commit) => format!("{}+{url}@{}", &*commit.vcs, &*commit.commit_id),
        None => url,
    };
    if origin.is_empty() || origin.len() > MAX_FIELD { Facts::Nothing } else { Facts::Origin(origin) }
}

/// The address without the name and the password that may be in it.
fn without_user(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find('/').unwrap_or(rest.len());
    let host = rest[..end].rfind('@').map_or(0, |at| at + 1);
    format!("{scheme}://{}", &rest[host..])
}
