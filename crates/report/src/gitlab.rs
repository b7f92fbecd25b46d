//! GitLab's [report of container scanning](https://docs.gitlab.com/user/application_security/container_scanning/), 15.0.7.

use plimsoll_advisories::{Finding, Severity};
use serde_json::{Value, json};

use crate::Image;
use crate::facts::{fingerprint, remedy, summary, url};

/// The longest name, in characters.
const NAME: usize = 255;
/// The longest remedy, in characters.
const SOLUTION: usize = 7_000;
/// The most ids of one flaw.
const IDENTIFIERS: usize = 20;

pub(crate) fn document(image: &Image<'_>) -> Value {
    let time = image.made_at.to_string();
    let time = time.trim_end_matches('Z');
    let tool = json!({
        "id": "plimsoll",
        "name": "Plimsoll",
        "vendor": { "name": "Plimsoll" },
        "version": env!("CARGO_PKG_VERSION"),
    });
    let messages: Vec<_> = image
        .judgement
        .unknown
        .iter()
        .map(|unknown| json!({ "level": "warn", "value": unknown.to_string() }))
        .collect();
    let mut scan = json!({
        "analyzer": tool,
        "scanner": tool,
        "type": "container_scanning",
        "start_time": time,
        "end_time": time,
        "status": "success",
    });
    if !messages.is_empty() {
        scan["messages"] = messages.into();
    }
    json!({
        "version": "15.0.7",
        "scan": scan,
        "vulnerabilities": image.judgement.findings.iter().map(|finding| vulnerability(finding, image)).collect::<Vec<_>>(),
        "remediations": [],
    })
}

fn vulnerability(finding: &Finding, image: &Image<'_>) -> Value {
    let package = &finding.package.package;
    let mut ids: Vec<&str> = std::iter::once(&finding.id).chain(&finding.aliases).map(String::as_str).collect();
    ids.dedup();
    ids.truncate(IDENTIFIERS);
    json!({
        "id": fingerprint(finding, image),
        "name": format!("{} in {}", finding.id, package.name).chars().take(NAME).collect::<String>(),
        "description": summary(finding),
        "severity": word(finding.counted_severity()),
        "solution": remedy(finding).chars().take(SOLUTION).collect::<String>(),
        "identifiers": ids.iter().map(|id| identifier(id)).collect::<Vec<_>>(),
        "links": [{ "url": url(&finding.id) }],
        "location": {
            "dependency": { "package": { "name": package.name }, "version": package.version },
            "operating_system": image.operating_system().unwrap_or_else(|| "unknown".to_owned()),
            "image": image.shown_name(),
        },
    })
}

fn identifier(id: &str) -> Value {
    let kind = id.split('-').next().unwrap_or(id).to_lowercase();
    json!({ "type": if kind.is_empty() { "plimsoll" } else { &kind }, "name": id, "value": id, "url": url(id) })
}

/// The severity in GitLab's words.
const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Unknown => "Unknown",
        Severity::Negligible => "Info",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}
