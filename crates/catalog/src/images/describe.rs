//! Lists of images, by pages.
//!
//! Every statement says which index it goes by, since SQLite has no statistics to choose with: an order that has to be
//! sorted, or most rows skipped, costs as much as the repository has images.

use std::collections::HashMap;

use plimsoll_oci::{Digest, Tag};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::images::{find, status_at};
use crate::rows::{digest_at, digest_id, repository_id};
use crate::sqlite::convert::{Column, Parsed, limit};
use crate::{
    Catalog, CatalogError, ImageCursor, ImageFilter, ImageId, ImagePosition, ImageRecord, ImageState, ImageStatus,
    ListedImage, ListedReferrer, NoImage, Referrer, Repository, RepositoryImages,
};

macro_rules! describe {
    ($from:literal, $condition:literal) => {
        concat!(
            "SELECT i.manifest, d.digest, m.media_type, m.artifact_type, s.digest, m.size, i.image_size, m.pushed_at,
            m.pushed_by, CASE WHEN i.tags > 0 THEN
            (SELECT group_concat(t.name, ' ') FROM tags t WHERE t.manifest = i.manifest) END,
            i.status, i.archived_at, i.activated_at, i.last_pulled_at, i.scan_requested_at FROM ",
            $from,
            " CROSS JOIN manifests m ON m.id = i.manifest CROSS JOIN digests d ON d.id = m.digest
            LEFT JOIN digests s ON s.id = m.subject WHERE i.repository = ?1 AND ",
            $condition
        )
    };
}

macro_rules! list {
    ($from:literal, $condition:literal) => {
        concat!(
            "SELECT i.manifest, d.digest, t.name FROM ",
            $from,
            " CROSS JOIN manifests m ON m.id = i.manifest CROSS JOIN digests d ON d.id = m.digest
            LEFT JOIN tags t ON t.manifest = i.manifest AND t.repository = i.repository
            WHERE i.repository = ?1 AND i.manifest >= ?2 AND (i.manifest > ?2 OR coalesce(t.name, '') > ?5) AND ",
            $condition,
            " ORDER BY i.manifest, t.name LIMIT ?3"
        )
    };
}

/// The statements of one list for every filter; ?4 is the status.
pub(crate) struct ByFilter {
    all: &'static str,
    status: &'static str,
    tagged: &'static str,
    tagged_status: &'static str,
    untagged: &'static str,
    untagged_status: &'static str,
}

impl ByFilter {
    fn choose(&self, filter: ImageFilter) -> &'static str {
        match (filter.tagged, filter.status) {
            (None, None) => self.all,
            (None, Some(_)) => self.status,
            (Some(true), None) => self.tagged,
            (Some(true), Some(_)) => self.tagged_status,
            (Some(false), None) => self.untagged,
            (Some(false), Some(_)) => self.untagged_status,
        }
    }

    /// Every statement.
    #[cfg(test)]
    pub(crate) fn statements(&self) -> [&'static str; 6] {
        [self.all, self.status, self.tagged, self.tagged_status, self.untagged, self.untagged_status]
    }
}

pub(crate) const DESCRIBE: ByFilter = ByFilter {
    all: describe!("images i NOT INDEXED", "i.manifest > ?2 AND ?4 IS NULL ORDER BY i.manifest LIMIT ?3"),
    status: describe!(
        "images i INDEXED BY images_by_status",
        "i.status = ?4 AND i.manifest > ?2 ORDER BY i.manifest LIMIT ?3"
    ),
    tagged: describe!(
        "images i NOT INDEXED",
        "i.manifest > ?2 AND i.tags > 0 AND ?4 IS NULL ORDER BY i.manifest LIMIT ?3"
    ),
    tagged_status: describe!(
        "images i NOT INDEXED",
        "i.manifest > ?2 AND i.tags > 0 AND i.status = ?4 ORDER BY i.manifest LIMIT ?3"
    ),
    untagged: describe!(
        "images i INDEXED BY images_untagged",
        "i.tags = 0 AND i.manifest > ?2 AND ?4 IS NULL ORDER BY i.manifest LIMIT ?3"
    ),
    untagged_status: describe!(
        "images i INDEXED BY images_untagged",
        "i.tags = 0 AND i.manifest > ?2 AND i.status = ?4 ORDER BY i.manifest LIMIT ?3"
    ),
};

