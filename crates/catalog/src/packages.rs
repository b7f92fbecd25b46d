//! The package index: which images hold a package.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::rows::{digest_at, repository_at};
use crate::{Catalog, CatalogError, Package, PackageUse};

impl Catalog {
    /// The images of all accounts that hold a package in any version, in the order of their repositories.
    pub fn images_with_package(&self, kind: &str, name: &str) -> Result<Vec<PackageUse>, CatalogError> {
        const IMAGES: &str = "SELECT r.account, r.name, d.digest, p.version FROM packages p
            JOIN image_packages i ON i.package = p.id JOIN manifests m ON m.digest = i.manifest
            JOIN repositories r ON r.id = m.repository JOIN digests d ON d.id = m.digest
            WHERE p.kind = ?1 AND p.name = ?2 AND r.account >= 0 ORDER BY r.account, r.name, d.digest, p.version";
        self.readers.read(|connection| {
            connection
                .prepare_cached(IMAGES)?
                .query_map([kind, name], |row| {
                    Ok(PackageUse {
                        repository: repository_at(row, 0)?,
                        manifest: digest_at(row, 2)?,
                        version: row.get(3)?,
                    })
                })?
                .collect()
        })
    }
}

/// Enters the packages of an image.
pub(crate) fn index(connection: &Connection, manifest: i64, packages: &[Package]) -> rusqlite::Result<()> {
    const KNOWN: &str = "SELECT id FROM packages WHERE kind = ?1 AND name = ?2 AND version = ?3";
    const NEW: &str = "INSERT INTO packages (kind, name, version) VALUES (?1, ?2, ?3)";
    const HOLDS: &str = "INSERT OR IGNORE INTO image_packages (manifest, package) VALUES (?1, ?2)";
    let (mut known, mut new) = (connection.prepare_cached(KNOWN)?, connection.prepare_cached(NEW)?);
    let mut holds = connection.prepare_cached(HOLDS)?;
    for Package { kind, name, version } in packages {
        let id = match known.query_row([kind, name, version], |row| row.get(0)).optional()? {
            Some(id) => id,
            None => new.insert([kind, name, version])?,
        };
        holds.execute(params![manifest, id])?;
    }
    Ok(())
}

/// Takes an image out of the index.
pub(crate) fn forget(connection: &Connection, manifest: i64) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM image_packages WHERE manifest = ?1")?.execute([manifest]).map(drop)
}
