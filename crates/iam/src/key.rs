//! Access keys: an id to name, and a secret derived from it and the server's master key.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// What an id starts with, so that people and secret scanners know it.
const PREFIX: &str = "PLIM";
/// What the id of temporary credentials starts with.
const TEMPORARY_PREFIX: &str = "PLIT";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Bytes of a secret; 40 characters in base64, as long as AWS's.
const SECRET_BYTES: usize = 30;

/// The public half of an access key: `PLIM`, or `PLIT` for temporary credentials, and 16 characters of base32.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccessKeyId(String);

impl AccessKeyId {
    /// An id from 10 random bytes.
    pub fn from_random(random: [u8; 10]) -> Self {
        Self::with_prefix(PREFIX, random)
    }

    /// An id of temporary credentials from 10 random bytes.
    pub fn temporary_from_random(random: [u8; 10]) -> Self {
        Self::with_prefix(TEMPORARY_PREFIX, random)
    }

    /// Whether the id is one of temporary credentials, which are worth nothing without their session token.
    pub fn is_temporary(&self) -> bool {
        self.0.starts_with(TEMPORARY_PREFIX)
    }

    fn with_prefix(prefix: &str, random: [u8; 10]) -> Self {
        let mut bits = random.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        let mut id = prefix.to_owned();
        for _ in 0..16 {
            id.push(char::from(BASE32[(bits & 31) as usize]));
            bits >>= 5;
        }
        Self(id)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccessKeyId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let random = text.strip_prefix(PREFIX).or_else(|| text.strip_prefix(TEMPORARY_PREFIX)).ok_or(())?;
        let valid = random.len() == 16 && random.bytes().all(|byte| BASE32.contains(&byte));
        if valid { Ok(Self(text.to_owned())) } else { Err(()) }
    }
}

impl fmt::Display for AccessKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The secret half of an access key. It prints as `[redacted]`; [`SecretAccessKey::reveal`] is the one way to it.
pub struct SecretAccessKey(String);

impl SecretAccessKey {
    /// The secret itself, to be shown once to its owner.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretAccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The key a server's secrets and tokens derive from. Whoever has it has them all; it is kept beside the catalog, readable
/// by the server alone, so that the catalog holds no secret in any form.
pub struct MasterKey([u8; 32]);

impl MasterKey {
    /// A master key of 32 random bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret that belongs to an access key id.
    pub fn secret_of(&self, id: &AccessKeyId) -> SecretAccessKey {
        SecretAccessKey(STANDARD.encode(self.secret_bytes(id)))
    }

    /// Whether `presented` is the secret of `id`; in constant time.
    pub fn is_secret_of(&self, id: &AccessKeyId, presented: &str) -> bool {
        let expected = STANDARD.encode(self.secret_bytes(id));
        expected.as_bytes().ct_eq(presented.as_bytes()).into()
    }

    /// A message authentication code for one purpose; codes for one purpose are of no use for another.
    pub(crate) fn mac(&self, purpose: &str) -> Hmac<Sha256> {
        // A block-sized key; HMAC pads a shorter one with zeros, and this is that padding.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.0);
        Hmac::<Sha256>::new(&block.into()).chain_update(purpose.as_bytes()).chain_update([0])
    }

    fn secret_bytes(&self, id: &AccessKeyId) -> [u8; SECRET_BYTES] {
        let mut mac = self.mac("secret access key");
        mac.update(id.as_str().as_bytes());
        let code = mac.finalize().into_bytes();
        let mut secret = [0; SECRET_BYTES];
        secret.copy_from_slice(&code[..SECRET_BYTES]);
        secret
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_belongs_to_one_id_and_one_master_key() {
        let (one, other) = (MasterKey::new([1; 32]), MasterKey::new([2; 32]));
        let (id, another) = (AccessKeyId::from_random([3; 10]), AccessKeyId::from_random([4; 10]));
        let secret = one.secret_of(&id);
        assert_eq!(secret.reveal().len(), 40);
        assert!(one.is_secret_of(&id, secret.reveal()));
        assert!(!one.is_secret_of(&another, secret.reveal()));
        assert!(!other.is_secret_of(&id, secret.reveal()));
        assert!(!one.is_secret_of(&id, ""));
        assert!(!one.is_secret_of(&id, &secret.reveal()[..39]));
    }

    #[test]
    fn ids_parse_and_secrets_do_not_print() {
        let id = AccessKeyId::from_random([0xab; 10]);
        assert_eq!(id.as_str().len(), 20);
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        let temporary = AccessKeyId::temporary_from_random([0xab; 10]);
        assert_eq!(temporary.as_str().parse(), Ok(temporary.clone()));
        assert_eq!((id.is_temporary(), temporary.is_temporary()), (false, true));
        assert_eq!(id.as_str()[4..], temporary.as_str()[4..]);
        for bad in [
            "",
            "PLIM",
            "PLIT",
            "PLIXAAAAAAAAAAAAAAAA",
            "PLIMabcdefghijklmnop",
            "AKIAAAAAAAAAAAAAAAAA",
            "PLIMAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(bad.parse::<AccessKeyId>(), Err(()), "{bad}");
        }
        let master = MasterKey::new([1; 32]);
        assert_eq!(format!("{master:?} {:?}", master.secret_of(&id)), "[redacted] [redacted]");
    }
}
