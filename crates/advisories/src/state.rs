//! Where a finding stands: whether there is a fix, and if not, what may be hoped for.

use std::fmt;

use crate::finding::{Finding, Status, Suppressed, Suppression};
use crate::record::Response;
use crate::vex::VexStatus;

/// Where a finding stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// The package is affected, and a later version is not.
    Fixed,
    /// The package is affected, and there is no fix here; another release or stream of the distribution has one.
    FixedElsewhere,
    /// The package is affected, and nobody says more.
    Affected,
    /// Those who publish it are looking into it.
    UnderInvestigation,
    /// It will be fixed later, or with something else.
    Deferred,
    /// It will not be fixed.
    WontFix,
    /// The package gets no updates any more.
    EndOfLife,
    /// Somebody says that the package does not have the flaw, or that it does no harm there.
    NotAffected,
    /// The version installed cannot be placed among those of the advisory.
    Undetermined,
}

/// A fix in another release or stream of a distribution.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FixedIn {
    /// The ecosystem with the release or stream, such as `Debian:13`.
    pub ecosystem: String,
    /// The version that it is fixed in there.
    pub version: String,
}

impl State {
    /// The state in a word, for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fixed => "fixed",
            Self::FixedElsewhere => "fixedElsewhere",
            Self::Affected => "affected",
            Self::UnderInvestigation => "underInvestigation",
            Self::Deferred => "deferred",
            Self::WontFix => "wontFix",
            Self::EndOfLife => "endOfLife",
            Self::NotAffected => "notAffected",
            Self::Undetermined => "undetermined",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Fixed => "fixed",
            Self::FixedElsewhere => "fixed elsewhere",
            Self::Affected => "affected",
            Self::UnderInvestigation => "under investigation",
            Self::Deferred => "deferred",
            Self::WontFix => "won't fix",
            Self::EndOfLife => "end of life",
            Self::NotAffected => "not affected",
            Self::Undetermined => "undetermined",
        })
    }
}

impl Finding {
    /// Where it stands. A fix in this release comes before what its publisher decides, and that before fixes elsewhere.
    pub fn state(&self) -> State {
        match (self.status, &self.fixed, self.response) {
            (Status::Undetermined, ..) => State::Undetermined,
            (Status::Affected, Some(_), _) => State::Fixed,
            (Status::Affected, None, Some(response)) => response.into(),
            (Status::Affected, None, None) if !self.fixed_elsewhere.is_empty() => State::FixedElsewhere,
            (Status::Affected, None, None) => State::Affected,
        }
    }
}

impl Suppressed {
    /// Where it stands: what somebody says of it that speaks against the finding, else as if it counted.
    pub fn state(&self) -> State {
        match &self.reason {
            Suppression::Vex { status: VexStatus::NotAffected, .. } => State::NotAffected,
            _ => self.finding.state(),
        }
    }
}

impl From<Response> for State {
    fn from(response: Response) -> Self {
        match response {
            Response::NotAffected => Self::NotAffected,
            Response::UnderInvestigation => Self::UnderInvestigation,
            Response::Deferred => Self::Deferred,
            Response::WontFix => Self::WontFix,
            Response::EndOfLife => Self::EndOfLife,
        }
    }
}
