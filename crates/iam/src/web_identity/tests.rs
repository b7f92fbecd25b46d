//! Tokens made here, made by OpenSSL, and from the RFCs' examples.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::jwks::Algorithm;
use super::*;

/// The modulus of an RSA key.
const MODULUS: &str = "qHpx9LjZJ3peFk1DeFVvz3I4WfjvWGPuJCWn89dy2c_9c8oPHi2u2P4Bw8TUhDYfmnyEyl65XPXsfWfkGFwXPGV_1zDRpSW13aEljTMCLLPd\
    glfkaSJqamgc_Q2trQ1Hp2m_8gvaOesoZgDve8-QJ2kbaFpBmD5eRnXQZKy0EiuB3gXXdECdfdAEW_-2YWutqjZTIOSOtnpvzPuaPoSDeNdF\
    ipXbVK3mA4kyQJbeEk0B_k220qr8hfqTiPpEeUyIlFV6IrmVNmWmXfyO8zvVhmLRObwnsotqU1LormmVYC9GH-dsDj-o37ofiP8R_oN1W1p8\
    DR3TybFH-vaIM0bQZw";

/// The signatures OpenSSL made by it, of `{"alg":…,"kid":"rsa"}` and `RSA_CLAIMS`.
const RSA_SIGNATURES: [(&str, &str); 6] = [
    (
        "RS256",
        "SLN4Z2EuMNNj9WeWThtIAs3b7kTGFF8MErZHZDWiLZRBS4o00EADnbaKJFARRt7IHj2nV-4naubrKa6U8hsom7Mzg9ylqKqzh0ELdK7cadZe\
         JpRi_CmdoLZSrOI9fRZIq0HbT8qtQYQ6-Rqi9C-f5BCKWpOgkwXLhk7scVNEZaNAx7RxK3tFlqPIIjUfxz9rsjr1TwkJ5naogc9wbARuWT6m\
         nSJ6WcAvyrFib7hDcCdMfdOU1bj-P35ccgPd57S6Nmnh-x5w606JS4BQji_TC623zZ7mTmCaw7j6Uq-mz6oob0U0FQQ0sKioGBJrFt-npWvP\
         gRZ-FGJeWwV07ILnAg",
    ),
    (
        "RS384",
        "i_KmPEJ-4rS0LrWReXK0Yl_x3O1-HYpKxA4XYPkNh8LBtt82obzklpKDVDyShUOQvhNtEyc_ME70_dU45qQPlY1vpJ68oWwZhfXEuCFkS7jK\
         rJNQ-p3PLgQNAys8uo53XBZ8Ux7F3K7X7H_G-NXe9c7aq5_jKyfi3dNzo79UFjCcU8FVdtfBOnCn1feyOtgXreZsRQelG-Z4-hryxeJM7AtK\
         tcVsARfYmljXiHqEwlBaPK4IpLLi4fSY4VlCefhy1lNhWRLtDiC-1xh89r6HNXGjqEA_J-1kwLPlnJd5APKbrFWP_KdxaIqewPtkyMIvrOpS\
         UunpXuOEfMpA1FNLEg",
    ),
    (
        "RS512",
        "cGwmrbEFvKUH78S3AjFihMYLL_NRYYGlsd3e3dMBYvDyCpGpr84JNyqLgOtdovCwOTvG6kWQTJZG1x4VcvKUSqY1r9gs6LO8iw3jMvrpsecm\
         LfVItYQNspB-63Cyk4u3ZGOn3-dGzlqErMBw8iYQBsZxCxvZAUzOsvzoIvwKAm8WT2GKqsTwcPx0xZPFu269GKUrPAHO3FlPkvu5nXs4Bl9u\
         9k-tcLImhk86WeqDGwolGjQiDu0B485WZNBUyqxNb4GZytpTD6mkwAuDBROXcUfbwkddiIpLZQqDl2lxdDj4yGYrY0P-ftQXA9pggNLyqml0\
         _-oeBwyb3j84irb9Jw",
    ),
    (
        "PS256",
        "MWJgau1-e6-97VKNoXyXck8RjG7Gymek6qXjdOP5IKGywjoQVWX14tAjmwOwKAFamQ8638lpB9Nzt_WtuUQ3_EdEHDk5beTVANGHatpgNAwP\
         AcG_L3em7pAck7vSsOrzM7HxKzfPAvA7NA-jhS3c16jHrDhHm0_HtQ6eEXuCDOrpslGnwS6SEhjyLF7npPkFAUww2mDjBKVWStgKXjgKTzZZ\
         k1Ontuxa-dsGBLyj-GJb0dWz0C6ximnlUpwVlGm2jZ6LCfs0xbnQaWC4YF2pCSN3lCyDqiFBGvIGyYrLZpVt9IQawkrDU7g__sefKLBKy_PK\
         ojlBT-fmDa7gnQLPbQ",
    ),
    (
        "PS384",
        "f11VrI0BO32UHEUshHY1nGIt9bfOpWGVlpoOA0_qW1LLiA8fWIwSECATh1_W0EJNRR591Gw4IqF_nyY8zAgfp5eq_OK4JUarJR7eMpg2jDuK\
         9dwNQJffNxPdeGtD9xd2rrs3-S3WLbyse_NbdNWfj3LviRuiWZeiGwXTokBTCPOQ1IHmVZSAJDykkuj5j_DH5wyujRFdo1sbaSwkSOdBfso1\
         tUjG8pwswBQCPw1l1OHNVi72PtwXLa9hZdXGXmAwg2nQxs6HqN7t71PDFsdM2zoom7SaXKW85GWkXwmEqmOEmRJ0YGLEMhQB7S7jwXLyFL-C\
         tk22ASpFSl35cXH7Pw",
    ),
    (
        "PS512",
        "JWqXkOU9ZpvtrJetMi8VmdfjaAeaYRVnluefL7ykKfQodaRbRADSW6CJ1hTLbOlb81l3rE9lb1KOulUgnIMkwZ-ZASxTscDz0db0uwR4iMVI\
         OrAq6TASdDLBbs0DHNKVfs-gRuxv7rLmk7mWeUKFJHaa5JpORmsXY5lr_c29_IAnYjCQSfP0ZBYFiPuwOQ7nsFQQJANpW_QeIQmLcnf7_J7n\
         Vh8n0XfM75Vxd1k8u1P3fl6X2SrDShpKiK8isMppIT7IT_Dg-5z9tE-d5Lg3b7BswSge73aqL8it7xJ1ktGvLZgqqDhtnsXllEiebkPjN2OO\
         9A2-X1m0N-cJBLQt5w",
    ),
];
const RSA_CLAIMS: &str =
    r#"{"iss":"https://ci.example.com/team","sub":"repo:team/app","aud":"plimsoll","iat":1000,"exp":2000}"#;

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// An issuer with a key on either curve, `p256` and `p384`, and the RSA key, `rsa`.
struct Keys {
    p256: EcdsaKeyPair,
    p384: EcdsaKeyPair,
    set: Value,
}

