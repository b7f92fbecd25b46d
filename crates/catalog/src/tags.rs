//! Tags: where they point, and the history of it.

use plimsoll_oci::{Digest, Tag};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::rows::{digest_at, repository_id};
use crate::sqlite::convert::{Column, Parsed, limit};
use crate::{Catalog, CatalogError, Repository, TagChange, TaggedImage, Timestamp, repositories};

pub(crate) const TAGGED: &str = "SELECT t.name, t.updated_at, d.digest, m.media_type, m.artifact_type, i.image_size,
    m.pushed_at FROM tags t CROSS JOIN images i ON i.repository = t.repository AND i.manifest = t.manifest
    CROSS JOIN manifests m ON m.id = t.manifest CROSS JOIN digests d ON d.id = m.digest
    WHERE t.repository = ?1 AND t.name > ?2 ORDER BY t.name LIMIT ?3";

pub(crate) const TAG_AS_OF: &str = "SELECT t.digest FROM tag_history h LEFT JOIN digests t ON t.id = h.to_digest
    WHERE h.repository = ?1 AND h.tag = ?2 AND h.at <= ?3 ORDER BY h.id DESC LIMIT 1";

impl Catalog {
    /// At most `count` tags of a repository that sort after `after`, in the order of their bytes. `None` if there is
    /// no such repository.
    pub fn tags(
        &self,
        repository: &Repository,
        after: Option<&str>,
        count: usize,
    ) -> Result<Option<Vec<Tag>>, CatalogError> {
        // No tag is empty, so every tag sorts after the empty text.
        const TAGS: &str = "SELECT name FROM tags WHERE repository = ?1 AND name > ?2 ORDER BY name LIMIT ?3";
        self.readers.snapshot(|connection| {
            let Some(repository) = repository_id(connection, repository)? else { return Ok(None) };
            connection
                .prepare_cached(TAGS)?
                .query_map(params![repository, after.unwrap_or_default(), limit(count)], |row| {
                    row.get(0).map(|Parsed(tag)| tag)
                })?
                .collect::<rusqlite::Result<_>>()
                .map(Some)
        })
    }

    /// At most `count` tags of a repository that sort after `after`, in the order of their bytes, each with the image it
    /// names. `None` if there is no such repository.
    pub fn tagged_images(
        &self,
        repository: &Repository,
        after: Option<&str>,
        count: usize,
    ) -> Result<Option<Vec<TaggedImage>>, CatalogError> {
        self.readers.snapshot(|connection| {
            let Some(repository) = repository_id(connection, repository)? else { return Ok(None) };
            connection
                .prepare_cached(TAGGED)?
                .query_map(params![repository, after.unwrap_or_default(), limit(count)], tagged_image)?
                .collect::<rusqlite::Result<_>>()
                .map(Some)
        })
    }

    /// At most `count` changes of the tags of a repository, or of one tag, the latest first. Changes of deleted tags
    /// are among them.
    pub fn tag_history(
        &self,
        repository: &Repository,
        tag: Option<&Tag>,
        count: usize,
    ) -> Result<Vec<TagChange>, CatalogError> {
        macro_rules! select {
            ($condition:literal) => {
                concat!(
                    "SELECT h.tag, f.digest, t.digest, h.actor, h.at FROM tag_history h
                    LEFT JOIN digests f ON f.id = h.from_digest LEFT JOIN digests t ON t.id = h.to_digest
                    WHERE h.repository = ?1 AND ",
                    $condition,
                    " ORDER BY h.id DESC LIMIT ?3"
                )
            };
        }
        const OF_TAG: &str = select!("h.tag = ?2");
        const OF_ALL: &str = select!("?2 IS NULL");
        self.readers.snapshot(|connection| {
            let Some(repository) = repository_id(connection, repository)? else { return Ok(Vec::new()) };
            connection
                .prepare_cached(if tag.is_some() { OF_TAG } else { OF_ALL })?
                .query_map(params![repository, tag.map(Tag::as_str), limit(count)], tag_change)?
                .collect()
        })
    }
}

impl Catalog {
    /// What a tag named at a moment of the past, by its history; `None` if it was not there.
    pub fn tag_as_of(&self, repository: &Repository, tag: &Tag, at: Timestamp) -> Result<Option<Digest>, CatalogError> {
        self.readers.snapshot(|connection| {
            let Some(repository) = repository_id(connection, repository)? else { return Ok(None) };
            let named = connection
                .prepare_cached(TAG_AS_OF)?
                .query_row(params![repository, tag.as_str(), at], |row| row.get::<_, Option<Column<Digest>>>(0))
                .optional()?;
            Ok(named.flatten().map(|Column(digest)| digest))
        })
    }
}

fn tagged_image(row: &Row<'_>) -> rusqlite::Result<TaggedImage> {
    let Parsed(tag) = row.get(0)?;
    Ok(TaggedImage {
        tag,
        tagged_at: row.get(1)?,
        digest: digest_at(row, 2)?,
        media_type: row.get(3)?,
        artifact_type: row.get(4)?,
        image_size: row.get::<_, i64>(5)?.cast_unsigned(),
        pushed_at: row.get(6)?,
    })
}

