//! Managed policies, and to whom they are attached.

use std::collections::HashMap;

use super::error::IamErrorCode;
use super::{
    Directory, Document, EntityKind, Fresh, Grants, GroupRecord, Holder, IamError, ManagedPolicy, PolicyVersion,
    RoleRecord, Tags, UserRecord, builtin, names, tags,
};
use crate::policy::PolicyKind;

const POLICIES: usize = 1500;
const NAME_LENGTH: usize = 128;
/// Characters of a managed policy, white space not counted.
const SIZE: usize = 6144;

/// A managed policy to be created.
#[derive(Clone, Debug, Default)]
pub struct NewPolicy {
    /// Its name.
    pub name: String,
    /// Where it stands; `/` when not said.
    pub path: Option<String>,
    /// Its first version.
    pub document: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

/// How often a managed policy is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attachments {
    /// Users, groups and roles it is attached to.
    pub permissions: usize,
    /// Users and roles it is the boundary of.
    pub boundaries: usize,
}

/// To whom a managed policy is attached.
#[derive(Clone, Debug, Default)]
pub struct Entities<'a> {
    /// The users.
    pub users: Vec<&'a UserRecord>,
    /// The groups.
    pub groups: Vec<&'a GroupRecord>,
    /// The roles.
    pub roles: Vec<&'a RoleRecord>,
}

impl Directory {
    /// Creates a managed policy.
    pub fn create_policy(&mut self, new: NewPolicy, fresh: Fresh) -> Result<&ManagedPolicy, IamError> {
        names::name(&new.name, "policyName", NAME_LENGTH)?;
        let path = names::policy_path(new.path.as_deref())?;
        if let Some(description) = &new.description {
            names::description(description)?;
        }
        let mut tags = Tags::new();
        tags::merge(&mut tags, &new.tags)?;
        let document = managed_document(&new.document)?;
        if self.policies.takes(&new.name) {
            let message = format!("A policy called {} already exists. Duplicate names are not allowed.", new.name);
            return Err(IamError::new(IamErrorCode::EntityAlreadyExists, message));
        }
        if self.policies.len() >= POLICIES {
            return Err(IamError::quota("PoliciesPerAccount", POLICIES));
        }
        let policy = ManagedPolicy {
            arn: self.arn("policy", &path, &new.name),
            path,
            id: fresh.unique_id("ANPA"),
            description: new.description,
            created: fresh.now,
            updated: fresh.now,
            default_version: 1,
            last_version: 1,
            versions: vec![PolicyVersion { number: 1, created: fresh.now, document }],
            tags,
            name: new.name.clone(),
        };
        let arn = policy.arn.clone();
        self.touch(EntityKind::Policy, &new.name);
        self.policies.put(policy);
        self.policy(&arn)
    }

    /// The managed policy of that ARN: one of this account, or one that every account has.
    pub fn policy(&self, arn: &str) -> Result<&ManagedPolicy, IamError> {
        let name = self.policy_account(arn)?;
        let policy = if arn.starts_with("arn:aws:iam::aws:") {
            builtin::policy(arn)
        } else {
            self.policies.get(name).filter(|policy| policy.arn == arn)
        };
        policy.ok_or_else(|| IamError::new(IamErrorCode::NoSuchEntity, format!("Policy {arn} was not found.")))
    }

