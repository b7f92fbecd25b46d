//! What statements mean for findings.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_inventory::{Distribution, Package, purl};

use super::purl::MODULE;
use super::{Cpe, PackageUrl, Product, Statement, Subject};
use crate::finding::{Finding, Judgement, Suppressed, Suppression};
use crate::judge::{by_weight, undetermined};
use crate::scheme::red_hat_products;

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
    /// they do no harm: a statement on one of the finding's ids whose product is the package itself, or the image or its
    /// distribution with the package as a subcomponent, or the whole image.
    pub fn apply(&self, judgement: &mut Judgement, distribution: Option<&Distribution>, image: &ImageIdentity) {
        let surroundings = Surroundings { distribution, platforms: platforms(distribution), image };
        let mut lifted = BTreeSet::new();
        for finding in std::mem::take(&mut judgement.findings) {
            match self.last(&finding, &surroundings).filter(|statement| statement.status.suppresses()) {
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

    fn last(&self, finding: &Finding, surroundings: &Surroundings<'_>) -> Option<&Statement> {
        let names = [&finding.id].into_iter().chain(&finding.aliases);
        let numbers = names.filter_map(|name| self.by_name.get(&name.to_ascii_lowercase())).flatten();
        let numbers = numbers.copied().collect::<BTreeSet<_>>();
        if numbers.is_empty() {
            return None;
        }
        let target = Target::of(&finding.package.package, surroundings);
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

/// What the packages of an image have in common.
struct Surroundings<'a> {
    distribution: Option<&'a Distribution>,
    /// What the distribution's packages come from.
    platforms: Vec<Cpe>,
    image: &'a ImageIdentity,
}

fn platforms(distribution: Option<&Distribution>) -> Vec<Cpe> {
    let Some(distribution) = distribution else { return Vec::new() };
    let red_hat = red_hat_products(distribution).into_iter().map(|product| format!("cpe:/a:redhat:{product}"));
    distribution.cpe.clone().into_iter().chain(red_hat).filter_map(|cpe| Cpe::parse(&cpe)).collect()
}

/// A package of an image.
struct Target<'a> {
    package: Option<PackageUrl>,
    /// The source it was built from, where that is known.
    source: Option<PackageUrl>,
    is_of_system: bool,
    is_of_module: bool,
    surroundings: &'a Surroundings<'a>,
}

impl<'a> Target<'a> {
    fn of(package: &Package, surroundings: &'a Surroundings<'a>) -> Self {
        let distribution = surroundings.distribution;
        let url = |package: &Package| {
            let url = PackageUrl::parse(&purl(package, distribution))?;
            Some(package.modularity.iter().fold(url, |url, module| url.qualified(MODULE, module)))
        };
        let own = url(package);
        let source = package.source.as_ref();
        let built_from = source.map(|source| Package {
            architecture: Some("source".to_owned()),
            modularity: package.modularity.clone(),
            ..Package::new(package.kind, source.name.clone(), source.version.clone())
        });
        Self {
            package: source.into_iter().fold(own, |own, source| own.map(|own| own.qualified("upstream", &source.name))),
            source: built_from.as_ref().and_then(url),
            is_of_system: package.kind.is_of_system(),
            is_of_module: package.modularity.is_some(),
            surroundings,
        }
    }

    fn is(&self, product: &Product) -> bool {
        let Product { subject, subcomponents: parts } = product;
        let is_image = |purl: &PackageUrl| purl.kind() == "oci" && self.surroundings.image.is(purl);
        if parts.is_empty() {
            return subject.purl.as_ref().is_some_and(is_image) || self.is_package(subject);
        }
        if subject.purl.as_ref().is_some_and(is_image) {
            return parts.iter().any(|part| self.is_package(part));
        }
        // A part of any other package may come with something else too.
        let is_platform = |cpe: &Cpe| self.surroundings.platforms.iter().any(|platform| cpe.covers(platform));
        self.is_of_system
            && subject.cpe.as_ref().is_some_and(is_platform)
            && parts.iter().any(|part| self.is_package(part) && self.is_of_stream(part))
    }

    /// Whether a part of the distribution is of the same stream: there, packages without a module are others than those
    /// of the same name with one. Their versions tell.
    fn is_of_stream(&self, part: &Subject) -> bool {
        let is_told = |purl: &PackageUrl| purl.version().is_some() || purl.module().is_some();
        !self.is_of_module || part.purl.as_ref().is_some_and(is_told)
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
