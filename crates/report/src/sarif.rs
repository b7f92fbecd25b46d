//! [SARIF 2.1.0](https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), with the properties that GitHub's code
//! scanning reads.

use std::collections::HashMap;

use plimsoll_advisories::{Finding, Severity};
use serde_json::{Value, json};

use crate::facts::{fingerprint, remedy, score, summary, url};
use crate::{Image, escape};

pub(crate) fn document(image: &Image<'_>) -> Value {
    let mut rules = Rules::default();
    let mut results = Vec::new();
    for finding in &image.judgement.findings {
        results.push(result(finding, rules.index(finding), image));
    }
    for suppressed in &image.judgement.suppressed {
        let mut result = result(&suppressed.finding, rules.index(&suppressed.finding), image);
        result["suppressions"] = json!([{
            "kind": "external",
            "status": "accepted",
            "justification": suppressed.reason.to_string(),
        }]);
        results.push(result);
    }
    let notifications: Vec<_> = image
        .judgement
        .unknown
        .iter()
        .map(|unknown| json!({ "level": "warning", "message": { "text": unknown.to_string() } }))
        .collect();
    let rules: Vec<Value> = rules.worst.into_iter().map(rule).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Plimsoll",
                "fullName": "Plimsoll vulnerability scanner",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "invocations": [{
                "executionSuccessful": true,
                "endTimeUtc": image.made_at.to_string(),
                "toolExecutionNotifications": notifications,
            }],
            "originalUriBaseIds": { "ROOTPATH": { "uri": "file:///" } },
            "columnKind": "utf16CodeUnits",
            "results": results,
            "properties": properties(image),
        }],
    })
}

fn properties(image: &Image<'_>) -> Value {
    let mut properties = json!({ "imageName": image.shown_name() });
    if let Some(digest) = image.digest {
        properties["imageDigest"] = digest.to_string().into();
    }
    if let Some(system) = image.operating_system() {
        properties["operatingSystem"] = system.into();
    }
    properties
}

/// The flaws that were found, in order, each with the worst of its findings.
#[derive(Default)]
struct Rules<'a> {
    indices: HashMap<&'a str, usize>,
    worst: Vec<&'a Finding>,
}

impl<'a> Rules<'a> {
    fn index(&mut self, finding: &'a Finding) -> usize {
        let index = *self.indices.entry(&finding.id).or_insert(self.worst.len());
        match self.worst.get_mut(index) {
            None => self.worst.push(finding),
            Some(worst) if score(worst) < score(finding) => *worst = finding,
            Some(_) => {}
        }
        index
    }
}

fn rule(finding: &Finding) -> Value {
    let summary = summary(finding);
    let system = finding.package.package.kind.is_of_system();
    let (id, url, severity, remedy) = (&finding.id, url(&finding.id), finding.counted_severity(), remedy(finding));
    let ids = finding.aliases.join(", ");
    json!({
        "id": id,
        "name": if system { "OsPackageVulnerability" } else { "LanguageSpecificPackageVulnerability" },
        "shortDescription": { "text": summary },
        "fullDescription": { "text": summary },
        "defaultConfiguration": { "level": level(finding) },
        "helpUri": url,
        "help": {
            "text": format!("{id} ({severity}): {summary}\n{remedy}\nOther ids: {ids}\n{url}"),
            "markdown": format!(
                "**{}** ({severity}): {}\n\n{}\n\nOther ids: {}\n\n<{url}>",
                escape::markdown(id),
                escape::markdown(&summary),
                escape::markdown(&remedy),
                escape::markdown(&ids),
            ),
        },
        "properties": {
            "precision": "very-high",
            "security-severity": format!("{:.1}", score(finding)),
            "tags": ["vulnerability", "security", severity.as_str()],
        },
    })
}

fn level(finding: &Finding) -> &'static str {
    match finding.counted_severity() {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Negligible | Severity::Unknown => "note",
    }
}

fn result(finding: &Finding, rule: usize, image: &Image<'_>) -> Value {
    let (package, path) = (&finding.package.package, &finding.package.path);
    let text = format!(
        "Package: {}\nInstalled version: {}\nFlaw: {}\nSeverity: {}\nFixed version: {}\nState: {}\nDecided by: {}, {}",
        package.name,
        finding.installed,
        finding.id,
        finding.counted_severity(),
        finding.fixed.as_deref().unwrap_or("none known"),
        finding.state(),
        finding.advisory,
        finding.evidence.rule,
    );
    let within = package.within.as_ref().map(|within| format!("!/{within}")).unwrap_or_default();
    let layer = image.layer(&finding.package);
    let mut properties =
        json!({ "purl": image.purl(&finding.package), "advisory": finding.advisory, "state": finding.state().word() });
    if let Some(digest) = layer.diff_id.or(layer.digest) {
        properties["layer"] = digest.to_string().into();
    }
    json!({
        "ruleId": finding.id,
        "ruleIndex": rule,
        "level": level(finding),
        "message": { "text": text },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": escape::path(path), "uriBaseId": "ROOTPATH" },
                "region": { "startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1 },
            },
            "message": { "text": format!("{path}{within}: {}@{}", package.name, package.version) },
        }],
        "partialFingerprints": { "plimsollFinding/v1": fingerprint(finding, image) },
        "properties": properties,
    })
}