    /// Checks that `arn` is that of a managed policy of this account or of every account, and gives the policy's name.
    pub(super) fn policy_account<'a>(&self, arn: &'a str) -> Result<&'a str, IamError> {
        names::length(arn, "policyArn", 20, 2048)?;
        let invalid = || IamError::invalid(format!("ARN {arn} is not valid."));
        let (account, resource) =
            arn.strip_prefix("arn:aws:iam::").and_then(|rest| rest.split_once(':')).ok_or_else(invalid)?;
        let name = resource.strip_prefix("policy/").and_then(|path| path.rsplit('/').next()).ok_or_else(invalid)?;
        if account != "aws" && account != self.account.to_string() {
            return Err(invalid());
        }
        names::name(name, "policyArn", NAME_LENGTH).map_err(|_| invalid())?;
        Ok(name)
    }

    /// A managed policy of this account, to be changed.
    pub(super) fn policy_mut(&mut self, arn: &str) -> Result<&mut ManagedPolicy, IamError> {
        let policy = self.policy(arn)?;
        if policy.is_aws_managed() {
            let message = format!("Policy {arn} is managed by AWS and cannot be changed.");
            return Err(IamError::new(IamErrorCode::AccessDenied, message));
        }
        let name = policy.name.clone();
        self.touch(EntityKind::Policy, &name);
        self.policies.get_mut(&name).ok_or_else(|| IamError::no_such("policy", &name))
    }

    /// The managed policies of this account, by name.
    pub fn policies(&self) -> impl Iterator<Item = &ManagedPolicy> {
        self.policies.iter()
    }

    /// The managed policies that every account has, by name.
    pub fn aws_managed_policies() -> impl Iterator<Item = &'static ManagedPolicy> {
        builtin::policies().iter()
    }

    /// Deletes a managed policy that is attached to nobody and has one version.
    pub fn delete_policy(&mut self, arn: &str) -> Result<(), IamError> {
        let versions = self.policy_mut(arn)?.versions.len();
        if self.attachments_of(arn) != Attachments::default() {
            return Err(IamError::conflict("Cannot delete a policy attached to entities."));
        }
        if versions > 1 {
            return Err(IamError::conflict(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
            ));
        }
        let name = self.policy(arn)?.name.clone();
        self.policies.remove(&name);
        Ok(())
    }

    /// How often each managed policy is used, by ARN. Unused ones are not in it.
    pub fn attachments(&self) -> HashMap<&str, Attachments> {
        let mut attachments: HashMap<&str, Attachments> = HashMap::new();
        for (_, grants, boundary) in self.holders() {
            for arn in &grants.attached {
                attachments.entry(arn).or_default().permissions += 1;
            }
            if let Some(arn) = boundary {
                attachments.entry(arn).or_default().boundaries += 1;
            }
        }
        attachments
    }

    /// How often one managed policy is used.
    pub fn attachments_of(&self, arn: &str) -> Attachments {
        self.attachments().remove(arn).unwrap_or_default()
    }

    /// To whom a managed policy is attached, or whose boundary it is.
    pub fn entities_of(&self, arn: &str, boundaries: bool) -> Result<Entities<'_>, IamError> {
        self.policy(arn)?;
        let mut entities = Entities::default();
        for (holder, grants, boundary) in self.holders() {
            let used =
                if boundaries { boundary == Some(arn) } else { grants.attached.iter().any(|other| other == arn) };
            match holder {
                _ if !used => {}
                Holder::User(name) => entities.users.push(self.user(name)?),
                Holder::Group(name) => entities.groups.push(self.group(name)?),
                Holder::Role(name) => entities.roles.push(self.role(name)?),
            }
        }
        Ok(entities)
    }

    /// Everybody who can have permissions, with them and their boundary.
    fn holders(&self) -> impl Iterator<Item = (Holder<'_>, &Grants, Option<&str>)> {
        let users = self.users.iter().map(|user| (Holder::User(&user.name), &user.grants, user.boundary.as_deref()));
        let groups = self.groups.iter().map(|group| (Holder::Group(&group.name), &group.grants, None));
        let roles = self.roles.iter().map(|role| (Holder::Role(&role.name), &role.grants, role.boundary.as_deref()));
        users.chain(groups).chain(roles)
    }
}

/// Checks the document of a managed policy.
pub(super) fn managed_document(text: &str) -> Result<Document, IamError> {
    let document = Document::parse(text, "policyDocument", PolicyKind::Identity)?;
    if document.size() > SIZE {
        return Err(IamError::quota("PolicySize", SIZE));
    }
    Ok(document)
}
