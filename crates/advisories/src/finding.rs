//! What judging an image says.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use plimsoll_inventory::InstalledPackage;

use crate::judge::{by_weight, undetermined};
use crate::version::Comparator;
use crate::vex::{Justification, VexStatus};
use crate::{Assessment, Epss, Exploited, FixedIn, Response, Severity, SeverityOrder, Timestamp};

/// The answer to "what is wrong with this image?", and how far it can be trusted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// What is known to be wrong, the worst first.
    pub findings: Vec<Finding>,
    /// What would be wrong but for something that somebody said, the worst first. It does not count.
    pub suppressed: Vec<Suppressed>,
    /// Why there may be more, without repetitions; empty where the answer is whole.
    pub unknown: Vec<UnknownReason>,
    /// Whom was believed how bad the findings are.
    pub order: SeverityOrder,
}

impl Judgement {
    /// Moves those findings to the suppressed that `why` has a reason for, with the doubts that only they are about.
    pub(crate) fn suppress(&mut self, why: impl Fn(&Finding) -> Option<Suppression>) {
        let mut lifted = BTreeSet::new();
        for finding in std::mem::take(&mut self.findings) {
            match why(&finding) {
                Some(reason) => {
                    lifted.extend(undetermined(&finding));
                    self.suppressed.push(Suppressed { finding, reason });
                }
                None => self.findings.push(finding),
            }
        }
        self.suppressed.sort_by(|a, b| by_weight(&a.finding, &b.finding));
        for kept in self.findings.iter().filter_map(undetermined) {
            lifted.remove(&kept);
        }
        self.unknown.retain(|reason| !lifted.contains(reason));
    }
}

/// A finding that does not count, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// Why it does not count.
    pub reason: Suppression,
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Suppression {
    /// The package came with a package of the distribution, and the distribution's own advisories answer for it.
    OwnedBy {
        /// The distribution's package.
        package: String,
        /// The distribution's ecosystem, without release.
        ecosystem: &'static str,
        /// The distribution's advisory that speaks of this flaw in its package. None where there is none, and the
        /// distribution's advisories name every flaw.
        advisory: Option<String>,
    },
    /// The package is built from the kernel's source and holds only headers of it.
    OnlyHeaders {
        /// The package.
        package: String,
    },
    /// Somebody says that the flaw does no harm here.
    Vex {
        /// Who says so.
        author: String,
        /// What is said.
        status: VexStatus,
        /// Why.
        justification: Option<Justification>,
        /// Why, in the author's words.
        statement: Option<String>,
        /// Which document says so: its file or digest.
        document: String,
    },
    /// Somebody answers for it that it does not count for a time.
    Exception {
        /// By what the registry knows the exception; none where it is in none.
        id: Option<String>,
        /// Who answers for it.
        owner: String,
        /// Why.
        reason: String,
        /// Where that is dealt with.
        ticket: Option<String>,
        /// When it ends; none where it has no end.
        until: Option<Timestamp>,
    },
}

impl Suppression {
    /// The kind of reason in a word, for programs.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::OwnedBy { .. } => "ownedBy",
            Self::OnlyHeaders { .. } => "onlyHeaders",
            Self::Vex { .. } => "vex",
            Self::Exception { .. } => "exception",
        }
    }
}

