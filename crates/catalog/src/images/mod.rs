//! Images: what changes about manifests, and the lists of them.

pub(crate) mod delete;
pub(crate) mod describe;
mod moves;
pub(crate) mod state;

use plimsoll_oci::Digest;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::rows::{digest_id, manifest_id};
use crate::sqlite::writer::Change;
use crate::versions::ReferenceKey;
use crate::{CatalogError, Cause, ImageId, ImageStatus, NewManifest, NoImage, Repository, tags};

/// Enters an image whose manifest and children are there.
pub(crate) fn insert(
    connection: &Connection,
    repository: i64,
    manifest: i64,
    new: &NewManifest,
) -> rusqlite::Result<()> {
    const LARGEST_CHILD: &str = "SELECT max(i.image_size) FROM manifest_children l
        JOIN manifests m ON m.repository = ?1 AND m.digest = l.child
        JOIN images i ON i.repository = m.repository AND i.manifest = m.id WHERE l.manifest = ?2";
    const INSERT: &str = "INSERT INTO images (repository, manifest, image_size, scan_requested_at)
        VALUES (?1, ?2, ?3, ?4)";
    let size = if new.children.is_empty() {
        i64::try_from(new.image_size).unwrap_or(i64::MAX)
    } else {
        let largest: Option<i64> =
            connection.prepare_cached(LARGEST_CHILD)?.query_row([repository, manifest], |row| row.get(0))?;
        largest.unwrap_or_default()
    };
    let scan_requested = new.scan_requested.then_some(new.cause.now);
    connection.prepare_cached(INSERT)?.execute(params![repository, manifest, size, scan_requested]).map(drop)
}

/// Makes an image active that is not. Answers whether it was not.
pub(crate) fn restore(
    change: &mut Change<'_>,
    repository: &Repository,
    (repository_id, manifest): (i64, i64),
    cause: &Cause,
) -> Result<bool, CatalogError> {
    const RESTORE: &str = "UPDATE images SET status = 0, activated_at = ?3
        WHERE repository = ?1 AND manifest = ?2 AND status <> 0";
    let mut restore = change.connection.prepare_cached(RESTORE)?;
    if restore.execute(params![repository_id, manifest, cause.now])? == 0 {
        return Ok(false);
    }
    drop(restore);
    touch(change, repository, manifest)?;
    Ok(true)
}

/// The rows of an image.
#[derive(Clone, Copy)]
pub(crate) struct ImageRows {
    /// In `repositories`.
    pub(crate) repository: i64,
    /// In `manifests`.
    pub(crate) manifest: i64,
    /// In `digests`.
    pub(crate) digest: i64,
}

/// The rows of the image with this digest, if the repository holds it.
pub(crate) fn by_digest(
    connection: &Connection,
    repository: i64,
    digest: &Digest,
) -> rusqlite::Result<Option<ImageRows>> {
    let Some(digest) = digest_id(connection, digest)? else { return Ok(None) };
    let manifest = manifest_id(connection, repository, digest)?;
    Ok(manifest.map(|manifest| ImageRows { repository, manifest, digest }))
}

/// The rows of the image that `id` stands for.
pub(crate) fn find(
    connection: &Connection,
    repository: i64,
    id: &ImageId,
) -> rusqlite::Result<Result<ImageRows, NoImage>> {
    let by_digest = match &id.digest {
        Some(digest) => match by_digest(connection, repository, digest)? {
            None => return Ok(Err(NoImage::NotFound)),
            found => found,
        },
        None => None,
    };
    let by_tag = match &id.tag {
        Some(tag) => match tags::resolve(connection, repository, tag)? {
            None => return Ok(Err(NoImage::NotFound)),
            Some(tags::Target { manifest, digest }) => Some(ImageRows { repository, manifest, digest }),
        },
        None => None,
    };
    Ok(match (by_digest, by_tag) {
        (None, None) => Err(NoImage::Nameless),
        (Some(image), None) | (None, Some(image)) => Ok(image),
        (Some(image), Some(named)) if image.manifest == named.manifest => Ok(image),
        (Some(_), Some(_)) => Err(NoImage::TagOfAnother),
    })
}

/// Notes that what all names of an image resolve to may change.
pub(crate) fn touch(change: &mut Change<'_>, repository: &Repository, manifest: i64) -> Result<(), CatalogError> {
    const DIGEST: &str = "SELECT d.digest FROM manifests m JOIN digests d ON d.id = m.digest WHERE m.id = ?1";
    let connection = change.connection;
    let digest =
        connection.prepare_cached(DIGEST)?.query_row([manifest], |row| crate::rows::digest_at(row, 0)).optional()?;
    if let Some(digest) = digest {
        change.touch(ReferenceKey::digest(repository, &digest));
    }
    for tag in tags::naming(connection, manifest)? {
        change.touch(ReferenceKey::tag(repository, &tag));
    }
    Ok(())
}

/// The status that stands in a row at `index`.
pub(crate) fn status_at(row: &Row<'_>, index: usize) -> rusqlite::Result<ImageStatus> {
    let number = row.get(index)?;
    ImageStatus::from_number(number).ok_or(rusqlite::Error::IntegralValueOutOfRange(index, number))
}
