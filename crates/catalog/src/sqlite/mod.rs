//! The catalog in SQLite: connections, schema, and the one thread that writes.

pub(crate) mod convert;
mod migrations;
pub(crate) mod readers;
pub(crate) mod writer;

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::CatalogError;

/// How long a connection waits for a lock another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Prepared statements kept for each connection: all that this crate has.
const STATEMENTS: usize = 192;

/// Opens the connection that writes, creating the database and bringing its schema up to date.
pub(crate) fn open_writer(path: &Path) -> Result<Connection, CatalogError> {
    prepare_writer(path).map_err(|error| with_path(error, path))
}

/// Opens a connection that only reads a database [`open_writer`] has prepared.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, CatalogError> {
    prepare_reader(path).map_err(|error| with_path(error, path))
}

fn prepare_writer(path: &Path) -> Result<Connection, CatalogError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = open(path, flags)?;
    let schema = migrations::known_schema(&connection)?;
    configure_writer(&connection)?;
    migrations::migrate(&mut connection)?;
    if schema == 0 {
        sync_directory(path).map_err(|source| CatalogError::Directory { path: path.to_owned(), source })?;
    }
    Ok(connection)
}

fn prepare_reader(path: &Path) -> Result<Connection, CatalogError> {
    let connection = open(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.pragma_update(None, "cache_size", -1024)?;
    Ok(connection)
}

fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Plans depend on the schema alone. Otherwise SQLite plans most of our statements anew for every value bound to
    // them, in the hope of statistics that we never collect.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// Makes the name of a new database durable: SQLite does so for its logs only.
fn sync_directory(path: &Path) -> std::io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(parent)?.sync_all()
}

fn with_path(error: CatalogError, path: &Path) -> CatalogError {
    match error {
        CatalogError::Database(source) => CatalogError::Open { path: path.to_owned(), source },
        other => other,
    }
}

/// Every commit is on the disk before it is acknowledged (`synchronous=FULL`); the log is folded into the database
/// each 16 MiB, since folding costs two more fsyncs and scattered writes.
fn configure_writer(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "wal_autocheckpoint", 4096)?;
    connection.pragma_update(None, "journal_size_limit", 32 << 20)?;
    connection.pragma_update(None, "cache_size", -4096)
}
