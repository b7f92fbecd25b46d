//! The schema's numbered steps. `user_version` in the database is the number of the last one taken.

use rusqlite::{Connection, TransactionBehavior};

use crate::CatalogError;

/// Every step, in order; step `n` (from 1) takes a database from schema `n - 1` to `n`. Never edit one that shipped.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_initial.sql"),
    include_str!("../../migrations/0002_accounts_images_audit.sql"),
    include_str!("../../migrations/0003_statements.sql"),
];

/// The schema this program writes.
const NEWEST: i64 = MIGRATIONS.len().cast_signed() as i64;

/// The schema of the database, 0 if it is new. Fails if this program does not know the schema. Changes nothing.
pub(super) fn known_schema(connection: &Connection) -> Result<i64, CatalogError> {
    let found = schema(connection)?;
    if found > NEWEST { Err(CatalogError::NewerSchema { found, known: NEWEST }) } else { Ok(found) }
}

/// Takes the steps that are missing, each in a transaction of its own.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), CatalogError> {
    for (number, step) in (1..).zip(MIGRATIONS) {
        if schema(connection)? >= number {
            continue;
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another process may have taken the step while this one waited for the lock.
        if schema(&transaction)? < number {
            transaction.execute_batch(step)?;
            transaction.pragma_update(None, "user_version", number)?;
        }
        transaction.commit()?;
    }
    known_schema(connection).map(drop)
}

fn schema(connection: &Connection) -> Result<i64, CatalogError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}
