//! Changes of the state of images.

use plimsoll_oci::Digest;
use rusqlite::{Connection, Row, params};

use crate::images::delete::index_of;
use crate::images::{ImageRows, by_digest, status_at, touch};
use crate::rows::repository_id;
use crate::{Catalog, CatalogError, Cause, ImageState, ImageStatus, Pull, Repository, ScanRequest, Timestamp, causes};

impl Catalog {
    /// Gives an image a status and answers the state it has then; nothing is recorded if it has that status already.
    ///
    /// Fails with [`CatalogError::RepositoryUnknown`] or [`CatalogError::ImageUnknown`] if it is not there, and with
    /// [`CatalogError::HeldByIndex`] if it is to be archived and an index of the repository that is not archived names it.
    pub async fn set_image_status(
        &self,
        repository: &Repository,
        digest: &Digest,
        status: ImageStatus,
        cause: Cause,
    ) -> Result<ImageState, CatalogError> {
        const SET: &str = "UPDATE images SET status = ?3,
            archived_at = CASE WHEN ?3 = 1 THEN ?4 ELSE archived_at END,
            activated_at = CASE WHEN ?3 = 0 THEN ?4 ELSE activated_at END
            WHERE repository = ?1 AND manifest = ?2 AND status <> ?3";
        let (repository, digest) = (repository.clone(), *digest);
        self.writer
            .write(move |change| {
                let connection = change.connection;
                let image = image(connection, &repository, &digest)?;
                if status == ImageStatus::Archived
                    && let Some(index) = index_of(connection, image, Some(ImageStatus::Archived))?
                {
                    return Err(CatalogError::HeldByIndex { index: Box::new(index) });
                }
                let set = params![image.repository, image.manifest, status.number(), cause.now];
                if connection.prepare_cached(SET)?.execute(set)? > 0 {
                    touch(change, &repository, image.manifest)?;
                    causes::record(connection, &cause)?;
                }
                Ok(state(connection, image)?)
            })
            .await
    }

    /// Notes that images were pulled, in one transaction; those that are gone are passed over.
    pub async fn record_pulls(&self, pulls: Vec<Pull>) -> Result<(), CatalogError> {
        const NOTE: &str = "UPDATE images SET last_pulled_at = max(coalesce(last_pulled_at, ?3), ?3)
            WHERE repository = ?1 AND manifest = ?2";
        self.writer
            .write(move |change| {
                let connection = change.connection;
                for pull in &pulls {
                    if let Ok(image) = image(connection, &pull.repository, &pull.digest) {
                        connection.prepare_cached(NOTE)?.execute(params![image.repository, image.manifest, pull.at])?;
                    }
                }
                Ok(())
            })
            .await
    }

    /// Notes that an image shall be scanned, unless that was asked for after `not_since` already; nothing is recorded
    /// then.
    ///
    /// Fails with [`CatalogError::RepositoryUnknown`] or [`CatalogError::ImageUnknown`] if it is not there.
    pub async fn mark_scan_requested(
        &self,
        repository: &Repository,
        digest: &Digest,
        not_since: Option<Timestamp>,
        cause: Cause,
    ) -> Result<ScanRequest, CatalogError> {
        const NOTE: &str = "UPDATE images SET scan_requested_at = ?3 WHERE repository = ?1 AND manifest = ?2";
        let (repository, digest) = (repository.clone(), *digest);
        self.writer
            .write(move |change| {
                let connection = change.connection;
                let image = image(connection, &repository, &digest)?;
                if let (Some(last), Some(since)) = (state(connection, image)?.scan_requested_at, not_since)
                    && last > since
                {
                    return Ok(ScanRequest::TooSoon { last });
                }
                connection.prepare_cached(NOTE)?.execute(params![image.repository, image.manifest, cause.now])?;
                causes::record(connection, &cause)?;
                Ok(ScanRequest::Noted)
            })
            .await
    }
}

fn image(connection: &Connection, repository: &Repository, digest: &Digest) -> Result<ImageRows, CatalogError> {
    let id = repository_id(connection, repository)?.ok_or(CatalogError::RepositoryUnknown)?;
    by_digest(connection, id, digest)?.ok_or(CatalogError::ImageUnknown)
}

pub(crate) fn state(connection: &Connection, image: ImageRows) -> rusqlite::Result<ImageState> {
    const STATE: &str = "SELECT status, archived_at, activated_at, last_pulled_at, scan_requested_at FROM images
        WHERE repository = ?1 AND manifest = ?2";
    connection.prepare_cached(STATE)?.query_row([image.repository, image.manifest], |row: &Row<'_>| {
        Ok(ImageState {
            status: status_at(row, 0)?,
            archived_at: row.get(1)?,
            activated_at: row.get(2)?,
            last_pulled_at: row.get(3)?,
            scan_requested_at: row.get(4)?,
        })
    })
}
