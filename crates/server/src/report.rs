//! The report of an image as JSON, the same from `plimsoll scan` and from a server. `docs/report.md` describes it;
//! members are added, never removed.

mod explained;
mod plan;

use std::collections::BTreeMap;
use std::time::SystemTime;

use plimsoll_advisories::{
    Assessment, Epss, Exploited, Finding, FixedIn, Judgement, Plan, Response, Status, Suppressed, Suppression,
    Timestamp,
};
use plimsoll_inventory::{Distribution, InstalledPackage, purl};
use plimsoll_oci::UploadId;
use plimsoll_registry::{ImageReport, LayerName};
use plimsoll_report::{Advisories, Format, Image, Layer, render};
use serde::Serialize;

pub use explained::ExplainedReport;
use plan::PlanMember;

/// The version of the form.
const SCHEMA_VERSION: u32 = 1;

/// The report of an image.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    schema_version: u32,
    source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    distribution: Option<DistributionMember>,
    verdict: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    advisories: Option<AdvisoriesMember>,
    layers: Vec<LayerMember>,
    packages: Vec<PackageMember>,
    counts: CountsMember,
    findings: Vec<FindingMember>,
    suppressed: Vec<SuppressedMember>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<PlanMember>,
    unknown: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CountsMember {
    findings: usize,
    suppressed: usize,
    severities: BTreeMap<&'static str, usize>,
}

/// What one source says of how bad a flaw is.
#[derive(Debug, Serialize)]
struct SeverityMember {
    severity: &'static str,
    source: Option<String>,
    score: Option<f64>,
    vector: Option<String>,
}

