//! Who callers are: accounts with their users, groups, roles and policies, and the access keys that lead to them.
//!
//! What an account's identities are is one [`Directory`], small enough to be held in memory. The catalog keeps it, entity by
//! entity, with a version. What is remembered here is compared with that version once a second, so that what another
//! process changes (`plimsoll user` beside a running server) is heard of; what this process changes counts at once.

mod first;
mod sessions;

pub use sessions::BegunSession;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use plimsoll_catalog::{Catalog, CatalogError, Cause, IdentityChange, IdentityDocument, KeyChange, KeyOwner};
use plimsoll_iam::directory::{Changes, Directory, EntityKind, Fresh};
use plimsoll_iam::{AccessKeyId, AccountId, Caller, Holder, MasterKey, SessionClaims};
use quick_cache::sync::Cache;
use tokio::sync::Mutex;

use crate::{RegistryError, now};

/// How many accounts' identities are remembered.
const ACCOUNTS: usize = 1000;
/// How many access keys' owners are remembered.
const KEYS: usize = 10_000;
/// How long what is remembered is not compared.
const FRESH: Duration = Duration::from_secs(1);
/// How often a change is tried again when another came between.
const ATTEMPTS: usize = 20;

/// The identities of all accounts. Cheap to clone.
#[derive(Clone)]
pub struct Identities {
    inner: Arc<Inner>,
}

struct Inner {
    catalog: Arc<Catalog>,
    master: MasterKey,
    directories: Cache<AccountId, Remembered>,
    callers: Cache<AccessKeyId, Owner>,
    /// Whose turn it is to change the identities of an account: many who tried at once would keep each other from it.
    turns: Cache<AccountId, Arc<Mutex<()>>>,
    /// How many changes this process has made.
    changes: AtomicU64,
}

/// A directory as it was at some version, which was the newest one when it was looked at.
#[derive(Clone)]
struct Remembered {
    directory: Arc<Directory>,
    version: u64,
    looked: Looked,
}

/// Whose an access key was.
#[derive(Clone)]
struct Owner {
    caller: Arc<Caller>,
    looked: Looked,
}

/// When something was looked at.
#[derive(Clone, Copy)]
struct Looked {
    at: Instant,
    changes: u64,
}

impl Identities {
    pub(crate) fn new(catalog: Arc<Catalog>, master: MasterKey) -> Self {
        let (directories, callers) = (Cache::new(ACCOUNTS), Cache::new(KEYS));
        let (turns, changes) = (Cache::new(ACCOUNTS), AtomicU64::new(0));
        Self { inner: Arc::new(Inner { catalog, master, directories, callers, turns, changes }) }
    }

    /// What secrets and tokens derive from.
    pub fn master(&self) -> &MasterKey {
        &self.inner.master
    }

    /// The identities of an account; `None` if there is no such account.
    pub fn directory(&self, account: AccountId) -> Result<Option<Arc<Directory>>, RegistryError> {
        Ok(self.remembered(account)?.map(|remembered| remembered.directory))
    }

    /// Whose an access key is; `None` if there is no such key, or it is not active.
    pub fn caller_of_key(&self, id: &AccessKeyId) -> Result<Option<Arc<Caller>>, RegistryError> {
        let looked = self.looking();
        if let Some(owner) = self.inner.callers.get(id)
            && self.is_fresh(owner.looked)
        {
            return Ok(Some(owner.caller));
        }
        let Some(caller) = self.look_up(id)? else { return Ok(None) };
        let caller = Arc::new(caller);
        self.inner.callers.insert(id.clone(), Owner { caller: Arc::clone(&caller), looked });
        Ok(Some(caller))
    }

    /// Whom temporary credentials stand for; `None` if the user or role is gone.
    pub fn caller_of_session(&self, claims: &SessionClaims) -> Result<Option<Arc<Caller>>, RegistryError> {
        let Some(directory) = self.directory(claims.holder.account())? else { return Ok(None) };
        Ok(directory.caller_of_session(claims).map(Arc::new))
    }

    /// Whom a token was made for; `None` if the key, user or role is no longer in force.
    pub fn caller_of_token(&self, holder: &Holder) -> Result<Option<Arc<Caller>>, RegistryError> {
        match holder {
            Holder::Anonymous => Ok(Some(Arc::new(Caller::bare(plimsoll_iam::Principal::Anonymous)))),
            Holder::Key(id) => match id.parse() {
                Ok(id) => self.caller_of_key(&id),
                Err(()) => Ok(None),
            },
            Holder::Session(claims) => self.caller_of_session(claims),
        }
    }

