//! Tokens: read, then verified, then what they say of their bearer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Jwks;
use super::jwks::Algorithm;

/// The longest token read, in bytes.
const MAX_TOKEN: usize = 64 * 1024;
/// The most claims of a token, and the most values of one.
const MAX_CLAIMS: usize = 100;
/// How far the issuer's clock may be from the server's, in seconds.
const LEEWAY: i64 = 60;

/// What a server trusts of an issuer.
#[derive(Clone, Copy, Debug)]
pub struct Issuer<'a> {
    /// The issuer's URL, exactly as its tokens name it.
    pub url: &'a str,
    /// The audiences a token may be for.
    pub audiences: &'a [String],
    /// The issuer's keys.
    pub keys: &'a Jwks,
}

/// A token that has been read and is yet to be verified: until then nothing in it is to be believed.
#[derive(Clone, Debug)]
pub struct WebToken {
    algorithm: Algorithm,
    key_id: Option<String>,
    /// What is signed.
    text: String,
    signature: Vec<u8>,
    claims: Claims,
}

/// Who a verified token is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebIdentity {
    /// The issuer's URL without its scheme, as policies and trust relationships name it: `token.example.com/path`.
    pub provider: String,
    /// Whom the issuer vouches for: `sub`.
    pub subject: String,
    /// The audience by which the token was accepted.
    pub audience: String,
    /// All claims that are texts or lists of texts, by name.
    pub claims: Vec<(String, Vec<String>)>,
}

/// Why a token is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebIdentityError {
    /// It is not a signed JSON Web Token: why.
    #[error("the token is not a JSON Web Token: {0}")]
    Malformed(&'static str),
    /// It is not signed by an algorithm that can be trusted: `none`, or one with a shared secret, among others.
    #[error("the token is signed by an algorithm that is not accepted")]
    Algorithm,
    /// It is of another issuer.
    #[error("the token is of another issuer")]
    Issuer,
    /// The issuer has no such key.
    #[error("the issuer has no key by which the token could be signed")]
    UnknownKey,
    /// The signature is wrong.
    #[error("the signature of the token is wrong")]
    Signature,
    /// It is for somebody else.
    #[error("the token is for another audience")]
    Audience,
    /// Its time is over.
    #[error("the token expired at {expires}, and it is {now} now (in seconds since the Unix epoch)")]
    Expired {
        /// When it ended, in seconds since the Unix epoch.
        expires: i64,
        /// Now.
        now: i64,
    },
    /// Its time is yet to come.
    #[error("the token is not valid yet")]
    NotYet,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood; none is.
    crit: Option<Value>,
}

#[derive(Clone, Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: Number,
    iat: Number,
    nbf: Option<Number>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn all(&self) -> &[String] {
        match self {
            Self::One(audience) => std::slice::from_ref(audience),
            Self::Many(audiences) => audiences,
        }
    }
}

/// A time in seconds since the Unix epoch, with fractions or without.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "f64")]
struct Number(i64);

impl TryFrom<f64> for Number {
    type Error = &'static str;

    fn try_from(seconds: f64) -> Result<Self, &'static str> {
        // The last second of the year 9999.
        if (0.0..=253_402_300_799.0).contains(&seconds) { Ok(Self(seconds as i64)) } else { Err("not a time") }
    }
}

impl WebToken {
    /// Reads a token in the compact form `<header>.<claims>.<signature>`.
    ///
    /// # Errors
    /// [`WebIdentityError::Malformed`] for what is not one, [`WebIdentityError::Algorithm`] for one that is not signed, or
    /// by a shared secret.
    pub fn parse(token: &str) -> Result<Self, WebIdentityError> {
        let malformed = WebIdentityError::Malformed;
        if token.len() > MAX_TOKEN {
            return Err(malformed("it is too long"));
        }
        let (text, signature) = token.rsplit_once('.').ok_or(malformed("it does not have three parts"))?;
        let (header, claims) = text.split_once('.').ok_or(malformed("it does not have three parts"))?;
        let header: Header = part(header).ok_or(malformed("its header cannot be read"))?;
        if header.crit.is_some() {
            return Err(malformed("its header demands an extension"));
        }
        let algorithm = Algorithm::from_name(&header.alg).ok_or(WebIdentityError::Algorithm)?;
        let claims: Claims = part(claims).ok_or(malformed("iss, sub, aud, exp and iat cannot be read"))?;
        if claims.others.len() > MAX_CLAIMS || claims.aud.all().len() > MAX_CLAIMS {
            return Err(malformed("it has too many claims"));
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed("its signature cannot be read"))?;
        Ok(Self { algorithm, key_id: header.kid, text: text.to_owned(), signature, claims })
    }

    /// The URL of the issuer that the token claims to be of.
    pub fn issuer(&self) -> &str {
        &self.claims.iss
    }

    /// Verifies the token at `now`, in seconds since the Unix epoch, and says who it is of. Clocks may differ by a minute.
    ///
    /// # Errors
    /// [`WebIdentityError`] for a token of another issuer, by none of its keys, for another audience, or out of its time.
    pub fn verify(&self, issuer: &Issuer<'_>, now: i64) -> Result<WebIdentity, WebIdentityError> {
        if self.claims.iss != issuer.url {
            return Err(WebIdentityError::Issuer);
        }
        let key_id = self.key_id.as_deref();
        if !issuer.keys.has(self.algorithm, key_id) {
            return Err(WebIdentityError::UnknownKey);
        }
        if !issuer.keys.verify(self.algorithm, key_id, self.text.as_bytes(), &self.signature) {
            return Err(WebIdentityError::Signature);
        }
        self.in_time(now)?;
        let accepted = self.claims.aud.all().iter().find(|audience| issuer.audiences.contains(audience));
        let audience = accepted.ok_or(WebIdentityError::Audience)?.clone();
        let provider = issuer.url.split_once("://").map_or(issuer.url, |(_, rest)| rest).to_owned();
        Ok(WebIdentity { provider, subject: self.claims.sub.clone(), audience, claims: self.texts() })
    }

    fn in_time(&self, now: i64) -> Result<(), WebIdentityError> {
        let Claims { exp: Number(expires), iat: Number(issued), nbf, .. } = self.claims;
        if now.saturating_sub(LEEWAY) >= expires {
            return Err(WebIdentityError::Expired { expires, now });
        }
        let begins = nbf.map_or(issued, |Number(begins)| begins.max(issued));
        if now.saturating_add(LEEWAY) < begins { Err(WebIdentityError::NotYet) } else { Ok(()) }
    }

    /// The claims that condition keys can be made of.
    fn texts(&self) -> Vec<(String, Vec<String>)> {
        let own = [
            ("iss", vec![self.claims.iss.clone()]),
            ("sub", vec![self.claims.sub.clone()]),
            ("aud", self.claims.aud.all().to_vec()),
        ];
        let others = self.claims.others.iter().filter_map(|(name, value)| Some((name.clone(), texts(value)?)));
        own.into_iter().map(|(name, values)| (name.to_owned(), values)).chain(others).collect()
    }
}

impl WebIdentity {
    /// The condition keys of the token and their values: `<provider>:<claim>`.
    pub fn condition_keys(&self) -> impl Iterator<Item = (String, &[String])> {
        self.claims.iter().map(|(name, values)| (format!("{}:{name}", self.provider), values.as_slice()))
    }
}

fn part<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// The text, or the texts of a list of nothing else.
fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Array(values) if values.len() <= MAX_CLAIMS => {
            values.iter().map(|value| value.as_str().map(str::to_owned)).collect()
        }
        _ => None,
    }
}
