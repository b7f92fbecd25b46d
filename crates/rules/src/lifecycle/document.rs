//! What a lifecycle policy says, once it is known to be sound.

use plimsoll_oci::Tag;

use super::pattern::TagPattern;

/// The longest text of a policy, in characters.
pub const MAX_TEXT: usize = 30_720;

/// The most rules of a policy.
pub(super) const MAX_RULES: usize = 50;

/// The fewest days an image stays in the archive before a rule may delete it.
pub(super) const MIN_ARCHIVED_DAYS: u32 = 90;

/// A lifecycle policy: 1 to 50 rules, none of which contradicts another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// In the order in which they apply.
    pub(super) rules: Vec<Rule>,
}

impl Policy {
    /// The rules by ascending priority, which is the order in which they apply.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }
}

/// One rule of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its number, unique in the policy; lower numbers apply first.
    pub priority: u32,
    /// What it is for, in its author's words; at most 256 characters.
    pub description: Option<String>,
    /// Which images it selects, of those in the storage class of its criterion.
    pub tags: Tags,
    /// Which of the selected images it acts on, and how.
    pub criterion: Criterion,
}

/// Which images a rule selects by their tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tags {
    /// All images.
    Any,
    /// Images without a tag.
    Untagged,
    /// Images that have, for every one of these prefixes, some tag that begins with it. Never empty.
    Prefixes(Vec<String>),
    /// Images that have, for every one of these patterns, some tag that it matches. Never empty.
    Patterns(Vec<TagPattern>),
}

impl Tags {
    /// Whether an image with these tags is selected.
    pub fn select(&self, tags: &[Tag]) -> bool {
        match self {
            Self::Any => true,
            Self::Untagged => tags.is_empty(),
            Self::Prefixes(prefixes) => {
                prefixes.iter().all(|prefix| tags.iter().any(|tag| tag.as_str().starts_with(prefix.as_str())))
            }
            Self::Patterns(patterns) => {
                patterns.iter().all(|pattern| tags.iter().any(|tag| pattern.matches(tag.as_str())))
            }
        }
    }
}

/// Which of the images it selects a rule acts on. Only what may be combined can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// All but the newest `keep` images in standard storage.
    CountMoreThan {
        /// How many stay; at least 1.
        keep: u32,
        /// What happens to the others.
        action: Action,
    },
    /// Images in standard storage that were pushed, or last restored, more than `days` days ago.
    SincePushed {
        /// At least 1.
        days: u32,
        /// What happens to them.
        action: Action,
    },
    /// Images in standard storage that were not pulled for more than `days` days. They are archived.
    SincePulled {
        /// At least 1.
        days: u32,
    },
    /// Images that are in the archive for more than `days` days. They expire.
    SinceTransitioned {
        /// At least 90.
        days: u32,
    },
}

impl Criterion {
    /// Where the images are that the rule looks at.
    pub const fn storage_class(self) -> StorageClass {
        match self {
            Self::CountMoreThan { .. } | Self::SincePushed { .. } | Self::SincePulled { .. } => StorageClass::Standard,
            Self::SinceTransitioned { .. } => StorageClass::Archive,
        }
    }

    /// What happens to the images the rule acts on.
    pub const fn action(self) -> Action {
        match self {
            Self::CountMoreThan { action, .. } | Self::SincePushed { action, .. } => action,
            Self::SincePulled { .. } => Action::Archive,
            Self::SinceTransitioned { .. } => Action::Expire,
        }
    }
}

/// Where an image is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StorageClass {
    /// Ready to be pulled.
    #[default]
    Standard,
    /// Put away: it has to be restored before it can be pulled.
    Archive,
}

/// What a rule does with an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// Deletes it.
    Expire,
    /// Moves it to the archive.
    Archive,
}
