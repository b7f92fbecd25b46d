//! Entities of one kind, by name.

use std::collections::BTreeMap;

use super::entity::{GroupRecord, ManagedPolicy, OidcProvider, RoleRecord, UserRecord};

/// What has a name.
pub(super) trait Entity {
    /// The name it is found by.
    fn name(&self) -> &str;
}

impl Entity for UserRecord {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Entity for GroupRecord {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Entity for RoleRecord {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Entity for ManagedPolicy {
    fn name(&self) -> &str {
        &self.name
    }
}

impl Entity for OidcProvider {
    fn name(&self) -> &str {
        &self.url
    }
}

/// Entities by name: unique without regard to case, found by exact spelling, in the order of their lowercase names.
#[derive(Clone, Debug)]
pub(super) struct Shelf<T> {
    entities: BTreeMap<String, T>,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self { entities: BTreeMap::new() }
    }
}

impl<T: Entity> Shelf<T> {
    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.entities.get(&name.to_ascii_lowercase()).filter(|entity| entity.name() == name)
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        self.entities.get_mut(&name.to_ascii_lowercase()).filter(|entity| entity.name() == name)
    }

    /// Whether the name is taken, in whatever spelling.
    pub(super) fn takes(&self, name: &str) -> bool {
        self.entities.contains_key(&name.to_ascii_lowercase())
    }

    /// Puts an entity where its name belongs.
    pub(super) fn put(&mut self, entity: T) {
        self.entities.insert(entity.name().to_ascii_lowercase(), entity);
    }

    pub(super) fn remove(&mut self, name: &str) -> Option<T> {
        self.get(name)?;
        self.entities.remove(&name.to_ascii_lowercase())
    }

    pub(super) fn len(&self) -> usize {
        self.entities.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.entities.values()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.entities.values_mut()
    }
}
