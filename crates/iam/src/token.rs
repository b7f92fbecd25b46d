//! Bearer tokens of the registry's token service.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac;
use plimsoll_oci::RepositoryName;
use serde::{Deserialize, Serialize};

use crate::MasterKey;

const PURPOSE: &str = "registry token";
/// The longest token read, in bytes: room for a hundred repositories.
const MAX_TOKEN: usize = 64 * 1024;

/// What a token says, and the registry has signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The access key of the principal; none for an anonymous one.
    pub key: Option<String>,
    /// When the token ends, in seconds since the Unix epoch.
    pub expires: u64,
    /// What it may be used for.
    pub grants: Vec<Grant>,
}

/// A repository a token is good for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// `repository` or `registry`.
    pub kind: String,
    /// The repository's name, or `catalog`.
    pub name: String,
    /// The actions: `pull`, `push`, `delete`, `*`.
    pub actions: Vec<String>,
}

/// Why a token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is not one of this server's, or was changed.
    #[error("the token is not valid")]
    Invalid,
    /// Its time is over.
    #[error("the token has expired: log in again")]
    Expired,
}

impl Claims {
    /// Whether the token may be used for `action` on the repository `name`.
    pub fn grants(&self, name: &RepositoryName, action: &str) -> bool {
        self.grants.iter().any(|grant| {
            grant.kind == "repository"
                && grant.name == name.as_str()
                && grant.actions.iter().any(|granted| granted == action || granted == "*")
        })
    }

    /// Whether the token may be used to list the repositories.
    pub fn grants_catalog(&self) -> bool {
        self.grants.iter().any(|grant| grant.kind == "registry" && grant.name == "catalog")
    }
}

impl MasterKey {
    /// Signs a token. Clients treat it as opaque.
    pub fn sign_token(&self, claims: &Claims) -> Result<String, serde_json::Error> {
        let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims)?);
        let code = self.mac(PURPOSE).chain_update(&payload).finalize().into_bytes();
        Ok(format!("{payload}.{}", URL_SAFE_NO_PAD.encode(code)))
    }

    /// Reads a token this server signed and that has not ended at `now`, in seconds since the Unix epoch.
    pub fn verify_token(&self, token: &str, now: u64) -> Result<Claims, TokenError> {
        let claims = self.authentic(token).ok_or(TokenError::Invalid)?;
        if now < claims.expires { Ok(claims) } else { Err(TokenError::Expired) }
    }

    fn authentic(&self, token: &str) -> Option<Claims> {
        if token.len() > MAX_TOKEN {
            return None;
        }
        let (payload, code) = token.split_once('.')?;
        let code = URL_SAFE_NO_PAD.decode(code).ok()?;
        self.mac(PURPOSE).chain_update(payload).verify_slice(&code).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> Claims {
        let grant =
            Grant { kind: "repository".into(), name: "team/app".into(), actions: vec!["pull".into(), "push".into()] };
        Claims { key: None, expires: 100, grants: vec![grant] }
    }

    #[test]
    fn tokens_are_read_by_who_signed_them_until_they_end() {
        let master = MasterKey::new([1; 32]);
        let token = master.sign_token(&claims()).unwrap();
        assert_eq!(master.verify_token(&token, 99), Ok(claims()));
        assert_eq!(master.verify_token(&token, 100), Err(TokenError::Expired));
        assert_eq!(MasterKey::new([2; 32]).verify_token(&token, 0), Err(TokenError::Invalid));
    }

    #[test]
    fn forged_tokens_are_refused() {
        let master = MasterKey::new([1; 32]);
        let token = master.sign_token(&claims()).unwrap();
        let (payload, code) = token.split_once('.').unwrap();
        let other = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&Claims { expires: 1000, ..claims() }).unwrap());
        for forged in [String::new(), ".".into(), payload.into(), format!("{payload}."), format!("{other}.{code}")] {
            assert_eq!(master.verify_token(&forged, 0), Err(TokenError::Invalid), "{forged}");
        }
    }

    #[test]
    fn a_token_is_good_for_its_scope() {
        fn check(name: &str, action: &str, expect: bool) {
            assert_eq!(claims().grants(&name.parse().unwrap(), action), expect, "{action} {name}");
        }
        check("team/app", "pull", true);
        check("team/app", "push", true);
        check("team/app", "delete", false);
        check("team/other", "pull", false);
        assert!(!claims().grants_catalog());
    }
}
