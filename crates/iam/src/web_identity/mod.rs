//! Web identities: JSON Web Tokens of `OpenID` Connect issuers, verified against key sets that are given as data.
//!
//! Two steps, because the issuer's configuration is looked up between them: [`WebToken::parse`] says whose token it claims
//! to be, [`WebToken::verify`] whether it is.

mod jwks;
#[cfg(test)]
mod tests;
mod token;

pub use jwks::{Jwks, JwksError};
pub use token::{Issuer, WebIdentity, WebIdentityError, WebToken};
