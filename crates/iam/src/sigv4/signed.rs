//! A request's signature, read and waiting for the secret.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};

use super::canonical::{self, Parameter};
use super::date::Date;
use super::{ALGORITHM, Request, SignatureError};

/// How far the signer's clock may be from the server's, in seconds.
const WINDOW: i64 = 15 * 60;
/// The most headers one signature may cover.
const MAX_SIGNED_HEADERS: usize = 100;
const TERMINATOR: &str = "aws4_request";
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
/// The one `x-amz-` header that may go unsigned, because some clients add it after signing. It is worth nothing with any
/// other access key.
const TOKEN_HEADER: &str = "x-amz-security-token";

/// What either form of signature says, before it is checked.
pub(super) struct Claim {
    pub(super) credential: String,
    pub(super) signed_headers: String,
    pub(super) signature: String,
    pub(super) date: Date,
    /// For how many seconds it is good; the header form does not say.
    pub(super) expires: Option<u32>,
    pub(super) token: Option<String>,
    /// The parameters of the query that the signature covers.
    pub(super) query: Vec<Parameter>,
}

/// What a signature is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The day, as `20150830`.
    pub date: String,
    /// The region.
    pub region: String,
    /// The service.
    pub service: String,
}

/// The body of the request, as far as the server knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// Its SHA-256.
    Sha256([u8; 32]),
    /// The server accepts that the signature does not cover the body.
    Unsigned,
}

/// A signature that has been read and is yet to be verified: until then nothing in it is to be believed.
#[derive(Clone)]
pub struct Signed {
    access_key_id: String,
    scope: Scope,
    token: Option<String>,
    signature: Option<[u8; 32]>,
    date: Date,
    expires: Option<u32>,
    /// The value of `x-amz-content-sha256`.
    content_hash: Option<String>,
    /// The canonical request without its last line.
    canonical: Vec<u8>,
}

