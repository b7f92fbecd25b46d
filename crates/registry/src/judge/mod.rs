//! What is wrong with an image, and whether it may be had: derived from its stored inventory and the advisories in force,
//! never stored as truth. What is remembered here is a function of what the image's [`Standing`] holds, and of that and a
//! gate.

mod base;
mod gates;
mod report;
pub(crate) mod stored;

use std::sync::Arc;
use std::time::SystemTime;

use plimsoll_advisories::{Judgement, SeverityOrder};
use plimsoll_catalog::{Repository, StoredManifest};
use plimsoll_inventory::{ANALYSER_VERSION, Inventory};
use plimsoll_oci::{Digest, Manifest};
use plimsoll_rules::Verdict;
use quick_cache::sync::Cache;

use crate::feeds::Generation;
use crate::scanning::OverviewKey;
use crate::statements::{Heard, Hearing};
use crate::{Registry, RegistryError, ScanOverview};

pub use gates::Refusal;
pub use report::{Explanation, ImageReport, LayerName};

/// How many images' inventories and judgements are kept in memory.
const REMEMBERED: usize = 128;
/// How many verdicts; a verdict that passes is a few bytes.
const REMEMBERED_VERDICTS: usize = 10_000;
/// How many scans in numbers, of a few hundred bytes each.
const REMEMBERED_OVERVIEWS: usize = 10_000;

/// An image with what is known of it.
pub(crate) struct Judged {
    pub(crate) inventory: Arc<Inventory>,
    pub(crate) judgement: Judgement,
}

/// What is known of a manifest.
#[derive(Clone)]
pub(crate) enum Known {
    /// It is an image, and judged.
    Judged(Arc<Judged>),
    /// It is an image that lacks layers, judged by those it has. What arrives may change that at any moment.
    Incomplete(Arc<Judged>),
    /// It is an image that has not been analysed to its end.
    Pending,
    /// It is nothing a runtime could run.
    NotAnImage,
}

/// What an answer depends on.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Standing {
    image: Digest,
    /// The generation of the advisories: the beginning of its checksum.
    generation: Option<u64>,
    /// Advisories are withdrawn, and days of grace end, by the calendar.
    day: u64,
    /// What is said of the image's flaws; none where nothing is.
    heard: Option<Heard>,
}

/// An image of a repository at present, with what is said of it.
pub(crate) struct Hearsay {
    pub(crate) standing: Standing,
    hearing: Option<Hearing>,
}

fn judge(inventory: Inventory, present: &Present, order: SeverityOrder) -> Arc<Judged> {
    let index = present.generation.as_ref().map(|generation| generation.index());
    let mut judgement = plimsoll_advisories::judge(index, &inventory, present.time);
    if order != judgement.order {
        order.apply(&mut judgement);
    }
    Arc::new(Judged { inventory: Arc::new(inventory), judgement })
}

/// What was derived and may be needed again.
pub(crate) struct Judgements {
    judged: Cache<Standing, Arc<Judged>>,
    verdicts: Cache<(Standing, usize), Arc<Verdict>>,
    pub(crate) overviews: Cache<OverviewKey, Arc<ScanOverview>>,
}

impl Default for Judgements {
    fn default() -> Self {
        Self {
            judged: Cache::new(REMEMBERED),
            verdicts: Cache::new(REMEMBERED_VERDICTS),
            overviews: Cache::new(REMEMBERED_OVERVIEWS),
        }
    }
}

/// The advisories and the time an answer holds for.
pub(crate) struct Present {
    pub(crate) generation: Option<Arc<Generation>>,
    pub(crate) time: SystemTime,
}

impl Present {
    fn standing(&self, image: &Digest, heard: Option<Heard>) -> Standing {
        const DAY: u64 = 86_400;
        let since_epoch = self.time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let generation = self
            .generation
            .as_ref()
            .and_then(|generation| generation.id().get(..16).and_then(|start| u64::from_str_radix(start, 16).ok()));
        Standing { image: *image, generation, day: since_epoch.as_secs() / DAY, heard }
    }
}

impl Registry {
    pub(crate) fn present(&self) -> Result<Present, RegistryError> {
        Ok(Present { generation: self.advisories.current()?, time: SystemTime::now() })
    }