impl fmt::Display for Suppression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnedBy { package, ecosystem, advisory: Some(advisory) } => {
                write!(
                    f,
                    "it belongs to the {ecosystem} package {package}, and {advisory} says what that has of the flaw"
                )
            }
            Self::OwnedBy { package, ecosystem, advisory: None } => {
                write!(f, "it belongs to the {ecosystem} package {package}, of whose flaws {ecosystem} itself tells")
            }
            Self::OnlyHeaders { package } => {
                write!(f, "{package} holds headers of the kernel, and nothing of the kernel itself")
            }
            Self::Vex { author, status, justification, statement, document: _ } => {
                write!(f, "{author} says {status}")?;
                justification.map_or(Ok(()), |justification| write!(f, " ({justification})"))?;
                statement.as_ref().map_or(Ok(()), |statement| write!(f, ": {statement}"))
            }
            Self::Exception { owner, reason, ticket, until, id: _ } => {
                match until {
                    Some(end) => write!(f, "{owner} answers for it until {end}")?,
                    None => write!(f, "{owner} answers for it without an end")?,
                }
                ticket.as_ref().map_or(Ok(()), |ticket| write!(f, " ({ticket})"))?;
                write!(f, ": {reason}")
            }
        }
    }
}

/// A flaw in a package of the image.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The flaw's id: the lowest of its CVE ids, else a GHSA id, else the advisory's.
    pub id: String,
    /// Every other id of the flaw and the ids of the advisories that report it, sorted.
    pub aliases: Vec<String>,
    /// The advisory that decided.
    pub advisory: String,
    /// The package, with its path and layer.
    pub package: Arc<InstalledPackage>,
    /// The ecosystem the advisories are of, without release: `Debian`, `Alpine`, `PyPI`, `npm`.
    pub ecosystem: &'static str,
    /// The version installed, in the advisories' terms (that of the source package, where they go by it).
    pub installed: String,
    /// The lowest version above the installed one that no advisory on this flaw affects; none where none is known.
    pub fixed: Option<String>,
    /// The fixes of other releases or streams of the distribution; looked for only where there is none in this.
    pub fixed_elsewhere: Vec<FixedIn>,
    /// Whether the package has the flaw, or nobody can tell.
    pub status: Status,
    /// What those who publish the package have decided about the flaw; none where they do not say.
    pub response: Option<Response>,
    /// That the flaw is known to be exploited; none where it is not.
    pub exploited: Option<Exploited>,
    /// How likely the flaw is to be exploited; none where nobody says.
    pub epss: Option<Epss>,
    /// Whether the package itself was made to do harm.
    pub malicious: bool,
    /// How bad the flaw is.
    pub severity: Severity,
    /// Who says how bad it is, such as `PYSEC-2019-1 CVSS_V3`; none where nobody does.
    pub severity_source: Option<String>,
    /// What every source says that does, the one that counts first.
    pub assessments: Vec<Assessment>,
    /// The CVSS score, where there is one.
    pub score: Option<f64>,
    /// The CVSS vector, where there is one.
    pub vector: Option<String>,
    /// One line about the flaw; may be empty.
    pub summary: String,
    /// When the first of the advisories was published; none where one does not say. Lists without dates do not count.
    pub published: Option<Timestamp>,
    /// When one of the advisories changed last.
    pub modified: Timestamp,
    /// What decided.
    pub evidence: Evidence,
}

impl Finding {
    /// The severity under which it is counted: unknown too where nobody can tell whether the package has the flaw.
    pub fn counted_severity(&self) -> Severity {
        match self.status {
            Status::Affected => self.severity,
            Status::Undetermined => Severity::Unknown,
        }
    }
}

/// Whether a package has a flaw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// It has.
    Affected,
    /// The version installed cannot be placed among those of the advisory.
    Undetermined,
}

/// What decided that a package has a flaw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The ecosystem the deciding entry is filed under, with its release, if any.
    pub ecosystem: String,
    /// The package's name in that ecosystem.
    pub name: String,
    /// SHA-256 of the advisory's record.
    pub sha256: [u8; 32],
    /// The rule that decided.
    pub rule: Rule,
}

/// The rule of an advisory that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The version lies in an interval.
    Within {
        /// The version the interval begins with; `0` is before every version.
        introduced: String,
        /// Where the interval ends.
        until: Until,
        /// The order the versions were compared in.
        comparator: Comparator,
    },
    /// The version is listed.
    Listed,
    /// The version has no place in the order.
    Incomparable,
}

