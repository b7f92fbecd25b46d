//! The least that has to change in an image.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::SystemTime;

use plimsoll_inventory::{InstalledPackage, Inventory};

use super::package::Matcher;
use crate::finding::{Finding, Judgement};
use crate::index::{Damaged, Index};
use crate::scheme::{self, Scheme};
use crate::{Severity, SeverityOrder};

/// What to change in an image so that findings go.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The least severity of the findings to get rid of; [`Severity::Unknown`] for all.
    pub severity: Severity,
    /// How many layers, from the lowest, are the base image's.
    pub base_layers: u32,
    /// How many of the findings are of packages that came with them.
    pub in_base: usize,
    /// How many are of packages that came with the layers above.
    pub above: usize,
    /// What to do with each package that has some, the one that clears most first.
    pub upgrades: Vec<Upgrade>,
}

/// What to do with a package.
#[derive(Clone, Debug, PartialEq)]
pub struct Upgrade {
    /// The package.
    pub package: Arc<InstalledPackage>,
    /// The version installed, in the advisories' terms.
    pub installed: String,
    /// The lowest version that clears every finding that a version clears; none where none does.
    pub to: Option<String>,
    /// How many of the findings go with it.
    pub clears: usize,
    /// How many findings of that severity the package has then.
    pub remains: usize,
    /// Whether the package came with the base image's layers.
    pub in_base: bool,
}

/// What helps most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advice {
    /// There is nothing to get rid of.
    Nothing,
    /// To build the image again on a newer base: all findings came with it.
    NewerBase,
    /// To upgrade packages: none of the findings came with the base.
    Upgrades,
    /// To do both.
    Both,
    /// To wait: no version is known that clears any of the findings.
    Wait,
}

impl Advice {
    /// The advice in a word, for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::NewerBase => "newerBase",
            Self::Upgrades => "upgrades",
            Self::Both => "both",
            Self::Wait => "wait",
        }
    }
}

impl Plan {
    /// What helps most.
    pub fn advice(&self) -> Advice {
        let helps =
            |in_base: bool| self.upgrades.iter().any(|upgrade| upgrade.in_base == in_base && upgrade.clears > 0);
        match (helps(true), helps(false)) {
            _ if self.upgrades.is_empty() => Advice::Nothing,
            (false, false) => Advice::Wait,
            (true, false) => Advice::NewerBase,
            (false, true) => Advice::Upgrades,
            (true, true) => Advice::Both,
        }
    }
}

/// Says what to change in an image so that its findings of at least `severity` go. `judgement` is that of the image, by the
/// same index at the same time; its lowest `base_layers` layers are the base image's.
///
/// # Errors
/// The index is damaged.
pub fn plan<B: AsRef<[u8]>>(
    index: Option<&Index<B>>,
    inventory: &Inventory,
    judgement: &Judgement,
    (severity, base_layers): (Severity, u32),
    now: SystemTime,
) -> Result<Plan, Damaged> {
    let mut packages: BTreeMap<&InstalledPackage, Vec<&Finding>> = BTreeMap::new();
    for finding in judgement.findings.iter().filter(|finding| finding.severity >= severity) {
        packages.entry(&finding.package).or_default().push(finding);
    }
    let mut upgrades = Vec::new();
    for (installed, findings) in &packages {
        let scheme = scheme::scheme(installed.package.kind, inventory.distribution.as_ref());
        if let (Some(index), Ok(scheme)) = (index, scheme) {
            let matcher = Matcher::new(index, now);
            let mut upgrade = upgrade(&matcher, &scheme, findings, (severity, judgement.order))?;
            upgrade.in_base = installed.layer < base_layers;
            upgrades.push(upgrade);
        }
    }
    upgrades.sort_by(|a, b| b.clears.cmp(&a.clears).then_with(|| a.package.cmp(&b.package)));
    let count = |in_base: bool| {
        let findings = packages.iter().filter(|(installed, _)| (installed.layer < base_layers) == in_base);
        findings.map(|(_, findings)| findings.len()).sum()
    };
    Ok(Plan { severity, base_layers, in_base: count(true), above: count(false), upgrades })
}

/// The highest of the findings' fixes is the lowest version that can clear them all, as each is the lowest that clears its
/// own. Whether it does is found out by asking.
fn upgrade(
    matcher: &Matcher<'_>,
    scheme: &Scheme,
    findings: &[&Finding],
    (severity, order): (Severity, SeverityOrder),
) -> Result<Upgrade, Damaged> {
    let first = findings.first().ok_or(Damaged)?;
    let by_version = |a: &&str, b: &&str| scheme.comparator.arrange(a, b).unwrap_or(std::cmp::Ordering::Equal);
    let to = findings.iter().filter_map(|finding| finding.fixed.as_deref()).max_by(by_version);
    let mut left: BTreeSet<String> = findings.iter().map(|finding| finding.id.clone()).collect();
    if let Some(to) = to {
        let mut later = Vec::new();
        matcher.findings(&at_version(&first.package, to), scheme, &mut later)?;
        for finding in &mut later {
            order.rate(finding);
        }
        left = later.into_iter().filter(|finding| finding.severity >= severity).map(|finding| finding.id).collect();
    }
    Ok(Upgrade {
        package: Arc::clone(&first.package),
        installed: first.installed.clone(),
        to: to.map(str::to_owned),
        clears: findings.iter().filter(|finding| !left.contains(&finding.id)).count(),
        remains: left.len(),
        in_base: false,
    })
}

/// The same package, built from a source of another version.
fn at_version(installed: &InstalledPackage, version: &str) -> InstalledPackage {
    let mut installed = installed.clone();
    version.clone_into(&mut installed.package.version);
    if let Some(source) = &mut installed.package.source {
        version.clone_into(&mut source.version);
    }
    installed
}
