//! Advisory records in the [OSV schema](https://ossf.github.io/osv-schema/), version 1.7.

mod refusal;
#[cfg(test)]
mod tests;
mod validate;
mod wire;

pub use refusal::{RangeRule, Refusal};
pub(crate) use validate::cut;

use crate::Timestamp;

/// A validated advisory: what was read of an OSV record, reduced to what matching and explaining need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The record's id, such as `DSA-5343-1` or `GHSA-462w-v97r-4m45`.
    pub id: String,
    /// When the record last changed.
    pub modified: Timestamp,
    /// When the record was published; none where it does not say.
    pub published: Option<Timestamp>,
    /// When the record was withdrawn, if it was.
    pub withdrawn: Option<Timestamp>,
    /// Other ids of the same flaw.
    pub aliases: Vec<String>,
    /// The flaws this record passes on to a distribution's users, possibly several.
    pub upstream: Vec<String>,
    /// Ids of related records.
    pub related: Vec<String>,
    /// One line about the flaw, at most [`SUMMARY_LENGTH`] characters.
    pub summary: String,
    /// Severities given for the record as a whole.
    pub severities: Vec<Rating>,
    /// The severity word of the record's database (`database_specific.severity`).
    pub word: Option<String>,
    /// The packages affected.
    pub affected: Vec<Affected>,
    /// SHA-256 of the bytes the record was read from.
    pub sha256: [u8; 32],
}

/// The longest summary kept, in characters; longer ones are cut.
pub const SUMMARY_LENGTH: usize = 200;

/// A package the flaw is in, and which of its versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Affected {
    /// The ecosystem with its release, if any: `PyPI`, `Debian:12`, `Alpine:v3.18`.
    pub ecosystem: String,
    /// The package's name, as the ecosystem's advisories spell it.
    pub name: String,
    /// Intervals of versions. Commit ranges (`GIT`) are left out: packages carry versions.
    pub ranges: Vec<Range>,
    /// Single versions.
    pub versions: Vec<String>,
    /// Severities given for this package.
    pub severities: Vec<Rating>,
    /// The severity word of this package (`ecosystem_specific` or `database_specific`, `severity` or `urgency`).
    pub word: Option<String>,
    /// What those who publish the package have decided about the flaw; none where they do not say.
    pub response: Option<Response>,
}

/// What those who publish a package have decided about a flaw, beyond fixing it in some version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Response {
    /// The package does not have the flaw, in any of its versions.
    NotAffected,
    /// Whether it has is being looked into.
    UnderInvestigation,
    /// It will be fixed later, or with something else.
    Deferred,
    /// It will not be fixed.
    WontFix,
    /// The package gets no updates any more.
    EndOfLife,
}

impl Response {
    /// Every response; a place in this list is what an index names it by.
    pub(crate) const ALL: [Self; 5] =
        [Self::NotAffected, Self::UnderInvestigation, Self::Deferred, Self::WontFix, Self::EndOfLife];

    /// The response in a word, for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotAffected => "notAffected",
            Self::UnderInvestigation => "underInvestigation",
            Self::Deferred => "deferred",
            Self::WontFix => "wontFix",
            Self::EndOfLife => "endOfLife",
        }
    }
}

/// Intervals of affected versions, as the events that open and close them, in the record's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// How the versions are ordered.
    pub kind: RangeKind,
    /// What begins and ends at which version.
    pub events: Vec<Event>,
}

/// How the versions of a range are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RangeKind {
    /// By semantic versioning (`SEMVER`).
    SemVer,
    /// By the rules of the package's ecosystem (`ECOSYSTEM`).
    Ecosystem,
}

/// What happens at a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The flaw appears with this version; `0` stands for "before every version".
    Introduced(String),
    /// The flaw is gone with this version.
    Fixed(String),
    /// The flaw is gone with the first version after this one.
    LastAffected(String),
    /// Nothing is said of this version and later ones; `*` sets no limit.
    Limit(String),
}

impl Event {
    /// The version at which it happens.
    pub fn version(&self) -> &str {
        match self {
            Self::Introduced(version) | Self::Fixed(version) | Self::LastAffected(version) | Self::Limit(version) => {
                version
            }
        }
    }
}

/// One severity, in the words of its source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rating {
    /// What `value` is.
    pub kind: RatingKind,
    /// A CVSS vector, or a word.
    pub value: String,
}

/// The kinds of severities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RatingKind {
    /// Ubuntu's priority word.
    Ubuntu,
    /// A CVSS version 2 vector.
    CvssV2,
    /// A CVSS version 3.0 or 3.1 vector.
    CvssV3,
    /// A CVSS version 4.0 vector.
    CvssV4,
}

impl RatingKind {
    /// The name OSV has for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ubuntu => "Ubuntu",
            Self::CvssV2 => "CVSS_V2",
            Self::CvssV3 => "CVSS_V3",
            Self::CvssV4 => "CVSS_V4",
        }
    }
}

/// How much a record may hold; a record beyond a limit is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The record's size in bytes.
    pub bytes: usize,
    /// Affected packages in a record.
    pub affected: usize,
    /// Ranges of a package.
    pub ranges: usize,
    /// Events of a range.
    pub events: usize,
    /// Versions listed for a package.
    pub versions: usize,
    /// Aliases; upstream and related ids have the same limit each.
    pub ids: usize,
    /// The length in bytes of an id, a name, a version or a vector.
    pub text: usize,
}

impl Default for Limits {
    /// Limits that every known real record keeps with room to spare.
    fn default() -> Self {
        Self {
            bytes: 8 << 20,
            affected: 20_000,
            ranges: 1_000,
            events: 10_000,
            versions: 50_000,
            ids: 10_000,
            text: 1_024,
        }
    }
}

impl Record {
    /// Reads and validates an OSV record in JSON. Unknown fields are ignored.
    ///
    /// Fails with the first rule the record breaks.
    pub fn parse(json: &[u8], limits: &Limits) -> Result<Self, Refusal> {
        if json.len() > limits.bytes {
            return Err(Refusal::TooLarge { what: "bytes", limit: limits.bytes });
        }
        validate::record(json, limits)
    }

    /// Whether the record reports a malicious package rather than a flaw in an honest one.
    pub fn is_malicious(&self) -> bool {
        is_malicious(&self.id)
    }
}

/// Whether a record is of a list that has no dates: what it says of a flaw was said at some time, perhaps long ago.
pub(crate) fn is_undated(id: &str) -> bool {
    crate::importers::UNDATED.iter().any(|prefix| id.starts_with(prefix))
}

/// Whether an id is that of a report of a malicious package.
pub(crate) fn is_malicious(id: &str) -> bool {
    id.starts_with("MAL-")
}
