//! The JSON of trivy, schema version 2, by the names and in the words its readers know.

use std::collections::BTreeMap;

use plimsoll_advisories::{Assessment, Finding, Severity, State, Status, Suppressed, Suppression, cvss_version};
use plimsoll_inventory::{InstalledPackage, PackageKind, family};
use plimsoll_oci::Digest;
use serde_json::{Map, Value, json};

use crate::Image;
use crate::facts::{Standing, database, fingerprint, standing, url};

/// Target, class and type of a result.
type Group = (String, &'static str, String);

#[derive(Default)]
struct Members<'a> {
    packages: Vec<Value>,
    findings: Vec<&'a Finding>,
    suppressed: Vec<Value>,
}

pub(crate) fn document(image: &Image<'_>) -> Value {
    let mut results: BTreeMap<Group, Members<'_>> = BTreeMap::new();
    for installed in &image.inventory.packages {
        results.entry(group(installed, image)).or_default().packages.push(package(installed, image));
    }
    for finding in &image.judgement.findings {
        results.entry(group(&finding.package, image)).or_default().findings.push(finding);
    }
    for suppressed in &image.judgement.suppressed {
        let group = group(&suppressed.finding.package, image);
        results.entry(group).or_default().suppressed.push(modified(suppressed, image));
    }
    json!({
        "SchemaVersion": 2,
        "ReportID": image.serial,
        "CreatedAt": image.made_at.to_string(),
        "ArtifactID": artifact(image),
        "ArtifactName": image.shown_name(),
        "ArtifactType": "container_image",
        "Metadata": metadata(image),
        "Results": results.iter().map(|(group, members)| result(group, members, image)).collect::<Vec<_>>(),
    })
}

/// What the same image has in common with itself elsewhere: its manifest, else its layers.
fn artifact(image: &Image<'_>) -> String {
    let layers = || image.diff_ids().iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    image.digest.unwrap_or_else(|| Digest::sha256(layers().as_bytes())).to_string()
}

fn metadata(image: &Image<'_>) -> Value {
    let digests: Vec<String> = image.diff_ids().iter().map(ToString::to_string).collect();
    let mut metadata = json!({
        "DiffIDs": digests,
        "ImageConfig": { "architecture": "", "os": "", "rootfs": { "type": "layers", "diff_ids": digests }, "config": {} },
        "Layers": image.layers.iter().copied().map(layer).collect::<Vec<_>>(),
    });
    if let Some(distribution) = image.distribution() {
        let version = distribution.version_id.as_deref().unwrap_or_default();
        metadata["OS"] = json!({ "Family": family(distribution), "Name": version });
    }
    let repository = image.name.split('@').next().unwrap_or(image.name);
    if let Some((name, tag)) = repository.rsplit_once(':')
        && !tag.contains('/')
    {
        metadata["RepoTags"] = json!([repository]);
        metadata["Reference"] = repository.into();
        if let Some(digest) = image.digest {
            metadata["RepoDigests"] = json!([format!("{name}@{digest}")]);
        }
    }
    metadata
}

fn layer(layer: crate::Layer) -> Value {
    let mut value = json!({});
    if let Some(digest) = layer.digest {
        value["Digest"] = digest.to_string().into();
    }
    if let Some(diff_id) = layer.diff_id {
        value["DiffID"] = diff_id.to_string().into();
    }
    value
}

/// The result a package belongs to: one for the distribution, one for each language whose packages are many and small, and
/// one for each program.
fn group(installed: &InstalledPackage, image: &Image<'_>) -> Group {
    let kind = installed.package.kind;
    if kind.is_of_system() {
        let family = image.distribution().map_or(kind.class(), family);
        let system = image.operating_system().unwrap_or_else(|| family.to_owned());
        return (format!("{} ({system})", image.shown_name()), "os-pkgs", family.to_owned());
    }
    let target = match kind {
        PackageKind::Npm => "Node.js",
        PackageKind::PyPi => "Python",
        PackageKind::Maven => "Java",
        PackageKind::Gem => "Ruby",
        _ => &installed.path,
    };
    (target.to_owned(), "lang-pkgs", kind.class().to_owned())
}

fn result((target, class, kind): &Group, members: &Members<'_>, image: &Image<'_>) -> Value {
    let mut value = json!({ "Target": target, "Class": class, "Type": kind, "Packages": members.packages });
    if !members.findings.is_empty() {
        value["Vulnerabilities"] = members.findings.iter().map(|finding| vulnerability(finding, image)).collect();
    }
    if !members.suppressed.is_empty() {
        value["ExperimentalModifiedFindings"] = members.suppressed.clone().into();
    }
    value
}

fn modified(Suppressed { finding, reason }: &Suppressed, image: &Image<'_>) -> Value {
    let status = match standing(reason) {
        Standing::Harmless => "not_affected",
        Standing::Fixed => "fixed",
        Standing::Accepted => "ignored",
    };
    let source = match reason {
        Suppression::Vex { author, .. } => author,
        Suppression::Exception { owner, .. } => owner,
        _ => "plimsoll",
    };
    json!({
        "Type": "vulnerability",
        "Status": status,
        "Statement": reason.to_string(),
        "Source": source,
        "Finding": vulnerability(finding, image),
    })
}

