//! Small values that the registry keeps about itself.

use rusqlite::{OptionalExtension as _, params};

use crate::{Catalog, CatalogError};

impl Catalog {
    /// The value kept under `key`.
    pub fn setting(&self, key: &str) -> Result<Option<Vec<u8>>, CatalogError> {
        self.readers.read(|connection| {
            connection
                .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
                .query_row([key], |row| row.get(0))
                .optional()
        })
    }

    /// Keeps `value` under `key`, in place of what was there.
    pub async fn set_setting(&self, key: &str, value: Vec<u8>) -> Result<(), CatalogError> {
        let key = key.to_owned();
        self.writer
            .write(move |change| {
                change
                    .connection
                    .prepare_cached("INSERT OR REPLACE INTO settings (key, value) VALUES (?1, ?2)")?
                    .execute(params![key, value])?;
                Ok(())
            })
            .await
    }
}
