//! Temporary credentials. The server keeps nothing of them: all they stand for is in the session token, signed.

use std::fmt;

use hmac::Mac;
use serde::{Deserialize, Serialize};

use crate::token::{self, TokenError};
use crate::{AccessKeyId, AccountId, MasterKey, SecretAccessKey, Session};

const PURPOSE: &str = "session token";
/// The longest session token made and read, in bytes. It travels in a header, and heads are bounded.
const MAX_TOKEN: usize = 24 * 1024;

/// Temporary credentials. All three are needed to sign a request. Only the id and the end of them print.
pub struct Credentials {
    /// The access key id: `PLIT` and 16 characters.
    pub access_key_id: AccessKeyId,
    /// The secret.
    pub secret: SecretAccessKey,
    /// The session token, which clients send along and treat as opaque.
    pub token: String,
    /// When they end, in seconds since the Unix epoch.
    pub expires: i64,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

impl Credentials {
    /// How much of what a session token may hold this one takes, in percent, rounded up.
    pub fn utilization(&self) -> usize {
        (self.token.len() * 100).div_ceil(MAX_TOKEN)
    }
}

/// What temporary credentials stand for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "wire::Claims", into = "wire::Claims")]
pub struct SessionClaims {
    /// Whose they are.
    pub holder: SessionHolder,
    /// The session policy given inline; its text is not checked here.
    pub policy: Option<String>,
    /// The ARNs of managed policies given as session policies.
    pub policy_arns: Vec<String>,
    /// The session's tags.
    pub tags: Vec<(String, String)>,
    /// The keys of the tags that a session of a role assumed from this one has too.
    pub transitive: Vec<String>,
    /// Who is behind the session, as whoever began it said.
    pub source_identity: Option<String>,
    /// The issuer that vouched for who assumed the role, for web identities.
    pub provider: Option<String>,
    /// When they were made, in seconds since the Unix epoch.
    pub issued: i64,
    /// When they end, in seconds since the Unix epoch.
    pub expires: i64,
}

/// Whose temporary credentials are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionHolder {
    /// A user's, from `GetSessionToken`.
    User {
        /// The user's account.
        account: AccountId,
        /// The user's name.
        name: String,
        /// The user's id, by which a later user of the same name is told apart.
        id: String,
    },
    /// A session of a role, from `AssumeRole` and its like.
    Role(Session),
}

impl SessionHolder {
    /// The account of the user or role.
    pub fn account(&self) -> AccountId {
        match self {
            Self::User { account, .. } => *account,
            Self::Role(session) => session.account,
        }
    }
}

/// Why a session token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// It is not one of this server's, was changed, or belongs to another access key.
    #[error("the session token is not valid")]
    Invalid,
    /// Its time is over.
    #[error("the session has expired")]
    Expired,
}

/// The policies and tags of a session do not fit into a session token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the policies and tags of the session are too large: its token would be longer than {MAX_TOKEN} bytes")]
pub struct SessionTooLarge;

impl MasterKey {
    /// Makes temporary credentials from 10 random bytes.
    ///
    /// # Errors
    /// [`SessionTooLarge`] if policies and tags together exceed what a token holds.
    pub fn issue_session(&self, random: [u8; 10], claims: &SessionClaims) -> Result<Credentials, SessionTooLarge> {
        let access_key_id = AccessKeyId::temporary_from_random(random);
        let token = token::sign(self.session_mac(access_key_id.as_str()), claims).map_err(|_| SessionTooLarge)?;
        if token.len() > MAX_TOKEN {
            return Err(SessionTooLarge);
        }
        let secret = self.secret_of(&access_key_id);
        Ok(Credentials { access_key_id, secret, token, expires: claims.expires })
    }

    /// Reads the session token that belongs to an access key and has not ended at `now`, in seconds since the Unix epoch.
    /// That the caller has the secret of the access key too is for the request's signature to prove.
    ///
    /// # Errors
    /// [`SessionError::Invalid`] for a token of another server or key, [`SessionError::Expired`] for one whose time is over.
    pub fn open_session(&self, token: &str, access_key_id: &str, now: i64) -> Result<SessionClaims, SessionError> {
        let claims: Result<SessionClaims, TokenError> = token::open(self.session_mac(access_key_id), token, MAX_TOKEN);
        let claims = claims.map_err(|_| SessionError::Invalid)?;
        if now < claims.expires { Ok(claims) } else { Err(SessionError::Expired) }
    }

    /// The code over a token of one access key. Ids have no zero byte, so that id and payload cannot run into each other.
    fn session_mac(&self, access_key_id: &str) -> hmac::Hmac<sha2::Sha256> {
        self.mac(PURPOSE).chain_update(access_key_id.as_bytes()).chain_update([0])
    }
}

/// How claims are written into tokens: short, and independent of the names above.
mod wire {
    use serde::{Deserialize, Serialize};

    use super::{SessionClaims, SessionHolder};
    use crate::{AccountIdError, Session};

    #[derive(Serialize, Deserialize)]
    pub(super) struct Claims {
        #[serde(flatten)]
        holder: Holder,
        #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
        policy: Option<String>,
        #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
        policy_arns: Vec<String>,
        #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
        tags: Vec<(String, String)>,
        #[serde(rename = "x", default, skip_serializing_if = "Vec::is_empty")]
        transitive: Vec<String>,
        #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
        source_identity: Option<String>,
        #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
        provider: Option<String>,
        #[serde(rename = "i")]
        issued: i64,
        #[serde(rename = "e")]
        expires: i64,
    }

