//! The exceptions of an account.

use plimsoll_advisories::Timestamp;
use std::collections::HashMap;

use plimsoll_advisories::exception::{Exception, ExceptionDocument, ExceptionError, ExceptionsDocument};
use plimsoll_catalog::{AccountId, CatalogError, Quota, StoredException};
use plimsoll_oci::Digest;

use super::vex::deed;
use crate::{Registry, RegistryError, Requester, moment, now};

/// How much an account may have of them.
const QUOTA: Quota = Quota { count: 10_000, bytes: 16 << 20 };
/// How many bytes of exceptions are recorded whole.
const MAX_DETAIL: usize = 64 << 10;
/// How many hexadecimal digits of its digest an exception's id has.
const ID: usize = 20;

/// An exception of an account, and whether it is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedException {
    /// The exception.
    pub exception: ExceptionDocument,
    /// Whether it was not there before.
    pub added: bool,
}

impl Registry {
    /// The exceptions of an account, those added first first; with those that have ended.
    pub fn exceptions(&self, account: AccountId) -> Result<Vec<ExceptionDocument>, RegistryError> {
        let mut stored = self.catalog.exceptions(account)?;
        stored.sort_by(|a, b| (a.added_at, &a.id).cmp(&(b.added_at, &b.id)));
        stored.iter().map(document).collect()
    }

    /// Adds exceptions to those of an account, all or none. One that is there already stays as it is.
    ///
    /// # Errors
    /// [`RegistryError::Exception`] if one breaks a rule or has ended already, and [`RegistryError::TooManyExceptions`] if
    /// the account would have more than it may.
    pub async fn add_exceptions(
        &self,
        account: AccountId,
        documents: &ExceptionsDocument,
        requester: &Requester,
    ) -> Result<Vec<AddedException>, RegistryError> {
        checked(documents, now())?;
        let new: Vec<(String, String)> = documents.exceptions.iter().map(identified).collect::<Result<_, _>>()?;
        let cause = requester.cause(deed(account, "plimsoll:PutException", detail(&new)), None);
        let ids: Vec<String> = new.iter().map(|(id, _)| id.clone()).collect();
        let added = self.catalog.add_exceptions(account, new, QUOTA, cause).await.map_err(|error| match error {
            CatalogError::QuotaExceeded => RegistryError::TooManyExceptions,
            error => error.into(),
        })?;
        let known = self.catalog.exceptions(account)?;
        let known: HashMap<&str, &StoredException> = known.iter().map(|stored| (stored.id.as_str(), stored)).collect();
        let each = ids.iter().zip(added).filter_map(|(id, added)| Some((known.get(id.as_str())?, added)));
        each.map(|(stored, added)| Ok(AddedException { exception: document(stored)?, added })).collect()
    }

    /// Takes an exception away.
    ///
    /// # Errors
    /// [`RegistryError::ExceptionUnknown`] if there is none of this id.
    pub async fn remove_exception(
        &self,
        account: AccountId,
        id: &str,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let cause = requester.cause(deed(account, "plimsoll:DeleteException", id.to_owned()), None);
        let removed = self.catalog.remove_exception(account, id, cause).await?;
        if removed { Ok(()) } else { Err(RegistryError::ExceptionUnknown) }
    }
}

/// What is recorded of exceptions that are added: all of them, or where that is too much their ids.
fn detail(new: &[(String, String)]) -> String {
    let texts: Vec<String> = new.iter().map(|(id, document)| format!("{id} {document}")).collect();
    if texts.iter().map(String::len).sum::<usize>() <= MAX_DETAIL {
        return texts.join("\n");
    }
    new.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join("\n")
}

/// Checks exceptions that are to be added at a time.
fn checked(documents: &ExceptionsDocument, at: plimsoll_catalog::Timestamp) -> Result<(), RegistryError> {
    let now = Timestamp::from_unix_seconds(at.0.div_euclid(1000));
    let read = documents.read().map_err(RegistryError::Exception)?;
    for (number, (exception, document)) in read.iter().zip(&documents.exceptions).enumerate() {
        let broken = |field: &str, rule| {
            let field = format!("exceptions[{number}].{field}");
            Err(RegistryError::Exception(ExceptionError::Rule { field, rule }))
        };
        if !exception.holds_at(now) {
            return broken("expires", "it has ended already");
        }
        let given = [("id", &document.id), ("addedBy", &document.added_by), ("addedAt", &document.added_at)];
        if let Some((field, _)) = given.iter().find(|(_, value)| value.is_some()) {
            return broken(field, "it is not for the one who adds it to say");
        }
    }
    Ok(())
}

/// The same exception has the same id, so that adding it again changes nothing.
fn identified(document: &ExceptionDocument) -> Result<(String, String), RegistryError> {
    let text = serde_json::to_string(document).map_err(RegistryError::StoredSetting)?;
    let digest = Digest::sha256(text.as_bytes()).to_string();
    let id = digest.rsplit(':').next().and_then(|hex| hex.get(..ID)).unwrap_or_default();
    Ok((id.to_owned(), text))
}

/// A stored exception as it is written down.
fn document(stored: &StoredException) -> Result<ExceptionDocument, RegistryError> {
    let document: ExceptionDocument = serde_json::from_str(&stored.document).map_err(RegistryError::StoredSetting)?;
    Ok(ExceptionDocument {
        id: Some(stored.id.clone()),
        added_by: Some(stored.added_by.clone()),
        added_at: Some(moment::text(stored.added_at)),
        ..document
    })
}

/// What a stored exception says; nothing is excepted for one that cannot be read.
pub(super) fn read(stored: &StoredException) -> Option<Exception> {
    let read = document(stored).and_then(|document| document.read("").map_err(RegistryError::Exception));
    read.inspect_err(|error| tracing::error!(id = stored.id, %error, "an exception cannot be read any more")).ok()
}
