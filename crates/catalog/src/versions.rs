//! Version numbers that tell whether something read from the database may have changed since.
//!
//! Each key (a tag or digest in a repository, the settings of a repository or account) hashes to one of a fixed number of slots. A slot is odd while a
//! commit that touches it is on its way and goes up by two with each; what was read at an even version is current as
//! long as the slot holds that version. Two references in one slot cost each other a needless read now and then,
//! never a stale answer.

use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

use plimsoll_iam::AccountId;
use plimsoll_oci::{Digest, Reference, Tag};

use crate::Repository;

/// 32 KiB of slots.
const SLOTS: usize = 4096;

/// A reference in a repository, borrowed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ReferenceKey<'a> {
    repository: &'a Repository,
    name: ReferenceName<'a>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum ReferenceName<'a> {
    Tag(&'a Tag),
    Digest(&'a Digest),
}

impl<'a> ReferenceKey<'a> {
    pub(crate) fn new(repository: &'a Repository, reference: &'a Reference) -> Self {
        match reference {
            Reference::Tag(tag) => Self::tag(repository, tag),
            Reference::Digest(digest) => Self::digest(repository, digest),
        }
    }

    pub(crate) fn tag(repository: &'a Repository, tag: &'a Tag) -> Self {
        Self { repository, name: ReferenceName::Tag(tag) }
    }

    pub(crate) fn digest(repository: &'a Repository, digest: &'a Digest) -> Self {
        Self { repository, name: ReferenceName::Digest(digest) }
    }

    pub(crate) fn to_owned(self) -> OwnedReferenceKey {
        let reference = match self.name {
            ReferenceName::Tag(tag) => Reference::Tag(tag.clone()),
            ReferenceName::Digest(digest) => Reference::Digest(*digest),
        };
        OwnedReferenceKey { repository: self.repository.clone(), reference }
    }
}

/// The settings of a repository.
#[derive(Hash)]
pub(crate) struct SettingsOf<'a>(pub(crate) &'a Repository);

/// The settings of an account.
#[derive(Hash)]
pub(crate) struct SettingsOfAccount(pub(crate) AccountId);

/// What is said in an account.
#[derive(Hash)]
pub(crate) struct StatementsOf(pub(crate) AccountId);

/// What refers to a manifest of a repository: as its subject, as a child, or as the subject that has it as a child.
#[derive(Hash)]
pub(crate) struct ReferrersOf<'a>(pub(crate) &'a Repository, pub(crate) &'a Digest);

/// A reference in a repository. Hashes as its borrowed form does.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct OwnedReferenceKey {
    repository: Repository,
    reference: Reference,
}

impl OwnedReferenceKey {
    pub(crate) fn borrow(&self) -> ReferenceKey<'_> {
        ReferenceKey::new(&self.repository, &self.reference)
    }
}

impl Hash for OwnedReferenceKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.borrow().hash(state);
    }
}

/// The slots.
pub(crate) struct Versions {
    hasher: RandomState,
    slots: Box<[AtomicU64]>,
}

impl Versions {
    pub(crate) fn new() -> Self {
        Self { hasher: RandomState::new(), slots: (0..SLOTS).map(|_| AtomicU64::new(0)).collect() }
    }

    /// The slot of a key.
    pub(crate) fn slot(&self, key: impl Hash) -> usize {
        (self.hasher.hash_one(key) % SLOTS as u64) as usize
    }

    /// Every slot there is.
    pub(crate) fn all() -> std::ops::Range<usize> {
        0..SLOTS
    }

    /// The version of a key, or `None` while a commit that may change what it stands for is on its way.
    pub(crate) fn current(&self, key: impl Hash) -> Option<u64> {
        let version = self.slots[self.slot(key)].load(SeqCst);
        version.is_multiple_of(2).then_some(version)
    }

    /// Marks `slots` as changing until the answer is dropped. There must be no more than one such mark at a time.
    pub(crate) fn change(&self, mut slots: Vec<usize>) -> Changing<'_> {
        slots.sort_unstable();
        slots.dedup();
        let changing = Changing { versions: self, slots };
        changing.step();
        changing
    }
}

/// A mark made by [`Versions::change`].
pub(crate) struct Changing<'a> {
    versions: &'a Versions,
    slots: Vec<usize>,
}

impl Changing<'_> {
    fn step(&self) {
        for &slot in &self.slots {
            self.versions.slots[slot].fetch_add(1, SeqCst);
        }
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.step();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_is_seen_while_and_after_it_is_made() {
        let versions = Versions::new();
        let repository = Repository::private("123456789012".parse().unwrap(), "a/b".parse().unwrap());
        let tag = "v1".parse().unwrap();
        let key = ReferenceKey::tag(&repository, &tag);
        let before = versions.current(key);
        let changing = versions.change(vec![versions.slot(key), versions.slot(key)]);
        assert!(before.is_some());
        assert_eq!(versions.current(key), None);
        drop(changing);
        assert!(versions.current(key) > before);
    }

    #[test]
    fn owned_and_borrowed_keys_hash_alike() {
        let repository = Repository::private("123456789012".parse().unwrap(), "a/b".parse().unwrap());
        let hasher = RandomState::new();
        for reference in ["v1".parse().unwrap(), Reference::Digest(Digest::sha256(b""))] {
            let key = ReferenceKey::new(&repository, &reference);
            assert_eq!(hasher.hash_one(key), hasher.hash_one(key.to_owned()));
        }
    }
}
