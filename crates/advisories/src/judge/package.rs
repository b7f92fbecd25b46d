//! Asking the index about one package.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::time::SystemTime;

use plimsoll_inventory::{InstalledPackage, Package};

use super::finding::finding;
use crate::finding::Finding;
use crate::flaw;
use crate::index::{Answer, Asked, Damaged, EcosystemInfo, Group, Head, Index, Posting, View};
use crate::record::Response;
use crate::scheme::{self, Applies, Identity, Names, Scheme};
use crate::version::Comparator;
use crate::{CveId, Facts, Timestamp};

/// An index, asked at a certain time.
#[derive(Clone, Copy)]
pub(super) struct Matcher<'a> {
    pub(super) view: View<'a>,
    pub(super) now: Timestamp,
    /// The ecosystems that advisories are loaded for, sorted.
    pub(super) loaded: &'a [EcosystemInfo],
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
    pub(super) fn new<B: AsRef<[u8]>>(index: &'a Index<B>, now: SystemTime) -> Self {
        Self { view: index.view(), now: now.into(), loaded: &index.info().ecosystems }
    }

    /// Adds what is wrong with a package.
    pub(super) fn findings(
        &self,
        installed: &InstalledPackage,
        scheme: &Scheme,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Damaged> {
        let first = findings.len();
        let mut told = BTreeSet::new();
        let mut identities = scheme::identities(&installed.package, scheme).peekable();
        while let Some(Identity { name, version, without_epoch }) = identities.next() {
            let asked = if without_epoch { Asked::without_epoch } else { Asked::new };
            let version = asked(version, scheme.comparator);
            let subject = Subject { package: &installed.package, scheme, name: &name, version: &version };
            let mut said = self.ask(&subject, &told)?;
            if !said.matches.is_empty() {
                let mut more = Vec::new();
                self.add_findings(installed, &subject, &mut said, &mut more)?;
                let known: HashSet<_> = findings[first..].iter().map(|finding| &*finding.id).collect();
                more.retain(|finding| !known.contains(&*finding.id));
                findings.append(&mut more);
            }
            // A record has what it says of a program under some of its names in CPEs, and not the same under each.
            if identities.peek().is_some() && scheme.names != Names::Cpes {
                told.extend(said.entries.iter().map(|entry| entry.record));
            }
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
                for Posting { record, .. } in self.view.postings(ecosystem, &identity.name)? {
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
        for (number, ecosystem) in ecosystems.iter().enumerate() {
            let overriding = number + overriding >= ecosystems.len();
            let postings = self.view.postings(ecosystem, subject.name)?;
            said.entries.reserve(postings.len());
            let mut before: Option<(Posting<'a>, Answer<'a>)> = None;
            for posting in postings {
                let applies = self.applies_to(subject.package, subject.scheme, &posting)?;
                if applies == Applies::No || told.contains(&posting.record) {
                    continue;
                }
                said.entries.push(posting);
                // What was fixed together was often found together, and follows one another.
                let answer = match before {
                    Some((before, answer)) if before.covers_same(&posting) => answer,
                    _ => posting.ask(subject.version)?,
                };
                before = Some((posting, answer));
                if answer == Answer::NotAffected && posting.response()? == Some(Response::NotAffected) {
                    self.add_flaws(posting.record, &mut said.denied)?;
                }
                if answer == Answer::NotAffected && !overriding {
                    continue;
                }
                let head = self.view.head(posting.record)?;
                if !self.is_in_force(&head) || is_no_security_advisory(&head) {
                    continue;
                }
                if overriding {
                    self.add_flaws(posting.record, &mut said.decided)?;
                }
                if answer != Answer::NotAffected {
                    let answer = if applies == Applies::Unclear { Answer::Undetermined } else { answer };
                    said.matches.push(Match { head, posting, ecosystem, answer, overriding });
                }
            }
        }
        // A module is built again for each minor release; who has the flaw's fix in one of them has it.
        if !said.matches.is_empty() && scheme::is_modular(subject.package) {
            let mut rebuilt = BTreeSet::new();
            for entry in &said.entries {
                if entry.ask(subject.version)? == Answer::NotAffected {
                    rebuilt.insert(entry.record);
                }
            }
            said.matches.retain(|found| !rebuilt.contains(&found.posting.record));
        }
        Ok(said)
    }

    fn add_flaws(&self, record: u32, flaws: &mut BTreeSet<usize>) -> Result<(), Damaged> {
        self.view.flaws(record)?.try_for_each(|flaw| {
            flaws.insert(flaw?);
            Ok(())
        })
    }

    pub(super) fn is_in_force(&self, head: &Head<'_>) -> bool {
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
        let Some(fix) = posting.first_fix()? else { return Ok(Applies::Yes) };
        if scheme::is_plain(package, fix) {
            return Ok(Applies::Yes);
        }
        let summary = if scheme::is_modular(package) { self.view.head(posting.record)?.summary } else { "" };
        Ok(scheme::applies(package, fix, summary))
    }

    /// Adds a finding for each flaw that the advisories tell of.
    fn add_findings(
        &self,
        installed: &InstalledPackage,
        subject: &Subject<'_>,
        said: &mut Said<'a, '_>,
        findings: &mut Vec<Finding>,
    ) -> Result<(), Damaged> {
        // Stable, so that the entries of a record keep their order.
        said.entries.sort_by_key(|entry| entry.record);
        let mut flaws = Vec::with_capacity(said.matches.len());
        for found in &said.matches {
            for flaw in self.view.flaws(found.posting.record)? {
                let flaw = flaw?;
                if (found.overriding || !said.decided.contains(&flaw)) && !said.denied.contains(&flaw) {
                    flaws.push((flaw, found));
                }
            }
        }
        flaws.sort_by_key(|(flaw, _)| *flaw);
        let package = Arc::new(installed.clone());
        let mut matches = Vec::new();
        let mut unfixed = Vec::new();
        findings.reserve(flaws.len());
        for same in flaws.chunk_by(|(a, _), (b, _)| a == b) {
            matches.clear();
            matches.extend(same.iter().map(|(_, found)| *found));
            let Some((flaw, _)) = same.first() else { continue };
            let group = self.view.group(*flaw)?;
            let facts = self.facts(&group)?;
            let finding = finding(subject, &package, (&group, &facts), &matches, &said.entries)?;
            if finding.fixed.is_none() {
                unfixed.push((*flaw, findings.len()));
            }
            findings.push(finding);
        }
        if !unfixed.is_empty() {
            let mut elsewhere = self.fixes_elsewhere(subject, &unfixed.iter().map(|(flaw, _)| *flaw).collect())?;
            for (flaw, place) in unfixed {
                findings[place].fixed_elsewhere = elsewhere.remove(&flaw).unwrap_or_default();
            }
        }
        Ok(())
    }

    /// What is known of a flaw under any of its CVE ids: that one of them is exploited, the likeliest, and how bad they are.
    fn facts(&self, flaw: &Group<'_>) -> Result<Facts, Damaged> {
        let mut facts = Facts::default();
        for cve in flaw.ids.iter().filter_map(|id| CveId::parse(id)) {
            let known = self.view.facts_of(cve)?;
            facts.exploited = facts.exploited.or(known.exploited);
            facts.ratings.extend(known.ratings);
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
