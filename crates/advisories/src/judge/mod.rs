//! Judging an image: its inventory against an index.

mod elsewhere;
mod explain;
mod finding;
mod headers;
mod owner;
mod package;
mod plan;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::SystemTime;

use plimsoll_inventory::{Certainty, InstalledPackage, Inventory, Package, PackageKind, cpes, is_declaration};

use crate::finding::{Finding, Judgement, Status, Suppressed, UnknownReason};
use crate::index::{Damaged, Index};
use crate::scheme::{self, Names, NoScheme, Scheme};
use crate::{EndOfLife, SeverityOrder, Timestamp, end_of_life};

pub use explain::explain;
use owner::Owners;
use package::Matcher;
pub use plan::{Advice, Plan, Upgrade, plan};

/// Says what is wrong with an image, as far as the index knows at the time `now`.
///
/// Packages that are only [declared](Certainty::Declared) are left out: whether they were installed is not known.
/// The answer depends on its arguments only, and comes in the same order for the same arguments.
pub fn judge<B: AsRef<[u8]>>(index: Option<&Index<B>>, inventory: &Inventory, now: SystemTime) -> Judgement {
    judge_some(index, inventory, now, |package| package.certainty != Certainty::Declared)
}

/// Says what is wrong with an image, and what would be if all was installed that its files ask for.
pub fn judge_declared<B: AsRef<[u8]>>(index: Option<&Index<B>>, inventory: &Inventory, now: SystemTime) -> Judgement {
    judge_some(index, inventory, now, |_| true)
}

fn judge_some<B: AsRef<[u8]>>(
    index: Option<&Index<B>>,
    inventory: &Inventory,
    now: SystemTime,
    counts: fn(&Package) -> bool,
) -> Judgement {
    let mut unknown = unreadable(inventory);
    let told = index.map_or(&[][..], |index| &index.info().end_of_life);
    unknown.extend(end_of_life(inventory, told, now.into()));
    let Some(index) = index else {
        unknown.insert(UnknownReason::NoAdvisories);
        return Judgement { unknown: unknown.into_iter().collect(), ..Judgement::default() };
    };
    let schemes = schemes(index, inventory, counts, &mut unknown);
    let matcher = Matcher::new(index, now);
    let mut findings = Vec::new();
    let mut suppressed = Vec::new();
    let mut packages = inventory.packages.iter().filter(|installed| counts(&installed.package));
    let judged = packages.try_for_each(|installed| {
        let Some(scheme) = schemes.get(&installed.package.kind) else { return Ok(()) };
        matcher.findings(installed, scheme, &mut findings)
    });
    let judged = judged.and_then(|()| {
        (findings, suppressed) = Owners::of(inventory, &schemes).part(&matcher, std::mem::take(&mut findings))?;
        Ok::<_, Damaged>(())
    });
    if judged.is_err() {
        unknown.insert(UnknownReason::IndexDamaged);
    }
    unknown.extend(findings.iter().filter_map(undetermined));
    findings = worst_first(findings);
    suppressed.sort_by(|a: &Suppressed, b| by_weight(&a.finding, &b.finding));
    let unknown = unknown.into_iter().collect();
    let mut judgement = Judgement { findings, suppressed, unknown, order: SeverityOrder::default() };
    judgement.suppress(headers::only_headers);
    judgement
}

/// What is moved until it is in order are numbers: findings are large.
fn worst_first(findings: Vec<Finding>) -> Vec<Finding> {
    let mut order: Vec<_> = (0..findings.len()).collect();
    order.sort_by(|a, b| by_weight(&findings[*a], &findings[*b]));
    let mut findings: Vec<_> = findings.into_iter().map(Some).collect();
    order.into_iter().filter_map(|number| findings[number].take()).collect()
}

/// The worst first.
pub(crate) fn by_weight(a: &Finding, b: &Finding) -> Ordering {
    let is_same = Arc::ptr_eq(&a.package, &b.package);
    let packages = || if is_same { Ordering::Equal } else { a.package.cmp(&b.package) };
    b.severity.cmp(&a.severity).then_with(packages).then_with(|| a.id.cmp(&b.id))
}

