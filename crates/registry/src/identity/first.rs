//! The administrator of the default account, and access keys from before there were users.

use plimsoll_catalog::{CatalogError, Cause};
use plimsoll_iam::directory::{AccessKeyRecord, Directory, Holder, NewUser};
use plimsoll_iam::{AccessKeyId, AccountId};

use super::Identities;
use crate::data::ADMINISTRATOR;
use crate::{RegistryError, now};

/// The managed policy that allows everything.
const EVERYTHING: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

impl Identities {
    /// Whether nobody is there to administer the account: it has no user, nor a key that is to be a user's.
    pub(crate) fn lacks_administrator(&self, account: AccountId) -> Result<bool, RegistryError> {
        let users = self.directory(account)?.is_some_and(|directory| directory.users(None).next().is_some());
        Ok(!users && !self.inner.catalog.any_unassigned_access_key()?)
    }

    /// Makes the account and its first administrator where they are not there, with `key` as its access key if one is given,
    /// and gives the administrator the keys that were made before there were users.
    pub(crate) async fn ensure_administrator(
        &self,
        account: AccountId,
        key: Option<&AccessKeyId>,
    ) -> Result<(), RegistryError> {
        let cause = || Cause::new("first start", now());
        match self.inner.catalog.create_account(account, None, cause()).await {
            Ok(()) | Err(CatalogError::AccountExists) => {}
            Err(error) => return Err(error.into()),
        }
        self.inner.catalog.assign_access_keys(ADMINISTRATOR, account, ADMINISTRATOR, cause()).await?;
        let mut keys = self.keys_of(account)?;
        keys.extend(key.map(ToString::to_string));
        let known = self.directory(account)?.is_some_and(|directory| directory.user(ADMINISTRATOR).is_ok());
        if known || keys.is_empty() {
            return Ok(());
        }
        let fresh = Self::fresh()?;
        self.change(account, cause(), move |directory: &mut Directory| {
            if directory.user(ADMINISTRATOR).is_err() {
                directory.create_user(NewUser { name: ADMINISTRATOR.to_owned(), ..NewUser::default() }, fresh)?;
                directory.attach(Holder::User(ADMINISTRATOR), EVERYTHING)?;
            }
            for id in &keys {
                let record = AccessKeyRecord { id: id.clone(), active: true, created: fresh.now };
                directory.add_access_key(ADMINISTRATOR, record)?;
            }
            Ok::<(), plimsoll_iam::directory::IamError>(())
        })
        .await
    }

    fn keys_of(&self, account: AccountId) -> Result<Vec<String>, RegistryError> {
        let keys = self.inner.catalog.access_keys_of(account, ADMINISTRATOR)?;
        Ok(keys.into_iter().filter(|key| key.disabled_at.is_none()).map(|key| key.key_id).collect())
    }
}