impl Keys {
    fn new() -> Self {
        let random = SystemRandom::new();
        let pair = |algorithm| {
            let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
            EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap()
        };
        let (p256, p384) = (pair(&ECDSA_P256_SHA256_FIXED_SIGNING), pair(&ECDSA_P384_SHA384_FIXED_SIGNING));
        let jwk = |pair: &EcdsaKeyPair, curve: &str, id: &str| {
            let (x, y) = pair.public_key().as_ref()[1..].split_at(pair.public_key().as_ref().len() / 2);
            json!({"kty": "EC", "crv": curve, "kid": id, "x": encode(x), "y": encode(y)})
        };
        let rsa = json!({"kty": "RSA", "kid": "rsa", "n": MODULUS, "e": "AQAB", "use": "sig"});
        let set = json!({"keys": [jwk(&p256, "P-256", "p256"), jwk(&p384, "P-384", "p384"), rsa, {"kty": "oct", "k": "AAAA"}]});
        Self { p256, p384, set }
    }

    fn jwks(&self) -> Jwks {
        Jwks::parse(self.set.to_string().as_bytes()).unwrap()
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let text = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let pair = if header["alg"] == "ES384" { &self.p384 } else { &self.p256 };
        format!("{text}.{}", encode(pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap()))
    }
}

const ISSUER: &str = "https://ci.example.com/team";

fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "repo:team/app", "aud": ["other", "plimsoll"], "iat": 1000, "nbf": 1100, "exp": 2000.5,
        "ref": "refs/heads/main", "groups": ["a", "b"], "run": 7, "nested": {"a": "b"},
    })
}

fn es256() -> Value {
    json!({"alg": "ES256", "kid": "p256", "typ": "JWT"})
}

fn verify(token: &str, keys: &Jwks, now: i64) -> Result<WebIdentity, WebIdentityError> {
    let audiences = ["sts.example.com".to_owned(), "plimsoll".to_owned()];
    WebToken::parse(token)?.verify(&Issuer { url: ISSUER, audiences: &audiences, keys }, now)
}

#[test]
fn tokens_say_who_their_bearer_is() {
    let keys = Keys::new();
    let token = keys.sign(&es256(), &claims());
    assert_eq!(WebToken::parse(&token).unwrap().issuer(), ISSUER);
    let identity = verify(&token, &keys.jwks(), 1500).unwrap();
    assert_eq!(identity.provider, "ci.example.com/team");
    assert_eq!((identity.subject.as_str(), identity.audience.as_str()), ("repo:team/app", "plimsoll"));
    let expect = [
        ("ci.example.com/team:iss", vec![ISSUER]),
        ("ci.example.com/team:sub", vec!["repo:team/app"]),
        ("ci.example.com/team:aud", vec!["other", "plimsoll"]),
        ("ci.example.com/team:groups", vec!["a", "b"]),
        ("ci.example.com/team:ref", vec!["refs/heads/main"]),
    ];
    let read: Vec<_> = identity.condition_keys().collect();
    let read: Vec<_> =
        read.iter().map(|(key, values)| (key.as_str(), values.iter().map(String::as_str).collect())).collect();
    assert_eq!(read, expect);
}

#[test]
fn keys_are_chosen_by_name_and_kind() {
    let keys = Keys::new();
    let check = |header: Value, expect: Result<(), WebIdentityError>| {
        let token = keys.sign(&header, &claims());
        assert_eq!(verify(&token, &keys.jwks(), 1500).map(|_| ()), expect, "{header}");
    };
    check(es256(), Ok(()));
    check(json!({"alg": "ES384", "kid": "p384"}), Ok(()));
    check(json!({"alg": "ES256"}), Ok(()));
    check(json!({"alg": "ES256", "kid": "p384"}), Err(WebIdentityError::UnknownKey));
    check(json!({"alg": "ES256", "kid": "other"}), Err(WebIdentityError::UnknownKey));
    check(json!({"alg": "RS256", "kid": "p256"}), Err(WebIdentityError::UnknownKey));
    check(json!({"alg": "RS256", "kid": "rsa"}), Err(WebIdentityError::Signature));
    for alg in ["none", "None", "HS256", "HS512", "ES512", "EdDSA", "", "es256"] {
        check(json!({"alg": alg, "kid": "p256"}), Err(WebIdentityError::Algorithm));
    }
    let crit = json!({"alg": "ES256", "kid": "p256", "crit": ["exp"]});
    check(crit, Err(WebIdentityError::Malformed("its header demands an extension")));
    assert_eq!(verify(&keys.sign(&es256(), &claims()), &Keys::new().jwks(), 1500), Err(WebIdentityError::Signature));
}

/// Without a name a key is chosen only where there is no choice.
#[test]
fn keys_without_a_name_are_not_guessed() {
    let mut keys = Keys::new();
    let token = keys.sign(&json!({"alg": "ES256"}), &claims());
    let other = Keys::new().set["keys"][0].clone();
    keys.set["keys"].as_array_mut().unwrap().push(other);
    assert_eq!(verify(&token, &keys.jwks(), 1500), Err(WebIdentityError::UnknownKey));
    keys.set["keys"][0]["alg"] = json!("RS256");
    assert_eq!(verify(&token, &keys.jwks(), 1500), Err(WebIdentityError::Signature));
}

