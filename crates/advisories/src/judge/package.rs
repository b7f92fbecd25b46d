//! Asking the index about one package.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plimsoll_inventory::{InstalledPackage, Package};

use super::finding::finding;
use crate::finding::Finding;
use crate::flaw;
use crate::index::{Answer, Asked, Damaged, Group, Head, Posting, View};
use crate::record::Response;
use crate::scheme::{self, Applies, Identity, Scheme};
use crate::version::Comparator;
use crate::{CveId, Facts, Timestamp};

/// An index, asked at a certain time.
#[derive(Clone, Copy)]
pub(super) struct Matcher<'a> {
    pub(super) view: View<'a>,
    pub(super) now: Timestamp,
}

/// A package with what its advisories are looked up by.
pub(super) struct Subject<'s> {
    pub(super) package: &'s Package,
    pub(super) scheme: &'s Scheme,
    pub(super) name: &'s str,
    pub(super) version: &'s Asked<'s>,
}

/// An advisory's entry that applies to a package, or may.
pub(super) struct Match<'a, 's> {
    pub(super) head: Head<'a>,
    pub(super) posting: Posting<'a>,
    pub(super) ecosystem: &'s str,
    pub(super) answer: Answer<'a>,
    overriding: bool,
}

/// What the advisories say that name a package.
#[derive(Default)]
struct Said<'a, 's> {
    /// Every entry about the package.
    entries: Vec<Posting<'a>>,
    /// Those that apply to its version, or may.
    matches: Vec<Match<'a, 's>>,
    /// The flaws that those speak of who have the last word.
    decided: BTreeSet<usize>,
    /// The flaws that the package never had, as those who publish it say.
    denied: BTreeSet<usize>,
}

impl<'a> Matcher<'a> {
    /// Adds what is wrong with a package.
    pub(super) fn findings(
        &self,
        installed: &InstalledPackage,
        scheme: &Scheme,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Damaged> {
        let first = findings.len();
        let mut told = BTreeSet::new();
        for Identity { name, version, without_epoch } in scheme::identities(&installed.package, scheme) {
            let asked = if without_epoch { Asked::without_epoch } else { Asked::new };
            let version = asked(version, scheme.comparator);
            let subject = Subject { package: &installed.package, scheme, name: &name, version: &version };
            let said = self.ask(&subject, &told)?;
            if !said.matches.is_empty() {
                let more = self.findings_of(installed, &subject, &said)?;
                let known = |id: &str| findings[first..].iter().any(|finding| finding.id == id);
                let more: Vec<_> = more.into_iter().filter(|finding| !known(&finding.id)).collect();
                findings.extend(more);
            }
            told.extend(said.entries.iter().map(|entry| entry.record));
        }
        Ok(())
    }

    /// Every advisory in force that names a package, whatever it says of its version, with the flaws it is about.
    pub(super) fn flaws_told_of(
        &self,
        package: &Package,
        scheme: &Scheme,
    ) -> Result<BTreeMap<&'a str, &'a str>, Damaged> {
        let mut flaws = BTreeMap::new();
        for identity in scheme::identities(package, scheme) {
            for ecosystem in &scheme.ecosystems {
                for posting in self.view.postings(ecosystem, &identity.name)? {
                    let record = posting?.record;
                    let head = self.view.head(record)?;
                    if !self.is_in_force(&head) {
                        continue;
                    }
                    for flaw in self.view.flaws(record)? {
                        let group = self.view.group(flaw?)?;
                        flaws.entry(*group.ids.first().ok_or(Damaged)?).or_insert(head.id);
                    }
                }
            }
        }
        Ok(flaws)
    }

    /// Asks every entry about the subject but those of records that have told of it under a better name.
    fn ask<'s>(&self, subject: &Subject<'s>, told: &BTreeSet<u32>) -> Result<Said<'a, 's>, Damaged> {
        let mut said = Said::default();
        let Scheme { ecosystems, overriding, .. } = subject.scheme;
        let mut rebuilt = BTreeSet::new();
        for (number, ecosystem) in ecosystems.iter().enumerate() {
            let overriding = number + overriding >= ecosystems.len();
            for posting in self.view.postings(ecosystem, subject.name)? {
                let posting = posting?;
                let applies = self.applies_to(subject.package, subject.scheme, &posting)?;
                if applies == Applies::No || told.contains(&posting.record) {
                    continue;
                }
                said.entries.push(posting);
                let answer = match posting.ask(subject.version)? {
                    Answer::NotAffected => {
                        rebuilt.insert(posting.record);
                        if posting.ratings()?.response() == Some(Response::NotAffected) {
                            let flaws: Result<Vec<_>, _> = self.view.flaws(posting.record)?.collect();
                            said.denied.extend(flaws?);
                        }
                        if !overriding {
                            continue;
                        }
                        Answer::NotAffected
                    }
                    _ if applies == Applies::Unclear => Answer::Undetermined,
                    answer => answer,
                };
                let head = self.view.head(posting.record)?;
                if !self.is_in_force(&head) || is_no_security_advisory(&head) {
                    continue;
                }
                if overriding {
                    let flaws: Result<Vec<_>, _> = self.view.flaws(posting.record)?.collect();
                    said.decided.extend(flaws?);
                }
                if answer != Answer::NotAffected {
                    said.matches.push(Match { head, posting, ecosystem, answer, overriding });
                }
            }
        }
        // A module is built again for each minor release; who has the flaw's fix in one of them has it.
        if scheme::is_modular(subject.package) {
            said.matches.retain(|found| !rebuilt.contains(&found.posting.record));
        }
        // Stable, so that the entries of a record keep their order.
        said.entries.sort_by_key(|entry| entry.record);
        Ok(said)
    }

