//! The configuration: file, then environment, then flags, resolved once into one plain struct.

mod file;

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use plimsoll_advisories::SeverityOrder;
use plimsoll_oci::RepositoryPattern;
use plimsoll_outbound::feeds::Sources;
use plimsoll_registry::AccountId;
use plimsoll_rules::{Gate, OnUnknown};

use file::ConfigFile;

/// The address served where none is configured.
const DEFAULT_LISTEN: &str = "127.0.0.1:5000";
/// The account of a registry that serves one.
const DEFAULT_ACCOUNT: &str = "000000000000";
/// The region of a registry that names none.
const DEFAULT_REGION: &str = "us-east-1";
/// How often lifecycle policies are carried out where nothing says so.
const DEFAULT_LIFECYCLE_INTERVAL: u32 = 60 * 60;

/// What a server runs with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data directory.
    pub data: PathBuf,
    /// The address to listen on; port 0 lets the system choose one.
    pub listen: SocketAddr,
    /// The URL clients reach the server by, where it is not what they send as `Host`.
    pub public_url: Option<String>,
    /// The account whose repositories are served.
    pub account: AccountId,
    /// The region, as it stands in ARNs and in the scope of request signatures.
    pub region: String,
    /// What registry host names end with: `<account>.dkr.ecr.<region>.<suffix>`. None where clients reach the server by its
    /// address alone.
    pub host_suffix: Option<String>,
    /// Whether a push makes the repository it is for, if the pusher may make it.
    pub create_on_push: bool,
    /// Whether a push of the same manifest under the same immutable tag succeeds; Amazon ECR refuses it.
    pub accept_same_push: bool,
    /// Whether a manifest may name blobs, and an index manifests, that their repository does not have.
    pub sparse: bool,
    /// Whether an image may be scanned again on demand less than 24 hours after its last scan; Amazon ECR refuses it.
    pub scan_again_at_once: bool,
    /// Whom to believe how bad a flaw is.
    pub severity_order: SeverityOrder,
    /// The certificate chain and its key, both PEM; none serves plain HTTP.
    pub tls: Option<Tls>,
    /// The repositories anyone may pull from.
    pub anonymous_pull: Vec<RepositoryPattern>,
    /// The repositories whose images' VEX referrers are believed.
    pub vex_referrers: Vec<RepositoryPattern>,
    /// The gates at pull.
    pub gates: Vec<Gate>,
    /// How often the lifecycle policies of repositories are carried out; at least a second.
    pub lifecycle_interval: Duration,
    /// The issuers whose tokens may stand for web identities.
    pub oidc: Vec<Oidc>,
    /// Where advisories come from by `plimsoll db update`, and by the server itself if it is told how often.
    pub feed: Option<Feed>,
    /// How log lines are written.
    pub log: Log,
}

/// Files of a TLS identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// The certificate chain, PEM, leaf first.
    pub certificate: PathBuf,
    /// The private key, PEM.
    pub key: PathBuf,
}

/// An issuer of `OpenID` Connect tokens, by which roles can be assumed without a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Oidc {
    /// The issuer's URL, exactly as its tokens name it.
    pub issuer: String,
    /// The audiences its tokens may be for.
    pub audiences: Vec<String>,
    /// The file with its keys, a JSON Web Key Set.
    pub jwks: PathBuf,
}

