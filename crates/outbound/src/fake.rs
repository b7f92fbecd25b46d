//! A server for tests: it answers each request by a function, and keeps what it was asked.
//!
//! The certificates in `tests/tls` are for 127.0.0.1, and hold for a hundred years; nobody trusts their authority but the
//! tests here.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// The authority that the certificate of a server with TLS is by.
pub(crate) const AUTHORITY: &[u8] = include_bytes!("../tests/tls/authority.der");

/// A request that came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }
}

/// What to answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    /// The length to claim; none for none at all.
    length: Option<usize>,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        Self { status, headers: Vec::new(), length: Some(body.len()), body }
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Claims another length than the body has.
    pub(crate) fn length(mut self, length: Option<usize>) -> Self {
        self.length = length;
        self
    }

    /// Breaks off before the last byte.
    pub(crate) fn cut(mut self) -> Self {
        self.body.pop();
        self
    }

    pub(crate) fn chunked(self, chunks: &[u8]) -> Self {
        Self { body: chunks.to_vec(), length: None, ..self }.header("transfer-encoding", "chunked")
    }

    fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Reply\r\nconnection: close\r\n", self.status);
        let length = self.length.map(|length| ("content-length".to_owned(), length.to_string()));
        for (name, value) in self.headers.iter().chain(&length) {
            head.extend([name, ": ", value, "\r\n"]);
        }
        [head.as_bytes(), b"\r\n", &self.body].concat()
    }

    pub(crate) fn redirect(to: impl Into<String>) -> Self {
        Self::new(307, "").header("location", to)
    }
}

/// The server; it ends when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(crate) fn new(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::start(None, answer)
    }

    /// A server that speaks TLS.
    pub(crate) fn with_tls(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let certificate = CertificateDer::from_slice(include_bytes!("../tests/tls/server.der"));
        let key = PrivatePkcs8KeyDer::from(include_bytes!("../tests/tls/server-key.der").as_slice());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key.into());
        Self::start(Some(Arc::new(config.unwrap())), answer)
    }

    fn start(tls: Option<Arc<ServerConfig>>, answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let stop = Arc::new(AtomicBool::new(false));
        let (kept, stopped) = (Arc::clone(&asked), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            thread::scope(|scope| {
                for stream in listener.incoming() {
                    if stopped.load(Ordering::SeqCst) {
                        break;
                    }
                    let stream = stream.unwrap();
                    let shut = stream.try_clone().unwrap();
                    match tls.as_ref().map(|tls| ServerConnection::new(Arc::clone(tls)).unwrap()) {
                        Some(tls) => scope.spawn(|| serve(StreamOwned::new(tls, stream), shut, &answer, &kept)),
                        None => scope.spawn(|| serve(stream, shut, &answer, &kept)),
                    };
                }
            });
        });
        Self { address, asked, stop, thread: Some(thread) }
    }

    /// A server that answers each request alike.
    pub(crate) fn always(reply: Reply) -> Self {
        Self::new(move |_| reply.clone())
    }

    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What was asked, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        drop(TcpStream::connect(self.address));
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(thread::panicking() || ended.is_none_or(|ended| ended.is_ok()), "the fake server failed");
    }
}

/// One request for each connection.
fn serve(stream: impl Read + Write, shut: TcpStream, answer: impl Fn(&Asked) -> Reply, kept: &Mutex<Vec<Asked>>) {
    let mut stream = BufReader::new(stream);
    let bytes = match read(&mut stream) {
        Some(asked) => {
            kept.lock().unwrap().push(asked.clone());
            answer(&asked).to_bytes()
        }
        // As servers do that are spoken to in TLS.
        None => b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n".to_vec(),
    };
    // A client may have seen enough before the end.
    drop(stream.get_mut().write_all(&bytes).and_then(|()| stream.get_mut().flush()));
    drop(shut.shutdown(Shutdown::Both));
}

/// Reads a request; none where the connection brings none.
fn read(stream: &mut impl BufRead) -> Option<Asked> {
    let mut line = String::new();
    stream.read_line(&mut line).ok().filter(|count| *count > 0)?;
    let mut words = line.split_whitespace();
    let (method, path) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut asked = Asked { method, path, headers, body: String::new() };
    let length = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    stream.take(length).read_to_string(&mut asked.body).ok()?;
    Some(asked)
}