/// Where an interval of affected versions ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Until {
    /// Before this version.
    Fixed(String),
    /// With this version.
    LastAffected(String),
    /// Nowhere yet.
    Open,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within { introduced, until, comparator } => {
                match introduced.as_str() {
                    "0" => write!(f, "every version")?,
                    version => write!(f, "introduced in {version}")?,
                }
                match until {
                    Until::Fixed(version) => write!(f, ", fixed in {version}")?,
                    Until::LastAffected(version) => write!(f, ", last affected {version}")?,
                    Until::Open => write!(f, ", not fixed")?,
                }
                write!(f, " ({comparator} order)")
            }
            Self::Listed => f.write_str("the version is listed"),
            Self::Incomparable => f.write_str("the version cannot be compared"),
        }
    }
}

/// Why a judgement may not be whole.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum UnknownReason {
    /// No advisories are loaded at all.
    NoAdvisories,
    /// The index of advisories is damaged.
    IndexDamaged,
    /// There are packages of a distribution, but the image does not say which distribution it is.
    NoDistribution,
    /// No advisories are known for distributions of this name.
    UnknownDistribution {
        /// The distribution's `ID`.
        id: String,
    },
    /// The distribution does not say which release it is.
    NoRelease {
        /// The distribution's `ID`.
        id: String,
    },
    /// The support of the distribution's release has ended, so that nobody looks for flaws in its packages.
    EndOfLife {
        /// The distribution's `ID`.
        id: String,
        /// The release.
        release: String,
        /// When.
        since: Timestamp,
    },
    /// The image says that it is of a distribution, but has no record of the distribution's packages.
    NoPackages {
        /// The distribution's `ID`.
        id: String,
    },
    /// There are packages of an ecosystem of which no advisories are loaded, or for which nobody publishes any.
    NotCovered {
        /// The ecosystem with its release, if any; where there is none, the type of the packages' package-urls.
        ecosystem: String,
    },
    /// A part of the image could not be read.
    Unreadable {
        /// The layer, as an index into the image's layers, base first.
        layer: u32,
        /// The file; none where the whole layer could not be read.
        path: Option<String>,
        /// Why.
        reason: String,
    },
    /// The version of a package that advisories exist for cannot be compared with theirs.
    UndeterminedVersion {
        /// The package's name.
        package: String,
        /// Its version; may be empty.
        version: String,
        /// Where the package is recorded.
        path: String,
    },
}

impl fmt::Display for UnknownReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAdvisories => f.write_str("no advisories are loaded"),
            Self::IndexDamaged => f.write_str("the advisory index is damaged; import the advisories again"),
            Self::NoDistribution => f.write_str("the image does not say which distribution its packages are of"),
            Self::UnknownDistribution { id } => write!(f, "no advisories are known for the distribution \"{id}\""),
            Self::NoRelease { id } => write!(f, "the image does not say which release of \"{id}\" it is"),
            Self::EndOfLife { id, release, since } => {
                let day = since.to_string();
                let day = day.get(..10).unwrap_or(&day);
                write!(f, "the support of {id} {release} ended on {day}: later flaws of its packages go unreported")
            }
            Self::NoPackages { id } => write!(f, "the image has no record of the packages of \"{id}\""),
            Self::NotCovered { ecosystem } => write!(f, "no advisories are loaded for {ecosystem}"),
            Self::Unreadable { layer, path: Some(path), reason } => {
                write!(f, "{path} in layer {layer} could not be read: {reason}")
            }
            Self::Unreadable { layer, path: None, reason } => write!(f, "layer {layer} could not be read: {reason}"),
            Self::UndeterminedVersion { package, version, path } if version.is_empty() => {
                write!(f, "the package {package} ({path}) has no version")
            }
            Self::UndeterminedVersion { package, version, path } => {
                write!(f, "the version \"{version}\" of the package {package} ({path}) cannot be compared")
            }
        }
    }
}
