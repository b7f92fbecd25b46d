//! The one HTTP client.

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ureq::http::{HeaderMap, HeaderValue, Response, header};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, BodyReader, Proxy, RequestBuilder};

use crate::OutboundError;
use crate::proxy::Proxies;
use crate::url::{Url, encode, is_loopback};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long nothing may come, or nothing be taken.
const IDLE_TIMEOUT: Duration = Duration::from_mins(1);
const MAX_REDIRECTS: usize = 5;
const MAX_HEADERS: usize = 64 << 10;
/// How much of an error's body is read.
const MAX_ERROR_BODY: u64 = 64 << 10;

/// Makes the calls. One serves many threads, and keeps connections for the next call.
///
/// It goes by `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`, and trusts the authorities that this machine
/// trusts; `SSL_CERT_FILE` and `SSL_CERT_DIR` name others.
#[derive(Debug)]
pub struct Client {
    proxies: Proxies,
    /// By whether TLS is spoken, and through which proxy. Roots are read with the first call that needs them.
    agents: Mutex<HashMap<(bool, Option<Proxy>), Agent>>,
}

/// A call to make.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) url: Url,
    /// What is asked for, in words.
    pub(crate) what: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// What to change; without it, the call gets.
    change: Option<Change>,
    /// For the host of `url` only.
    pub(crate) authorization: Option<Authorization>,
}

/// What a call changes.
#[derive(Clone)]
enum Change {
    /// Posts the fields of a form, which go without authorization.
    Form(String),
    /// Posts a JSON document.
    Json(String),
    /// Deletes.
    Delete,
}

impl Request {
    pub(crate) fn new(url: Url, what: impl Into<String>) -> Self {
        Self { url, what: what.into(), headers: Vec::new(), change: None, authorization: None }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Posts a form. It may hold secrets, so no redirect is followed with it.
    pub(crate) fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        self.change = Some(Change::Form(fields.join("&")));
        self
    }

    /// Posts a JSON document. No redirect is followed with it.
    pub(crate) fn json(mut self, document: String) -> Self {
        self.change = Some(Change::Json(document));
        self
    }

    /// Deletes what is there. No redirect is followed.
    pub(crate) fn delete(mut self) -> Self {
        self.change = Some(Change::Delete);
        self
    }

    pub(crate) fn authorization(mut self, authorization: Option<Authorization>) -> Self {
        self.authorization = authorization;
        self
    }
}

/// The value of an `Authorization` header; never printed.
#[derive(Clone)]
pub(crate) struct Authorization(HeaderValue);

impl Authorization {
    /// None where the text cannot stand in a header.
    pub(crate) fn new(text: &str) -> Option<Self> {
        let mut value = HeaderValue::from_str(text).ok()?;
        value.set_sensitive(true);
        Some(Self(value))
    }
}

impl std::fmt::Debug for Authorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authorization(…)")
    }
}

/// What came of a call: a status, and a body to be read.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    body: Body,
}

impl Client {
    /// Makes a client from the environment.
    ///
    /// # Errors
    /// [`OutboundError::Proxy`] where the environment names a proxy that cannot be used.
    pub fn new() -> Result<Self, OutboundError> {
        Ok(Self { proxies: Proxies::of(|name| std::env::var(name).ok())?, agents: Mutex::default() })
    }

    /// A client that trusts an authority of tests.
    #[cfg(test)]
    pub(crate) fn trusting(authority: &'static [u8]) -> Self {
        let agent = new_agent(None, vec![Certificate::from_der(authority)]);
        Self { proxies: Proxies::default(), agents: Mutex::new(HashMap::from([((true, None), agent)])) }
    }

    /// Makes the call, and follows redirects. Statuses of errors are answers, too.
    pub(crate) fn send(&self, request: &Request) -> Result<Answer, OutboundError> {
        let mut url = request.url.clone();
        let mut authorization = request.authorization.as_ref();
        for _ in 0..=MAX_REDIRECTS {
            let response = self.send_once(&url, request, authorization)?;
            let location = match response.status().as_u16() {
                301 | 302 | 303 | 307 | 308 if request.change.is_none() => response.headers().get(header::LOCATION),
                _ => None,
            };
            let Some(location) = location else { return Ok(Answer::new(response, url.authority(), &request.what)) };
            let next = url.join(&String::from_utf8_lossy(location.as_bytes()))?;
            check_redirect(&url, &next)?;
            if !next.same_origin(&url) {
                authorization = None;
            }
            url = next;
        }
        let host = request.url.authority().to_owned();
        Err(OutboundError::Redirect { host, reason: "it goes on from place to place" })
    }

