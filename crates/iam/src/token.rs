//! Tokens of docker's world: bearer tokens of the registry's token service, and the passwords `GetAuthorizationToken` gives.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use plimsoll_oci::RepositoryName;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::{MasterKey, SessionClaims};

const PURPOSE: &str = "registry token";
const LOGIN_PURPOSE: &str = "registry login";
/// The longest token read, in bytes: room for a hundred repositories.
const MAX_TOKEN: usize = 64 * 1024;

/// What a token says, and the registry has signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Whose it is.
    #[serde(rename = "key")]
    pub holder: Holder,
    /// When the token ends, in seconds since the Unix epoch.
    pub expires: u64,
    /// What it may be used for.
    pub grants: Vec<Grant>,
}

/// Whose a token is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Holder {
    /// Nobody's in particular.
    Anonymous,
    /// The user's who has this access key.
    Key(String),
    /// Whoever the temporary credentials stand for.
    Session(Box<SessionClaims>),
}

/// What the password of `GetAuthorizationToken` says, and the registry has signed: who logs in with it, and no limit to
/// what it is used for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Who asked for it.
    pub holder: Holder,
    /// When it ends, in seconds since the Unix epoch.
    pub expires: u64,
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
    /// Signs a bearer token. Clients treat it as opaque.
    pub fn sign_token(&self, claims: &Claims) -> Result<String, serde_json::Error> {
        sign(self.mac(PURPOSE), claims)
    }

    /// Reads a bearer token this server signed and that has not ended at `now`, in seconds since the Unix epoch.
    pub fn verify_token(&self, token: &str, now: u64) -> Result<Claims, TokenError> {
        let claims: Claims = open(self.mac(PURPOSE), token, MAX_TOKEN)?;
        if now < claims.expires { Ok(claims) } else { Err(TokenError::Expired) }
    }

    /// Signs the password that the user `AWS` logs in with. It is of no use as a bearer token.
    pub fn sign_login(&self, login: &Login) -> Result<String, serde_json::Error> {
        sign(self.mac(LOGIN_PURPOSE), login)
    }

    /// Reads a password this server signed and that has not ended at `now`, in seconds since the Unix epoch.
    pub fn verify_login(&self, password: &str, now: u64) -> Result<Login, TokenError> {
        let login: Login = open(self.mac(LOGIN_PURPOSE), password, MAX_TOKEN)?;
        if now < login.expires { Ok(login) } else { Err(TokenError::Expired) }
    }
}

/// Writes `<payload>.<code>`, both in URL-safe base64.
pub(crate) fn sign(mac: Hmac<Sha256>, claims: &impl Serialize) -> Result<String, serde_json::Error> {
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims)?);
    let code = mac.chain_update(&payload).finalize().into_bytes();
    Ok(format!("{payload}.{}", URL_SAFE_NO_PAD.encode(code)))
}

/// Reads what [`sign`] wrote with the same code; nothing else is decoded.
pub(crate) fn open<T: DeserializeOwned>(mac: Hmac<Sha256>, token: &str, longest: usize) -> Result<T, TokenError> {
    let (payload, code) = token.split_once('.').filter(|_| token.len() <= longest).ok_or(TokenError::Invalid)?;
    let code = URL_SAFE_NO_PAD.decode(code).map_err(|_| TokenError::Invalid)?;
    mac.chain_update(payload).verify_slice(&code).map_err(|_| TokenError::Invalid)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| TokenError::Invalid)?;
    serde_json::from_slice(&payload).map_err(|_| TokenError::Invalid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Session, SessionHolder};

    fn claims() -> Claims {
        let grant =
            Grant { kind: "repository".into(), name: "team/app".into(), actions: vec!["pull".into(), "push".into()] };
        Claims { holder: Holder::Anonymous, expires: 100, grants: vec![grant] }
    }

    fn holders() -> [Holder; 3] {
        let account = "000000000042".parse().unwrap();
        let [role_path, role, role_id, name] = ["/", "push", "AROAX", "job-7"].map(str::to_owned);
        let session = SessionClaims {
            holder: SessionHolder::Role(Session { account, role_path, role, role_id, name }),
            policy: None,
            policy_arns: vec![],
            tags: vec![],
            transitive: vec![],
            source_identity: None,
            provider: None,
            issued: 1,
            expires: 2,
        };
        [Holder::Anonymous, Holder::Key("PLIMAAAAAAAAAAAAAAAA".into()), Holder::Session(Box::new(session))]
    }

    #[test]
    fn tokens_are_read_by_who_signed_them_until_they_end() {
        let master = MasterKey::new([1; 32]);
        for holder in holders() {
            let claims = Claims { holder, ..claims() };
            let token = master.sign_token(&claims).unwrap();
            assert_eq!(master.verify_token(&token, 99), Ok(claims));
            assert_eq!(master.verify_token(&token, 100), Err(TokenError::Expired));
            assert_eq!(MasterKey::new([2; 32]).verify_token(&token, 0), Err(TokenError::Invalid));
        }
    }

    #[test]
    fn logins_are_no_bearer_tokens_and_the_other_way_round() {
        let master = MasterKey::new([1; 32]);
        for holder in holders() {
            let login = Login { holder, expires: 100 };
            let password = master.sign_login(&login).unwrap();
            assert_eq!(master.verify_login(&password, 99), Ok(login));
            assert_eq!(master.verify_login(&password, 100), Err(TokenError::Expired));
            assert_eq!(MasterKey::new([2; 32]).verify_login(&password, 0), Err(TokenError::Invalid));
            assert_eq!(master.verify_token(&password, 0), Err(TokenError::Invalid));
        }
        let token = master.sign_token(&claims()).unwrap();
        assert_eq!(master.verify_login(&token, 0), Err(TokenError::Invalid));
    }

    #[test]
    fn tokens_of_before_sessions_are_still_read() {
        let master = MasterKey::new([1; 32]);
        let check = |json: &str, holder: Holder| {
            let read: serde_json::Value = serde_json::from_str(json).unwrap();
            let token = sign(master.mac(PURPOSE), &read).unwrap();
            assert_eq!(master.verify_token(&token, 0), Ok(Claims { holder, expires: 9, grants: vec![] }));
        };
        check(r#"{"key":null,"expires":9,"grants":[]}"#, Holder::Anonymous);
        check(r#"{"key":"PLIMA","expires":9,"grants":[]}"#, Holder::Key("PLIMA".into()));
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
