//! Which repository may serve which blob.

use plimsoll_oci::Digest;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::rows::{digest_at, digest_id, ensure_digest, repository_at, repository_id};
use crate::sqlite::convert::{DigestBytes, limit};
use crate::{AccountId, Catalog, CatalogError, Cause, Repository, Timestamp, Unlinked, causes};

impl Catalog {
    /// Lets `repository` serve a blob of `size` bytes that the store holds. Answers whether the link is new; what
    /// the cause brings is recorded in any case.
    ///
    /// Fails with [`CatalogError::RepositoryUnknown`] if there is no such repository.
    pub async fn link_blob(
        &self,
        repository: &Repository,
        digest: Digest,
        size: u64,
        cause: Cause,
    ) -> Result<bool, CatalogError> {
        let repository = repository.clone();
        self.writer
            .write(move |change| {
                let added = link(change.connection, &repository, &digest, size.cast_signed(), cause.now)?;
                causes::record(change.connection, &cause)?;
                Ok(added)
            })
            .await
    }

    /// Lets `to` serve a blob that `from` may serve. Answers whether `from` had it.
    ///
    /// Fails with [`CatalogError::RepositoryUnknown`] if it had, and there is no repository `to`.
    ///
    /// For a mount that names no source, take one from [`Catalog::find_blob`] that the caller may read.
    pub async fn mount_blob(
        &self,
        from: &Repository,
        to: &Repository,
        digest: Digest,
        cause: Cause,
    ) -> Result<bool, CatalogError> {
        let (from, to) = (from.clone(), to.clone());
        self.writer
            .write(move |change| {
                let Some(size) = size_in(change.connection, &from, &digest)? else { return Ok(false) };
                link(change.connection, &to, &digest, size, cause.now)?;
                causes::record(change.connection, &cause)?;
                Ok(true)
            })
            .await
    }

    /// Takes a blob away from a repository. The bytes stay in the store until they are collected.
    pub async fn unlink_blob(
        &self,
        repository: &Repository,
        digest: &Digest,
        cause: Cause,
    ) -> Result<Unlinked, CatalogError> {
        let (repository, digest) = (repository.clone(), *digest);
        self.writer
            .write(move |change| {
                let unlinked = unlink(change.connection, &repository, &digest, cause.now)?;
                if unlinked != Unlinked::NotLinked {
                    causes::record(change.connection, &cause)?;
                }
                Ok(unlinked)
            })
            .await
    }

    /// The size in bytes of a blob that `repository` may serve.
    pub fn blob_size(&self, repository: &Repository, digest: &Digest) -> Result<Option<u64>, CatalogError> {
        let size = self.readers.read(|connection| size_in(connection, repository, digest))?;
        Ok(size.map(i64::cast_unsigned))
    }

    /// At most `count` repositories of `account` that may serve a blob, the oldest first.
    pub fn find_blob(
        &self,
        account: AccountId,
        digest: &Digest,
        count: usize,
    ) -> Result<Vec<Repository>, CatalogError> {
        // CROSS JOIN pins the order: an account may have many repositories that lack the blob.
        const FIND: &str = "SELECT r.account, r.name FROM digests d
            CROSS JOIN repository_blobs b ON b.blob = d.id CROSS JOIN repositories r ON r.id = b.repository
            WHERE d.digest = ?1 AND r.account = ?2 ORDER BY b.repository LIMIT ?3";
        self.readers.read(|connection| {
            connection
                .prepare_cached(FIND)?
                .query_map(params![DigestBytes::from(digest), account.number(), limit(count)], |row| {
                    repository_at(row, 0)
                })?
                .collect()
        })
    }

    /// At most `count` blobs that no repository has been able to serve since `before` or earlier, longest first.
    pub fn orphaned_blobs(&self, before: Timestamp, count: usize) -> Result<Vec<Digest>, CatalogError> {
        const ORPHANED: &str = "SELECT d.digest FROM blobs b JOIN digests d ON d.id = b.id
            WHERE b.orphaned_at <= ?1 ORDER BY b.orphaned_at LIMIT ?2";
        self.readers.read(|connection| {
            connection
                .prepare_cached(ORPHANED)?
                .query_map(params![before, limit(count)], |row| digest_at(row, 0))?
                .collect()
        })
    }
}

fn link(
    connection: &Connection,
    repository: &Repository,
    digest: &Digest,
    size: i64,
    now: Timestamp,
) -> Result<bool, CatalogError> {
    const KEEP: &str = "INSERT INTO blobs (id, size, created_at) VALUES (?1, ?2, ?3)
        ON CONFLICT DO UPDATE SET orphaned_at = NULL WHERE orphaned_at IS NOT NULL";
    const LINK: &str = "INSERT OR IGNORE INTO repository_blobs (repository, blob, linked_at) VALUES (?1, ?2, ?3)";
    let repository = repository_id(connection, repository)?.ok_or(CatalogError::RepositoryUnknown)?;
    let blob = ensure_digest(connection, digest)?;
    connection.prepare_cached(KEEP)?.execute(params![blob, size, now])?;
    let added = connection.prepare_cached(LINK)?.execute(params![repository, blob, now])?;
    Ok(added == 1)
}

fn unlink(
    connection: &Connection,
    repository: &Repository,
    digest: &Digest,
    now: Timestamp,
) -> rusqlite::Result<Unlinked> {
    let ids = (repository_id(connection, repository)?, digest_id(connection, digest)?);
    let (Some(repository), Some(blob)) = ids else { return Ok(Unlinked::NotLinked) };
    unlink_rows(connection, repository, blob, now)
}

/// Takes the blob of a row in `digests` away from the repository of another row.
pub(crate) fn unlink_rows(
    connection: &Connection,
    repository: i64,
    blob: i64,
    now: Timestamp,
) -> rusqlite::Result<Unlinked> {
    const UNLINK: &str = "DELETE FROM repository_blobs WHERE repository = ?1 AND blob = ?2";
    const ORPHAN: &str = "UPDATE blobs SET orphaned_at = ?2
        WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM repository_blobs WHERE blob = ?1)";
    if connection.prepare_cached(UNLINK)?.execute([repository, blob])? == 0 {
        return Ok(Unlinked::NotLinked);
    }
    let orphaned = connection.prepare_cached(ORPHAN)?.execute(params![blob, now])? == 1;
    Ok(if orphaned { Unlinked::Orphaned } else { Unlinked::HeldElsewhere })
}

fn size_in(connection: &Connection, repository: &Repository, digest: &Digest) -> rusqlite::Result<Option<i64>> {
    const SIZE: &str = "SELECT b.size FROM repositories r, digests d
        JOIN repository_blobs l ON l.repository = r.id AND l.blob = d.id JOIN blobs b ON b.id = d.id
        WHERE r.account = ?1 AND r.name = ?2 AND d.digest = ?3";
    connection
        .prepare_cached(SIZE)?
        .query_row(params![repository.owner(), repository.name.as_str(), DigestBytes::from(digest)], |row| row.get(0))
        .optional()
}