    fn send_once(
        &self,
        url: &Url,
        request: &Request,
        authorization: Option<&Authorization>,
    ) -> Result<Response<ureq::Body>, OutboundError> {
        let agent = self.agent(url)?;
        let outcome = match &request.change {
            Some(Change::Form(form)) => {
                let call = agent.post(url.to_wire()).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
                call.send(form)
            }
            Some(Change::Json(document)) => {
                let call = agent.post(url.to_wire()).header(header::CONTENT_TYPE, "application/json");
                with_headers(call, request, authorization).send(document)
            }
            Some(Change::Delete) => with_headers(agent.delete(url.to_wire()), request, authorization).call(),
            None => with_headers(agent.get(url.to_wire()), request, authorization).call(),
        };
        outcome.map_err(|error| failure(url.authority(), error))
    }

    fn agent(&self, url: &Url) -> Result<Agent, OutboundError> {
        let key = (url.is_tls(), self.proxies.choose(url).cloned());
        let mut agents = self.agents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(agent) = agents.get(&key) {
            return Ok(agent.clone());
        }
        let roots = if key.0 { roots()? } else { Vec::new() };
        let agent = new_agent(key.1.clone(), roots);
        agents.insert(key, agent.clone());
        Ok(agent)
    }
}

fn with_headers<B>(
    mut call: RequestBuilder<B>,
    request: &Request,
    authorization: Option<&Authorization>,
) -> RequestBuilder<B> {
    for (name, value) in &request.headers {
        call = call.header(*name, value);
    }
    if let Some(Authorization(value)) = authorization {
        call = call.header(header::AUTHORIZATION, value);
    }
    call
}

fn new_agent(proxy: Option<Proxy>, roots: Vec<Certificate<'static>>) -> Agent {
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::from(roots))
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .proxy(proxy)
        .user_agent(concat!("plimsoll/", env!("CARGO_PKG_VERSION")))
        .http_status_as_error(false)
        // Followed by this crate, which knows what may go along.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .max_response_header_size(MAX_HEADERS)
        .timeout_resolve(Some(CONNECT_TIMEOUT))
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .timeout_per_read(Some(IDLE_TIMEOUT))
        .timeout_per_write(Some(IDLE_TIMEOUT))
        .build()
        .new_agent()
}

fn roots() -> Result<Vec<Certificate<'static>>, OutboundError> {
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "a certificate of an authority could not be read");
    }
    let roots: Vec<_> = found.certs.iter().map(|root| Certificate::from_der(root).to_owned()).collect();
    if roots.is_empty() { Err(OutboundError::NoRoots) } else { Ok(roots) }
}

fn check_redirect(from: &Url, to: &Url) -> Result<(), OutboundError> {
    let refused = |reason| Err(OutboundError::Redirect { host: from.authority().to_owned(), reason });
    if from.is_tls() && !to.is_tls() {
        return refused("there it would go without TLS");
    }
    // What is reachable from this machine only is not for others to ask for.
    if is_loopback(to.host()) && !is_loopback(from.host()) {
        return refused("it is this machine");
    }
    Ok(())
}

/// An error before the body.
fn failure(host: &str, error: ureq::Error) -> OutboundError {
    let host = host.to_owned();
    match error {
        ureq::Error::Timeout(_) => OutboundError::Timeout { host },
        ureq::Error::HostNotFound => OutboundError::UnknownHost { host },
        ureq::Error::Rustls(source) => OutboundError::Tls { host, source: source.into() },
        ureq::Error::Tls(source) => OutboundError::Tls { host, source: source.into() },
        ureq::Error::ConnectProxyFailed(reason) => OutboundError::ProxyRefused { host, reason },
        ureq::Error::Io(source) => match source.downcast::<rustls::Error>() {
            Ok(source) => OutboundError::Tls { host, source: source.into() },
            Err(source) => OutboundError::Connection { host, source },
        },
        // These show the URL, which may hold a signature.
        ureq::Error::BadUri(_) | ureq::Error::RequireHttpsOnly(_) => {
            OutboundError::Protocol { host, source: "its address is malformed".into() }
        }
        error => OutboundError::Protocol { host, source: error.to_string().into() },
    }
}

