//! Who sends a request of docker's world: basic credentials, or a bearer token of the token service.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;
use plimsoll_iam::{AccessKeyId, Caller, Claims, Holder, Principal, TokenError};
use plimsoll_registry::{Identities, RegistryError};

/// The longest `Authorization` header read.
const MAX_HEADER: usize = 64 * 1024;
/// The user that the password of `GetAuthorizationToken` belongs to.
const LOGIN_USER: &str = "AWS";

/// Who a request is from, with what its token limits it to.
pub(crate) struct Identity {
    /// Who it is, with all that bounds what it may do.
    pub(crate) caller: Arc<Caller>,
    /// Whose a token made for it is.
    pub(crate) holder: Holder,
    /// What its token is good for; none where it showed credentials themselves.
    pub(crate) claims: Option<Claims>,
}

/// Why it is not known who sends a request.
#[derive(Debug)]
pub(crate) enum Unknown {
    /// The credentials are wrong, malformed, or no longer good.
    Credentials(&'static str),
    /// The password was good once.
    LoginExpired,
    /// The credentials could not be checked.
    Failed(RegistryError),
}

const WRONG: Unknown = Unknown::Credentials("the access key or its secret is wrong");

impl Identity {
    fn anonymous() -> Self {
        Self { caller: Arc::new(Caller::bare(Principal::Anonymous)), holder: Holder::Anonymous, claims: None }
    }

    /// Whether nobody says who it is.
    pub(crate) fn is_anonymous(&self) -> bool {
        self.caller.principal == Principal::Anonymous
    }
}

/// Reads the credentials of a request. None at all make the caller anonymous; wrong ones are refused.
pub(crate) fn identify(identities: &Identities, headers: &HeaderMap, now: u64) -> Result<Identity, Unknown> {
    let Some(header) = headers.get(AUTHORIZATION) else { return Ok(Identity::anonymous()) };
    let header = header.to_str().ok().filter(|header| header.len() <= MAX_HEADER);
    let (scheme, credentials) =
        header.and_then(|header| header.split_once(' ')).ok_or(Unknown::Credentials("malformed credentials"))?;
    let credentials = credentials.trim();
    match scheme {
        _ if scheme.eq_ignore_ascii_case("basic") => basic(identities, credentials, now),
        _ if scheme.eq_ignore_ascii_case("bearer") => bearer(identities, credentials, now),
        _ => Err(Unknown::Credentials("log in with basic or bearer authentication")),
    }
}

fn basic(identities: &Identities, credentials: &str, now: u64) -> Result<Identity, Unknown> {
    let decoded = STANDARD.decode(credentials).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let (user, password) = decoded.as_deref().and_then(|pair| pair.split_once(':')).ok_or(WRONG)?;
    if user == LOGIN_USER {
        return login(identities, password, now);
    }
    let id: AccessKeyId = user.parse().map_err(|()| WRONG)?;
    // A temporary key's secret without its session token is worth nothing.
    if id.is_temporary() || !identities.master().is_secret_of(&id, password) {
        return Err(WRONG);
    }
    let caller = identities.caller_of_key(&id).map_err(Unknown::Failed)?.ok_or(WRONG)?;
    Ok(Identity { caller, holder: Holder::Key(id.to_string()), claims: None })
}

/// The password that `GetAuthorizationToken` gave.
fn login(identities: &Identities, password: &str, now: u64) -> Result<Identity, Unknown> {
    let login = identities.master().verify_login(password, now).map_err(|error| match error {
        TokenError::Invalid => WRONG,
        TokenError::Expired => Unknown::LoginExpired,
    })?;
    let caller = identities.caller_of_token(&login.holder).map_err(Unknown::Failed)?.ok_or(WRONG)?;
    Ok(Identity { caller, holder: login.holder, claims: None })
}

fn bearer(identities: &Identities, token: &str, now: u64) -> Result<Identity, Unknown> {
    let claims = identities.master().verify_token(token, now).map_err(|error| match error {
        TokenError::Invalid => Unknown::Credentials("the token is not valid"),
        TokenError::Expired => Unknown::Credentials("the token has expired: log in again"),
    })?;
    let revoked = Unknown::Credentials("whose token this is may no longer log in");
    let caller = identities.caller_of_token(&claims.holder).map_err(Unknown::Failed)?.ok_or(revoked)?;
    Ok(Identity { caller, holder: claims.holder.clone(), claims: Some(claims) })
}
