//! Why a record was not taken.

/// The rule a record broke.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Not JSON, or JSON of another shape than the schema's.
    #[error("not an OSV record")]
    Shape(#[source] serde_json::Error),
    /// More of something than the limits allow.
    #[error("more than {limit} {what}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        limit: usize,
    },
    /// The id is empty, or holds white space or control characters.
    #[error("the id is empty or holds characters an id may not have")]
    BadId,
    /// There is no `modified` time.
    #[error("the modified time is missing")]
    MissingModified,
    /// A time is not RFC 3339.
    #[error("{field} is not an RFC 3339 time")]
    BadTime {
        /// The field.
        field: &'static str,
    },
    /// A package has no name or no ecosystem.
    #[error("affected[{affected}]: the package's {field} is missing")]
    MissingPackage {
        /// The index of the affected package.
        affected: usize,
        /// The field that is missing.
        field: &'static str,
    },
    /// A range is of a type the schema does not have.
    #[error("affected[{affected}]: unknown range type {kind:?}")]
    UnknownRangeType {
        /// The index of the affected package.
        affected: usize,
        /// The type.
        kind: String,
    },
    /// A range breaks a rule of its own.
    #[error("affected[{affected}].ranges[{range}]: {rule}")]
    BadRange {
        /// The index of the affected package.
        affected: usize,
        /// The index of the range.
        range: usize,
        /// The rule.
        rule: RangeRule,
    },
}

/// The rules of the events of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeRule {
    /// An event is one of the four, and no more than one.
    #[error("an event has {0} keys instead of one")]
    KeysOfEvent(usize),
    /// At least one event introduces the flaw.
    #[error("no event introduces the flaw")]
    NothingIntroduced,
    /// An end is given in one way only.
    #[error("fixed and last_affected together")]
    FixedAndLastAffected,
    /// An event's version is text.
    #[error("an event's version is empty")]
    EmptyVersion,
}
