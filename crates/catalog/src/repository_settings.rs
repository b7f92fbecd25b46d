//! Settings of repositories.

use rusqlite::{Connection, OptionalExtension as _, ToSql, params};

use crate::rows::{repository_at, repository_id};
use crate::sqlite::convert::limit;
use crate::sqlite::writer::Change;
use crate::versions::SettingsOf;
use crate::{
    Catalog, CatalogError, Cause, LifecyclePolicy, LifecycleTask, Repository, RepositoryAccess, TagMutability,
    Timestamp, causes, repositories,
};

pub(crate) const LIFECYCLE_TASKS: &str = "SELECT id, account, name, lifecycle, lifecycle_evaluated_at
    FROM repositories WHERE lifecycle IS NOT NULL AND id > ?1 ORDER BY id LIMIT ?2";

/// What stands for the settings of a repository among what may change.
pub(crate) fn key(repository: &Repository) -> SettingsOf<'_> {
    SettingsOf(repository)
}

impl Catalog {
    /// A number that changes whenever this process changes a setting of the repository, creates or deletes it; `None`
    /// while it does. What was read after asking is current as long as the number stays the same. Costs nothing.
    pub fn repository_version(&self, repository: &Repository) -> Option<u64> {
        self.cache.version(key(repository))
    }

    /// The repository policy and the resource tags; `None` if there is no such repository.
    pub fn repository_access(&self, repository: &Repository) -> Result<Option<RepositoryAccess>, CatalogError> {
        self.readers.snapshot(|connection| {
            let Some(id) = repository_id(connection, repository)? else { return Ok(None) };
            let policy = text(connection, "SELECT policy FROM repositories WHERE id = ?1", id)?;
            Ok(Some(RepositoryAccess { policy, tags: tags(connection, id)? }))
        })
    }

    /// The lifecycle policy. Fails with [`CatalogError::RepositoryUnknown`] if there is no such repository.
    pub fn lifecycle_policy(&self, repository: &Repository) -> Result<Option<LifecyclePolicy>, CatalogError> {
        const POLICY: &str = "SELECT lifecycle, lifecycle_evaluated_at FROM repositories
            WHERE account = ?1 AND name = ?2";
        let found = self.readers.read(|connection| {
            connection
                .prepare_cached(POLICY)?
                .query_row(params![repository.owner(), repository.name.as_str()], |row| {
                    let text: Option<String> = row.get(0)?;
                    let evaluated_at = row.get(1)?;
                    Ok(text.map(|text| LifecyclePolicy { text, evaluated_at }))
                })
                .optional()
        })?;
        found.ok_or(CatalogError::RepositoryUnknown)
    }

