//! Identities: the users, groups, roles and policies of an account, and the access keys of its users.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::{
    AccountId, Catalog, CatalogError, Cause, Identities, IdentityChange, IdentityDocument, KeyChange, Timestamp, causes,
};

const VERSION: &str = "SELECT identity_version FROM accounts WHERE id = ?1";

impl Catalog {
    /// The version of an account's identities; `None` if there is no such account. A look at one row.
    pub fn identity_version(&self, account: AccountId) -> Result<Option<u64>, CatalogError> {
        self.readers.read(|connection| version(connection, account))
    }

    /// All identities of an account with their version; `None` if there is no such account.
    pub fn identities(&self, account: AccountId) -> Result<Option<Identities>, CatalogError> {
        const ALL: &str = "SELECT kind, name, document FROM identities WHERE account = ?1 ORDER BY kind, name";
        self.readers.snapshot(|connection| {
            let Some(version) = version(connection, account)? else { return Ok(None) };
            let documents = connection
                .prepare_cached(ALL)?
                .query_map([account.number()], |row| {
                    Ok(IdentityDocument { kind: row.get(0)?, name: row.get(1)?, document: row.get(2)? })
                })?
                .collect::<rusqlite::Result<_>>()?;
            Ok(Some(Identities { version, documents }))
        })
    }

    /// Changes identities and access keys of an account in one transaction, if the identities have the version
    /// `expected` still. Answers their new version.
    ///
    /// Fails with [`CatalogError::VersionConflict`] if they have changed, with [`CatalogError::AccountUnknown`] if
    /// there is no such account, and with [`CatalogError::KeyExists`] if a key to add is there already.
    pub async fn put_identities(
        &self,
        account: AccountId,
        expected: u64,
        changes: Vec<IdentityChange>,
        keys: Vec<KeyChange>,
        cause: Cause,
    ) -> Result<u64, CatalogError> {
        const STEP: &str = "UPDATE accounts SET identity_version = identity_version + 1 WHERE id = ?1";
        self.writer
            .write(move |change| {
                let connection = change.connection;
                let current = version(connection, account)?.ok_or(CatalogError::AccountUnknown)?;
                if current != expected {
                    return Err(CatalogError::VersionConflict { current });
                }
                connection.prepare_cached(STEP)?.execute([account.number()])?;
                for identity in &changes {
                    put(connection, account, identity)?;
                }
                for key in &keys {
                    put_key(connection, account, key, cause.now)?;
                }
                causes::record(connection, &cause)?;
                Ok(current + 1)
            })
            .await
    }
}

fn version(connection: &Connection, account: AccountId) -> rusqlite::Result<Option<u64>> {
    let version = connection.prepare_cached(VERSION)?.query_row([account.number()], |row| row.get(0)).optional()?;
    Ok(version.map(i64::cast_unsigned))
}

fn put(connection: &Connection, account: AccountId, change: &IdentityChange) -> rusqlite::Result<()> {
    const PUT: &str = "INSERT OR REPLACE INTO identities (account, kind, name, document) VALUES (?1, ?2, ?3, ?4)";
    const DELETE: &str = "DELETE FROM identities WHERE account = ?1 AND kind = ?2 AND name = ?3";
    let account = account.number();
    match change {
        IdentityChange::Put(IdentityDocument { kind, name, document }) => {
            connection.prepare_cached(PUT)?.execute(params![account, kind, name, document])
        }
        IdentityChange::Delete { kind, name } => {
            connection.prepare_cached(DELETE)?.execute(params![account, kind, name])
        }
    }
    .map(drop)
}

fn put_key(
    connection: &Connection,
    account: AccountId,
    change: &KeyChange,
    now: Timestamp,
) -> Result<(), CatalogError> {
    const ADD: &str = "INSERT OR IGNORE INTO access_keys (key_id, principal, created_at, account, user_name)
        VALUES (?1, ?2, ?3, ?4, ?2)";
    const ENABLE: &str = "UPDATE access_keys SET disabled_at = NULL WHERE account = ?1 AND key_id = ?2";
    const DISABLE: &str = "UPDATE access_keys SET disabled_at = ?3
        WHERE account = ?1 AND key_id = ?2 AND disabled_at IS NULL";
    const DELETE: &str = "DELETE FROM access_keys WHERE account = ?1 AND key_id = ?2";
    const RENAME: &str = "UPDATE access_keys SET user_name = ?3, principal = ?3 WHERE account = ?1 AND user_name = ?2";
    let account = account.number();
    match change {
        KeyChange::Add { key_id, user } => {
            if connection.prepare_cached(ADD)?.execute(params![key_id, user, now, account])? == 0 {
                return Err(CatalogError::KeyExists);
            }
        }
        KeyChange::Enable { key_id, enabled: true } => {
            connection.prepare_cached(ENABLE)?.execute(params![account, key_id])?;
        }
        KeyChange::Enable { key_id, enabled: false } => {
            connection.prepare_cached(DISABLE)?.execute(params![account, key_id, now])?;
        }
        KeyChange::Delete { key_id } => {
            connection.prepare_cached(DELETE)?.execute(params![account, key_id])?;
        }
        KeyChange::Rename { from, to } => {
            connection.prepare_cached(RENAME)?.execute(params![account, from, to])?;
        }
    }
    Ok(())
}
