//! Feeds that are not OSV records: each a pure reading of its publisher's documents, to records of the same index and to
//! facts about CVEs.
//!
//! A document that is damaged is refused as a whole. An entry of a document that breaks a rule is refused alone.

mod debian;
mod end_of_life;
mod epss;
mod kev;
mod nvd;
mod secdb;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::record::{Event, Range, RangeKind};
use crate::{CveId, EndOfLife, Fact, Limits, Record, Timestamp};

/// What the ids of records begin with whose list has no dates.
pub(crate) const UNDATED: [&str; 2] = [debian::PREFIX, secdb::PREFIX];

/// How many entries a document may have.
const MAX_ENTRIES: usize = 4_000_000;

/// A feed that is not one of OSV records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Importer {
    /// The [Debian Security Tracker](https://security-tracker.debian.org/)'s JSON: which release has which flaw, and what
    /// the security team has decided about it.
    DebianTracker,
    /// [Alpine's security database](https://secdb.alpinelinux.org/) in JSON, and those of Wolfi and Chainguard, which
    /// have its form: which version fixed which flaws.
    AlpineSecdb,
    /// The JSON of CISA's [Known Exploited Vulnerabilities](https://www.cisa.gov/known-exploited-vulnerabilities-catalog).
    CisaKev,
    /// The CSV of the [Exploit Prediction Scoring System](https://www.first.org/epss/).
    Epss,
    /// The JSON of the [National Vulnerability Database](https://nvd.nist.gov/), in the form of its API 2.0: how bad each
    /// CVE is, and which programs without a package have it.
    Nvd,
    /// When the support of distributions' releases ends: a table, or the JSON of [endoflife.date](https://endoflife.date/).
    EndOfLife,
}

impl Importer {
    /// Every importer.
    pub const ALL: [Self; 6] =
        [Self::DebianTracker, Self::AlpineSecdb, Self::CisaKev, Self::Epss, Self::Nvd, Self::EndOfLife];

    /// The name of the feed, which is also that of the folder its documents lie in.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DebianTracker => "debian-tracker",
            Self::AlpineSecdb => "alpine-secdb",
            Self::CisaKev => "cisa-kev",
            Self::Epss => "epss",
            Self::Nvd => "nvd",
            Self::EndOfLife => "end-of-life",
        }
    }

    /// The products of endoflife.date whose documents are read.
    pub fn end_of_life_products() -> impl Iterator<Item = &'static str> {
        end_of_life::products()
    }

    /// The importer of the feed of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|importer| importer.name() == name)
    }
}

impl fmt::Display for Importer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a document cannot be read. Nothing of it may be used then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// Not JSON, or JSON of another shape.
    #[error("not a document of {feed}")]
    Json {
        /// The feed.
        feed: Importer,
        /// What is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// It breaks another rule.
    #[error("not a document of {feed}: {rule}")]
    Rule {
        /// The feed.
        feed: Importer,
        /// The rule.
        rule: &'static str,
    },
}

/// What a document holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    /// An advisory.
    Record(Box<Record>),
    /// Something known of a CVE.
    Fact(CveId, Fact),
    /// That the support of a release ends.
    EndOfLife(EndOfLife),
    /// An entry that breaks a rule.
    Refused {
        /// The entry.
        entry: String,
        /// The rule.
        reason: String,
    },
}

/// The documents of one feed on their way to records and facts.
pub struct Intake {
    importer: Importer,
    limits: Limits,
    as_of: Timestamp,
    secdb: secdb::Gathered,
    nvd: nvd::Documents,
}

impl Intake {
    /// An intake of no document yet. Records of lists without dates are given the time `as_of` as that of their change.
    pub fn new(importer: Importer, limits: Limits, as_of: Timestamp) -> Self {
        Self { importer, limits, as_of, secdb: BTreeMap::new(), nvd: nvd::Documents::new() }
    }

    /// Reads a document; `sink` gets what is in it, or gets it from [`finish`](Self::finish) where several documents
    /// have to be put together. Returns the document's own date, where it has one. Of two documents of the NVD about a CVE
    /// the one that is read first counts.
    ///
    /// Fails if the document is damaged; what `sink` got by then may not be used.
    pub fn document(&mut self, bytes: &[u8], sink: &mut dyn FnMut(Item)) -> Result<Option<Timestamp>, Unreadable> {
        let mut sink = Sink { limits: self.limits, as_of: self.as_of, take: sink };
        match self.importer {
            Importer::DebianTracker => debian::read(bytes, &mut sink),
            Importer::AlpineSecdb => secdb::read(bytes, &mut self.secdb, &mut sink),
            Importer::CisaKev => kev::read(bytes, &mut sink),
            Importer::Epss => epss::read(bytes, &mut sink),
            Importer::Nvd => nvd::read(bytes, &mut self.nvd, &mut sink),
            Importer::EndOfLife => end_of_life::read(bytes, &mut sink),
        }
    }

    /// Hands over what could be told only from all documents.
    pub fn finish(self, sink: &mut dyn FnMut(Item)) {
        secdb::finish(self.secdb, &mut Sink { limits: self.limits, as_of: self.as_of, take: sink });
    }
}

/// Where items go, and what they are held to.
struct Sink<'s> {
    limits: Limits,
    as_of: Timestamp,
    take: &'s mut dyn FnMut(Item),
}

impl Sink<'_> {
    fn record(&mut self, record: Record) {
        (self.take)(Item::Record(Box::new(record)));
    }

    fn fact(&mut self, cve: CveId, fact: Fact) {
        (self.take)(Item::Fact(cve, fact));
    }

    fn end_of_life(&mut self, row: EndOfLife) {
        (self.take)(Item::EndOfLife(row));
    }

    fn refuse(&mut self, entry: &str, reason: impl fmt::Display) {
        let printable = |text: &str| text.chars().map(|c| if c.is_control() { '?' } else { c }).take(200).collect();
        (self.take)(Item::Refused { entry: printable(entry), reason: printable(&reason.to_string()) });
    }

    /// Whether a text may be an id, a name or a version.
    fn is_text(&self, text: &str) -> bool {
        let odd = |c: char| c.is_whitespace() || c.is_control();
        !text.is_empty() && text.len() <= self.limits.text && !text.contains(odd)
    }

    /// An entry of a document, within the budget of a record.
    fn entry<T: DeserializeOwned>(&self, raw: &RawValue) -> Result<T, String> {
        if raw.get().len() > self.limits.bytes {
            return Err(format!("more than {} bytes", self.limits.bytes));
        }
        serde_json::from_str(raw.get()).map_err(|error| error.to_string())
    }
}

fn document<'a, T: Deserialize<'a>>(feed: Importer, bytes: &'a [u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(bytes).map_err(|source| Unreadable::Json { feed, source })
}

/// Midnight of a day such as `2024-01-31`.
fn day(text: &str) -> Option<Timestamp> {
    if text.len() == "2000-01-01".len() { format!("{text}T00:00:00Z").parse().ok() } else { None }
}

/// Every version, or those before the fix.
fn until(fixed: Option<String>) -> Range {
    let introduced = Event::Introduced("0".to_owned());
    let events = [introduced].into_iter().chain(fixed.map(Event::Fixed)).collect();
    Range { kind: RangeKind::Ecosystem, events }
}
