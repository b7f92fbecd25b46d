//! [CycloneDX](https://cyclonedx.org/capabilities/vex/) documents of versions 1.4 to 1.7 that analyse vulnerabilities.

mod bill;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;

use self::bill::Bill;
use super::field::{Budget, broken, name, printable, time, words};
use super::{Document, Form, Justification, Statement, VexError, VexStatus};
use crate::Timestamp;

/// The author of documents that name none.
const NOBODY: &str = "an author who is not named";

#[derive(Deserialize)]
struct Bom {
    #[serde(rename = "bomFormat")]
    format: String,
    #[serde(rename = "specVersion")]
    version: String,
    #[serde(rename = "serialNumber")]
    serial: Option<String>,
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    components: Vec<Component>,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    timestamp: Option<String>,
    authors: Vec<Named>,
    supplier: Option<Named>,
    manufacturer: Option<Named>,
    manufacture: Option<Named>,
    component: Option<Component>,
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(rename = "bom-ref")]
    reference: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    name: String,
    version: Option<String>,
    purl: Option<String>,
    cpe: Option<String>,
    #[serde(default)]
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: Option<String>,
    #[serde(default)]
    references: Vec<SameAs>,
    updated: Option<String>,
    analysis: Option<Analysis>,
    #[serde(default)]
    affects: Vec<Affected>,
}

#[derive(Deserialize)]
struct SameAs {
    id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Analysis {
    state: Option<String>,
    justification: Option<String>,
    #[serde(default)]
    response: Vec<String>,
    detail: Option<String>,
    first_issued: Option<String>,
    last_updated: Option<String>,
}

#[derive(Deserialize)]
struct Affected {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(default)]
    versions: Vec<AffectedVersion>,
}

#[derive(Deserialize)]
struct AffectedVersion {
    version: Option<String>,
    status: Option<String>,
}

/// Reads a CycloneDX document. Vulnerabilities without an analysis of their state say nothing.
pub(super) fn read(bytes: &[u8]) -> Result<Document, VexError> {
    let bom: Bom = serde_json::from_slice(bytes).map_err(|source| VexError::Shape { form: Form::CycloneDx, source })?;
    if bom.format != "CycloneDX" {
        return Err(broken("bomFormat", "it is not CycloneDX"));
    }
    if !matches!(bom.version.as_str(), "1.4" | "1.5" | "1.6" | "1.7") {
        return Err(broken("specVersion", "it is none of 1.4, 1.5, 1.6 and 1.7"));
    }
    let author = author(&bom.metadata)?;
    let timestamp = bom.metadata.timestamp.as_ref().map(|text| time("metadata.timestamp", text)).transpose()?;
    let mut budget = Budget::default();
    let mut reader = Reader { author: author.as_str().into(), timestamp, bill: Bill::default() };
    reader.bill = Bill::read(bom.serial.as_deref(), bom.metadata.component, bom.components, &mut budget)?;
    let mut statements = Vec::new();
    for (number, vulnerability) in bom.vulnerabilities.into_iter().enumerate() {
        reader.vulnerability(&format!("vulnerabilities[{number}]"), vulnerability, &mut budget, &mut statements)?;
    }
    Ok(Document {
        form: Form::CycloneDx,
        id: bom.serial.as_deref().map(printable),
        author,
        timestamp,
        attested_for: Vec::new(),
        statements,
    })
}

fn author(metadata: &Metadata) -> Result<String, VexError> {
    let companies = [&metadata.supplier, &metadata.manufacturer, &metadata.manufacture];
    let named = metadata.authors.iter().chain(companies.into_iter().flatten());
    let named = named.filter_map(|named| named.name.as_deref()).find(|name| !name.trim().is_empty());
    named.map_or(Ok(()), |text| name("metadata.authors", text))?;
    Ok(named.map_or_else(|| NOBODY.to_owned(), printable))
}

struct Reader {
    author: Arc<str>,
    timestamp: Option<Timestamp>,
    bill: Bill,
}

