//! What a scan of one image says at present.

use std::sync::Arc;

use plimsoll_advisories::Finding;
use plimsoll_catalog::{ImageId, ImageRecord, ImageStatus, Repository, StoredManifest, Timestamp};
use plimsoll_inventory::Distribution;
use plimsoll_oci::{Content, Digest, ImageConfig, Manifest, Reference};

use super::configuration::{RepositoryScanning, ScanFrequency, ScanType};
use super::flaws::{SeverityCounts, count};
use super::outcome::{ScanStatus, settle};
use crate::judge::{Judged, Known, Present};
use crate::{Registry, RegistryError};

/// A scan of an image.
#[derive(Clone, Debug)]
pub struct ImageScan {
    /// Which packages it looks at.
    pub scan_type: ScanType,
    /// How far it has come.
    pub status: ScanStatus,
    /// The same as a sentence, with what may be missing.
    pub description: String,
    /// What it says; none unless it is complete or active.
    pub report: Option<ScanReport>,
}

/// What a scan says.
#[derive(Clone, Debug)]
pub struct ScanReport {
    /// The image that was looked at; of an index, the one for the usual platform.
    pub image: ImageRecord,
    /// Since when the findings are these: since the scan, or the advisories if they are newer.
    pub completed_at: Timestamp,
    /// When the advisories were put together.
    pub advisories_built_at: Timestamp,
    /// The image's configuration.
    pub config: ImageConfig,
    /// The layers as they are transferred, base first.
    pub layers: Vec<Digest>,
    /// The image's distribution.
    pub distribution: Option<Distribution>,
    /// What is wrong with the packages looked at, the worst first.
    pub findings: Vec<Finding>,
    /// How many findings there are of each severity; in enhanced scans flaws.
    pub counts: SeverityCounts,
}

/// Since when somebody wants to know of an image; `None` if nobody does.
pub(super) fn requested(scanning: &RepositoryScanning, image: &ImageRecord) -> Option<Timestamp> {
    // What is scanned all the time is scanned whenever it came.
    let continuous = scanning.frequency == ScanFrequency::ContinuousScan;
    image.state.scan_requested_at.or(continuous.then_some(image.pushed_at))
}

impl Registry {
    /// The scan of an image of a repository where `scanning` holds; none if none was asked for. Does not wait for an analysis
    /// that runs.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository; [`RegistryError::ManifestUnknown`] if it does not
    /// hold the image any more.
    pub fn image_scan(
        &self,
        repository: &Repository,
        scanning: &RepositoryScanning,
        image: &ImageRecord,
    ) -> Result<Option<ImageScan>, RegistryError> {
        let scan_type = scanning.scan_type;
        let Some(requested) = requested(scanning, image) else { return Ok(None) };
        let without = |status, description: &str| {
            Ok(Some(ImageScan { scan_type, status, description: description.to_owned(), report: None }))
        };
        if image.state.status != ImageStatus::Active {
            return without(ScanStatus::ImageArchived, "The image is archived.");
        }
        let stored = match self.looked_at(repository, image, scan_type)? {
            Ok(stored) => stored,
            Err((status, description)) => return without(status, description),
        };
        let present = self.present()?;
        let judged = match self.known(repository, &stored, &present)? {
            Known::Judged(judged) => judged,
            Known::Incomplete(_) => {
                return without(
                    ScanStatus::Failed,
                    "The scan failed: the registry does not hold all layers of the image.",
                );
            }
            Known::Pending => return without(ScanStatus::InProgress, "The image is still being analysed."),
            Known::NotAnImage => return without(ScanStatus::UnsupportedImage, NOT_AN_IMAGE),
        };
        let (status, description) = settle(scan_type, scanning.frequency, &judged.inventory, &judged.judgement);
        let report = match status {
            ScanStatus::Complete | ScanStatus::Active => {
                Some(self.scan_report(repository, image, &stored, &judged, &present, (scan_type, requested))?)
            }
            _ => None,
        };
        Ok(Some(ImageScan { scan_type, status, description, report }))
    }

    /// The manifest of the image that a scan looks at, or why there is none.
    fn looked_at(
        &self,
        repository: &Repository,
        image: &ImageRecord,
        scan_type: ScanType,
    ) -> Result<Result<Arc<StoredManifest>, (ScanStatus, &'static str)>, RegistryError> {
        let reference = Reference::Digest(image.digest);
        let stored = self.manifest(repository, &reference)?;
        let manifest = Manifest::parse(&stored.content, &stored.media_type)?;
        match manifest.content {
            Content::Image { .. } => Ok(Ok(stored)),
            Content::Index(_) if scan_type == ScanType::Basic => {
                Ok(Err((ScanStatus::UnsupportedImage, "UnsupportedImageError: basic scans do not look into indexes.")))
            }
            Content::Index(_) => match self.image(repository, &reference) {
                Ok(child) => Ok(Ok(child)),
                Err(RegistryError::ManifestUnknown) => Ok(Err((
                    ScanStatus::Failed,
                    "The scan failed: the registry does not hold the images of the index.",
                ))),
                Err(error) => Err(error),
            },
        }
    }

    fn scan_report(
        &self,
        repository: &Repository,
        asked: &ImageRecord,
        stored: &StoredManifest,
        judged: &Judged,
        present: &Present,
        (scan_type, requested): (ScanType, Timestamp),
    ) -> Result<ScanReport, RegistryError> {
        let image = if asked.digest == stored.digest {
            asked.clone()
        } else {
            let id = ImageId { digest: Some(stored.digest), tag: None };
            self.image_by_id(repository, &id)?.map_err(|_| RegistryError::ManifestUnknown)?
        };
        let built_at =
            present.generation.as_ref().map_or(0, |generation| generation.index().info().built_at.unix_seconds());
        let advisories_built_at = Timestamp(built_at.saturating_mul(1000));
        let manifest = Manifest::parse(&stored.content, &stored.media_type)?;
        let config = match &manifest.content {
            Content::Image { config, .. } => self.image_config(&config.digest)?,
            Content::Index(_) => ImageConfig::default(),
        };
        let wanted =
            |finding: &&Finding| scan_type == ScanType::Enhanced || finding.package.package.kind.is_of_system();
        let findings: Vec<Finding> = judged.judgement.findings.iter().filter(wanted).cloned().collect();
        Ok(ScanReport {
            image,
            completed_at: requested.max(advisories_built_at),
            advisories_built_at,
            config,
            layers: manifest.layers().iter().map(|layer| layer.digest).collect(),
            distribution: judged.inventory.distribution.clone(),
            counts: count(scan_type, findings.iter()),
            findings,
        })
    }
}

const NOT_AN_IMAGE: &str = "UnsupportedImageError: this is not a container image.";
