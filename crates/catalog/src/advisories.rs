//! Which set of advisories is in force, and which were.

use rusqlite::{OptionalExtension as _, params};

use crate::{AdvisoryGeneration, Catalog, CatalogError, Timestamp};

impl Catalog {
    /// Notes that the set of advisories called `name` came into force.
    pub async fn activate_advisory_generation(&self, name: &str, now: Timestamp) -> Result<(), CatalogError> {
        let name = name.to_owned();
        self.writer
            .write(move |change| {
                change
                    .connection
                    .prepare_cached("INSERT INTO advisory_generations (name, activated_at) VALUES (?1, ?2)")?
                    .execute(params![name, now])?;
                Ok(())
            })
            .await
    }

    /// The set of advisories that came into force last.
    pub fn advisory_generation(&self) -> Result<Option<AdvisoryGeneration>, CatalogError> {
        const LATEST: &str = "SELECT name, activated_at FROM advisory_generations ORDER BY id DESC LIMIT 1";
        self.readers.read(|connection| {
            connection
                .prepare_cached(LATEST)?
                .query_row([], |row| Ok(AdvisoryGeneration { name: row.get(0)?, activated_at: row.get(1)? }))
                .optional()
        })
    }
}
