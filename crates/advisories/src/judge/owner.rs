//! Packages of languages that came with a package of the distribution.
//!
//! Distributions fix flaws without raising the version that the language's package manager sees, and say so in their own
//! advisories. Where those answer for a file, the language's advisories would report again what is fixed.

use std::collections::{BTreeMap, HashMap};

use plimsoll_inventory::{InstalledPackage, Inventory, Package, PackageKind};

use super::package::Matcher;
use crate::finding::{Finding, Suppressed, Suppression};
use crate::index::Damaged;
use crate::scheme::{self, Scheme};

/// The distribution's packages whose advisories are loaded, by name.
pub(super) struct Owners<'i> {
    packages: HashMap<&'i str, (&'i Package, &'i Scheme)>,
}

impl<'i> Owners<'i> {
    pub(super) fn of(inventory: &'i Inventory, schemes: &'i BTreeMap<PackageKind, Scheme>) -> Self {
        let wanted = inventory.packages.iter().any(|installed| installed.owner.is_some());
        let owner = |installed: &'i InstalledPackage| {
            let package = &installed.package;
            let scheme = schemes.get(&package.kind).filter(|_| package.kind.is_of_system())?;
            scheme::is_built_by_distribution(package, scheme.base).then_some((package.name.as_str(), (package, scheme)))
        };
        Self { packages: inventory.packages.iter().filter(|_| wanted).filter_map(owner).collect() }
    }

    /// Takes apart what counts and what the distribution answers for.
    pub(super) fn part(
        &self,
        matcher: &Matcher<'_>,
        findings: Vec<Finding>,
    ) -> Result<(Vec<Finding>, Vec<Suppressed>), Damaged> {
        if self.packages.is_empty() {
            return Ok((findings, Vec::new()));
        }
        let mut told = HashMap::new();
        let (mut kept, mut suppressed) = (Vec::new(), Vec::new());
        for finding in findings {
            match self.answering(&finding) {
                Some((package, scheme)) => {
                    if !told.contains_key(package.name.as_str()) {
                        told.insert(package.name.as_str(), matcher.flaws_told_of(package, scheme)?);
                    }
                    let advisory = told.get(package.name.as_str()).and_then(|flaws| flaws.get(finding.id.as_str()));
                    if scheme.comprehensive || advisory.is_some() {
                        let advisory = advisory.map(|id| (*id).to_owned());
                        let reason =
                            Suppression::OwnedBy { package: package.name.clone(), ecosystem: scheme.base, advisory };
                        suppressed.push(Suppressed { finding, reason });
                    } else {
                        kept.push(finding);
                    }
                }
                None => kept.push(finding),
            }
        }
        Ok((kept, suppressed))
    }

    /// The package of the distribution that the finding's came with. Nobody's word makes up for malice.
    fn answering(&self, finding: &Finding) -> Option<(&'i Package, &'i Scheme)> {
        let owner = finding.package.owner.as_deref().filter(|_| !finding.malicious)?;
        self.packages.get(owner).copied()
    }
}