fn package_id(installed: &InstalledPackage) -> String {
    format!("{}@{}", installed.package.name, installed.package.version)
}

fn identifier(installed: &InstalledPackage, image: &Image<'_>) -> Value {
    let purl = image.purl(installed);
    let uid = Digest::sha256(format!("{purl}\n{}", installed.path).as_bytes()).hex();
    json!({ "PURL": purl, "UID": uid.get(..16).unwrap_or_default() })
}

fn package(installed: &InstalledPackage, image: &Image<'_>) -> Value {
    let package = &installed.package;
    let mut value = json!({
        "ID": package_id(installed),
        "Name": package.name,
        "Identifier": identifier(installed, image),
        "Version": package.version,
        "Layer": layer(image.layer(installed)),
    });
    if let Some(architecture) = &package.architecture {
        value["Arch"] = architecture.clone().into();
    }
    if let Some(source) = &package.source {
        value["SrcName"] = source.name.clone().into();
        value["SrcVersion"] = source.version.clone().into();
    }
    if let Some(label) = &package.modularity {
        value["Modularitylabel"] = label.clone().into();
    }
    if !package.kind.is_of_system() {
        value["FilePath"] = installed.path.clone().into();
    }
    value
}

fn vulnerability(finding: &Finding, image: &Image<'_>) -> Value {
    let installed = &finding.package;
    let (source, name, address) = database(&finding.advisory);
    let severity = finding.counted_severity();
    let mut value = json!({
        "VulnerabilityID": finding.id,
        "VendorIDs": [finding.advisory],
        "PkgID": package_id(installed),
        "PkgName": installed.package.name,
        "PkgIdentifier": identifier(installed, image),
        "InstalledVersion": installed.package.version,
        "Status": status(finding.state()),
        "Layer": layer(image.layer(installed)),
        "PrimaryURL": url(&finding.id),
        "DataSource": { "ID": source, "Name": name, "URL": address },
        "Fingerprint": format!("sha256:{}", fingerprint(finding, image)),
        "Severity": word(severity),
        "References": std::iter::once(&finding.id).chain(&finding.aliases).map(|id| url(id)).collect::<Vec<_>>(),
        "LastModifiedDate": finding.modified.to_string(),
    });
    let mut optional = |member: &str, text: Option<String>| {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            value[member] = text.into();
        }
    };
    optional("FixedVersion", finding.fixed.clone());
    optional("Title", Some(finding.summary.clone()));
    optional("Description", Some(finding.summary.clone()));
    optional("PublishedDate", finding.published.map(|time| time.to_string()));
    optional("PkgPath", (!installed.package.kind.is_of_system()).then(|| installed.path.clone()));
    let counted = finding.severity_source.as_deref().filter(|_| finding.status == Status::Affected);
    optional("SeveritySource", counted.map(|said| database(said).0.to_owned()));
    let rated = said(finding, |assessment| Some(number(assessment.severity).into()));
    for (member, said) in [("VendorSeverity", rated), ("CVSS", said(finding, cvss))] {
        if !said.is_empty() {
            value[member] = said.into();
        }
    }
    value
}

/// What every source says. Of several records of one source the first counts.
fn said(finding: &Finding, read: fn(&Assessment) -> Option<Value>) -> Map<String, Value> {
    let mut said = Map::new();
    for assessment in &finding.assessments {
        let source = assessment.source.as_deref().map(|source| database(source).0);
        if let (Some(source), Some(value)) = (source, read(assessment)) {
            said.entry(source).or_insert(value);
        }
    }
    said
}

/// The state in trivy's words, which have none for a fix that is elsewhere.
const fn status(state: State) -> &'static str {
    match state {
        State::Fixed => "fixed",
        State::FixedElsewhere | State::Affected => "affected",
        State::UnderInvestigation => "under_investigation",
        State::Deferred => "fix_deferred",
        State::WontFix => "will_not_fix",
        State::EndOfLife => "end_of_life",
        State::NotAffected => "not_affected",
        State::Undetermined => "unknown",
    }
}

fn cvss(assessment: &Assessment) -> Option<Value> {
    let vector = assessment.vector.as_deref()?;
    let version = match cvss_version(vector).split('.').next() {
        Some("2") => "V2",
        Some("3") => "V3",
        _ => "V40",
    };
    let mut cvss = json!({});
    cvss[format!("{version}Vector")] = vector.into();
    cvss[format!("{version}Score")] = assessment.score?.into();
    Some(cvss)
}

/// The severity in trivy's words, which has none for what is of no consequence.
const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Negligible => "LOW",
        other => other.as_str(),
    }
}

const fn number(severity: Severity) -> u8 {
    match severity {
        Severity::Unknown => 0,
        Severity::Negligible | Severity::Low => 1,
        Severity::Medium => 2,
        Severity::High => 3,
        Severity::Critical => 4,
    }
}