    fn is_in_force(&self, head: &Head<'_>) -> bool {
        head.withdrawn().is_none_or(|withdrawn| withdrawn > self.now)
    }

    /// Whether an entry is about builds like the package.
    pub(super) fn applies_to(
        &self,
        package: &Package,
        scheme: &Scheme,
        posting: &Posting<'_>,
    ) -> Result<Applies, Damaged> {
        if scheme.comparator != Comparator::Rpm {
            return Ok(Applies::Yes);
        }
        let mut fixes = Vec::new();
        posting.fixes(&mut fixes)?;
        let Some(fix) = fixes.first() else { return Ok(Applies::Yes) };
        let summary = if scheme::is_modular(package) { self.view.head(posting.record)?.summary } else { "" };
        Ok(scheme::applies(package, fix, summary))
    }

    fn findings_of(
        &self,
        installed: &InstalledPackage,
        subject: &Subject<'_>,
        said: &Said<'a, '_>,
    ) -> Result<Vec<Finding>, Damaged> {
        let mut flaws: BTreeMap<usize, Vec<&Match<'a, '_>>> = BTreeMap::new();
        for found in &said.matches {
            for flaw in self.view.flaws(found.posting.record)? {
                let flaw = flaw?;
                if (found.overriding || !said.decided.contains(&flaw)) && !said.denied.contains(&flaw) {
                    flaws.entry(flaw).or_default().push(found);
                }
            }
        }
        let package = Arc::new(installed.clone());
        let findings = flaws.iter().map(|(flaw, matches)| {
            let flaw = self.view.group(*flaw)?;
            let facts = self.facts(&flaw)?;
            finding(subject, &package, (&flaw, &facts), matches, &said.entries)
        });
        findings.collect()
    }

    /// What is known of a flaw under any of its CVE ids: that one of them is exploited, and the likeliest.
    fn facts(&self, flaw: &Group<'_>) -> Result<Facts, Damaged> {
        let mut facts = Facts::default();
        for cve in flaw.ids.iter().filter_map(|id| CveId::parse(id)) {
            let known = self.view.facts_of(cve)?;
            facts.exploited = facts.exploited.or(known.exploited);
            facts.epss = [facts.epss, known.epss].into_iter().flatten().max_by_key(|epss| epss.probability);
        }
        Ok(facts)
    }
}

/// Whether a distribution's advisory announces an update that fixes no flaw.
pub(super) fn is_no_security_advisory(head: &Head<'_>) -> bool {
    const OTHERS: [&str; 6] = ["ALBA-", "ALEA-", "RHBA-", "RHEA-", "RLBA-", "RLEA-"];
    let ids = || [&head.aliases, &head.upstream, &head.related].into_iter().flatten();
    OTHERS.iter().any(|prefix| head.id.starts_with(prefix)) && !ids().any(|id| flaw::is_cve(flaw::canonical(id)))
}
