//! Connections that read, lent to whoever asks.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use crate::CatalogError;

/// Idle connections kept; more are opened while more threads read at once, and closed after.
const IDLE: usize = 4;

/// A pool of connections that read.
///
/// A lender rather than a queue: a reader never waits for another one, since reads are short and in WAL mode block
/// nobody.
pub(crate) struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// A pool over the database at `path`, which the writer has prepared. The first connection is opened at once, so
    /// that a database which cannot be read is known now.
    pub(crate) fn open(path: PathBuf) -> Result<Self, CatalogError> {
        let first = super::open_reader(&path)?;
        Ok(Self { path, idle: Mutex::new(vec![first]) })
    }

    /// Runs `query` on a connection of its own.
    pub(crate) fn read<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, CatalogError> {
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => super::open_reader(&self.path)?,
        };
        let answer = query(&connection);
        self.give_back(connection);
        Ok(answer?)
    }

    /// Runs `queries` as one transaction: all see the same state of the database.
    pub(crate) fn snapshot<T>(
        &self,
        queries: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, CatalogError> {
        self.read(|connection| {
            let transaction = connection.unchecked_transaction()?;
            queries(&transaction)
        })
    }

    /// Closes the idle connections.
    pub(crate) fn close(&self) {
        self.idle().clear();
    }

    fn give_back(&self, connection: Connection) {
        let mut idle = self.idle();
        if idle.len() < IDLE {
            idle.push(connection);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
