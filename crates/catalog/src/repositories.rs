//! Which repositories there are: creating, describing and deleting them.

use plimsoll_oci::RepositoryName;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::model::owner;
use crate::rows::{ensure_owner, repository_at, repository_id};
use crate::sqlite::convert::{Parsed, limit};
use crate::sqlite::writer::Change;
use crate::{
    AccountId, Catalog, CatalogError, Cause, Encryption, NewRepository, Repository, RepositoryRecord, TagMutability,
    Visibility, causes, inventories, repository_settings,
};

/// Who owns repositories that were deleted and are not yet gone.
const NOBODY: i64 = -1;

macro_rules! describe {
    ($condition:literal) => {
        concat!(
            "SELECT account, name, created_at, tags_immutable, tag_exclusions, scan_on_push, encryption,
            encryption_key FROM repositories WHERE account = ?1 AND ",
            $condition
        )
    };
}

pub(crate) const DESCRIBE_ALL: &str = describe!("name > ?2 ORDER BY name LIMIT ?3");
pub(crate) const DESCRIBE_ONE: &str = describe!("name = ?2");
pub(crate) const NAMES: &str = "SELECT name FROM repositories WHERE account = ?1 AND name > ?2 ORDER BY name LIMIT ?3";

impl Catalog {
    /// Whether the repository was created, or has ever received content, and was not deleted.
    pub fn repository_exists(&self, repository: &Repository) -> Result<bool, CatalogError> {
        Ok(self.readers.read(|connection| repository_id(connection, repository))?.is_some())
    }

    /// At most `count` private repositories of an account whose names sort after `after`, in the order of their bytes.
    pub fn repositories(
        &self,
        account: AccountId,
        after: Option<&str>,
        count: usize,
    ) -> Result<Vec<RepositoryName>, CatalogError> {
        // No name is empty, so every name sorts after the empty text.
        self.readers.read(|connection| {
            connection
                .prepare_cached(NAMES)?
                .query_map(params![account.number(), after.unwrap_or_default(), limit(count)], |row| {
                    row.get(0).map(|Parsed(name)| name)
                })?
                .collect()
        })
    }

    /// At most `count` repositories of an account whose names sort after `after`, in the order of their bytes.
    pub fn describe_repositories(
        &self,
        account: AccountId,
        visibility: Visibility,
        after: Option<&str>,
        count: usize,
    ) -> Result<Vec<RepositoryRecord>, CatalogError> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(DESCRIBE_ALL)?
                .query_map(params![owner(account, visibility), after.unwrap_or_default(), limit(count)], record)?
                .collect()
        })
    }

    /// The repository as it is described; `None` if there is no such repository.
    pub fn repository(&self, repository: &Repository) -> Result<Option<RepositoryRecord>, CatalogError> {
        self.readers.read(|connection| described(connection, repository))
    }

    /// How many images a repository holds, of whatever status; `None` if there is no such repository.
    pub fn image_count(&self, repository: &Repository) -> Result<Option<u64>, CatalogError> {
        const COUNT: &str = "SELECT count(*) FROM images WHERE repository = ?1";
        self.readers.snapshot(|connection| {
            let Some(id) = repository_id(connection, repository)? else { return Ok(None) };
            let count: i64 = connection.prepare_cached(COUNT)?.query_row([id], |row| row.get(0))?;
            Ok(Some(count.cast_unsigned()))
        })
    }

    /// Creates a repository. Fails with [`CatalogError::RepositoryExists`] if there is one of this name.
    pub async fn create_repository(&self, new: NewRepository, cause: Cause) -> Result<RepositoryRecord, CatalogError> {
        self.writer.write(move |change| create(change, &new, &cause)).await
    }

    /// Deletes a repository with all that is in it, or, unless `force` is set, fails with
    /// [`CatalogError::RepositoryNotEmpty`] if it holds an image. Answers what it was.
    ///
    /// Nobody finds it any more once this returns, and one of the same name can be created at once; what was in it
    /// goes with [`Catalog::purge_deleted_repositories`].
    pub async fn delete_repository(
        &self,
        repository: &Repository,
        force: bool,
        cause: Cause,
    ) -> Result<RepositoryRecord, CatalogError> {
        let repository = repository.clone();
        self.writer.write(move |change| delete(change, &repository, force, &cause)).await
    }

    /// Takes at most `count` images and blobs out of repositories that were deleted, or one of these away if it is
    /// empty. Answers whether there is more to do. A step of this kind holds other writes up only shortly; to be called
    /// until nothing is left, after a deletion and at the start.
    pub async fn purge_deleted_repositories(&self, count: usize, now: crate::Timestamp) -> Result<bool, CatalogError> {
        const DELETED: &str = "SELECT id FROM repositories WHERE account = ?1 LIMIT 1";
        self.writer
            .write(move |change| {
                let connection = change.connection;
                let deleted = connection.prepare_cached(DELETED)?.query_row([NOBODY], |row| row.get(0)).optional()?;
                if let Some(repository) = deleted {
                    purge(connection, repository, count, now)?;
                }
                Ok(deleted.is_some())
            })
            .await
    }
}

