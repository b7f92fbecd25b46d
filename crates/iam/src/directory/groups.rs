//! Groups and who is in them.

use super::{Directory, EntityKind, Fresh, Grants, GroupRecord, IamError, UserRecord, names, starts_with_path};

const GROUPS: usize = 300;
const GROUPS_PER_USER: usize = 10;
const NAME_LENGTH: usize = 128;

/// A group to be created.
#[derive(Clone, Debug, Default)]
pub struct NewGroup {
    /// Its name.
    pub name: String,
    /// Where it stands; `/` when not said.
    pub path: Option<String>,
}

impl Directory {
    /// Creates a group.
    pub fn create_group(&mut self, new: NewGroup, fresh: Fresh) -> Result<&GroupRecord, IamError> {
        names::name(&new.name, "groupName", NAME_LENGTH)?;
        let path = names::path(new.path.as_deref(), "path")?;
        self.free_group_name(&new.name)?;
        if self.groups.len() >= GROUPS {
            return Err(IamError::quota("GroupsPerAccount", GROUPS));
        }
        let group = GroupRecord {
            path,
            id: fresh.unique_id("AGPA"),
            created: fresh.now,
            grants: Grants::default(),
            name: new.name.clone(),
        };
        self.touch(EntityKind::Group, &new.name);
        self.groups.put(group);
        self.group(&new.name)
    }

    fn free_group_name(&self, name: &str) -> Result<(), IamError> {
        if self.groups.takes(name) { Err(IamError::exists("Group", name)) } else { Ok(()) }
    }

    /// The group of that name.
    pub fn group(&self, name: &str) -> Result<&GroupRecord, IamError> {
        self.groups.get(name).ok_or_else(|| IamError::no_such("group", name))
    }

    pub(super) fn group_mut(&mut self, name: &str) -> Result<&mut GroupRecord, IamError> {
        self.group(name)?;
        self.touch(EntityKind::Group, name);
        self.groups.get_mut(name).ok_or_else(|| IamError::no_such("group", name))
    }

    /// The groups whose paths begin with a prefix, by name.
    pub fn groups(&self, path_prefix: Option<&str>) -> impl Iterator<Item = &GroupRecord> {
        self.groups.iter().filter(move |group| starts_with_path(&group.path, path_prefix))
    }

    /// Renames or moves a group. Who is in it stays in it.
    pub fn update_group(&mut self, name: &str, new_name: Option<&str>, new_path: Option<&str>) -> Result<(), IamError> {
        let mut group = self.group(name)?.clone();
        if let Some(path) = new_path {
            group.path = names::path(Some(path), "newPath")?;
        }
        if let Some(new_name) = new_name {
            names::name(new_name, "newGroupName", NAME_LENGTH)?;
            if !new_name.eq_ignore_ascii_case(name) {
                self.free_group_name(new_name)?;
            }
            new_name.clone_into(&mut group.name);
        }
        self.groups.remove(name);
        self.touch(EntityKind::Group, name);
        self.touch(EntityKind::Group, &group.name);
        if group.name != name {
            self.rename_memberships(name, &group.name);
        }
        self.groups.put(group);
        Ok(())
    }

    fn rename_memberships(&mut self, from: &str, to: &str) {
        for user in self.users.iter_mut() {
            if user.groups.remove(from) {
                user.groups.insert(to.to_owned());
                self.changed.insert((EntityKind::User, user.name.clone()));
            }
        }
    }

    /// Deletes a group that has no permissions and that nobody is in.
    pub fn delete_group(&mut self, name: &str) -> Result<(), IamError> {
        let group = self.group(name)?;
        if self.members(name)?.next().is_some() {
            return Err(IamError::conflict("Cannot delete entity, must remove users from group first."));
        }
        group.grants.must_be_empty()?;
        self.groups.remove(name);
        self.touch(EntityKind::Group, name);
        Ok(())
    }

    /// Who is in a group, by name.
    pub fn members<'a>(&'a self, group: &'a str) -> Result<impl Iterator<Item = &'a UserRecord>, IamError> {
        self.group(group)?;
        Ok(self.users.iter().filter(move |user| user.groups.contains(group)))
    }

    /// The groups a user is in, by name.
    pub fn groups_of(&self, user: &str) -> Result<impl Iterator<Item = &GroupRecord>, IamError> {
        let user = self.user(user)?;
        Ok(user.groups.iter().filter_map(|name| self.groups.get(name)))
    }

    /// Puts a user into a group; nothing changes if it is in it.
    pub fn add_user_to_group(&mut self, group: &str, user: &str) -> Result<(), IamError> {
        self.group(group)?;
        let groups = &self.user(user)?.groups;
        if groups.contains(group) {
            return Ok(());
        }
        if groups.len() >= GROUPS_PER_USER {
            return Err(IamError::quota("GroupsPerUser", GROUPS_PER_USER));
        }
        self.user_mut(user)?.groups.insert(group.to_owned());
        Ok(())
    }

    /// Takes a user out of a group; nothing changes if it is not in it.
    pub fn remove_user_from_group(&mut self, group: &str, user: &str) -> Result<(), IamError> {
        self.group(group)?;
        if self.user(user)?.groups.contains(group) {
            self.user_mut(user)?.groups.remove(group);
        }
        Ok(())
    }
}
