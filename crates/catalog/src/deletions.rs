//! Deleting tags and manifests.

use plimsoll_oci::{Digest, Tag};
use rusqlite::{Connection, params};

use crate::images::ImageRows;
use crate::rows::repository_id;
use crate::sqlite::writer::Change;
use crate::versions::ReferenceKey;
use crate::{Catalog, CatalogError, Cause, Repository, causes, images, inventories, references, tags};

impl Catalog {
    /// Deletes a manifest with its tags. Answers whether it was there; what the cause brings is recorded only then.
    ///
    /// Its blobs stay in the repository, as do manifests that refer to it: an index may become sparse and a referrer
    /// lose its subject.
    pub async fn delete_manifest(
        &self,
        repository: &Repository,
        digest: &Digest,
        cause: Cause,
    ) -> Result<bool, CatalogError> {
        let (repository, digest) = (repository.clone(), *digest);
        self.writer
            .write(move |change| {
                let deleted = delete_manifest(change, &repository, &digest, &cause)?;
                if deleted {
                    causes::record(change.connection, &cause)?;
                }
                Ok(deleted)
            })
            .await
    }

    /// Deletes a tag; the manifest it names stays. Answers whether it was there; what the cause brings is recorded only
    /// then.
    pub async fn delete_tag(&self, repository: &Repository, tag: &Tag, cause: Cause) -> Result<bool, CatalogError> {
        let (repository, tag) = (repository.clone(), tag.clone());
        self.writer
            .write(move |change| {
                change.touch(ReferenceKey::tag(&repository, &tag));
                let deleted = match repository_id(change.connection, &repository)? {
                    Some(id) => tags::remove(change.connection, id, &tag, &cause.actor, cause.now)?,
                    None => false,
                };
                if deleted {
                    causes::record(change.connection, &cause)?;
                }
                Ok(deleted)
            })
            .await
    }
}

fn delete_manifest(
    change: &mut Change<'_>,
    repository: &Repository,
    digest: &Digest,
    cause: &Cause,
) -> Result<bool, CatalogError> {
    let Some(id) = repository_id(change.connection, repository)? else { return Ok(false) };
    let Some(image) = images::by_digest(change.connection, id, digest)? else { return Ok(false) };
    remove_image(change, repository, image, digest, "", cause)?;
    Ok(true)
}

/// Deletes an image with its tags, and notes why. Answers which tags it had.
pub(crate) fn remove_image(
    change: &mut Change<'_>,
    repository: &Repository,
    image: ImageRows,
    digest: &Digest,
    reason: &str,
    cause: &Cause,
) -> rusqlite::Result<Vec<Tag>> {
    const NOTE: &str = "INSERT INTO removed_images (repository, digest, tags, reason, actor, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let connection = change.connection;
    let names = tags::naming(connection, image.manifest)?;
    change.touch(ReferenceKey::digest(repository, digest));
    references::touch(change, repository, image.manifest)?;
    for tag in &names {
        change.touch(ReferenceKey::tag(repository, tag));
        tags::remove(connection, image.repository, tag, &cause.actor, cause.now)?;
    }
    let joined = names.iter().map(Tag::as_str).collect::<Vec<_>>().join(" ");
    connection.prepare_cached(NOTE)?.execute(params![
        image.repository,
        image.digest,
        joined,
        reason,
        cause.actor,
        cause.now
    ])?;
    delete_rows(connection, image.repository, image.manifest)?;
    inventories::forget_image_without_manifest(connection, image.digest)?;
    Ok(names)
}

/// Deletes the rows of a manifest that no tag names.
pub(crate) fn delete_rows(connection: &Connection, repository: i64, manifest: i64) -> rusqlite::Result<()> {
    for delete in
        ["DELETE FROM manifest_blobs WHERE manifest = ?1", "DELETE FROM manifest_children WHERE manifest = ?1"]
    {
        connection.prepare_cached(delete)?.execute([manifest])?;
    }
    connection
        .prepare_cached("DELETE FROM images WHERE repository = ?1 AND manifest = ?2")?
        .execute([repository, manifest])?;
    connection.prepare_cached("DELETE FROM manifests WHERE id = ?1")?.execute([manifest]).map(drop)
}
