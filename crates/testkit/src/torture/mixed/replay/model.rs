//! Repositories and their images, as the audit log tells them.

use std::collections::{BTreeMap, BTreeSet};

use crate::torture::mixed::journal::{Key, image_key};
use crate::torture::mixed::log::Record;

/// What must be there in the end.
#[derive(Debug, Default)]
pub(in crate::torture::mixed) struct Model {
    /// By account and name.
    pub(in crate::torture::mixed) repositories: BTreeMap<(String, String), Images>,
    /// How many records there are.
    pub(in crate::torture::mixed) records: usize,
    /// How many images lifecycle policies took away.
    pub(in crate::torture::mixed) expired: usize,
    pub(in crate::torture::mixed) faults: Vec<String>,
    /// The children of each index that was pushed.
    pub(super) indexes: BTreeMap<String, Vec<String>>,
}

/// The images of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::torture::mixed) struct Images {
    /// Digests, and whether they can be pulled.
    pub(in crate::torture::mixed) active: BTreeMap<String, bool>,
    /// The digest each tag names.
    pub(in crate::torture::mixed) tags: BTreeMap<String, String>,
}

impl Images {
    fn remove(&mut self, digest: &str) -> bool {
        self.tags.retain(|_, named| named != digest);
        self.active.remove(digest).is_some()
    }

    fn references(&self) -> BTreeSet<String> {
        self.active.keys().chain(self.tags.keys()).cloned().collect()
    }

    /// What a tag or digest can be pulled as.
    fn visible(&self, reference: &str) -> Option<String> {
        let digest = self.tags.get(reference).map_or(reference, String::as_str);
        self.active.get(digest).filter(|active| **active).map(|_| digest.to_owned())
    }

    /// The tags and digests that a record may be about: those it names, and what names them or is named by them.
    fn concerned(&self, detail: &str) -> BTreeSet<String> {
        let words = detail.split([' ', ',', '@']).filter(|word| !word.is_empty());
        let mut references: BTreeSet<String> = words.map(str::to_owned).collect();
        let digests: Vec<String> = references.iter().filter_map(|word| self.tags.get(word).cloned()).collect();
        references.extend(digests);
        let tags = self.tags.iter().filter(|(_, digest)| references.contains(*digest));
        let tags: Vec<String> = tags.map(|(tag, _)| tag.clone()).collect();
        references.extend(tags);
        references
    }

    /// Deletes as `BatchDeleteImage` does: the last tag takes its image along, unless an index names it that stays.
    fn delete_by_api(&mut self, ids: &str, indexes: &BTreeMap<String, Vec<String>>) {
        let mut left: Vec<&str> = ids.split(' ').collect();
        loop {
            let before = left.len();
            left.retain(|id| !self.delete_one(id, indexes));
            if left.len() == before {
                return;
            }
        }
    }

    /// Whether it was deleted.
    fn delete_one(&mut self, id: &str, indexes: &BTreeMap<String, Vec<String>>) -> bool {
        let (tag, digest) = match id.split_once('@') {
            Some((tag, digest)) => (Some(tag), Some(digest)),
            None if id.starts_with("sha256:") => (None, Some(id)),
            None => (Some(id), None),
        };
        let named = match (tag.and_then(|tag| self.tags.get(tag)), digest) {
            (Some(named), Some(digest)) if named != digest => return false,
            (Some(named), _) => named.clone(),
            (None, Some(digest)) if tag.is_none() => digest.to_owned(),
            (None, _) => return false,
        };
        let tags = self.tags.values().filter(|digest| **digest == named).count();
        let names_it = |index: &String| indexes.get(index).is_some_and(|children| children.contains(&named));
        match tag {
            Some(tag) if tags > 1 => self.tags.remove(tag).is_some(),
            _ if self.active.keys().any(names_it) => false,
            _ => self.remove(&named),
        }
    }
}

impl Model {
    pub(in crate::torture::mixed) fn images(&self) -> usize {
        self.repositories.values().map(|images| images.active.len()).sum()
    }

    /// Carries out what a record tells, and answers the values that are different then.
    pub(super) fn apply(&mut self, record: &Record, by_api: bool) -> Vec<(Key, Option<String>)> {
        if !record.action.starts_with("ecr:") && !record.action.starts_with("lifecycle:") {
            return Vec::new();
        }
        let place = (record.account.clone(), record.resource.clone());
        let images = self.repositories.get(&place);
        let concerned = match record.action.as_str() {
            "ecr:DeleteRepository" => images.map(Images::references).unwrap_or_default(),
            _ => images.map(|images| images.concerned(&record.detail)).unwrap_or_default(),
        };
        let visible = |model: &Self, reference: &str| model.repositories.get(&place)?.visible(reference);
        let before: Vec<Option<String>> = concerned.iter().map(|reference| visible(self, reference)).collect();
        self.change(&place, record, by_api);
        let after = concerned.iter().map(|reference| visible(self, reference));
        concerned
            .iter()
            .zip(before.into_iter().zip(after))
            .filter(|(_, (before, after))| before != after)
            .map(|(reference, (_, after))| (image_key(&place.0, &place.1, reference), after))
            .collect()
    }

