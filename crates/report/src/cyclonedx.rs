//! CycloneDX: the bill of materials, with what is wrong as
//! [`vulnerabilities`](https://cyclonedx.org/docs/1.7/json/#vulnerabilities).

use std::collections::BTreeMap;

use plimsoll_advisories::{Finding, Severity, Status, cvss_version};
use plimsoll_inventory::{CycloneDxVersion, reference};
use serde_json::{Value, json};

use crate::facts::{database, remedy, url};
use crate::{Contents, Image};

/// What findings must have in common to be one vulnerability: id, advisory, remedy, and why it does not count.
type Key<'a> = (&'a str, &'a str, Option<String>, Option<String>);

pub(crate) fn document(version: CycloneDxVersion, contents: Contents, image: &Image<'_>) -> Value {
    let mut bill = crate::bill(version, image);
    if contents == Contents::Findings {
        bill["vulnerabilities"] = vulnerabilities(image);
    }
    bill
}

/// A flaw that affects several packages is one vulnerability.
fn vulnerabilities(image: &Image<'_>) -> Value {
    let counting = image.judgement.findings.iter().map(|finding| (finding, None));
    let suppressed = image.judgement.suppressed.iter();
    let suppressed = suppressed.map(|suppressed| (&suppressed.finding, Some(suppressed.reason.to_string())));
    let mut flaws: BTreeMap<Key<'_>, Vec<&Finding>> = BTreeMap::new();
    for (finding, reason) in counting.chain(suppressed) {
        let remedy = (finding.fixed.is_some() || finding.malicious).then(|| remedy(finding));
        flaws.entry((&finding.id, &finding.advisory, remedy, reason)).or_default().push(finding);
    }
    flaws.iter().enumerate().map(|(number, (key, findings))| vulnerability(number, key, findings, image)).collect()
}

fn vulnerability(number: usize, key: &Key<'_>, findings: &[&Finding], image: &Image<'_>) -> Value {
    let (id, advisory, remedy, suppressed) = key;
    let Some(finding) = findings.first() else { return Value::Null };
    let (_, source, source_url) = database(advisory);
    let mut value = json!({
        "bom-ref": format!("vulnerability-{number}"),
        "id": id,
        "source": { "name": source, "url": source_url },
        "ratings": [rating(finding)],
        "advisories": [{ "url": url(advisory) }],
        "affects": affects(findings, image),
    });
    let references: Vec<_> =
        finding.aliases.iter().map(|alias| json!({ "id": alias, "source": { "url": url(alias) } })).collect();
    if !references.is_empty() {
        value["references"] = references.into();
    }
    if !finding.summary.is_empty() {
        value["description"] = finding.summary.clone().into();
    }
    if let Some(remedy) = remedy {
        value["recommendation"] = remedy.clone().into();
    }
    if let Some(published) = finding.published {
        value["published"] = published.to_string().into();
    }
    value["updated"] = finding.modified.to_string().into();
    if let Some(reason) = suppressed {
        value["analysis"] = json!({ "state": "not_affected", "detail": reason });
    }
    value
}

fn rating(finding: &Finding) -> Value {
    let severity = match finding.severity {
        Severity::Unknown => "unknown",
        Severity::Negligible => "info",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    };
    let mut rating = json!({ "severity": severity });
    if let Some(source) = &finding.severity_source {
        rating["source"] = json!({ "name": source });
    }
    if let Some(score) = finding.score {
        rating["score"] = score.into();
    }
    if let Some(vector) = &finding.vector {
        rating["method"] = match cvss_version(vector) {
            "2.0" => "CVSSv2",
            "3.0" => "CVSSv3",
            "3.1" => "CVSSv31",
            "4.0" => "CVSSv4",
            _ => "other",
        }
        .into();
        rating["vector"] = vector.clone().into();
    }
    rating
}

fn affects(findings: &[&Finding], image: &Image<'_>) -> Value {
    let affected = |finding: &&Finding| {
        let status = match finding.status {
            Status::Affected => "affected",
            Status::Undetermined => "unknown",
        };
        let version = &finding.package.package.version;
        let mut affected = json!({ "ref": reference(&finding.package, image.distribution()) });
        if !version.is_empty() {
            affected["versions"] = json!([{ "version": version, "status": status }]);
        }
        affected
    };
    let mut affected: Vec<Value> = findings.iter().map(affected).collect();
    affected.dedup();
    affected.into()
}
