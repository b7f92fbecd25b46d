//! An issuer of web identities, as a CI system or a cluster is one.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::json;

use crate::Error;

/// An issuer with one key (ES256), which is made anew for each.
#[derive(Debug)]
pub struct Issuer {
    key: EcdsaKeyPair,
}

impl Issuer {
    /// An issuer with a key of its own.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn new() -> Result<Self, Error> {
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).map_err(|_| Error::Key("could not be made"))?;
        let key = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random);
        Ok(Self { key: key.map_err(|_| Error::Key("could not be read"))? })
    }

    /// The public key as a JSON Web Key Set ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)).
    pub fn keys(&self) -> String {
        let point = self.key.public_key().as_ref();
        let [x, y] = [&point[1..33], &point[33..65]].map(|coordinate| URL_SAFE_NO_PAD.encode(coordinate));
        json!({"keys": [{"kty": "EC", "crv": "P-256", "kid": "1", "use": "sig", "x": x, "y": y}]}).to_string()
    }

    /// A token that says it is of the issuer at the URL `issuer`, for `subject` to show to `audience`, and that it is good
    /// for another `lasts` seconds; less than none makes it one that has expired.
    ///
    /// # Errors
    /// The system has no randomness.
    pub fn token(&self, issuer: &str, subject: &str, audience: &str, lasts: i64) -> Result<String, Error> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().cast_signed();
        let claims = json!({"iss": issuer, "sub": subject, "aud": audience, "iat": now - 1000, "exp": now + lasts});
        let header = json!({"alg": "ES256", "kid": "1"});
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        let signed = format!("{header}.{claims}");
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = signature.map_err(|_| Error::Key("could not sign"))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}