#[test]
fn claims_are_checked() {
    let keys = Keys::new();
    let check = |name: &str, value: Value, now: i64, expect: Result<(), WebIdentityError>| {
        let mut claims = claims();
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value;
        }
        assert_eq!(verify(&keys.sign(&es256(), &claims), &keys.jwks(), now).map(|_| ()), expect, "{claims} at {now}");
    };
    check("exp", json!(2000), 2059, Ok(()));
    check("exp", json!(2000), 2060, Err(WebIdentityError::Expired { expires: 2000, now: 2060 }));
    check("nbf", json!(1100), 1040, Ok(()));
    check("nbf", json!(1100), 1039, Err(WebIdentityError::NotYet));
    check("nbf", Value::Null, 940, Ok(()));
    check("nbf", Value::Null, 939, Err(WebIdentityError::NotYet));
    check("iss", json!("https://ci.example.com/team/"), 1500, Err(WebIdentityError::Issuer));
    check("aud", json!("plimsoll"), 1500, Ok(()));
    check("aud", json!("sts.example.com"), 1500, Ok(()));
    check("aud", json!("Plimsoll"), 1500, Err(WebIdentityError::Audience));
    check("aud", json!([]), 1500, Err(WebIdentityError::Audience));
    let unread = || Err(WebIdentityError::Malformed("iss, sub, aud, exp and iat cannot be read"));
    for missing in ["iss", "sub", "aud", "exp", "iat"] {
        check(missing, Value::Null, 1500, unread());
    }
    for bad in [json!("2000"), json!(-1), json!(1e300), json!({})] {
        check("exp", bad, 1500, unread());
    }
    check("aud", json!(vec!["a"; 101]), 1500, Err(WebIdentityError::Malformed("it has too many claims")));
}

