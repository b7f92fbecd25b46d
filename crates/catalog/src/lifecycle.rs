//! Carrying out lifecycle policies, step by step.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::deletions::remove_image;
use crate::images::delete::index_of;
use crate::images::state::state;
use crate::images::{ImageRows, by_digest, touch};
use crate::rows::repository_id;
use crate::sqlite::writer::Change;
use crate::{
    Catalog, CatalogError, Cause, ImageState, ImageStatus, LifecycleAction, LifecycleChange, Repository, causes, tags,
};

impl Catalog {
    /// Makes the changes of one step of a lifecycle policy, all in one transaction, and records what the cause brings.
    ///
    /// Fails with [`CatalogError::Outdated`], and changes nothing, if what the step was decided on is no longer so: the
    /// repository has another policy than `policy`, one of the images is gone or is not as it was, or is named by an index
    /// that keeps it from expiring or from going to the archive.
    pub async fn carry_out_lifecycle_step(
        &self,
        repository: &Repository,
        policy: &str,
        changes: Vec<LifecycleChange>,
        cause: Cause,
    ) -> Result<(), CatalogError> {
        let (repository, policy) = (repository.clone(), policy.to_owned());
        self.writer
            .write(move |change| {
                let id = repository_id(change.connection, &repository)?.ok_or(CatalogError::Outdated)?;
                if policy_of(change.connection, id)?.as_deref() != Some(policy.as_str()) {
                    return Err(CatalogError::Outdated);
                }
                for wanted in &changes {
                    carry_out(change, &repository, id, wanted, &cause)?;
                }
                causes::record(change.connection, &cause)?;
                Ok(())
            })
            .await
    }
}

fn carry_out(
    change: &mut Change<'_>,
    repository: &Repository,
    id: i64,
    wanted: &LifecycleChange,
    cause: &Cause,
) -> Result<(), CatalogError> {
    const ARCHIVE: &str = "UPDATE images SET status = 1, archived_at = ?3 WHERE repository = ?1 AND manifest = ?2";
    let image = by_digest(change.connection, id, &wanted.digest)?.ok_or(CatalogError::Outdated)?;
    if !is_as_it_was(change.connection, image, wanted)? || is_held(change.connection, image, wanted.action)? {
        return Err(CatalogError::Outdated);
    }
    match wanted.action {
        LifecycleAction::Expire => {
            remove_image(change, repository, image, &wanted.digest, &wanted.reason, cause)?;
        }
        LifecycleAction::Archive => {
            change.connection.prepare_cached(ARCHIVE)?.execute(params![id, image.manifest, cause.now])?;
            touch(change, repository, image.manifest)?;
        }
    }
    Ok(())
}

fn policy_of(connection: &Connection, repository: i64) -> rusqlite::Result<Option<String>> {
    let policy = connection
        .prepare_cached("SELECT lifecycle FROM repositories WHERE id = ?1")?
        .query_row([repository], |row| row.get(0))
        .optional()?;
    Ok(policy.flatten())
}

/// Whether all that rules look at is unchanged. Which scans were asked for is nothing to them.
fn is_as_it_was(connection: &Connection, image: ImageRows, wanted: &LifecycleChange) -> rusqlite::Result<bool> {
    let known = |state: ImageState| ImageState { scan_requested_at: None, ..state };
    let now = state(connection, image)?;
    Ok(known(now) == known(wanted.state) && tags::naming(connection, image.manifest)? == wanted.tags)
}

/// Whether an index of the repository names the image, and keeps it from this.
fn is_held(connection: &Connection, image: ImageRows, action: LifecycleAction) -> rusqlite::Result<bool> {
    let passed_over = match action {
        LifecycleAction::Expire => None,
        LifecycleAction::Archive => Some(ImageStatus::Archived),
    };
    Ok(index_of(connection, image, passed_over)?.is_some())
}
