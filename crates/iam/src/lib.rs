//! Who may do what: principals, access keys, tokens, and the one question every route asks, [`Access::authorize`].
//!
//! Everything here is pure; the clock and randomness are arguments.

mod access;
mod account;
mod key;
mod token;

pub use access::{Access, Operation, Principal, Resource};
pub use account::{AccountId, AccountIdError};
pub use key::{AccessKeyId, MasterKey, SecretAccessKey};
pub use token::{Claims, Grant, TokenError};
