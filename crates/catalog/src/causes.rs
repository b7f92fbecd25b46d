//! What is recorded in the transaction of a change.

use rusqlite::Connection;

use crate::{Cause, audit, outbox};

/// Records what comes with a change.
pub(crate) fn record(connection: &Connection, cause: &Cause) -> rusqlite::Result<()> {
    if let Some(event) = &cause.event {
        outbox::record(connection, event, cause.now)?;
    }
    if let Some(entry) = &cause.audit {
        audit::append(connection, entry, cause.now)?;
    }
    Ok(())
}
