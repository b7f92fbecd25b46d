//! Ids of rows that many tables refer to.

use plimsoll_oci::Digest;
use rusqlite::{Connection, OptionalExtension as _, Result, Row, params};

use crate::sqlite::convert::{Column, DigestBytes, Parsed};
use crate::{Repository, Timestamp};

/// The id of a repository that exists.
pub(crate) fn repository_id(connection: &Connection, repository: &Repository) -> Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM repositories WHERE account = ?1 AND name = ?2")?
        .query_row(params![repository.owner(), repository.name.as_str()], |row| row.get(0))
        .optional()
}

/// Makes the row of an account, or of an account's public repositories, if need be.
pub(crate) fn ensure_owner(connection: &Connection, owner: i64, now: Timestamp) -> Result<()> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO accounts (id, created_at) VALUES (?1, ?2)")?
        .execute(params![owner, now])
        .map(drop)
}

/// The id of a digest that has ever been named.
pub(crate) fn digest_id(connection: &Connection, digest: &Digest) -> Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM digests WHERE digest = ?1")?
        .query_row([DigestBytes::from(digest)], |row| row.get(0))
        .optional()
}

/// The id of a digest.
pub(crate) fn ensure_digest(connection: &Connection, digest: &Digest) -> Result<i64> {
    if let Some(id) = digest_id(connection, digest)? {
        return Ok(id);
    }
    connection.prepare_cached("INSERT INTO digests (digest) VALUES (?1)")?.insert([DigestBytes::from(digest)])
}

/// The id of a manifest that a repository holds.
pub(crate) fn manifest_id(connection: &Connection, repository: i64, digest: i64) -> Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM manifests WHERE repository = ?1 AND digest = ?2")?
        .query_row([repository, digest], |row| row.get(0))
        .optional()
}

/// The repository whose owner and name stand in a row at `index` and the one after.
pub(crate) fn repository_at(row: &Row<'_>, index: usize) -> Result<Repository> {
    let owner = row.get(index)?;
    let Parsed(name) = row.get(index + 1)?;
    Repository::from_owner(owner, name).ok_or(rusqlite::Error::IntegralValueOutOfRange(index, owner))
}

/// The digest that stands in a row at `index`.
pub(crate) fn digest_at(row: &Row<'_>, index: usize) -> Result<Digest> {
    row.get(index).map(|Column(digest)| digest)
}
