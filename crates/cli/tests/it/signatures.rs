//! Who signed a request to AWS's protocols: what is accepted, and with which code and text the rest is refused.

use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use plimsoll_iam::{Credentials, MasterKey, Session, SessionClaims, SessionHolder};
use plimsoll_testkit::RealBinary;
use plimsoll_testkit::http::{Body, Client, Request, Response};
use plimsoll_testkit::sigv4::{AwsClient, Signer};
use serde_json::{Value, json};

use crate::harness::Scene;

const ECR: &str = "AmazonEC2ContainerRegistry_V20150921";
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
    Access Key and signing method. Consult the service documentation for details.";
const INVALID: &str = "The security token included in the request is invalid.";

fn client(server: &RealBinary, service: &str, spoil: impl FnOnce(&mut Signer)) -> AwsClient {
    let mut signer = Signer::new(server.credentials(), service);
    spoil(&mut signer);
    AwsClient::new(server.address(), signer)
}

/// What JSON operations answer to a signer with one thing wrong.
fn json(server: &RealBinary, spoil: impl FnOnce(&mut Signer)) -> String {
    client(server, "ecr", spoil).call("DescribeRegistry", &json!({})).unwrap().summary()
}

/// What `GetCallerIdentity` answers to a signer with one thing wrong.
fn query(server: &RealBinary, spoil: impl FnOnce(&mut Signer)) -> String {
    let response = client(server, "sts", spoil).query("GetCallerIdentity", "2011-06-15", &[]).unwrap();
    xml_summary(&response)
}

fn element<'a>(text: &'a str, name: &str) -> &'a str {
    let after = text.split(&format!("<{name}>")).nth(1).unwrap_or_default();
    after.split(&format!("</{name}>")).next().unwrap_or_default()
}

fn xml_summary(response: &Response) -> String {
    let text = String::from_utf8_lossy(&response.body);
    match element(&text, "Code") {
        "" => response.status.to_string(),
        code => format!("{} {code}: {}", response.status, element(&text, "Message")),
    }
}

#[test]
fn json_requests_are_refused_with_their_code_and_text() {
    let scene = Scene::new();
    let server = scene.serve();
    let invalid = format!("400 UnrecognizedClientException: {INVALID}");
    assert_eq!(json(&server, |_| ()), "200");
    assert_eq!(
        json(&server, |signer| signer.secret_access_key.push('x')),
        format!("400 InvalidSignatureException: {MISMATCH}")
    );
    assert_eq!(json(&server, |signer| signer.access_key_id = "AKIDEXAMPLE".into()), invalid);
    assert_eq!(json(&server, |signer| signer.access_key_id = "PLIMAAAAAAAAAAAAAAAA".into()), invalid);
    assert_eq!(json(&server, |signer| signer.access_key_id = "PLITAAAAAAAAAAAAAAAA".into()), invalid);
    assert_eq!(json(&server, |signer| signer.session_token = Some("e30.AAAA".into())), invalid);
    assert_eq!(
        json(&server, |signer| signer.region = "eu-west-1".into()),
        "400 InvalidSignatureException: Credential should be scoped to a valid region, not 'eu-west-1'."
    );
    assert_eq!(
        json(&server, |signer| signer.service = "s3".into()),
        "400 InvalidSignatureException: Credential should be scoped to correct service: 'ecr'."
    );
}

#[test]
fn query_requests_are_refused_with_their_code_and_text() {
    let scene = Scene::new();
    let server = scene.serve();
    let invalid = format!("403 InvalidClientTokenId: {INVALID}");
    assert_eq!(
        query(&server, |signer| signer.secret_access_key.push('x')),
        format!("403 SignatureDoesNotMatch: {MISMATCH}")
    );
    assert_eq!(query(&server, |signer| signer.access_key_id = "AKIDEXAMPLE".into()), invalid);
    assert_eq!(query(&server, |signer| signer.session_token = Some("e30.AAAA".into())), invalid);
    assert_eq!(
        query(&server, |signer| signer.service = "iam".into()),
        "403 SignatureDoesNotMatch: Credential should be scoped to correct service: 'sts'."
    );
    let mut client = client(&server, "sts", |_| ());
    let check = |client: &mut AwsClient, action: &str, version: &str, parameters: &[(&str, &str)], expect: &str| {
        let summary = xml_summary(&client.query(action, version, parameters).unwrap());
        assert_eq!(summary, expect, "{action} {version}");
    };
    check(
        &mut client,
        "Nope",
        "2011-06-15",
        &[],
        "400 InvalidAction: Could not find operation Nope for version 2011-06-15",
    );
    check(&mut client, "Nope", "1", &[], "400 InvalidAction: Could not find operation Nope for version 1");
    check(&mut client, "", "2011-06-15", &[], "400 MissingAction: The request must contain the parameter Action");
    let twice = [("Name", "a"), ("Name", "b")];
    check(
        &mut client,
        "Nope",
        "2011-06-15",
        &twice,
        "400 MalformedQueryString: A parameter of the request is repeated.",
    );
}

