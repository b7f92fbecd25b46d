//! Reading a directory from documents, and telling what has to be saved of it.

use std::mem;

use super::shelf::Entity;
use super::{Directory, EntityKind};
use crate::AccountId;

/// An entity that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its kind.
    pub kind: EntityKind,
    /// Its name; the URL of a provider.
    pub name: String,
    /// What it is now, as JSON; `None` if it is gone.
    pub document: Option<String>,
}

/// An access key that was given to a user or taken away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyChange {
    /// The id of the key.
    pub key: String,
    /// The name of the user it belongs to; `None` if the key is gone.
    pub user: Option<String>,
}

/// All that has to be saved. What is gone comes before what is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The entities.
    pub entities: Vec<Change>,
    /// The access keys.
    pub keys: Vec<KeyChange>,
}

impl Changes {
    /// Whether there is nothing to save.
    pub fn is_empty(&self) -> bool {
        self.entities.is_empty() && self.keys.is_empty()
    }
}

/// A document of a directory that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the record of the {kind} {name} cannot be read")]
pub struct RecordError {
    kind: &'static str,
    name: String,
    source: serde_json::Error,
}

impl Directory {
    /// The directory that the documents of [`Directory::take_changes`] describe, in whatever order.
    pub fn from_documents<N, D>(
        account: AccountId,
        documents: impl IntoIterator<Item = (EntityKind, N, D)>,
    ) -> Result<Self, RecordError>
    where
        N: Into<String>,
        D: AsRef<str>,
    {
        let mut directory = Self::new(account);
        for (kind, name, document) in documents {
            directory.read(kind, document.as_ref()).map_err(|source| RecordError {
                kind: kind.as_str(),
                name: name.into(),
                source,
            })?;
        }
        Ok(directory)
    }

    fn read(&mut self, kind: EntityKind, document: &str) -> Result<(), serde_json::Error> {
        match kind {
            EntityKind::User => {
                let user: super::UserRecord = serde_json::from_str(document)?;
                self.keys.extend(user.keys.iter().map(|key| (key.id.clone(), user.name.clone())));
                self.users.put(user);
            }
            EntityKind::Group => self.groups.put(serde_json::from_str(document)?),
            EntityKind::Role => self.roles.put(serde_json::from_str(document)?),
            EntityKind::Policy => self.policies.put(serde_json::from_str(document)?),
            EntityKind::Provider => self.providers.put(serde_json::from_str(document)?),
        }
        Ok(())
    }

    /// What has changed since this was last called. The caller saves it, or forgets the directory.
    pub fn take_changes(&mut self) -> Result<Changes, RecordError> {
        let changed = mem::take(&mut self.changed);
        let mut entities = Vec::with_capacity(changed.len());
        for (kind, name) in changed {
            let document = self.write(kind, &name).map_err(|source| RecordError {
                kind: kind.as_str(),
                name: name.clone(),
                source,
            })?;
            entities.push(Change { kind, name, document });
        }
        entities.sort_by_key(|change| change.document.is_some());
        let keys = mem::take(&mut self.changed_keys);
        Ok(Changes { entities, keys: keys.into_iter().map(|(key, user)| KeyChange { key, user }).collect() })
    }

    fn write(&self, kind: EntityKind, name: &str) -> Result<Option<String>, serde_json::Error> {
        fn document<T: Entity + serde::Serialize>(entity: Option<&T>) -> Result<Option<String>, serde_json::Error> {
            entity.map(serde_json::to_string).transpose()
        }
        match kind {
            EntityKind::User => document(self.users.get(name)),
            EntityKind::Group => document(self.groups.get(name)),
            EntityKind::Role => document(self.roles.get(name)),
            EntityKind::Policy => document(self.policies.get(name)),
            EntityKind::Provider => document(self.providers.get(name)),
        }
    }

    pub(super) fn touch(&mut self, kind: EntityKind, name: &str) {
        self.changed.insert((kind, name.to_owned()));
    }

    /// Notes whose a key is now.
    pub(super) fn assign_key(&mut self, key: &str, user: Option<&str>) {
        match user {
            Some(user) => self.keys.insert(key.to_owned(), user.to_owned()),
            None => self.keys.remove(key),
        };
        self.changed_keys.insert(key.to_owned(), user.map(str::to_owned));
    }
}