pub(crate) const LIST: ByFilter = ByFilter {
    all: list!("images i NOT INDEXED", "?4 IS NULL"),
    status: list!("images i INDEXED BY images_by_status", "i.status = ?4"),
    tagged: list!("images i NOT INDEXED", "i.tags > 0 AND ?4 IS NULL"),
    tagged_status: list!("images i NOT INDEXED", "i.tags > 0 AND i.status = ?4"),
    untagged: list!("images i INDEXED BY images_untagged", "i.tags = 0 AND ?4 IS NULL"),
    untagged_status: list!("images i INDEXED BY images_untagged", "i.tags = 0 AND i.status = ?4"),
};

pub(crate) const DESCRIBE_ONE: &str = describe!("images i", "i.manifest = ?2");

pub(crate) const REFERRERS: &str = "SELECT m.id, d.digest, m.media_type, m.artifact_type, m.size, m.annotations,
    i.status FROM manifests m INDEXED BY manifests_by_subject
    CROSS JOIN images i ON i.repository = m.repository AND i.manifest = m.id CROSS JOIN digests d ON d.id = m.digest
    WHERE m.repository = ?1 AND m.subject = ?2 AND m.id > ?3 ORDER BY m.id";

const CHILDREN: &str =
    "SELECT p.digest, c.digest FROM images i CROSS JOIN manifest_children l ON l.manifest = i.manifest
    CROSS JOIN manifests m ON m.id = i.manifest CROSS JOIN digests p ON p.id = m.digest
    CROSS JOIN digests c ON c.id = l.child WHERE i.repository = ?1";

impl Catalog {
    /// At most `count` images of a repository after `after`, in the order of push; `None` if there is no such
    /// repository.
    pub fn describe_images(
        &self,
        repository: &Repository,
        filter: ImageFilter,
        after: Option<ImagePosition>,
        count: usize,
    ) -> Result<Option<Vec<ImageRecord>>, CatalogError> {
        self.readers.snapshot(|connection| {
            let Some(id) = repository_id(connection, repository)? else { return Ok(None) };
            page(connection, id, filter, after, count).map(Some)
        })
    }

    /// The images that `ids` stand for, in the same order; `None` if there is no such repository.
    pub fn images_by_ids(
        &self,
        repository: &Repository,
        ids: &[ImageId],
    ) -> Result<Option<Vec<Result<ImageRecord, NoImage>>>, CatalogError> {
        self.readers.snapshot(|connection| {
            let Some(id) = repository_id(connection, repository)? else { return Ok(None) };
            ids.iter().map(|image| by_id(connection, id, image)).collect::<rusqlite::Result<_>>().map(Some)
        })
    }

    /// At most `count` digests of a repository with one of their tags each, after `after`, in the order of push and, of
    /// one image, of its tags; an image without a tag is there once. `None` if there is no such repository.
    pub fn image_ids(
        &self,
        repository: &Repository,
        filter: ImageFilter,
        after: Option<&ImageCursor>,
        count: usize,
    ) -> Result<Option<Vec<ListedImage>>, CatalogError> {
        let position = after.map_or(i64::MIN, |after| after.position.0);
        let tag = after.and_then(|after| after.tag.as_ref()).map_or("", Tag::as_str);
        let status = filter.status.map(ImageStatus::number);
        self.readers.snapshot(|connection| {
            let Some(id) = repository_id(connection, repository)? else { return Ok(None) };
            connection
                .prepare_cached(LIST.choose(filter))?
                .query_map(params![id, position, limit(count), status, tag], |row| {
                    let position = ImagePosition(row.get(0)?);
                    let tag = row.get::<_, Option<Parsed<Tag>>>(2)?.map(|Parsed(tag)| tag);
                    Ok(ListedImage { cursor: ImageCursor { position, tag }, digest: digest_at(row, 1)? })
                })?
                .collect::<rusqlite::Result<_>>()
                .map(Some)
        })
    }

