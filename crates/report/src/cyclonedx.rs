//! CycloneDX: the bill of materials, with what is wrong as
//! [`vulnerabilities`](https://cyclonedx.org/docs/1.7/json/#vulnerabilities).

use std::collections::BTreeMap;

use plimsoll_advisories::vex::Justification;
use plimsoll_advisories::{Assessment, Finding, Severity, State, Status, Suppression, cvss_version};
use plimsoll_inventory::{CycloneDxVersion, reference};
use serde_json::{Value, json};

use crate::facts::{Standing, database, remedy, standing, url};
use crate::{Contents, Image};

/// What findings must have in common to be one vulnerability: id, advisory, remedy, state, and why it does not count.
type Key<'a> = (&'a str, &'a str, Option<String>, State, Option<String>);

/// Findings that are one vulnerability, and why they do not count.
#[derive(Default)]
struct Flaw<'a> {
    findings: Vec<&'a Finding>,
    reason: Option<&'a Suppression>,
}

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
    let suppressed = suppressed.map(|suppressed| (&suppressed.finding, Some(&suppressed.reason)));
    let mut flaws: BTreeMap<Key<'_>, Flaw<'_>> = BTreeMap::new();
    for (finding, reason) in counting.chain(suppressed) {
        let remedy = (finding.fixed.is_some() || finding.malicious).then(|| remedy(finding));
        let key = (&*finding.id, &*finding.advisory, remedy, finding.state(), reason.map(ToString::to_string));
        let flaw = flaws.entry(key).or_default();
        flaw.findings.push(finding);
        flaw.reason = reason;
    }
    flaws.iter().enumerate().map(|(number, (key, flaw))| vulnerability(number, key, flaw, image)).collect()
}

fn vulnerability(number: usize, key: &Key<'_>, flaw: &Flaw<'_>, image: &Image<'_>) -> Value {
    let (id, advisory, remedy, state, said) = key;
    let Some(finding) = flaw.findings.first() else { return Value::Null };
    let (_, source, source_url) = database(advisory);
    let mut value = json!({
        "bom-ref": format!("vulnerability-{number}"),
        "id": id,
        "source": { "name": source, "url": source_url },
        "ratings": ratings(finding),
        "advisories": [{ "url": url(advisory) }],
        "affects": affects(flaw, image),
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
    if let (Some(reason), Some(said)) = (flaw.reason, said) {
        value["analysis"] = analysis(reason, said);
    } else if let Some(analysis) = decision(*state) {
        value["analysis"] = analysis;
    }
    value
}

/// What those who publish the package have decided about what counts.
fn decision(state: State) -> Option<Value> {
    match state {
        State::UnderInvestigation => Some(json!({ "state": "in_triage" })),
        State::WontFix | State::EndOfLife => Some(json!({ "response": ["will_not_fix"], "detail": state.to_string() })),
        State::Deferred => Some(json!({ "detail": state.to_string() })),
        _ => None,
    }
}

fn analysis(reason: &Suppression, said: &str) -> Value {
    let mut analysis = match standing(reason) {
        Standing::Harmless => json!({ "state": "not_affected", "detail": said }),
        Standing::Fixed => json!({ "state": "resolved", "detail": said }),
        Standing::Accepted => json!({ "state": "exploitable", "response": ["will_not_fix"], "detail": said }),
    };
    let Suppression::Vex { justification: Some(justification), .. } = reason else { return analysis };
    let word = match justification {
        Justification::ComponentNotPresent | Justification::VulnerableCodeNotPresent => "code_not_present",
        Justification::VulnerableCodeNotInExecutePath => "code_not_reachable",
        Justification::InlineMitigationsExist => "protected_by_mitigating_control",
        // There is no word for it.
        Justification::VulnerableCodeCannotBeControlled => return analysis,
    };
    analysis["justification"] = word.into();
    analysis
}

/// What every source says, the one that counts first.
fn ratings(finding: &Finding) -> Value {
    if finding.assessments.is_empty() {
        return json!([{ "severity": "unknown" }]);
    }
    finding.assessments.iter().map(rating).collect()
}

fn rating(said: &Assessment) -> Value {
    let severity = match said.severity {
        Severity::Unknown => "unknown",
        Severity::Negligible => "info",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    };
    let mut rating = json!({ "severity": severity });
    if let Some(source) = &said.source {
        rating["source"] = json!({ "name": source });
    }
    if let Some(score) = said.score {
        rating["score"] = score.into();
    }
    if let Some(vector) = &said.vector {
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

fn affects(flaw: &Flaw<'_>, image: &Image<'_>) -> Value {
    let is_unaffected = flaw.reason.is_some_and(|reason| standing(reason) != Standing::Accepted);
    let affected = |finding: &&Finding| {
        let status = match finding.status {
            _ if is_unaffected => "unaffected",
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
    let mut affected: Vec<Value> = flaw.findings.iter().map(affected).collect();
    affected.dedup();
    affected.into()
}
