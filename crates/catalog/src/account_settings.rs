//! Settings of an account's registry: texts under keys.

use rusqlite::{OptionalExtension as _, params};

use crate::rows::ensure_owner;
use crate::sqlite::convert::limit;
use crate::versions::SettingsOfAccount;
use crate::{AccountId, Catalog, CatalogError, Cause, Write, causes};

pub(crate) const SETTINGS_OF_ACCOUNT: &str = "SELECT key, value FROM account_settings
    WHERE account = ?1 AND key >= ?2 AND key < ?3 ORDER BY key LIMIT ?4";
/// The greatest character there is.
const LAST: char = char::MAX;

impl Catalog {
    /// The value, a JSON text, that an account keeps under `key`.
    pub fn account_setting(&self, account: AccountId, key: &str) -> Result<Option<String>, CatalogError> {
        const VALUE: &str = "SELECT value FROM account_settings WHERE account = ?1 AND key = ?2";
        self.readers.read(|connection| {
            connection.prepare_cached(VALUE)?.query_row(params![account.number(), key], |row| row.get(0)).optional()
        })
    }

    /// At most `count` keys and values of an account whose keys begin with `prefix` and sort after `after`, in the
    /// order of their bytes.
    pub fn account_settings(
        &self,
        account: AccountId,
        prefix: &str,
        after: Option<&str>,
        count: usize,
    ) -> Result<Vec<(String, String)>, CatalogError> {
        let from = after.map_or_else(|| prefix.to_owned(), |after| format!("{after}\0"));
        let until = format!("{prefix}{LAST}");
        self.readers.read(|connection| {
            connection
                .prepare_cached(SETTINGS_OF_ACCOUNT)?
                .query_map(params![account.number(), from, until, limit(count)], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect()
        })
    }

    /// Keeps `value`, a JSON text, under `key`, if `write` allows it. Answers whether it does; nothing is recorded
    /// otherwise.
    pub async fn put_account_setting(
        &self,
        account: AccountId,
        key: &str,
        value: String,
        write: Write,
        cause: Cause,
    ) -> Result<bool, CatalogError> {
        const ALWAYS: &str = "INSERT OR REPLACE INTO account_settings (account, key, value) VALUES (?1, ?2, ?3)";
        const IF_ABSENT: &str = "INSERT OR IGNORE INTO account_settings (account, key, value) VALUES (?1, ?2, ?3)";
        const IF_PRESENT: &str = "UPDATE account_settings SET value = ?3 WHERE account = ?1 AND key = ?2";
        let key = key.to_owned();
        let put = match write {
            Write::Always => ALWAYS,
            Write::IfAbsent => IF_ABSENT,
            Write::IfPresent => IF_PRESENT,
        };
        self.writer
            .write(move |change| {
                change.touch(SettingsOfAccount(account));
                ensure_owner(change.connection, account.number(), cause.now)?;
                let changed = change.connection.prepare_cached(put)?.execute(params![account.number(), key, value])?;
                if changed > 0 {
                    causes::record(change.connection, &cause)?;
                }
                Ok(changed > 0)
            })
            .await
    }

    /// Forgets what an account keeps under `key` and answers what it was; nothing is recorded if there is nothing.
    pub async fn delete_account_setting(
        &self,
        account: AccountId,
        key: &str,
        cause: Cause,
    ) -> Result<Option<String>, CatalogError> {
        const DELETE: &str = "DELETE FROM account_settings WHERE account = ?1 AND key = ?2 RETURNING value";
        let key = key.to_owned();
        self.writer
            .write(move |change| {
                change.touch(SettingsOfAccount(account));
                let deleted: Option<String> = change
                    .connection
                    .prepare_cached(DELETE)?
                    .query_row(params![account.number(), key], |row| row.get(0))
                    .optional()?;
                if deleted.is_some() {
                    causes::record(change.connection, &cause)?;
                }
                Ok(deleted)
            })
            .await
    }

    /// A number that changes whenever this process changes a setting of the account; `None` while it does. What was
    /// read after asking is current as long as the number stays the same. Costs nothing.
    pub fn account_settings_version(&self, account: AccountId) -> Option<u64> {
        self.cache.version(SettingsOfAccount(account))
    }
}
