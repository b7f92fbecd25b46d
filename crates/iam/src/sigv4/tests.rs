//! Both forms against AWS's published requests, against requests botocore signed, and what breaks them.

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::suite::{CASES, Case};
use super::*;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const SUITE_TIME: i64 = 1_440_938_160;
const SUITE_CREDENTIAL: &str = "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request";

type Headers = Vec<(String, String)>;

fn read(method: &str, target: &str, headers: &Headers) -> Result<Option<Signed>, SignatureError> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    parse(&Request { method, path, query, headers: &headers })
}

fn hash(body: &str) -> Body {
    Body::Sha256(Sha256::digest(body).into())
}

fn owned(headers: &[(&str, &str)]) -> Headers {
    headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn with_authorization(case: &Case) -> Headers {
    let mut headers = owned(case.headers);
    let value = format!(
        "AWS4-HMAC-SHA256 Credential={SUITE_CREDENTIAL}, SignedHeaders={}, Signature={}",
        case.signed_headers, case.header_signature
    );
    headers.push(("Authorization".to_owned(), value));
    headers
}

/// The presigned form has no `x-amz-` headers; they are in the query.
fn presigned(case: &Case) -> (String, Headers) {
    let (amz, headers): (Vec<_>, Vec<_>) =
        owned(case.headers).into_iter().partition(|(name, _)| name.to_ascii_lowercase().starts_with("x-amz-"));
    let mut names: Vec<_> = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort();
    names.dedup();
    let mut query = format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date=20150830T123600Z&X-Amz-SignedHeaders={}\
         &X-Amz-Expires=3600&X-Amz-Signature={}",
        SUITE_CREDENTIAL.replace('/', "%2F"),
        names.join("%3B"),
        case.query_signature
    );
    if let Some((_, token)) = amz.iter().find(|(name, _)| name == "X-Amz-Security-Token") {
        query.push_str("&X-Amz-Security-Token=");
        query.push_str(&token.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D"));
    }
    let separator = if case.target.contains('?') { '&' } else { '?' };
    (format!("{}{separator}{query}", case.target), headers)
}

#[test]
fn the_published_requests_verify_in_the_header_form() {
    for case in CASES {
        let signed = read(case.method, case.target, &with_authorization(case)).unwrap().unwrap();
        assert_eq!(signed.access_key_id(), "AKIDEXAMPLE");
        let token = case.headers.iter().find(|(name, _)| *name == "X-Amz-Security-Token").map(|(_, token)| *token);
        assert_eq!(signed.session_token(), token, "{}", case.name);
        assert_eq!(signed.verify(SECRET, hash(case.body), SUITE_TIME), Ok(()), "{}", case.name);
        assert_eq!(signed.verify("wrong", hash(case.body), SUITE_TIME), Err(SignatureError::Mismatch), "{}", case.name);
        assert!(signed.verify(SECRET, hash("another body"), SUITE_TIME).is_err(), "{}", case.name);
    }
}

/// One published presigned request is not accepted: the one whose token was put into the query after signing.
#[test]
fn the_published_requests_verify_in_the_presigned_form() {
    for case in CASES.iter().filter(|case| !case.query_signature.is_empty()) {
        let (target, headers) = presigned(case);
        let signed = read(case.method, &target, &headers).unwrap().unwrap();
        let expect = if case.name == "post-sts-header-after" { Err(SignatureError::Mismatch) } else { Ok(()) };
        assert_eq!(signed.verify(SECRET, hash(case.body), SUITE_TIME), expect, "{}", case.name);
        assert_eq!(signed.verify("wrong", hash(case.body), SUITE_TIME), Err(SignatureError::Mismatch), "{}", case.name);
    }
}

/// A request as botocore 1.44.5 sent it at 20261121T100000Z.
struct Sent {
    name: &'static str,
    service: &'static str,
    region: &'static str,
    method: &'static str,
    target: &'static str,
    headers: &'static [(&'static str, &'static str)],
    body: &'static str,
}

const SENT_TIME: i64 = 1_795_255_200;
const SENT: &[Sent] = &[
    Sent {
        name: "ecr DescribeRepositories",
        service: "ecr",
        region: "eu-west-1",
        method: "POST",
        target: "/",
        headers: &[
            ("Host", "127.0.0.1:5000"),
            ("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories"),
            ("Content-Type", "application/x-amz-json-1.1"),
            ("User-Agent", "aws-cli/2"),
            ("X-Amz-Date", "20261121T100000Z"),
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=PLIMABCDEFGHIJKLMNOP/20261121/eu-west-1/ecr/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=a88a5f1d00e78df9bc65d152d1be1cd3d1a3950f912b2c12b692e40a1f39e66b",
            ),
            ("Content-Length", "2"),
        ],
        body: "{}",
    },
    Sent {
        name: "ecr PutImage with a session token",
        service: "ecr",
        region: "us-east-1",
        method: "POST",
        target: "/",
        headers: &[
            ("Host", "127.0.0.1:5000"),
            ("X-Amz-Target", "AmazonEC2ContainerRegistry_V20150921.PutImage"),
            ("Content-Type", "application/x-amz-json-1.1"),
            ("X-Amz-Date", "20261121T100000Z"),
            ("X-Amz-Security-Token", "payload.code"),
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=PLIMABCDEFGHIJKLMNOP/20261121/us-east-1/ecr/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=5e345955182ec178a87be4bc7748278de12d4483919ef7b6cb9a1668f096dcb4",
            ),
            ("Content-Length", "51"),
        ],
        body: r#"{"repositoryName": "team/app", "imageTag": "größe"}"#,
    },
    Sent {
        name: "ecr-public DescribeRegistries",
        service: "ecr-public",
        region: "us-east-1",
        method: "POST",
        target: "/",
        headers: &[
            ("Host", "registry.example.com"),
            ("X-Amz-Target", "SpencerFrontendService.DescribeRegistries"),
            ("Content-Type", "application/x-amz-json-1.1"),
            ("X-Amz-Date", "20261121T100000Z"),
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=PLIMABCDEFGHIJKLMNOP/20261121/us-east-1/ecr-public/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=db3ea4b749323d89747377e1bb49e0755d70f3b1fa5100aa6ae85ec6289da65d",
            ),
            ("Content-Length", "2"),
        ],
        body: "{}",
    },
    Sent {
        name: "sts GetCallerIdentity",
        service: "sts",
        region: "us-east-1",
        method: "POST",
        target: "/",
        headers: &[
            ("Host", "127.0.0.1:5000"),
            ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("X-Amz-Date", "20261121T100000Z"),
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=PLIMABCDEFGHIJKLMNOP/20261121/us-east-1/sts/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=56481cb5e9538e2d2c782770f5ac86df22cedd8f94843f01ce3fa9be3ea50299",
            ),
            ("Content-Length", "43"),
        ],
        body: "Action=GetCallerIdentity&Version=2011-06-15",
    },
    Sent {
        name: "iam CreateRole",
        service: "iam",
        region: "us-east-1",
        method: "POST",
        target: "/",
        headers: &[
            ("Host", "127.0.0.1:5000"),
            ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("X-Amz-Date", "20261121T100000Z"),
            (
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=PLIMABCDEFGHIJKLMNOP/20261121/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=aa5884aeac6956de01a9fe2e904a14e42832c5bab11bad2b73fa9f9d510548e0",
            ),
            ("Content-Length", "80"),
        ],
        body: "Action=CreateRole&Version=2010-05-08&RoleName=ci&AssumeRolePolicyDocument=%7B%7D",
    },
    Sent {
        name: "sts GetCallerIdentity presigned",
        service: "sts",
        region: "us-east-1",
        method: "GET",
        target: "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=PLIMABCDEFGHIJKLMNOP%2F20261121%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20261121T100000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=03166169c879c3c4c16dd0852bf0a96b5f5ffeeeb9b5b5d49bc5f6f8cb2cbcc5",
        headers: &[("Host", "127.0.0.1:5000")],
        body: "",
    },
    Sent {
        name: "sts GetCallerIdentity presigned with a session token and a signed header",
        service: "sts",
        region: "us-east-1",
        method: "GET",
        target: "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=PLIMABCDEFGHIJKLMNOP%2F20261121%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20261121T100000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Security-Token=a%2Fb%2Bc%3D%3D&X-Amz-Signature=2035407996ccfc562b85a45d39a27386615b13a5261d8e8157aaf616633d3f43",
        headers: &[("Host", "localhost:5000"), ("x-k8s-aws-id", "cluster")],
        body: "",
    },
];

