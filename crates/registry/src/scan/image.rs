//! Finds an image in a store and puts its inventory together.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use plimsoll_image::Budget;
use plimsoll_inventory::{LayerInventory, merge};
use plimsoll_oci::{Descriptor, Digest, ImageConfig, Manifest};
use serde::Deserialize;

use super::layer::AnalysedLayer;
use super::store::{Part, Store};
use super::{ScanError, ScannedImage, ScannedLayer, Selection};

/// How deep an index may lie within an index.
const MAX_INDEXES: usize = 4;
/// How many layers are analysed at a time: more would not bring an image of few large layers any further.
const WORKERS: usize = 2;

/// An image, as far as its documents tell.
struct Found {
    name: Option<String>,
    manifest: Option<Digest>,
    config: Vec<u8>,
    parts: Vec<Part>,
    notes: Vec<String>,
}

/// Reads the selected image.
pub(super) fn scan(
    store: &impl Store,
    selection: &Selection,
    budget: &Budget,
    fallback: &str,
) -> Result<ScannedImage, ScanError> {
    let top = |name: &str| store.document(&Part::named(name));
    let found = match (top("manifest.json")?, top("index.json")?) {
        (Some(manifest), _) => docker_image(store, &manifest, selection)?,
        (None, Some(index)) => oci_image(store, &index, selection)?,
        (None, None) => return Err(ScanError::NotImages),
    };
    let config: ImageConfig = json(&found.config, "the image's configuration")?;
    let diff_ids = config.rootfs.diff_ids;
    if diff_ids.len() != found.parts.len() {
        return Err(ScanError::LayerCount { layers: found.parts.len(), diff_ids: diff_ids.len() });
    }
    let read = read_layers(store, &found.parts, budget)?;
    let mut inventories = Vec::with_capacity(read.len());
    let mut layers = Vec::with_capacity(read.len());
    for ((part, expected), layer) in found.parts.into_iter().zip(diff_ids).zip(read) {
        let (layer, inventory) = prove(part, expected, layer)?;
        layers.push(layer);
        inventories.push(inventory);
    }
    Ok(ScannedImage {
        name: found.name.unwrap_or_else(|| fallback.to_owned()),
        inventory: merge(&inventories),
        layers,
        manifest: found.manifest,
        config: Some(found.config),
        notes: found.notes,
    })
}

/// An entry of the `manifest.json` that `docker save` writes.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DockerImage {
    config: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    layers: Vec<String>,
}

fn docker_image(store: &impl Store, manifest: &[u8], selection: &Selection) -> Result<Found, ScanError> {
    let images: Vec<DockerImage> = json(manifest, "manifest.json")?;
    let tags = |image: &DockerImage| image.repo_tags.clone().unwrap_or_default();
    let count = images.len();
    let known = images.iter().flat_map(tags).collect::<Vec<_>>();
    let wanted = |image: &DockerImage| match &selection.name {
        Some(name) => tags(image).contains(name),
        None => true,
    };
    let image = images.into_iter().find(wanted).ok_or_else(|| unknown_image(selection, &known))?;
    let name = selection.name.clone().or_else(|| tags(&image).into_iter().next());
    let config = document(store, &Part::named(&*image.config))?;
    // Where the configuration is named by its digest, it has to have it.
    let stem = image.config.rsplit('/').next().unwrap_or_default();
    let stem = stem.strip_suffix(".json").unwrap_or(stem);
    if let Ok(expected) = format!("sha256:{stem}").parse() {
        expect_digest(&image.config, &config, expected)?;
    }
    let parts = image.layers.into_iter().map(Part::named).collect();
    Ok(Found { name, manifest: None, config, parts, notes: note_choice(count, &known, selection) })
}

fn note_choice(count: usize, known: &[String], selection: &Selection) -> Vec<String> {
    if count > 1 && selection.name.is_none() {
        vec![format!("the source holds {count} images, this is the first; by name: {}", known.join(", "))]
    } else {
        Vec::new()
    }
}

