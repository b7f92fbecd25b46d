//! The identities of one account: users, groups, roles, policies, access keys and identity providers.
//!
//! A [`Directory`] is pure state. Each operation of IAM is a method that checks what it was given and then changes the
//! state, or changes nothing and says why in an [`IamError`]. What it changed is handed out by
//! [`Directory::take_changes`], so that only that needs to be saved.

mod assume;
mod boundaries;
mod builtin;
mod callers;
mod changes;
mod entity;
mod error;
mod grants;
mod groups;
mod keys;
mod names;
mod policies;
mod providers;
mod roles;
mod shelf;
mod simulate;
mod tags;
mod users;
mod versions;

#[cfg(test)]
mod tests;

pub use assume::{AssumeRole, AssumeRoleWithWebIdentity, AssumedRole, SessionRequest, session_token_duration};
pub use changes::{Change, Changes, KeyChange, RecordError};
pub use entity::{
    AccessKeyRecord, Document, EntityKind, Grants, GroupRecord, ManagedPolicy, OidcProvider, PolicyVersion, RoleRecord,
    Tags, UserRecord,
};
pub use error::{IamError, IamErrorCode};
pub use grants::Holder;
pub use groups::NewGroup;
pub use keys::KeyOwner;
pub use policies::{Attachments, Entities, NewPolicy};
pub use providers::NewProvider;
pub use roles::NewRole;
pub use simulate::{PolicySource, Simulated, Simulation};
pub use tags::Tagged;
pub use users::NewUser;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::AccountId;
use shelf::Shelf;

/// What a new entity needs from outside: the time and randomness.
#[derive(Clone, Copy, Debug)]
pub struct Fresh {
    /// The time, in seconds since the Unix epoch.
    pub now: i64,
    /// Random bytes, used once: ids come from them.
    pub random: [u8; 16],
}

impl Fresh {
    /// A unique id: a prefix of four letters that says of what, and 17 characters.
    fn unique_id(&self, prefix: &str) -> String {
        const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let mut bits = u128::from_be_bytes(self.random);
        let mut id = prefix.to_owned();
        for _ in 0..17 {
            id.push(char::from(ALPHABET[(bits & 31) as usize]));
            bits >>= 5;
        }
        id
    }
}

/// The identities of one account.
///
/// Names are unique without regard to case, and are found by their exact spelling.
#[derive(Clone, Debug)]
pub struct Directory {
    account: AccountId,
    users: Shelf<UserRecord>,
    groups: Shelf<GroupRecord>,
    roles: Shelf<RoleRecord>,
    policies: Shelf<ManagedPolicy>,
    providers: Shelf<OidcProvider>,
    /// The user of each access key.
    keys: HashMap<String, String>,
    /// What has changed since the changes were last taken.
    changed: BTreeSet<(EntityKind, String)>,
    /// The access keys that were given to a user or taken away since then.
    changed_keys: BTreeMap<String, Option<String>>,
}

impl Directory {
    /// The directory of a new account: nobody is in it.
    pub fn new(account: AccountId) -> Self {
        Self {
            account,
            users: Shelf::default(),
            groups: Shelf::default(),
            roles: Shelf::default(),
            policies: Shelf::default(),
            providers: Shelf::default(),
            keys: HashMap::new(),
            changed: BTreeSet::new(),
            changed_keys: BTreeMap::new(),
        }
    }

    /// The account whose identities these are.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The ARN of something of this account in IAM: `kind` is `user`, `group`, `role`…
    pub fn arn(&self, kind: &str, path: &str, name: &str) -> String {
        format!("arn:aws:iam::{}:{kind}{path}{name}", self.account)
    }
}

/// Whether a path is under a prefix; every one is under none.
fn starts_with_path(path: &str, prefix: Option<&str>) -> bool {
    prefix.is_none_or(|prefix| path.starts_with(prefix))
}
