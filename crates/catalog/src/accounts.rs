//! Accounts.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::sqlite::convert::{Column, limit};
use crate::{Account, AccountId, Catalog, CatalogError, Cause, causes};

/// The rows of `accounts` that are accounts, and not the owners of public or deleted repositories.
macro_rules! select {
    ($condition:literal) => {
        concat!("SELECT id, alias, created_at FROM accounts WHERE id BETWEEN 0 AND 999999999999 AND ", $condition)
    };
}

impl Catalog {
    /// Creates an account. Fails with [`CatalogError::AccountExists`] if there is one with this id or alias.
    pub async fn create_account(&self, id: AccountId, alias: Option<String>, cause: Cause) -> Result<(), CatalogError> {
        const CREATE: &str = "INSERT OR IGNORE INTO accounts (id, alias, created_at) VALUES (?1, ?2, ?3)";
        self.writer
            .write(move |change| {
                let mut create = change.connection.prepare_cached(CREATE)?;
                if create.execute(params![id.number(), alias, cause.now])? == 0 {
                    return Err(CatalogError::AccountExists);
                }
                Ok(causes::record(change.connection, &cause)?)
            })
            .await
    }

    /// Gives an account an alias, or takes it away. Fails with [`CatalogError::AccountUnknown`] if there is no such
    /// account, and with [`CatalogError::AccountExists`] if another one has the alias.
    pub async fn set_account_alias(
        &self,
        id: AccountId,
        alias: Option<String>,
        cause: Cause,
    ) -> Result<(), CatalogError> {
        const ALIAS: &str = "UPDATE OR IGNORE accounts SET alias = ?2 WHERE id = ?1";
        self.writer
            .write(move |change| {
                if !exists(change.connection, id)? {
                    return Err(CatalogError::AccountUnknown);
                }
                if change.connection.prepare_cached(ALIAS)?.execute(params![id.number(), alias])? == 0 {
                    return Err(CatalogError::AccountExists);
                }
                Ok(causes::record(change.connection, &cause)?)
            })
            .await
    }

    /// The account with this id.
    pub fn account(&self, id: AccountId) -> Result<Option<Account>, CatalogError> {
        const BY_ID: &str = select!("id = ?1");
        self.readers.read(|connection| connection.prepare_cached(BY_ID)?.query_row([id.number()], account).optional())
    }

    /// The account with this alias.
    pub fn account_by_alias(&self, alias: &str) -> Result<Option<Account>, CatalogError> {
        const BY_ALIAS: &str = select!("alias = ?1");
        self.readers.read(|connection| connection.prepare_cached(BY_ALIAS)?.query_row([alias], account).optional())
    }

    /// At most `count` accounts with ids greater than `after`, in the order of their ids.
    pub fn accounts(&self, after: Option<AccountId>, count: usize) -> Result<Vec<Account>, CatalogError> {
        const ALL: &str = select!("id > ?1 ORDER BY id LIMIT ?2");
        self.readers.read(|connection| {
            connection
                .prepare_cached(ALL)?
                .query_map(params![after.map_or(-1, AccountId::number), limit(count)], account)?
                .collect()
        })
    }
}

/// Whether there is such an account.
pub(crate) fn exists(connection: &Connection, id: AccountId) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM accounts WHERE id = ?1")?.exists([id.number()])
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    let Column(id) = row.get(0)?;
    Ok(Account { id, alias: row.get(1)?, created_at: row.get(2)? })
}