#[test]
fn what_botocore_signs_verifies() {
    for sent in SENT {
        let signed = read(sent.method, sent.target, &owned(sent.headers)).unwrap().unwrap();
        assert_eq!(signed.access_key_id(), "PLIMABCDEFGHIJKLMNOP");
        assert_eq!(signed.check_scope(&["us-west-1", sent.region], sent.service), Ok(()), "{}", sent.name);
        assert_eq!(signed.verify(SECRET, hash(sent.body), SENT_TIME), Ok(()), "{}", sent.name);
        assert_eq!(signed.verify(SECRET, hash("{ }"), SENT_TIME), Err(SignatureError::Mismatch), "{}", sent.name);
    }
    assert_eq!(
        read(SENT[1].method, "/", &owned(SENT[1].headers)).unwrap().unwrap().session_token(),
        Some("payload.code")
    );
    let last = &SENT[SENT.len() - 1];
    assert_eq!(read("GET", last.target, &owned(last.headers)).unwrap().unwrap().session_token(), Some("a/b+c=="));
}

#[test]
fn requests_signed_in_no_way_or_another_are_told_apart() {
    for authorization in ["Basic QVdTOng=", "Bearer abc", "", "AWS AKID:sig"] {
        let headers = owned(&[("Host", "h"), ("Authorization", authorization)]);
        assert!(read("GET", "/?Action=X&X-Amz-Meta=1", &headers).unwrap().is_none(), "{authorization}");
    }
    assert!(read("GET", "/", &owned(&[])).unwrap().is_none());
}

