//! The VEX documents of an account.

use bytes::Bytes;
use plimsoll_advisories::vex;
use plimsoll_catalog::{AccountId, CatalogError, NewVexDocument, Quota, Timestamp, VexDocument};
use plimsoll_oci::Digest;

use crate::push::blocking;
use crate::{Deed, Registry, RegistryError, Requester};

/// How many bytes one document may have.
pub(super) const MAX_DOCUMENT: usize = 16 << 20;
/// How much an account may have of them.
const QUOTA: Quota = Quota { count: 1000, bytes: 32 << 20 };

/// What an account has of a document, and whether it is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedVexDocument {
    /// The document.
    pub document: VexDocument,
    /// Whether it was not there before.
    pub added: bool,
}

impl Registry {
    /// The VEX documents of an account, those added first first.
    pub fn vex_documents(&self, account: AccountId) -> Result<Vec<VexDocument>, RegistryError> {
        Ok(self.catalog.vex_documents(account)?)
    }

    /// A VEX document of an account, byte for byte.
    ///
    /// # Errors
    /// [`RegistryError::VexDocumentUnknown`] if there is none of this digest.
    pub fn vex_document(&self, account: AccountId, digest: &Digest) -> Result<Bytes, RegistryError> {
        self.catalog.vex_document(account, digest)?.ok_or(RegistryError::VexDocumentUnknown)
    }

    /// Adds a VEX document to those of an account, and lets its statements decide from now on which findings count.
    /// Nothing changes if it is there already.
    ///
    /// # Errors
    /// [`RegistryError::VexDocument`] if the document breaks a rule, [`RegistryError::NoStatements`] if it says nothing,
    /// [`RegistryError::VexDocumentTooLarge`] if it has more than 16 MiB, and [`RegistryError::TooManyVexDocuments`] if the
    /// account would have more than it may.
    pub async fn add_vex_document(
        &self,
        account: AccountId,
        content: Bytes,
        requester: &Requester,
    ) -> Result<AddedVexDocument, RegistryError> {
        if content.len() > MAX_DOCUMENT {
            return Err(RegistryError::VexDocumentTooLarge);
        }
        let new = blocking(move || new_document(content)).await?;
        let detail = format!("{} {} by {}", new.digest, new.form, new.author);
        let cause = requester.cause(deed(account, "plimsoll:PutVexDocument", detail), None);
        let added = self.catalog.add_vex_document(account, new, QUOTA, cause).await;
        let (document, added) = added.map_err(|error| match error {
            CatalogError::QuotaExceeded => RegistryError::TooManyVexDocuments,
            error => error.into(),
        })?;
        let registry = self.clone();
        // So that nobody's pull has to wait for it to be read.
        blocking(move || registry.said(account).map(drop)).await?;
        Ok(AddedVexDocument { document, added })
    }

    /// Takes a VEX document away; what it says counts no longer.
    ///
    /// # Errors
    /// [`RegistryError::VexDocumentUnknown`] if there is none of this digest.
    pub async fn remove_vex_document(
        &self,
        account: AccountId,
        digest: &Digest,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let cause = requester.cause(deed(account, "plimsoll:DeleteVexDocument", digest.to_string()), None);
        let removed = self.catalog.remove_vex_document(account, digest, cause).await?;
        if removed { Ok(()) } else { Err(RegistryError::VexDocumentUnknown) }
    }
}

fn new_document(content: Bytes) -> Result<NewVexDocument, RegistryError> {
    let document = vex::read(&content).map_err(RegistryError::VexDocument)?;
    if document.statements.is_empty() {
        return Err(RegistryError::NoStatements);
    }
    Ok(NewVexDocument {
        digest: Digest::sha256(&content),
        form: document.form.to_string(),
        author: document.author,
        issued_at: document.timestamp.map(|time| Timestamp(time.unix_seconds().saturating_mul(1000))),
        statements: document.statements.len() as u64,
        content,
    })
}

pub(super) fn deed(account: AccountId, action: &'static str, detail: String) -> Deed<'static> {
    Deed { account, action: action.into(), resource: "*".to_owned(), detail }
}