fn unknown_image(selection: &Selection, known: &[String]) -> ScanError {
    ScanError::UnknownImage { wanted: selection.name.clone().unwrap_or_default(), known: known.join(", ") }
}

fn oci_image(store: &impl Store, index: &[u8], selection: &Selection) -> Result<Found, ScanError> {
    let top = manifest("index.json", index, "")?;
    let mut candidates: Vec<_> = top.children().to_vec();
    let known: Vec<_> = candidates.iter().filter_map(|child| name_of(child).map(str::to_owned)).collect();
    let mut notes = Vec::new();
    if let Some(wanted) = &selection.name {
        candidates.retain(|child| name_of(child) == Some(wanted));
        if candidates.is_empty() {
            return Err(unknown_image(selection, &known));
        }
    }
    let mut name = None;
    for _ in 0..MAX_INDEXES {
        let child = choose(&candidates, selection, &mut notes)?;
        name = name.or_else(|| name_of(child).map(str::to_owned));
        let part = Part::blob(child);
        let bytes = document(store, &part)?;
        expect_digest(&part.name, &bytes, child.digest)?;
        let parsed = manifest(&part.name, &bytes, &child.media_type)?;
        if parsed.children().is_empty() {
            return found_manifest(store, &parsed, child.digest, name, notes);
        }
        candidates = parsed.children().to_vec();
    }
    Err(ScanError::NotAnImage("an index of indexes".into()))
}

fn found_manifest(
    store: &impl Store,
    manifest: &Manifest,
    digest: Digest,
    name: Option<String>,
    notes: Vec<String>,
) -> Result<Found, ScanError> {
    let plimsoll_oci::Content::Image { config, layers } = &manifest.content else {
        return Err(ScanError::NotAnImage(digest.to_string()));
    };
    if manifest.runnable_layers().is_none() {
        return Err(ScanError::NotAnImage(digest.to_string()));
    }
    let part = Part::blob(config);
    let bytes = document(store, &part)?;
    expect_digest(&part.name, &bytes, config.digest)?;
    let parts = layers.iter().map(Part::blob).collect();
    Ok(Found { name, manifest: Some(digest), config: bytes, parts, notes })
}

/// The child for the selected platform. Where there are several, the first.
fn choose<'a>(
    candidates: &'a [Descriptor],
    selection: &Selection,
    notes: &mut Vec<String>,
) -> Result<&'a Descriptor, ScanError> {
    let fits = |child: &&Descriptor| {
        child.platform.as_ref().is_none_or(|platform| {
            platform.os == selection.os
                && platform.architecture == selection.architecture
                && (selection.variant.is_none() || platform.variant == selection.variant)
        })
    };
    let fitting: Vec<_> = candidates.iter().filter(fits).collect();
    let Some(&first) = fitting.first() else {
        let wanted = [Some(&selection.os), Some(&selection.architecture), selection.variant.as_ref()];
        let wanted = wanted.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join("/");
        let known = candidates.iter().filter_map(platform_of).collect::<Vec<_>>().join(", ");
        return Err(ScanError::NoPlatform { wanted, known });
    };
    if fitting.len() > 1 {
        let known: Vec<_> = fitting.iter().filter_map(|child| name_of(child).map(str::to_owned)).collect();
        notes.extend(note_choice(fitting.len(), &known, selection));
    }
    if let (true, Some(platform)) = (candidates.len() > fitting.len(), platform_of(first)) {
        notes.push(format!("of {} manifests, this is the one for {platform}", candidates.len()));
    }
    Ok(first)
}

fn platform_of(child: &Descriptor) -> Option<String> {
    let platform = child.platform.as_ref()?;
    let variant = platform.variant.as_ref().map(|variant| format!("/{variant}")).unwrap_or_default();
    Some(format!("{}/{}{variant}", platform.os, platform.architecture))
}

