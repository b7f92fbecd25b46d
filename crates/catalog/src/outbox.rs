//! Events that wait to be announced. They are recorded in the transaction of what they tell of, so none is lost and
//! none tells of what did not happen.

use rusqlite::{Connection, params};

use crate::sqlite::convert::limit;
use crate::{Catalog, CatalogError, Event, PendingEvent, Timestamp};

impl Catalog {
    /// At most `count` events that are not acknowledged, in the order they were recorded.
    pub fn pending_events(&self, count: usize) -> Result<Vec<PendingEvent>, CatalogError> {
        const PENDING: &str = "SELECT id, created_at, kind, payload FROM outbox
            WHERE delivered_at IS NULL ORDER BY id LIMIT ?1";
        self.readers.read(|connection| {
            connection
                .prepare_cached(PENDING)?
                .query_map([limit(count)], |row| {
                    Ok(PendingEvent {
                        id: row.get(0)?,
                        created_at: row.get(1)?,
                        event: Event { kind: row.get(2)?, payload: row.get(3)? },
                    })
                })?
                .collect()
        })
    }

    /// Records an event that comes with no other change.
    pub async fn record_event(&self, event: Event, now: Timestamp) -> Result<(), CatalogError> {
        self.writer.write(move |change| Ok(record(change.connection, &event, now)?)).await
    }

    /// Notes that events were delivered. Ids that are unknown or acknowledged already are passed over.
    pub async fn acknowledge_events(&self, ids: Vec<i64>, now: Timestamp) -> Result<(), CatalogError> {
        const DELIVERED: &str = "UPDATE outbox SET delivered_at = ?2 WHERE id = ?1 AND delivered_at IS NULL";
        self.writer
            .write(move |change| {
                let mut delivered = change.connection.prepare_cached(DELIVERED)?;
                for id in ids {
                    delivered.execute(params![id, now])?;
                }
                Ok(())
            })
            .await
    }

    /// Forgets at most `count` events that were delivered before `before`. Answers how many there were.
    pub async fn forget_delivered_events(&self, before: Timestamp, count: usize) -> Result<usize, CatalogError> {
        const FORGET: &str = "DELETE FROM outbox WHERE id IN
            (SELECT id FROM outbox WHERE delivered_at < ?1 ORDER BY delivered_at LIMIT ?2)";
        self.writer
            .write(move |change| {
                Ok(change.connection.prepare_cached(FORGET)?.execute(params![before, limit(count)])?)
            })
            .await
    }
}

/// Records an event.
pub(crate) fn record(connection: &Connection, event: &Event, now: Timestamp) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT INTO outbox (created_at, kind, payload) VALUES (?1, ?2, ?3)")?
        .execute(params![now, event.kind, event.payload])
        .map(drop)
}
