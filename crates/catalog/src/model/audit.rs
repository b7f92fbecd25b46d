//! The audit log's values.

use plimsoll_iam::AccountId;

use crate::Timestamp;

/// What is to be entered into the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// The account it happened in, if it is known.
    pub account: Option<AccountId>,
    /// Who asked.
    pub principal: String,
    /// From where: an address, or `local` for a command on the server's own machine.
    pub source: String,
    /// What was asked for, such as `ecr:PutImage`.
    pub action: String,
    /// Of what it was asked.
    pub resource: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The id of the request.
    pub request_id: String,
    /// Whatever else is worth knowing.
    pub detail: String,
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was carried out.
    Success,
    /// It was not allowed.
    Denied,
    /// It was allowed and failed.
    Failed,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Success, Self::Denied, Self::Failed];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }
}

/// A record of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its number; the first is 1, and none is missing.
    pub seq: u64,
    /// When it was entered.
    pub at: Timestamp,
    /// What happened.
    pub entry: AuditEntry,
    /// The hash of the record before; zeros in the first.
    pub previous: [u8; 32],
    /// The hash of this record, `previous` included.
    pub hash: [u8; 32],
}

/// What [`crate::Catalog::verify_audit`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditVerdict {
    /// Every record is as it was entered. That the last ones were not cut off shows from `head`, if it was noted
    /// elsewhere.
    Whole {
        /// How many records there are.
        records: u64,
        /// The hash of the last one; zeros if there is none.
        head: [u8; 32],
    },
    /// A record is missing, was changed, or does not follow from the one before.
    BrokenAt {
        /// The first number at which the log is not what it should be.
        seq: u64,
    },
}
