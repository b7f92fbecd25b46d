//! What statements mean for findings.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plimsoll_inventory::{Distribution, Package};

use super::{Cpe, PackageTarget, PackageUrl, Product, Statement, Subject};
use crate::finding::{Finding, Judgement, Suppression};
use crate::scheme::red_hat_products;

/// Statements of any number of documents.
#[derive(Clone, Debug, Default)]
pub struct Statements {
    all: Vec<Statement>,
    /// Which document each is of.
    documents: Vec<Arc<str>>,
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
    /// The digests of the indexes that name it, where they are known.
    pub indexes: Vec<String>,
}

impl Statements {
    /// Adds the statements of a document, which goes by the name `document` in reasons. Of statements of the same time,
    /// those added later count.
    pub fn add(&mut self, document: &str, statements: Vec<Statement>) {
        let document: Arc<str> = document.into();
        for statement in statements {
            let number = self.all.len();
            let names = [&statement.vulnerability].into_iter().chain(&statement.aliases);
            for name in names.map(|name| name.trim().to_ascii_lowercase()).collect::<BTreeSet<_>>() {
                self.by_name.entry(name).or_default().push(number);
            }
            self.all.push(statement);
            self.documents.push(Arc::clone(&document));
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Moves to the suppressed those findings of an image of which the last statement that speaks of them says that
    /// they do no harm: a statement on one of the finding's ids whose product is the package itself, or the image or its
    /// distribution with the package as a subcomponent, or the whole image.
    pub fn apply(&self, judgement: &mut Judgement, distribution: Option<&Distribution>, image: &ImageIdentity) {
        Self::apply_all(&[self], judgement, distribution, image);
    }

    /// The same with statements from several places. Of statements of the same time, those from later places count.
    pub fn apply_all(
        places: &[&Self],
        judgement: &mut Judgement,
        distribution: Option<&Distribution>,
        image: &ImageIdentity,
    ) {
        let surroundings = Surroundings { distribution, platforms: platforms(distribution), image };
        judgement.suppress(|finding| {
            let each = places.iter().filter_map(|place| Some((place, place.last(finding, &surroundings)?)));
            let (place, last) = each.max_by_key(|(place, last)| place.all[*last].timestamp)?;
            place.all[last].status.suppresses().then(|| place.reason(last))
        });
    }

    fn last(&self, finding: &Finding, surroundings: &Surroundings<'_>) -> Option<usize> {
        let names = [&finding.id].into_iter().chain(&finding.aliases);
        let numbers = names.filter_map(|name| self.by_name.get(&name.to_ascii_lowercase())).flatten();
        let numbers = numbers.copied().collect::<BTreeSet<_>>();
        if numbers.is_empty() {
            return None;
        }
        let target = Target::of(&finding.package.package, surroundings);
        let speaks = |number: &usize| self.all[*number].products.iter().any(|product| target.is(product));
        numbers.into_iter().filter(speaks).max_by_key(|number| self.all[*number].timestamp)
    }

    fn reason(&self, number: usize) -> Suppression {
        let statement = &self.all[number];
        Suppression::Vex {
            author: statement.author.to_string(),
            status: statement.status,
            justification: statement.justification,
            statement: statement.impact.clone(),
            document: self.documents[number].to_string(),
        }
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

/// A package of an image, and the image.
struct Target<'a> {
    package: PackageTarget,
    is_of_system: bool,
    is_of_module: bool,
    surroundings: &'a Surroundings<'a>,
}

impl<'a> Target<'a> {
    fn of(package: &Package, surroundings: &'a Surroundings<'a>) -> Self {
        Self {
            package: PackageTarget::of(package, surroundings.distribution),
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
        subject.purl.as_ref().is_some_and(|purl| self.package.is(purl))
    }
}

impl ImageIdentity {
    /// Whether a package URL of type `oci` means the image. A digest says it alone; without one, everything that is
    /// given must be known to be the same.
    fn is(&self, purl: &PackageUrl) -> bool {
        if let Some(digest) = purl.version() {
            return self.digest.iter().chain(&self.indexes).any(|own| own == digest);
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
