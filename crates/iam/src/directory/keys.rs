//! Access keys of users.

use super::error::IamErrorCode;
use super::{AccessKeyRecord, Directory, Fresh, IamError, UserRecord};
use crate::AccessKeyId;

const KEYS_PER_USER: usize = 2;

/// Whose an access key is, and whether it may be used.
#[derive(Clone, Copy, Debug)]
pub struct KeyOwner<'a> {
    /// The user.
    pub user: &'a UserRecord,
    /// The key.
    pub key: &'a AccessKeyRecord,
}

impl Fresh {
    /// The id that [`Directory::create_access_key`] gives a key made from this.
    pub fn access_key_id(&self) -> AccessKeyId {
        let mut random = [0; 10];
        random.copy_from_slice(&self.random[..10]);
        AccessKeyId::from_random(random)
    }
}

impl Directory {
    /// Gives a user another access key. Its secret is what the master key derives from the id.
    pub fn create_access_key(&mut self, user: &str, fresh: Fresh) -> Result<AccessKeyRecord, IamError> {
        let record = self.user(user)?;
        if record.keys.len() >= KEYS_PER_USER {
            return Err(IamError::quota("AccessKeysPerUser", KEYS_PER_USER));
        }
        let key = AccessKeyRecord { id: fresh.access_key_id().to_string(), active: true, created: fresh.now };
        self.add_access_key(user, key.clone())?;
        Ok(key)
    }

    /// Gives a user an access key that exists already, whatever its quota: for taking over the key of an administrator.
    pub fn add_access_key(&mut self, user: &str, key: AccessKeyRecord) -> Result<(), IamError> {
        self.assign_key(&key.id, Some(user));
        self.user_mut(user)?.keys.push(key);
        Ok(())
    }

    /// Lets an access key of a user be used, or no longer.
    pub fn set_access_key_active(&mut self, user: &str, key: &str, active: bool) -> Result<(), IamError> {
        let index = self.key_index(user, key)?;
        self.user_mut(user)?.keys[index].active = active;
        Ok(())
    }

    /// Takes an access key from a user, for good.
    pub fn delete_access_key(&mut self, user: &str, key: &str) -> Result<(), IamError> {
        let index = self.key_index(user, key)?;
        self.user_mut(user)?.keys.remove(index);
        self.assign_key(key, None);
        Ok(())
    }

    /// Whose a key is; `None` for a key that no user of this account has.
    pub fn user_of_key(&self, key: &str) -> Option<KeyOwner<'_>> {
        let user = self.users.get(self.keys.get(key)?)?;
        let key = user.keys.iter().find(|record| record.id == key)?;
        Some(KeyOwner { user, key })
    }

    fn key_index(&self, user: &str, key: &str) -> Result<usize, IamError> {
        self.user(user)?.keys.iter().position(|record| record.id == key).ok_or_else(|| {
            IamError::new(IamErrorCode::NoSuchEntity, format!("The Access Key with id {key} cannot be found."))
        })
    }
}