fn create(change: &mut Change<'_>, new: &NewRepository, cause: &Cause) -> Result<RepositoryRecord, CatalogError> {
    const CREATE: &str = "INSERT INTO repositories (account, name, created_at, tags_immutable, tag_exclusions,
        scan_on_push, encryption, encryption_key, catalog_data, policy, lifecycle)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let connection = change.connection;
    if repository_id(connection, &new.repository)?.is_some() {
        return Err(CatalogError::RepositoryExists);
    }
    change.touch(repository_settings::key(&new.repository));
    ensure_owner(connection, new.repository.owner(), cause.now)?;
    let (encryption, key) = encryption_columns(&new.encryption);
    let id = connection.prepare_cached(CREATE)?.insert(params![
        new.repository.owner(),
        new.repository.name.as_str(),
        cause.now,
        new.mutability.immutable,
        exclusions_column(&new.mutability),
        new.scan_on_push,
        encryption,
        key,
        new.catalog_data,
        new.policy,
        new.lifecycle,
    ])?;
    repository_settings::put_tags(connection, id, &new.tags)?;
    causes::record(connection, cause)?;
    described(connection, &new.repository)?.ok_or(CatalogError::RepositoryUnknown)
}

fn delete(
    change: &mut Change<'_>,
    repository: &Repository,
    force: bool,
    cause: &Cause,
) -> Result<RepositoryRecord, CatalogError> {
    const HOLDS: &str = "SELECT 1 FROM images WHERE repository = ?1";
    const BURY: &str = "UPDATE repositories SET account = ?2, name = CAST(id AS TEXT), lifecycle = NULL WHERE id = ?1";
    let connection = change.connection;
    let record = described(connection, repository)?.ok_or(CatalogError::RepositoryUnknown)?;
    let id = repository_id(connection, repository)?.ok_or(CatalogError::RepositoryUnknown)?;
    if !force && connection.prepare_cached(HOLDS)?.exists([id])? {
        return Err(CatalogError::RepositoryNotEmpty);
    }
    // Any reference in it may be in memory; asking for each would take as long as deleting it.
    change.touch_everything();
    connection.prepare_cached(BURY)?.execute([id, NOBODY])?;
    causes::record(connection, cause)?;
    Ok(record)
}

