//! Accounts, what is known of who may use them, and their keys.

use plimsoll_iam::AccountId;

use crate::Timestamp;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The name people know it by, if it has one.
    pub alias: Option<String>,
    /// When it was created, or first named.
    pub created_at: Timestamp,
}

/// A user, group, role or policy of an account. The catalog knows them by kind and name, and not what is in them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct IdentityDocument {
    /// What kind of entity it is.
    pub kind: String,
    /// Its name, unique within its kind.
    pub name: String,
    /// The entity, as JSON.
    pub document: String,
}

/// All identities of an account at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identities {
    /// The version they have; it goes up with each change.
    pub version: u64,
    /// They, in the order of kind and name.
    pub documents: Vec<IdentityDocument>,
}

/// A change of one identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityChange {
    /// Keep it, in place of what was there.
    Put(IdentityDocument),
    /// Forget it, if it is there.
    Delete {
        /// What kind of entity it is.
        kind: String,
        /// Its name.
        name: String,
    },
}

/// A change of one access key of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// Add a key; its id must be new.
    Add {
        /// The public part of the key.
        key_id: String,
        /// The user whose key it is.
        user: String,
    },
    /// Disable a key or enable it again, if the account has it.
    Enable {
        /// The public part of the key.
        key_id: String,
        /// Whether it shall be in force.
        enabled: bool,
    },
    /// Forget a key, if the account has it.
    Delete {
        /// The public part of the key.
        key_id: String,
    },
    /// Give all keys of a user to the same user under another name.
    Rename {
        /// The name so far.
        from: String,
        /// The name from now on.
        to: String,
    },
}

/// An access key; its secret is not kept here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    /// The public part of the key.
    pub key_id: String,
    /// Whose key it is.
    pub owner: KeyOwner,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was disabled, if it is.
    pub disabled_at: Option<Timestamp>,
}

/// Whose an access key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyOwner {
    /// A user's.
    User {
        /// The user's account.
        account: AccountId,
        /// The user's name.
        name: String,
    },
    /// Somebody's from before there were users; see [`crate::Catalog::assign_access_keys`].
    Principal(String),
}

/// When to keep a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// In any case.
    Always,
    /// Only if there is none under this key.
    IfAbsent,
    /// Only if there is one under this key.
    IfPresent,
}