    /// What an answer on an image of a repository depends on at present.
    pub(crate) fn hearsay(
        &self,
        repository: &Repository,
        image: &Digest,
        present: &Present,
    ) -> Result<Hearsay, RegistryError> {
        let hearing = self.hearing(repository, image, present.time)?;
        let heard = hearing.as_ref().map(|hearing| hearing.heard.clone());
        Ok(Hearsay { standing: present.standing(image, heard), hearing })
    }

    /// What is known of a manifest of a repository at present.
    pub(crate) fn known(
        &self,
        repository: &Repository,
        stored: &StoredManifest,
        present: &Present,
    ) -> Result<Known, RegistryError> {
        self.known_with(&self.hearsay(repository, &stored.digest, present)?, stored, present)
    }

    /// What is known of a manifest, by its advisories and what is said of it.
    fn known_with(
        &self,
        hearsay: &Hearsay,
        stored: &StoredManifest,
        present: &Present,
    ) -> Result<Known, RegistryError> {
        let Some(hearing) = &hearsay.hearing else { return self.known_by_advisories(stored, present) };
        if let Some(judged) = self.judgements.judged.get(&hearsay.standing) {
            return Ok(Known::Judged(judged));
        }
        let heard = |judged: Arc<Judged>| {
            let (inventory, mut judgement) = (Arc::clone(&judged.inventory), judged.judgement.clone());
            self.hear(hearing, &mut judgement, inventory.distribution.as_ref())?;
            Ok::<_, RegistryError>(Arc::new(Judged { inventory, judgement }))
        };
        Ok(match self.known_by_advisories(stored, present)? {
            Known::Judged(judged) => {
                let judged = heard(judged)?;
                self.judgements.judged.insert(hearsay.standing.clone(), Arc::clone(&judged));
                Known::Judged(judged)
            }
            Known::Incomplete(judged) => Known::Incomplete(heard(judged)?),
            other => other,
        })
    }

    fn known_by_advisories(&self, stored: &StoredManifest, present: &Present) -> Result<Known, RegistryError> {
        let standing = present.standing(&stored.digest, None);
        if let Some(judged) = self.judgements.judged.get(&standing) {
            return Ok(Known::Judged(judged));
        }
        let manifest = Manifest::parse(&stored.content, &stored.media_type)?;
        if manifest.runnable_layers().is_none() {
            return Ok(Known::NotAnImage);
        }
        if let Some(inventory) = self.inventory(&stored.digest)? {
            let judged = judge(inventory, present, self.config.severity_order);
            self.judgements.judged.insert(standing, Arc::clone(&judged));
            return Ok(Known::Judged(judged));
        }
        if let Some(incomplete) = self.incomplete_inventory(&manifest)? {
            return Ok(Known::Incomplete(judge(incomplete, present, self.config.severity_order)));
        }
        self.analyse_again(manifest, stored.digest);
        Ok(Known::Pending)
    }

    /// What can be known of an image that lacks layers, as a sparse manifest may; `None` if they are all here.
    fn incomplete_inventory(&self, manifest: &Manifest) -> Result<Option<Inventory>, RegistryError> {
        let mut complete = true;
        let mut inventories = Vec::new();
        for layer in manifest.layers() {
            let here = self.store.blob(&layer.digest)?.is_some();
            complete &= here || !layer.must_be_present();
            inventories.push(match self.analysis.known(&layer.digest)? {
                Some(inventory) if here => inventory,
                _ if here => stored::unreadable(layer, "has not been analysed"),
                _ => stored::unreadable(layer, "is not in the registry"),
            });
        }
        Ok((!complete).then(|| plimsoll_inventory::merge(&inventories)))
    }

    /// The stored inventory of an image; `None` while its analysis runs.
    pub(crate) fn inventory(&self, manifest: &Digest) -> Result<Option<Inventory>, RegistryError> {
        let stored = self.catalog.image_inventory(manifest, ANALYSER_VERSION)?;
        Ok(stored.and_then(|bytes| stored::decode(&bytes).ok()))
    }

    /// Takes up an analysis that a restart or a newer analyser has left undone.
    fn analyse_again(&self, manifest: Manifest, digest: Digest) {
        if self.analysis.claim_image(digest) {
            let registry = self.clone();
            tokio::spawn(async move {
                let analysed = registry.analyse_image(&manifest, digest).await;
                registry.analysis.release_image(&digest);
                if let Err(error) = analysed {
                    tracing::error!(%digest, %error, "an image could not be analysed");
                }
            });
        }
    }
}