impl Signed {
    pub(super) fn new(request: &Request<'_>, claim: Claim) -> Result<Self, SignatureError> {
        let (access_key_id, scope) = credential(&claim.credential)?;
        if scope.date != claim.date.day() {
            return Err(SignatureError::Refused(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{}', \
                 from '{}'.",
                scope.date,
                claim.date.day(),
                claim.date.text
            )));
        }
        let signed: Vec<String> = claim.signed_headers.split(';').map(str::to_ascii_lowercase).collect();
        covers(request, &signed)?;
        Ok(Self {
            access_key_id,
            scope,
            token: claim.token,
            signature: signature_bytes(&claim.signature),
            date: claim.date,
            expires: claim.expires,
            content_hash: request.value("x-amz-content-sha256")?.map(str::to_owned),
            canonical: canonical::request(request, claim.query, &signed),
        })
    }

    /// The id of the access key that is said to have signed.
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// What the signature is good for.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The session token, for temporary credentials.
    pub fn session_token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Whether the signature does not cover the body.
    pub fn leaves_body_unsigned(&self) -> bool {
        self.content_hash.as_deref() == Some(UNSIGNED)
    }

    /// Whether the signature is for one of the regions and for the service.
    ///
    /// # Errors
    /// [`SignatureError::Refused`], naming each of the two that is wrong.
    pub fn check_scope(&self, regions: &[&str], service: &str) -> Result<(), SignatureError> {
        let mut wrong = Vec::new();
        if !regions.contains(&self.scope.region.as_str()) {
            wrong.push(format!("Credential should be scoped to a valid region, not '{}'.", self.scope.region));
        }
        if self.scope.service != service {
            wrong.push(format!("Credential should be scoped to correct service: '{service}'."));
        }
        if wrong.is_empty() { Ok(()) } else { Err(SignatureError::Refused(wrong.join(" "))) }
    }

    /// Whether the signature is what `secret` gives for this request with this body, at `now` in seconds since the Unix
    /// epoch. Signatures compare in constant time.
    ///
    /// # Errors
    /// [`SignatureError::Refused`] outside the signature's time or for a body of another hash than it names,
    /// [`SignatureError::Mismatch`] otherwise.
    pub fn verify(&self, secret: &str, body: Body, now: i64) -> Result<(), SignatureError> {
        self.check_time(now)?;
        let payload = self.payload(body)?;
        let request = Sha256::new().chain_update(&self.canonical).chain_update(payload).finalize();
        let Scope { date, region, service } = &self.scope;
        let scope = format!("{date}/{region}/{service}/{TERMINATOR}");
        let text = format!("{ALGORITHM}\n{}\n{scope}\n{}", self.date.text, hex(&request));
        let mut key = [b"AWS4", secret.as_bytes()].concat();
        for part in [date, region, service, TERMINATOR] {
            key = keyed(&key)?.chain_update(part).finalize().into_bytes().to_vec();
        }
        let signature = self.signature.ok_or(SignatureError::Mismatch)?;
        keyed(&key)?.chain_update(text).verify_slice(&signature).map_err(|_| SignatureError::Mismatch)
    }

    /// Whether the signature is good at `now`, in seconds since the Unix epoch: up to a quarter of an hour to either side of
    /// when it says it was made, or for as long as a presigned request says.
    ///
    /// # Errors
    /// [`SignatureError::Refused`], with both times.
    pub fn check_time(&self, now: i64) -> Result<(), SignatureError> {
        let lifetime = self.expires.map_or(WINDOW, i64::from);
        let (earliest, latest) = (now.saturating_sub(lifetime), now.saturating_add(WINDOW));
        let text = |unix| Date::from_unix(unix).text;
        let signed = &self.date;
        if signed.unix < earliest {
            let (earliest, now, lifetime) = (text(earliest), text(now), duration(lifetime));
            let bound = format!("{earliest} ({now} - {lifetime}.)");
            return Err(SignatureError::Refused(format!(
                "Signature expired: {} is now earlier than {bound}",
                signed.text
            )));
        }
        if signed.unix > latest {
            let bound = format!("{} ({} + {}.)", text(latest), text(now), duration(WINDOW));
            let message = format!("Signature not yet current: {} is still later than {bound}", signed.text);
            return Err(SignatureError::Refused(message));
        }
        Ok(())
    }

    /// The last line of the canonical request.
    fn payload(&self, body: Body) -> Result<String, SignatureError> {
        let differs = || {
            let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
            SignatureError::Refused(message.to_owned())
        };
        match (body, self.content_hash.as_deref()) {
            (Body::Unsigned, None | Some(UNSIGNED)) => Ok(UNSIGNED.to_owned()),
            (Body::Sha256(hash), None) => Ok(hex(&hash)),
            (Body::Sha256(hash), Some(claimed)) if claimed == hex(&hash) => Ok(claimed.to_owned()),
            (_, Some(_)) => Err(differs()),
        }
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed")
            .field("access_key_id", &self.access_key_id)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

fn credential(text: &str) -> Result<(String, Scope), SignatureError> {
    let mut parts = text.split('/');
    let elements = [parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next()];
    let [Some(key), Some(date), Some(region), Some(service), Some(terminator), None] = elements else {
        return Err(SignatureError::Incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{text}'"
        )));
    };
    if terminator != TERMINATOR {
        return Err(SignatureError::Refused(format!(
            "Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{terminator}'."
        )));
    }
    let scope = Scope { date: date.to_owned(), region: region.to_owned(), service: service.to_owned() };
    Ok((key.to_owned(), scope))
}

/// Whether the signature covers what it has to.
fn covers(request: &Request<'_>, signed: &[String]) -> Result<(), SignatureError> {
    if signed.len() > MAX_SIGNED_HEADERS {
        let message = format!("'SignedHeaders' must not name more than {MAX_SIGNED_HEADERS} headers.");
        return Err(SignatureError::Incomplete(message));
    }
    if !signed.iter().any(|name| name == "host") {
        let message = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
        return Err(SignatureError::Refused(message.to_owned()));
    }
    let must = |name: &str| name.starts_with("x-amz-") && name != TOKEN_HEADER;
    let names = request.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
    let unsigned: Vec<String> = names.filter(|name| must(name) && !signed.contains(name)).collect();
    if !unsigned.is_empty() {
        let message = "There were headers present in the request which were not signed";
        return Err(SignatureError::Refused(format!("{message}: {}", unsigned.join(", "))));
    }
    Ok(())
}

/// A message authentication code under a key of any length, which is why it cannot fail.
fn keyed(key: &[u8]) -> Result<Hmac<Sha256>, SignatureError> {
    Hmac::new_from_slice(key).map_err(|_| SignatureError::Mismatch)
}

/// The bytes of a signature; `None` for what is not 64 hexadecimal digits.
fn signature_bytes(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (number, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(number * 2..number * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
        text
    })
}

fn duration(seconds: i64) -> String {
    if seconds % 60 == 0 { format!("{} min", seconds / 60) } else { format!("{seconds} sec") }
}
