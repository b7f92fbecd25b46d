//! The components of a CycloneDX document, and what is said of them.

use std::collections::{BTreeSet, HashMap};

use super::{Affected, Component};
use crate::vex::field::{Budget, broken, package_url, short};
use crate::vex::{Cpe, PackageUrl, Product, Statement, Subject, VexError, VexStatus};

/// The components of a document.
#[derive(Default)]
pub(super) struct Bill {
    /// What a link to this very document begins with.
    link: Option<String>,
    /// What the document is about.
    product: Option<Subject>,
    /// The components by their references.
    components: HashMap<String, Known>,
    /// How many components have a package URL.
    shared: HashMap<String, usize>,
}

struct Known {
    subject: Subject,
    /// As the document writes them.
    purl: Option<String>,
    version: Option<String>,
    is_product: bool,
}

impl Bill {
    pub(super) fn read(
        serial: Option<&str>,
        product: Option<Component>,
        components: Vec<Component>,
        budget: &mut Budget,
    ) -> Result<Self, VexError> {
        let uuid = serial.and_then(|serial| serial.strip_prefix("urn:uuid:"));
        let mut bill = Self { link: uuid.map(|uuid| format!("urn:cdx:{uuid}/")), ..Self::default() };
        if let Some(component) = product {
            bill.component("metadata.component", component, true, budget)?;
        }
        for (number, component) in components.into_iter().enumerate() {
            bill.component(&format!("components[{number}]"), component, false, budget)?;
        }
        Ok(bill)
    }

    /// As deep as the reader of JSON went.
    fn component(
        &mut self,
        at: &str,
        component: Component,
        is_product: bool,
        budget: &mut Budget,
    ) -> Result<(), VexError> {
        budget.take(at, 1)?;
        let subject = subject(at, &component)?;
        if is_product {
            self.product = Some(subject.clone());
        }
        if let Some(purl) = &component.purl {
            *self.shared.entry(purl.clone()).or_default() += 1;
        }
        if let Some(reference) = component.reference {
            let known = Known { subject, purl: component.purl, version: component.version, is_product };
            if self.components.insert(reference, known).is_some() {
                return Err(broken(&format!("{at}.bom-ref"), "another component has the same"));
            }
        }
        for (number, inner) in component.components.into_iter().enumerate() {
            self.component(&format!("{at}.components[{number}]"), inner, false, budget)?;
        }
        Ok(())
    }

    /// What is said of each thing that a vulnerability affects. What counts against a product comes last, and so has the
    /// last word.
    pub(super) fn said(
        &self,
        at: &str,
        affects: &[Affected],
        template: &Statement,
        budget: &mut Budget,
    ) -> Result<Vec<Statement>, VexError> {
        let covered = self.covered(affects);
        let mut said: Vec<Statement> = Vec::new();
        for (number, affected) in affects.iter().enumerate() {
            let at = format!("{at}.affects[{number}]");
            short(&format!("{at}.ref"), &affected.reference)?;
            budget.take(&format!("{at}.versions"), affected.versions.len())?;
            let (subject, known) = self.subject(&affected.reference);
            for (status, version) in statuses(&at, affected, template.status)? {
                let is_one_of_many = known.is_some_and(|known| {
                    known.purl.as_ref().is_some_and(|purl| covered.get(purl.as_str()) != self.shared.get(purl))
                });
                let subject = subject.clone();
                let subject = match version {
                    // Of the others of the same package nothing is said.
                    _ if status.suppresses() && is_one_of_many => Subject { purl: None, ..subject },
                    Some(version) if known.and_then(|known| known.version.as_deref()) != Some(version) => {
                        Subject { purl: subject.purl.map(|purl| purl.with_version(version)), ..subject }
                    }
                    _ => subject,
                };
                let product = self.product_of(subject, known);
                match said.iter_mut().find(|statement| statement.status == status) {
                    Some(statement) => statement.products.push(product),
                    None => said.push(Statement { status, products: vec![product], ..template.clone() }),
                }
            }
        }
        for statement in &mut said {
            statement.justification = statement.justification.filter(|_| statement.status == VexStatus::NotAffected);
        }
        said.sort_by_key(|statement| !statement.status.suppresses());
        Ok(said)
    }

    /// How many components of each package URL are meant.
    fn covered(&self, affects: &[Affected]) -> HashMap<&str, usize> {
        let references: BTreeSet<&str> = affects.iter().map(|affected| self.local(&affected.reference)).collect();
        let mut covered = HashMap::new();
        for known in references.into_iter().filter_map(|reference| self.components.get(reference)) {
            if let Some(purl) = &known.purl {
                *covered.entry(purl.as_str()).or_default() += 1;
            }
        }
        covered
    }

