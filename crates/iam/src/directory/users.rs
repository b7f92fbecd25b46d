//! Users.

use std::collections::BTreeSet;

use super::{Directory, EntityKind, Fresh, Grants, IamError, Tags, UserRecord, names, starts_with_path, tags};

const USERS: usize = 5000;
const NAME_LENGTH: usize = 64;

/// A user to be created.
#[derive(Clone, Debug, Default)]
pub struct NewUser {
    /// Its name.
    pub name: String,
    /// Where it stands; `/` when not said.
    pub path: Option<String>,
    /// The managed policy that bounds its permissions.
    pub boundary: Option<String>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

impl Directory {
    /// Creates a user.
    pub fn create_user(&mut self, new: NewUser, fresh: Fresh) -> Result<&UserRecord, IamError> {
        names::name(&new.name, "userName", NAME_LENGTH)?;
        let path = names::path(new.path.as_deref(), "path")?;
        let mut tags = Tags::new();
        tags::merge(&mut tags, &new.tags)?;
        if let Some(boundary) = &new.boundary {
            self.boundary_policy(boundary)?;
        }
        self.free_user_name(&new.name)?;
        if self.users.len() >= USERS {
            return Err(IamError::quota("UsersPerAccount", USERS));
        }
        let user = UserRecord {
            path,
            id: fresh.unique_id("AIDA"),
            created: fresh.now,
            grants: Grants::default(),
            groups: BTreeSet::new(),
            keys: Vec::new(),
            boundary: new.boundary,
            tags,
            name: new.name.clone(),
        };
        self.touch(EntityKind::User, &new.name);
        self.users.put(user);
        self.user(&new.name)
    }

    fn free_user_name(&self, name: &str) -> Result<(), IamError> {
        if self.users.takes(name) { Err(IamError::exists("User", name)) } else { Ok(()) }
    }

    /// The user of that name.
    pub fn user(&self, name: &str) -> Result<&UserRecord, IamError> {
        self.users.get(name).ok_or_else(|| IamError::no_such("user", name))
    }

    pub(super) fn user_mut(&mut self, name: &str) -> Result<&mut UserRecord, IamError> {
        self.user(name)?;
        self.touch(EntityKind::User, name);
        self.users.get_mut(name).ok_or_else(|| IamError::no_such("user", name))
    }

    /// The users whose paths begin with a prefix, by name.
    pub fn users(&self, path_prefix: Option<&str>) -> impl Iterator<Item = &UserRecord> {
        self.users.iter().filter(move |user| starts_with_path(&user.path, path_prefix))
    }

    /// Renames or moves a user. Its keys, groups and permissions stay with it.
    pub fn update_user(&mut self, name: &str, new_name: Option<&str>, new_path: Option<&str>) -> Result<(), IamError> {
        let mut user = self.user(name)?.clone();
        if let Some(path) = new_path {
            user.path = names::path(Some(path), "newPath")?;
        }
        if let Some(new_name) = new_name {
            names::name(new_name, "newUserName", NAME_LENGTH)?;
            if !new_name.eq_ignore_ascii_case(name) {
                self.free_user_name(new_name)?;
            }
            new_name.clone_into(&mut user.name);
        }
        self.users.remove(name);
        self.touch(EntityKind::User, name);
        self.touch(EntityKind::User, &user.name);
        if user.name != name {
            for key in &user.keys {
                self.assign_key(&key.id, Some(&user.name));
            }
        }
        self.users.put(user);
        Ok(())
    }

    /// Deletes a user that has no keys, no permissions and no groups.
    pub fn delete_user(&mut self, name: &str) -> Result<(), IamError> {
        let user = self.user(name)?;
        if !user.keys.is_empty() {
            return Err(IamError::conflict("Cannot delete entity, must delete access keys first."));
        }
        user.grants.must_be_empty()?;
        if !user.groups.is_empty() {
            return Err(IamError::conflict("Cannot delete entity, must remove users from group first."));
        }
        self.users.remove(name);
        self.touch(EntityKind::User, name);
        Ok(())
    }
}
