//! Scans as Amazon ECR knows them. Findings are derived whenever somebody asks; what is kept is when a scan of an image was
//! asked for last, and which images of an account are scanned without being asked for.

mod configuration;
mod flaws;
mod outcome;
mod overview;
mod scanned;

use std::time::Duration;

use plimsoll_catalog::{AccountId, ImageRecord, ImageStatus, Repository, ScanRequest, Timestamp, Visibility, Write};
use plimsoll_oci::{Manifest, Reference};

use crate::{Deed, Registry, RegistryError, Requester};

pub use configuration::{
    FrequencyUnsupported, RepositoryScanning, ScanFilter, ScanFrequency, ScanType, ScanningConfiguration, ScanningRule,
};
pub use flaws::{Flaw, SeverityCounts};
pub use outcome::ScanStatus;
pub(crate) use overview::OverviewKey;
pub use overview::{ScanNumbers, ScanOverview};
pub use scanned::{ImageScan, ScanReport};

/// What the settings of an account keep its configuration under.
const CONFIGURATION: &str = "scanning-configuration";
/// How long after a scan was asked for the same image is not scanned again on demand.
const AGAIN_AFTER: Duration = Duration::from_hours(24);

/// Why a scan is not started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanRefused {
    /// The registry scans by itself: its scans are enhanced.
    Enhanced,
    /// The image is in the archive.
    Archived,
    /// It is no image, but an index or some other artifact.
    NotAnImage,
    /// It was scanned less than 24 hours ago.
    TooSoon,
}

impl Registry {
    /// What is scanned in an account's registry, and when.
    pub fn scanning_configuration(&self, account: AccountId) -> Result<ScanningConfiguration, RegistryError> {
        match self.catalog.account_setting(account, CONFIGURATION)? {
            Some(text) => serde_json::from_str(&text).map_err(RegistryError::StoredSetting),
            None => Ok(ScanningConfiguration::default()),
        }
    }

    /// Says what is to be scanned in an account's registry, and when.
    pub async fn set_scanning_configuration(
        &self,
        account: AccountId,
        configuration: &ScanningConfiguration,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let detail = format!("{}, {} rules", configuration.scan_type().as_str(), configuration.rules().len());
        let deed =
            Deed { account, action: "ecr:PutRegistryScanningConfiguration".into(), resource: "*".to_owned(), detail };
        let text = serde_json::to_string(configuration).map_err(RegistryError::StoredSetting)?;
        let cause = requester.cause(deed, None);
        self.catalog.put_account_setting(account, CONFIGURATION, text, Write::Always, cause).await?;
        Ok(())
    }

    /// What is scanned in a repository, and when.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub fn repository_scanning(&self, repository: &Repository) -> Result<RepositoryScanning, RegistryError> {
        let own = self.repository(repository)?.scan_on_push;
        Ok(self.scanning_configuration(repository.account)?.of_repository(&repository.name, own))
    }

    /// Sets whether a repository's images are scanned when they are pushed, whatever the registry says.
    ///
    /// # Errors
    /// [`RegistryError::RepositoryUnknown`] if there is no such repository.
    pub async fn set_scan_on_push(
        &self,
        repository: &Repository,
        scan_on_push: bool,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let detail = if scan_on_push { "on push" } else { "by hand" };
        let cause = requester.cause(Deed::operation(repository, "PutImageScanningConfiguration", detail), None);
        Ok(self.catalog.set_scan_on_push(repository, scan_on_push, cause).await?)
    }

    /// Whether what is pushed to a repository is scanned. Nothing public is.
    pub(crate) fn scan_applies(&self, repository: &Repository) -> Result<bool, RegistryError> {
        if repository.visibility == Visibility::Public {
            return Ok(false);
        }
        let own = self.catalog.repository(repository)?.is_some_and(|record| record.scan_on_push);
        let scanning = self.scanning_configuration(repository.account)?.of_repository(&repository.name, own);
        Ok(scanning.frequency > ScanFrequency::Manual)
    }

    /// Scans an image on demand; the answer within says why not, and then nothing is recorded.
    pub async fn start_image_scan(
        &self,
        repository: &Repository,
        image: &ImageRecord,
        requester: &Requester,
    ) -> Result<Result<(), ScanRefused>, RegistryError> {
        if self.scanning_configuration(repository.account)?.scan_type() == ScanType::Enhanced {
            return Ok(Err(ScanRefused::Enhanced));
        }
        if image.state.status != ImageStatus::Active {
            return Ok(Err(ScanRefused::Archived));
        }
        let stored = self.manifest(repository, &Reference::Digest(image.digest))?;
        if Manifest::parse(&stored.content, &stored.media_type)?.runnable_layers().is_none() {
            return Ok(Err(ScanRefused::NotAnImage));
        }
        let cause = requester.cause(Deed::operation(repository, "StartImageScan", image.digest.to_string()), None);
        let not_since = (!self.config.scan_again_at_once).then(|| before(cause.now, AGAIN_AFTER));
        let request = self.catalog.mark_scan_requested(repository, &image.digest, not_since, cause).await?;
        Ok(match request {
            ScanRequest::Noted => Ok(()),
            ScanRequest::TooSoon { .. } => Err(ScanRefused::TooSoon),
        })
    }
}

fn before(time: Timestamp, duration: Duration) -> Timestamp {
    Timestamp(time.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
}
