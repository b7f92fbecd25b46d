//! [CSAF 2.0](https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html) and
//! [2.1](https://docs.oasis-open.org/csaf/csaf/v2.1/csaf-v2.1.html) documents that say how products are affected.

mod products;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Deserialize;

use self::products::{ProductTree, Products};
use super::field::{Budget, broken, name, printable, time, words};
use super::{Document, Form, Justification, Product, Statement, VexError, VexStatus};
use crate::{Severity, Timestamp};

#[derive(Deserialize)]
struct Csaf {
    document: Head,
    #[serde(default)]
    product_tree: ProductTree,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize)]
struct Head {
    category: String,
    csaf_version: String,
    publisher: Publisher,
    tracking: Tracking,
}

#[derive(Deserialize)]
struct Publisher {
    name: String,
}

#[derive(Deserialize)]
struct Tracking {
    id: String,
    current_release_date: String,
}

#[derive(Deserialize)]
struct Vulnerability {
    cve: Option<String>,
    #[serde(default)]
    ids: Vec<OtherId>,
    #[serde(default)]
    product_status: ProductStatus,
    #[serde(default)]
    flags: Vec<Flag>,
    #[serde(default)]
    threats: Vec<Threat>,
}

#[derive(Deserialize)]
struct OtherId {
    text: String,
}

/// Lists of products. What is only recommended says nothing of the vulnerability.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ProductStatus {
    fixed: Vec<String>,
    first_fixed: Vec<String>,
    known_not_affected: Vec<String>,
    under_investigation: Vec<String>,
    unknown: Vec<String>,
    known_affected: Vec<String>,
    first_affected: Vec<String>,
    last_affected: Vec<String>,
}

#[derive(Deserialize)]
struct Flag {
    label: String,
    #[serde(default)]
    product_ids: Vec<String>,
    #[serde(default)]
    group_ids: Vec<String>,
}

#[derive(Deserialize)]
struct Threat {
    category: String,
    details: Option<String>,
    #[serde(default)]
    product_ids: Vec<String>,
    #[serde(default)]
    group_ids: Vec<String>,
}

/// Reads a CSAF document.
pub(super) fn read(bytes: &[u8]) -> Result<Document, VexError> {
    let csaf: Csaf = serde_json::from_slice(bytes).map_err(|source| VexError::Shape { form: Form::Csaf, source })?;
    let head = &csaf.document;
    if !matches!(head.csaf_version.as_str(), "2.0" | "2.1") {
        return Err(broken("document.csaf_version", "it is neither 2.0 nor 2.1"));
    }
    if !matches!(head.category.as_str(), "csaf_vex" | "csaf_security_advisory") {
        return Err(broken("document.category", "it is neither csaf_vex nor csaf_security_advisory"));
    }
    name("document.publisher.name", &head.publisher.name)?;
    name("document.tracking.id", &head.tracking.id)?;
    let author = printable(&head.publisher.name);
    let timestamp = time("document.tracking.current_release_date", &head.tracking.current_release_date)?;
    let mut reader = Reader {
        author: author.as_str().into(),
        timestamp,
        is_vex: head.category == "csaf_vex",
        budget: Budget::default(),
        products: Products::default(),
    };
    reader.products = Products::read(csaf.product_tree, &mut reader.budget)?;
    let mut statements = Vec::new();
    for (number, vulnerability) in csaf.vulnerabilities.into_iter().enumerate() {
        reader.vulnerability(&format!("vulnerabilities[{number}]"), vulnerability, &mut statements)?;
    }
    Ok(Document {
        form: Form::Csaf,
        id: Some(printable(&head.tracking.id)),
        author,
        timestamp: Some(timestamp),
        attested_for: Vec::new(),
        statements,
    })
}

struct Reader {
    author: Arc<str>,
    timestamp: Timestamp,
    is_vex: bool,
    budget: Budget,
    products: Products,
}

/// Products of which the same is said, by what is said. What counts against a product comes last, and so has the last
/// word where a document contradicts itself.
type Said = BTreeMap<(Rank, Option<Justification>, Option<usize>), Vec<Product>>;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Fixed,
    NotAffected,
    UnderInvestigation,
    Affected,
}

impl Rank {
    const fn status(self) -> VexStatus {
        match self {
            Self::Fixed => VexStatus::Fixed,
            Self::NotAffected => VexStatus::NotAffected,
            Self::UnderInvestigation => VexStatus::UnderInvestigation,
            Self::Affected => VexStatus::Affected,
        }
    }
}

impl Reader {
    fn vulnerability(
        &mut self,
        at: &str,
        vulnerability: Vulnerability,
        statements: &mut Vec<Statement>,
    ) -> Result<(), VexError> {
        let Some((first, aliases)) = self.names(at, &vulnerability)? else { return Ok(()) };
        let flags = self.flags(at, &vulnerability.flags)?;
        let impacts = self.impacts(at, &vulnerability.threats)?;
        for ((rank, justification, impact), products) in
            self.said(at, &vulnerability.product_status, &flags, &impacts)?
        {
            self.budget.take(at, 1 + aliases.len())?;
            let impact = impact.and_then(|number| vulnerability.threats.get(number));
            statements.push(Statement {
                vulnerability: first.clone(),
                aliases: aliases.clone(),
                products,
                status: rank.status(),
                justification,
                impact: words(&format!("{at}.threats.details"), impact.and_then(|threat| threat.details.as_deref()))?,
                author: Arc::clone(&self.author),
                timestamp: self.timestamp,
            });
        }
        Ok(())
    }

