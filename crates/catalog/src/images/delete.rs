//! Deleting several images and tags at once, and why they went.

use plimsoll_oci::Digest;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::deletions::remove_image;
use crate::images::describe::tags_at;
use crate::images::{ImageRows, find};
use crate::rows::{digest_at, repository_id};
use crate::sqlite::convert::limit;
use crate::sqlite::writer::Change;
use crate::versions::ReferenceKey;
use crate::{
    Catalog, CatalogError, Cause, Deleted, Deletion, ImageId, ImageStatus, NotDeleted, RemovedImage, Repository,
    causes, tags,
};

pub(crate) const REMOVED: &str = "SELECT r.id, d.digest, r.tags, r.reason, r.actor, r.at
    FROM removed_images r INDEXED BY removed_images_by_repository CROSS JOIN digests d ON d.id = r.digest
    WHERE r.repository = ?1 AND r.id < ?2 ORDER BY r.id DESC LIMIT ?3";

impl Catalog {
    /// Deletes images and tags in one transaction, and answers what became of each. An image that an index of the
    /// repository names stays, unless the index goes, too, wherever it stands among `deletions`. What the cause brings
    /// is recorded if anything was deleted.
    ///
    /// Fails with [`CatalogError::RepositoryUnknown`] if there is no such repository.
    pub async fn delete_images(
        &self,
        repository: &Repository,
        deletions: Vec<Deletion>,
        cause: Cause,
    ) -> Result<Vec<Result<Deleted, NotDeleted>>, CatalogError> {
        let repository = repository.clone();
        self.writer
            .write(move |change| {
                let id = repository_id(change.connection, &repository)?.ok_or(CatalogError::RepositoryUnknown)?;
                let mut batch = Batch { change, repository: &repository, id, cause: &cause };
                let answers = batch.delete(&deletions)?;
                if answers.iter().any(Result::is_ok) {
                    causes::record(batch.change.connection, &cause)?;
                }
                Ok(answers)
            })
            .await
    }

    /// At most `count` images that are gone from a repository, those with numbers less than `before`, the latest first.
    pub fn removed_images(
        &self,
        repository: &Repository,
        before: Option<i64>,
        count: usize,
    ) -> Result<Vec<RemovedImage>, CatalogError> {
        self.readers.snapshot(|connection| {
            let Some(id) = repository_id(connection, repository)? else { return Ok(Vec::new()) };
            connection
                .prepare_cached(REMOVED)?
                .query_map(params![id, before.unwrap_or(i64::MAX), limit(count)], |row| {
                    Ok(RemovedImage {
                        id: row.get(0)?,
                        digest: digest_at(row, 1)?,
                        tags: tags_at(row, 2)?,
                        reason: row.get(3)?,
                        actor: row.get(4)?,
                        at: row.get(5)?,
                    })
                })?
                .collect()
        })
    }
}

/// Deletions of one transaction.
struct Batch<'a, 'b> {
    change: &'a mut Change<'b>,
    repository: &'a Repository,
    id: i64,
    cause: &'a Cause,
}

impl Batch<'_, '_> {
    /// Goes over the deletions until none can be carried out any more: each index that goes may free its children.
    fn delete(&mut self, deletions: &[Deletion]) -> Result<Vec<Result<Deleted, NotDeleted>>, CatalogError> {
        let mut answers: Vec<Option<Result<Deleted, NotDeleted>>> = vec![None; deletions.len()];
        let mut progress = true;
        while progress {
            progress = false;
            for (answer, deletion) in answers.iter_mut().zip(deletions) {
                if matches!(answer, None | Some(Err(NotDeleted::ReferencedBy(_)))) {
                    let outcome = self.delete_one(deletion)?;
                    progress |= outcome.is_ok();
                    *answer = Some(outcome);
                }
            }
        }
        Ok(answers.into_iter().flatten().collect())
    }

    fn delete_one(&mut self, deletion: &Deletion) -> Result<Result<Deleted, NotDeleted>, CatalogError> {
        let connection = self.change.connection;
        let image = match find(connection, self.id, &deletion.id)? {
            Ok(image) => image,
            Err(why) => return Ok(Err(NotDeleted::NoImage(why))),
        };
        let names = tags::naming(connection, image.manifest)?;
        if deletion.only_with_tags.as_ref().is_some_and(|expected| *expected != names) {
            return Ok(Err(NotDeleted::TagsChanged));
        }
        let digest = connection
            .prepare_cached("SELECT digest FROM digests WHERE id = ?1")?
            .query_row([image.digest], |row| digest_at(row, 0))?;
        match &deletion.id {
            ImageId { tag: Some(tag), .. } if names.len() > 1 => {
                self.change.touch(ReferenceKey::tag(self.repository, tag));
                tags::remove(connection, self.id, tag, &self.cause.actor, self.cause.now)?;
                Ok(Ok(Deleted { digest, tags: vec![tag.clone()], image: false }))
            }
            _ => self.delete_image(image, digest, &deletion.reason),
        }
    }

    fn delete_image(
        &mut self,
        image: ImageRows,
        digest: Digest,
        reason: &str,
    ) -> Result<Result<Deleted, NotDeleted>, CatalogError> {
        if let Some(index) = index_of(self.change.connection, image, None)? {
            return Ok(Err(NotDeleted::ReferencedBy(index)));
        }
        let tags = remove_image(self.change, self.repository, image, &digest, reason, self.cause)?;
        Ok(Ok(Deleted { digest, tags, image: true }))
    }
}

/// An index of the repository that names the image; those of the status `passed_over` do not count.
pub(crate) fn index_of(
    connection: &Connection,
    image: ImageRows,
    passed_over: Option<ImageStatus>,
) -> rusqlite::Result<Option<Digest>> {
    const INDEX: &str = "SELECT d.digest FROM manifest_children l CROSS JOIN manifests m ON m.id = l.manifest
        CROSS JOIN images i ON i.repository = m.repository AND i.manifest = m.id
        CROSS JOIN digests d ON d.id = m.digest
        WHERE l.child = ?1 AND m.repository = ?2 AND m.id <> ?3 AND i.status IS NOT ?4 LIMIT 1";
    let passed_over = passed_over.map(ImageStatus::number);
    connection
        .prepare_cached(INDEX)?
        .query_row(params![image.digest, image.repository, image.manifest, passed_over], |row| digest_at(row, 0))
        .optional()
}
