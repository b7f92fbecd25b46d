//! What is known to be wrong with packages: from [OSV](https://ossf.github.io/osv-schema/) records to a compact index,
//! and from an image's inventory to findings.
//!
//! ```text
//! bytes --Record::parse--> Record --IndexBuilder--> index bytes --Index::open--> Index --judge(inventory, now)--> Judgement
//! ```
//!
//! Findings are derived, never stored: the same inventory judged by another index gives other findings. Whatever cannot
//! be decided (an unparsable version, a distribution without advisories) is part of the answer, as
//! [`Status::Undetermined`] or [`UnknownReason`]; it is never left out. Everything here is pure.

mod ecosystem;
mod end_of_life;
pub mod exception;
mod explained;
mod fact;
mod finding;
mod flaw;
pub mod importers;
mod index;
mod judge;
mod record;
mod scheme;
mod severity;
mod severity_order;
mod state;
mod timestamp;
pub mod version;
pub mod vex;

pub use end_of_life::{EndOfLife, built_in_end_of_life};
pub use explained::{Absence, Explained, WhyNot};
pub use fact::{CveId, Epss, Exploited, Fact, Facts};
pub use finding::{Evidence, Finding, Judgement, Rule, Status, Suppressed, Suppression, UnknownReason, Until};
pub use index::{Damaged, EcosystemInfo, FeedId, FeedInfo, Index, IndexBuilder, IndexError, IndexInfo};
pub use judge::{Advice, Plan, Upgrade, explain, judge, judge_declared, plan};
pub use record::{
    Affected, Event, Limits, Range, RangeKind, RangeRule, Rating, RatingKind, Record, Refusal, Response, SUMMARY_LENGTH,
};
pub use scheme::ecosystem_name;
pub use severity::{Assessment, NotASeverity, Severity, cvss_version};
pub use severity_order::{NotAnOrder, SeverityOrder, SeveritySource};
pub use state::{FixedIn, State};
pub use timestamp::{NotATime, Timestamp};
pub use version::{Comparator, ECOSYSTEMS, Ecosystem, Unparsable};