/// Reads a request whose only fault is its `Authorization` header.
fn refusal(authorization: &str) -> SignatureError {
    let headers = owned(&[
        ("Host", "h"),
        ("X-Amz-Date", "20150830T123600Z"),
        ("X-Amz-Target", "T"),
        ("Authorization", authorization),
    ]);
    read("POST", "/", &headers).unwrap_err()
}

#[test]
fn headers_that_lack_something_say_what() {
    fn check(authorization: &str, expect: &str) {
        let error = refusal(authorization);
        assert_eq!(error.code(Protocol::Json), "IncompleteSignatureException", "{authorization}");
        assert!(error.to_string().starts_with(expect), "{authorization}: {error}");
    }
    check(
        "AWS4-HMAC-SHA256",
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. \
         Authorization header requires 'SignedHeaders' parameter. (Hashed with SHA-256 and encoded with Base64) \
         Authorization=",
    );
    check(
        "AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=host",
        "Authorization header requires 'Sig",
    );
    check("AWS4-HMAC-SHA256 Credential", "'Credential' not a valid key=value pair (missing equal-sign)");
    check("AWS4-HMAC-SHA256 Signature=a, Signature=b", "Authorization header must not repeat 'Signature'.");
    check("AWS4-ECDSA-P256-SHA256 Credential=a", "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.");
    check(
        "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=c",
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'a/b'",
    );
    check(
        "AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request/x, SignedHeaders=host, Signature=c",
        "Credential must have exactly 5",
    );
    check(&format!("AWS4-HMAC-SHA256 {}", "a".repeat(8 * 1024)), "Authorization header is too long.");
}

