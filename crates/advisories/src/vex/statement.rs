//! What somebody says of a vulnerability in a product.

use std::fmt;
use std::sync::Arc;

use super::{Cpe, PackageUrl};
use crate::Timestamp;

/// What is said of a vulnerability in some products.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The vulnerability.
    pub vulnerability: String,
    /// Its other names.
    pub aliases: Vec<String>,
    /// What it is said of; never empty.
    pub products: Vec<Product>,
    /// What is said.
    pub status: VexStatus,
    /// Why the vulnerability does no harm; only with [`VexStatus::NotAffected`].
    pub justification: Option<Justification>,
    /// The same in words.
    pub impact: Option<String>,
    /// Who says so.
    pub author: Arc<str>,
    /// When it was said.
    pub timestamp: Timestamp,
}

/// A product, or parts of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// The product.
    pub subject: Subject,
    /// The parts of it that are meant; empty where all of it is.
    pub subcomponents: Vec<Subject>,
}

/// A product or a part of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The name it is given.
    pub id: String,
    /// Its package URL; where it has none, nothing in an image can be told to be it.
    pub purl: Option<PackageUrl>,
    /// Its CPE, by which the distribution of an image can be told to be it.
    pub cpe: Option<Cpe>,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$variant_doc])* $variant),* }

        impl $name {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word `OpenVEX` has for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What a word of `OpenVEX` means; none where it is none.
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == word)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// What a statement says of a product.
    VexStatus {
        /// Nothing has to be done about the vulnerability.
        NotAffected = "not_affected",
        /// Something has to be done.
        Affected = "affected",
        /// The product contains a fix.
        Fixed = "fixed",
        /// Nobody knows yet.
        UnderInvestigation = "under_investigation",
    }
}

impl VexStatus {
    /// Whether a finding does not count for it.
    pub const fn suppresses(self) -> bool {
        matches!(self, Self::NotAffected | Self::Fixed)
    }
}

words! {
    /// Why a product is not affected.
    Justification {
        /// The product does not contain the component.
        ComponentNotPresent = "component_not_present",
        /// The component is there, the vulnerable code in it is not.
        VulnerableCodeNotPresent = "vulnerable_code_not_present",
        /// The vulnerable code is never run.
        VulnerableCodeNotInExecutePath = "vulnerable_code_not_in_execute_path",
        /// No adversary controls what reaches the vulnerable code.
        VulnerableCodeCannotBeControlled = "vulnerable_code_cannot_be_controlled_by_adversary",
        /// Something in the product stands against the exploit.
        InlineMitigationsExist = "inline_mitigations_already_exist",
    }
}
