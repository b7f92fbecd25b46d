//! The flaws of an image: findings of one flaw in several packages taken together, and how many there are of each severity.

use std::collections::{BTreeMap, HashMap};

use plimsoll_advisories::{Finding, Severity, Status};

use super::configuration::ScanType;

/// How many there are of each severity; those without any are left out.
pub type SeverityCounts = BTreeMap<Severity, u64>;

/// A flaw of an image.
#[derive(Clone, Debug)]
pub struct Flaw<'a> {
    findings: Vec<&'a Finding>,
}

impl<'a> Flaw<'a> {
    /// The flaws of an image, in the order in which they come first.
    pub fn all(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Self> {
        let mut places = HashMap::new();
        let mut all: Vec<Self> = Vec::new();
        for finding in findings {
            let place = *places.entry(finding.id.as_str()).or_insert(all.len());
            match all.get_mut(place) {
                Some(flaw) => flaw.findings.push(finding),
                None => all.push(Self { findings: vec![finding] }),
            }
        }
        all
    }

    /// The flaw, once for each package that has it; there is one at least.
    pub fn findings(&self) -> &[&'a Finding] {
        &self.findings
    }

    /// The finding that speaks for all: the worst of those that are certain.
    pub fn worst(&self) -> &'a Finding {
        let certain = self.findings.iter().filter(|finding| finding.status == Status::Affected);
        // Of equals the first, which has the most to say.
        certain.rev().max_by_key(|finding| finding.severity).unwrap_or(&self.findings[0])
    }
}

/// How many findings a scan of this type shows of each severity.
pub(super) fn count<'a>(scan_type: ScanType, findings: impl Iterator<Item = &'a Finding>) -> SeverityCounts {
    let mut counts = SeverityCounts::new();
    let mut add = |finding: &Finding| *counts.entry(finding.counted_severity()).or_default() += 1;
    match scan_type {
        ScanType::Basic => findings.for_each(&mut add),
        ScanType::Enhanced => Flaw::all(findings).iter().for_each(|flaw| add(flaw.worst())),
    }
    counts
}