#[test]
fn signatures_that_cover_too_little_are_refused() {
    fn check(credential: &str, signed: &str, expect: &str) {
        let authorization = format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={signed}, Signature=c");
        let error = refusal(&authorization);
        assert_eq!(error, SignatureError::Refused(expect.to_owned()), "{authorization}");
    }
    let credential = "a/20150830/r/s/aws4_request";
    check(
        credential,
        "x-amz-date;x-amz-target",
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
    check(
        credential,
        "host;x-amz-date",
        "There were headers present in the request which were not signed: x-amz-target",
    );
    check(
        "a/20150831/r/s/aws4_request",
        "host;x-amz-date;x-amz-target",
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20150831' != \
         '20150830', from '20150830T123600Z'.",
    );
    check(
        "a/20150830/r/s/aws5_request",
        "host;x-amz-date;x-amz-target",
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.",
    );
}

#[test]
fn dates_are_read_from_either_header_and_nothing_else() {
    fn check(headers: &[(&str, &str)], expect: Result<(), &str>) {
        let mut headers = owned(headers);
        let authorization = format!("AWS4-HMAC-SHA256   SignedHeaders=Host,Signature=c,Credential={SUITE_CREDENTIAL}");
        headers.push(("authorization".to_owned(), authorization));
        let read =
            read("GET", "/", &headers).map(|signed| assert!(signed.is_some())).map_err(|error| error.to_string());
        match (&read, expect) {
            (Err(error), Err(expect)) => assert!(error.contains(expect), "{error}"),
            _ => assert_eq!(read, expect.map_err(str::to_owned)),
        }
    }
    check(&[("Date", "Sun, 30 Aug 2015 12:36:00 GMT")], Ok(()));
    check(&[("Date", "20150830T123600Z")], Ok(()));
    check(&[], Err("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."));
    check(&[("Date", "yesterday")], Err("Date must be in ISO-8601 'basic format'. Got 'yesterday'."));
    check(&[("X-Amz-Date", "Sun, 30 Aug 2015 12:36:00 GMT")], Err("Date must be in ISO-8601 'basic format'."));
    let twice = [("X-Amz-Date", "20150830T123600Z"), ("x-amz-date", "20150830T123600Z")];
    check(&twice, Err("Header 'x-amz-date' must not be repeated."));
}

#[test]
fn queries_that_lack_something_say_what() {
    fn check(query: &str, expect: &str) {
        let error = read("GET", &format!("/?{query}"), &owned(&[("Host", "h")])).unwrap_err();
        assert_eq!(error, SignatureError::Incomplete(expect.to_owned()), "{query}");
    }
    let whole = format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={SUITE_CREDENTIAL}&X-Amz-Date=20150830T123600Z\
         &X-Amz-SignedHeaders=host&X-Amz-Signature=0"
    );
    assert!(read("GET", &format!("/?{whole}"), &owned(&[("Host", "h")])).unwrap().is_some());
    check(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=x",
        "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include \
         'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. Re-examine the query-string \
         parameters.",
    );
    let expires = "X-Amz-Expires must be a number of seconds between 1 and 604800.";
    for bad in ["0", "604801", "-1", "+5", "", "1.5", "99999999999"] {
        check(&format!("{whole}&X-Amz-Expires={bad}"), expires);
    }
    assert!(read("GET", &format!("/?{whole}&X-Amz-Expires=604800"), &owned(&[("Host", "h")])).is_ok());
    check(
        &format!("{whole}&X-Amz-Date=20150830T123600Z"),
        "AWS query-string parameter 'X-Amz-Date' is malformed or repeated.",
    );
    check(&whole.replace("AWS4-HMAC-SHA256", "AWS4-X"), "Unsupported AWS 'algorithm': 'AWS4-X'.");
}

#[test]
fn signatures_are_good_for_their_time() {
    let vanilla = CASES.iter().find(|case| case.name == "get-vanilla").unwrap();
    let header = read("GET", "/", &with_authorization(vanilla)).unwrap().unwrap();
    let (target, headers) = presigned(vanilla);
    let presigned = read("GET", &target, &headers).unwrap().unwrap();
    let check = |signed: &Signed, after: i64, expect: Result<(), &str>| {
        let expect = expect.map_err(|text| SignatureError::Refused(text.to_owned()));
        assert_eq!(signed.verify(SECRET, hash(""), SUITE_TIME + after), expect, "{after}");
    };
    check(&header, 900, Ok(()));
    check(&header, -900, Ok(()));
    check(
        &header,
        901,
        Err("Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T125101Z - 15 min.)"),
    );
    check(
        &header,
        -901,
        Err(
            "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T122059Z + 15 min.)",
        ),
    );
    check(&presigned, 3600, Ok(()));
    check(&presigned, -900, Ok(()));
    check(
        &presigned,
        3601,
        Err("Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T133601Z - 60 min.)"),
    );
    assert!(header.verify(SECRET, hash(""), i64::MAX).is_err());
    assert!(header.verify(SECRET, hash(""), i64::MIN).is_err());
}

#[test]
fn scopes_name_region_and_service() {
    let vanilla = CASES.iter().find(|case| case.name == "get-vanilla").unwrap();
    let signed = read("GET", "/", &with_authorization(vanilla)).unwrap().unwrap();
    let check = |region: &str, service: &str, expect: &str| {
        let expect = if expect.is_empty() { Ok(()) } else { Err(SignatureError::Refused(expect.to_owned())) };
        assert_eq!(signed.check_scope(&[region], service), expect);
    };
    check("us-east-1", "service", "");
    check("eu-west-1", "service", "Credential should be scoped to a valid region, not 'us-east-1'.");
    check("us-east-1", "ecr", "Credential should be scoped to correct service: 'ecr'.");
    check(
        "eu-west-1",
        "ecr",
        "Credential should be scoped to a valid region, not 'us-east-1'. Credential should be scoped to correct service: \
         'ecr'.",
    );
}