    /// At most `count` manifests of a repository whose subject is `subject`, which need not exist, after `after`, in
    /// the order of push; only those of one of the artifact types if there are any, and of the status if there is one.
    pub fn referrers_page(
        &self,
        repository: &Repository,
        subject: &Digest,
        artifact_types: &[String],
        status: Option<ImageStatus>,
        after: Option<ImagePosition>,
        count: usize,
    ) -> Result<Vec<ListedReferrer>, CatalogError> {
        let after = after.map_or(i64::MIN, |after| after.0);
        let wanted = |listed: &ListedReferrer| {
            let of_type = |kind: &String| listed.referrer.artifact_type.as_ref() == Some(kind);
            (artifact_types.is_empty() || artifact_types.iter().any(of_type))
                && status.is_none_or(|status| status == listed.status)
        };
        self.readers.snapshot(|connection| {
            let ids = (repository_id(connection, repository)?, digest_id(connection, subject)?);
            let (Some(id), Some(subject)) = ids else { return Ok(Vec::new()) };
            connection
                .prepare_cached(REFERRERS)?
                .query_map([id, subject, after], referrer)?
                .filter(|row| row.as_ref().map_or(true, &wanted))
                .take(count)
                .collect()
        })
    }

    /// All images of a repository and what the indexes among them name, at one moment; `None` if there is no such
    /// repository.
    pub fn repository_images(&self, repository: &Repository) -> Result<Option<RepositoryImages>, CatalogError> {
        self.readers.snapshot(|connection| {
            let Some(id) = repository_id(connection, repository)? else { return Ok(None) };
            let images = page(connection, id, ImageFilter::default(), None, usize::MAX)?;
            let mut children: HashMap<Digest, Vec<Digest>> = HashMap::new();
            let mut statement = connection.prepare_cached(CHILDREN)?;
            for pair in statement.query_map([id], |row| Ok((digest_at(row, 0)?, digest_at(row, 1)?)))? {
                let (index, child) = pair?;
                children.entry(index).or_default().push(child);
            }
            Ok(Some(RepositoryImages { images, children }))
        })
    }
}

fn page(
    connection: &Connection,
    repository: i64,
    filter: ImageFilter,
    after: Option<ImagePosition>,
    count: usize,
) -> rusqlite::Result<Vec<ImageRecord>> {
    let after = after.map_or(i64::MIN, |after| after.0);
    let status = filter.status.map(ImageStatus::number);
    connection
        .prepare_cached(DESCRIBE.choose(filter))?
        .query_map(params![repository, after, limit(count), status], record)?
        .collect()
}

fn by_id(connection: &Connection, repository: i64, id: &ImageId) -> rusqlite::Result<Result<ImageRecord, NoImage>> {
    let rows = match find(connection, repository, id)? {
        Ok(rows) => rows,
        Err(why) => return Ok(Err(why)),
    };
    let found = connection.prepare_cached(DESCRIBE_ONE)?.query_row([repository, rows.manifest], record).optional()?;
    Ok(found.ok_or(NoImage::NotFound))
}

fn record(row: &Row<'_>) -> rusqlite::Result<ImageRecord> {
    Ok(ImageRecord {
        position: ImagePosition(row.get(0)?),
        digest: digest_at(row, 1)?,
        media_type: row.get(2)?,
        artifact_type: row.get(3)?,
        subject: row.get::<_, Option<Column<Digest>>>(4)?.map(|Column(subject)| subject),
        manifest_size: row.get::<_, i64>(5)?.cast_unsigned(),
        image_size: row.get::<_, i64>(6)?.cast_unsigned(),
        pushed_at: row.get(7)?,
        pushed_by: row.get(8)?,
        tags: tags_at(row, 9)?,
        state: ImageState {
            status: status_at(row, 10)?,
            archived_at: row.get(11)?,
            activated_at: row.get(12)?,
            last_pulled_at: row.get(13)?,
            scan_requested_at: row.get(14)?,
        },
    })
}

/// The tags that stand in a row at `index` with spaces between them.
pub(crate) fn tags_at(row: &Row<'_>, index: usize) -> rusqlite::Result<Vec<Tag>> {
    let joined: Option<String> = row.get(index)?;
    let parsed: Result<Vec<Tag>, _> = joined.iter().flat_map(|tags| tags.split_whitespace()).map(str::parse).collect();
    let mut tags =
        parsed.map_err(|error| rusqlite::Error::FromSqlConversionFailure(index, Type::Text, Box::new(error)))?;
    tags.sort_unstable();
    Ok(tags)
}

fn referrer(row: &Row<'_>) -> rusqlite::Result<ListedReferrer> {
    Ok(ListedReferrer {
        position: ImagePosition(row.get(0)?),
        referrer: Referrer {
            digest: digest_at(row, 1)?,
            media_type: row.get(2)?,
            artifact_type: row.get(3)?,
            size: row.get::<_, i64>(4)?.cast_unsigned(),
            annotations_json: row.get(5)?,
        },
        status: status_at(row, 6)?,
    })
}
