//! Explaining one flaw of an image.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::SystemTime;

use plimsoll_inventory::{Certainty, InstalledPackage, Inventory, PackageKind};

use super::package::{Matcher, is_no_security_advisory};
use crate::ecosystem::{base, normalise};
use crate::explained::{Absence, Explained, WhyNot};
use crate::finding::{Finding, Judgement};
use crate::index::{Answer, Asked, Damaged, Head, Index, NamedEntry};
use crate::scheme::{self, Applies, Scheme};

/// How much of what is not reported is listed.
const MAX_ABSENT: usize = 200;

/// Says why a flaw is reported for an image, or is not: `judgement` is that of the image, by the same index at the same time.
///
/// `id` is any id of the flaw, or that of an advisory.
///
/// # Errors
/// The index is damaged.
pub fn explain<B: AsRef<[u8]>>(
    index: Option<&Index<B>>,
    inventory: &Inventory,
    judgement: &Judgement,
    id: &str,
    now: SystemTime,
) -> Result<Explained, Damaged> {
    let (mut ids, mut flaws) = (Vec::new(), BTreeSet::new());
    if let Some(index) = index {
        flaws = index.view().flaws_named(id)?;
        for flaw in &flaws {
            ids.extend(index.view().group(*flaw)?.ids.into_iter().map(str::to_owned));
        }
    }
    let named = |finding: &Finding| {
        ids.contains(&finding.id) || finding.id == id || finding.aliases.iter().any(|alias| alias == id)
    };
    let mut explained = Explained {
        findings: judgement.findings.iter().filter(|finding| named(finding)).cloned().collect(),
        suppressed: judgement.suppressed.iter().filter(|suppressed| named(&suppressed.finding)).cloned().collect(),
        ids,
        ..Explained::default()
    };
    let Some(index) = index else { return Ok(explained) };
    let view = index.view();
    let matcher = Matcher::new(index, now);
    let image = Image::of(inventory);
    let reported = [&explained.findings[..]].into_iter().flatten();
    let reported = reported.chain(explained.suppressed.iter().map(|suppressed| &suppressed.finding));
    let reported: BTreeSet<&InstalledPackage> = reported.map(|finding| &*finding.package).collect();
    let mut absent = Vec::new();
    for entry in view.entries_on(&flaws)? {
        absent.extend(image.absences(&matcher, &entry, &reported)?);
    }
    explained.absent = told_once(absent);
    explained.left_out = explained.absent.len().saturating_sub(MAX_ABSENT);
    explained.absent.truncate(MAX_ABSENT);
    Ok(explained)
}

/// The packages of an image by the names that advisories have for them.
struct Image<'i> {
    schemes: BTreeMap<PackageKind, Scheme>,
    packages: BTreeMap<String, Vec<&'i InstalledPackage>>,
}

impl<'i> Image<'i> {
    fn of(inventory: &'i Inventory) -> Self {
        let kinds: BTreeSet<_> = inventory.packages.iter().map(|installed| installed.package.kind).collect();
        let scheme = |kind| Some((kind, scheme::scheme(kind, inventory.distribution.as_ref()).ok()?));
        let schemes: BTreeMap<_, _> = kinds.into_iter().filter_map(scheme).collect();
        let mut packages: BTreeMap<String, Vec<&InstalledPackage>> = BTreeMap::new();
        for installed in &inventory.packages {
            let package = &installed.package;
            let mut names = BTreeSet::from([package.name.clone()]);
            if let Some(scheme) = schemes.get(&package.kind) {
                names.extend(scheme::identities(package, scheme).map(|identity| identity.name.into_owned()));
            }
            for name in names {
                packages.entry(name).or_default().push(installed);
            }
        }
        Self { schemes, packages }
    }

