//! What refers to what: subjects and referrers, indexes and their children, manifests and their blobs.

use plimsoll_oci::Digest;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::rows::digest_at;
use crate::sqlite::convert::{DigestBytes, limit};
use crate::sqlite::writer::Change;
use crate::versions::ReferrersOf;
use crate::{Catalog, CatalogError, Referrer, Repository};

impl Catalog {
    /// The manifests of a repository whose subject is `subject`, which need not exist, in the order they were pushed;
    /// only those with the artifact type `artifact_type` if one is given.
    pub fn referrers(
        &self,
        repository: &Repository,
        subject: &Digest,
        artifact_type: Option<&str>,
    ) -> Result<Vec<Referrer>, CatalogError> {
        const REFERRERS: &str = "SELECT d.digest, m.media_type, m.artifact_type, m.size, m.annotations
            FROM repositories r JOIN digests s ON s.digest = ?3
            JOIN manifests m ON m.repository = r.id AND m.subject = s.id JOIN digests d ON d.id = m.digest
            WHERE r.account = ?1 AND r.name = ?2 AND (?4 IS NULL OR m.artifact_type = ?4) ORDER BY m.id";
        self.readers.read(|connection| {
            connection
                .prepare_cached(REFERRERS)?
                .query_map(
                    params![repository.owner(), repository.name.as_str(), DigestBytes::from(subject), artifact_type],
                    referrer,
                )?
                .collect()
        })
    }

    /// A number that changes whenever an index that names a manifest, or a referrer of it or of such an index, comes or
    /// goes; `None` while one does. What was read after asking is current as long as the number stays the same. Costs
    /// nothing.
    pub fn referrers_version(&self, repository: &Repository, manifest: &Digest) -> Option<u64> {
        self.cache.version(ReferrersOf(repository, manifest))
    }

    /// At most `count` indexes of this repository that name a manifest, in the order they were pushed.
    pub fn indexes_naming(
        &self,
        repository: &Repository,
        child: &Digest,
        count: usize,
    ) -> Result<Vec<Digest>, CatalogError> {
        const INDEXES: &str = "SELECT d.digest FROM repositories r JOIN digests c ON c.digest = ?3
            JOIN manifest_children l ON l.child = c.id
            JOIN manifests m ON m.id = l.manifest AND m.repository = r.id JOIN digests d ON d.id = m.digest
            WHERE r.account = ?1 AND r.name = ?2 ORDER BY m.id LIMIT ?4";
        self.readers.read(|connection| {
            connection
                .prepare_cached(INDEXES)?
                .query_map(
                    params![repository.owner(), repository.name.as_str(), DigestBytes::from(child), limit(count)],
                    |row| digest_at(row, 0),
                )?
                .collect()
        })
    }

    /// The manifests that an index of this repository names, whether they are there or not, in no particular order.
    pub fn children(&self, repository: &Repository, index: &Digest) -> Result<Vec<Digest>, CatalogError> {
        const CHILDREN: &str = "SELECT c.digest FROM repositories r JOIN digests d ON d.digest = ?3
            JOIN manifests m ON m.repository = r.id AND m.digest = d.id
            JOIN manifest_children l ON l.manifest = m.id JOIN digests c ON c.id = l.child
            WHERE r.account = ?1 AND r.name = ?2";
        self.digests(CHILDREN, repository, index)
    }

    /// The manifests of this repository that name a blob, in no particular order.
    pub fn manifests_using_blob(&self, repository: &Repository, blob: &Digest) -> Result<Vec<Digest>, CatalogError> {
        const USING: &str = "SELECT p.digest FROM repositories r JOIN digests d ON d.digest = ?3
            JOIN manifest_blobs l ON l.blob = d.id
            JOIN manifests m ON m.id = l.manifest AND m.repository = r.id JOIN digests p ON p.id = m.digest
            WHERE r.account = ?1 AND r.name = ?2";
        self.digests(USING, repository, blob)
    }

    fn digests(&self, query: &str, repository: &Repository, of: &Digest) -> Result<Vec<Digest>, CatalogError> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(query)?
                .query_map(params![repository.owner(), repository.name.as_str(), DigestBytes::from(of)], |row| {
                    digest_at(row, 0)
                })?
                .collect()
        })
    }
}

/// Notes that a manifest comes or goes with what it refers to: its subject, that one's children, and its own.
pub(crate) fn touch(change: &mut Change<'_>, repository: &Repository, manifest: i64) -> rusqlite::Result<()> {
    const SUBJECT: &str = "SELECT d.digest, o.id FROM manifests m JOIN digests d ON d.id = m.subject
        LEFT JOIN manifests o ON o.repository = m.repository AND o.digest = m.subject WHERE m.id = ?1";
    let connection = change.connection;
    let mut touched = children_of(connection, manifest)?;
    let subject =
        connection.prepare_cached(SUBJECT)?.query_row([manifest], |row| Ok((digest_at(row, 0)?, row.get(1)?)));
    if let Some((subject, row)) = subject.optional()? {
        touched.push(subject);
        touched.extend(Option::map_or(row, Ok(Vec::new()), |row: i64| children_of(connection, row))?);
    }
    for digest in &touched {
        change.touch(ReferrersOf(repository, digest));
    }
    Ok(())
}

fn children_of(connection: &Connection, manifest: i64) -> rusqlite::Result<Vec<Digest>> {
    const CHILDREN: &str =
        "SELECT c.digest FROM manifest_children l JOIN digests c ON c.id = l.child WHERE l.manifest = ?1";
    connection.prepare_cached(CHILDREN)?.query_map([manifest], |row| digest_at(row, 0))?.collect()
}

fn referrer(row: &Row<'_>) -> rusqlite::Result<Referrer> {
    Ok(Referrer {
        digest: digest_at(row, 0)?,
        media_type: row.get(1)?,
        artifact_type: row.get(2)?,
        size: row.get::<_, i64>(3)?.cast_unsigned(),
        annotations_json: row.get(4)?,
    })
}