/// A finding that does not count.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SuppressedMember {
    reason: &'static str,
    detail: String,
    /// The VEX document that says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<String>,
    /// The exception, as the registry knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    exception: Option<String>,
    #[serde(flatten)]
    finding: FindingMember,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DistributionMember {
    id: String,
    version: Option<String>,
    name: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AdvisoriesMember {
    generation: String,
    built_at: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LayerMember {
    diff_id: Option<String>,
    digest: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PackageMember {
    name: String,
    version: String,
    ecosystem: String,
    purl: String,
    path: String,
    layer: Option<String>,
    source: Option<SourceMember>,
    architecture: Option<String>,
}

#[derive(Debug, Serialize)]
struct SourceMember {
    name: String,
    version: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FindingMember {
    id: String,
    aliases: Vec<String>,
    advisory: String,
    package: String,
    ecosystem: String,
    purl: String,
    installed: String,
    fixed: Option<String>,
    fixed_elsewhere: Vec<FixedInMember>,
    status: &'static str,
    state: &'static str,
    severity: &'static str,
    severity_source: Option<String>,
    severities: Vec<SeverityMember>,
    score: Option<f64>,
    vector: Option<String>,
    malicious: bool,
    response: Option<&'static str>,
    exploited: Option<ExploitedMember>,
    epss: Option<EpssMember>,
    summary: String,
    published: Option<String>,
    path: String,
    layer: Option<String>,
    rule: String,
}

/// A fix in another release.
#[derive(Debug, Serialize)]
struct FixedInMember {
    ecosystem: String,
    version: String,
}

/// What the catalog of known exploited vulnerabilities says of a flaw.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ExploitedMember {
    added: String,
    due: Option<String>,
    ransomware: bool,
}

/// What the Exploit Prediction Scoring System says of a flaw.
#[derive(Debug, Serialize)]
struct EpssMember {
    probability: f64,
    percentile: f64,
}

impl From<Exploited> for ExploitedMember {
    fn from(known: Exploited) -> Self {
        let day = |time: Timestamp| time.to_string().split('T').next().unwrap_or_default().to_owned();
        Self { added: day(known.added), due: known.due.map(day), ransomware: known.ransomware }
    }
}

impl From<Epss> for EpssMember {
    fn from(known: Epss) -> Self {
        Self { probability: known.probability(), percentile: known.percentile() }
    }
}

impl Report {
    /// The report with the verdict of whoever asks: `pass`, `warn`, `deny` or `unknown`.
    pub fn new(report: &ImageReport, verdict: &str) -> Self {
        let inventory = report.listed();
        let distribution = inventory.distribution.as_ref();
        let member = Member { distribution, layers: &report.layers };
        Self {
            schema_version: SCHEMA_VERSION,
            source: report.source.clone(),
            digest: report.digest.map(|digest| digest.to_string()),
            distribution: distribution.map(|distribution| DistributionMember {
                id: distribution.id.clone(),
                version: distribution.version_id.clone(),
                name: distribution.pretty_name.clone().unwrap_or_else(|| distribution.id.clone()),
            }),
            verdict: verdict.to_owned(),
            advisories: report.generation.as_ref().map(|generation| AdvisoriesMember {
                generation: generation.clone(),
                built_at: report.advisories_built_at.map(|time| time.to_string()),
            }),
            layers: report.layers.iter().map(layer).collect(),
            packages: inventory.packages.iter().map(|installed| member.package(installed)).collect(),
            counts: counts(&report.judgement),
            findings: report.judgement.findings.iter().map(|finding| member.finding(finding)).collect(),
            suppressed: report.judgement.suppressed.iter().map(|suppressed| member.suppressed(suppressed)).collect(),
            fix: None,
            unknown: report.judgement.unknown.iter().map(ToString::to_string).collect(),
        }
    }

    /// The same with what to change in the image.
    #[must_use]
    pub fn with_plan(mut self, report: &ImageReport, plan: &Plan) -> Self {
        let member = Member { distribution: report.inventory.distribution.as_ref(), layers: &report.layers };
        self.fix = Some(PlanMember::new(plan, &member));
        self
    }
}

fn counts(judgement: &Judgement) -> CountsMember {
    let mut severities: BTreeMap<&'static str, usize> = BTreeMap::new();
    for finding in &judgement.findings {
        *severities.entry(finding.counted_severity().as_str()).or_default() += 1;
    }
    CountsMember { findings: judgement.findings.len(), suppressed: judgement.suppressed.len(), severities }
}

fn severity(known: &Assessment) -> SeverityMember {
    let Assessment { severity, score, vector, source, .. } = known.clone();
    SeverityMember { severity: severity.as_str(), source, score, vector }
}

fn layer(name: &LayerName) -> LayerMember {
    LayerMember { diff_id: name.diff_id.map(|id| id.to_string()), digest: name.digest.map(|digest| digest.to_string()) }
}

fn fixed_in(fix: &FixedIn) -> FixedInMember {
    FixedInMember { ecosystem: fix.ecosystem.clone(), version: fix.version.clone() }
}

/// What members of one report have in common.
struct Member<'a> {
    distribution: Option<&'a Distribution>,
    layers: &'a [LayerName],
}

impl Member<'_> {
    /// A layer by the name that is the same however the image is transferred, where there is one.
    fn layer(&self, number: u32) -> Option<String> {
        let name = self.layers.get(number as usize)?;
        name.diff_id.or(name.digest).map(|digest| digest.to_string())
    }

    fn package(&self, installed: &InstalledPackage) -> PackageMember {
        let package = &installed.package;
        PackageMember {
            name: package.name.clone(),
            version: package.version.clone(),
            ecosystem: plimsoll_advisories::ecosystem_name(package.kind, self.distribution).to_owned(),
            purl: purl(package, self.distribution),
            path: installed.path.clone(),
            layer: self.layer(installed.layer),
            source: package
                .source
                .as_ref()
                .map(|source| SourceMember { name: source.name.clone(), version: source.version.clone() }),
            architecture: package.architecture.clone(),
        }
    }

    fn suppressed(&self, suppressed: &Suppressed) -> SuppressedMember {
        let (document, exception) = match &suppressed.reason {
            Suppression::Vex { document, .. } => (Some(document.clone()), None),
            Suppression::Exception { id, .. } => (None, id.clone()),
            _ => (None, None),
        };
        SuppressedMember {
            reason: suppressed.reason.word(),
            detail: suppressed.reason.to_string(),
            document,
            exception,
            finding: self.finding(&suppressed.finding),
        }
    }

    fn finding(&self, finding: &Finding) -> FindingMember {
        FindingMember {
            id: finding.id.clone(),
            aliases: finding.aliases.clone(),
            advisory: finding.advisory.clone(),
            package: finding.package.package.name.clone(),
            ecosystem: finding.ecosystem.to_owned(),
            purl: purl(&finding.package.package, self.distribution),
            installed: finding.installed.clone(),
            fixed: finding.fixed.clone(),
            fixed_elsewhere: finding.fixed_elsewhere.iter().map(fixed_in).collect(),
            status: match finding.status {
                Status::Affected => "affected",
                Status::Undetermined => "undetermined",
            },
            state: finding.state().word(),
            severity: finding.severity.as_str(),
            severity_source: finding.severity_source.clone(),
            severities: finding.assessments.iter().map(severity).collect(),
            score: finding.score,
            vector: finding.vector.clone(),
            malicious: finding.malicious,
            response: finding.response.map(Response::word),
            exploited: finding.exploited.map(ExploitedMember::from),
            epss: finding.epss.map(EpssMember::from),
            summary: finding.summary.clone(),
            published: finding.published.map(|time| time.to_string()),
            path: finding.package.path.clone(),
            layer: self.layer(finding.package.layer),
            rule: finding.evidence.rule.to_string(),
        }
    }
}

/// The report of an image in a form that others read, made now.
///
/// # Errors
/// The system has no randomness for its serial number.
pub fn write(report: &ImageReport, format: Format) -> Result<String, getrandom::Error> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)?;
    Ok(write_as(report, format, random, Timestamp::from(SystemTime::now())))
}

/// The same with this serial number, made at this time.
pub(crate) fn write_as(report: &ImageReport, format: Format, serial: [u8; 16], made_at: Timestamp) -> String {
    let layers: Vec<Layer> =
        report.layers.iter().map(|layer| Layer { digest: layer.digest, diff_id: layer.diff_id }).collect();
    let advisories =
        report.generation.as_ref().map(|generation| Advisories { generation, built_at: report.advisories_built_at });
    let image = Image {
        name: &report.source,
        digest: report.digest,
        layers: &layers,
        inventory: &report.listed(),
        judgement: &report.judgement,
        advisories,
        made_at,
        serial: &UploadId::from_random(serial).to_string(),
    };
    render(format, &image)
}