/// Where advisories come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// What is fetched, and where from.
    pub sources: Sources,
    /// How often the server fetches it, at least a minute; none where it does not.
    pub interval: Option<Duration>,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Log {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What flags and environment say; each wins over the file.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--data`, `PLIMSOLL_DATA`
    pub data: Option<PathBuf>,
    /// `--listen`, `PLIMSOLL_LISTEN`
    pub listen: Option<String>,
    /// `--config`, `PLIMSOLL_CONFIG`
    pub config: Option<PathBuf>,
}

/// Why there is no configuration to run with.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's own error.
        #[source]
        source: std::io::Error,
    },
    /// The file is not TOML, or has a key or value that the configuration does not know.
    #[error("the configuration file {} is not valid:\n{reason}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the line.
        reason: Box<toml::de::Error>,
    },
    /// A value breaks a rule.
    #[error("{key}: {reason}")]
    Value {
        /// The key, such as `gates.no-critical.severity`.
        key: String,
        /// The rule it breaks.
        reason: String,
    },
}

impl ConfigError {
    fn value(key: impl Into<String>, reason: impl ToString) -> Self {
        Self::Value { key: key.into(), reason: reason.to_string() }
    }
}

impl Config {
    /// Resolves the configuration from a file, if one is named, and what overrides it.
    pub fn load(overrides: &Overrides, default_data: &Path) -> Result<Self, ConfigError> {
        let file = overrides.config.as_deref().map_or_else(|| Ok(ConfigFile::default()), ConfigFile::read)?;
        Self::resolve(file, overrides, default_data)
    }

    fn resolve(file: ConfigFile, overrides: &Overrides, default_data: &Path) -> Result<Self, ConfigError> {
        let listen = overrides.listen.clone().or(file.listen).unwrap_or_else(|| DEFAULT_LISTEN.to_owned());
        let listen = listen
            .parse()
            .map_err(|_| ConfigError::value("listen", "must be an address and a port, such as 127.0.0.1:5000"))?;
        let account = file.account.unwrap_or_else(|| DEFAULT_ACCOUNT.to_owned());
        let account = account.parse().map_err(|error| ConfigError::value("account", error))?;
        Ok(Self {
            data: overrides.data.clone().or(file.data).unwrap_or_else(|| default_data.to_owned()),
            listen,
            public_url: file.public_url.map(public_url).transpose()?,
            account,
            region: file.region.map_or_else(|| Ok(DEFAULT_REGION.to_owned()), region)?,
            host_suffix: file.host_suffix.map(host_suffix).transpose()?,
            create_on_push: file.repositories.create_on_push,
            accept_same_push: file.repositories.accept_same_push,
            sparse: file.sparse,
            scan_again_at_once: file.scanning.again_at_once,
            severity_order: file.scanning.severity_order()?,
            tls: file.tls.map(|tls| Tls { certificate: tls.certificate, key: tls.key }),
            anonymous_pull: patterns("anonymous.pull", &file.anonymous.pull)?,
            vex_referrers: patterns("vex.referrers", &file.vex.referrers)?,
            gates: file::gates(file.gates, account)?,
            lifecycle_interval: lifecycle_interval(file.lifecycle.interval_seconds)?,
            oidc: file::oidc(file.oidc)?,
            feed: file.feed.map(file::feed).transpose()?,
            log: if file.log.format == file::LogFormat::Json { Log::Json } else { Log::Text },
        })
    }
}

fn patterns(key: &str, written: &[String]) -> Result<Vec<RepositoryPattern>, ConfigError> {
    let read = written.iter().map(|pattern| pattern.parse()).collect::<Result<_, _>>();
    read.map_err(|error| ConfigError::value(key, error))
}

/// The configuration as a file that would give it again.
impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |patterns: &[RepositoryPattern]| patterns.iter().map(ToString::to_string).collect::<Vec<_>>();
        writeln!(f, "data = {:?}\nlisten = \"{}\"", text(&self.data), self.listen)?;
        if let Some(url) = &self.public_url {
            writeln!(f, "public_url = {url:?}")?;
        }
        writeln!(f, "account = \"{}\"\nregion = {:?}\nsparse = {}", self.account, self.region, self.sparse)?;
        if let Some(suffix) = &self.host_suffix {
            writeln!(f, "host_suffix = {suffix:?}")?;
        }
        writeln!(f, "\n[repositories]\ncreate_on_push = {}", self.create_on_push)?;
        writeln!(f, "accept_same_push = {}", self.accept_same_push)?;
        writeln!(f, "\n[scanning]\nagain_at_once = {}", self.scan_again_at_once)?;
        let order = self.severity_order.to_string();
        writeln!(f, "severity_order = {:?}", order.split(',').collect::<Vec<_>>())?;
        writeln!(f, "\n[anonymous]\npull = {:?}", list(&self.anonymous_pull))?;
        writeln!(f, "\n[vex]\nreferrers = {:?}", list(&self.vex_referrers))?;
        writeln!(f, "\n[lifecycle]\ninterval_seconds = {}", self.lifecycle_interval.as_secs())?;
        writeln!(f, "\n[log]\nformat = \"{}\"", if self.log == Log::Json { "json" } else { "text" })?;
        if let Some(tls) = &self.tls {
            writeln!(f, "\n[tls]\ncertificate = {:?}\nkey = {:?}", text(&tls.certificate), text(&tls.key))?;
        }
        if let Some(feed) = &self.feed {
            let Sources { url, ecosystems, lists, mirror } = &feed.sources;
            let lists = lists.iter().map(ToString::to_string).collect::<Vec<_>>();
            writeln!(f, "\n[feed]")?;
            if let Some(url) = url {
                writeln!(f, "url = {url:?}\necosystems = {ecosystems:?}")?;
            }
            writeln!(f, "lists = {lists:?}")?;
            mirror.as_ref().map_or(Ok(()), |mirror| writeln!(f, "mirror = {mirror:?}"))?;
            let interval = feed.interval.map(|interval| interval.as_secs());
            interval.map_or(Ok(()), |seconds| writeln!(f, "interval_seconds = {seconds}"))?;
        }
        for oidc in &self.oidc {
            writeln!(f, "\n[[oidc]]\nissuer = {:?}", oidc.issuer)?;
            writeln!(f, "audiences = {:?}\njwks = {:?}", oidc.audiences, text(&oidc.jwks))?;
        }
        for gate in &self.gates {
            writeln!(f, "\n[[gates]]\nname = {:?}\nrepositories = {:?}", gate.name, list(&gate.repositories))?;
            writeln!(f, "severity = \"{}\"", gate.severity.as_str().to_lowercase())?;
            writeln!(f, "only_fixable = {}\ngrace_days = {}", gate.only_fixable, gate.grace_days)?;
            writeln!(f, "unknown = \"{}\"\nunrated = \"{}\"", word(gate.unknown), word(gate.unrated))?;
            writeln!(f, "exempt = {:?}", gate.exempt)?;
        }
        Ok(())
    }
}

fn text(path: &Path) -> std::borrow::Cow<'_, str> {
    path.to_string_lossy()
}

fn word(on_unknown: OnUnknown) -> &'static str {
    match on_unknown {
        OnUnknown::Deny => "deny",
        OnUnknown::Warn => "warn",
        OnUnknown::Allow => "allow",
    }
}

fn lifecycle_interval(seconds: Option<u32>) -> Result<Duration, ConfigError> {
    match seconds.unwrap_or(DEFAULT_LIFECYCLE_INTERVAL) {
        0 => Err(ConfigError::value("lifecycle.interval_seconds", "must be at least 1")),
        seconds => Ok(Duration::from_secs(seconds.into())),
    }
}

fn region(region: String) -> Result<String, ConfigError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !region.is_empty() && region.len() <= 32 && region.bytes().all(plain) {
        Ok(region)
    } else {
        Err(ConfigError::value(
            "region",
            "must be 1 to 32 lower-case letters, digits and hyphens, such as eu-central-1",
        ))
    }
}

fn host_suffix(suffix: String) -> Result<String, ConfigError> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b':');
    if !suffix.is_empty() && suffix.len() <= 200 && suffix.bytes().all(plain) {
        Ok(suffix)
    } else {
        Err(ConfigError::value("host_suffix", "must be the end of a host name in lower case, such as registry.example"))
    }
}

fn public_url(url: String) -> Result<String, ConfigError> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['"', ' ']) => Ok(url.trim_end_matches('/').to_owned()),
        _ => Err(ConfigError::value("public_url", "must begin with http:// or https://")),
    }
}

#[cfg(test)]
mod tests;
