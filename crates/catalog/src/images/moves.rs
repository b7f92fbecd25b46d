//! Moving several tags at once.

use plimsoll_oci::{Digest, Tag};
use rusqlite::Connection;

use crate::images::state::state;
use crate::images::{ImageRows, by_digest};
use crate::rows::{digest_id, repository_id};
use crate::versions::ReferenceKey;
use crate::{Catalog, CatalogError, Cause, ImageStatus, Repository, TagMove, causes, tags};

impl Catalog {
    /// Points tags at one image, all or none. Answers which did not name it before; nothing is recorded if all did.
    ///
    /// Fails with [`CatalogError::TagMoved`] if one does not name what it is expected to, with
    /// [`CatalogError::TagImmutable`] if one may not move, and with [`CatalogError::RepositoryUnknown`] or
    /// [`CatalogError::ImageUnknown`] if the image is not there, or is archived.
    pub async fn move_tags(
        &self,
        repository: &Repository,
        to: &Digest,
        moves: Vec<TagMove>,
        cause: Cause,
    ) -> Result<Vec<Tag>, CatalogError> {
        let (repository, to) = (repository.clone(), *to);
        self.writer
            .write(move |change| {
                let connection = change.connection;
                let id = repository_id(connection, &repository)?.ok_or(CatalogError::RepositoryUnknown)?;
                let image = by_digest(connection, id, &to)?.ok_or(CatalogError::ImageUnknown)?;
                if state(connection, image)?.status != ImageStatus::Active {
                    return Err(CatalogError::ImageUnknown);
                }
                let mut moved = Vec::new();
                for TagMove { tag, expect } in moves {
                    check(connection, image, &tag, expect.as_ref())?;
                    let target = tags::Target { manifest: image.manifest, digest: image.digest };
                    if tags::point(connection, id, &tag, target, &cause.actor, cause.now)? {
                        change.touch(ReferenceKey::tag(&repository, &tag));
                        moved.push(tag);
                    }
                }
                if !moved.is_empty() {
                    causes::record(connection, &cause)?;
                }
                Ok(moved)
            })
            .await
    }
}

fn check(connection: &Connection, image: ImageRows, tag: &Tag, expect: Option<&Digest>) -> Result<(), CatalogError> {
    let named = tags::resolve(connection, image.repository, tag)?;
    let as_expected = match (named, expect) {
        (Some(named), Some(digest)) => digest_id(connection, digest)? == Some(named.digest),
        (None, None) => true,
        (Some(_), None) | (None, Some(_)) => false,
    };
    if !as_expected {
        return Err(CatalogError::TagMoved { tag: tag.clone() });
    }
    match tags::immutable(connection, image.repository, tag)? {
        Some(immutable) if immutable.manifest != image.manifest => {
            Err(tags::refusal(connection, tag, immutable, false)?)
        }
        _ => Ok(()),
    }
}
