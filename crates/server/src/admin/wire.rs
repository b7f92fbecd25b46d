//! The shapes of the answers.

use plimsoll_registry::{Explanation, KeptReason, TagChange, Tagged, moment};
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

/// Changes of tags, the latest first.
#[derive(Serialize)]
pub(super) struct HistoryAnswer<'a> {
    pub(super) repository: &'a str,
    pub(super) changes: Vec<ChangeMember>,
}

#[derive(Serialize)]
pub(super) struct ChangeMember {
    tag: String,
    at: String,
    by: String,
    from: Option<String>,
    to: Option<String>,
}

impl From<TagChange> for ChangeMember {
    fn from(change: TagChange) -> Self {
        let TagChange { tag, from, to, actor, at } = change;
        let text = |digest: plimsoll_oci::Digest| digest.to_string();
        Self { tag: tag.to_string(), at: moment::text(at), by: actor, from: from.map(text), to: to.map(text) }
    }
}

/// What a tag named at some moment.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AsOfAnswer<'a> {
    pub(super) repository: &'a str,
    pub(super) tag: String,
    pub(super) as_of: String,
    pub(super) digest: String,
    /// Whether it can be pulled still.
    pub(super) held: bool,
    /// What docker pulls it by.
    pub(super) image: String,
}

/// What became of tags.
#[derive(Serialize)]
pub(super) struct TagsAnswer<'a> {
    repository: &'a str,
    source: String,
    digest: String,
    moved: Vec<String>,
    kept: Vec<KeptMember>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeptMember {
    tag: String,
    reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
}

impl<'a> TagsAnswer<'a> {
    pub(super) fn new(repository: &'a str, source: String, tagged: Tagged) -> Self {
        let kept = tagged.kept.into_iter().map(|kept| {
            let (reason, version) = match kept.reason {
                KeptReason::InPlace => ("in place", None),
                KeptReason::Later(version) => ("later", Some(version.to_string())),
                KeptReason::PreRelease => ("pre-release", None),
            };
            KeptMember { tag: kept.tag.to_string(), reason, version }
        });
        Self {
            repository,
            source,
            digest: tagged.digest.to_string(),
            moved: tagged.moved.iter().map(ToString::to_string).collect(),
            kept: kept.collect(),
        }
    }
}
