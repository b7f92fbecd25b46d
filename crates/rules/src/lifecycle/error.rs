//! Why a text is not a lifecycle policy, in the words ECR has for it.

use std::fmt;

/// Why a text is not a [`super::Policy`].
///
/// The display begins with the text ECR gives, so far as that is known, and goes on with the place and the rule that was
/// broken, which ECR leaves out. [`PolicyError::message`] is the whole message of the API.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// More than [`super::MAX_TEXT`] characters.
    #[error("the text has {0} characters; {max} are allowed", max = super::MAX_TEXT)]
    TooMuchText(usize),
    /// Not JSON, or an object with the same key twice.
    #[error("Could not map policyString into LifecyclePolicy. ({0})")]
    NotJson(#[source] serde_json::Error),
    /// A member that has to be there is not.
    #[error("object has missing required properties ({}): {at}", Quoted(properties))]
    Missing {
        /// Where.
        at: Place,
        /// The members, sorted.
        properties: Vec<&'static str>,
    },
    /// Members that mean nothing here.
    #[error("object instance has properties which are not allowed by the schema: ({}): {at}", Quoted(properties))]
    Unknown {
        /// Where.
        at: Place,
        /// The members, sorted and cut to a readable length.
        properties: Vec<String>,
    },
    /// A value of another type.
    #[error("instance type ({found}) does not match any allowed primitive type (allowed: [\"{allowed}\"]): {at}")]
    WrongType {
        /// Where.
        at: Place,
        /// The type found.
        found: &'static str,
        /// The type wanted.
        allowed: &'static str,
    },
    /// A text that is none of the words allowed.
    #[error("instance value ({found}) not found in enum :(possible values: {}): {at}", Quoted(allowed))]
    NotInEnum {
        /// Where.
        at: Place,
        /// What was found, cut to a readable length.
        found: String,
        /// What is allowed.
        allowed: &'static [&'static str],
    },
    /// A number below its minimum.
    #[error("numeric instance is lower than the required minimum (minimum: {minimum}, found: {found}): {at}")]
    TooLow {
        /// Where.
        at: Place,
        /// The least allowed.
        minimum: u32,
        /// What was found.
        found: String,
    },
    /// A number above its maximum.
    #[error("numeric instance is greater than the required maximum (maximum: {maximum}, found: {found}): {at}")]
    TooHigh {
        /// Where.
        at: Place,
        /// The most allowed.
        maximum: u32,
        /// What was found.
        found: String,
    },
    /// An empty text where there has to be one.
    #[error("string \"\" is too short (length: 0, required minimum: 1): {at}")]
    EmptyText {
        /// Where.
        at: Place,
    },
    /// A text with too many characters.
    #[error("string \"{found}\" is too long (length: {length}, maximum allowed: {maximum}): {at}")]
    LongText {
        /// Where.
        at: Place,
        /// Its beginning.
        found: String,
        /// Its characters.
        length: usize,
        /// The most allowed.
        maximum: usize,
    },
    /// A list without elements.
    #[error("array is too short: must have at least 1 elements but instance has 0 elements: {at}")]
    EmptyList {
        /// Where.
        at: Place,
    },
    /// A list with too many elements.
    #[error("array is too long: must have at most {maximum} elements but instance has {length} elements: {at}")]
    LongList {
        /// Where.
        at: Place,
        /// Its elements.
        length: usize,
        /// The most allowed.
        maximum: usize,
    },
    /// An action that is neither to expire nor to move to the archive.
    #[error("instance failed to match exactly one schema (matched 0 out of 2): {at}: {why}")]
    Action {
        /// Where.
        at: Place,
        /// The rule that was broken.
        why: &'static str,
    },
    /// Count type, count unit, count number, storage class and action that do not go together.
    #[error("instance failed to match exactly one schema (matched 0 out of 4): {at}: {why}")]
    Combination {
        /// Where.
        at: Place,
        /// The rule that was broken.
        why: &'static str,
    },
    /// A rule for tagged images that does not say which.
    #[error("Must specify tagPrefixList or tagPatternList when tagStatus=TAGGED. ({at})")]
    WhichTags {
        /// Where.
        at: Place,
    },
    /// Both lists in one rule.
    #[error("Must specify either tagPrefixList or tagPatternList, but not both. ({at})")]
    BothLists {
        /// Where.
        at: Place,
    },
    /// A list of tags in a rule that is not for tagged images.
    #[error("tagPrefixList and tagPatternList may only be specified when tagStatus=TAGGED. ({at})")]
    TagsOfUntagged {
        /// Where.
        at: Place,
    },
    /// A pattern with more than four wildcards.
    #[error("A tag pattern may have at most 4 wildcards (*), but \"{pattern}\" has {wildcards}. ({at})")]
    Wildcards {
        /// Where.
        at: Place,
        /// The pattern, cut to a readable length.
        pattern: String,
        /// Its wildcards.
        wildcards: usize,
    },
    /// Two rules with one priority.
    #[error("Rules must have unique rulePriority values: {priority} is used more than once.")]
    SamePriority {
        /// The priority.
        priority: u32,
    },
    /// Two rules of one storage class for untagged images.
    #[error("Only one rule can select Untagged images per storage class.")]
    SecondUntagged,
    /// A rule for all images that is not the last of its storage class.
    #[error("Rule for tagStatus=ANY must have the lowest priority per storage class.")]
    AnyNotLast,
    /// Two rules of one storage class with the same prefixes.
    #[error("Rules must have unique tagPrefixList values per storage class: rules {first} and {second} have the same.")]
    SamePrefixes {
        /// The priority of the first.
        first: u32,
        /// The priority of the second.
        second: u32,
    },
}

impl PolicyError {
    /// The message of the `InvalidParameterException` that refuses the text.
    pub fn message(&self) -> String {
        format!(
            "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: \
             'Lifecycle policy validation failure: {self}'"
        )
    }
}

/// Where in a policy something is wrong, such as `rules[0].selection.countNumber`. Rules count from 0, as in the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub(super) rule: Option<usize>,
    pub(super) member: &'static str,
    pub(super) index: Option<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.rule, self.member) {
            (None, "") => f.write_str("the document")?,
            (None, member) => f.write_str(member)?,
            (Some(rule), "") => write!(f, "rules[{rule}]")?,
            (Some(rule), member) => write!(f, "rules[{rule}].{member}")?,
        }
        self.index.map_or(Ok(()), |index| write!(f, "[{index}]"))
    }
}

/// A list of words as JSON.
struct Quoted<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for Quoted<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (nth, word) in self.0.iter().enumerate() {
            write!(f, "{}\"{word}\"", if nth == 0 { "" } else { ", " })?;
        }
        f.write_str("]")
    }
}