fn tag_change(row: &Row<'_>) -> rusqlite::Result<TagChange> {
    let Parsed(tag) = row.get(0)?;
    Ok(TagChange {
        tag,
        from: row.get::<_, Option<Column<Digest>>>(1)?.map(|Column(digest)| digest),
        to: row.get::<_, Option<Column<Digest>>>(2)?.map(|Column(digest)| digest),
        actor: row.get(3)?,
        at: row.get(4)?,
    })
}

/// The rows of what a tag names.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    /// In `manifests`.
    pub(crate) manifest: i64,
    /// In `digests`.
    pub(crate) digest: i64,
}

/// Points a tag at a manifest of the repository. Answers whether it did not point there before.
pub(crate) fn point(
    connection: &Connection,
    repository: i64,
    tag: &Tag,
    target: Target,
    actor: &str,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    const POINT: &str = "INSERT INTO tags (repository, name, manifest, updated_at) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT DO UPDATE SET manifest = excluded.manifest, updated_at = excluded.updated_at";
    let before = resolve(connection, repository, tag)?;
    if before.is_some_and(|before| before.manifest == target.manifest) {
        return Ok(false);
    }
    connection.prepare_cached(POINT)?.execute(params![repository, tag.as_str(), target.manifest, now])?;
    if let Some(before) = before {
        count(connection, repository, before.manifest, -1)?;
    }
    count(connection, repository, target.manifest, 1)?;
    let step = Step { from: before.map(|before| before.digest), to: Some(target.digest) };
    record(connection, repository, tag, step, actor, now)?;
    Ok(true)
}

/// What a tag names that is immutable in its repository and set.
pub(crate) fn immutable(connection: &Connection, repository: i64, tag: &Tag) -> rusqlite::Result<Option<Target>> {
    const MUTABILITY: &str = "SELECT tags_immutable, tag_exclusions FROM repositories WHERE id = ?1";
    let mutability =
        connection.prepare_cached(MUTABILITY)?.query_row([repository], |row| repositories::mutability_at(row, 0))?;
    if mutability.is_immutable(tag) { resolve(connection, repository, tag) } else { Ok(None) }
}

/// The error that says an immutable tag names `names`.
pub(crate) fn refusal(connection: &Connection, tag: &Tag, names: Target, same: bool) -> rusqlite::Result<CatalogError> {
    let names = connection
        .prepare_cached("SELECT digest FROM digests WHERE id = ?1")?
        .query_row([names.digest], |row| digest_at(row, 0))?;
    Ok(CatalogError::TagImmutable { tag: tag.clone(), names: Box::new(names), same })
}

/// Takes a tag away. Answers whether it was there.
pub(crate) fn remove(
    connection: &Connection,
    repository: i64,
    tag: &Tag,
    actor: &str,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    const REMOVE: &str = "DELETE FROM tags WHERE repository = ?1 AND name = ?2";
    let Some(before) = resolve(connection, repository, tag)? else { return Ok(false) };
    connection.prepare_cached(REMOVE)?.execute(params![repository, tag.as_str()])?;
    count(connection, repository, before.manifest, -1)?;
    record(connection, repository, tag, Step { from: Some(before.digest), to: None }, actor, now)?;
    Ok(true)
}

/// The tags that name a manifest.
pub(crate) fn naming(connection: &Connection, manifest: i64) -> rusqlite::Result<Vec<Tag>> {
    connection
        .prepare_cached("SELECT name FROM tags WHERE manifest = ?1 ORDER BY name")?
        .query_map([manifest], |row| row.get(0).map(|Parsed(tag)| tag))?
        .collect()
}

/// Notes that a manifest has so many tags more.
fn count(connection: &Connection, repository: i64, manifest: i64, more: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("UPDATE images SET tags = tags + ?3 WHERE repository = ?1 AND manifest = ?2")?
        .execute([repository, manifest, more])
        .map(drop)
}

/// What a tag names.
pub(crate) fn resolve(connection: &Connection, repository: i64, tag: &Tag) -> rusqlite::Result<Option<Target>> {
    const RESOLVE: &str = "SELECT m.id, m.digest FROM tags t JOIN manifests m ON m.id = t.manifest
        WHERE t.repository = ?1 AND t.name = ?2";
    connection
        .prepare_cached(RESOLVE)?
        .query_row(params![repository, tag.as_str()], |row| Ok(Target { manifest: row.get(0)?, digest: row.get(1)? }))
        .optional()
}

/// From which row of `digests` to which a tag moves.
struct Step {
    from: Option<i64>,
    to: Option<i64>,
}

fn record(
    connection: &Connection,
    repository: i64,
    tag: &Tag,
    step: Step,
    actor: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    const RECORD: &str = "INSERT INTO tag_history (repository, tag, from_digest, to_digest, actor, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection
        .prepare_cached(RECORD)?
        .execute(params![repository, tag.as_str(), step.from, step.to, actor, now])
        .map(drop)
}
