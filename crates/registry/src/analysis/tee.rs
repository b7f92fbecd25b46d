//! The tee between an upload and the analyser.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use bytes::Bytes;
use plimsoll_image::Budget;
use plimsoll_inventory::LayerInventory;
use plimsoll_oci::UploadId;
use tokio::task::JoinHandle;

use super::reader::{PieceReader, TeeReader};
use super::{Analysis, Shared};

/// How many pieces the analyser may lag behind the upload.
const LAG: usize = 48;
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
    /// An analyser reads along.
    Feeding { shared: Arc<Shared>, sender: SyncSender<Option<Bytes>>, task: JoinHandle<Option<LayerInventory>> },
    /// Nobody reads along; the blob is read later if it looked like a layer.
    Off { layer: bool },
}

/// What came of the analysis of an upload.
pub(crate) enum Outcome {
    /// The content does not look like a layer. Should a manifest call it one, it is read then.
    NotALayer,
    /// The inventory.
    Ready(Box<LayerInventory>),
    /// The analyser has all it needs and works on; `None` if it does not.
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

    /// Shows a piece to the analyser. Never waits.
    pub(crate) fn feed(&mut self, piece: &Bytes) {
        if let Self::Fresh(shared) = self {
            *self = Self::start(Arc::clone(shared), piece);
        }
        match self {
            Self::AtOnce { pieces, .. } => pieces.push(piece.clone()),
            Self::Feeding { shared, sender, .. } => match sender.try_send(Some(piece.clone())) {
                Err(TrySendError::Full(_)) => {
                    shared.statistics.let_go.fetch_add(1, Ordering::Relaxed);
                    *self = Self::Off { layer: true };
                }
                // An analyser that has stopped reading says why in its result.
                Ok(()) | Err(TrySendError::Disconnected(_)) => {}
            },
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
                let reader = PieceReader(pieces.into_iter(), Bytes::new());
                Outcome::Ready(Box::new(plimsoll_inventory::analyse(reader, &shared.budget)))
            }
            Self::Feeding { sender, task, .. } => match sender.try_send(None) {
                Ok(()) | Err(TrySendError::Disconnected(_)) => Outcome::Running(task),
                Err(TrySendError::Full(_)) => Outcome::ReadBlob,
            },
        }
    }

    fn start(shared: Arc<Shared>, first: &Bytes) -> Self {
        if !looks_like_layer(first) {
            return Self::Off { layer: false };
        }
        let Ok(permit) = Arc::clone(&shared.tees).try_acquire_owned() else {
            shared.parked().retain(|_, parked| parked.since.elapsed() < PATIENCE);
            return Self::Off { layer: true };
        };
        shared.statistics.teed.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = sync_channel(LAG);
        let budget = shared.budget.clone();
        let task = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            read_along(TeeReader::new(receiver), &budget)
        });
        Self::Feeding { shared, sender, task }
    }
}

/// Analyses what arrives. `None` if the tee let go before the end.
fn read_along(mut reader: TeeReader, budget: &Budget) -> Option<LayerInventory> {
    let inventory = plimsoll_inventory::analyse(&mut reader, budget);
    reader.drain().then_some(inventory)
}

/// Whether content that begins like this may be a layer: gzip, zstd, or a tar with its magic.
fn looks_like_layer(start: &[u8]) -> bool {
    start.starts_with(&[0x1f, 0x8b])
        || start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd])
        || start.get(257..262).is_some_and(|magic| magic == b"ustar")
}
