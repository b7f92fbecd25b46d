//! The server: its surfaces, their wire shapes, authentication, configuration, and the loop that accepts connections.

mod admin;
mod authentication;
mod authorisation;
mod aws;
pub mod config;
mod ecr;
mod ecr_public;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod http;
mod iam;
mod layers;
mod metrics;
mod oci;
pub mod report;
mod service;
mod state;
mod sts;
mod token;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use plimsoll_outbound::Client;
use plimsoll_outbound::feeds::{self, Sources, UpdateError};
use plimsoll_registry::{FirstAdministrator, LifecycleRun, Registry, RegistryError};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use config::{Config, Tls};
use metrics::Metrics;
use state::State;
use sts::Issuers;

/// How often idle uploads, and what is left of deleted repositories, are looked for.
const HOUSEKEEPING: Duration = Duration::from_hours(1);
/// How often it is written down which images were pulled.
const PULLS: Duration = Duration::from_mins(1);

/// Why a server does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: is another server running there?")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The system's own error.
        #[source]
        source: io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error("cannot use the TLS file {}: {reason}", path.display())]
    Tls {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The keys of an issuer cannot be read.
    #[error("oidc: {}: {reason}", path.display())]
    Oidc {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The registry cannot be opened.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The signal handlers cannot be set up.
    #[error("cannot wait for signals")]
    Signals(#[source] io::Error),
}

/// What a server says when it has begun to listen.
pub struct Started {
    /// The URL it is reached by.
    pub url: String,
    /// The data directory.
    pub data: PathBuf,
    /// The administrator, if this start made it.
    pub first: Option<FirstAdministrator>,
}

/// Runs a server until SIGTERM or SIGINT; `started` is told when it listens.
pub async fn run(config: Config, started: impl FnOnce(Started)) -> Result<(), ServerError> {
    allow_many_connections();
    let tls = config.tls.as_ref().map(acceptor).transpose()?;
    let issuers = issuers(&config)?;
    let listen = |source| ServerError::Listen { address: config.listen, source };
    let listener = TcpListener::bind(config.listen).await.map_err(listen)?;
    let (registry, first) = Registry::open(registry_config(&config)).await?;
    let address = listener.local_addr().map_err(listen)?;
    registry.data().note_address(&address.to_string())?;
    let stop = stop_signal().map_err(ServerError::Signals)?;

    let scheme = if tls.is_some() { "https" } else { "http" };
    let data = registry.data().path().to_owned();
    started(Started { url: format!("{scheme}://{address}"), data, first });

    let state = Arc::new(State {
        registry: registry.clone(),
        account: config.account,
        region: config.region,
        host_suffix: config.host_suffix,
        public_url: config.public_url,
        issuers,
        metrics: Metrics::default(),
    });
    let housekeeping = tokio::spawn(keep_house(registry.clone()));
    let pulls = tokio::spawn(record_pulls(registry.clone()));
    let expiry = tokio::spawn(expire_images(registry.clone(), config.lifecycle_interval));
    let feeds = config.feed.and_then(|feed| Some((feed.sources, feed.interval?)));
    let updates = feeds.map(|(sources, interval)| tokio::spawn(update_advisories(config.data, sources, interval)));
    let answer = move |connection, request| service::answer(Arc::clone(&state), connection, request);
    http::serve(listener, tls, answer, stop).await;
    housekeeping.abort();
    pulls.abort();
    expiry.abort();
    updates.inspect(tokio::task::JoinHandle::abort);
    registry.close().await;
    Ok(())
}

/// Checks what a configuration names and its own check cannot see: the TLS files, and the keys of issuers.
pub fn check(config: &Config) -> Result<(), ServerError> {
    config.tls.as_ref().map(acceptor).transpose()?;
    issuers(config).map(drop)
}

fn issuers(config: &Config) -> Result<Issuers, ServerError> {
    Issuers::open(&config.oidc).map_err(|(path, error)| ServerError::Oidc { path, reason: error.to_string() })
}

/// Every connection and every open blob is a file descriptor, and the usual limit is a thousand.
fn allow_many_connections() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    if let Err(error) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%error, "the limit of open files stays low");
    }
}

fn registry_config(config: &Config) -> plimsoll_registry::Config {
    plimsoll_registry::Config {
        data: config.data.clone(),
        account: config.account,
        region: config.region.clone(),
        anonymous_pull: config.anonymous_pull.clone(),
        create_on_push: config.create_on_push,
        accept_same_push: config.accept_same_push,
        sparse: config.sparse,
        scan_again_at_once: config.scan_again_at_once,
        vex_referrers: config.vex_referrers.clone(),
        severity_order: config.severity_order,
        gates: config.gates.clone(),
        budget: plimsoll_registry::Budget::default(),
    }
}

/// Writes down every minute which images were pulled.
async fn record_pulls(registry: Registry) {
    let mut minute = tokio::time::interval(PULLS);
    loop {
        minute.tick().await;
        if let Err(error) = registry.record_pulls().await {
            tracing::error!(%error, "pulls could not be recorded");
        }
    }
}

async fn keep_house(registry: Registry) {
    let mut hour = tokio::time::interval(HOUSEKEEPING);
    loop {
        hour.tick().await;
        if let Err(error) = registry.purge_deleted_repositories().await {
            tracing::error!(%error, "deleted repositories could not be emptied");
        }
        match registry.remove_idle_uploads().await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(removed, "idle uploads were removed"),
            Err(error) => tracing::error!(%error, "idle uploads could not be removed"),
        }
    }
}

/// Carries out the lifecycle policies, at the start and then again and again.
async fn expire_images(registry: Registry, interval: Duration) {
    let mut due = tokio::time::interval(interval);
    due.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        due.tick().await;
        match registry.carry_out_lifecycle_policies().await {
            Ok(LifecycleRun { expired: 0, archived: 0, .. }) => {}
            Ok(LifecycleRun { expired, archived, .. }) => {
                tracing::info!(expired, archived, "lifecycle policies were carried out");
            }
            Err(error) => tracing::error!(%error, "lifecycle policies could not be carried out"),
        }
    }
}

/// Fetches advisories and puts them in force, at the start and then again and again. What goes wrong is tried again then.
async fn update_advisories(data: PathBuf, sources: Sources, interval: Duration) {
    let (data, sources) = (Arc::new(data), Arc::new(sources));
    let mut due = tokio::time::interval(interval);
    due.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        due.tick().await;
        let (data, sources) = (Arc::clone(&data), Arc::clone(&sources));
        let update = move || {
            let client = Client::new().map_err(UpdateError::Fetch)?;
            feeds::update(&client, &sources, &data, &mut |_| {})
        };
        match tokio::task::spawn_blocking(update).await {
            Ok(Ok(update)) => {
                for (feed, error) in &update.fetched.failed {
                    tracing::error!(feed, %error, "advisories could not be fetched");
                }
                tracing::info!(fetched = %update.fetched, "advisories were looked for");
            }
            Ok(Err(error)) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::error!(%error, cause, "advisories could not be updated");
            }
            Err(error) => tracing::error!(%error, "the update of advisories ended too early"),
        }
    }
}

fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
    })
}

fn acceptor(tls: &Tls) -> Result<TlsAcceptor, ServerError> {
    let failed = |path: &Path, reason: String| ServerError::Tls { path: path.to_owned(), reason };
    let chain = CertificateDer::pem_file_iter(&tls.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| failed(&tls.certificate, error.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|error| failed(&tls.key, error.to_string()))?;
    let config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|error| failed(&tls.certificate, error.to_string()))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
