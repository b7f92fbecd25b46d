//! The JSON of a record, as far as it is read. `null` counts as absent, as some databases write it.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

#[derive(Deserialize)]
pub(super) struct Record<'a> {
    pub(super) id: String,
    pub(super) modified: Option<String>,
    pub(super) published: Option<String>,
    pub(super) withdrawn: Option<String>,
    pub(super) aliases: Option<Vec<String>>,
    pub(super) upstream: Option<Vec<String>>,
    pub(super) related: Option<Vec<String>>,
    pub(super) summary: Option<String>,
    /// By far the longest field, and seldom needed: left as it is.
    #[serde(borrow)]
    pub(super) details: Option<&'a RawValue>,
    pub(super) severity: Option<Vec<Severity>>,
    pub(super) affected: Option<Vec<Affected>>,
    pub(super) database_specific: Option<Specific>,
}

#[derive(Deserialize)]
pub(super) struct Severity {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) score: String,
}

#[derive(Deserialize)]
pub(super) struct Affected {
    pub(super) package: Option<Package>,
    pub(super) severity: Option<Vec<Severity>>,
    pub(super) ranges: Option<Vec<Range>>,
    pub(super) versions: Option<Vec<String>>,
    pub(super) ecosystem_specific: Option<Specific>,
    pub(super) database_specific: Option<Specific>,
}

#[derive(Deserialize)]
pub(super) struct Package {
    pub(super) ecosystem: Option<String>,
    pub(super) name: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Range {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) events: Option<Vec<Event>>,
}

#[derive(Deserialize)]
pub(super) struct Event {
    pub(super) introduced: Option<String>,
    pub(super) fixed: Option<String>,
    pub(super) last_affected: Option<String>,
    pub(super) limit: Option<String>,
}

/// A database's own extension. The schema leaves its shape open, so nothing in it may make a record unreadable.
#[derive(Deserialize)]
#[serde(from = "Value")]
pub(super) struct Specific {
    pub(super) severity: Option<String>,
    pub(super) urgency: Option<String>,
}

impl From<Value> for Specific {
    fn from(value: Value) -> Self {
        let word = |key| value.get(key).and_then(Value::as_str).map(str::to_owned);
        Self { severity: word("severity"), urgency: word("urgency") }
    }
}