    fn change(&mut self, place: &(String, String), record: &Record, by_api: bool) {
        match record.action.as_str() {
            "ecr:CreateRepository" => self.create_repository(place, record),
            "ecr:DeleteRepository" => self.delete_repository(place, record),
            "ecr:PutImage" => self.put(place, record),
            "ecr:BatchDeleteImage" => self.delete(place, record, by_api),
            "ecr:UpdateImageStorageClass" => self.archive(place, record),
            "lifecycle:Expire" => self.expire(place, record),
            "ecr:CompleteLayerUpload" => drop(self.images_of(place, record)),
            _ => {}
        }
    }

    fn create_repository(&mut self, place: &(String, String), record: &Record) {
        if self.repositories.insert(place.clone(), Images::default()).is_some() {
            self.faults.push(format!("made although it is there: {record:?}"));
        }
    }

    fn delete_repository(&mut self, place: &(String, String), record: &Record) {
        let images = self.repositories.remove(place);
        if images.is_none_or(|images| record.detail.is_empty() && !images.active.is_empty()) {
            self.faults.push(format!("deleted although it is not there, or not empty: {record:?}"));
        }
    }

    /// The images of a repository, which has to be there.
    fn images_of(&mut self, place: &(String, String), record: &Record) -> &mut Images {
        if !self.repositories.contains_key(place) {
            self.faults.push(format!("changed although it is not there: {record:?}"));
        }
        self.repositories.entry(place.clone()).or_default()
    }

    fn put(&mut self, place: &(String, String), record: &Record) {
        let immutable = place.1.starts_with("fixed/") || place.1.starts_with("vault/");
        // `sha256:… tag tag`, or `source sha256:… as tag tag` where tags are moved.
        let words: Vec<&str> = record.detail.split(' ').collect();
        let (digest, tags) = match words.as_slice() {
            [_, digest, "as", tags @ ..] | [digest, tags @ ..] => (*digest, tags),
            [] => return,
        };
        // Tags are moved to what is there; a push brings it, and takes it out of the archive.
        let moves = words.get(2) == Some(&"as");
        let images = self.images_of(place, record);
        let was_active = images.active.insert(digest.to_owned(), true);
        let absent = moves && was_active != Some(true);
        let mut moved = Vec::new();
        for tag in tags {
            let before = images.tags.insert((*tag).to_owned(), digest.to_owned());
            moved.extend(before.filter(|before| immutable && before != digest));
        }
        if absent {
            self.faults.push(format!("tags given to an image that cannot be pulled: {record:?}"));
        }
        if !moved.is_empty() {
            self.faults.push(format!("an immutable tag moved from {moved:?}: {record:?}"));
        }
    }

    fn delete(&mut self, place: &(String, String), record: &Record, by_api: bool) {
        let indexes = std::mem::take(&mut self.indexes);
        let images = self.images_of(place, record);
        let before = (images.active.len(), images.tags.len());
        if by_api {
            images.delete_by_api(&record.detail, &indexes);
        }
        for id in record.detail.split(' ').filter(|_| !by_api) {
            if id.starts_with("sha256:") {
                images.remove(id);
            } else {
                images.tags.remove(id);
            }
        }
        let same = (images.active.len(), images.tags.len()) == before;
        self.indexes = indexes;
        if same || place.1.starts_with("vault/") {
            self.faults.push(format!("deleted although it is not there, or by nobody: {record:?}"));
        }
    }

    fn archive(&mut self, place: &(String, String), record: &Record) {
        let (digest, word) = record.detail.split_once(' ').unwrap_or_default();
        let known = self.images_of(place, record).active.get_mut(digest).map(|active| *active = word == "activated");
        if known.is_none() {
            self.faults.push(format!("archived although it is not there: {record:?}"));
        }
    }

    /// `sha256:… (reason), sha256:… (reason)`
    fn expire(&mut self, place: &(String, String), record: &Record) {
        let images = self.images_of(place, record);
        let digests = record.detail.split("sha256:").skip(1).filter_map(|rest| rest.get(..64));
        // A reason may name what the image follows.
        let gone = digests.filter(|hex| images.remove(&format!("sha256:{hex}"))).count();
        self.expired += gone;
        let family = place.1.split('/').next().unwrap_or_default();
        if gone == 0 || !["aging", "lists"].contains(&family) {
            self.faults.push(format!("expired although it is not there, or without a policy: {record:?}"));
        }
    }
}
