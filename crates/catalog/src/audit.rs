//! The audit log: who did what, each record chained to the one before by its hash.
//!
//! The hash of a record is the SHA-256 of `plimsoll-audit-1`, the hash of the record before (32 bytes), the record's
//! number and its time in milliseconds (8 bytes each, big-endian), and then account, principal, source, action,
//! resource, outcome, request id and detail as texts, each after its length in bytes (8 bytes, big-endian). An account
//! that is not known is the empty text. What a record follows from is read in the transaction that enters it, so that
//! several processes may write one log.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use sha2::{Digest as _, Sha256};

use crate::sqlite::convert::{Column, limit};
use crate::{AccountId, AuditEntry, AuditRecord, AuditVerdict, Catalog, CatalogError, Outcome, Timestamp};

/// What every hash begins with.
const CONTEXT: &[u8] = b"plimsoll-audit-1";
/// What the first record follows.
const GENESIS: [u8; 32] = [0; 32];
/// How many records are verified at a time.
const PAGE: usize = 1_000;

/// Where the chain has got to.
#[derive(Clone, Copy)]
struct Head {
    seq: u64,
    hash: [u8; 32],
}

impl Catalog {
    /// Enters a record that comes with no other change, such as of a request that was denied. Answers its number.
    pub async fn append_audit(&self, entry: AuditEntry, now: Timestamp) -> Result<u64, CatalogError> {
        self.writer.write(move |change| Ok(append(change.connection, &entry, now)?)).await
    }

    /// At most `count` records after number `after`, in their order.
    pub fn audit_page(&self, after: u64, count: usize) -> Result<Vec<AuditRecord>, CatalogError> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(PAGE_OF_RECORDS)?
                .query_map(params![after.cast_signed(), limit(count)], record)?
                .collect()
        })
    }

    /// Follows the chain from its first record. Calls `progress` now and then with the number of records that are
    /// whole so far. Records entered meanwhile may be followed or not.
    pub fn verify_audit(&self, mut progress: impl FnMut(u64)) -> Result<AuditVerdict, CatalogError> {
        let mut head = Head { seq: 0, hash: GENESIS };
        loop {
            // A record that cannot be read is a broken one, not a failure of the database.
            let page: Vec<Option<AuditRecord>> = self.readers.read(|connection| {
                let mut page = connection.prepare_cached(PAGE_OF_RECORDS)?;
                page.query_map(params![head.seq.cast_signed(), limit(PAGE)], |row| Ok(record(row).ok()))?.collect()
            })?;
            if page.is_empty() {
                return Ok(AuditVerdict::Whole { records: head.seq, head: head.hash });
            }
            for record in page {
                match record {
                    Some(record) if follows(&record, head) => head = Head { seq: record.seq, hash: record.hash },
                    _ => return Ok(AuditVerdict::BrokenAt { seq: head.seq + 1 }),
                }
            }
            progress(head.seq);
        }
    }
}

pub(crate) const PAGE_OF_RECORDS: &str = "SELECT seq, at, account, principal, source, action, resource, outcome,
    request_id, detail, previous, hash FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2";

/// Enters a record and answers its number.
pub(crate) fn append(connection: &Connection, entry: &AuditEntry, at: Timestamp) -> rusqlite::Result<u64> {
    const HEAD: &str = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";
    const APPEND: &str = "INSERT INTO audit (seq, at, account, principal, source, action, resource, outcome,
        request_id, detail, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    let head = connection
        .prepare_cached(HEAD)?
        .query_row([], |row| Ok(Head { seq: row.get::<_, i64>(0)?.cast_unsigned(), hash: row.get(1)? }))
        .optional()?
        .unwrap_or(Head { seq: 0, hash: GENESIS });
    let seq = head.seq + 1;
    connection.prepare_cached(APPEND)?.execute(params![
        seq.cast_signed(),
        at,
        entry.account.map(AccountId::number),
        entry.principal,
        entry.source,
        entry.action,
        entry.resource,
        entry.outcome.as_str(),
        entry.request_id,
        entry.detail,
        head.hash,
        hash(head.hash, seq, at, entry),
    ])?;
    Ok(seq)
}

fn follows(record: &AuditRecord, head: Head) -> bool {
    record.seq == head.seq + 1
        && record.previous == head.hash
        && record.hash == hash(head.hash, record.seq, record.at, &record.entry)
}

fn hash(previous: [u8; 32], seq: u64, at: Timestamp, entry: &AuditEntry) -> [u8; 32] {
    let account = entry.account.map(|account| account.to_string()).unwrap_or_default();
    let mut bytes = [CONTEXT, &previous, &seq.to_be_bytes(), &at.0.to_be_bytes()].concat();
    for text in [
        account.as_str(),
        &entry.principal,
        &entry.source,
        &entry.action,
        &entry.resource,
        entry.outcome.as_str(),
        &entry.request_id,
        &entry.detail,
    ] {
        bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
        bytes.extend_from_slice(text.as_bytes());
    }
    Sha256::digest(&bytes).into()
}

fn record(row: &Row<'_>) -> rusqlite::Result<AuditRecord> {
    let outcome: String = row.get(7)?;
    Ok(AuditRecord {
        seq: row.get::<_, i64>(0)?.cast_unsigned(),
        at: row.get(1)?,
        entry: AuditEntry {
            account: row.get::<_, Option<Column<AccountId>>>(2)?.map(|Column(account)| account),
            principal: row.get(3)?,
            source: row.get(4)?,
            action: row.get(5)?,
            resource: row.get(6)?,
            outcome: Outcome::ALL
                .into_iter()
                .find(|known| known.as_str() == outcome)
                .ok_or_else(|| rusqlite::Error::InvalidColumnType(7, outcome, rusqlite::types::Type::Text))?,
            request_id: row.get(8)?,
            detail: row.get(9)?,
        },
        previous: row.get(10)?,
        hash: row.get(11)?,
    })
}