impl Answer {
    fn new(response: Response<ureq::Body>, host: &str, what: &str) -> Self {
        let (parts, body) = response.into_parts();
        let length = body.content_length();
        let chunked = parts.headers.get(header::TRANSFER_ENCODING).is_some();
        let body = Body {
            reader: body.into_reader(),
            host: host.to_owned(),
            what: what.to_owned(),
            length,
            is_framed: chunked || length.is_some(),
            read: 0,
            limit: u64::MAX,
        };
        Self { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers.get_all(name).into_iter().filter_map(|value| value.to_str().ok())
    }

    /// The body, of at most `limit` bytes.
    pub(crate) fn body(mut self, limit: u64) -> Result<Body, OutboundError> {
        self.body.limit = limit;
        if self.body.length.is_some_and(|length| length > limit) {
            return Err(self.body.too_large());
        }
        Ok(self.body)
    }

    /// The whole body, of at most `limit` bytes.
    pub(crate) fn bytes(self, limit: u64) -> Result<Vec<u8>, OutboundError> {
        let mut body = self.body(limit)?;
        let mut bytes = Vec::new();
        body.read_to_end(&mut bytes).map_err(|error| body.taken_back(error))?;
        Ok(bytes)
    }

    /// What went wrong, where it is no success. `user` is who asked.
    pub(crate) fn into_error(self, user: Option<&str>) -> OutboundError {
        let (status, host, what) = (self.status, self.body.host.clone(), self.body.what.clone());
        let message = self.message();
        match status {
            401 => OutboundError::Unauthorized { host, user: user.map(str::to_owned), message },
            403 => OutboundError::Denied { host, what, message },
            404 => OutboundError::NotFound { host, what, message },
            429 => OutboundError::TooManyRequests { host, message },
            status => OutboundError::Status { host, what, status, message },
        }
    }

    /// What the body says of the error, printable.
    fn message(mut self) -> String {
        let mut body = Vec::new();
        // An error of the error says nothing more.
        drop(self.body.by_ref().take(MAX_ERROR_BODY).read_to_end(&mut body));
        let status = self.status;
        oci_message(&body).unwrap_or_else(|| {
            let reason = ureq::http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
            reason.unwrap_or("no reason given").to_owned()
        })
    }
}

/// The messages of an error body of the
/// [distribution specification](https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes).
fn oci_message(body: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Document {
        errors: Vec<Entry>,
    }
    #[derive(serde::Deserialize)]
    struct Entry {
        #[serde(default)]
        code: String,
        #[serde(default)]
        message: String,
    }
    const MAX_MESSAGE: usize = 8000;
    let document: Document = serde_json::from_slice(body).ok()?;
    let messages = document.errors.into_iter().map(|entry| match (entry.code.as_str(), entry.message.as_str()) {
        (code, "") => code.to_owned(),
        ("", message) => message.to_owned(),
        (code, message) => format!("{message} ({code})"),
    });
    let text = messages.collect::<Vec<_>>().join("; ");
    // A server's words may be many lines, but drive no terminal.
    let printable = text.chars().filter(|c| *c == '\n' || !c.is_control()).take(MAX_MESSAGE).collect::<String>();
    (!printable.is_empty()).then_some(printable)
}

/// The body of an answer. Its errors hold an [`OutboundError`].
pub(crate) struct Body {
    reader: BodyReader<'static>,
    host: String,
    what: String,
    length: Option<u64>,
    is_framed: bool,
    read: u64,
    limit: u64,
}

impl Body {
    /// The length in bytes that the answer says it has.
    pub(crate) fn length(&self) -> Option<u64> {
        self.length
    }

    /// Whether an end that comes too early can be told from one that does not.
    pub(crate) fn is_framed(&self) -> bool {
        self.is_framed
    }

    fn too_large(&self) -> OutboundError {
        OutboundError::TooLarge { host: self.host.clone(), what: self.what.clone(), limit: self.limit }
    }

    fn interrupted(&self, source: io::Error) -> OutboundError {
        OutboundError::Interrupted { host: self.host.clone(), what: self.what.clone(), source }
    }

    /// The error that a reading of this body gave.
    pub(crate) fn taken_back(&self, error: io::Error) -> OutboundError {
        error.downcast::<OutboundError>().unwrap_or_else(|error| self.interrupted(error))
    }
}

impl Read for Body {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match self.reader.read(buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Err(error),
            Err(error) => return Err(self.interrupted(error).into_io()),
        };
        self.read += count as u64;
        if self.read > self.limit {
            return Err(self.too_large().into_io());
        }
        if count == 0 && !buffer.is_empty() && self.length.is_some_and(|length| length > self.read) {
            return Err(self.interrupted(io::ErrorKind::UnexpectedEof.into()).into_io());
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests;
