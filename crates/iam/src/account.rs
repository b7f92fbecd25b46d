//! Accounts: who owns repositories and identities.

use std::fmt;
use std::str::FromStr;

/// The id of an account ("registry id" in the Amazon ECR API): twelve decimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(u64);

impl AccountId {
    /// The id as a number, as databases keep it.
    pub fn number(self) -> i64 {
        self.0.cast_signed()
    }

    /// The id that [`Self::number`] gave; `None` for a number of more than twelve digits or below zero.
    pub fn from_number(number: i64) -> Option<Self> {
        u64::try_from(number).ok().filter(|&number| number < 1_000_000_000_000).map(Self)
    }
}

/// A text is not an [`AccountId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an account id is twelve decimal digits")]
pub struct AccountIdError;

impl FromStr for AccountId {
    type Err = AccountIdError;

    fn from_str(text: &str) -> Result<Self, AccountIdError> {
        if text.len() != 12 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(AccountIdError);
        }
        text.parse().map(Self).map_err(|_| AccountIdError)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
