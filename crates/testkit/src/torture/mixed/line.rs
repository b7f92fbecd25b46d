//! A client's connection to one life of the server: every request goes through here into the journal.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use serde_json::Value;

use super::journal::{Change, Event, Journal, Key, Read, now};
use crate::http::{Body, Client, Request, Response};
use crate::sigv4::{AwsClient, Signer};
use crate::{Credentials, Error};

/// The codes with which a request may be refused that carries the right of one who may do all.
pub(super) type Refusals = &'static [&'static str];

/// The codes that say no to somebody, not to something.
pub(super) const DENIALS: Refusals = &["DENIED", "AccessDeniedException", "AccessDenied"];

/// One who sends requests.
pub(super) struct Line {
    journal: Arc<Journal>,
    principal: Arc<str>,
    http: Client,
    aws: AwsClient,
    pub(super) events: Vec<Event>,
}

/// An answer that came, with the code of its error; empty if it is none.
pub(super) struct Said {
    pub(super) status: u16,
    pub(super) code: String,
    pub(super) response: Response,
}

impl Said {
    pub(super) fn done(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn denied(&self) -> bool {
        DENIALS.contains(&self.code.as_str())
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.response.body).unwrap_or_default()
    }

    /// The first element of this name in an XML document.
    pub(super) fn element(&self, name: &str) -> Option<String> {
        element(&self.response, name)
    }
}

impl Line {
    pub(super) fn new(address: SocketAddr, principal: Arc<str>, key: &Credentials, journal: Arc<Journal>) -> Self {
        let http = Client::new(address).basic(&key.access_key_id, &key.secret_access_key);
        let aws = AwsClient::new(address, Signer::new(key, "ecr"));
        Self { journal, principal, http, aws, events: Vec::new() }
    }

    /// The same, with the credentials of a session.
    pub(super) fn of_session(
        address: SocketAddr,
        arn: &str,
        key: &Credentials,
        token: &str,
        journal: Arc<Journal>,
    ) -> Self {
        let mut line = Self::new(address, arn.into(), key, journal);
        line.aws.signer.session_token = Some(token.to_owned());
        line
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.http.address()
    }

    /// Sends docker's requests with this password from now on.
    pub(super) fn log_in(&mut self, password: &str) {
        self.http = Client::new(self.http.address()).basic("AWS", password);
    }

    /// A request of docker's. Errors of the connection end the operation; refusals other than those named are faults.
    pub(super) fn docker(
        &mut self,
        label: &'static str,
        request: (&'static str, &str),
        headers: &[(&str, &str)],
        body: Body<'_>,
        change: Option<Change>,
        refusals: Refusals,
    ) -> Result<Said, Error> {
        let sent = headers
            .iter()
            .fold(Request::new(request.0, request.1), |request, (name, value)| request.header(*name, *value))
            .body(body);
        let (began, begun) = (now(), Instant::now());
        let outcome = self.http.send(sent);
        self.note(label, (began, begun), outcome, change, refusals, request.1)
    }

    /// A call of an operation of the ECR API.
    pub(super) fn ecr(
        &mut self,
        operation: &'static str,
        input: &Value,
        change: Option<Change>,
        refusals: Refusals,
    ) -> Result<Said, Error> {
        "ecr".clone_into(&mut self.aws.signer.service);
        let target = format!("AmazonEC2ContainerRegistry_V20150921.{operation}");
        let headers = [("content-type", "application/x-amz-json-1.1"), ("x-amz-target", target.as_str())];
        let (began, begun) = (now(), Instant::now());
        let outcome = self.aws.send("POST", &headers, input.to_string().as_bytes());
        let about = short(&input.to_string());
        self.note(operation, (began, begun), outcome, change, refusals, &about)
    }

    /// A call of an action of `iam` or `sts`.
    pub(super) fn query(
        &mut self,
        service: &str,
        action: &'static str,
        parameters: &[(&str, &str)],
        change: Option<Change>,
        refusals: Refusals,
    ) -> Result<Said, Error> {
        service.clone_into(&mut self.aws.signer.service);
        let version = if service == "iam" { "2010-05-08" } else { "2011-06-15" };
        let (began, begun) = (now(), Instant::now());
        let outcome = self.aws.query(action, version, parameters);
        self.note(action, (began, begun), outcome, change, refusals, &format!("{parameters:?}"))
    }

    /// Adds to the last request what it saw.
    pub(super) fn saw(&mut self, read: Read) {
        if let Some(event) = self.events.last_mut() {
            event.reads.push(read);
        }
    }

    /// The last request made a change for certain.
    pub(super) fn must_be_recorded(&mut self) {
        if let Some(change) = self.events.last_mut().and_then(|event| event.change.as_mut()) {
            change.otherwise = None;
        }
    }

    /// Adds to the last request what it sets, which its answer told.
    pub(super) fn change_sets(&mut self, key: Key, value: Option<&str>) {
        if let Some(change) = self.events.last_mut().and_then(|event| event.change.as_mut()) {
            change.sets.push((key, value.map(str::to_owned)));
        }
    }

    fn note(
        &mut self,
        label: &'static str,
        (began, begun): (i64, Instant),
        outcome: Result<Response, Error>,
        change: Option<Change>,
        refusals: Refusals,
        about: &str,
    ) -> Result<Said, Error> {
        let (took, ended) = (begun.elapsed(), now());
        let request_id = outcome.as_ref().ok().and_then(|response| response.header("x-request-id")).unwrap_or_default();
        let said = outcome.as_ref().ok().map(|response| (response.status, code(response)));
        let (status, code) = said.unwrap_or_default();
        let denied = DENIALS.contains(&code.as_str());
        self.events.push(Event {
            label,
            principal: Arc::clone(&self.principal),
            began,
            ended,
            took,
            request_id: request_id.to_owned(),
            status,
            answer: outcome.as_ref().map(|response| short(&response.text())).unwrap_or_default(),
            denied,
            change,
            reads: Vec::new(),
        });
        let response = outcome?;
        if status >= 500 || (status >= 400 && !refusals.contains(&code.as_str())) {
            let text = short(&response.text());
            self.journal.fault(format!("{} {label} {about}: answered {status} {code}: {text}", self.principal));
        }
        Ok(Said { status, code, response })
    }
}

/// The code of an error in whichever protocol; `404` for the bare answer to a `HEAD`.
fn code(response: &Response) -> String {
    if response.status < 400 {
        return String::new();
    }
    let body: Value = serde_json::from_slice(&response.body).unwrap_or_default();
    let named = body["__type"].as_str().or_else(|| body["errors"][0]["code"].as_str());
    named.map(str::to_owned).or_else(|| element(response, "Code")).unwrap_or_else(|| response.status.to_string())
}

fn element(response: &Response, name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(&response.body);
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(value, _)| value.to_owned())
}

/// As much of a text as a fault shows.
fn short(text: &str) -> String {
    text.chars().take(300).collect()
}
