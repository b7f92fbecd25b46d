//! The shapes of the answers.

use plimsoll_advisories::exception::ExceptionDocument;
use plimsoll_registry::{
    AddedException, AddedVexDocument, Explanation, KeptReason, TagChange, Tagged, VexDocument, moment,
};
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
    suppressed: usize,
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
            suppressed: report.judgement.suppressed.len(),
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

/// VEX documents of an account.
#[derive(Serialize)]
pub(super) struct VexDocumentsAnswer {
    documents: Vec<VexDocumentMember>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VexDocumentMember {
    digest: String,
    form: String,
    author: String,
    time: Option<String>,
    statements: u64,
    size: u64,
    added_by: String,
    added_at: String,
    /// Whether it is new; only in the answer to the one who adds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    added: Option<bool>,
}

impl VexDocumentsAnswer {
    pub(super) fn listed(documents: Vec<VexDocument>) -> Self {
        Self { documents: documents.into_iter().map(|document| VexDocumentMember::new(document, None)).collect() }
    }

    pub(super) fn added(added: AddedVexDocument) -> Self {
        Self { documents: vec![VexDocumentMember::new(added.document, Some(added.added))] }
    }
}

impl VexDocumentMember {
    fn new(document: VexDocument, added: Option<bool>) -> Self {
        Self {
            digest: document.digest.to_string(),
            form: document.form,
            author: document.author,
            time: document.issued_at.map(moment::text),
            statements: document.statements,
            size: document.size,
            added_by: document.added_by,
            added_at: moment::text(document.added_at),
            added,
        }
    }
}

/// Exceptions of an account.
#[derive(Serialize)]
pub(super) struct ExceptionsAnswer {
    exceptions: Vec<ExceptionDocument>,
    /// Which of them are new, by their ids; only in the answer to the one who adds them.
    #[serde(skip_serializing_if = "Option::is_none")]
    added: Option<Vec<String>>,
}

impl ExceptionsAnswer {
    pub(super) fn listed(exceptions: Vec<ExceptionDocument>) -> Self {
        Self { exceptions, added: None }
    }

    pub(super) fn added(all: Vec<AddedException>) -> Self {
        let new = all.iter().filter(|one| one.added).filter_map(|one| one.exception.id.clone()).collect();
        Self { exceptions: all.into_iter().map(|one| one.exception).collect(), added: Some(new) }
    }
}

/// What was attached to an image.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AttachedAnswer<'a> {
    pub(super) repository: &'a str,
    /// The image.
    pub(super) subject: String,
    /// The manifest it is attached by.
    pub(super) digest: String,
    pub(super) artifact_type: &'a str,
    /// Whether it was not there before.
    pub(super) added: bool,
}