/// That it is not known whether the package has the flaw, if so.
pub(crate) fn undetermined(finding: &Finding) -> Option<UnknownReason> {
    let package = &finding.package.package;
    (finding.status == Status::Undetermined).then(|| UnknownReason::UndeterminedVersion {
        package: package.name.clone(),
        version: package.version.clone(),
        path: finding.package.path.clone(),
    })
}

fn end_of_life(inventory: &Inventory, told: &[EndOfLife], now: Timestamp) -> Option<UnknownReason> {
    let distribution = inventory.distribution.as_ref()?;
    let (release, since) = end_of_life::ended(distribution, told, now)?;
    Some(UnknownReason::EndOfLife { id: distribution.id.clone(), release, since })
}

fn unreadable(inventory: &Inventory) -> BTreeSet<UnknownReason> {
    // No answer depends on what is only asked for.
    let is_open = |path: &Option<String>| !path.as_deref().is_some_and(is_declaration);
    let reasons = inventory.unreadable.iter().filter(|item| is_open(&item.path)).map(|item| {
        UnknownReason::Unreadable { layer: item.layer, path: item.path.clone(), reason: item.reason.clone() }
    });
    reasons.collect()
}

/// How to look up each kind of package in the image; kinds that cannot be looked up are reasons not to know.
fn schemes<B: AsRef<[u8]>>(
    index: &Index<B>,
    inventory: &Inventory,
    counts: fn(&Package) -> bool,
    unknown: &mut BTreeSet<UnknownReason>,
) -> BTreeMap<PackageKind, Scheme> {
    let packages = || inventory.packages.iter().filter(|installed| counts(&installed.package));
    let kinds = packages().map(|installed| installed.package.kind).collect::<BTreeSet<_>>();
    // For what belongs to a package of the distribution, that package answers.
    let stands_alone = |kind| packages().any(|found| found.package.kind == kind && found.owner.is_none());
    let nameless = |found: &&InstalledPackage| found.owner.is_none() && cpes(&found.package).is_empty();
    let is_nameless = |kind| packages().any(|found| found.package.kind == kind && nameless(&found));
    let distribution = inventory.distribution.as_ref();
    let id = || distribution.map(|distribution| distribution.id.clone()).unwrap_or_default();
    let reason = |missing| match missing {
        NoScheme::NoDistribution => Some(UnknownReason::NoDistribution),
        NoScheme::UnknownDistribution => Some(UnknownReason::UnknownDistribution { id: id() }),
        NoScheme::NoRelease => Some(UnknownReason::NoRelease { id: id() }),
        NoScheme::NoEcosystem(kind) => {
            stands_alone(kind).then(|| UnknownReason::NotCovered { ecosystem: kind.purl_type().to_owned() })
        }
    };
    let covered = |scheme: &Scheme| index.covers_any(&scheme.ecosystems);
    let not_covered = |scheme: &Scheme| UnknownReason::NotCovered {
        ecosystem: scheme.ecosystems.first().cloned().unwrap_or_default(),
    };
    let mut schemes = BTreeMap::new();
    for kind in &kinds {
        match scheme::scheme(*kind, distribution) {
            Ok(scheme) if scheme.names == Names::Cpes && (!covered(&scheme) || is_nameless(*kind)) => {
                unknown.extend(reason(NoScheme::NoEcosystem(*kind)));
                schemes.extend(covered(&scheme).then_some((*kind, scheme)));
            }
            Ok(scheme) if covered(&scheme) => drop(schemes.insert(*kind, scheme)),
            Ok(scheme) => drop(unknown.insert(not_covered(&scheme))),
            Err(missing) => unknown.extend(reason(missing)),
        }
    }
    // The distribution counts even where none of its packages could be read.
    match distribution.map(scheme::distribution_scheme) {
        Some(Ok((_, scheme))) if !covered(&scheme) => drop(unknown.insert(not_covered(&scheme))),
        Some(Ok(_)) if !kinds.iter().any(|kind| kind.is_of_system()) => {
            unknown.insert(UnknownReason::NoPackages { id: id() });
        }
        Some(Err(missing)) => unknown.extend(reason(missing)),
        Some(Ok(_)) | None => {}
    }
    schemes
}
