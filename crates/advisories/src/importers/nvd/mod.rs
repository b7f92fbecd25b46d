//! The National Vulnerability Database in the form of its API, version 2.0: `{totalResults, timestamp, vulnerabilities:
//! [{cve: {id, vulnStatus, published, lastModified, descriptions: [{lang, value}], metrics: {cvssMetricV31: [{type, cvssData:
//! {vectorString}}]}, configurations: [{nodes: [{cpeMatch: [{vulnerable, criteria, versionEndExcluding}]}]}]}}]}`. How bad each
//! CVE is, and which of the programs that are told by their bytes have it.

mod configurations;
mod cpe;

use std::collections::HashSet;

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::{Importer, MAX_ENTRIES, Sink, Unreadable, document};
use crate::record::{Rating, RatingKind, Record, cut};
use crate::{CveId, Fact, Timestamp};
use configurations::{Configuration, affected};

/// What the ids of its records begin with.
const PREFIX: &str = "NVD-";
/// The ecosystem that its records are filed under, with programs named `vendor:product`.
const ECOSYSTEM: &str = "generic";

/// How many vectors of one version of CVSS an entry may have.
const MAX_METRICS: usize = 100;

#[derive(Deserialize)]
struct Document<'a> {
    format: Option<String>,
    timestamp: Option<String>,
    #[serde(borrow)]
    vulnerabilities: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Entry {
    cve: Cve,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cve {
    id: String,
    vuln_status: Option<String>,
    published: Option<String>,
    last_modified: Option<String>,
    #[serde(default)]
    descriptions: Vec<Description>,
    metrics: Option<Metrics>,
    #[serde(default)]
    configurations: Vec<Configuration>,
}

#[derive(Deserialize)]
struct Description {
    lang: String,
    value: String,
}

#[derive(Deserialize)]
struct Metrics {
    #[serde(rename = "cvssMetricV40", default)]
    v40: Vec<Metric>,
    #[serde(rename = "cvssMetricV31", default)]
    v31: Vec<Metric>,
    #[serde(rename = "cvssMetricV30", default)]
    v30: Vec<Metric>,
    #[serde(rename = "cvssMetricV2", default)]
    v2: Vec<Metric>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metric {
    #[serde(rename = "type")]
    kind: Option<String>,
    cvss_data: Data,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    vector_string: String,
}

/// The products whose programs can be told.
type Known = HashSet<&'static str>;

/// What has to be known from one document to the next.
pub(super) struct Documents {
    known: Known,
    /// The CVEs that a document was about; later documents are older.
    seen: HashSet<CveId>,
}

impl Documents {
    pub(super) fn new() -> Self {
        Self { known: plimsoll_inventory::known_cpes().collect(), seen: HashSet::new() }
    }
}

pub(super) fn read(
    bytes: &[u8],
    documents: &mut Documents,
    sink: &mut Sink<'_>,
) -> Result<Option<Timestamp>, Unreadable> {
    let broken = |rule| Unreadable::Rule { feed: Importer::Nvd, rule };
    let document: Document<'_> = document(Importer::Nvd, bytes)?;
    if document.format.is_some_and(|format| format != "NVD_CVE") {
        return Err(broken("it is not of CVEs"));
    }
    let entries = document.vulnerabilities;
    if entries.is_empty() || entries.len() > MAX_ENTRIES {
        return Err(broken("it holds no entry or too many"));
    }
    for (number, raw) in entries.into_iter().enumerate() {
        if let Err(reason) = sink.entry(raw).and_then(|entry: Entry| take(entry.cve, raw, documents, sink)) {
            sink.refuse(&format!("vulnerabilities[{number}]"), reason);
        }
    }
    Ok(document.timestamp.as_deref().and_then(time))
}

/// The database's times have no zone; they are UTC.
fn time(text: &str) -> Option<Timestamp> {
    format!("{}Z", text.trim_end_matches('Z')).parse().ok()
}

fn take(mut cve: Cve, raw: &RawValue, documents: &mut Documents, sink: &mut Sink<'_>) -> Result<(), String> {
    let id = CveId::parse(&cve.id).ok_or("cve.id is not the id of a CVE")?;
    if !documents.seen.insert(id) || cve.vuln_status.as_deref() == Some("Rejected") {
        return Ok(());
    }
    let ratings = cve.metrics.take().map_or_else(|| Ok(Vec::new()), ratings)?;
    if !ratings.is_empty() {
        sink.fact(id, Fact::Ratings(ratings));
    }
    let affected = affected(std::mem::take(&mut cve.configurations), &documents.known, &sink.limits)?;
    if !affected.is_empty() {
        let summary = cve.descriptions.iter().find(|text| text.lang == "en").map(|text| cut(&text.value));
        let published = cve.published.as_deref().and_then(time);
        sink.record(Record {
            id: format!("{PREFIX}{id}"),
            modified: cve.last_modified.as_deref().and_then(time).or(published).unwrap_or(sink.as_of),
            published,
            withdrawn: None,
            aliases: Vec::new(),
            upstream: vec![id.to_string()],
            related: Vec::new(),
            summary: summary.unwrap_or_default(),
            severities: Vec::new(),
            word: None,
            affected,
            sha256: Sha256::digest(raw.get()).into(),
        });
    }
    Ok(())
}

fn ratings(Metrics { v40, v31, v30, v2 }: Metrics) -> Result<Vec<Rating>, String> {
    let v3 = if v31.is_empty() { v30 } else { v31 };
    let scales = [(RatingKind::CvssV4, v40), (RatingKind::CvssV3, v3), (RatingKind::CvssV2, v2)];
    if scales.iter().any(|(_, metrics)| metrics.len() > MAX_METRICS) {
        return Err(format!("more than {MAX_METRICS} vectors"));
    }
    Ok(scales.into_iter().filter_map(|(kind, metrics)| best(kind, metrics)).collect())
}

/// The database's own vector, else the first of those that others have given, of those that can be read.
fn best(kind: RatingKind, metrics: Vec<Metric>) -> Option<Rating> {
    let rating = |metric: Metric| {
        let is_own = metric.kind.as_deref() == Some("Primary");
        let rating = Rating { kind, value: metric.cvss_data.vector_string };
        rating.severity().map(|_| (is_own, rating))
    };
    let mut readable = metrics.into_iter().filter_map(rating).collect::<Vec<_>>();
    let own = readable.iter().position(|(is_own, _)| *is_own).unwrap_or(0);
    (own < readable.len()).then(|| readable.swap_remove(own).1)
}

#[cfg(test)]
mod tests;
