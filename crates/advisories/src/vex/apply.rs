//! What statements mean for findings.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_inventory::{Distribution, Package, purl};

use super::{PackageUrl, Product, Statement, Subject};
use crate::finding::{Finding, Judgement, Suppressed, Suppression};
use crate::judge::{by_weight, undetermined};

/// Statements of any number of documents.
#[derive(Clone, Debug, Default)]
pub struct Statements {
    statements: Vec<Statement>,
    /// The statements on each vulnerability, by any of its names in lower case.
    by_name: BTreeMap<String, Vec<usize>>,
}

/// What is known of an image by which a statement may name it as its product.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImageIdentity {
    /// The repository with the registry's host, such as `docker.io/library/nginx`; none where it is in no registry.
    pub repository: Option<String>,
    /// The tag by which it was asked for.
    pub tag: Option<String>,
    /// The digest of its manifest.
    pub digest: Option<String>,
}

impl Statements {
    /// Adds the statements of a document. Of statements of the same time, those added later count.
    pub fn add(&mut self, statements: Vec<Statement>) {
        for statement in statements {
            let number = self.statements.len();
            let names = [&statement.vulnerability].into_iter().chain(&statement.aliases);
            for name in names.map(|name| name.trim().to_ascii_lowercase()).collect::<BTreeSet<_>>() {
                self.by_name.entry(name).or_default().push(number);
            }
            self.statements.push(statement);
        }
    }

    /// Moves to the suppressed those findings of an image of which the last statement that speaks of them says that
    /// they do no harm: a statement on one of the finding's ids whose product is the package itself, or the image with
    /// the package as a subcomponent, or the whole image.
    pub fn apply(&self, judgement: &mut Judgement, distribution: Option<&Distribution>, image: &ImageIdentity) {
        let mut lifted = BTreeSet::new();
        for finding in std::mem::take(&mut judgement.findings) {
            match self.last(&finding, distribution, image).filter(|statement| statement.status.suppresses()) {
                Some(statement) => {
                    lifted.extend(undetermined(&finding));
                    judgement.suppressed.push(Suppressed { finding, reason: reason(statement) });
                }
                None => judgement.findings.push(finding),
            }
        }
        judgement.suppressed.sort_by(|a, b| by_weight(&a.finding, &b.finding));
        for kept in judgement.findings.iter().filter_map(undetermined) {
            lifted.remove(&kept);
        }
        judgement.unknown.retain(|reason| !lifted.contains(reason));
    }

    fn last(
        &self,
        finding: &Finding,
        distribution: Option<&Distribution>,
        image: &ImageIdentity,
    ) -> Option<&Statement> {
        let names = [&finding.id].into_iter().chain(&finding.aliases);
        let numbers = names.filter_map(|name| self.by_name.get(&name.to_ascii_lowercase())).flatten();
        let numbers = numbers.copied().collect::<BTreeSet<_>>();
        if numbers.is_empty() {
            return None;
        }
        let target = Target::of(&finding.package.package, distribution, image);
        let speaks = |statement: &&Statement| statement.products.iter().any(|product| target.is(product));
        numbers
            .into_iter()
            .map(|number| &self.statements[number])
            .filter(speaks)
            .max_by_key(|statement| statement.timestamp)
    }
}

fn reason(statement: &Statement) -> Suppression {
    Suppression::Vex {
        author: statement.author.to_string(),
        status: statement.status,
        justification: statement.justification,
        statement: statement.impact.clone(),
    }
}

/// A package of an image.
struct Target<'a> {
    package: Option<PackageUrl>,
    /// The source it was built from, where that is known.
    source: Option<PackageUrl>,
    image: &'a ImageIdentity,
}

impl<'a> Target<'a> {
    fn of(package: &Package, distribution: Option<&Distribution>, image: &'a ImageIdentity) -> Self {
        let own = PackageUrl::parse(&purl(package, distribution));
        let Some(source) = &package.source else { return Self { package: own, source: None, image } };
        let built_from = Package {
            architecture: Some("source".to_owned()),
            ..Package::new(package.kind, source.name.clone(), source.version.clone())
        };
        Self {
            package: own.map(|own| own.qualified("upstream", &source.name)),
            source: PackageUrl::parse(&purl(&built_from, distribution)),
            image,
        }
    }

    fn is(&self, product: &Product) -> bool {
        match &product.subject.purl {
            Some(purl) if purl.kind() == "oci" => {
                let parts = &product.subcomponents;
                self.image.is(purl) && (parts.is_empty() || parts.iter().any(|part| self.is_package(part)))
            }
            // A part of a package is something else than the package.
            Some(_) => product.subcomponents.is_empty() && self.is_package(&product.subject),
            None => false,
        }
    }

    fn is_package(&self, subject: &Subject) -> bool {
        let Some(purl) = &subject.purl else { return false };
        // A binary package may have the name of another's source, so only what says that it means a source does.
        let package = if purl.qualifier("arch") == Some("source") { &self.source } else { &self.package };
        package.as_ref().is_some_and(|package| purl.means(package))
    }
}

impl ImageIdentity {
    /// Whether a package URL of type `oci` means the image. A digest says it alone; without one, everything that is
    /// given must be known to be the same.
    fn is(&self, purl: &PackageUrl) -> bool {
        if let Some(digest) = purl.version() {
            return self.digest.as_deref() == Some(digest);
        }
        let Some(repository) = self.repository.as_deref().map(folded_repository) else { return false };
        let mut given = purl.qualifiers();
        repository.rsplit('/').next() == Some(purl.name())
            && given.all(|(key, value)| match key {
                "repository_url" => folded_repository(value) == repository,
                "tag" => self.tag.as_deref() == Some(value),
                _ => false,
            })
    }
}

/// Docker Hub goes by several names.
fn folded_repository(repository: &str) -> String {
    let repository = repository.to_lowercase();
    match repository.strip_prefix("index.") {
        Some(rest) if rest.starts_with("docker.io/") => rest.to_owned(),
        _ => repository,
    }
}