impl Reader {
    fn vulnerability(
        &self,
        at: &str,
        vulnerability: Vulnerability,
        budget: &mut Budget,
        statements: &mut Vec<Statement>,
    ) -> Result<(), VexError> {
        let Some(analysis) = &vulnerability.analysis else { return Ok(()) };
        let Some(state) = &analysis.state else { return Ok(()) };
        let status = status(state)
            .ok_or_else(|| broken(&format!("{at}.analysis.state"), "it is none of the states of CycloneDX"))?;
        let id = vulnerability.id.as_deref().unwrap_or_default();
        name(&format!("{at}.id"), id)?;
        let named = vulnerability.references.iter().filter_map(|reference| reference.id.clone());
        let aliases: Vec<String> = named.filter(|alias| !alias.trim().is_empty()).collect();
        for (number, alias) in aliases.iter().enumerate() {
            name(&format!("{at}.references[{number}].id"), alias)?;
        }
        if vulnerability.affects.is_empty() {
            return Err(broken(&format!("{at}.affects"), "it names no product"));
        }
        budget.take(&format!("{at}.affects"), aliases.len() + vulnerability.affects.len())?;
        let (justification, impact) = reasons(&format!("{at}.analysis"), analysis, status)?;
        let template = Statement {
            vulnerability: id.to_owned(),
            aliases,
            products: Vec::new(),
            status,
            justification,
            impact,
            author: Arc::clone(&self.author),
            timestamp: self.time(at, &vulnerability)?,
        };
        statements.extend(self.bill.said(at, &vulnerability.affects, &template, budget)?);
        Ok(())
    }

    fn time(&self, at: &str, vulnerability: &Vulnerability) -> Result<Timestamp, VexError> {
        let analysis = vulnerability.analysis.as_ref();
        let given = [
            ("analysis.lastUpdated", analysis.and_then(|analysis| analysis.last_updated.as_ref())),
            ("analysis.firstIssued", analysis.and_then(|analysis| analysis.first_issued.as_ref())),
        ];
        let said = given.into_iter().find_map(|(member, text)| text.map(|text| (member, text)));
        match (said, self.timestamp, &vulnerability.updated) {
            (Some((member, text)), ..) => time(&format!("{at}.{member}"), text),
            (None, Some(timestamp), _) => Ok(timestamp),
            (None, None, Some(text)) => time(&format!("{at}.updated"), text),
            (None, None, None) => Ok(Timestamp::from_unix_seconds(0)),
        }
    }
}

fn status(state: &str) -> Option<VexStatus> {
    Some(match state {
        "resolved" | "resolved_with_pedigree" => VexStatus::Fixed,
        "exploitable" => VexStatus::Affected,
        "in_triage" => VexStatus::UnderInvestigation,
        "false_positive" | "not_affected" => VexStatus::NotAffected,
        _ => return None,
    })
}

/// Why, in a word where there is one for it, and in words with everything else that is said.
fn reasons(
    at: &str,
    analysis: &Analysis,
    status: VexStatus,
) -> Result<(Option<Justification>, Option<String>), VexError> {
    let word = analysis.justification.as_deref().filter(|word| !word.is_empty());
    let justification = match word {
        None | Some("requires_configuration" | "requires_dependency" | "requires_environment") => None,
        Some("code_not_present") => Some(Justification::VulnerableCodeNotPresent),
        Some("code_not_reachable") => Some(Justification::VulnerableCodeNotInExecutePath),
        Some(
            "protected_by_compiler"
            | "protected_at_runtime"
            | "protected_at_perimeter"
            | "protected_by_mitigating_control",
        ) => Some(Justification::InlineMitigationsExist),
        Some(_) => {
            return Err(broken(&format!("{at}.justification"), "it is none of the justifications of CycloneDX"));
        }
    };
    let is_response =
        |word: &str| matches!(word, "can_not_fix" | "will_not_fix" | "update" | "rollback" | "workaround_available");
    if let Some(number) = analysis.response.iter().position(|word| !is_response(word)) {
        return Err(broken(&format!("{at}.response[{number}]"), "it is none of the responses of CycloneDX"));
    }
    let detail = words(&format!("{at}.detail"), analysis.detail.as_deref())?;
    // These say more than the justification they become.
    let finer = word.filter(|word| !word.starts_with("code_")).map(str::to_owned);
    let responses: BTreeSet<&str> = analysis.response.iter().map(String::as_str).collect();
    let responses = responses.into_iter().map(str::to_owned);
    let said: Vec<String> = finer.into_iter().chain(detail).chain(responses).collect();
    let is_not_affected = status == VexStatus::NotAffected;
    Ok((justification.filter(|_| is_not_affected), (!said.is_empty()).then(|| said.join("; "))))
}
