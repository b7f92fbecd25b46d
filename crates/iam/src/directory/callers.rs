//! Who asks, with all policies that bear on what they may do.

use std::sync::Arc;

use super::{Directory, Holder, RoleRecord, Tags, UserRecord};
use crate::policy::{Caller, Named, Policy, PolicyKind};
use crate::{Principal, Session, SessionClaims, SessionHolder, User};

impl Directory {
    /// The user, with its own policies and its groups'.
    ///
    /// `None` if there is no such user, or if a policy that bears on it cannot be read: nothing may be decided then.
    pub fn caller_of_user(&self, name: &str) -> Option<Caller> {
        let user = self.user(name).ok()?;
        let mut identity = self.policies_of(Holder::User(name))?;
        for group in &user.groups {
            identity.extend(self.policies_of(Holder::Group(group))?);
        }
        Some(Caller {
            identity,
            boundary: self.boundary_of(user.boundary.as_deref()).ok()?,
            tags: pairs(&user.tags),
            ..Caller::bare(Principal::User(self.user_principal(user)))
        })
    }

    /// Who holds temporary credentials, with its policies and what bounds the session. The claims are this server's own,
    /// opened and not expired.
    ///
    /// `None` if the user or role is gone or another one by now, or if a policy that bears on it cannot be read.
    pub fn caller_of_session(&self, claims: &SessionClaims) -> Option<Caller> {
        let mut caller = match &claims.holder {
            SessionHolder::User { name, id, .. } => {
                self.user(name).ok().filter(|user| user.id == *id)?;
                self.caller_of_user(name)?
            }
            SessionHolder::Role(session) => self.caller_of_role(session)?,
        };
        caller.tags.retain(|(key, _)| !claims.tags.iter().any(|(own, _)| own.eq_ignore_ascii_case(key)));
        caller.tags.extend(claims.tags.iter().cloned());
        if claims.policy.is_some() || !claims.policy_arns.is_empty() {
            caller.session = Some(self.session_policies(claims.policy.as_deref(), &claims.policy_arns)?);
        }
        caller.token_issued = Some(claims.issued);
        caller.source_identity.clone_from(&claims.source_identity);
        Some(caller)
    }

    fn caller_of_role(&self, session: &Session) -> Option<Caller> {
        let role = self.role(&session.role).ok().filter(|role| role.id == session.role_id)?;
        Some(Caller {
            identity: self.policies_of(Holder::Role(&role.name))?,
            boundary: self.boundary_of(role.boundary.as_deref()).ok()?,
            tags: pairs(&role.tags),
            ..Caller::bare(Principal::Session(self.session_of(role, &session.name)))
        })
    }

    /// The principal a user is.
    pub fn user_principal(&self, user: &UserRecord) -> User {
        User { account: self.account, path: user.path.clone(), name: user.name.clone(), id: user.id.clone() }
    }

    /// The principal a session of a role is.
    pub(super) fn session_of(&self, role: &RoleRecord, name: &str) -> Session {
        Session {
            account: self.account,
            role_path: role.path.clone(),
            role: role.name.clone(),
            role_id: role.id.clone(),
            name: name.to_owned(),
        }
    }

    /// The policies of somebody, named `inline ci of user bob` or by their ARN.
    pub(super) fn policies_of(&self, holder: Holder<'_>) -> Option<Vec<Named>> {
        let grants = self.grants(holder).ok()?;
        let mut policies = Vec::with_capacity(grants.inline.len() + grants.attached.len());
        for (name, document) in &grants.inline {
            let name = inline_name(holder, name);
            policies.push(Named::new(name, document.policy(PolicyKind::Identity)?));
        }
        for arn in &grants.attached {
            policies.push(Named::new(arn, self.managed(arn)?));
        }
        Some(policies)
    }

    pub(super) fn boundary_of(&self, arn: Option<&str>) -> Result<Option<Named>, Unreadable> {
        arn.map(|arn| self.managed(arn).map(|policy| Named::new(arn, policy)).ok_or(Unreadable)).transpose()
    }

    fn session_policies(&self, inline: Option<&str>, arns: &[String]) -> Option<Vec<Named>> {
        let mut named = Vec::new();
        if let Some(text) = inline {
            let policy = Policy::parse(text, PolicyKind::Identity).ok()?;
            named.push(Named::new("session policy", Arc::new(policy)));
        }
        for arn in arns {
            named.push(Named::new(arn, self.managed(arn)?));
        }
        Some(named)
    }

    fn managed(&self, arn: &str) -> Option<Arc<Policy>> {
        self.policy(arn).ok()?.default()?.document.policy(PolicyKind::Identity)
    }
}

/// A policy that bears on a caller is gone or damaged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unreadable;

/// What explanations call an inline policy.
pub(super) fn inline_name(holder: Holder<'_>, name: &str) -> String {
    format!("inline {name} of {} {}", holder.noun(), holder.name())
}

pub(super) fn pairs(tags: &Tags) -> Vec<(String, String)> {
    tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect()
}