/// One step of emptying a deleted repository.
fn purge(connection: &Connection, repository: i64, count: usize, now: crate::Timestamp) -> rusqlite::Result<()> {
    const TAGS: &str = "DELETE FROM tags WHERE repository = ?1 AND name IN
        (SELECT name FROM tags WHERE repository = ?1 LIMIT ?2)";
    const HISTORY: &str = "DELETE FROM tag_history WHERE id IN
        (SELECT id FROM tag_history WHERE repository = ?1 LIMIT ?2)";
    const REMOVED: &str = "DELETE FROM removed_images WHERE id IN
        (SELECT id FROM removed_images WHERE repository = ?1 LIMIT ?2)";
    for rows in [TAGS, HISTORY, REMOVED] {
        if connection.prepare_cached(rows)?.execute(params![repository, limit(count)])? > 0 {
            return Ok(());
        }
    }
    if purge_manifests(connection, repository, count)? || purge_blobs(connection, repository, count, now)? {
        return Ok(());
    }
    for rest in ["DELETE FROM repository_tags WHERE repository = ?1", "DELETE FROM repositories WHERE id = ?1"] {
        connection.prepare_cached(rest)?.execute([repository])?;
    }
    Ok(())
}

fn purge_manifests(connection: &Connection, repository: i64, count: usize) -> rusqlite::Result<bool> {
    const SOME: &str = "SELECT i.manifest, m.digest FROM images i JOIN manifests m ON m.id = i.manifest
        WHERE i.repository = ?1 LIMIT ?2";
    let some: Vec<(i64, i64)> = connection
        .prepare_cached(SOME)?
        .query_map(params![repository, limit(count)], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for &(manifest, digest) in &some {
        crate::deletions::delete_rows(connection, repository, manifest)?;
        inventories::forget_image_without_manifest(connection, digest)?;
    }
    Ok(!some.is_empty())
}

fn purge_blobs(
    connection: &Connection,
    repository: i64,
    count: usize,
    now: crate::Timestamp,
) -> rusqlite::Result<bool> {
    const SOME: &str = "SELECT blob FROM repository_blobs WHERE repository = ?1 LIMIT ?2";
    let some: Vec<i64> = connection
        .prepare_cached(SOME)?
        .query_map(params![repository, limit(count)], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for &blob in &some {
        crate::blobs::unlink_rows(connection, repository, blob, now)?;
    }
    Ok(!some.is_empty())
}

fn described(connection: &Connection, repository: &Repository) -> rusqlite::Result<Option<RepositoryRecord>> {
    connection
        .prepare_cached(DESCRIBE_ONE)?
        .query_row(params![repository.owner(), repository.name.as_str()], record)
        .optional()
}

fn record(row: &Row<'_>) -> rusqlite::Result<RepositoryRecord> {
    Ok(RepositoryRecord {
        repository: repository_at(row, 0)?,
        created_at: row.get(2)?,
        mutability: mutability_at(row, 3)?,
        scan_on_push: row.get(5)?,
        encryption: encryption_at(row, 6)?,
    })
}

/// Mutability, whose two columns begin at `index`.
pub(crate) fn mutability_at(row: &Row<'_>, index: usize) -> rusqlite::Result<TagMutability> {
    let exclusions: String = row.get(index + 1)?;
    let exclusions: Result<_, _> = exclusions.split_whitespace().map(str::parse).collect();
    let exclusions = exclusions.map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(index + 1, rusqlite::types::Type::Text, Box::new(error))
    })?;
    Ok(TagMutability { immutable: row.get(index)?, exclusions })
}

/// Exclusions as the database keeps them.
pub(crate) fn exclusions_column(mutability: &TagMutability) -> String {
    let filters: Vec<&str> = mutability.exclusions.iter().map(crate::TagFilter::as_str).collect();
    filters.join(" ")
}

fn encryption_columns(encryption: &Encryption) -> (&'static str, Option<&str>) {
    match encryption {
        Encryption::Aes256 => ("AES256", None),
        Encryption::Kms(key) => ("KMS", Some(key)),
        Encryption::KmsDsse(key) => ("KMS_DSSE", Some(key)),
    }
}

fn encryption_at(row: &Row<'_>, index: usize) -> rusqlite::Result<Encryption> {
    let kind: String = row.get(index)?;
    Ok(match kind.as_str() {
        "KMS" => Encryption::Kms(row.get(index + 1)?),
        "KMS_DSSE" => Encryption::KmsDsse(row.get(index + 1)?),
        _ => Encryption::Aes256,
    })
}
