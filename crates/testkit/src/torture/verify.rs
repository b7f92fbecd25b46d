//! Asks a server that was just started for what its earlier lives promised. No client works meanwhile.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_oci::Digest;
use serde_json::Value;

use super::ledger::{Item, Ledger};
use crate::registry::RegistryClient;
use crate::{Error, Random};

/// Checks about `count` acknowledged things each of blobs, manifests and tags; says how many blobs were read.
pub(super) fn sample(registry: &mut RegistryClient, ledger: &Ledger, random: &mut Random, count: usize) -> usize {
    let (blobs, manifests, tags) = {
        let books = ledger.lock();
        let mut one_of = |have: usize| random.one_in(have.div_ceil(count.max(1)).max(1));
        let blobs: Vec<_> = books.blobs.iter().filter(|_| one_of(books.blobs.len())).map(owned).collect();
        let manifests: Vec<_> = books.manifests.iter().filter(|_| one_of(books.manifests.len())).map(owned).collect();
        let tags: Vec<_> = books.tags.keys().filter(|_| one_of(books.tags.len())).cloned().collect();
        (blobs, manifests, tags)
    };
    check_blobs(registry, ledger, &blobs);
    check_manifests(registry, ledger, &manifests);
    check_tags(registry, ledger, &tags);
    blobs.len()
}

/// Checks everything acknowledged, everything doubtful and everything listed; says how many blobs were read.
pub(super) fn everything(registry: &mut RegistryClient, ledger: &Ledger) -> usize {
    let (blobs, manifests, tags, doubtful_blobs, doubtful_manifests) = {
        let books = ledger.lock();
        let blobs: Vec<_> = books.blobs.iter().map(owned).collect();
        let manifests: Vec<_> = books.manifests.iter().map(owned).collect();
        let tags: Vec<_> = books.tags.keys().cloned().collect();
        (blobs, manifests, tags, books.doubtful_blobs.clone(), books.doubtful_manifests.clone())
    };
    check_blobs(registry, ledger, &blobs);
    check_manifests(registry, ledger, &manifests);
    check_tags(registry, ledger, &tags);
    for (repository, digest) in &doubtful_blobs {
        // Absent or whole; damaged is the error that this reports.
        note(ledger, registry.verify_blob(repository, digest).map(|_| ()));
    }
    for (repository, digest) in &doubtful_manifests {
        note(ledger, check_children(registry, ledger, repository, digest));
    }
    let listed = tags.iter().map(|(repository, _)| repository.as_str()).collect::<BTreeSet<_>>();
    note(ledger, check_lists(registry, ledger, &listed));
    blobs.len()
}

fn owned<V: Clone>((item, value): (&Item, &V)) -> (Item, V) {
    (item.clone(), value.clone())
}

fn note(ledger: &Ledger, outcome: Result<(), Error>) {
    if let Err(error) = outcome {
        ledger.fault(error.chain());
    }
}

fn check_blobs(registry: &mut RegistryClient, ledger: &Ledger, blobs: &[(Item, u64)]) {
    for ((repository, digest), size) in blobs {
        match registry.verify_blob(repository, digest) {
            Ok(Some(found)) if found == *size => {}
            Ok(found) => ledger.fault(format!("blob {repository}@{digest} of {size} bytes: found {found:?}")),
            Err(error) => ledger.fault(error.chain()),
        }
    }
}

fn check_manifests(registry: &mut RegistryClient, ledger: &Ledger, manifests: &[(Item, Vec<u8>)]) {
    for ((repository, digest), bytes) in manifests {
        match registry.manifest(repository, &digest.to_string()) {
            Ok(Some(found)) if found.bytes == *bytes => {}
            Ok(Some(_)) => ledger.fault(format!("manifest {repository}@{digest} has other bytes")),
            Ok(None) => ledger.fault(format!("manifest {repository}@{digest} is gone")),
            Err(error) => ledger.fault(error.chain()),
        }
    }
}

/// Asks where each tag leads; from then on it may lead nowhere else.
fn check_tags(registry: &mut RegistryClient, ledger: &Ledger, tags: &[(String, String)]) {
    for key @ (repository, tag) in tags {
        let found = match registry.manifest(repository, tag) {
            Ok(found) => found.map(|document| document.digest),
            Err(error) => {
                ledger.fault(error.chain());
                continue;
            }
        };
        let mut books = ledger.lock();
        let Some(state) = books.tags.get_mut(key) else { continue };
        let possible = std::mem::replace(&mut state.possible, BTreeSet::from([found]));
        drop(books);
        if !possible.contains(&found) {
            ledger.fault(format!("tag {repository}:{tag} leads to {found:?} and may lead to {possible:?}"));
        }
        if let Some(digest) = found {
            note(ledger, check_children(registry, ledger, repository, &digest));
        }
    }
}

/// A manifest that is visible must be whole: every blob it refers to is there.
fn check_children(
    registry: &mut RegistryClient,
    ledger: &Ledger,
    repository: &str,
    digest: &Digest,
) -> Result<(), Error> {
    let Some(manifest) = registry.manifest(repository, &digest.to_string())? else { return Ok(()) };
    let value: Value = serde_json::from_slice(&manifest.bytes).unwrap_or_default();
    let layers = value["layers"].as_array().into_iter().flatten();
    for descriptor in layers.chain([&value["config"]]) {
        let child = descriptor["digest"].as_str().and_then(|digest| digest.parse().ok());
        let there = match &child {
            Some(child) => registry.has_blob(repository, child)?,
            None => false,
        };
        if !there {
            ledger.fault(format!("manifest {repository}@{digest} refers to {child:?}, which is not there"));
        }
    }
    Ok(())
}

/// What is listed is what was pushed: no tag more, none less, and no repository unknown.
fn check_lists(registry: &mut RegistryClient, ledger: &Ledger, repositories: &BTreeSet<&str>) -> Result<(), Error> {
    let mut expected = BTreeMap::<&str, BTreeSet<String>>::new();
    {
        let books = ledger.lock();
        for repository in repositories {
            let tags = books.tags.iter().filter(|((name, _), state)| name == repository && is_there(&state.possible));
            expected.insert(repository, tags.map(|((_, tag), _)| tag.clone()).collect());
        }
    }
    for (repository, expected) in expected {
        let listed: BTreeSet<_> = registry.tags(repository)?.into_iter().collect();
        if listed != expected {
            ledger.fault(format!("{repository} lists {listed:?} and has {expected:?}"));
        }
    }
    let catalog: BTreeSet<_> = registry.catalog()?.into_iter().collect();
    for missing in repositories.iter().filter(|name| !catalog.contains(**name)) {
        ledger.fault(format!("{missing} is not in the catalog"));
    }
    Ok(())
}

/// Whether a tag that was just asked after is there.
fn is_there(possible: &BTreeSet<Option<Digest>>) -> bool {
    possible.iter().any(Option::is_some)
}
