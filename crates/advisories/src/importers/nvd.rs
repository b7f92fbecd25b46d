//! The National Vulnerability Database in the form of its API, version 2.0: `{totalResults, timestamp, vulnerabilities:
//! [{cve: {id, vulnStatus, metrics: {cvssMetricV31: [{type, cvssData: {vectorString}}]}}}]}`. How bad each CVE is.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Importer, MAX_ENTRIES, Sink, Unreadable, document};
use crate::record::{Rating, RatingKind};
use crate::{CveId, Fact, Timestamp};

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
    metrics: Option<Metrics>,
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

pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_>) -> Result<Option<Timestamp>, Unreadable> {
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
        match sink.entry(raw).and_then(|entry: Entry| ratings(entry.cve)) {
            Ok((cve, ratings)) if !ratings.is_empty() => sink.fact(cve, Fact::Ratings(ratings)),
            Ok(_) => {}
            Err(reason) => sink.refuse(&format!("vulnerabilities[{number}]"), reason),
        }
    }
    // Its times have no zone; they are UTC.
    Ok(document.timestamp.and_then(|time| format!("{}Z", time.trim_end_matches('Z')).parse().ok()))
}

fn ratings(cve: Cve) -> Result<(CveId, Vec<Rating>), String> {
    let id = CveId::parse(&cve.id).ok_or("cve.id is not the id of a CVE")?;
    let is_rejected = cve.vuln_status.as_deref() == Some("Rejected");
    let Some(metrics) = cve.metrics.filter(|_| !is_rejected) else { return Ok((id, Vec::new())) };
    let Metrics { v40, v31, v30, v2 } = metrics;
    let v3 = if v31.is_empty() { v30 } else { v31 };
    let scales = [(RatingKind::CvssV4, v40), (RatingKind::CvssV3, v3), (RatingKind::CvssV2, v2)];
    if scales.iter().any(|(_, metrics)| metrics.len() > MAX_METRICS) {
        return Err(format!("more than {MAX_METRICS} vectors"));
    }
    let ratings = scales.into_iter().filter_map(|(kind, metrics)| best(kind, metrics));
    Ok((id, ratings.collect()))
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
