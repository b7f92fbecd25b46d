//! The verbs of the registry: push, pull, list, delete, scan, judge, explain. The only door through which state changes;
//! every surface calls the same verb.

mod access;
mod analysis;
mod data;
mod delete;
mod error;
mod expire;
pub mod feeds;
mod history;
mod identity;
mod images;
mod judge;
mod layers;
mod list;
pub mod local;
pub mod moment;
mod pull;
mod push;
mod repositories;
mod requester;
pub mod scan;
mod scanning;
mod settings;
mod statements;
mod tagging;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use plimsoll_advisories::SeverityOrder;
use plimsoll_catalog::Catalog;
use plimsoll_iam::{Caller, Context, Named};
use plimsoll_oci::RepositoryPattern;
use plimsoll_rules::Gate;
use plimsoll_store::Store;

use access::Access;
use analysis::Analysis;
use expire::Previews;
use feeds::AdvisorySet;
use images::Pulls;
use judge::Judgements;
use layers::Uploads;

pub use access::{On, Ruling, action, registry_arn, repository_arn, service};
pub use analysis::AnalysisStatistics;
pub use data::{DataDirectory, FirstAdministrator};
pub use error::{Missing, RegistryError};
pub use expire::{LifecycleRun, Pick, Preview, PreviewStatus};
pub use history::PastImage;
pub use identity::{BegunSession, Identities};
pub use images::PutImage;
pub use judge::{Explanation, ImageReport, LayerName, Refusal};
pub use layers::{LayerPart, LayerRecord};
pub use plimsoll_catalog::{
    Account, AccountId, Deleted, Encryption, ImageCursor, ImageFilter, ImageId, ImagePosition, ImageRecord, ImageState,
    ImageStatus, ListedImage, ListedReferrer, NewRepository, NoImage, NotDeleted, Referrer, Repository,
    RepositoryRecord, Statistics as CatalogStatistics, StoredManifest, TagChange, TagFilter, TagFilterError,
    TagMutability, TaggedImage, Timestamp, VexDocument, Visibility,
};
pub use plimsoll_image::Budget;
pub use plimsoll_rules::lifecycle::{Action as LifecycleAction, PolicyError as LifecyclePolicyError, StorageClass};
pub use plimsoll_store::Blob;
pub use push::{Body, BodyError, Declared, PushedManifest, PutManifest};
pub use requester::{Deed, Requester};
pub use scanning::{
    Flaw, FrequencyUnsupported, ImageScan, RepositoryScanning, ScanFilter, ScanFrequency, ScanNumbers, ScanOverview,
    ScanRefused, ScanReport, ScanStatus, ScanType, ScanningConfiguration, ScanningRule, SeverityCounts,
};
pub use settings::{CatalogData, CreationTemplate, NamedTemplate, PublicRegistry, PullTimeExclusion, Scenario, Switch};
pub use statements::{AddedException, AddedVexDocument};
pub use tagging::{KeptReason, KeptTag, Tagged, Wanted};

/// How long an upload may lie idle before it is removed.
const UPLOAD_IDLE: Duration = Duration::from_hours(24 * 7);

/// What a registry is made from.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything is kept.
    pub data: PathBuf,
    /// The account whose repositories are meant where a request names none.
    pub account: AccountId,
    /// The region, as it stands in ARNs.
    pub region: String,
    /// The repositories anyone may pull from.
    pub anonymous_pull: Vec<RepositoryPattern>,
    /// Whether a push makes the repository it is for.
    pub create_on_push: bool,
    /// Whether a push of the same manifest under the same immutable tag succeeds.
    pub accept_same_push: bool,
    /// Whether a manifest may name blobs, and an index manifests, that the repository does not have.
    pub sparse: bool,
    /// Whether an image may be scanned again on demand less than 24 hours after its last scan.
    pub scan_again_at_once: bool,
    /// The repositories whose images' VEX referrers are believed.
    pub vex_referrers: Vec<RepositoryPattern>,
    /// Whom to believe how bad a flaw is.
    pub severity_order: SeverityOrder,
    /// The gates at pull.
    pub gates: Vec<Gate>,
    /// What the analysis of one layer may cost.
    pub budget: Budget,
}

/// A registry. Cheap to clone.
#[derive(Clone)]
pub struct Registry {
    config: Arc<Config>,
    data: Arc<DataDirectory>,
    store: Store,
    catalog: Arc<Catalog>,
    advisories: Arc<AdvisorySet>,
    analysis: Analysis,
    judgements: Arc<Judgements>,
    pulls: Arc<Pulls>,
    uploads: Arc<Uploads>,
    identities: Identities,
    access: Arc<Access>,
    exclusions: Arc<settings::Exclusions>,
    previews: Arc<Previews>,
    remembered: Arc<statements::Remembered>,
}

