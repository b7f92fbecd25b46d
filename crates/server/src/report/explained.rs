//! Why a flaw is reported for an image, or is not, as JSON. `docs/report.md` describes it.

use plimsoll_advisories::{Absence, Explained, Finding, Rule, Until};
use plimsoll_inventory::{Certainty, InstalledPackage};
use plimsoll_registry::ImageReport;
use serde::Serialize;

use super::{FindingMember, Member, SCHEMA_VERSION, SuppressedMember};

/// Why a flaw is reported for an image, or is not.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedReport {
    schema_version: u32,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    flaw: String,
    ids: Vec<String>,
    reported: bool,
    findings: Vec<ReportedMember<FindingMember>>,
    suppressed: Vec<ReportedMember<SuppressedMember>>,
    absent: Vec<AbsenceMember>,
    left_out: usize,
    unknown: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation: Option<String>,
}

/// A finding with all that led to it.
#[derive(Debug, Serialize)]
struct ReportedMember<F> {
    #[serde(flatten)]
    finding: F,
    evidence: EvidenceMember,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EvidenceMember {
    record_sha256: String,
    ecosystem: String,
    name: String,
    comparator: Option<String>,
    introduced: Option<String>,
    fixed: Option<String>,
    last_affected: Option<String>,
    package: EvidencePackage,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EvidencePackage {
    name: String,
    version: String,
    path: String,
    within: Option<String>,
    layer: Option<String>,
    owner: Option<String>,
    certainty: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AbsenceMember {
    advisory: String,
    record_sha256: String,
    ecosystem: String,
    name: String,
    package: Option<EvidencePackage>,
    reason: &'static str,
    detail: String,
}

impl ExplainedReport {
    /// Why the flaw that was asked for is reported for the image of `report`, or is not.
    pub fn new(report: &ImageReport, flaw: &str, explained: &Explained) -> Self {
        let member = Member { distribution: report.inventory.distribution.as_ref(), layers: &report.layers };
        Self {
            schema_version: SCHEMA_VERSION,
            source: report.source.clone(),
            digest: report.digest.map(|digest| digest.to_string()),
            flaw: flaw.to_owned(),
            ids: explained.ids.clone(),
            reported: !explained.findings.is_empty(),
            findings: explained
                .findings
                .iter()
                .map(|finding| ReportedMember {
                    finding: member.finding(finding),
                    evidence: evidence(&member, finding),
                })
                .collect(),
            suppressed: explained
                .suppressed
                .iter()
                .map(|suppressed| ReportedMember {
                    finding: member.suppressed(suppressed),
                    evidence: evidence(&member, &suppressed.finding),
                })
                .collect(),
            absent: explained.absent.iter().map(|absence| absence_member(&member, absence)).collect(),
            left_out: explained.left_out,
            unknown: report.judgement.unknown.iter().map(ToString::to_string).collect(),
            generation: report.generation.clone(),
        }
    }
}

fn evidence(member: &Member<'_>, finding: &Finding) -> EvidenceMember {
    let evidence = &finding.evidence;
    let (mut comparator, mut introduced, mut fixed, mut last_affected) = (None, None, None, None);
    if let Rule::Within { introduced: first, until, comparator: order } = &evidence.rule {
        (comparator, introduced) = (Some(order.to_string()), Some(first.clone()));
        match until {
            Until::Fixed(version) => fixed = Some(version.clone()),
            Until::LastAffected(version) => last_affected = Some(version.clone()),
            Until::Open => {}
        }
    }
    EvidenceMember {
        record_sha256: hexadecimal(&evidence.sha256),
        ecosystem: evidence.ecosystem.clone(),
        name: evidence.name.clone(),
        comparator,
        introduced,
        fixed,
        last_affected,
        package: package(member, &finding.package),
    }
}

fn package(member: &Member<'_>, installed: &InstalledPackage) -> EvidencePackage {
    let package = &installed.package;
    EvidencePackage {
        name: package.name.clone(),
        version: package.version.clone(),
        path: installed.path.clone(),
        within: package.within.clone(),
        layer: member.layer(installed.layer),
        owner: installed.owner.clone(),
        certainty: match package.certainty {
            Certainty::Installed => "installed",
            Certainty::Classified => "classified",
            Certainty::Declared => "declared",
        },
    }
}

fn absence_member(member: &Member<'_>, absence: &Absence) -> AbsenceMember {
    AbsenceMember {
        advisory: absence.advisory.clone(),
        record_sha256: hexadecimal(&absence.sha256),
        ecosystem: absence.ecosystem.clone(),
        name: absence.name.clone(),
        package: absence.package.as_ref().map(|installed| package(member, installed)),
        reason: absence.why.word(),
        detail: absence.why.to_string(),
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|nibble| char::from_digit(nibble.into(), 16))
        .collect()
}
