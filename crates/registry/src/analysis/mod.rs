//! Layers are analysed once: while they upload where that keeps up, from the committed blob where it does not.
//!
//! ```text
//! upload ──pieces──▶ file ──▶ blob
//!                      └─read along──▶ analyser thread ──▶ layer inventory ──▶ catalog
//! ```
//!
//! The upload never waits for the analyser, which reads the file, from the page cache, at its own pace: there is nothing
//! between them that could fill up. When all analysers are busy, the blob is read later.

mod follow;
mod tee;

use std::collections::{HashMap, HashSet};
use std::io::{self, BufReader, Seek};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use plimsoll_catalog::Catalog;
use plimsoll_image::Budget;
use plimsoll_inventory::{ANALYSER_VERSION, LayerInventory};
use plimsoll_oci::{Digest, UploadId};
use plimsoll_store::Store;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::push::blocking;
use crate::{RegistryError, now};

use tee::Parked;
pub(crate) use tee::{Outcome, Tee};

/// How much of a blob is read at a time.
const READ_BUFFER: usize = 256 * 1024;

/// The analyser's standing: what it works on and what it has done.
#[derive(Clone)]
pub(crate) struct Analysis {
    shared: Arc<Shared>,
}

pub(crate) struct Shared {
    store: Store,
    catalog: Arc<Catalog>,
    budget: Budget,
    /// One permit for each committed blob that may be analysed at once.
    readers: Arc<Semaphore>,
    /// One permit for each upload that may be read along; a slow client holds it as long as it pleases, hence apart.
    tees: Arc<Semaphore>,
    /// Analysers of uploads that wait for their next request.
    parked: Mutex<HashMap<UploadId, Parked>>,
    /// Images whose analysis was taken up again.
    images: Mutex<HashSet<Digest>>,
    /// Layers being analysed, until their inventory is in the catalog.
    running: Mutex<HashMap<Digest, watch::Receiver<Progress>>>,
    statistics: Counters,
}

/// What came of an analysis; nothing where the store does not have the blob.
type Analysed = Result<Option<LayerInventory>, RegistryError>;

/// How far the analysis of a layer is.
enum Progress {
    Running,
    Done(Option<Arc<LayerInventory>>),
}

#[derive(Default)]
struct Counters {
    teed: AtomicU64,
    analysed: AtomicU64,
}

/// What the analyser has done and has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnalysisStatistics {
    /// Layers whose bytes were shown to the analyser while they uploaded.
    pub teed: u64,
    /// Layers analysed.
    pub analysed: u64,
    /// Layers being analysed or waiting for it.
    pub waiting: u64,
}

