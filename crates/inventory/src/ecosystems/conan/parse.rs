//! Reads [`conan.lock`](https://docs.conan.io/2/tutorial/versioning/lockfiles.html): lists of references since Conan 2, a
//! graph of nodes before.

use serde::Deserialize;

use crate::PackageKind;
use crate::ecosystems::Facts;
use crate::ecosystems::json::{self, Items, Members, Text};
use crate::ecosystems::listing::Listing;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Lock<'a> {
    #[serde(borrow)]
    requires: Items<Text<'a>>,
    #[serde(borrow)]
    graph_lock: Graph<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Graph<'a> {
    #[serde(borrow)]
    nodes: Members<'a, Node<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Node<'a> {
    #[serde(borrow, rename = "ref")]
    reference: Text<'a>,
}

pub(in crate::ecosystems) fn parse(bytes: &[u8]) -> Result<Facts, &'static str> {
    let lock: Lock<'_> = json::read(bytes)?;
    let mut listing = Listing::declared(PackageKind::Conan);
    let nodes = lock.graph_lock.nodes.0.iter().map(|(_, node)| &node.reference);
    for reference in lock.requires.0.iter().chain(nodes) {
        // `name/version@user/channel#revision%time`; the project itself may have no version.
        let Some((name, rest)) = reference.split_once('/') else { continue };
        listing.add(name, rest.split(['@', '#', '%']).next().unwrap_or(rest))?;
    }
    Ok(listing.facts())
}