/// The name a layout's index gives an image.
fn name_of(child: &Descriptor) -> Option<&str> {
    let annotations = child.annotations.as_ref()?;
    let name =
        annotations.get("org.opencontainers.image.ref.name").or_else(|| annotations.get("io.containerd.image.name"));
    name.map(String::as_str)
}

fn document(store: &impl Store, part: &Part) -> Result<Vec<u8>, ScanError> {
    store.document(part)?.ok_or_else(|| ScanError::Missing(part.name.clone()))
}

/// Reads the layers, some at a time. A missing layer is none.
fn read_layers(store: &impl Store, parts: &[Part], budget: &Budget) -> Result<Vec<Option<AnalysedLayer>>, ScanError> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut read = Vec::new();
        while let Some((index, part)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|at| Some((at, parts.get(at)?)))
        {
            let layer = store.layer(part, budget);
            if layer.is_err() {
                // The rest would be read for nothing.
                next.store(parts.len(), Ordering::Relaxed);
            }
            read.push((index, layer));
        }
        read
    };
    let mut read: Vec<_> = thread::scope(|scope| {
        let others: Vec<_> = (1..WORKERS.min(parts.len())).map(|_| scope.spawn(work)).collect();
        let own = work();
        let joined = others.into_iter().flat_map(|other| match other.join() {
            Ok(read) => read,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        own.into_iter().chain(joined).collect()
    });
    read.sort_by_key(|(index, _)| *index);
    read.into_iter().map(|(_, layer)| layer).collect()
}

/// Holds a layer against the digests the image names it by.
fn prove(
    part: Part,
    expected: Digest,
    layer: Option<AnalysedLayer>,
) -> Result<(ScannedLayer, LayerInventory), ScanError> {
    let Part { name, descriptor } = part;
    let Some(layer) = layer else {
        // Layers the image's maker may not pass on are named, and lie elsewhere.
        let Some(descriptor) = descriptor.filter(|descriptor| !descriptor.must_be_present()) else {
            return Err(ScanError::Missing(name));
        };
        let inventory = LayerInventory::unreadable("the layer is not distributed with the image");
        let (digest, media_type) = (Some(descriptor.digest), Some(descriptor.media_type));
        return Ok((ScannedLayer { diff_id: None, digest, media_type, size: descriptor.size }, inventory));
    };
    if let Some(descriptor) = &descriptor {
        expect(&name, descriptor.digest, layer.digest)?;
    }
    if let Some(diff_id) = layer.diff_id
        && diff_id.algorithm() == expected.algorithm()
    {
        expect(&format!("{name}, uncompressed,"), expected, diff_id)?;
    }
    let (digest, media_type) = descriptor.map(|descriptor| (descriptor.digest, descriptor.media_type)).unzip();
    Ok((ScannedLayer { diff_id: layer.diff_id, digest, media_type, size: layer.size }, layer.inventory))
}

fn expect_digest(name: &str, bytes: &[u8], expected: Digest) -> Result<(), ScanError> {
    expect(name, expected, expected.algorithm().digest(bytes))
}

fn expect(name: &str, expected: Digest, found: Digest) -> Result<(), ScanError> {
    if expected == found {
        return Ok(());
    }
    Err(ScanError::Mismatch { name: name.to_owned(), expected: Box::new(expected), found: Box::new(found) })
}

fn manifest(name: &str, bytes: &[u8], media_type: &str) -> Result<Manifest, ScanError> {
    Manifest::parse(bytes, media_type).map_err(|source| ScanError::Manifest { name: name.to_owned(), source })
}

fn json<T: for<'de> Deserialize<'de>>(bytes: &[u8], name: &str) -> Result<T, ScanError> {
    serde_json::from_slice(bytes).map_err(|source| ScanError::Malformed { name: name.to_owned(), source })
}