impl Analysis {
    pub(crate) fn new(store: Store, catalog: Arc<Catalog>, budget: Budget) -> Self {
        let at_once = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let shared = Shared {
            store,
            catalog,
            budget,
            readers: Arc::new(Semaphore::new(at_once)),
            tees: Arc::new(Semaphore::new(at_once)),
            parked: Mutex::default(),
            images: Mutex::default(),
            running: Mutex::default(),
            statistics: Counters::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    pub(crate) fn statistics(&self) -> AnalysisStatistics {
        let counters = &self.shared.statistics;
        AnalysisStatistics {
            teed: counters.teed.load(Ordering::Relaxed),
            analysed: counters.analysed.load(Ordering::Relaxed),
            waiting: self.shared.running().len() as u64,
        }
    }

    /// The inventory of the layer `digest`: from the catalog, from an analysis that runs, or from the blob. `None` where
    /// the store does not have the blob, or cannot read it.
    pub(crate) async fn layer(&self, digest: Digest) -> Result<Option<Arc<LayerInventory>>, RegistryError> {
        if let Some(known) = self.shared.known(&digest)? {
            return Ok(Some(Arc::new(known)));
        }
        let mut result = self.run(digest, self.clone().read_blob(digest));
        let done = result.wait_for(|progress| !matches!(progress, Progress::Running)).await;
        Ok(done.ok().and_then(|progress| match &*progress {
            Progress::Done(inventory) => inventory.clone(),
            Progress::Running => None,
        }))
    }

    /// The inventory of a layer that has been analysed.
    pub(crate) fn known(&self, digest: &Digest) -> Result<Option<LayerInventory>, RegistryError> {
        self.shared.known(digest)
    }

    /// Whether the caller is the one to take up the analysis of an image.
    pub(crate) fn claim_image(&self, manifest: Digest) -> bool {
        self.shared.images.lock().unwrap_or_else(PoisonError::into_inner).insert(manifest)
    }

    /// Lets somebody else try, should it be necessary.
    pub(crate) fn release_image(&self, manifest: &Digest) {
        self.shared.images.lock().unwrap_or_else(PoisonError::into_inner).remove(manifest);
    }

    /// Keeps what came of an upload's analysis, or goes on with it; in the background, as it can always be made again.
    pub(crate) fn keep(&self, digest: Digest, outcome: Outcome) {
        match outcome {
            Outcome::NotALayer => {}
            Outcome::Ready(inventory) if inventory.wants_another_reading().is_none() => {
                self.run(digest, std::future::ready(Ok(Some(*inventory))));
            }
            Outcome::Running(task) => {
                self.run(digest, self.clone().finish_tee(digest, task));
            }
            Outcome::Ready(_) | Outcome::ReadBlob => {
                self.run(digest, self.clone().read_blob(digest));
            }
        }
    }

    /// Lets `work` run for the layer, unless the layer is being worked on already, and keeps what it finds.
    fn run(&self, digest: Digest, work: impl Future<Output = Analysed> + Send + 'static) -> watch::Receiver<Progress> {
        let mut running = self.shared.running();
        if let Some(progress) = running.get(&digest) {
            return progress.clone();
        }
        let (sender, receiver) = watch::channel(Progress::Running);
        running.insert(digest, receiver.clone());
        let shared = Arc::clone(&self.shared);
        tokio::spawn(async move {
            let analysed = work.await.map(|inventory| inventory.map(Arc::new));
            // Whoever waits need not wait for the disk too.
            sender.send_replace(Progress::Done(analysed.as_ref().ok().cloned().flatten()));
            if let Err(error) = shared.save(digest, analysed).await {
                tracing::error!(%digest, %error, "a layer could not be analysed");
            }
            shared.running().remove(&digest);
        });
        receiver
    }

    async fn finish_tee(self, digest: Digest, task: JoinHandle<Option<LayerInventory>>) -> Analysed {
        match task.await {
            Ok(Some(inventory)) if inventory.wants_another_reading().is_none() => Ok(Some(inventory)),
            _ => self.read_blob(digest).await,
        }
    }

    async fn read_blob(self, digest: Digest) -> Analysed {
        let Ok(_permit) = Arc::clone(&self.shared.readers).acquire_owned().await else { return Ok(None) };
        let shared = Arc::clone(&self.shared);
        blocking(move || shared.analyse_blob(&digest)).await
    }
}

impl Shared {
    fn running(&self) -> MutexGuard<'_, HashMap<Digest, watch::Receiver<Progress>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn parked(&self) -> MutexGuard<'_, HashMap<UploadId, Parked>> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, digest: &Digest) -> Result<Option<LayerInventory>, RegistryError> {
        let stored = self.catalog.layer_inventory(digest, ANALYSER_VERSION)?;
        // What cannot be read back is made again.
        Ok(stored.and_then(|bytes| LayerInventory::from_bytes(&bytes).ok()))
    }

    async fn save(
        &self,
        digest: Digest,
        analysed: Result<Option<Arc<LayerInventory>>, RegistryError>,
    ) -> Result<(), RegistryError> {
        let Some(inventory) = analysed? else { return Ok(()) };
        let bytes = inventory.to_bytes().map_err(RegistryError::Inventory)?;
        self.catalog.put_layer_inventory(&digest, ANALYSER_VERSION, bytes, now()).await?;
        self.statistics.analysed.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// Analyses a committed blob. A disk that cannot be read is an error here, not a property of the layer.
    fn analyse_blob(&self, digest: &Digest) -> Analysed {
        let unreadable = |source| RegistryError::BlobUnreadable { digest: Box::new(*digest), source };
        let Some(blob) = self.store.blob(digest)? else { return Ok(None) };
        let open = || {
            let mut file = blob.file.try_clone()?;
            file.rewind()?;
            Ok(BufReader::with_capacity(READ_BUFFER, file))
        };
        let inventory = plimsoll_inventory::analyse_seekable(open, &self.budget);
        if inventory.reader_failed() {
            return Err(unreadable(io::Error::other("reading failed")));
        }
        Ok(Some(inventory))
    }
}
