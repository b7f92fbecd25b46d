//! What refers to what: subjects and referrers, indexes and their children, manifests and their blobs.

use plimsoll_oci::Digest;
use rusqlite::{Row, params};

use crate::rows::digest_at;
use crate::sqlite::convert::DigestBytes;
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

    /// A number that changes whenever a referrer of `subject` comes or goes; `None` while one does. What was read after
    /// asking is current as long as the number stays the same. Costs nothing.
    pub fn referrers_version(&self, repository: &Repository, subject: &Digest) -> Option<u64> {
        self.cache.version(ReferrersOf(repository, subject))
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

fn referrer(row: &Row<'_>) -> rusqlite::Result<Referrer> {
    Ok(Referrer {
        digest: digest_at(row, 0)?,
        media_type: row.get(1)?,
        artifact_type: row.get(2)?,
        size: row.get::<_, i64>(3)?.cast_unsigned(),
        annotations_json: row.get(4)?,
    })
}
