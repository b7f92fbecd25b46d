//! Users and their access keys, changed beside a server.

use plimsoll_iam::directory::{AccessKeyRecord, Directory, Holder, IamError, NewUser};
use plimsoll_iam::{AccessKeyId, AccountId, SecretAccessKey};

use super::Local;
use crate::{Deed, Identities, RegistryError};

/// A user to be made.
#[derive(Clone, Debug)]
pub struct LocalUser<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it stands; `/` when not said.
    pub path: Option<&'a str>,
    /// The managed policies to attach to it.
    pub policies: &'a [String],
    /// Whether it gets an access key at once.
    pub key: bool,
}

/// An access key that was just made, with its secret, which is to be shown once.
#[derive(Debug)]
pub struct IssuedKey {
    /// The account of its user.
    pub account: AccountId,
    /// The name of its user.
    pub user: String,
    /// The public half.
    pub id: String,
    /// The secret half.
    pub secret: SecretAccessKey,
    /// When it was made, in seconds since the Unix epoch.
    pub created: i64,
}

impl Local {
    /// Makes a user with the policies and the key it is to have, or nothing at all. Answers its key, if it got one.
    ///
    /// # Errors
    /// [`RegistryError::Iam`] with what is not as it must be; [`RegistryError::AccountUnknown`].
    pub async fn create_user(
        &self,
        account: AccountId,
        user: &LocalUser<'_>,
    ) -> Result<Option<IssuedKey>, RegistryError> {
        let (of_user, of_key) = (Identities::fresh()?, Identities::fresh()?);
        let new = || NewUser {
            name: user.name.to_owned(),
            path: user.path.map(str::to_owned),
            boundary: None,
            tags: Vec::new(),
        };
        let what =
            user.key.then(|| of_key.access_key_id()).map_or("no access key".to_owned(), |id| format!("key {id}"));
        let detail = user.policies.iter().fold(what, |text, policy| format!("{text}, attached {policy}"));
        let key = self
            .change(account, "iam:CreateUser", user.name, detail, |directory| {
                directory.create_user(new(), of_user)?;
                for policy in user.policies {
                    directory.attach(Holder::User(user.name), policy)?;
                }
                user.key.then(|| directory.create_access_key(user.name, of_key)).transpose()
            })
            .await?;
        key.map(|key| self.issued(account, user.name, &key)).transpose()
    }

    /// Deletes a user; with `force`, together with its keys, policies and memberships.
    ///
    /// # Errors
    /// [`RegistryError::Iam`] if there is no such user, or it has such things and `force` is not set.
    pub async fn delete_user(&self, account: AccountId, name: &str, force: bool) -> Result<(), RegistryError> {
        let detail = if force { "with its keys, policies and memberships" } else { "" };
        self.change(account, "iam:DeleteUser", name, detail.to_owned(), |directory| {
            if force {
                strip(directory, name)?;
            }
            directory.delete_user(name)
        })
        .await
    }

    /// Attaches a managed policy to a user.
    ///
    /// # Errors
    /// [`RegistryError::Iam`] if there is no such user or policy, or the user has too many.
    pub async fn attach_policy(&self, account: AccountId, user: &str, policy: &str) -> Result<(), RegistryError> {
        let attach = |directory: &mut Directory| directory.attach(Holder::User(user), policy);
        self.change(account, "iam:AttachUserPolicy", user, policy.to_owned(), attach).await
    }

    /// Detaches a managed policy from a user.
    ///
    /// # Errors
    /// [`RegistryError::Iam`] if there is no such user, or it does not have the policy.
    pub async fn detach_policy(&self, account: AccountId, user: &str, policy: &str) -> Result<(), RegistryError> {
        let detach = |directory: &mut Directory| directory.detach(Holder::User(user), policy);
        self.change(account, "iam:DetachUserPolicy", user, policy.to_owned(), detach).await
    }

    /// Makes another access key of a user.
    ///
    /// # Errors
    /// [`RegistryError::Iam`] if there is no such user, or it has two keys.
    pub async fn create_key(&self, account: AccountId, user: &str) -> Result<IssuedKey, RegistryError> {
        let fresh = Identities::fresh()?;
        let create = |directory: &mut Directory| directory.create_access_key(user, fresh);
        let detail = fresh.access_key_id().to_string();
        let key = self.change(account, "iam:CreateAccessKey", user, detail, create).await?;
        self.issued(account, user, &key)
    }

    /// Lets an access key of a user be used, or no longer.
    ///
    /// # Errors
    /// [`RegistryError::Iam`] if there is no such user or key.
    pub async fn set_key_active(
        &self,
        account: AccountId,
        user: &str,
        key: &str,
        active: bool,
    ) -> Result<(), RegistryError> {
        let detail = format!("{key} {}", if active { "Active" } else { "Inactive" });
        let set = |directory: &mut Directory| directory.set_access_key_active(user, key, active);
        self.change(account, "iam:UpdateAccessKey", user, detail, set).await
    }

    /// Takes an access key from a user, for good.
    ///
    /// # Errors
    /// [`RegistryError::Iam`] if there is no such user or key.
    pub async fn delete_key(&self, account: AccountId, user: &str, key: &str) -> Result<(), RegistryError> {
        let delete = |directory: &mut Directory| directory.delete_access_key(user, key);
        self.change(account, "iam:DeleteAccessKey", user, key.to_owned(), delete).await
    }

    async fn change<T>(
        &self,
        account: AccountId,
        action: &str,
        user: &str,
        detail: String,
        change: impl Fn(&mut Directory) -> Result<T, IamError>,
    ) -> Result<T, RegistryError> {
        let deed = Deed { account, action: action.into(), resource: format!("user/{user}"), detail };
        self.identities.change(account, self.requester.cause(deed, None), change).await
    }

    fn issued(&self, account: AccountId, user: &str, key: &AccessKeyRecord) -> Result<IssuedKey, RegistryError> {
        let id: AccessKeyId = key.id.parse().map_err(|()| RegistryError::AccountUnknown)?;
        let secret = self.identities.master().secret_of(&id);
        Ok(IssuedKey { account, user: user.to_owned(), id: id.to_string(), secret, created: key.created })
    }
}

/// Takes everything from a user that would keep it from being deleted.
fn strip(directory: &mut Directory, name: &str) -> Result<(), IamError> {
    let user = directory.user(name)?.clone();
    for key in &user.keys {
        directory.delete_access_key(name, &key.id)?;
    }
    for policy in &user.grants.attached {
        directory.detach(Holder::User(name), policy)?;
    }
    for policy in user.grants.inline.keys() {
        directory.delete_inline(Holder::User(name), policy)?;
    }
    for group in &user.groups {
        directory.remove_user_from_group(group, name)?;
    }
    Ok(())
}
