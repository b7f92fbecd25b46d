//! Roles.

use super::{
    Directory, Document, EntityKind, Fresh, Grants, IamError, RoleRecord, Tags, names, starts_with_path, tags,
};
use crate::policy::PolicyKind;

const ROLES: usize = 1000;
const NAME_LENGTH: usize = 64;
const SHORTEST_MAX_SESSION: u32 = 3600;
const LONGEST_MAX_SESSION: u32 = 43_200;
/// Characters of a trust policy, white space not counted.
const TRUST_SIZE: usize = 2048;

/// A role to be created.
#[derive(Clone, Debug, Default)]
pub struct NewRole {
    /// Its name.
    pub name: String,
    /// Where it stands; `/` when not said.
    pub path: Option<String>,
    /// The trust policy: who may assume it.
    pub trust: String,
    /// What it is for.
    pub description: Option<String>,
    /// The longest session, in seconds; 3,600 when not said.
    pub max_session: Option<u32>,
    /// The managed policy that bounds its permissions.
    pub boundary: Option<String>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

impl Directory {
    /// Creates a role.
    pub fn create_role(&mut self, new: NewRole, fresh: Fresh) -> Result<&RoleRecord, IamError> {
        names::name(&new.name, "roleName", NAME_LENGTH)?;
        let path = names::path(new.path.as_deref(), "path")?;
        let description = new.description.map(checked_description).transpose()?;
        let max_session = checked_max_session(new.max_session.unwrap_or(SHORTEST_MAX_SESSION))?;
        let mut tags = Tags::new();
        tags::merge(&mut tags, &new.tags)?;
        let trust = trust_document(&new.trust, "assumeRolePolicyDocument")?;
        if let Some(boundary) = &new.boundary {
            self.boundary_policy(boundary)?;
        }
        if self.roles.takes(&new.name) {
            return Err(IamError::exists("Role", &new.name));
        }
        if self.roles.len() >= ROLES {
            return Err(IamError::quota("RolesPerAccount", ROLES));
        }
        let role = RoleRecord {
            path,
            id: fresh.unique_id("AROA"),
            created: fresh.now,
            trust,
            description,
            max_session,
            grants: Grants::default(),
            boundary: new.boundary,
            tags,
            name: new.name.clone(),
        };
        self.touch(EntityKind::Role, &new.name);
        self.roles.put(role);
        self.role(&new.name)
    }

    /// The role of that name.
    pub fn role(&self, name: &str) -> Result<&RoleRecord, IamError> {
        self.roles.get(name).ok_or_else(|| IamError::no_such("role", name))
    }

    pub(super) fn role_mut(&mut self, name: &str) -> Result<&mut RoleRecord, IamError> {
        self.role(name)?;
        self.touch(EntityKind::Role, name);
        self.roles.get_mut(name).ok_or_else(|| IamError::no_such("role", name))
    }

    /// The roles whose paths begin with a prefix, by name.
    pub fn roles(&self, path_prefix: Option<&str>) -> impl Iterator<Item = &RoleRecord> {
        self.roles.iter().filter(move |role| starts_with_path(&role.path, path_prefix))
    }

    /// Describes a role anew, or changes how long its sessions may be.
    pub fn update_role(
        &mut self,
        name: &str,
        description: Option<String>,
        max_session: Option<u32>,
    ) -> Result<&RoleRecord, IamError> {
        let description = description.map(checked_description).transpose()?;
        let max_session = max_session.map(checked_max_session).transpose()?;
        let role = self.role_mut(name)?;
        role.description = description.or(role.description.take());
        role.max_session = max_session.unwrap_or(role.max_session);
        Ok(role)
    }

    /// Says anew who may assume a role.
    pub fn update_trust(&mut self, name: &str, trust: &str) -> Result<(), IamError> {
        self.role(name)?;
        let trust = trust_document(trust, "policyDocument")?;
        self.role_mut(name)?.trust = trust;
        Ok(())
    }

    /// Deletes a role that has no permissions. Its sessions end with it.
    pub fn delete_role(&mut self, name: &str) -> Result<(), IamError> {
        self.role(name)?.grants.must_be_empty()?;
        self.roles.remove(name);
        self.touch(EntityKind::Role, name);
        Ok(())
    }
}

fn checked_description(description: String) -> Result<String, IamError> {
    names::description(&description)?;
    Ok(description)
}

fn checked_max_session(seconds: u32) -> Result<u32, IamError> {
    let (bound, limit) = match seconds {
        ..SHORTEST_MAX_SESSION => ("greater", SHORTEST_MAX_SESSION),
        SHORTEST_MAX_SESSION..=LONGEST_MAX_SESSION => return Ok(seconds),
        _ => ("less", LONGEST_MAX_SESSION),
    };
    let rule = format!("have value {bound} than or equal to {limit}");
    Err(IamError::constraint(&seconds.to_string(), "maxSessionDuration", rule))
}

fn trust_document(text: &str, field: &str) -> Result<Document, IamError> {
    let trust = Document::parse(text, field, PolicyKind::Trust)?;
    if trust.size() > TRUST_SIZE {
        return Err(IamError::quota("ACLSizePerRole", TRUST_SIZE));
    }
    Ok(trust)
}