    /// Changes the identities of an account: all that `change` does, or nothing. When the identities have changed meanwhile,
    /// `change` is made again on what they are then.
    ///
    /// # Errors
    /// What `change` refuses with, as [`RegistryError::Iam`]; [`RegistryError::AccountUnknown`] if there is no such account.
    pub async fn change<T, E>(
        &self,
        account: AccountId,
        cause: Cause,
        change: impl Fn(&mut Directory) -> Result<T, E>,
    ) -> Result<T, RegistryError>
    where
        RegistryError: From<E>,
    {
        let turn = self.turn(account);
        let _turn = turn.lock().await;
        // Another process may still come between.
        for _ in 0..ATTEMPTS {
            let (directory, version) = self.read(account)?.ok_or(RegistryError::AccountUnknown)?;
            let mut directory = directory;
            let answer = change(&mut directory)?;
            let (entities, keys) = documents(directory.take_changes()?);
            let put = self.inner.catalog.put_identities(account, version, entities, keys, cause.clone()).await;
            match put {
                Err(CatalogError::VersionConflict { .. }) => {}
                Err(error) => return Err(error.into()),
                Ok(_) => {
                    self.inner.changes.fetch_add(1, Ordering::SeqCst);
                    return Ok(answer);
                }
            }
        }
        Err(RegistryError::Contended)
    }

    fn turn(&self, account: AccountId) -> Arc<Mutex<()>> {
        let fresh = || Ok::<_, std::convert::Infallible>(Arc::default());
        let Ok(turn) = self.inner.turns.get_or_insert_with(&account, fresh);
        turn
    }

    /// The time and randomness a new identity needs.
    pub fn fresh() -> Result<Fresh, RegistryError> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(RegistryError::Random)?;
        Ok(Fresh { now: now().0 / 1000, random })
    }

    fn remembered(&self, account: AccountId) -> Result<Option<Remembered>, RegistryError> {
        match self.inner.directories.get(&account) {
            Some(remembered) if self.is_fresh(remembered.looked) => Ok(Some(remembered)),
            _ => self.compared(account),
        }
    }

    /// What is remembered of an account if it is the newest there is, or else that.
    fn compared(&self, account: AccountId) -> Result<Option<Remembered>, RegistryError> {
        let looked = self.looking();
        let newest = match self.inner.directories.get(&account) {
            Some(remembered) if self.inner.catalog.identity_version(account)? == Some(remembered.version) => {
                Remembered { looked, ..remembered }
            }
            _ => {
                let Some((directory, version)) = self.read(account)? else { return Ok(None) };
                Remembered { directory: Arc::new(directory), version, looked }
            }
        };
        self.inner.directories.insert(account, newest.clone());
        Ok(Some(newest))
    }

    fn read(&self, account: AccountId) -> Result<Option<(Directory, u64)>, RegistryError> {
        let Some(kept) = self.inner.catalog.identities(account)? else { return Ok(None) };
        let documents = kept
            .documents
            .into_iter()
            .filter_map(|entity| Some((EntityKind::from_text(&entity.kind)?, entity.name, entity.document)));
        Ok(Some((Directory::from_documents(account, documents)?, kept.version)))
    }

    fn look_up(&self, id: &AccessKeyId) -> Result<Option<Caller>, RegistryError> {
        let Some(key) = self.inner.catalog.access_key(id.as_str())? else { return Ok(None) };
        let (KeyOwner::User { account, .. }, None) = (key.owner, key.disabled_at) else { return Ok(None) };
        let Some(mut directory) = self.directory(account)? else { return Ok(None) };
        // A key that the catalog has and the directory has not was made by another process within the last second.
        if directory.user_of_key(id.as_str()).is_none() {
            let Some(newest) = self.compared(account)? else { return Ok(None) };
            directory = newest.directory;
        }
        let owner = directory.user_of_key(id.as_str()).filter(|owner| owner.key.active);
        Ok(owner.and_then(|owner| directory.caller_of_user(&owner.user.name)))
    }

    fn looking(&self) -> Looked {
        Looked { at: Instant::now(), changes: self.inner.changes.load(Ordering::SeqCst) }
    }

    fn is_fresh(&self, looked: Looked) -> bool {
        looked.changes == self.inner.changes.load(Ordering::SeqCst) && looked.at.elapsed() < FRESH
    }
}

/// The changes of a directory as the catalog keeps them.
fn documents(changes: Changes) -> (Vec<IdentityChange>, Vec<KeyChange>) {
    let entities = changes.entities.into_iter().map(|change| {
        let (kind, name) = (change.kind.as_str().to_owned(), change.name);
        match change.document {
            Some(document) => IdentityChange::Put(IdentityDocument { kind, name, document }),
            None => IdentityChange::Delete { kind, name },
        }
    });
    // A key that goes from one name to another is forgotten first, so that it can be added under the other.
    let keys = changes.keys.into_iter().flat_map(|change| {
        let forget = KeyChange::Delete { key_id: change.key.clone() };
        let add = change.user.map(|user| KeyChange::Add { key_id: change.key, user });
        std::iter::once(forget).chain(add)
    });
    (entities.collect(), keys.collect())
}
