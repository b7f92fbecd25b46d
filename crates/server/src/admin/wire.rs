//! The shapes of the answers.

use plimsoll_registry::Explanation;
use plimsoll_rules::Reason;
use serde::Serialize;

/// What the gates say of an image, and why.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExplanationAnswer {
    image: String,
    digest: Option<String>,
    verdict: &'static str,
    gate: Option<String>,
    reasons: Vec<ReasonMember>,
    findings: usize,
    unknown: Vec<String>,
    generation: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase", untagged)]
enum ReasonMember {
    Finding {
        id: String,
        package: String,
        installed: String,
        fixed: Option<String>,
        severity: &'static str,
        path: String,
    },
    Unknown {
        unknown: String,
    },
}

impl ExplanationAnswer {
    pub(super) fn new(explanation: &Explanation, outcome: &'static str) -> Self {
        let report = &explanation.report;
        let verdict = explanation.verdict.as_deref();
        Self {
            image: report.source.clone(),
            digest: report.digest.map(|digest| digest.to_string()),
            verdict: outcome,
            gate: verdict.and_then(|verdict| verdict.gate.clone()),
            reasons: verdict.map_or_else(Vec::new, |verdict| verdict.reasons.iter().map(ReasonMember::from).collect()),
            findings: report.judgement.findings.len(),
            unknown: report.judgement.unknown.iter().map(ToString::to_string).collect(),
            generation: report.generation.as_ref().map(ToString::to_string),
        }
    }
}

impl From<&Reason> for ReasonMember {
    fn from(reason: &Reason) -> Self {
        match reason {
            Reason::Finding { id, package, installed, fixed, severity, path } => Self::Finding {
                id: id.clone(),
                package: package.clone(),
                installed: installed.clone(),
                fixed: fixed.clone(),
                severity: severity.as_str(),
                path: path.clone(),
            },
            Reason::Unknown(unknown) => Self::Unknown { unknown: unknown.clone() },
        }
    }
}
