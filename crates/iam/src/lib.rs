//! Who may do what: accounts, principals, keys, tokens, policies and the decision they come to.
//!
//! Everything here is pure; the clock and randomness are arguments.

mod account;
mod arn;
pub mod directory;
mod key;
mod page;
pub mod policy;
mod principal;
mod session;
pub mod sigv4;
mod ticket;
mod token;
pub mod web_identity;

pub use account::{AccountId, AccountIdError};
pub use arn::{Arn, ArnError};
pub use key::{AccessKeyId, MasterKey, SecretAccessKey};
pub use page::List;
pub use policy::{Caller, Context, Decision, Named, Policy, PolicyError, PolicyKind, Question, ResourcePolicy, decide};
pub use principal::{Principal, Session, User};
pub use session::{Credentials, SessionClaims, SessionError, SessionHolder, SessionTooLarge};
pub use ticket::LayerTicket;
pub use token::{Claims, Grant, Holder, Login, TokenError};
