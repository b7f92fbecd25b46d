//! Analyses one layer and proves its digests in the same reading.

use std::io::{self, Read};

use plimsoll_image::{Budget, Compression, LayerError, read_layer, read_layer_hashed};
use plimsoll_inventory::{LayerAnalyser, LayerInventory, Wanted};
use plimsoll_oci::{Algorithm, Digest};

use super::ScanError;
use super::aside::hashed;

/// What a reading of a layer told.
#[derive(Clone, Debug)]
pub struct AnalysedLayer {
    /// What it holds.
    pub inventory: LayerInventory,
    /// The digest of the layer as it is stored.
    pub digest: Digest,
    /// The digest of the uncompressed layer; none where that ended before its end.
    pub diff_id: Option<Digest>,
    /// The size in bytes as it is stored.
    pub size: u64,
}

/// Analyses the layer that `open` opens, in as many readings as tell more.
///
/// # Errors
/// Those of `open`, and [`ScanError::Read`] where what it opened cannot be read to its end. A layer that makes no sense is
/// no error; the inventory says so.
pub fn analyse<R: Read>(
    mut open: impl FnMut() -> Result<R, ScanError>,
    algorithm: Algorithm,
    budget: &Budget,
) -> Result<AnalysedLayer, ScanError> {
    let mut layer = analyse_once(open()?, algorithm, budget, None)?;
    while let Some(wanted) = layer.inventory.wants_another_reading() {
        let mut analyser = LayerAnalyser::again(budget, wanted);
        let outcome = read_layer(open()?, budget, &mut analyser);
        layer.inventory = settle(analyser, outcome.err())?;
    }
    Ok(layer)
}

/// Analyses a layer in one reading.
pub(super) fn analyse_once(
    mut reader: impl Read,
    algorithm: Algorithm,
    budget: &Budget,
    wanted: Option<&Wanted>,
) -> Result<AnalysedLayer, ScanError> {
    let mut start = Vec::with_capacity(6);
    reader.by_ref().take(6).read_to_end(&mut start).map_err(source_error)?;
    let is_plain = Compression::detect(&start) == Compression::None;
    let mut analyser = wanted.map_or_else(|| LayerAnalyser::new(budget), |wanted| LayerAnalyser::again(budget, wanted));
    // An uncompressed layer is hashed once: both its digests are the same.
    let is_hashed_once = is_plain && algorithm == Algorithm::Sha256;
    let (outcome, whole) = hashed(start.as_slice().chain(reader), algorithm, |reader| {
        let read = if is_hashed_once { read_layer } else { read_layer_hashed };
        read(reader, budget, &mut analyser)
    });
    let diff_id = outcome.as_ref().ok().and_then(|summary| summary.diff_id);
    let inventory = settle(analyser, outcome.err())?;
    let (digest, size) = whole.map_err(source_error)?;
    let diff_id = if is_hashed_once { Some(digest) } else { diff_id };
    Ok(AnalysedLayer { inventory, digest, diff_id, size })
}

/// A source that cannot be read is an error; a layer that makes no sense is part of the inventory.
fn settle(analyser: LayerAnalyser<'_>, failure: Option<LayerError>) -> Result<LayerInventory, ScanError> {
    match failure {
        Some(LayerError::Read(error)) => Err(source_error(error)),
        failure => Ok(analyser.finish(failure.as_ref())),
    }
}

/// An error of the reader of a layer, which may itself be a member of an archive.
fn source_error(error: io::Error) -> ScanError {
    match error.downcast::<LayerError>() {
        Ok(LayerError::Read(error)) | Err(error) => ScanError::Read(error),
        Ok(error) => ScanError::Archive(error),
    }
}
