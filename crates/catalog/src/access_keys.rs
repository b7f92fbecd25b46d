//! Access keys: whose key is this, and is it in force?
//!
//! Keys of users come and go with [`Catalog::put_identities`].

use rusqlite::{OptionalExtension as _, Row, params};

use crate::sqlite::convert::Column;
use crate::{AccessKey, AccountId, Catalog, CatalogError, Cause, KeyOwner, Timestamp, causes};

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT key_id, principal, created_at, disabled_at, account, user_name FROM access_keys WHERE ",
            $condition
        )
    };
}

pub(crate) const KEYS_OF_USER: &str = select!("account = ?1 AND user_name = ?2 ORDER BY key_id");

impl Catalog {
    /// Adds an access key that belongs to no account yet. Fails if there is one with this id.
    pub async fn add_access_key(&self, key_id: &str, principal: &str, now: Timestamp) -> Result<(), CatalogError> {
        const ADD: &str = "INSERT INTO access_keys (key_id, principal, created_at) VALUES (?1, ?2, ?3)";
        let (key_id, principal) = (key_id.to_owned(), principal.to_owned());
        self.writer
            .write(move |change| {
                change.connection.prepare_cached(ADD)?.execute(params![key_id, principal, now])?;
                Ok(())
            })
            .await
    }

    /// Gives the access keys of `principal` that belong to no account to a user. Answers how many there were; nothing
    /// is recorded if there were none.
    pub async fn assign_access_keys(
        &self,
        principal: &str,
        account: AccountId,
        user: &str,
        cause: Cause,
    ) -> Result<usize, CatalogError> {
        const ASSIGN: &str = "UPDATE access_keys SET account = ?2, user_name = ?3
            WHERE account IS NULL AND principal = ?1";
        let (principal, user) = (principal.to_owned(), user.to_owned());
        self.writer
            .write(move |change| {
                let mut assign = change.connection.prepare_cached(ASSIGN)?;
                let assigned = assign.execute(params![principal, account.number(), user])?;
                if assigned > 0 {
                    causes::record(change.connection, &cause)?;
                }
                Ok(assigned)
            })
            .await
    }

    /// Disables an access key. Answers whether there is one that was in force.
    pub async fn disable_access_key(&self, key_id: &str, now: Timestamp) -> Result<bool, CatalogError> {
        const DISABLE: &str = "UPDATE access_keys SET disabled_at = ?2 WHERE key_id = ?1 AND disabled_at IS NULL";
        let key_id = key_id.to_owned();
        self.writer
            .write(move |change| Ok(change.connection.prepare_cached(DISABLE)?.execute(params![key_id, now])? == 1))
            .await
    }

    /// The access key with this id, in force or not.
    pub fn access_key(&self, key_id: &str) -> Result<Option<AccessKey>, CatalogError> {
        const KEY: &str = select!("key_id = ?1");
        self.readers.read(|connection| connection.prepare_cached(KEY)?.query_row([key_id], access_key).optional())
    }

    /// The access keys of a user, in force or not, in the order of their ids.
    pub fn access_keys_of(&self, account: AccountId, user: &str) -> Result<Vec<AccessKey>, CatalogError> {
        self.readers.read(|connection| {
            connection.prepare_cached(KEYS_OF_USER)?.query_map(params![account.number(), user], access_key)?.collect()
        })
    }

    /// Whether there is an access key that belongs to no account yet.
    pub fn any_unassigned_access_key(&self) -> Result<bool, CatalogError> {
        const UNASSIGNED: &str = "SELECT 1 FROM access_keys WHERE account IS NULL";
        self.readers.read(|connection| connection.prepare_cached(UNASSIGNED)?.exists([]))
    }

    /// Whether there is an access key.
    pub fn any_access_key(&self) -> Result<bool, CatalogError> {
        self.readers.read(|connection| connection.prepare_cached("SELECT 1 FROM access_keys")?.exists([]))
    }
}

fn access_key(row: &Row<'_>) -> rusqlite::Result<AccessKey> {
    let account = row.get::<_, Option<Column<AccountId>>>(4)?;
    let owner = match (account, row.get(5)?) {
        (Some(Column(account)), Some(name)) => KeyOwner::User { account, name },
        _ => KeyOwner::Principal(row.get(1)?),
    };
    Ok(AccessKey { key_id: row.get(0)?, owner, created_at: row.get(2)?, disabled_at: row.get(3)? })
}