impl Registry {
    /// Opens the registry of a data directory, and makes the first administrator where there is none. Takes the same time
    /// whatever the store holds.
    pub async fn open(config: Config) -> Result<(Self, Option<FirstAdministrator>), RegistryError> {
        let data = DataDirectory::open(&config.data)?;
        let store = Store::open(data.path())?;
        let catalog = Arc::new(Catalog::open(&data.path().join("catalog.sqlite"))?);
        let master = data.master_key(&catalog)?;
        let identities = Identities::new(Arc::clone(&catalog), master);
        let lacking = identities.lacks_administrator(config.account)?;
        let first = lacking.then(|| data.first_administrator(identities.master())).transpose()?;
        identities.ensure_administrator(config.account, first.as_ref().map(|first| &first.id)).await?;
        let access = Access::new(Arc::clone(&catalog), config.region.clone(), config.anonymous_pull.clone());
        let registry = Self {
            advisories: Arc::new(AdvisorySet::open(data.path())),
            analysis: Analysis::new(store.clone(), Arc::clone(&catalog), config.budget.clone()),
            judgements: Arc::default(),
            pulls: Arc::default(),
            uploads: Arc::default(),
            identities,
            access: Arc::new(access),
            exclusions: Arc::default(),
            previews: Arc::default(),
            remembered: Arc::default(),
            config: Arc::new(config),
            data: Arc::new(data),
            store,
            catalog,
        };
        Ok((registry, first))
    }

    /// The data directory.
    pub fn data(&self) -> &DataDirectory {
        &self.data
    }

    /// Who callers are.
    pub fn identities(&self) -> &Identities {
        &self.identities
    }

    /// Whether `caller` may do `action` on something; `context` tells what else is known of the request, and
    /// is asked only if a policy makes that matter.
    ///
    /// The answer does not depend on whether that something exists.
    pub fn decide<'a>(
        &self,
        caller: &'a Caller,
        action: &'a str,
        on: On<'_>,
        context: &dyn Fn() -> Context,
    ) -> Result<Ruling<'a>, RegistryError> {
        self.access.decide(caller, action, on, context)
    }

    /// What [`Self::decide`] would say if `policy` were the policy of the repository.
    pub fn decide_under<'a>(
        &self,
        caller: &'a Caller,
        action: &'a str,
        repository: &Repository,
        context: &dyn Fn() -> Context,
        policy: Named,
    ) -> Result<Ruling<'a>, RegistryError> {
        self.access.decide_under(caller, action, On::Repository(repository), context, Some(policy))
    }

    /// Whether there is anything that callers who do not say who they are may pull by the configuration.
    pub fn anyone_may_pull(&self) -> bool {
        self.access.anyone_may_pull()
    }

    /// What the catalog has done since the start.
    pub fn catalog_statistics(&self) -> CatalogStatistics {
        self.catalog.statistics()
    }

    /// What the analyser has done since the start, and has to do.
    pub fn analysis_statistics(&self) -> AnalysisStatistics {
        self.analysis.statistics()
    }

    /// Removes uploads nobody has gone on with for a week. How many.
    pub async fn remove_idle_uploads(&self) -> Result<usize, RegistryError> {
        let store = self.store.clone();
        push::blocking(move || Ok(store.remove_idle_uploads(SystemTime::now(), UPLOAD_IDLE)?)).await
    }

    /// How many upload sessions this process knows of.
    pub fn open_uploads(&self) -> usize {
        self.store.open_uploads()
    }

    /// When the advisories in force were put together, in seconds since the Unix epoch.
    pub fn advisories_built_at(&self) -> Option<i64> {
        let generation = self.advisories.current().ok()??;
        Some(generation.index().info().built_at.unix_seconds())
    }

    /// Whether the catalog and the advisories can be read.
    pub fn check(&self) -> Result<(), RegistryError> {
        self.catalog.any_access_key()?;
        self.advisories.current()?;
        Ok(())
    }

    /// Finishes what was asked for and closes the catalog.
    pub async fn close(&self) {
        if let Err(error) = self.record_pulls().await {
            tracing::warn!(%error, "the last pulls were not recorded");
        }
        self.catalog.close().await;
    }
}

/// The time by the system's clock.
fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}
