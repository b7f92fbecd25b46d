//! Signed requests, in the header and in the query, from any text: none is accepted without the secret.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_iam::sigv4::{Body, Protocol, Request, parameters, parse};

fuzz_target!(|input: (&str, &str, Vec<u8>, i64)| {
    let (target, authorization, value, now) = input;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let _ = parameters(query);
    let whole = format!(
        "AWS4-HMAC-SHA256 Credential=PLIM/20150830/r/s/aws4_request, SignedHeaders=host;x-amz-date;x-amz-meta, {authorization}"
    );
    for authorization in [authorization, &whole] {
        let headers: [(&str, &[u8]); 4] = [
            ("Host", b"localhost"),
            ("Authorization", authorization.as_bytes()),
            ("X-Amz-Date", b"20150830T123600Z"),
            ("X-Amz-Meta", &value),
        ];
        match parse(&Request { method: "POST", path, query, headers: &headers }) {
            Ok(Some(signed)) => {
                let _ = (signed.check_scope(&["r"], "s"), signed.session_token());
                assert!(signed.verify("secret", Body::Sha256([0; 32]), now).is_err());
                assert!(signed.verify("secret", Body::Unsigned, now).is_err());
            }
            Ok(None) => {}
            Err(error) => assert!(!error.message(Protocol::Json).is_empty()),
        }
    }
});
