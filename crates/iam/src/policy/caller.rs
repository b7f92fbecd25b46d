//! What is asked, and who asks it.

use std::sync::Arc;

use super::{Context, Policy};
use crate::{AccountId, Principal};

/// A policy and the name explanations give it: `inline ci`, `arn:…:policy/X`, `repository policy`.
#[derive(Clone, Debug)]
pub struct Named {
    /// The name, for people.
    pub name: String,
    /// The policy.
    pub policy: Arc<Policy>,
}

impl Named {
    /// Gives `policy` a name.
    pub fn new(name: impl Into<String>, policy: Arc<Policy>) -> Self {
        Self { name: name.into(), policy }
    }
}

/// Who asks, with everything that bounds what may be granted.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who it is.
    pub principal: Principal,
    /// Identity policies: the user's own and attached ones and its groups'; for a session, the role's.
    pub identity: Vec<Named>,
    /// The permissions boundary of the user or role.
    pub boundary: Option<Named>,
    /// Session policies given to `AssumeRole`; together they bound the session. `None` when none was given.
    pub session: Option<Vec<Named>>,
    /// Tags of the principal and session: `aws:PrincipalTag/<key>`.
    pub tags: Vec<(String, String)>,
    /// When temporary credentials were issued, in Unix seconds; `None` for lasting ones.
    pub token_issued: Option<i64>,
    /// Who is behind a session, as whoever began it said: `aws:SourceIdentity`.
    pub source_identity: Option<String>,
}

impl Caller {
    /// A caller with no policies and no tags.
    pub fn bare(principal: Principal) -> Self {
        Self {
            principal,
            identity: Vec::new(),
            boundary: None,
            session: None,
            tags: Vec::new(),
            token_issued: None,
            source_identity: None,
        }
    }
}

/// A policy of the resource's side: a repository policy, the registry's policy, or a role's trust policy.
#[derive(Clone, Copy, Debug)]
pub struct ResourcePolicy<'a> {
    /// The account whose policy this is. What it allows counts only when that account owns the resource.
    pub owner: AccountId,
    /// The policy.
    pub named: &'a Named,
}

/// One question: may the caller do this to that?
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// Who asks.
    pub caller: &'a Caller,
    /// The action: `ecr:PutImage`. Case does not matter.
    pub action: &'a str,
    /// The ARN of the resource; `*` for actions that have none.
    pub resource: &'a str,
    /// The account that owns the resource.
    pub owner: AccountId,
    /// Tells what else is known of the request, once a condition or a variable asks for it: most policies have none.
    pub context: &'a dyn Fn() -> Context,
    /// Every policy of the resource's side. A trust policy among them must allow: identity policies alone do not.
    pub resource_policies: &'a [ResourcePolicy<'a>],
}
