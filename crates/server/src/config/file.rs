//! The configuration file, as it is written. Unknown keys are errors.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use plimsoll_rules::{Gate, OnUnknown};
use serde::Deserialize;

use super::ConfigError;

/// The largest configuration file, in bytes.
const MAX_FILE: u64 = 1 << 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ConfigFile {
    pub(super) data: Option<PathBuf>,
    pub(super) listen: Option<String>,
    pub(super) public_url: Option<String>,
    pub(super) account: Option<String>,
    pub(super) sparse: bool,
    pub(super) tls: Option<TlsTable>,
    pub(super) anonymous: AnonymousTable,
    pub(super) gates: Vec<GateTable>,
    pub(super) feed: Option<FeedTable>,
    pub(super) log: LogTable,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TlsTable {
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AnonymousTable {
    pub(super) pull: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FeedTable {
    pub(super) url: String,
    pub(super) ecosystems: Vec<String>,
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

/// Checks the gates.
pub(super) fn gates(tables: Vec<GateTable>) -> Result<Vec<Gate>, ConfigError> {
    let mut names = HashSet::new();
    tables
        .into_iter()
        .map(|table| {
            if table.name.is_empty() || !names.insert(table.name.clone()) {
                return Err(ConfigError::value("gates.name", "every gate must have a name of its own"));
            }
            gate(table)
        })
        .collect()
}

fn gate(table: GateTable) -> Result<Gate, ConfigError> {
    let key = |field: &str| format!("gates.{}.{field}", table.name);
    if table.repositories.is_empty() {
        return Err(ConfigError::value(key("repositories"), "must name at least one pattern, such as \"prod/*\""));
    }
    let repositories = table.repositories.iter().map(|pattern| pattern.parse()).collect::<Result<_, _>>();
    if let Some(unknown) = table.exempt.iter().find(|name| !matches!(name.as_str(), "administrator" | "anonymous")) {
        let reason = format!("{unknown:?} is not a principal: administrator or anonymous");
        return Err(ConfigError::value(key("exempt"), reason));
    }
    let unknown = table.unknown.map_or(OnUnknown::Deny, OnUnknown::from);
    Ok(Gate {
        repositories: repositories.map_err(|error| ConfigError::value(key("repositories"), error))?,
        severity: table.severity.parse().map_err(|error| ConfigError::value(key("severity"), error))?,
        only_fixable: table.only_fixable,
        grace_days: table.grace_days,
        unknown,
        unrated: table.unrated.map_or(unknown, OnUnknown::from),
        exempt: table.exempt,
        name: table.name,
    })
}
