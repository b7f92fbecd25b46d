//! What is said of flaws in an account's images: VEX documents and exceptions.

use bytes::Bytes;
use plimsoll_oci::Digest;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::rows::{digest_at, ensure_owner};
use crate::sqlite::convert::DigestBytes;
use crate::sqlite::writer::Change;
use crate::versions::StatementsOf;
use crate::{
    AccountId, Catalog, CatalogError, Cause, NewVexDocument, Quota, Statements, StoredException, VexDocument, causes,
};

impl Catalog {
    /// A number that changes whenever this process changes what is said in the account; `None` while it does. What was
    /// read after asking is current as long as the number stays the same. Costs nothing.
    pub fn statements_version(&self, account: AccountId) -> Option<u64> {
        self.cache.version(StatementsOf(account))
    }

    /// The version of what is said in an account, whoever changed it; 0 where nothing was ever said. A look at one row.
    pub fn stored_statements_version(&self, account: AccountId) -> Result<u64, CatalogError> {
        self.readers.read(|connection| version(connection, account))
    }

    /// Everything that is said in an account.
    pub fn statements(&self, account: AccountId) -> Result<Statements, CatalogError> {
        const VEX: &str = "SELECT digest, content FROM vex_documents WHERE account = ?1 ORDER BY id";
        self.readers.snapshot(|connection| {
            let vex = connection
                .prepare_cached(VEX)?
                .query_map([account.number()], |row| Ok((digest_at(row, 0)?, Bytes::from(row.get::<_, Vec<u8>>(1)?))))?
                .collect::<rusqlite::Result<_>>()?;
            let exceptions = exceptions(connection, account)?;
            Ok(Statements { version: version(connection, account)?, vex, exceptions })
        })
    }

    /// The VEX documents of an account, those added first first.
    pub fn vex_documents(&self, account: AccountId) -> Result<Vec<VexDocument>, CatalogError> {
        const ALL: &str =
            "SELECT digest, form, author, issued_at, statements, size, added_by, added_at FROM vex_documents
            WHERE account = ?1 ORDER BY id";
        self.readers
            .read(|connection| connection.prepare_cached(ALL)?.query_map([account.number()], vex_document)?.collect())
    }

    /// A VEX document of an account, byte for byte.
    pub fn vex_document(&self, account: AccountId, digest: &Digest) -> Result<Option<Bytes>, CatalogError> {
        const ONE: &str = "SELECT content FROM vex_documents WHERE account = ?1 AND digest = ?2";
        self.readers.read(|connection| {
            let found: Option<Vec<u8>> = connection
                .prepare_cached(ONE)?
                .query_row(params![account.number(), DigestBytes::from(digest)], |row| row.get(0))
                .optional()?;
            Ok(found.map(Bytes::from))
        })
    }

    /// Adds a VEX document. Answers what the account has of it, and whether it is new; nothing changes if it is not.
    ///
    /// Fails with [`CatalogError::QuotaExceeded`] if the account would have more than `quota`.
    pub async fn add_vex_document(
        &self,
        account: AccountId,
        new: NewVexDocument,
        quota: Quota,
        cause: Cause,
    ) -> Result<(VexDocument, bool), CatalogError> {
        const ADD: &str = "INSERT INTO vex_documents
            (account, digest, form, author, issued_at, statements, added_by, added_at, size, content)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
        const USED: &str = "SELECT count(*), coalesce(sum(size), 0) FROM vex_documents WHERE account = ?1";
        self.writer
            .write(move |change| {
                let connection = change.connection;
                if let Some(known) = one_vex_document(connection, account, &new.digest)? {
                    return Ok((known, false));
                }
                ensure_owner(connection, account.number(), cause.now)?;
                let size = new.content.len() as u64;
                let (count, bytes): (u64, u64) = connection
                    .prepare_cached(USED)?
                    .query_row([account.number()], |row| Ok((number(row, 0)?, number(row, 1)?)))?;
                if count >= quota.count || bytes + size > quota.bytes {
                    return Err(CatalogError::QuotaExceeded);
                }
                connection.prepare_cached(ADD)?.execute(params![
                    account.number(),
                    DigestBytes::from(&new.digest),
                    new.form,
                    new.author,
                    new.issued_at,
                    new.statements.cast_signed(),
                    cause.actor,
                    cause.now,
                    size.cast_signed(),
                    &new.content[..],
                ])?;
                changed(change, account, &cause)?;
                let NewVexDocument { digest, form, author, issued_at, statements, .. } = new;
                let (added_by, added_at) = (cause.actor, cause.now);
                Ok((VexDocument { digest, form, author, issued_at, statements, size, added_by, added_at }, true))
            })
            .await
    }

