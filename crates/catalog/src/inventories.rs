//! What the analyser found, by the digest of what it read.

use plimsoll_oci::Digest;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::rows::{digest_id, ensure_digest};
use crate::sqlite::convert::DigestBytes;
use crate::{Catalog, CatalogError, ImageFacts, Timestamp, packages};

impl Catalog {
    /// The inventory of a layer, if an analyser of this version made it.
    pub fn layer_inventory(&self, layer: &Digest, analyser_version: u32) -> Result<Option<Vec<u8>>, CatalogError> {
        const LAYER: &str = "SELECT i.content FROM layer_inventories i JOIN digests d ON d.id = i.layer
            WHERE d.digest = ?1 AND i.analyser_version = ?2";
        self.inventory(LAYER, layer, analyser_version)
    }

    /// Keeps the inventory of a layer; one that an analyser of another version made gives way to it.
    pub async fn put_layer_inventory(
        &self,
        layer: &Digest,
        analyser_version: u32,
        content: Vec<u8>,
        now: Timestamp,
    ) -> Result<(), CatalogError> {
        const PUT: &str = "INSERT OR REPLACE INTO layer_inventories (layer, analyser_version, created_at, content)
            VALUES (?1, ?2, ?3, ?4)";
        let layer = *layer;
        self.writer
            .write(move |change| {
                let layer = ensure_digest(change.connection, &layer)?;
                change.connection.prepare_cached(PUT)?.execute(params![layer, analyser_version, now, content])?;
                Ok(())
            })
            .await
    }

    /// The inventory of an image, by the digest of its manifest, if an analyser of this version made it.
    pub fn image_inventory(&self, manifest: &Digest, analyser_version: u32) -> Result<Option<Vec<u8>>, CatalogError> {
        const IMAGE: &str = "SELECT i.content FROM image_inventories i JOIN digests d ON d.id = i.manifest
            WHERE d.digest = ?1 AND i.analyser_version = ?2";
        self.inventory(IMAGE, manifest, analyser_version)
    }

    /// Keeps what was found in an image that is in the catalog already. Answers whether it is there still.
    pub async fn put_image_inventory(
        &self,
        manifest: &Digest,
        image: ImageFacts,
        now: Timestamp,
    ) -> Result<bool, CatalogError> {
        let manifest = *manifest;
        self.writer
            .write(move |change| {
                let connection = change.connection;
                let Some(manifest) = digest_id(connection, &manifest)? else { return Ok(false) };
                if !in_a_repository(connection, manifest)? {
                    return Ok(false);
                }
                put_image(connection, manifest, &image, now)?;
                Ok(true)
            })
            .await
    }

    fn inventory(&self, query: &str, digest: &Digest, version: u32) -> Result<Option<Vec<u8>>, CatalogError> {
        self.readers.read(|connection| {
            connection
                .prepare_cached(query)?
                .query_row(params![DigestBytes::from(digest), version], |row| row.get(0))
                .optional()
        })
    }
}

/// Keeps what was found in an image, unless an analyser of the same version has been there before.
pub(crate) fn put_image(
    connection: &Connection,
    manifest: i64,
    image: &ImageFacts,
    now: Timestamp,
) -> rusqlite::Result<()> {
    const KNOWN: &str = "SELECT 1 FROM image_inventories WHERE manifest = ?1 AND analyser_version = ?2";
    const PUT: &str = "INSERT INTO image_inventories (manifest, analyser_version, created_at, content)
        VALUES (?1, ?2, ?3, ?4)";
    if connection.prepare_cached(KNOWN)?.exists(params![manifest, image.analyser_version])? {
        return Ok(());
    }
    forget_image(connection, manifest)?;
    connection.prepare_cached(PUT)?.execute(params![manifest, image.analyser_version, now, image.inventory])?;
    packages::index(connection, manifest, &image.packages)
}

/// Forgets what was found in an image that no repository holds any more.
pub(crate) fn forget_image_without_manifest(connection: &Connection, manifest: i64) -> rusqlite::Result<()> {
    if in_a_repository(connection, manifest)? { Ok(()) } else { forget_image(connection, manifest) }
}

fn forget_image(connection: &Connection, manifest: i64) -> rusqlite::Result<()> {
    packages::forget(connection, manifest)?;
    connection.prepare_cached("DELETE FROM image_inventories WHERE manifest = ?1")?.execute([manifest]).map(drop)
}

fn in_a_repository(connection: &Connection, manifest: i64) -> rusqlite::Result<bool> {
    connection.prepare_cached("SELECT 1 FROM manifests WHERE digest = ?1")?.exists([manifest])
}