#[test]
fn what_is_no_token_is_refused() {
    let keys = Keys::new();
    let token = keys.sign(&es256(), &claims());
    let parts: Vec<&str> = token.split('.').collect();
    let signature = |signature: &str| format!("{}.{}.{signature}", parts[0], parts[1]);
    let check = |token: &str| {
        let error = verify(token, &keys.jwks(), 1500).unwrap_err();
        assert!(matches!(error, WebIdentityError::Malformed(_)), "{token}: {error}");
    };
    for bad in
        ["", ".", "..", "a.b.c", parts[0], &token[1..], &format!("{token}.x"), &format!("{token}="), &signature("!")]
    {
        check(bad);
    }
    check(&"a".repeat(64 * 1024 + 1));
    let twice =
        format!("{}.{}.{}", parts[0], encode(r#"{"iss":"a","iss":"b","sub":"","aud":"","exp":1,"iat":1}"#), parts[2]);
    check(&twice);
    for bad in ["", "AAAA", parts[2].get(2..).unwrap()] {
        assert_eq!(verify(&signature(bad), &keys.jwks(), 1500), Err(WebIdentityError::Signature), "{bad}");
    }
}

#[test]
fn rsa_signatures_of_openssl_verify() {
    let keys = Keys::new().jwks();
    for (algorithm, signature) in RSA_SIGNATURES {
        let token = |name: &str| {
            let header = format!(r#"{{"alg":"{name}","kid":"rsa"}}"#);
            format!("{}.{}.{signature}", encode(header), encode(RSA_CLAIMS))
        };
        assert_eq!(verify(&token(algorithm), &keys, 1500).unwrap().subject, "repo:team/app", "{algorithm}");
        let other = if algorithm == "RS256" { "PS256" } else { "RS256" };
        assert_eq!(verify(&token(other), &keys, 1500), Err(WebIdentityError::Signature), "{algorithm}");
    }
}

/// The examples are signatures over claims or texts that no issuer would send.
#[test]
fn signatures_of_the_rfcs_verify() {
    fn check(key: &str, algorithm: &str, text: &str, signature: &str) {
        let keys = Jwks::parse(format!(r#"{{"keys":[{key}]}}"#).as_bytes()).unwrap();
        let algorithm = Algorithm::from_name(algorithm).unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        assert!(keys.verify(algorithm, None, text.as_bytes(), &signature));
        assert!(!keys.verify(algorithm, None, &text.as_bytes()[1..], &signature));
    }
    // RFC 7515, appendixes A.2 and A.3.
    let claims = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    check(
        "{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR\
         T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB\
         dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia\
         GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\",\"e\":\"AQAB\"}",
        "RS256",
        &format!("eyJhbGciOiJSUzI1NiJ9.{claims}"),
        "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9\
         uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB\
         _eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rq\
         Vt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    );
    check(
        r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#,
        "ES256",
        &format!("eyJhbGciOiJFUzI1NiJ9.{claims}"),
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    );
    // RFC 7520, sections 4.1 and 4.2.
    let payload = "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIgZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9h\
        ZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVwIHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJlIHN3ZXB0\
        IG9mZiB0by4";
    let key = "{\"kty\":\"RSA\",\"use\":\"sig\",\"n\":\"n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJWTDvNd7nqQ0VEiZQHz_AJmSCpMaJMRB\
         SFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dApr5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD\
         1NNLYD5lFHpPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLqKnS2BYwdq_mzSnbLY7h_\
         qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw\",\"e\":\"AQAB\"}";
    check(
        key,
        "RS256",
        &format!("eyJhbGciOiJSUzI1NiIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.{payload}"),
        "MRjdkly7_-oTPTS3AXP41iQIGKa80A0ZmTuV5MEaHoxnW2e5CZ5NlKtainoFmKZopdHM1O2U4mwzJdQx996ivp83xuglII7PNDi8\
         4wnB-BDkoBwA78185hX-Es4JIwmDLJK3lfWRa-XtL0RnltuYv746iYTh_qHRD68BNt1uSNCrUCTJDt5aAE6x8wW1Kt9eRo4QPocS\
         adnHXFxnt8Is9UzpERV0ePPQdLuW3IS_de3xyIrDaLGdjluPxUAhb6L2aXic1U12podGU0KLUQSE_oI-ZnmKJ3F4uOZDnd6QZWJu\
         shZ41Axf_fcIe8u9ipH84ogoree7vjbU5y18kDquDg",
    );
    check(
        key,
        "PS384",
        &format!("eyJhbGciOiJQUzM4NCIsImtpZCI6ImJpbGJvLmJhZ2dpbnNAaG9iYml0b24uZXhhbXBsZSJ9.{payload}"),
        "cu22eBqkYDKgIlTpzDXGvaFfz6WGoz7fUDcfT0kkOy42miAh2qyBzk1xEsnk2IpN6-tPid6VrklHkqsGqDqHCdP6O8TTB5dDDItl\
         lVo6_1OLPpcbUrhiUSMxbbXUvdvWXzg-UD8biiReQFlfz28zGWVsdiNAUf8ZnyPEgVFn442ZdNqiVJRmBqrYRXe8P_ijQ7p8Vdz0\
         TTrxUeT3lm8d9shnr2lfJT8ImUjvAA2Xez2Mlp8cBE5awDzT0qI0n6uiP1aCN_2_jLAeQTlqRHtfa64QQSUmFAAjVKPbByi7xho0\
         uTOcbH510a6GYmJUAfmWjwZ6oD4ifKo8DYM-X72Eaw",
    );
}

#[test]
fn key_sets_are_checked() {
    fn check(text: &str, expect: &str) {
        let error = Jwks::parse(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expect), "{text}: {error}");
    }
    check("", "not a key set");
    check("{}", "missing field `keys`");
    check("{\"keys\":[]}", "no RSA, P-256 or P-384 key");
    check("{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}", "no RSA, P-256 or P-384 key");
    check("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AAAA\",\"e\":\"AQAB\",\"use\":\"enc\"}]}", "no RSA, P-256 or P-384 key");
    check(
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"AAAA\"}]}",
        "no RSA, P-256 or P-384 key",
    );
    let many = format!("{{\"keys\":[{}]}}", vec![r#"{"kty":"RSA"}"#; 101].join(","));
    check(&many, "not have more than 100 keys");
    check(&" ".repeat(1024 * 1024 + 1), "not be longer");
    let weak = Jwks::parse(br#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#).unwrap();
    assert!(!weak.verify(Algorithm::Rs256, None, b"", b""));
}

proptest! {
    #[test]
    fn nothing_panics(token in "[A-Za-z0-9_.=-]*", set in "[\\[\\]{}:,\"a-zA-Z0-9]*", claims in "[\\[\\]{}:,\"a-z0-9.e-]*") {
        let _ = Jwks::parse(set.as_bytes());
        prop_assert!(WebToken::parse(&token).is_err());
        let token = format!("{}.{}.AAAA", encode(r#"{"alg":"ES256"}"#), encode(&claims));
        let _ = WebToken::parse(&token);
    }
}
