//! Account settings: a name with one of a few values.

use plimsoll_catalog::Write;
use plimsoll_iam::AccountId;

use super::{read, written};
use crate::{Deed, Registry, RegistryError, Requester};

/// An account setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Switch {
    /// What does basic scanning.
    BasicScanTypeVersion,
    /// What the registry policy is asked about.
    RegistryPolicyScope,
    /// Whether a push may mount blobs of other repositories of the account.
    BlobMounting,
}

impl Switch {
    /// Every setting.
    pub const ALL: [Self; 3] = [Self::BasicScanTypeVersion, Self::RegistryPolicyScope, Self::BlobMounting];

    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BasicScanTypeVersion => "BASIC_SCAN_TYPE_VERSION",
            Self::RegistryPolicyScope => "REGISTRY_POLICY_SCOPE",
            Self::BlobMounting => "BLOB_MOUNTING",
        }
    }

    /// The values it can have; the first is what it has if nobody says anything.
    pub const fn values(self) -> &'static [&'static str] {
        match self {
            Self::BasicScanTypeVersion => &["AWS_NATIVE"],
            Self::RegistryPolicyScope => &["V2"],
            Self::BlobMounting => &["ENABLED", "DISABLED"],
        }
    }

    /// The setting of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|switch| switch.name() == name)
    }

    fn key(self) -> String {
        format!("account-setting/{}", self.name())
    }
}

impl Registry {
    /// The value of an account setting.
    pub fn switch(&self, account: AccountId, switch: Switch) -> Result<&'static str, RegistryError> {
        let first = switch.values()[0];
        let Some(text) = self.catalog.account_setting(account, &switch.key())? else { return Ok(first) };
        let set: String = read(&text)?;
        Ok(switch.values().iter().copied().find(|value| *value == set).unwrap_or(first))
    }

    /// Whether a push to the account's repositories may mount blobs of others.
    pub fn mounts_blobs(&self, account: AccountId) -> Result<bool, RegistryError> {
        Ok(self.switch(account, Switch::BlobMounting)? == "ENABLED")
    }

    /// Sets an account setting to one of its values.
    pub async fn set_switch(
        &self,
        account: AccountId,
        switch: Switch,
        value: &'static str,
        requester: &Requester,
    ) -> Result<(), RegistryError> {
        let detail = format!("{} {value}", switch.name());
        let deed = Deed { account, action: "ecr:PutAccountSetting".into(), resource: "*".to_owned(), detail };
        let cause = requester.cause(deed, None);
        let value = written(&value)?;
        self.catalog.put_account_setting(account, &switch.key(), value, Write::Always, cause).await?;
        Ok(())
    }
}