#[test]
fn bodies_go_unsigned_only_where_both_sides_say_so() {
    let headers = [("Host", "h"), ("X-Amz-Date", "20150830T123600Z"), ("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")];
    let mut headers = owned(&headers);
    // Computed with botocore's SigV4Auth.
    let signature = "21c77eb3d30db0a50923de95e7b5ae0e3b017c7438c544ef6e63aea6cbc28dea";
    let value = format!(
        "AWS4-HMAC-SHA256 Credential={SUITE_CREDENTIAL}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, \
         Signature={signature}"
    );
    headers.push(("Authorization".to_owned(), value));
    let signed = read("PUT", "/blob", &headers).unwrap().unwrap();
    assert!(signed.leaves_body_unsigned());
    assert_eq!(signed.verify(SECRET, Body::Unsigned, SUITE_TIME), Ok(()));
    let differs = "The provided 'x-amz-content-sha256' header does not match what was computed.".to_owned();
    assert_eq!(signed.verify(SECRET, hash(""), SUITE_TIME), Err(SignatureError::Refused(differs)));
}

#[test]
fn errors_have_the_codes_of_their_protocol() {
    fn check(error: SignatureError, json: &str, query: &str, status: u16) {
        assert_eq!((error.code(Protocol::Json), error.status(Protocol::Json)), (json, 400));
        assert_eq!((error.code(Protocol::Query), error.status(Protocol::Query)), (query, status));
    }
    check(SignatureError::Missing, "MissingAuthenticationTokenException", "MissingAuthenticationToken", 403);
    check(SignatureError::Incomplete(String::new()), "IncompleteSignatureException", "IncompleteSignature", 400);
    check(SignatureError::Unknown, "UnrecognizedClientException", "InvalidClientTokenId", 403);
    check(SignatureError::SessionExpired, "ExpiredTokenException", "ExpiredToken", 403);
    check(SignatureError::Refused(String::new()), "InvalidSignatureException", "SignatureDoesNotMatch", 403);
    check(SignatureError::Mismatch, "InvalidSignatureException", "SignatureDoesNotMatch", 403);
    assert_eq!(SignatureError::Missing.message(Protocol::Json), "Missing Authentication Token");
    assert_eq!(SignatureError::Missing.message(Protocol::Query), "Request is missing Authentication Token");
}

/// Changing any one character of what is signed breaks the signature, or the request is not read at all.
#[test]
fn no_signed_character_can_be_changed() {
    let sent = &SENT[0];
    for (position, (name, value)) in sent.headers.iter().enumerate() {
        let signed = ["host", "x-amz-target", "content-type", "x-amz-date", "authorization"];
        if !signed.contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        for at in (0..value.len()).filter(|at| !value[*at..].starts_with([' ', ',', ';', '='])) {
            let mut changed = value.as_bytes().to_vec();
            changed[at] ^= 1;
            let mut headers = owned(sent.headers);
            headers[position].1 = String::from_utf8(changed).unwrap();
            let accepted = matches!(read("POST", "/", &headers), Ok(Some(signed)) if signed.access_key_id() == "PLIMABCDEFGHIJKLMNOP" && signed.verify(SECRET, hash(sent.body), SENT_TIME).is_ok());
            assert!(!accepted, "{name}: {}", headers[position].1);
        }
    }
}

proptest! {
    #[test]
    fn nothing_panics(
        target in "[/?&=%.+a-zA-Z0-9-]*",
        authorization in "(AWS4-HMAC-SHA256 )?[ -~]*",
        value in prop::collection::vec(any::<u8>(), 0..40),
        now in any::<i64>(),
    ) {
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let headers = [("Authorization", authorization.as_bytes()), ("Host", &value), ("x-amz-date", b"20150830T123600Z")];
        if let Ok(Some(signed)) = parse(&Request { method: "GET", path, query, headers: &headers }) {
            prop_assert!(signed.verify(SECRET, Body::Unsigned, now).is_err());
        }
    }
}