    /// Removes a VEX document. Whether it was there; nothing is recorded if it was not.
    pub async fn remove_vex_document(
        &self,
        account: AccountId,
        digest: &Digest,
        cause: Cause,
    ) -> Result<bool, CatalogError> {
        const REMOVE: &str = "DELETE FROM vex_documents WHERE account = ?1 AND digest = ?2";
        let digest = DigestBytes::from(digest);
        self.writer
            .write(move |change| {
                let removed = change.connection.prepare_cached(REMOVE)?.execute(params![account.number(), digest])? > 0;
                if removed {
                    changed(change, account, &cause)?;
                }
                Ok(removed)
            })
            .await
    }

    /// The exceptions of an account, by their ids.
    pub fn exceptions(&self, account: AccountId) -> Result<Vec<StoredException>, CatalogError> {
        self.readers.read(|connection| exceptions(connection, account))
    }

    /// Adds exceptions, pairs of id and JSON document, all or none; those whose id is there already stay as they are.
    /// Answers which are new; nothing is recorded if none is.
    ///
    /// Fails with [`CatalogError::QuotaExceeded`] if the account would have more than `quota`.
    pub async fn add_exceptions(
        &self,
        account: AccountId,
        new: Vec<(String, String)>,
        quota: Quota,
        cause: Cause,
    ) -> Result<Vec<bool>, CatalogError> {
        const ADD: &str = "INSERT OR IGNORE INTO exceptions (account, id, document, added_by, added_at)
            VALUES (?1, ?2, ?3, ?4, ?5)";
        const USED: &str = "SELECT count(*), coalesce(sum(length(document)), 0) FROM exceptions WHERE account = ?1";
        self.writer
            .write(move |change| {
                let connection = change.connection;
                ensure_owner(connection, account.number(), cause.now)?;
                let mut added = Vec::with_capacity(new.len());
                for (id, document) in &new {
                    let row = params![account.number(), id, document, cause.actor, cause.now];
                    added.push(connection.prepare_cached(ADD)?.execute(row)? > 0);
                }
                let (count, bytes): (u64, u64) = connection
                    .prepare_cached(USED)?
                    .query_row([account.number()], |row| Ok((number(row, 0)?, number(row, 1)?)))?;
                if count > quota.count || bytes > quota.bytes {
                    return Err(CatalogError::QuotaExceeded);
                }
                if added.contains(&true) {
                    changed(change, account, &cause)?;
                }
                Ok(added)
            })
            .await
    }

    /// Removes an exception. Whether it was there; nothing is recorded if it was not.
    pub async fn remove_exception(&self, account: AccountId, id: &str, cause: Cause) -> Result<bool, CatalogError> {
        const REMOVE: &str = "DELETE FROM exceptions WHERE account = ?1 AND id = ?2";
        let id = id.to_owned();
        self.writer
            .write(move |change| {
                let removed = change.connection.prepare_cached(REMOVE)?.execute(params![account.number(), id])? > 0;
                if removed {
                    changed(change, account, &cause)?;
                }
                Ok(removed)
            })
            .await
    }
}

fn changed(change: &mut Change<'_>, account: AccountId, cause: &Cause) -> rusqlite::Result<()> {
    const STEP: &str = "UPDATE accounts SET statements_version = statements_version + 1 WHERE id = ?1";
    change.touch(StatementsOf(account));
    change.connection.prepare_cached(STEP)?.execute([account.number()])?;
    causes::record(change.connection, cause)
}

fn version(connection: &Connection, account: AccountId) -> rusqlite::Result<u64> {
    const VERSION: &str = "SELECT statements_version FROM accounts WHERE id = ?1";
    let version = connection.prepare_cached(VERSION)?.query_row([account.number()], |row| number(row, 0)).optional()?;
    Ok(version.unwrap_or(0))
}

fn exceptions(connection: &Connection, account: AccountId) -> rusqlite::Result<Vec<StoredException>> {
    const ALL: &str = "SELECT id, document, added_by, added_at FROM exceptions WHERE account = ?1 ORDER BY id";
    let exception = |row: &Row<'_>| {
        Ok(StoredException { id: row.get(0)?, document: row.get(1)?, added_by: row.get(2)?, added_at: row.get(3)? })
    };
    connection.prepare_cached(ALL)?.query_map([account.number()], exception)?.collect()
}

fn one_vex_document(
    connection: &Connection,
    account: AccountId,
    digest: &Digest,
) -> rusqlite::Result<Option<VexDocument>> {
    const ONE: &str = "SELECT digest, form, author, issued_at, statements, size, added_by, added_at FROM vex_documents
        WHERE account = ?1 AND digest = ?2";
    let key = params![account.number(), DigestBytes::from(digest)];
    connection.prepare_cached(ONE)?.query_row(key, vex_document).optional()
}

fn vex_document(row: &Row<'_>) -> rusqlite::Result<VexDocument> {
    Ok(VexDocument {
        digest: digest_at(row, 0)?,
        form: row.get(1)?,
        author: row.get(2)?,
        issued_at: row.get(3)?,
        statements: number(row, 4)?,
        size: number(row, 5)?,
        added_by: row.get(6)?,
        added_at: row.get(7)?,
    })
}

fn number(row: &Row<'_>, index: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(index).map(i64::cast_unsigned)
}