    #[derive(Serialize, Deserialize)]
    enum Holder {
        /// Account, name, id.
        #[serde(rename = "u")]
        User(String, String, String),
        /// Account, path, role, id, session.
        #[serde(rename = "r")]
        Role(String, String, String, String, String),
    }

    impl From<SessionClaims> for Claims {
        fn from(claims: SessionClaims) -> Self {
            let SessionClaims {
                holder,
                policy,
                policy_arns,
                tags,
                transitive,
                source_identity,
                provider,
                issued,
                expires,
            } = claims;
            let holder = match holder {
                SessionHolder::User { account, name, id } => Holder::User(account.to_string(), name, id),
                SessionHolder::Role(Session { account, role_path, role, role_id, name }) => {
                    Holder::Role(account.to_string(), role_path, role, role_id, name)
                }
            };
            Self { holder, policy, policy_arns, tags, transitive, source_identity, provider, issued, expires }
        }
    }

    impl TryFrom<Claims> for SessionClaims {
        type Error = AccountIdError;

        fn try_from(claims: Claims) -> Result<Self, AccountIdError> {
            let Claims { holder, policy, policy_arns, tags, transitive, source_identity, provider, issued, expires } =
                claims;
            let holder = match holder {
                Holder::User(account, name, id) => SessionHolder::User { account: account.parse()?, name, id },
                Holder::Role(account, role_path, role, role_id, name) => {
                    SessionHolder::Role(Session { account: account.parse()?, role_path, role, role_id, name })
                }
            };
            Ok(Self { holder, policy, policy_arns, tags, transitive, source_identity, provider, issued, expires })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(tags: Vec<(String, String)>) -> SessionClaims {
        let text = str::to_owned;
        SessionClaims {
            holder: SessionHolder::Role(Session {
                account: "000000000042".parse().unwrap(),
                role_path: text("/ci/"),
                role: text("push"),
                role_id: text("AROAEXAMPLE"),
                name: text("job-7"),
            }),
            policy: Some(text(r#"{"Version":"2012-10-17"}"#)),
            policy_arns: vec![text("arn:aws:iam::aws:policy/ReadOnlyAccess")],
            tags,
            transitive: vec![text("team")],
            source_identity: Some(text("alice")),
            provider: Some(text("token.example.com")),
            issued: 1000,
            expires: 4600,
        }
    }

    fn user() -> SessionClaims {
        let holder = SessionHolder::User {
            account: "000000000042".parse().unwrap(),
            name: "bob".to_owned(),
            id: "AIDAEXAMPLE".to_owned(),
        };
        SessionClaims { holder, policy: None, policy_arns: vec![], provider: None, ..role(vec![]) }
    }

    #[test]
    fn sessions_are_opened_by_who_issued_them_until_they_end() {
        let (master, other) = (MasterKey::new([1; 32]), MasterKey::new([2; 32]));
        for claims in [role(vec![("team".into(), "blue".into())]), user()] {
            let issued = master.issue_session([7; 10], &claims).unwrap();
            let id = issued.access_key_id.as_str();
            assert!(id.starts_with("PLIT") && issued.access_key_id.is_temporary(), "{id}");
            assert_eq!(issued.expires, 4600);
            assert!(master.is_secret_of(&issued.access_key_id, issued.secret.reveal()));
            assert_eq!(master.open_session(&issued.token, id, 4599), Ok(claims.clone()));
            assert_eq!(master.open_session(&issued.token, id, 4600), Err(SessionError::Expired));
            assert_eq!(other.open_session(&issued.token, id, 0), Err(SessionError::Invalid));
        }
    }

    #[test]
    fn a_token_is_worth_nothing_with_another_key_or_as_another_kind() {
        let master = MasterKey::new([1; 32]);
        let issued = master.issue_session([7; 10], &user()).unwrap();
        let another = AccessKeyId::temporary_from_random([8; 10]);
        let check = |token: &str, id: &str| assert_eq!(master.open_session(token, id, 0), Err(SessionError::Invalid));
        check(&issued.token, another.as_str());
        check(&issued.token, "");
        check("", issued.access_key_id.as_str());
        check(&issued.token[1..], issued.access_key_id.as_str());
        check(&"a".repeat(MAX_TOKEN + 1), issued.access_key_id.as_str());
        assert_eq!(master.verify_token(&issued.token, 0), Err(TokenError::Invalid));
    }

    #[test]
    fn what_does_not_fit_is_not_issued() {
        let master = MasterKey::new([1; 32]);
        let tags = |count: usize| vec![("k".repeat(128), "v".repeat(256)); count];
        assert!(master.issue_session([7; 10], &role(tags(40))).is_ok());
        assert!(matches!(master.issue_session([7; 10], &role(tags(50))), Err(SessionTooLarge)));
    }

    #[test]
    fn credentials_print_without_what_they_are_used_with() {
        let issued = MasterKey::new([1; 32]).issue_session([7; 10], &user()).unwrap();
        let printed = format!("{issued:?}");
        assert!(printed.contains(issued.access_key_id.as_str()) && printed.contains("4600"), "{printed}");
        assert!(!printed.contains(&issued.token) && !printed.contains(issued.secret.reveal()), "{printed}");
    }
}
