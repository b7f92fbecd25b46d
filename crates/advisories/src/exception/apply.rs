//! What exceptions mean for findings.

use std::collections::BTreeMap;

use plimsoll_inventory::Distribution;
use plimsoll_oci::{Digest, RepositoryName};

use super::Exception;
use crate::Timestamp;
use crate::finding::{Finding, Judgement, Suppression};
use crate::vex::PackageTarget;

/// Exceptions of any number of documents.
#[derive(Clone, Debug, Default)]
pub struct Exceptions {
    all: Vec<Exception>,
    /// Those on each flaw, by its id in lower case.
    by_flaw: BTreeMap<String, Vec<usize>>,
    /// Those on each package and all of its flaws, by the package's type and name.
    by_package: BTreeMap<(String, String), Vec<usize>>,
    /// Those on all flaws of all packages of images.
    by_image: Vec<usize>,
    /// When they end, in order.
    ends: Vec<Timestamp>,
}

/// What an exception may name an image by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExceptedImage<'a> {
    /// Its repository, without the registry's host; none where it is in no registry.
    pub repository: Option<&'a RepositoryName>,
    /// The digest of its manifest; none where it has none.
    pub digest: Option<&'a Digest>,
    /// The digests of the indexes that name it, where they are known.
    pub indexes: &'a [Digest],
}

impl Exceptions {
    /// Adds exceptions.
    pub fn add(&mut self, exceptions: impl IntoIterator<Item = Exception>) {
        for exception in exceptions {
            let number = self.all.len();
            let list = match (&exception.scope.vulnerability, &exception.scope.package) {
                (Some(id), _) => self.by_flaw.entry(id.to_ascii_lowercase()).or_default(),
                (None, Some(purl)) => self.by_package.entry(key(purl.name_key())).or_default(),
                (None, None) => &mut self.by_image,
            };
            list.push(number);
            self.ends.extend(exception.expires);
            self.all.push(exception);
        }
        self.ends.sort_unstable();
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// When the last of those ended that have ended by `now`. As long as that is the same, so is what
    /// [`apply`](Self::apply) does.
    pub fn last_end(&self, now: Timestamp) -> Option<Timestamp> {
        let ended = self.ends.partition_point(|end| *end <= now);
        ended.checked_sub(1).and_then(|last| self.ends.get(last)).copied()
    }

    /// Moves to the suppressed those findings of an image that an exception is about which holds at the time `now`. A
    /// report that a package was made to do harm needs one that names it.
    pub fn apply(
        &self,
        judgement: &mut Judgement,
        distribution: Option<&Distribution>,
        image: ExceptedImage<'_>,
        now: Timestamp,
    ) {
        let holding: Vec<bool> = self.all.iter().map(|exception| exception.bears_on(image, now)).collect();
        if holding.contains(&true) {
            judgement.suppress(|finding| self.about(finding, &holding, distribution).map(suppression));
        }
    }

    /// The exception that is about a finding; of several, the one that holds longest.
    fn about(&self, finding: &Finding, holding: &[bool], distribution: Option<&Distribution>) -> Option<&Exception> {
        let names = [&finding.id].into_iter().chain(&finding.aliases);
        let named = names.filter_map(|name| self.by_flaw.get(&name.to_ascii_lowercase())).flatten();
        let mut target = None;
        let mut numbers: Vec<usize> = named.copied().collect();
        if !finding.malicious {
            if !self.by_package.is_empty() {
                let target = target.get_or_insert_with(|| PackageTarget::of(&finding.package.package, distribution));
                let packages = target.names().filter_map(|name| self.by_package.get(&key(name)));
                numbers.extend(packages.flatten());
            }
            numbers.extend(&self.by_image);
        }
        let mut is_meant = |exception: &Exception| {
            exception.scope.package.as_ref().is_none_or(|purl| {
                target.get_or_insert_with(|| PackageTarget::of(&finding.package.package, distribution)).is(purl)
            })
        };
        numbers.retain(|&number| holding[number] && is_meant(&self.all[number]));
        numbers.sort_unstable_by_key(|&number| {
            let end = self.all[number].expires;
            (end.is_some(), std::cmp::Reverse(end), number)
        });
        numbers.first().map(|&number| &self.all[number])
    }
}

impl Exception {
    fn bears_on(&self, image: ExceptedImage<'_>, now: Timestamp) -> bool {
        let scope = &self.scope;
        let in_repository = scope
            .repository
            .as_ref()
            .is_none_or(|pattern| image.repository.is_some_and(|repository| pattern.matches(repository)));
        let is_image =
            scope.image.as_ref().is_none_or(|digest| image.digest == Some(digest) || image.indexes.contains(digest));
        in_repository && is_image && self.holds_at(now)
    }
}

fn key((kind, name): (&str, &str)) -> (String, String) {
    (kind.to_owned(), name.to_owned())
}

fn suppression(exception: &Exception) -> Suppression {
    Suppression::Exception {
        id: exception.id.clone(),
        owner: exception.owner.clone(),
        reason: exception.reason.clone(),
        ticket: exception.ticket.clone(),
        until: exception.expires,
    }
}
