//! The verbs of the registry: push, pull, list, delete, scan, judge, explain. The only door through which state changes;
//! every surface calls the same verb.

mod analysis;
mod data;
mod delete;
mod error;
pub mod feeds;
mod judge;
mod list;
mod pull;
mod push;
pub mod scan;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use plimsoll_catalog::{Catalog, Timestamp};
use plimsoll_iam::{AccessKeyId, MasterKey, Principal, User};

use plimsoll_rules::Gate;
use plimsoll_store::Store;
use quick_cache::sync::Cache;

use analysis::Analysis;
use feeds::AdvisorySet;
use judge::Judgements;

pub use analysis::AnalysisStatistics;
pub use data::{DataDirectory, FirstAdministrator};
pub use error::{Missing, RegistryError};
pub use judge::{Explanation, ImageReport, LayerName, Refusal};
pub use plimsoll_catalog::{AccountId, Referrer, Repository, Statistics as CatalogStatistics, StoredManifest};
pub use plimsoll_image::Budget;
pub use push::{Body, BodyError, Declared, PushedManifest, PutManifest};

/// How long an upload may lie idle before it is removed.
const UPLOAD_IDLE: Duration = Duration::from_hours(24 * 7);

/// How many access keys are remembered, and how long.
const PRINCIPALS: usize = 1000;
const PRINCIPAL_KEPT: Duration = Duration::from_secs(1);

/// What a registry is made from.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where everything is kept.
    pub data: PathBuf,
    /// The account whose repositories are meant where a request names none.
    pub account: AccountId,
    /// Whether a manifest may name blobs, and an index manifests, that the repository does not have.
    pub sparse: bool,
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
    /// The access keys that were in force when the catalog was last asked.
    principals: Arc<Cache<AccessKeyId, Instant>>,
}

impl Registry {
    /// Opens the registry of a data directory, and makes the first administrator where there is none. Takes the same time
    /// whatever the store holds.
    pub async fn open(config: Config) -> Result<(Self, MasterKey, Option<FirstAdministrator>), RegistryError> {
        let data = DataDirectory::open(&config.data)?;
        let store = Store::open(data.path())?;
        let catalog = Arc::new(Catalog::open(&data.path().join("catalog.sqlite"))?);
        let master = data.master_key(&catalog)?;
        let first = data.first_administrator(&catalog, &master).await?;
        let registry = Self {
            advisories: Arc::new(AdvisorySet::open(data.path())),
            analysis: Analysis::new(store.clone(), Arc::clone(&catalog), config.budget.clone()),
            judgements: Arc::default(),
            principals: Arc::new(Cache::new(PRINCIPALS)),
            config: Arc::new(config),
            data: Arc::new(data),
            store,
            catalog,
        };
        Ok((registry, master, first))
    }

    /// The data directory.
    pub fn data(&self) -> &DataDirectory {
        &self.data
    }

    /// Whose access key this is; `None` if there is no such key or it is disabled. That a key was disabled is heard of
    /// within a second.
    pub fn principal(&self, id: &AccessKeyId) -> Result<Option<Principal>, RegistryError> {
        if self.principals.get(id).is_some_and(|seen| seen.elapsed() < PRINCIPAL_KEPT) {
            return Ok(Some(self.administrator()));
        }
        let key = self.catalog.access_key(id.as_str())?.filter(|key| key.disabled_at.is_none());
        if key.is_some() {
            self.principals.insert(id.clone(), Instant::now());
        }
        Ok(key.map(|_| self.administrator()))
    }

    fn administrator(&self) -> Principal {
        let name = data::ADMINISTRATOR.to_owned();
        Principal::User(User { account: self.config.account, path: "/".to_owned(), name, id: String::new() })
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
        self.catalog.close().await;
    }
}

/// The time by the system's clock.
fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}
