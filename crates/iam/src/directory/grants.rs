//! Permissions of users, groups and roles: inline policies and attached managed ones.

use super::error::IamErrorCode;
use super::{Directory, Document, Grants, IamError, ManagedPolicy, names, starts_with_path};
use crate::policy::PolicyKind;

/// Managed policies attached to one user, group or role.
const ATTACHED: usize = 10;
const NAME_LENGTH: usize = 128;

/// Who can have permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder<'a> {
    /// The user of that name.
    User(&'a str),
    /// The group of that name.
    Group(&'a str),
    /// The role of that name.
    Role(&'a str),
}

impl<'a> Holder<'a> {
    /// `user`, `group` or `role`.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Group(_) => "group",
            Self::Role(_) => "role",
        }
    }

    /// The name.
    pub const fn name(self) -> &'a str {
        match self {
            Self::User(name) | Self::Group(name) | Self::Role(name) => name,
        }
    }

    /// Characters of all inline policies together, white space not counted.
    const fn inline_size(self) -> usize {
        match self {
            Self::User(_) => 2048,
            Self::Group(_) => 5120,
            Self::Role(_) => 10_240,
        }
    }

    const fn attached_quota(self) -> &'static str {
        match self {
            Self::User(_) => "PoliciesPerUser",
            Self::Group(_) => "PoliciesPerGroup",
            Self::Role(_) => "PoliciesPerRole",
        }
    }
}

impl Grants {
    /// Nothing can be deleted that still has permissions.
    pub(super) fn must_be_empty(&self) -> Result<(), IamError> {
        if !self.attached.is_empty() {
            return Err(IamError::conflict("Cannot delete entity, must detach all policies first."));
        }
        if !self.inline.is_empty() {
            return Err(IamError::conflict("Cannot delete entity, must delete policies first."));
        }
        Ok(())
    }
}

impl Directory {
    /// The permissions of somebody.
    pub fn grants(&self, holder: Holder<'_>) -> Result<&Grants, IamError> {
        Ok(match holder {
            Holder::User(name) => &self.user(name)?.grants,
            Holder::Group(name) => &self.group(name)?.grants,
            Holder::Role(name) => &self.role(name)?.grants,
        })
    }

    fn grants_mut(&mut self, holder: Holder<'_>) -> Result<&mut Grants, IamError> {
        Ok(match holder {
            Holder::User(name) => &mut self.user_mut(name)?.grants,
            Holder::Group(name) => &mut self.group_mut(name)?.grants,
            Holder::Role(name) => &mut self.role_mut(name)?.grants,
        })
    }

    /// Sets an inline policy, in place of the one of that name.
    pub fn put_inline(&mut self, holder: Holder<'_>, name: &str, text: &str) -> Result<(), IamError> {
        names::name(name, "policyName", NAME_LENGTH)?;
        let grants = self.grants(holder)?;
        let document = Document::parse(text, "policyDocument", PolicyKind::Identity)?;
        let others = grants.inline.iter().filter(|(other, _)| *other != name);
        let size = others.map(|(_, other)| other.size()).sum::<usize>() + document.size();
        let limit = holder.inline_size();
        if size > limit {
            let message =
                format!("Maximum policy size of {limit} bytes exceeded for {} {}", holder.noun(), holder.name());
            return Err(IamError::new(IamErrorCode::LimitExceeded, message));
        }
        self.grants_mut(holder)?.inline.insert(name.to_owned(), document);
        Ok(())
    }

    /// The inline policy of that name.
    pub fn inline(&self, holder: Holder<'_>, name: &str) -> Result<&Document, IamError> {
        self.grants(holder)?.inline.get(name).ok_or_else(|| no_inline(holder, name))
    }

    /// Deletes an inline policy.
    pub fn delete_inline(&mut self, holder: Holder<'_>, name: &str) -> Result<(), IamError> {
        self.inline(holder, name)?;
        self.grants_mut(holder)?.inline.remove(name);
        Ok(())
    }

    /// Attaches a managed policy; nothing changes if it is attached.
    pub fn attach(&mut self, holder: Holder<'_>, arn: &str) -> Result<(), IamError> {
        let attached = &self.grants(holder)?.attached;
        self.policy(arn).map_err(|error| match error.code {
            IamErrorCode::NoSuchEntity => {
                IamError::new(IamErrorCode::NoSuchEntity, format!("Policy {arn} does not exist or is not attachable."))
            }
            _ => error,
        })?;
        if attached.iter().any(|other| other == arn) {
            return Ok(());
        }
        if attached.len() >= ATTACHED {
            return Err(IamError::quota(holder.attached_quota(), ATTACHED));
        }
        self.grants_mut(holder)?.attached.push(arn.to_owned());
        Ok(())
    }

    /// Detaches a managed policy.
    pub fn detach(&mut self, holder: Holder<'_>, arn: &str) -> Result<(), IamError> {
        self.policy_account(arn)?;
        if !self.grants(holder)?.attached.iter().any(|other| other == arn) {
            return Err(IamError::new(IamErrorCode::NoSuchEntity, format!("Policy {arn} was not found.")));
        }
        self.grants_mut(holder)?.attached.retain(|other| other != arn);
        Ok(())
    }

    /// The managed policies attached to somebody whose paths begin with a prefix, in the order of attachment.
    pub fn attached<'a>(
        &'a self,
        holder: Holder<'_>,
        path_prefix: Option<&'a str>,
    ) -> Result<impl Iterator<Item = &'a ManagedPolicy>, IamError> {
        let policies = self.grants(holder)?.attached.iter().filter_map(|arn| self.policy(arn).ok());
        Ok(policies.filter(move |policy| starts_with_path(&policy.path, path_prefix)))
    }
}

fn no_inline(holder: Holder<'_>, name: &str) -> IamError {
    IamError::no_such(&format!("{} policy", holder.noun()), name)
}