    /// At most `count` repositories of all accounts that have a lifecycle policy, those after `after`.
    pub fn lifecycle_tasks(&self, after: Option<i64>, count: usize) -> Result<Vec<LifecycleTask>, CatalogError> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(LIFECYCLE_TASKS)?
                .query_map(params![after.unwrap_or(i64::MIN), limit(count)], |row| {
                    Ok(LifecycleTask {
                        position: row.get(0)?,
                        repository: repository_at(row, 1)?,
                        policy: LifecyclePolicy { text: row.get(3)?, evaluated_at: row.get(4)? },
                    })
                })?
                .collect()
        })
    }

    /// The catalog data, a JSON text. Fails with [`CatalogError::RepositoryUnknown`] if there is no such repository.
    pub fn catalog_data(&self, repository: &Repository) -> Result<Option<String>, CatalogError> {
        self.readers
            .snapshot(|connection| {
                let Some(id) = repository_id(connection, repository)? else { return Ok(None) };
                text(connection, "SELECT catalog_data FROM repositories WHERE id = ?1", id).map(Some)
            })?
            .ok_or(CatalogError::RepositoryUnknown)
    }

    /// Sets which tags may move. Fails with [`CatalogError::RepositoryUnknown`] if there is no such repository.
    pub async fn set_tag_mutability(
        &self,
        repository: &Repository,
        mutability: TagMutability,
        cause: Cause,
    ) -> Result<(), CatalogError> {
        const SET: &str = "UPDATE repositories SET tags_immutable = ?2, tag_exclusions = ?3 WHERE id = ?1";
        self.change_repository(repository, cause, move |connection, id| {
            let exclusions = repositories::exclusions_column(&mutability);
            connection.prepare_cached(SET)?.execute(params![id, mutability.immutable, exclusions])?;
            Ok(())
        })
        .await
    }

    /// Sets whether each push is a request to scan. Fails with [`CatalogError::RepositoryUnknown`] if there is no such
    /// repository.
    pub async fn set_scan_on_push(
        &self,
        repository: &Repository,
        scan_on_push: bool,
        cause: Cause,
    ) -> Result<(), CatalogError> {
        const SET: &str = "UPDATE repositories SET scan_on_push = ?2 WHERE id = ?1";
        self.change_repository(repository, cause, move |connection, id| set(connection, SET, id, &scan_on_push)).await
    }

    /// Sets the repository policy or takes it away; answers what it was. Nothing is recorded if there is none to take
    /// away. Fails with [`CatalogError::RepositoryUnknown`] if there is no such repository.
    pub async fn set_repository_policy(
        &self,
        repository: &Repository,
        policy: Option<String>,
        cause: Cause,
    ) -> Result<Option<String>, CatalogError> {
        const SET: &str = "UPDATE repositories SET policy = ?2 WHERE id = ?1";
        self.change_repository_if(repository, cause, move |connection, id| {
            let before = text(connection, "SELECT policy FROM repositories WHERE id = ?1", id)?;
            set(connection, SET, id, &policy)?;
            let changed = before.is_some() || policy.is_some();
            Ok((before, changed))
        })
        .await
    }

    /// Sets the lifecycle policy or takes it away; answers what it was. A new one has not been carried out. Nothing is
    /// recorded if there is none to take away. Fails with [`CatalogError::RepositoryUnknown`] if there is no such
    /// repository.
    pub async fn set_lifecycle_policy(
        &self,
        repository: &Repository,
        policy: Option<String>,
        cause: Cause,
    ) -> Result<Option<LifecyclePolicy>, CatalogError> {
        const BEFORE: &str = "SELECT lifecycle, lifecycle_evaluated_at FROM repositories WHERE id = ?1";
        const SET: &str = "UPDATE repositories SET lifecycle = ?2, lifecycle_evaluated_at = NULL WHERE id = ?1";
        self.change_repository_if(repository, cause, move |connection, id| {
            let (before, evaluated_at): (Option<String>, _) =
                connection.prepare_cached(BEFORE)?.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
            set(connection, SET, id, &policy)?;
            let changed = before.is_some() || policy.is_some();
            Ok((before.map(|text| LifecyclePolicy { text, evaluated_at }), changed))
        })
        .await
    }

    /// Notes that the lifecycle policy was carried out, if it is still `text`.
    pub async fn lifecycle_evaluated(
        &self,
        repository: &Repository,
        text: &str,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        const NOTE: &str = "UPDATE repositories SET lifecycle_evaluated_at = ?3
            WHERE account = ?1 AND name = ?2 AND lifecycle = ?4";
        let (repository, text) = (repository.clone(), text.to_owned());
        self.writer
            .write(move |change| {
                let (owner, name) = (repository.owner(), repository.name.as_str());
                change.connection.prepare_cached(NOTE)?.execute(params![owner, name, now, text])?;
                Ok(())
            })
            .await
    }

    /// Sets the catalog data of a public repository. Fails with [`CatalogError::RepositoryUnknown`] if there is no such
    /// repository.
    pub async fn set_catalog_data(
        &self,
        repository: &Repository,
        data: String,
        cause: Cause,
    ) -> Result<(), CatalogError> {
        const SET: &str = "UPDATE repositories SET catalog_data = ?2 WHERE id = ?1";
        self.change_repository(repository, cause, move |connection, id| set(connection, SET, id, &data)).await
    }

    /// Takes the resource tags with the keys `remove` away and sets those in `add`. Fails with
    /// [`CatalogError::TooManyTags`] if there are then more than `most`, and with [`CatalogError::RepositoryUnknown`]
    /// if there is no such repository.
    pub async fn change_repository_tags(
        &self,
        repository: &Repository,
        add: Vec<(String, String)>,
        remove: Vec<String>,
        most: usize,
        cause: Cause,
    ) -> Result<(), CatalogError> {
        const REMOVE: &str = "DELETE FROM repository_tags WHERE repository = ?1 AND key = ?2";
        self.change_repository(repository, cause, move |connection, id| {
            for key in &remove {
                connection.prepare_cached(REMOVE)?.execute(params![id, key])?;
            }
            put_tags(connection, id, &add)?;
            if tags(connection, id)?.len() > most { Err(CatalogError::TooManyTags { most }) } else { Ok(()) }
        })
        .await
    }

    async fn change_repository<T: Send + 'static>(
        &self,
        repository: &Repository,
        cause: Cause,
        update: impl FnOnce(&Connection, i64) -> Result<T, CatalogError> + Send + 'static,
    ) -> Result<T, CatalogError> {
        self.change_repository_if(repository, cause, |connection, id| Ok((update(connection, id)?, true))).await
    }

    /// The same for an update that says whether it changed anything; what the cause brings is recorded only then.
    async fn change_repository_if<T: Send + 'static>(
        &self,
        repository: &Repository,
        cause: Cause,
        update: impl FnOnce(&Connection, i64) -> Result<(T, bool), CatalogError> + Send + 'static,
    ) -> Result<T, CatalogError> {
        let repository = repository.clone();
        self.writer
            .write(move |change: &mut Change<'_>| {
                let connection = change.connection;
                let id = repository_id(connection, &repository)?.ok_or(CatalogError::RepositoryUnknown)?;
                change.touch(key(&repository));
                let (answer, changed) = update(connection, id)?;
                if changed {
                    causes::record(connection, &cause)?;
                }
                Ok(answer)
            })
            .await
    }
}

/// Sets resource tags, in place of those with the same keys.
pub(crate) fn put_tags(connection: &Connection, repository: i64, tags: &[(String, String)]) -> rusqlite::Result<()> {
    const PUT: &str = "INSERT OR REPLACE INTO repository_tags (repository, key, value) VALUES (?1, ?2, ?3)";
    let mut put = connection.prepare_cached(PUT)?;
    for (key, value) in tags {
        put.execute(params![repository, key, value])?;
    }
    Ok(())
}

fn tags(connection: &Connection, repository: i64) -> rusqlite::Result<Vec<(String, String)>> {
    connection
        .prepare_cached("SELECT key, value FROM repository_tags WHERE repository = ?1 ORDER BY key")?
        .query_map([repository], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

fn text(connection: &Connection, query: &str, repository: i64) -> rusqlite::Result<Option<String>> {
    connection.prepare_cached(query)?.query_row([repository], |row| row.get(0))
}

fn set(connection: &Connection, update: &str, repository: i64, value: &dyn ToSql) -> Result<(), CatalogError> {
    connection.prepare_cached(update)?.execute(params![repository, value])?;
    Ok(())
}
