//! Who signed a request.
//!
//! What can be refused without the body is refused before it is read, so that only who has a key in force makes the server
//! hold one.

use std::sync::Arc;

use bytes::Bytes;
use plimsoll_iam::sigv4::{self, Body, SignatureError, Signed};
use plimsoll_iam::{AccessKeyId, Caller, Principal};
use plimsoll_registry::RegistryError;
use sha2::{Digest as _, Sha256};

use super::{Credential, From};
use crate::state::State;

/// Who sent a request.
pub(super) struct Sender {
    pub(super) caller: Arc<Caller>,
    pub(super) credential: Credential,
}

/// A request whose signature is of a key in force, and is yet to be verified with the body.
pub(super) struct Claimed {
    signed: Signed,
    key: AccessKeyId,
    sender: Sender,
}

/// Why the sender of a request is not known.
#[derive(Debug)]
pub(super) enum Refused {
    /// Its signature is not accepted.
    Signature(SignatureError),
    /// It could not be checked.
    Failed(RegistryError),
}

impl std::convert::From<SignatureError> for Refused {
    fn from(error: SignatureError) -> Self {
        Self::Signature(error)
    }
}

/// Nobody in particular.
pub(super) fn anonymous() -> Sender {
    Sender { caller: Arc::new(Caller::bare(Principal::Anonymous)), credential: Credential::None }
}

/// Whether the request is signed at all, rightly or not.
pub(super) fn is_signed(from: &From<'_>) -> bool {
    !matches!(parse(from), Ok(None))
}

/// Reads the signature of a request to `service`, and finds its key.
pub(super) fn claim(from: &From<'_>, service: &str) -> Result<Claimed, Refused> {
    let signed = parse(from)?.ok_or(SignatureError::Missing)?;
    let mut regions = vec![from.state.region.as_str()];
    // Services that AWS has once for all regions are asked there by clients that know no other.
    if service != "ecr" {
        regions.push("us-east-1");
    }
    let key: AccessKeyId = signed.access_key_id().parse().map_err(|()| SignatureError::Unknown)?;
    let now = from.now.div_euclid(1000);
    let sender = sender(from.state, &signed, &key, now)?;
    signed.check_scope(&regions, service)?;
    signed.check_time(now)?;
    Ok(Claimed { signed, key, sender })
}

impl Claimed {
    /// Verifies the signature of a request with this body.
    pub(super) fn verify(self, from: &From<'_>, body: &Bytes) -> Result<Sender, Refused> {
        let secret = from.state.registry.identities().master().secret_of(&self.key);
        let body = Body::Sha256(Sha256::digest(body).into());
        self.signed.verify(secret.reveal(), body, from.now.div_euclid(1000))?;
        Ok(self.sender)
    }
}

fn parse(from: &From<'_>) -> Result<Option<Signed>, SignatureError> {
    let headers: Vec<_> = from.parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    sigv4::parse(&sigv4::Request {
        method: from.parts.method.as_str(),
        path: from.parts.uri.path(),
        query: from.parts.uri.query().unwrap_or_default(),
        headers: &headers,
    })
}

fn sender(state: &State, signed: &Signed, key: &AccessKeyId, now: i64) -> Result<Sender, Refused> {
    let identities = state.registry.identities();
    match signed.session_token() {
        Some(token) if key.is_temporary() => {
            let claims = identities.master().open_session(token, key.as_str(), now);
            let claims = claims.map_err(SignatureError::from)?;
            let caller = identities.caller_of_session(&claims).map_err(Refused::Failed)?;
            let caller = caller.ok_or(SignatureError::Unknown)?;
            Ok(Sender { caller, credential: Credential::Session(key.to_string(), Box::new(claims)) })
        }
        None if !key.is_temporary() => {
            let caller = identities.caller_of_key(key).map_err(Refused::Failed)?.ok_or(SignatureError::Unknown)?;
            Ok(Sender { caller, credential: Credential::Key(key.to_string()) })
        }
        // Temporary credentials without their token, or a token with a key it does not belong to.
        _ => Err(SignatureError::Unknown.into()),
    }
}
