//! The analyser that reads an upload along.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use bytes::Bytes;
use plimsoll_image::Budget;
use plimsoll_inventory::LayerInventory;
use plimsoll_oci::UploadId;
use plimsoll_store::Upload;
use tokio::task::JoinHandle;

use super::follow::{Follower, Leader, PieceReader, follow};
use super::{Analysis, Shared};

/// How long an upload may keep its analyser between two requests when another upload wants one.
const PATIENCE: Duration = Duration::from_secs(10);

/// A tee that waits for the next request of its upload.
pub(super) struct Parked {
    offset: u64,
    since: Instant,
    tee: Tee,
}

/// Shows the bytes of one upload to an analyser.
pub(crate) enum Tee {
    /// Nothing has arrived yet.
    Fresh(Arc<Shared>),
    /// The whole blob is in memory: it is analysed at its end.
    AtOnce { shared: Arc<Shared>, pieces: Vec<Bytes> },
    /// An analyser reads the upload's file along, at its own pace.
    Following { leader: Leader, task: JoinHandle<Option<LayerInventory>> },
    /// Nobody reads along; the blob is read later if it looked like a layer.
    Off { layer: bool },
}

/// What came of the analysis of an upload.
pub(crate) enum Outcome {
    /// The content does not look like a layer. Should a manifest call it one, it is read then.
    NotALayer,
    /// The inventory.
    Ready(Box<LayerInventory>),
    /// The analyser has all it needs and works on; `None` if it could not read the file.
    Running(JoinHandle<Option<LayerInventory>>),
    /// The committed blob must be read.
    ReadBlob,
}

impl Analysis {
    /// The tee of an upload at `offset`: a new one at its start, or the one that waits for this offset.
    pub(crate) fn resume(&self, id: UploadId, offset: u64) -> Tee {
        match self.shared.parked().remove(&id) {
            Some(parked) if parked.offset == offset => parked.tee,
            None if offset == 0 => Tee::Fresh(Arc::clone(&self.shared)),
            _ => Tee::Off { layer: true },
        }
    }

    /// A tee for a blob that is in memory as a whole.
    pub(crate) fn at_once(&self) -> Tee {
        Tee::AtOnce { shared: Arc::clone(&self.shared), pieces: Vec::new() }
    }

    /// Lets a tee wait for the next request of its upload.
    pub(crate) fn park(&self, id: UploadId, offset: u64, tee: Tee) {
        if !matches!(tee, Tee::Fresh(_)) {
            self.shared.parked().insert(id, Parked { offset, since: Instant::now(), tee });
        }
    }

    /// Forgets the tee of an upload that will not go on.
    pub(crate) fn forget(&self, id: UploadId) {
        self.shared.parked().remove(&id);
    }
}

impl Tee {
    pub(crate) fn is_fresh(&self) -> bool {
        matches!(self, Self::Fresh(_))
    }

    /// Tells the analyser of a piece that was added to the upload. Never waits.
    pub(crate) fn feed(&mut self, piece: &Bytes, upload: &Upload) {
        if let Self::Fresh(shared) = self {
            *self = Self::start(shared, piece, upload);
        }
        match self {
            Self::AtOnce { pieces, .. } => pieces.push(piece.clone()),
            Self::Following { leader, .. } => leader.wrote(upload.offset()),
            Self::Fresh(_) | Self::Off { .. } => {}
        }
    }

    /// Says that the upload has become a blob.
    pub(crate) fn finish(self) -> Outcome {
        match self {
            Self::Fresh(_) | Self::Off { layer: false } => Outcome::NotALayer,
            Self::Off { layer: true } => Outcome::ReadBlob,
            Self::AtOnce { shared, pieces } => {
                if !pieces.first().is_some_and(|piece| looks_like_layer(piece)) {
                    return Outcome::NotALayer;
                }
                let inventory = plimsoll_inventory::analyse(PieceReader::new(pieces), &shared.budget);
                Outcome::Ready(Box::new(inventory))
            }
            Self::Following { leader, task } => {
                leader.complete();
                Outcome::Running(task)
            }
        }
    }

    fn start(shared: &Arc<Shared>, first: &Bytes, upload: &Upload) -> Self {
        if !looks_like_layer(first) {
            return Self::Off { layer: false };
        }
        let permit = Arc::clone(&shared.tees).try_acquire_owned();
        let (Ok(permit), Ok(file)) = (permit, upload.reader()) else {
            shared.parked().retain(|_, parked| parked.since.elapsed() < PATIENCE);
            return Self::Off { layer: true };
        };
        shared.statistics.teed.fetch_add(1, Ordering::Relaxed);
        let (leader, follower) = follow(file);
        let budget = shared.budget.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            read_along(follower, &budget)
        });
        Self::Following { leader, task }
    }
}

/// Analyses what arrives. `None` if the upload was given up.
fn read_along(follower: Follower, budget: &Budget) -> Option<LayerInventory> {
    let inventory = plimsoll_inventory::analyse(follower, budget);
    (!inventory.reader_failed()).then_some(inventory)
}

/// Whether content that begins like this may be a layer: gzip, zstd, or a tar with its magic.
fn looks_like_layer(start: &[u8]) -> bool {
    start.starts_with(&[0x1f, 0x8b])
        || start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
        || start.get(257..262).is_some_and(|magic| magic == b"ustar")
}