    /// Why what an entry names is not reported; nothing for what is.
    fn absences(
        &self,
        matcher: &Matcher<'_>,
        entry: &NamedEntry<'_>,
        reported: &BTreeSet<&InstalledPackage>,
    ) -> Result<Vec<Absence>, Damaged> {
        let head = matcher.view.head(entry.posting.record)?;
        let sha256 = head.digest()?;
        let absence = |package: Option<&InstalledPackage>, why| Absence {
            advisory: head.id.to_owned(),
            sha256,
            ecosystem: entry.ecosystem.to_owned(),
            name: entry.name.to_owned(),
            package: package.map(|package| Arc::new(package.clone())),
            why,
        };
        let name = normalise(entry.ecosystem, entry.name);
        let Some(candidates) = self.packages.get(&*name) else { return Ok(vec![absence(None, WhyNot::NotPresent)]) };
        let mut absences = Vec::new();
        for installed in candidates.iter().filter(|installed| !reported.contains(**installed)) {
            if let Some(why) = self.why_not(matcher, entry, &head, installed)? {
                absences.push(absence(Some(installed), why));
            }
        }
        Ok(absences)
    }

    fn why_not(
        &self,
        matcher: &Matcher<'_>,
        entry: &NamedEntry<'_>,
        head: &Head<'_>,
        installed: &InstalledPackage,
    ) -> Result<Option<WhyNot>, Damaged> {
        let package = &installed.package;
        let Some(scheme) = self.schemes.get(&package.kind) else {
            return Ok(Some(WhyNot::OtherEcosystem { ecosystem: package.kind.purl_type().to_owned() }));
        };
        if !scheme.ecosystems.iter().any(|ecosystem| ecosystem == entry.ecosystem) {
            let own = scheme.ecosystems.first().filter(|_| base(entry.ecosystem) == scheme.base);
            let ecosystem = own.map_or_else(|| scheme.base.to_owned(), Clone::clone);
            return Ok(Some(WhyNot::OtherEcosystem { ecosystem }));
        }
        if let Some(at) = head.withdrawn().filter(|withdrawn| *withdrawn <= matcher.now) {
            return Ok(Some(WhyNot::Withdrawn { at }));
        }
        if is_no_security_advisory(head) {
            return Ok(Some(WhyNot::NoFlaw));
        }
        let Some(identity) = scheme::identities(package, scheme).find(|identity| identity.name == entry.name) else {
            return Ok(None);
        };
        let asked = if identity.without_epoch { Asked::without_epoch } else { Asked::new };
        let version = asked(identity.version, scheme.comparator);
        if matcher.applies_to(package, scheme, &entry.posting)? == Applies::No {
            return Ok(Some(WhyNot::OtherBuild));
        }
        if entry.posting.ask(&version)? != Answer::NotAffected {
            let is_declared = package.certainty == Certainty::Declared;
            return Ok(Some(if is_declared { WhyNot::OnlyDeclared } else { WhyNot::Replaced }));
        }
        let mut fixes = Vec::new();
        entry.posting.fixes(&mut fixes)?;
        fixes.retain(|fix| scheme.comparator.accepts(fix) && !version.is_below(fix));
        let order = |a: &&str, b: &&str| scheme.comparator.arrange(a, b).unwrap_or(std::cmp::Ordering::Equal);
        let installed = identity.version.to_owned();
        Ok(Some(match fixes.into_iter().max_by(order) {
            Some(fixed) => WhyNot::FixedSince { installed, fixed: fixed.to_owned(), comparator: scheme.comparator },
            None => WhyNot::NotAffected { installed },
        }))
    }
}

/// Leaves out what says nothing new: other releases where an entry speaks of the package's own, and a name that is not there
/// each time it is named.
fn told_once(mut absent: Vec<Absence>) -> Vec<Absence> {
    let is_elsewhere = |absence: &Absence| matches!(absence.why, WhyNot::OtherEcosystem { .. });
    let settled: BTreeSet<_> =
        absent.iter().filter(|absence| !is_elsewhere(absence)).filter_map(|absence| absence.package.clone()).collect();
    let mut missing = BTreeSet::new();
    absent.retain(|absence| match &absence.package {
        Some(package) => !is_elsewhere(absence) || !settled.contains(package),
        None => missing.insert((base(&absence.ecosystem).to_owned(), absence.name.clone())),
    });
    absent.sort_by(|a, b| {
        let key = |absence: &Absence| (absence.why.clone(), absence.name.clone(), absence.ecosystem.clone());
        key(a).cmp(&key(b)).then_with(|| a.advisory.cmp(&b.advisory)).then_with(|| a.package.cmp(&b.package))
    });
    absent
}
