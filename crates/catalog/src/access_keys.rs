//! Access keys: whose key is this, and is it in force?

use rusqlite::{OptionalExtension as _, params};

use crate::{AccessKey, Catalog, CatalogError, Timestamp};

impl Catalog {
    /// Adds an access key. Fails if there is one with this id.
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
        const KEY: &str = "SELECT key_id, principal, created_at, disabled_at FROM access_keys WHERE key_id = ?1";
        self.readers.read(|connection| {
            connection
                .prepare_cached(KEY)?
                .query_row([key_id], |row| {
                    Ok(AccessKey {
                        key_id: row.get(0)?,
                        principal: row.get(1)?,
                        created_at: row.get(2)?,
                        disabled_at: row.get(3)?,
                    })
                })
                .optional()
        })
    }

    /// Whether an access key was ever made: if not, this is the first start.
    pub fn any_access_key(&self) -> Result<bool, CatalogError> {
        self.readers.read(|connection| connection.prepare_cached("SELECT 1 FROM access_keys")?.exists([]))
    }
}
