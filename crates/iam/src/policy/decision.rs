//! The answer, and why it is so.

use std::fmt;

use super::StatementEffect;
use crate::Principal;

/// The kinds of policy that bear on a decision, as messages name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyType {
    /// A policy of the user, its groups or the role.
    Identity,
    /// A policy of the resource: the repository's or the registry's.
    Resource,
    /// The permissions boundary of the user or role.
    Boundary,
    /// A policy given when the session began.
    Session,
    /// The trust policy of a role to be assumed.
    Trust,
}

impl PolicyType {
    fn noun(self) -> &'static str {
        match self {
            Self::Identity => "identity-based policy",
            Self::Resource => "resource-based policy",
            Self::Boundary => "permissions boundary",
            Self::Session => "session policy",
            Self::Trust => "role trust policy",
        }
    }

    fn article(self) -> &'static str {
        match self {
            Self::Identity => "an",
            Self::Resource | Self::Boundary | Self::Session => "a",
            Self::Trust => "the",
        }
    }
}

impl fmt::Display for PolicyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.noun())
    }
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It may be done.
    Allowed,
    /// A statement of such a policy denies it.
    ExplicitlyDenied(PolicyType),
    /// No statement of such a policy allows it, and one would have to.
    NotAllowed(PolicyType),
}

/// A statement that had a part in a decision.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Deciding {
    /// The name of its policy.
    pub policy: String,
    /// What the policy was there as.
    pub policy_type: PolicyType,
    /// The statement's `Sid`, or its number in the document, from 1.
    pub statement: String,
    /// What it says.
    pub effect: StatementEffect,
}

/// The answer to a [`Question`](super::Question).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What was decided.
    pub effect: Effect,
    /// The statements that decided: every denying one; else for each policy type the first that allows.
    pub deciding: Vec<Deciding>,
}

impl Decision {
    /// Whether it may be done.
    pub fn allowed(&self) -> bool {
        self.effect == Effect::Allowed
    }

    /// What AWS tells `principal`, who asked to do `action` to `resource` and is denied; for an allowed request, that it is
    /// allowed.
    pub fn message(&self, principal: &Principal, action: &str, resource: &str) -> String {
        let who = principal.arn();
        let refused = format!("User: {who} is not authorized to perform: {action} on resource: {resource}");
        match self.effect {
            Effect::Allowed => format!("User: {who} is authorized to perform: {action} on resource: {resource}"),
            Effect::ExplicitlyDenied(policy) => {
                format!("{refused} with an explicit deny in {} {}", policy.article(), policy.noun())
            }
            Effect::NotAllowed(policy) => format!("{refused} because no {} allows the {action} action", policy.noun()),
        }
    }
}
