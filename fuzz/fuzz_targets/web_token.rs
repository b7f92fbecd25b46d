//! JSON Web Tokens and key sets from any text, as sent and as the parts of a token: none is accepted without the key.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use libfuzzer_sys::fuzz_target;
use plimsoll_iam::web_identity::{Issuer, Jwks, WebToken};

const KEYS: &[u8] = br#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

fuzz_target!(|input: (&str, &str, &[u8], i64)| {
    let (header, claims, other, now) = input;
    let keys: Vec<Jwks> = [KEYS, other].into_iter().filter_map(|keys| Jwks::parse(keys).ok()).collect();
    let signature = URL_SAFE_NO_PAD.encode(other);
    let parts = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    for token in [format!("{header}.{claims}"), format!("{}.{}.{signature}", parts[0], parts[1])] {
        let Ok(token) = WebToken::parse(&token) else { continue };
        let audiences = [String::new()];
        for keys in keys.iter().take(1) {
            assert!(token.verify(&Issuer { url: token.issuer(), audiences: &audiences, keys }, now).is_err());
        }
    }
});
