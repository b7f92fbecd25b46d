//! What explaining one flaw of an image says.

use std::fmt;
use std::sync::Arc;

use plimsoll_inventory::InstalledPackage;

use crate::finding::{Finding, Suppressed};
use crate::{Comparator, Timestamp};

/// Why a flaw is reported for an image, or is not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explained {
    /// Every id of the flaw, or of the flaws where an advisory on several was asked for, in the order they go by. Empty
    /// where no advisory is known.
    pub ids: Vec<String>,
    /// The findings of it.
    pub findings: Vec<Finding>,
    /// Those that do not count.
    pub suppressed: Vec<Suppressed>,
    /// What the advisories name and is not reported, what the image has first.
    pub absent: Vec<Absence>,
    /// How many more of those there are.
    pub left_out: usize,
}

/// A package that an advisory names and that is not reported.
#[derive(Clone, Debug, PartialEq)]
pub struct Absence {
    /// The advisory.
    pub advisory: String,
    /// SHA-256 of its record.
    pub sha256: [u8; 32],
    /// The ecosystem its entry is filed under, with its release, if any.
    pub ecosystem: String,
    /// The package it names.
    pub name: String,
    /// The package of the image that comes nearest to it; none where there is none of this name.
    pub package: Option<Arc<InstalledPackage>>,
    /// Why that is not reported.
    pub why: WhyNot,
}

/// Why a package that an advisory names is not reported.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum WhyNot {
    /// The version in the image is the fixed one or a later one.
    FixedSince {
        /// The version, in the advisory's terms.
        installed: String,
        /// The highest fixed version not above it.
        fixed: String,
        /// The order they were compared in.
        comparator: Comparator,
    },
    /// The version in the image is none of those affected.
    NotAffected {
        /// The version, in the advisory's terms.
        installed: String,
    },
    /// The advisory is about builds of another module stream or flavour.
    OtherBuild,
    /// An advisory that has the last word says otherwise: for the extended stream that the image uses, or of the
    /// distribution's own list.
    Replaced,
    /// It would be reported, but is only declared: a file asks for it, and whether it was installed is not known.
    OnlyDeclared,
    /// The advisory has been withdrawn.
    Withdrawn {
        /// When.
        at: Timestamp,
    },
    /// The advisory announces an update that fixes no flaw.
    NoFlaw,
    /// The package in the image is of another ecosystem or release.
    OtherEcosystem {
        /// That one.
        ecosystem: String,
    },
    /// The image has no package of this name.
    NotPresent,
}

impl WhyNot {
    /// The reason in a word, for programs.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::FixedSince { .. } => "fixedSince",
            Self::NotAffected { .. } => "notAffected",
            Self::OtherBuild => "otherBuild",
            Self::Replaced => "replaced",
            Self::OnlyDeclared => "onlyDeclared",
            Self::Withdrawn { .. } => "withdrawn",
            Self::NoFlaw => "noFlaw",
            Self::OtherEcosystem { .. } => "otherEcosystem",
            Self::NotPresent => "notPresent",
        }
    }
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FixedSince { installed, fixed, comparator } => {
                write!(f, "it is fixed since {fixed}, and {installed} is installed ({comparator} order)")
            }
            Self::NotAffected { installed } => write!(f, "the version installed, {installed}, is not affected"),
            Self::OtherBuild => f.write_str("the advisory is about another module stream or flavour"),
            Self::Replaced => {
                f.write_str("who has the last word, its extended stream or its distribution's own list, says otherwise")
            }
            Self::OnlyDeclared => f.write_str("a file asks for it, and whether it was installed is not known"),
            Self::Withdrawn { at } => write!(f, "the advisory was withdrawn at {at}"),
            Self::NoFlaw => f.write_str("the advisory announces an update that fixes no flaw"),
            Self::OtherEcosystem { ecosystem } => write!(f, "the package in the image is of {ecosystem}"),
            Self::NotPresent => f.write_str("the image has no such package"),
        }
    }
}