/// A signature is good for a quarter of an hour, from the past and from the future.
#[test]
fn signatures_go_out_of_date() {
    let scene = Scene::new();
    let server = scene.serve();
    assert_eq!(json(&server, |signer| signer.skew = -14 * 60), "200");
    assert_eq!(json(&server, |signer| signer.skew = 14 * 60), "200");
    let old = json(&server, |signer| signer.skew = -16 * 60);
    assert!(old.starts_with("400 InvalidSignatureException: Signature expired: 2"), "{old}");
    assert!(old.contains("Z is now earlier than 2") && old.ends_with("Z - 15 min.)"), "{old}");
    let early = json(&server, |signer| signer.skew = 16 * 60);
    assert!(early.starts_with("400 InvalidSignatureException: Signature not yet current: 2"), "{early}");
    assert!(early.contains("Z is still later than 2") && early.ends_with("Z + 15 min.)"), "{early}");
    let old = query(&server, |signer| signer.skew = -16 * 60);
    assert!(old.starts_with("403 SignatureDoesNotMatch: Signature expired: 2"), "{old}");
}

/// Sends a request that is not signed.
fn unsigned(server: &RealBinary, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
    let mut request = Request::new("POST", target);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Client::new(server.address()).send(request.body(Body::Bytes(body))).unwrap()
}

#[test]
fn requests_without_a_signature_are_refused_and_named() {
    let scene = Scene::new();
    let server = scene.serve();
    let target = format!("{ECR}.DescribeRepositories");
    let json = ("content-type", "application/x-amz-json-1.1");
    let check = |headers: &[(&str, &str)], body: &[u8], expect: &str| {
        let response = unsigned(&server, "/", headers, body);
        let answer: Value = serde_json::from_slice(&response.body).unwrap();
        let message = answer["message"].as_str().unwrap();
        assert_eq!(format!("{} {}: {message}", response.status, answer["__type"].as_str().unwrap()), expect);
        assert_eq!(response.header("content-type"), Some("application/x-amz-json-1.1"));
        assert_eq!(response.header("x-amzn-requestid").unwrap().len(), 36);
    };
    let missing = "400 MissingAuthenticationTokenException: Missing Authentication Token";
    check(&[json, ("x-amz-target", &target)], b"{}", missing);
    check(&[json, ("x-amz-target", &target), ("authorization", "Basic QTpC")], b"{}", missing);
    check(&[json, ("x-amz-target", &target)], &vec![b' '; 11 * 1024 * 1024], missing);
    let unknown = "400 UnknownOperationException: ";
    for target in ["", "DescribeRepositories", "DynamoDB_20120810.ListTables"] {
        check(&[json, ("x-amz-target", target)], b"{}", unknown);
    }
    check(&[json], b"{}", unknown);
    check(&[("content-type", "text/plain"), ("x-amz-target", &target)], b"{}", unknown);

    let form = ("content-type", "application/x-www-form-urlencoded");
    let check = |target: &str, body: &[u8], expect: &str| {
        let response = unsigned(&server, target, &[form], body);
        assert_eq!(xml_summary(&response), expect);
        let text = String::from_utf8_lossy(&response.body);
        assert_eq!(element(&text, "RequestId"), response.header("x-amzn-requestid").unwrap());
        assert_eq!(response.header("content-type"), Some("text/xml"));
    };
    let missing = "403 MissingAuthenticationToken: Request is missing Authentication Token";
    check("/", b"Action=GetCallerIdentity&Version=2011-06-15", missing);
    check("/?Action=ListUsers&Version=2010-05-08", b"", missing);
    check("/", b"\xff", "400 MalformedQueryString: The body of the request is not text.");
    let large = "413 RequestEntityTooLarge: The body of the request must not be longer than 1048576 bytes.";
    check("/", &vec![b'a'; 2 * 1024 * 1024], large);
}

#[test]
fn bodies_are_read_within_limits() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = client(&server, "ecr", |_| ());
    let mut check = |operation: &str, body: &[u8], expect: &str| {
        let answer = client.call_bytes(&format!("{ECR}.{operation}"), body).unwrap();
        assert!(answer.summary().starts_with(expect), "{operation}: {}", answer.summary());
    };
    check("DescribeRegistry", b"", "200");
    check("DescribeRegistry", b"[]", "400 SerializationException: The body of the request is not a JSON object.");
    check("DescribeRegistry", b"{", "400 SerializationException: The body of the request is not JSON: ");
    check("DescribeRegistry", &vec![b'['; 100_000], "400 SerializationException: ");
    check("DescribeRegistry", b"\xff", "400 SerializationException: ");
    check("Nope", b"{}", "400 UnknownOperationException: ");
    let padded = |length: usize| [b"{}".as_slice(), &vec![b' '; length - 2]].concat();
    check("DescribeRegistry", &padded(10 * 1024 * 1024), "200");
    check(
        "PutImage",
        &padded(11 * 1024 * 1024),
        "413 RequestEntityTooLargeException: The body of the request must not be",
    );
    check("UploadLayerPart", &padded(32 * 1024 * 1024), "400 InvalidParameterException: ");
    check("UploadLayerPart", &padded(33 * 1024 * 1024), "413 RequestEntityTooLargeException: ");
}

