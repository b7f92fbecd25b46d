//! What a scan of an image says in numbers, for lists of many images: remembered, so that a page of a list judges nothing.

use std::sync::Arc;

use plimsoll_catalog::{ImageRecord, ImageStatus, Repository, Timestamp};
use plimsoll_oci::media::is_index;

use super::configuration::{RepositoryScanning, ScanFrequency, ScanType};
use super::flaws::SeverityCounts;
use super::outcome::ScanStatus;
use super::scanned::requested;
use crate::judge::Standing;
use crate::{Registry, RegistryError};

/// How far a scan has come, and what it says in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanOverview {
    /// How far it has come.
    pub status: ScanStatus,
    /// The same as a sentence, with what may be missing.
    pub description: String,
    /// What it says; none unless it is complete or active.
    pub numbers: Option<ScanNumbers>,
}

/// What a scan says in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanNumbers {
    /// Since when they are these.
    pub completed_at: Timestamp,
    /// When the advisories were put together.
    pub advisories_built_at: Timestamp,
    /// How many findings there are of each severity.
    pub counts: SeverityCounts,
}

/// What an overview depends on, but for when the scan was asked for.
pub(crate) type OverviewKey = (Standing, ScanType, ScanFrequency);

impl Registry {
    /// What [`Self::image_scan`] says, in numbers.
    ///
    /// # Errors
    /// Those of [`Self::image_scan`].
    pub fn image_scan_overview(
        &self,
        repository: &Repository,
        scanning: &RepositoryScanning,
        image: &ImageRecord,
    ) -> Result<Option<ScanOverview>, RegistryError> {
        let Some(requested) = requested(scanning, image) else { return Ok(None) };
        let hearsay = self.hearsay(repository, &image.digest, &self.present()?)?;
        let key = (hearsay.standing, scanning.scan_type, scanning.frequency);
        // The image that stands for an index may change while the index does not.
        let lasting = image.state.status == ImageStatus::Active && !is_index(&image.media_type);
        if lasting && let Some(overview) = self.judgements.overviews.get(&key) {
            return Ok(Some(since(overview.as_ref().clone(), requested)));
        }
        let Some(scan) = self.image_scan(repository, scanning, image)? else { return Ok(None) };
        let numbers = scan.report.map(|report| ScanNumbers {
            completed_at: report.completed_at,
            advisories_built_at: report.advisories_built_at,
            counts: report.counts,
        });
        let overview = ScanOverview { status: scan.status, description: scan.description, numbers };
        if lasting && overview.numbers.is_some() {
            self.judgements.overviews.insert(key, Arc::new(overview.clone()));
        }
        Ok(Some(overview))
    }
}

/// The overview of a scan of the same image that was asked for at another time, maybe in another repository.
fn since(overview: ScanOverview, requested: Timestamp) -> ScanOverview {
    let numbers = overview
        .numbers
        .map(|numbers| ScanNumbers { completed_at: requested.max(numbers.advisories_built_at), ..numbers });
    ScanOverview { numbers, ..overview }
}