    /// All names of a vulnerability; none where it has none, which only VEX documents may not do.
    fn names(&mut self, at: &str, vulnerability: &Vulnerability) -> Result<Option<(String, Vec<String>)>, VexError> {
        self.budget.take(&format!("{at}.ids"), vulnerability.ids.len())?;
        let given = |text: &&String| !text.trim().is_empty();
        let mut names: Vec<String> = vulnerability
            .cve
            .iter()
            .chain(vulnerability.ids.iter().map(|id| &id.text))
            .filter(given)
            .cloned()
            .collect();
        for each in &names {
            name(&format!("{at}.ids"), each)?;
        }
        match names.first() {
            None if self.is_vex => {
                Err(broken(&format!("{at}.cve"), "it is missing, and there are no ids in its place"))
            }
            None => Ok(None),
            Some(first) => {
                let first = first.clone();
                names.remove(0);
                Ok(Some((first, names)))
            }
        }
    }

    /// Why products are not affected, in a word, by their ids.
    fn flags(&mut self, at: &str, flags: &[Flag]) -> Result<Meant<Justification>, VexError> {
        let mut meant = Meant::default();
        for (number, flag) in flags.iter().enumerate() {
            let at = format!("{at}.flags[{number}]");
            let label = Justification::of_word(&flag.label)
                .ok_or_else(|| broken(&format!("{at}.label"), "it is none of the labels of CSAF"))?;
            self.meant(&at, label, &flag.product_ids, &flag.group_ids, &mut meant)?;
        }
        Ok(meant)
    }

    /// Which of the threats tells why products are not affected, by their ids.
    fn impacts(&mut self, at: &str, threats: &[Threat]) -> Result<Meant<usize>, VexError> {
        let mut meant = Meant::default();
        // Red Hat says here how bad the flaw is.
        let is_severity =
            |threat: &Threat| threat.details.as_deref().is_some_and(|word| Severity::from_word(word).is_some());
        let says_why = |(_, threat): &(usize, &Threat)| threat.category == "impact" && !is_severity(threat);
        for (number, threat) in threats.iter().enumerate().filter(says_why) {
            self.meant(&format!("{at}.threats[{number}]"), number, &threat.product_ids, &threat.group_ids, &mut meant)?;
        }
        Ok(meant)
    }

    fn meant<T: Copy>(
        &mut self,
        at: &str,
        what: T,
        products: &[String],
        groups: &[String],
        meant: &mut Meant<T>,
    ) -> Result<(), VexError> {
        if products.is_empty() && groups.is_empty() {
            meant.all.get_or_insert(what);
        }
        let mut members = Vec::new();
        for group in groups {
            let ids =
                self.products.group(group).ok_or_else(|| broken(&format!("{at}.group_ids"), "no group has this id"))?;
            self.budget.take(&format!("{at}.group_ids"), ids.len() + 1)?;
            members.push(ids);
        }
        self.budget.take(&format!("{at}.product_ids"), products.len())?;
        for id in products.iter().chain(members.into_iter().flatten()) {
            meant.some.entry(id.clone()).or_insert(what);
        }
        Ok(())
    }

    fn said(
        &mut self,
        at: &str,
        status: &ProductStatus,
        flags: &Meant<Justification>,
        impacts: &Meant<usize>,
    ) -> Result<Said, VexError> {
        let lists = [
            ("fixed", Rank::Fixed, &status.fixed),
            ("first_fixed", Rank::Fixed, &status.first_fixed),
            ("known_not_affected", Rank::NotAffected, &status.known_not_affected),
            ("under_investigation", Rank::UnderInvestigation, &status.under_investigation),
            ("unknown", Rank::UnderInvestigation, &status.unknown),
            ("known_affected", Rank::Affected, &status.known_affected),
            ("first_affected", Rank::Affected, &status.first_affected),
            ("last_affected", Rank::Affected, &status.last_affected),
        ];
        let mut said = Said::new();
        for (list, rank, ids) in lists {
            for (number, id) in ids.iter().enumerate() {
                let at = format!("{at}.product_status.{list}[{number}]");
                let products = self.products.named(id).ok_or_else(|| broken(&at, "no product has this id"))?;
                self.budget.take(&at, products.iter().map(|product| 1 + product.subcomponents.len()).sum())?;
                let why = (rank == Rank::NotAffected).then(|| (flags.of(id), impacts.of(id)));
                let (justification, impact) = why.unwrap_or_default();
                said.entry((rank, justification, impact)).or_default().extend(products);
            }
        }
        Ok(said)
    }
}

/// What is said of some products, and of all others.
struct Meant<T> {
    some: HashMap<String, T>,
    all: Option<T>,
}

impl<T> Default for Meant<T> {
    fn default() -> Self {
        Self { some: HashMap::new(), all: None }
    }
}

impl<T: Copy> Meant<T> {
    fn of(&self, id: &str) -> Option<T> {
        self.some.get(id).copied().or(self.all)
    }
}
