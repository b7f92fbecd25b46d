//! [OpenVEX 0.2](https://github.com/openvex/spec) documents.

use std::sync::Arc;

use serde::Deserialize;

use super::field::{Budget, broken, cpe, name, package_url, printable, short, time, words};
use super::{Document, Form, Justification, Product, Statement, Subject, VexError, VexStatus};
use crate::Timestamp;

const NAMESPACE: &str = "https://openvex.dev/ns";

#[derive(Deserialize)]
struct DocumentMember {
    #[serde(rename = "@context")]
    context: String,
    #[serde(rename = "@id")]
    id: String,
    author: String,
    timestamp: String,
    statements: Vec<StatementMember>,
}

#[derive(Deserialize)]
struct StatementMember {
    vulnerability: Vulnerability,
    #[serde(default)]
    products: Vec<ProductMember>,
    status: String,
    justification: Option<String>,
    impact_statement: Option<String>,
    timestamp: Option<String>,
}

#[derive(Deserialize)]
struct Vulnerability {
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
}

#[derive(Deserialize)]
struct ProductMember {
    #[serde(rename = "@id")]
    id: Option<String>,
    identifiers: Option<Identifiers>,
    #[serde(default)]
    subcomponents: Vec<SubjectMember>,
}

#[derive(Deserialize)]
struct SubjectMember {
    #[serde(rename = "@id")]
    id: Option<String>,
    identifiers: Option<Identifiers>,
}

#[derive(Default, Deserialize)]
struct Identifiers {
    purl: Option<String>,
    cpe22: Option<String>,
    cpe23: Option<String>,
}

/// Reads an OpenVEX 0.2 document.
pub(super) fn read(bytes: &[u8]) -> Result<Document, VexError> {
    let document: DocumentMember =
        serde_json::from_slice(bytes).map_err(|source| VexError::Shape { form: Form::OpenVex, source })?;
    let version = document.context.strip_prefix(NAMESPACE).map(|version| version.trim_matches('/'));
    if !version.is_some_and(|version| version.is_empty() || version == "v0.2" || version.starts_with("v0.2.")) {
        return Err(broken("@context", "it is not https://openvex.dev/ns/v0.2.0"));
    }
    name("@id", &document.id)?;
    name("author", &document.author)?;
    let author = printable(&document.author);
    let shared = Shared { author: author.as_str().into(), time: time("timestamp", &document.timestamp)? };
    let mut budget = Budget::default();
    let statements = document.statements.into_iter().enumerate();
    Ok(Document {
        form: Form::OpenVex,
        id: Some(printable(&document.id)),
        author,
        timestamp: Some(shared.time),
        attested_for: Vec::new(),
        statements: statements
            .map(|(number, member)| statement(&format!("statements[{number}]"), member, &shared, &mut budget))
            .collect::<Result<_, _>>()?,
    })
}

/// What the statements have in common.
struct Shared {
    author: Arc<str>,
    time: Timestamp,
}

fn statement(at: &str, member: StatementMember, shared: &Shared, budget: &mut Budget) -> Result<Statement, VexError> {
    let field = |name: &str| format!("{at}.{name}");
    name(&field("vulnerability.name"), &member.vulnerability.name)?;
    for (number, alias) in member.vulnerability.aliases.iter().enumerate() {
        name(&field(&format!("vulnerability.aliases[{number}]")), alias)?;
    }
    let parts = member.products.iter().map(|product| 1 + product.subcomponents.len()).sum::<usize>();
    budget.take(&field("products"), parts + member.vulnerability.aliases.len())?;
    if member.products.is_empty() {
        return Err(broken(&field("products"), "it names no product"));
    }
    let status = VexStatus::of_word(&member.status).ok_or_else(|| {
        broken(&field("status"), "it is none of not_affected, affected, fixed and under_investigation")
    })?;
    let (justification, impact) = reasons(at, &member, status)?;
    let products = member.products.into_iter().enumerate();
    Ok(Statement {
        products: products
            .map(|(n, member)| product(&format!("{at}.products[{n}]"), member))
            .collect::<Result<_, _>>()?,
        status,
        justification,
        impact,
        author: Arc::clone(&shared.author),
        timestamp: match &member.timestamp {
            Some(text) => time(&field("timestamp"), text)?,
            None => shared.time,
        },
        vulnerability: member.vulnerability.name,
        aliases: member.vulnerability.aliases,
    })
}

/// Why a product is not affected: in one of the words there are for it, or in words of one's own, but somehow.
fn reasons(
    at: &str,
    member: &StatementMember,
    status: VexStatus,
) -> Result<(Option<Justification>, Option<String>), VexError> {
    let given = |text: &&String| !text.trim().is_empty();
    let justification = match member.justification.as_ref().filter(given) {
        Some(word) => Some(
            Justification::of_word(word)
                .ok_or_else(|| broken(&format!("{at}.justification"), "it is none of the justifications of OpenVEX"))?,
        ),
        None => None,
    };
    let impact = words(&format!("{at}.impact_statement"), member.impact_statement.as_deref())?;
    match status {
        VexStatus::NotAffected if justification.is_none() && impact.is_none() => {
            Err(broken(&format!("{at}.justification"), "not_affected needs it, or an impact_statement"))
        }
        VexStatus::NotAffected => Ok((justification, impact)),
        _ if justification.is_some() => Err(broken(&format!("{at}.justification"), "only not_affected may have it")),
        _ => Ok((None, impact)),
    }
}

fn product(at: &str, member: ProductMember) -> Result<Product, VexError> {
    let subcomponents = member.subcomponents.into_iter().enumerate();
    Ok(Product {
        subject: subject(at, SubjectMember { id: member.id, identifiers: member.identifiers })?,
        subcomponents: subcomponents
            .map(|(number, member)| subject(&format!("{at}.subcomponents[{number}]"), member))
            .collect::<Result<_, _>>()?,
    })
}

fn subject(at: &str, member: SubjectMember) -> Result<Subject, VexError> {
    let Identifiers { purl, cpe22, cpe23 } = member.identifiers.unwrap_or_default();
    let is_purl = |text: &str| text.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("pkg:"));
    let (field, written) = match (&purl, &member.id) {
        (Some(purl), _) => (format!("{at}.identifiers.purl"), Some(purl)),
        (None, id) => (format!("{at}.@id"), id.as_ref().filter(|id| is_purl(id))),
    };
    let read = written.map(|text| package_url(&field, text)).transpose()?;
    let named = [("cpe23", cpe23), ("cpe22", cpe22)].into_iter().find_map(|(name, cpe)| Some((name, cpe?)));
    let cpe = named.map(|(name, text)| cpe(&format!("{at}.identifiers.{name}"), &text)).transpose()?;
    // Without a name of any kind only other identifiers are left, which nothing is compared with.
    let id = member.id.or(purl).unwrap_or_default();
    short(&format!("{at}.@id"), &id)?;
    Ok(Subject { id, purl: read, cpe })
}
