//! Key sets (RFC 7517), and signatures by their keys (RFC 7515, 7518).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

/// The largest key set read, in bytes.
const MAX_SET: usize = 1024 * 1024;
/// The most keys of a set.
const MAX_KEYS: usize = 100;

/// The keys of an issuer that signatures can be verified by. Keys of other kinds or for other uses are left out.
#[derive(Clone, Debug)]
pub struct Jwks {
    keys: Vec<Key>,
}

/// A text is not a key set.
#[derive(Debug, thiserror::Error)]
pub enum JwksError {
    /// It is too long.
    #[error("a key set must not be longer than {MAX_SET} bytes")]
    TooLarge,
    /// It has too many keys.
    #[error("a key set must not have more than {MAX_KEYS} keys")]
    TooManyKeys,
    /// It is not the JSON of a key set.
    #[error("not a key set: {0}")]
    Malformed(#[from] serde_json::Error),
    /// It has nothing to verify by.
    #[error("the key set has no RSA, P-256 or P-384 key for signatures")]
    NoKeys,
}

#[derive(Clone, Debug)]
struct Key {
    id: Option<String>,
    /// The one algorithm the key is for, if it says.
    algorithm: Option<String>,
    material: Material,
}

#[derive(Clone, Debug)]
enum Material {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// The point, uncompressed.
    P256(Vec<u8>),
    P384(Vec<u8>),
}

/// How a token is signed. There is none for tokens that are not signed, nor for those signed by a shared secret: an
/// issuer's public key must never be taken for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
}

impl Algorithm {
    const ALL: [Self; 8] =
        [Self::Rs256, Self::Rs384, Self::Rs512, Self::Ps256, Self::Ps384, Self::Ps512, Self::Es256, Self::Es384];

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }

    fn rsa(self) -> Option<&'static RsaParameters> {
        match self {
            Self::Rs256 => Some(&RSA_PKCS1_2048_8192_SHA256),
            Self::Rs384 => Some(&RSA_PKCS1_2048_8192_SHA384),
            Self::Rs512 => Some(&RSA_PKCS1_2048_8192_SHA512),
            Self::Ps256 => Some(&RSA_PSS_2048_8192_SHA256),
            Self::Ps384 => Some(&RSA_PSS_2048_8192_SHA384),
            Self::Ps512 => Some(&RSA_PSS_2048_8192_SHA512),
            Self::Es256 | Self::Es384 => None,
        }
    }
}

impl Jwks {
    /// Reads a key set.
    ///
    /// # Errors
    /// [`JwksError`] for what is not one, is larger than 1 MiB or 100 keys, or has no key that could be used.
    pub fn parse(text: &[u8]) -> Result<Self, JwksError> {
        if text.len() > MAX_SET {
            return Err(JwksError::TooLarge);
        }
        let set: wire::Set = serde_json::from_slice(text)?;
        if set.keys.len() > MAX_KEYS {
            return Err(JwksError::TooManyKeys);
        }
        let keys: Vec<Key> = set.keys.into_iter().filter_map(Key::from_wire).collect();
        if keys.is_empty() { Err(JwksError::NoKeys) } else { Ok(Self { keys }) }
    }

    /// Whether the set has a key that the token could be signed by. A token that names its key is signed by a key of that
    /// name; one that does not, by the only key for its algorithm.
    pub(super) fn has(&self, algorithm: Algorithm, key_id: Option<&str>) -> bool {
        self.suiting(algorithm, key_id).next().is_some()
    }

    /// Whether `signature` is by such a key.
    pub(super) fn verify(&self, algorithm: Algorithm, key_id: Option<&str>, text: &[u8], signature: &[u8]) -> bool {
        self.suiting(algorithm, key_id).any(|key| key.material.verify(algorithm, text, signature))
    }

    fn suiting(&self, algorithm: Algorithm, key_id: Option<&str>) -> impl Iterator<Item = &Key> {
        let suits = move |key: &&Key| key.suits(algorithm) && (key_id.is_none() || key.id.as_deref() == key_id);
        let ambiguous = key_id.is_none() && self.keys.iter().filter(suits).count() > 1;
        self.keys.iter().filter(move |key| !ambiguous && suits(key))
    }
}

impl Key {
    fn from_wire(key: wire::Key) -> Option<Self> {
        if key.usage.is_some_and(|usage| usage != "sig") {
            return None;
        }
        let material = match (key.kind.as_str(), key.curve.as_deref()) {
            ("RSA", _) => Material::Rsa { modulus: bytes(key.modulus)?, exponent: bytes(key.exponent)? },
            ("EC", Some("P-256")) => Material::P256(point(key.x, key.y, 32)?),
            ("EC", Some("P-384")) => Material::P384(point(key.x, key.y, 48)?),
            _ => return None,
        };
        Some(Self { id: key.id, algorithm: key.algorithm, material })
    }

    fn suits(&self, algorithm: Algorithm) -> bool {
        let of_kind = match self.material {
            Material::Rsa { .. } => algorithm.rsa().is_some(),
            Material::P256(_) => algorithm == Algorithm::Es256,
            Material::P384(_) => algorithm == Algorithm::Es384,
        };
        of_kind && self.algorithm.as_deref().is_none_or(|only| only == algorithm.name())
    }
}

impl Material {
    fn verify(&self, algorithm: Algorithm, text: &[u8], signature: &[u8]) -> bool {
        let verified = match (self, algorithm.rsa()) {
            (Self::Rsa { modulus, exponent }, Some(parameters)) => {
                RsaPublicKeyComponents { n: modulus, e: exponent }.verify(parameters, text, signature)
            }
            (Self::P256(point), None) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(text, signature)
            }
            (Self::P384(point), None) => {
                UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point).verify(text, signature)
            }
            _ => return false,
        };
        verified.is_ok()
    }
}

fn bytes(text: Option<String>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?).ok()
}

/// An uncompressed point, from its coordinates of a set length.
fn point(x: Option<String>, y: Option<String>, length: usize) -> Option<Vec<u8>> {
    let (x, y) = (bytes(x)?, bytes(y)?);
    (x.len() == length && y.len() == length).then(|| [&[4], x.as_slice(), y.as_slice()].concat())
}

/// A key set as it is written. What a key of another kind has in these members does not matter.
mod wire {
    use super::Deserialize;

    #[derive(Deserialize)]
    pub(super) struct Set {
        pub(super) keys: Vec<Key>,
    }

    #[derive(Deserialize)]
    pub(super) struct Key {
        #[serde(rename = "kty")]
        pub(super) kind: String,
        #[serde(rename = "use")]
        pub(super) usage: Option<String>,
        #[serde(rename = "alg")]
        pub(super) algorithm: Option<String>,
        #[serde(rename = "kid")]
        pub(super) id: Option<String>,
        #[serde(rename = "n")]
        pub(super) modulus: Option<String>,
        #[serde(rename = "e")]
        pub(super) exponent: Option<String>,
        #[serde(rename = "crv")]
        pub(super) curve: Option<String>,
        pub(super) x: Option<String>,
        pub(super) y: Option<String>,
    }
}
