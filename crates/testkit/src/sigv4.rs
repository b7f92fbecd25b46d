//! Requests signed as AWS's SDKs sign them (Signature Version 4, in the `Authorization` header), and a client of the
//! protocols they speak. Written apart from the server's verifier, so that one checks the other.

use std::net::SocketAddr;
use std::time::{SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::http::{Body, Client, Request, Response};
use crate::{Credentials, Error};

/// What requests are signed with. The fields are open, so that a test can spoil one.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The access key id.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: String,
    /// The token that goes with temporary credentials.
    pub session_token: Option<String>,
    /// The region of the credential scope.
    pub region: String,
    /// The service of the credential scope: `ecr`, `ecr-public`, `sts`, `iam`.
    pub service: String,
    /// How many seconds the clock of this signer is ahead.
    pub skew: i64,
}

impl Signer {
    /// A signer for `us-east-1`.
    pub fn new(credentials: &Credentials, service: &str) -> Self {
        Self {
            access_key_id: credentials.access_key_id.clone(),
            secret_access_key: credentials.secret_access_key.clone(),
            session_token: None,
            region: "us-east-1".to_owned(),
            service: service.to_owned(),
            skew: 0,
        }
    }

    /// The headers to add to a request with these headers, `host` among them; names in lower case. The path has to be one
    /// that needs no encoding, and the query has to be empty.
    pub fn sign(&self, method: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Vec<(String, String)> {
        let time = time(seconds_now() + self.skew);
        let date = &time[..8];
        let mut added = vec![("x-amz-date".to_owned(), time.clone())];
        added.extend(self.session_token.iter().map(|token| ("x-amz-security-token".to_owned(), token.clone())));
        let mut signed: Vec<_> = headers.iter().chain(&added).collect();
        signed.sort();
        let names = signed.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(";");
        let lines: String = signed.iter().flat_map(|(name, value)| [name, ":", value.trim(), "\n"]).collect();
        let canonical = format!("{method}\n{path}\n\n{lines}\n{names}\n{}", hex(&Sha256::digest(body)));
        let scope = format!("{date}/{}/{}/aws4_request", self.region, self.service);
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
        let secret = format!("AWS4{}", self.secret_access_key);
        let key = [date, &self.region, &self.service, "aws4_request", &text];
        let signature = key.iter().fold(secret.into_bytes(), |key, part| mac(&key, part.as_bytes()));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={}",
            self.access_key_id,
            hex(&signature)
        );
        added.push(("authorization".to_owned(), authorization));
        added
    }
}

/// A client of the AWS protocols of one server.
#[derive(Debug)]
pub struct AwsClient {
    http: Client,
    /// What its requests are signed with.
    pub signer: Signer,
}

/// What an operation answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body; null if it is not JSON.
    pub body: Value,
}

impl Answer {
    /// The code of the error; empty if it is none.
    pub fn code(&self) -> &str {
        self.body["__type"].as_str().unwrap_or_default()
    }

    /// `200`, or `400 Code: message`.
    pub fn summary(&self) -> String {
        let message = self.body["message"].as_str().or_else(|| self.body["Message"].as_str()).unwrap_or_default();
        match self.code() {
            "" => self.status.to_string(),
            code => format!("{} {code}: {message}", self.status),
        }
    }
}

impl AwsClient {
    /// A client of the server at `address`.
    pub fn new(address: SocketAddr, signer: Signer) -> Self {
        Self { http: Client::new(address), signer }
    }

    /// Calls an operation of `ecr` or `ecr-public`, whichever the signer is for.
    pub fn call(&mut self, operation: &str, input: &Value) -> Result<Answer, Error> {
        let target = match self.signer.service.as_str() {
            "ecr-public" => "SpencerFrontendService",
            _ => "AmazonEC2ContainerRegistry_V20150921",
        };
        self.call_bytes(&format!("{target}.{operation}"), input.to_string().as_bytes())
    }

    /// Sends these bytes as the input of a target, signed.
    pub fn call_bytes(&mut self, target: &str, body: &[u8]) -> Result<Answer, Error> {
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target)];
        let response = self.send("POST", &headers, body)?;
        let body = serde_json::from_slice(&response.body).unwrap_or_default();
        Ok(Answer { status: response.status, body })
    }

    /// Calls an action of `sts` or `iam` with these parameters, which are encoded.
    pub fn query(&mut self, action: &str, version: &str, parameters: &[(&str, &str)]) -> Result<Response, Error> {
        let all = [("Action", action), ("Version", version)];
        let pairs = all.iter().chain(parameters).map(|(name, value)| format!("{}={}", encoded(name), encoded(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let headers = [("content-type", "application/x-www-form-urlencoded; charset=utf-8")];
        self.send("POST", &headers, body.as_bytes())
    }

    /// Sends a signed request to `/`.
    pub fn send(&mut self, method: &'static str, headers: &[(&str, &str)], body: &[u8]) -> Result<Response, Error> {
        let host = self.http.address().to_string();
        let mut signed: Vec<_> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut request = Request::new(method, "/");
        for (name, value) in &signed {
            request = request.header(name, value);
        }
        signed.push(("host".to_owned(), host));
        for (name, value) in self.signer.sign(method, "/", &signed, body) {
            request = request.header(name, value);
        }
        self.http.send(request.body(Body::Bytes(body)))
    }
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    // A key that HMAC takes is any sequence of bytes.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

fn seconds_now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().cast_signed()
}

/// `20150830T123600Z`
fn time(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Years that begin in March, so that the leap day is their last.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, year) = if month < 10 { (month + 3, year) } else { (month - 9, year + 1) };
    let year = year + era * 400;
    format!("{year:04}{month:02}{day:02}T{:02}{:02}{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_as_the_protocol_writes_them() {
        fn check(seconds: i64, expect: &str) {
            assert_eq!(time(seconds), expect);
        }
        check(0, "19700101T000000Z");
        check(951_782_399, "20000228T235959Z");
        check(951_782_400, "20000229T000000Z");
        check(1_440_938_160, "20150830T123600Z");
        check(4_107_542_399, "21000228T235959Z");
        check(4_107_542_400, "21000301T000000Z");
    }

    #[test]
    fn signatures_are_those_of_aws() {
        // The example of AWS's documentation of signing keys.
        let key = ["20150830", "us-east-1", "iam", "aws4_request"]
            .iter()
            .fold(b"AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_vec(), |key, part| mac(&key, part.as_bytes()));
        assert_eq!(hex(&key), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
        let credentials =
            Credentials { access_key_id: "AKIDEXAMPLE".to_owned(), secret_access_key: "secret".to_owned() };
        let headers = Signer::new(&credentials, "ecr").sign("POST", "/", &[("host".to_owned(), "h".to_owned())], b"");
        let (name, value) = headers.last().unwrap();
        assert_eq!(name, "authorization");
        assert!(value.contains("/us-east-1/ecr/aws4_request, SignedHeaders=host;x-amz-date, Signature="), "{value}");
    }
}
