//! Reads the content manifests that Red Hat puts into images.

use serde::Deserialize;

use crate::ecosystems::{Facts, field};

/// The most content sets of a manifest.
const MAX_SETS: usize = 10_000;

/// A manifest. Other files beside it have other members.
#[derive(Deserialize)]
struct Manifest {
    content_sets: Option<Vec<String>>,
}

pub(super) fn content_sets(bytes: &[u8]) -> Result<Facts, &'static str> {
    let manifest: Manifest =
        serde_json::from_slice(bytes).map_err(|_| "it is not a JSON object with a list of content sets")?;
    let sets = manifest.content_sets.unwrap_or_default();
    if sets.len() > MAX_SETS {
        return Err("it lists more content sets than there are");
    }
    let sets = sets.iter().map(|set| field(set.as_bytes())).collect::<Result<Vec<_>, _>>()?;
    Ok(if sets.is_empty() { Facts::Nothing } else { Facts::ContentSets(sets) })
}