/// What was signed for one operation is of no use for another, nor with another body.
#[test]
fn a_signature_is_good_for_what_was_signed() {
    let scene = Scene::new();
    let server = scene.serve();
    let signer = Signer::new(server.credentials(), "ecr");
    let target = format!("{ECR}.DescribeRegistry");
    let headers: Vec<(String, String)> = [
        ("content-type", "application/x-amz-json-1.1"),
        ("host", &server.address().to_string()),
        ("x-amz-target", &target),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    let signed = [signer.sign("POST", "/", &headers, b"{}"), headers].concat();
    let send = |change: (&str, &str), body: &[u8]| {
        let mut sent: Vec<_> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        sent.retain(|(name, _)| *name != change.0 && *name != "host");
        sent.push(change);
        let response = unsigned(&server, "/", &sent, body);
        let answer: Value = serde_json::from_slice(&response.body).unwrap();
        answer["__type"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(send(("x-amz-target", &target), b"{}"), "");
    assert_eq!(send(("x-amz-target", &target), b"{ }"), "InvalidSignatureException");
    assert_eq!(send(("x-amz-target", &format!("{ECR}.DeleteRegistryPolicy")), b"{}"), "InvalidSignatureException");
    assert_eq!(send(("x-amz-other", "not signed"), b"{}"), "InvalidSignatureException");
    assert_eq!(send(("x-amz-date", "20150830T123600Z"), b"{}"), "InvalidSignatureException");
    assert_eq!(send(("authorization", "AWS4-HMAC-SHA256 Credential=a"), b"{}"), "IncompleteSignatureException");
}

/// Temporary credentials end with their time, with their role, and where their parts do not belong together.
#[test]
fn temporary_credentials_are_checked() {
    let scene = Scene::new();
    let server = scene.serve();
    let key = std::fs::read(server.data().join("master.key")).unwrap();
    let master = MasterKey::new(key.try_into().unwrap());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed();
    let issue = |number: u8, expires: i64| {
        let [role_path, role, role_id, name] = ["/", "nobody", "AROAEXAMPLE", "session"].map(str::to_owned);
        let account = "000000000000".parse().unwrap();
        let holder = SessionHolder::Role(Session { account, role_path, role, role_id, name });
        let (policy_arns, tags) = (Vec::new(), Vec::new());
        let (transitive, source_identity, provider, issued) = (Vec::new(), None, None, now - 60);
        let claims = SessionClaims {
            holder,
            policy: None,
            policy_arns,
            tags,
            transitive,
            source_identity,
            provider,
            issued,
            expires,
        };
        master.issue_session([number; 10], &claims).unwrap()
    };
    let (over, gone) = (issue(1, now - 1), issue(2, now + 600));
    let with = |credentials: &Credentials, token: Option<&str>| {
        let key = credentials.access_key_id.to_string();
        let (secret, token) = (credentials.secret.reveal().to_owned(), token.map(str::to_owned));
        move |signer: &mut Signer| {
            (signer.access_key_id, signer.secret_access_key, signer.session_token) = (key, secret, token);
        }
    };
    let expired = "The security token included in the request is expired";
    assert_eq!(json(&server, with(&over, Some(&over.token))), format!("400 ExpiredTokenException: {expired}"));
    assert_eq!(query(&server, with(&over, Some(&over.token))), format!("403 ExpiredToken: {expired}"));
    let invalid = format!("400 UnrecognizedClientException: {INVALID}");
    assert_eq!(json(&server, with(&gone, Some(&gone.token))), invalid);
    assert_eq!(json(&server, with(&gone, Some(&over.token))), invalid);
    assert_eq!(json(&server, with(&gone, None)), invalid);
    assert_eq!(json(&server, with(&gone, Some(&"a".repeat(30_000)))), invalid);
}

#[test]
fn many_may_sign_at_once() {
    let scene = Scene::new();
    let server = scene.serve();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut client = client(&server, "ecr", |_| ());
                for _ in 0..25 {
                    assert_eq!(client.call("DescribeRegistry", &json!({})).unwrap().summary(), "200");
                }
            });
        }
    });
}