    /// The reference within this document, where it is one.
    fn local<'a>(&self, reference: &'a str) -> &'a str {
        let rest = self.link.as_ref().and_then(|link| reference.strip_prefix(link.as_str()));
        rest.and_then(|rest| rest.split_once('#')).map_or(reference, |(_, reference)| reference)
    }

    /// What a reference means: a component of this document, or one of another that is named by its package URL.
    fn subject(&self, reference: &str) -> (Subject, Option<&Known>) {
        let known = self.components.get(self.local(reference));
        if let Some(known) = known {
            return (known.subject.clone(), Some(known));
        }
        let element = reference.starts_with("urn:cdx:").then(|| reference.split_once('#')).flatten();
        let purl = PackageUrl::parse(element.map_or(reference, |(_, element)| element));
        (Subject { id: reference.to_owned(), purl, cpe: None }, None)
    }

    fn product_of(&self, subject: Subject, known: Option<&Known>) -> Product {
        match &self.product {
            Some(product) if !known.is_some_and(|known| known.is_product) => {
                Product { subject: product.clone(), subcomponents: vec![subject] }
            }
            _ => Product { subject, subcomponents: Vec::new() },
        }
    }
}

/// What is said of which versions; of all that the component stands for, where no version is given.
///
/// That a version has the flaw does not keep it from doing no harm in the product, which is what tools write of every finding
/// that somebody analyses; but it is not fixed then. A range of versions has no package URL, and so is every version that the
/// component stands for where it counts against the product, and else none.
fn statuses<'a>(
    at: &str,
    affected: &'a Affected,
    state: VexStatus,
) -> Result<Vec<(VexStatus, Option<&'a str>)>, VexError> {
    if affected.versions.is_empty() {
        return Ok(vec![(state, None)]);
    }
    let mut statuses = Vec::new();
    for (number, member) in affected.versions.iter().enumerate() {
        let at = format!("{at}.versions[{number}]");
        let status = match member.status.as_deref() {
            Some("affected" | "unaffected" | "unknown") if state == VexStatus::NotAffected => state,
            Some("affected") if state == VexStatus::Fixed => VexStatus::Affected,
            None | Some("affected") => state,
            Some("unaffected") => VexStatus::NotAffected,
            Some("unknown") => VexStatus::UnderInvestigation,
            Some(_) => {
                return Err(broken(&format!("{at}.status"), "it is none of affected, unaffected and unknown"));
            }
        };
        if let Some(version) = &member.version {
            short(&format!("{at}.version"), version)?;
            statuses.push((status, Some(version.as_str())));
        } else if !status.suppresses() {
            statuses.push((status, None));
        }
    }
    Ok(statuses)
}

fn subject(at: &str, component: &Component) -> Result<Subject, VexError> {
    let id = component.reference.as_ref().or(component.purl.as_ref()).unwrap_or(&component.name);
    short(&format!("{at}.bom-ref"), id)?;
    let purl = match &component.purl {
        Some(purl) => Some(package_url(&format!("{at}.purl"), purl)?),
        None => image(component),
    };
    // Unlike a package URL it is one of many ways to say what is scanned, and tools write what they like.
    let cpe = component.cpe.as_deref().and_then(Cpe::parse);
    Ok(Subject { id: id.clone(), purl, cpe })
}

/// The package URL of an image that goes by its reference, with or without its digest for a version, as some tools write it.
fn image(component: &Component) -> Option<PackageUrl> {
    let name = component.name.trim();
    let name = Some(name).filter(|name| component.kind.as_deref() == Some("container") && !name.is_empty())?;
    let (name, digest) = name.split_once('@').map_or((name, None), |(name, digest)| (name, Some(digest)));
    let (repository, tag) = match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (name, None),
    };
    let version = component.version.as_deref();
    let image = PackageUrl::parse("pkg:oci/image")?;
    if let Some(digest) = digest.or(version.filter(|version| version.starts_with("sha256:"))) {
        return Some(image.with_version(digest));
    }
    let image = image.with_name(repository.rsplit('/').next()?).qualified("repository_url", &with_host(repository));
    Some(tag.or(version).map_or(image.clone(), |tag| image.qualified("tag", tag)))
}

/// A repository with the host it has where it names none.
fn with_host(repository: &str) -> String {
    match repository.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => repository.to_owned(),
        Some(_) => format!("docker.io/{repository}"),
        None => format!("docker.io/library/{repository}"),
    }
}
