//! The configuration file, as it is written. Unknown keys are errors.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use plimsoll_advisories::SeverityOrder;
use plimsoll_outbound::feeds::Sources;
use plimsoll_registry::AccountId;
use plimsoll_rules::{Gate, OnUnknown};
use serde::Deserialize;

use super::{ConfigError, Feed, Oidc};

/// The largest configuration file, in bytes.
const MAX_FILE: u64 = 1 << 20;
/// The least number of seconds between two fetches of advisories.
const LEAST_FEED_INTERVAL: u32 = 60;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ConfigFile {
    pub(super) data: Option<PathBuf>,
    pub(super) listen: Option<String>,
    pub(super) public_url: Option<String>,
    pub(super) account: Option<String>,
    pub(super) region: Option<String>,
    pub(super) host_suffix: Option<String>,
    pub(super) repositories: RepositoriesTable,
    pub(super) scanning: ScanningTable,
    pub(super) sparse: bool,
    pub(super) tls: Option<TlsTable>,
    pub(super) anonymous: AnonymousTable,
    pub(super) vex: VexTable,
    pub(super) gates: Vec<GateTable>,
    pub(super) lifecycle: LifecycleTable,
    pub(super) oidc: Vec<OidcTable>,
    pub(super) feed: Option<FeedTable>,
    pub(super) log: LogTable,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TlsTable {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RepositoriesTable {
    pub(super) create_on_push: bool,
    pub(super) accept_same_push: bool,
}

impl Default for RepositoriesTable {
    fn default() -> Self {
        Self { create_on_push: true, accept_same_push: false }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ScanningTable {
    pub(super) again_at_once: bool,
    severity_order: Vec<String>,
}

impl ScanningTable {
    pub(super) fn severity_order(&self) -> Result<SeverityOrder, ConfigError> {
        let order = SeverityOrder::of_words(self.severity_order.iter().map(String::as_str));
        order.map_err(|error| ConfigError::value("scanning.severity_order", error))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AnonymousTable {
    pub(super) pull: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct VexTable {
    pub(super) referrers: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LifecycleTable {
    pub(super) interval_seconds: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OidcTable {
    issuer: String,
    audiences: Vec<String>,
    jwks: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FeedTable {
    url: Option<String>,
    ecosystems: Vec<String>,
    lists: Vec<String>,
    mirror: Option<String>,
    interval_seconds: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LogTable {
    pub(super) format: LogFormat,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum LogFormat {
    #[default]
    Text,
    Json,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GateTable {
    name: String,
    repositories: Vec<String>,
    severity: String,
    #[serde(default)]
    only_fixable: bool,
    #[serde(default)]
    grace_days: u32,
    #[serde(default)]
    unknown: Option<OnUnknownWord>,
    #[serde(default)]
    unrated: Option<OnUnknownWord>,
    #[serde(default = "administrator")]
    exempt: Vec<String>,
}

/// Who must be able to look inside a refused image, unless the gate says otherwise.
fn administrator() -> Vec<String> {
    vec!["administrator".to_owned()]
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OnUnknownWord {
    Deny,
    Warn,
    Allow,
}

impl From<OnUnknownWord> for OnUnknown {
    fn from(word: OnUnknownWord) -> Self {
        match word {
            OnUnknownWord::Deny => Self::Deny,
            OnUnknownWord::Warn => Self::Warn,
            OnUnknownWord::Allow => Self::Allow,
        }
    }
}

impl ConfigFile {
    pub(super) fn read(path: &Path) -> Result<Self, ConfigError> {
        let read = |source| ConfigError::Read { path: path.to_owned(), source };
        if std::fs::metadata(path).map_err(read)?.len() > MAX_FILE {
            return Err(read(std::io::Error::other("the file is larger than 1 MiB")));
        }
        let text = std::fs::read_to_string(path).map_err(read)?;
        Self::parse(&text).map_err(|reason| ConfigError::Parse { path: path.to_owned(), reason: Box::new(reason) })
    }

    pub(super) fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

/// Checks the issuers of web identities. That their files hold keys is seen when the server starts.
pub(super) fn oidc(tables: Vec<OidcTable>) -> Result<Vec<Oidc>, ConfigError> {
    let mut issuers = HashSet::new();
    tables
        .into_iter()
        .map(|OidcTable { issuer, audiences, jwks }| {
            let host = issuer.strip_prefix("https://").or_else(|| issuer.strip_prefix("http://"));
            let plain = |byte: u8| byte.is_ascii_graphic() && !b"?#\"<>\\".contains(&byte);
            if host.is_none_or(|host| host.is_empty() || !host.bytes().all(plain)) {
                let reason = "must be a URL as the issuer's tokens name it, such as https://token.example.com";
                return Err(ConfigError::value("oidc.issuer", reason));
            }
            if !issuers.insert(issuer.clone()) {
                return Err(ConfigError::value("oidc.issuer", format!("{issuer} is there twice")));
            }
            if audiences.is_empty() || audiences.iter().any(String::is_empty) {
                let reason = format!("{issuer} must have at least one audience, and none that is empty");
                return Err(ConfigError::value("oidc.audiences", reason));
            }
            Ok(Oidc { issuer, audiences, jwks })
        })
        .collect()
}

/// Checks what advisories are fetched. Whether an address answers is seen when they are.
pub(super) fn feed(table: FeedTable) -> Result<Feed, ConfigError> {
    let FeedTable { url, ecosystems, lists, mirror, interval_seconds } = table;
    if url.is_some() == ecosystems.is_empty() {
        return Err(ConfigError::value("feed", "url and ecosystems need each other"));
    }
    if ecosystems.is_empty() && lists.is_empty() {
        return Err(ConfigError::value("feed", "must name ecosystems or lists"));
    }
    for (key, url) in [("feed.url", &url), ("feed.mirror", &mirror)] {
        if url.as_ref().is_some_and(|url| !url.starts_with("http://") && !url.starts_with("https://")) {
            return Err(ConfigError::value(key, "must begin with http:// or https://"));
        }
    }
    let lists = lists.iter().map(|list| list.parse()).collect::<Result<_, _>>();
    let lists = lists.map_err(|error: plimsoll_outbound::OutboundError| ConfigError::value("feed.lists", error))?;
    let interval = match interval_seconds {
        Some(seconds) if seconds < LEAST_FEED_INTERVAL => {
            return Err(ConfigError::value("feed.interval_seconds", "must be at least 60: publishers limit requests"));
        }
        seconds => seconds.map(|seconds| Duration::from_secs(seconds.into())),
    };
    Ok(Feed { sources: Sources { url, ecosystems, lists, mirror }, interval })
}

/// Checks the gates of a server whose own account is `account`.
pub(super) fn gates(tables: Vec<GateTable>, account: AccountId) -> Result<Vec<Gate>, ConfigError> {
    let mut names = HashSet::new();
    tables
        .into_iter()
        .map(|table| {
            if table.name.is_empty() || !names.insert(table.name.clone()) {
                return Err(ConfigError::value("gates.name", "every gate must have a name of its own"));
            }
            gate(table, account)
        })
        .collect()
}

fn gate(table: GateTable, account: AccountId) -> Result<Gate, ConfigError> {
    let key = |field: &str| format!("gates.{}.{field}", table.name);
    if table.repositories.is_empty() {
        return Err(ConfigError::value(key("repositories"), "must name at least one pattern, such as \"prod/*\""));
    }
    let repositories = table.repositories.iter().map(|pattern| pattern.parse()).collect::<Result<_, _>>();
    let exempt = table.exempt.iter().map(|name| exempt(name, account)).collect::<Result<_, _>>();
    let unknown = table.unknown.map_or(OnUnknown::Deny, OnUnknown::from);
    Ok(Gate {
        repositories: repositories.map_err(|error| ConfigError::value(key("repositories"), error))?,
        severity: table.severity.parse().map_err(|error| ConfigError::value(key("severity"), error))?,
        only_fixable: table.only_fixable,
        grace_days: table.grace_days,
        unknown,
        unrated: table.unrated.map_or(unknown, OnUnknown::from),
        exempt: exempt.map_err(|error| ConfigError::value(key("exempt"), error))?,
        name: table.name,
    })
}

/// Whom a gate lets through: a user of the server's own account by name, or anybody by ARN.
fn exempt(name: &str, account: AccountId) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
    let inner = name.strip_suffix('*').unwrap_or(name);
    if name == "anonymous" || (name.starts_with("arn:") && !inner.contains('*')) {
        Ok(name.to_owned())
    } else if !name.is_empty() && name.bytes().all(plain) {
        Ok(format!("arn:aws:iam::{account}:user/{name}"))
    } else {
        Err(format!("{name:?} is not a principal: anonymous, the name of a user, or the ARN of a user or role"))
    }
}
