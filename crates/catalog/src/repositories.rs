//! Which repositories there are.

use plimsoll_oci::RepositoryName;
use rusqlite::params;

use crate::rows::repository_id;
use crate::sqlite::convert::{Parsed, limit};
use crate::{AccountId, Catalog, CatalogError, Repository};

impl Catalog {
    /// Whether the repository has ever received content and was not deleted.
    pub fn repository_exists(&self, repository: &Repository) -> Result<bool, CatalogError> {
        Ok(self.readers.read(|connection| repository_id(connection, repository))?.is_some())
    }

    /// At most `count` repositories of an account whose names sort after `after`, in the order of their bytes.
    pub fn repositories(
        &self,
        account: AccountId,
        after: Option<&str>,
        count: usize,
    ) -> Result<Vec<RepositoryName>, CatalogError> {
        // No name is empty, so every name sorts after the empty text.
        const LIST: &str = "SELECT name FROM repositories WHERE account = ?1 AND name > ?2 ORDER BY name LIMIT ?3";
        self.readers.read(|connection| {
            connection
                .prepare_cached(LIST)?
                .query_map(params![account.number(), after.unwrap_or_default(), limit(count)], |row| {
                    row.get(0).map(|Parsed(name)| name)
                })?
                .collect()
        })
    }
}
