//! Manifests: putting them in, with all that becomes visible at the same moment, and looking them up.

use std::sync::Arc;

use bytes::Bytes;
use plimsoll_oci::{Digest, Reference};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::rows::{digest_at, ensure_digest, manifest_id, repository_id};
use crate::sqlite::convert::{Column, DigestBytes};
use crate::sqlite::writer::Change;
use crate::versions::ReferenceKey;
use crate::{
    Catalog, CatalogError, Incomplete, NewManifest, Repository, SameTag, Stored, StoredManifest, causes, images,
    inventories, references, tags,
};

impl Catalog {
    /// Puts a manifest into its repository, in one transaction with the moves of its tags and their history, what it
    /// refers to, what is inside it, and the event that announces it.
    ///
    /// Idempotent: what is there already stays as it is, its media type and time of push included, except that an
    /// archived image becomes active; what the cause brings is recorded only if something changed. Fails with
    /// [`CatalogError::RepositoryUnknown`] if there is no such repository, with [`CatalogError::MissingReferences`] if it
    /// lacks a blob or a child the manifest names and incomplete manifests are to be refused, and with
    /// [`CatalogError::TagImmutable`] if a tag may not move.
    pub async fn put_manifest(&self, manifest: NewManifest) -> Result<Stored, CatalogError> {
        self.writer.write(move |change| put(change, manifest)).await
    }

    /// The manifest that `reference` names in `repository`.
    pub fn manifest(
        &self,
        repository: &Repository,
        reference: &Reference,
    ) -> Result<Option<Arc<StoredManifest>>, CatalogError> {
        let key = ReferenceKey::new(repository, reference);
        let hit = self.cache.get(key);
        self.counters.looked_up(hit.is_some());
        if hit.is_some() {
            return Ok(hit);
        }
        let version = self.cache.version(key);
        let found = self.readers.read(|connection| find(connection, repository, reference))?.map(Arc::new);
        if let (Some(manifest), Some(version)) = (&found, version) {
            self.cache.insert(key, version, Arc::clone(manifest));
        }
        Ok(found)
    }

    /// Whether `repository` holds a manifest with this digest. Does not read it.
    pub fn manifest_exists(&self, repository: &Repository, digest: &Digest) -> Result<bool, CatalogError> {
        const EXISTS: &str = "SELECT 1 FROM repositories r, digests d
            JOIN manifests m ON m.repository = r.id AND m.digest = d.id
            WHERE r.account = ?1 AND r.name = ?2 AND d.digest = ?3";
        self.readers.read(|connection| {
            connection.prepare_cached(EXISTS)?.exists(params![
                repository.owner(),
                repository.name.as_str(),
                DigestBytes::from(digest)
            ])
        })
    }
}

fn put(change: &mut Change<'_>, new: NewManifest) -> Result<Stored, CatalogError> {
    let connection = change.connection;
    let repository = repository_id(connection, &new.repository)?.ok_or(CatalogError::RepositoryUnknown)?;
    let references = resolve(connection, repository, &new)?;
    let digest = ensure_digest(connection, &new.digest)?;
    refuse_immutable_tags(connection, repository, digest, &new)?;
    let (manifest, created) = match manifest_id(connection, repository, digest)? {
        Some(manifest) => (manifest, false),
        None => (insert(connection, repository, digest, &new, &references)?, true),
    };
    if created {
        references::touch(change, &new.repository, manifest)?;
    }
    let restored = !created && images::restore(change, &new.repository, (repository, manifest), &new.cause)?;
    let mut moved = Vec::new();
    for tag in &new.tags {
        let target = tags::Target { manifest, digest };
        if tags::point(connection, repository, tag, target, &new.cause.actor, new.cause.now)? {
            change.touch(ReferenceKey::tag(&new.repository, tag));
            moved.push(tag.clone());
        }
    }
    if let Some(image) = &new.image {
        inventories::put_image(connection, digest, image, new.cause.now)?;
    }
    if created || restored || !moved.is_empty() {
        causes::record(connection, &new.cause)?;
    }
    Ok(Stored { created, restored, moved })
}

/// Fails if one of the tags is immutable and set, unless it may be set to the same again.
fn refuse_immutable_tags(
    connection: &Connection,
    repository: i64,
    digest: i64,
    new: &NewManifest,
) -> Result<(), CatalogError> {
    for tag in &new.tags {
        let Some(immutable) = tags::immutable(connection, repository, tag)? else { continue };
        let same = immutable.digest == digest;
        if !(same && new.same_tag == SameTag::Accept) {
            return Err(tags::refusal(connection, tag, immutable, same)?);
        }
    }
    Ok(())
}

