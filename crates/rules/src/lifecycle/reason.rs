//! Why an image was selected, in words.

use std::fmt;

use plimsoll_oci::Digest;

/// Why a rule acts on an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// There are enough newer ones.
    CountMoreThan {
        /// How many the rule keeps.
        keep: u32,
        /// How many that the rule selects are newer.
        newer: usize,
    },
    /// It was pushed, or last restored from the archive, too long ago.
    SincePushed {
        /// How many whole days ago.
        age: i64,
        /// How many the rule allows.
        days: u32,
    },
    /// It was not pulled for too long.
    SincePulled {
        /// For how many whole days.
        age: i64,
        /// How many the rule allows.
        days: u32,
    },
    /// It was in the archive for too long.
    SinceTransitioned {
        /// For how many whole days.
        age: i64,
        /// How many the rule allows.
        days: u32,
    },
    /// It refers to an image on which the rule acts.
    Follows {
        /// The image it refers to.
        subject: Digest,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CountMoreThan { keep, newer } => write!(f, "{newer} newer images are selected, {keep} are kept"),
            Self::SincePushed { age, days } => write!(f, "pushed or restored {age} days ago, kept for {days}"),
            Self::SincePulled { age, days } => write!(f, "not pulled for {age} days, kept for {days}"),
            Self::SinceTransitioned { age, days } => write!(f, "archived {age} days ago, kept for {days}"),
            Self::Follows { subject } => write!(f, "refers to {subject}"),
        }
    }
}
