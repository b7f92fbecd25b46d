//! Which versions of which programs a CVE is in: the NVD's statements of applicability.
//!
//! Configurations, and the nodes and matches in them, are alternatives, or all have to hold. What is vulnerable while something
//! else is there too counts wherever that may be so in a container ([`Cpe::may_be_there`]): a finding too many can be looked at,
//! one too few cannot.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::cpe::{ANY, Cpe, NONE};
use super::{ECOSYSTEM, Known};
use crate::Limits;
use crate::record::{Affected, Event, Range, RangeKind};
use crate::version::Comparator;

#[derive(Deserialize)]
pub(super) struct Configuration {
    operator: Option<String>,
    #[serde(default)]
    negate: bool,
    #[serde(default)]
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    operator: Option<String>,
    #[serde(default)]
    negate: bool,
    #[serde(default)]
    cpe_match: Vec<Match>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Match {
    vulnerable: bool,
    criteria: String,
    version_start_including: Option<String>,
    version_start_excluding: Option<String>,
    version_end_including: Option<String>,
    version_end_excluding: Option<String>,
}

/// What is affected of one product.
#[derive(Default)]
struct Versions {
    /// Whole intervals.
    ranges: Vec<Range>,
    /// Single versions, as intervals of their own.
    single: Vec<Event>,
    /// Versions without a place in the order.
    listed: Vec<String>,
}

/// The programs among the `known` that some configuration calls vulnerable, by name.
pub(super) fn affected(
    configurations: Vec<Configuration>,
    known: &Known,
    limits: &Limits,
) -> Result<Vec<Affected>, String> {
    let mut products: BTreeMap<String, Versions> = BTreeMap::new();
    for (cpe, found) in configurations.into_iter().flat_map(Configuration::vulnerable) {
        let name = cpe.name();
        if cpe.part == "a" && cpe.is_common() && known.contains(name.as_str()) {
            products.entry(name).or_default().add(&cpe, found);
        }
    }
    products.into_iter().map(|(name, versions)| versions.finish(name, limits)).collect()
}

fn is_all(operator: Option<&str>) -> bool {
    operator == Some("AND")
}

impl Configuration {
    /// What is vulnerable, where everything else that has to be there may be.
    fn vulnerable(self) -> Vec<(Cpe, Match)> {
        let all = is_all(self.operator.as_deref());
        let impossible = self.nodes.iter().filter(|node| all && !node.may_hold()).count();
        // Nothing is said of what a denied configuration leaves.
        if impossible > 0 || self.negate {
            return Vec::new();
        }
        self.nodes.into_iter().flat_map(Node::vulnerable).collect()
    }
}

impl Node {
    fn may_hold(&self) -> bool {
        let may = |found: &Match| Cpe::parse(&found.criteria).is_none_or(|cpe| cpe.may_be_there());
        let all = is_all(self.operator.as_deref());
        self.negate
            || self.cpe_match.is_empty()
            || if all { self.cpe_match.iter().all(may) } else { self.cpe_match.iter().any(may) }
    }

    fn vulnerable(self) -> Vec<(Cpe, Match)> {
        if self.negate || !self.may_hold() {
            return Vec::new();
        }
        let vulnerable = self.cpe_match.into_iter().filter(|found| found.vulnerable);
        vulnerable.filter_map(|found| Some((Cpe::parse(&found.criteria)?, found))).collect()
    }
}

impl Versions {
    fn add(&mut self, cpe: &Cpe, found: Match) {
        match (cpe.version.as_str(), cpe.update.as_str()) {
            // A product without versions: none that has one is it.
            (NONE, _) => {}
            (ANY | "", _) => self.ranges.push(interval(found)),
            (version, _) if !Comparator::Generic.accepts(version) => self.listed.push(version.to_owned()),
            (version, ANY | "") => self.single(before_all(version), after_all(version)),
            (version, NONE) => self.single(version.to_owned(), version.to_owned()),
            (version, update) => {
                let whole = format!("{version}-{update}");
                if Comparator::Generic.accepts(&whole) {
                    self.single(whole.clone(), whole);
                } else {
                    self.listed.push(whole);
                }
            }
        }
    }

    fn single(&mut self, first: String, last: String) {
        self.single.extend([Event::Introduced(first), Event::LastAffected(last)]);
    }

    fn finish(mut self, name: String, limits: &Limits) -> Result<Affected, String> {
        if !self.single.is_empty() {
            self.ranges.push(Range { kind: RangeKind::Ecosystem, events: self.single });
        }
        let events = self.ranges.iter().map(|range| range.events.len()).max().unwrap_or_default();
        if self.ranges.len() > limits.ranges || events > limits.events || self.listed.len() > limits.versions {
            return Err(format!("too many versions of {name}"));
        }
        let texts = || self.ranges.iter().flat_map(|range| &range.events).map(Event::version);
        if texts()
            .chain(self.listed.iter().map(String::as_str))
            .chain([name.as_str()])
            .any(|text| text.len() > limits.text)
        {
            return Err(format!("more than {} bytes in a name or version", limits.text));
        }
        Ok(Affected {
            ecosystem: ECOSYSTEM.to_owned(),
            name,
            ranges: self.ranges,
            versions: self.listed,
            severities: Vec::new(),
            word: None,
            response: None,
        })
    }
}

/// The bounds of an interval are versions with whatever update of them, except for the one that has the fix.
fn interval(found: Match) -> Range {
    let introduced = match (found.version_start_including, found.version_start_excluding) {
        (Some(version), _) => before_all(&version),
        (None, Some(version)) => after_all(&version),
        (None, None) => "0".to_owned(),
    };
    let end = match (found.version_end_excluding, found.version_end_including) {
        (Some(version), _) => Some(Event::Fixed(version)),
        (None, Some(version)) => Some(Event::LastAffected(after_all(&version))),
        (None, None) => None,
    };
    Range { kind: RangeKind::Ecosystem, events: [Event::Introduced(introduced)].into_iter().chain(end).collect() }
}

/// Before the pre-releases of a version: see [`crate::version::generic`].
fn before_all(version: &str) -> String {
    format!("{version}-")
}

/// After the patches of a version, and before the releases with a letter.
fn after_all(version: &str) -> String {
    format!("{version}+")
}