/// The rows of what a manifest refers to.
struct References {
    blobs: Vec<i64>,
    children: Vec<i64>,
}

fn resolve(connection: &Connection, repository: i64, new: &NewManifest) -> Result<References, CatalogError> {
    const LINKED: &str = "SELECT 1 FROM repository_blobs WHERE repository = ?1 AND blob = ?2";
    let (mut missing_blobs, mut missing_manifests) = (Vec::new(), Vec::new());
    let mut references = References { blobs: Vec::new(), children: Vec::new() };
    let mut linked = connection.prepare_cached(LINKED)?;
    for digest in &new.blobs {
        let blob = ensure_digest(connection, digest)?;
        if !linked.exists([repository, blob])? {
            missing_blobs.push(*digest);
        }
        references.blobs.push(blob);
    }
    for digest in &new.children {
        let child = ensure_digest(connection, digest)?;
        if manifest_id(connection, repository, child)?.is_none() {
            missing_manifests.push(*digest);
        }
        references.children.push(child);
    }
    if new.incomplete == Incomplete::Accept || (missing_blobs.is_empty() && missing_manifests.is_empty()) {
        Ok(references)
    } else {
        Err(CatalogError::MissingReferences { blobs: missing_blobs, manifests: missing_manifests })
    }
}

fn insert(
    connection: &Connection,
    repository: i64,
    digest: i64,
    new: &NewManifest,
    references: &References,
) -> rusqlite::Result<i64> {
    const MANIFEST: &str = "INSERT INTO manifests (repository, digest, subject, size, pushed_at, pushed_by, media_type,
        artifact_type, annotations, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    // A manifest may name the same blob twice.
    const BLOB: &str = "INSERT OR IGNORE INTO manifest_blobs (manifest, blob) VALUES (?1, ?2)";
    const CHILD: &str = "INSERT OR IGNORE INTO manifest_children (manifest, child) VALUES (?1, ?2)";
    let subject = new.subject.as_ref().map(|subject| ensure_digest(connection, subject)).transpose()?;
    let manifest = connection.prepare_cached(MANIFEST)?.insert(params![
        repository,
        digest,
        subject,
        new.content.len().cast_signed() as i64,
        new.cause.now,
        new.cause.actor,
        new.media_type,
        new.artifact_type,
        new.annotations_json,
        &new.content[..],
    ])?;
    let mut blob = connection.prepare_cached(BLOB)?;
    for id in &references.blobs {
        blob.execute([manifest, *id])?;
    }
    let mut child = connection.prepare_cached(CHILD)?;
    for id in &references.children {
        child.execute([manifest, *id])?;
    }
    images::insert(connection, repository, manifest, new)?;
    Ok(manifest)
}

fn find(
    connection: &Connection,
    repository: &Repository,
    reference: &Reference,
) -> rusqlite::Result<Option<StoredManifest>> {
    macro_rules! select {
        ($from:literal) => {
            concat!(
                "SELECT d.digest, m.media_type, m.artifact_type, s.digest, m.pushed_at, m.pushed_by, m.content, i.status
                FROM ",
                $from,
                " JOIN images i ON i.repository = m.repository AND i.manifest = m.id LEFT JOIN digests s ON s.id = m.subject WHERE r.account = ?1 AND r.name = ?2"
            )
        };
    }
    const BY_TAG: &str = select!(
        "repositories r JOIN tags t ON t.repository = r.id AND t.name = ?3
        JOIN manifests m ON m.id = t.manifest JOIN digests d ON d.id = m.digest"
    );
    const BY_DIGEST: &str = select!(
        "repositories r JOIN digests d ON d.digest = ?3
        JOIN manifests m ON m.repository = r.id AND m.digest = d.id"
    );
    let (account, name) = (repository.owner(), repository.name.as_str());
    match reference {
        Reference::Tag(tag) => connection
            .prepare_cached(BY_TAG)?
            .query_row(params![account, name, tag.as_str()], stored_manifest)
            .optional(),
        Reference::Digest(digest) => connection
            .prepare_cached(BY_DIGEST)?
            .query_row(params![account, name, DigestBytes::from(digest)], stored_manifest)
            .optional(),
    }
}

fn stored_manifest(row: &Row<'_>) -> rusqlite::Result<StoredManifest> {
    Ok(StoredManifest {
        digest: digest_at(row, 0)?,
        media_type: row.get(1)?,
        artifact_type: row.get(2)?,
        subject: row.get::<_, Option<Column<Digest>>>(3)?.map(|Column(subject)| subject),
        pushed_at: row.get(4)?,
        pushed_by: row.get(5)?,
        content: Bytes::from(row.get::<_, Vec<u8>>(6)?),
        status: images::status_at(row, 7)?,
    })
}
