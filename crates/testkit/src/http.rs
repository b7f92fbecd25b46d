//! A minimal blocking HTTP/1.1 client: one connection, kept alive, cheap enough to load a server from the same machine.
//!
//! It knows `Content-Length` and chunked bodies in both directions, basic and bearer authorisation, and a server that
//! answers before it has read the whole request. It follows no redirect and speaks no TLS.

mod connection;

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use base64::Engine as _;

use crate::Error;
use connection::Connection;

/// The longest body [`Client::send`] keeps; longer ones are read with [`Client::send_into`].
const MAX_KEPT_BODY: usize = 256 << 20;
/// What one write of a chunked file holds at least, in bytes.
const WRITE: usize = 512 << 10;

/// A request's body.
pub enum Body<'a> {
    /// No body and no `Content-Length`.
    Empty,
    /// These bytes, with their `Content-Length`.
    Bytes(&'a [u8]),
    /// `length` bytes of a reader, with their `Content-Length`.
    Sized {
        /// Where the bytes come from.
        reader: &'a mut dyn Read,
        /// How many there are.
        length: u64,
    },
    /// A reader to its end, in chunks of at most this many bytes and without a `Content-Length`, as Docker pushes.
    Chunked {
        /// Where the bytes come from.
        reader: &'a mut dyn Read,
        /// The size of a chunk in bytes.
        chunk: usize,
    },
    /// `length` bytes of a file from its current position: with a `Content-Length`, sent by the kernel without a copy
    /// through this process, or in chunks of the size given.
    File {
        /// The file.
        file: &'a File,
        /// How many bytes.
        length: u64,
        /// The size of a chunk in bytes.
        chunk: Option<u64>,
    },
}

/// A request: a method, a path with its query, headers and a body.
pub struct Request<'a> {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Body<'a>,
}

impl<'a> Request<'a> {
    /// A request without a body.
    pub fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Body::Empty }
    }

    /// Adds a header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: Body<'a>) -> Self {
        self.body = body;
        self
    }
}

/// The answer to a request.
#[derive(Clone, Debug, Default)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers in the order they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; empty after [`Client::send_into`].
    pub body: Vec<u8>,
}

impl Response {
    /// The value of the first header of this name, given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(have, _)| have == name).map(|(_, value)| value.as_str())
    }

    /// The body as text, at most its first 2,000 bytes: what an error message shows.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body[..self.body.len().min(2000)]).into_owned()
    }
}

/// A client of one server, with at most one open connection.
#[derive(Debug)]
pub struct Client {
    address: SocketAddr,
    authorization: Option<String>,
    timeout: Duration,
    connection: Option<Connection>,
}

impl Client {
    /// A client of the server at `address`; it connects with the first request.
    pub fn new(address: SocketAddr) -> Self {
        Self { address, authorization: None, timeout: Duration::from_mins(1), connection: None }
    }

    /// Sends basic authorisation with every request.
    pub fn basic(mut self, user: &str, password: &str) -> Self {
        let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
        self.authorization = Some(format!("Basic {encoded}"));
        self
    }

    /// Sends this bearer token with every request.
    pub fn bearer(mut self, token: &str) -> Self {
        self.authorization = Some(format!("Bearer {token}"));
        self
    }

    /// Gives up on a read or write that makes no progress for `timeout`; 60 seconds unless set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The server's address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The value of the `Authorization` header this client sends.
    pub fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    /// Sends a request and keeps the whole body of the answer, up to 256 MiB.
    pub fn send(&mut self, request: Request<'_>) -> Result<Response, Error> {
        let mut body = Vec::new();
        let mut too_long = false;
        let mut response = self.send_into(request, &mut |bytes| {
            too_long |= body.len() + bytes.len() > MAX_KEPT_BODY;
            if !too_long {
                body.extend_from_slice(bytes);
            }
        })?;
        if too_long {
            return Err(Error::Protocol("the body is longer than 256 MiB"));
        }
        response.body = body;
        Ok(response)
    }

    /// Sends a request and hands the body of the answer to `sink` piece by piece.
    pub fn send_into(&mut self, mut request: Request<'_>, sink: &mut dyn FnMut(&[u8])) -> Result<Response, Error> {
        let reused = self.connection.is_some();
        match self.attempt(&mut request, sink) {
            Err(Error::Connection(_)) if reused && matches!(request.method, "GET" | "HEAD") => {
                self.attempt(&mut request, sink)
            }
            outcome => outcome,
        }
    }

    fn attempt(&mut self, request: &mut Request<'_>, sink: &mut dyn FnMut(&[u8])) -> Result<Response, Error> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => Connection::new(self.connect().map_err(Error::Connection)?),
        };
        let head = self.head(request);
        let written = write_request(connection.stream(), &head, &mut request.body);
        // A server may refuse before it has read the body; its answer says more than the broken pipe does.
        let (response, keep) = match (written, connection.response_head()) {
            (Ok(()), head) => {
                let head = head?;
                let keep = connection.body(request.method, &head, sink)?;
                (head, keep)
            }
            (Err(_), Ok(head)) => {
                connection.body(request.method, &head, sink)?;
                (head, false)
            }
            (Err(error), Err(_)) => return Err(Error::Connection(error)),
        };
        self.connection = keep.then_some(connection);
        Ok(response)
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect_timeout(&self.address, self.timeout)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(self.timeout))?;
        stream.set_write_timeout(Some(self.timeout))?;
        Ok(stream)
    }

    fn head(&self, request: &Request<'_>) -> String {
        let mut head = format!("{} {} HTTP/1.1\r\nhost: {}\r\n", request.method, request.path, self.address);
        let mut put = |name: &str, value: &str| {
            head.push_str(name);
            head.push_str(": ");
            head.push_str(value);
            head.push_str("\r\n");
        };
        if let Some(authorization) = &self.authorization {
            put("authorization", authorization);
        }
        for (name, value) in &request.headers {
            put(name, value);
        }
        match &request.body {
            Body::Empty if matches!(request.method, "POST" | "PUT" | "PATCH") => put("content-length", "0"),
            Body::Empty => {}
            Body::Bytes(bytes) => put("content-length", &bytes.len().to_string()),
            Body::Sized { length, .. } | Body::File { length, chunk: None, .. } => {
                put("content-length", &length.to_string());
            }
            Body::Chunked { .. } | Body::File { chunk: Some(_), .. } => put("transfer-encoding", "chunked"),
        }
        head.push_str("\r\n");
        head
    }
}

fn write_request(stream: &mut TcpStream, head: &str, body: &mut Body<'_>) -> io::Result<()> {
    match body {
        Body::Empty => stream.write_all(head.as_bytes()),
        Body::Bytes(bytes) if bytes.len() <= 64 << 10 => stream.write_all(&[head.as_bytes(), bytes].concat()),
        Body::Bytes(bytes) => {
            stream.write_all(head.as_bytes())?;
            stream.write_all(bytes)
        }
        Body::Sized { reader, length } => {
            stream.write_all(head.as_bytes())?;
            let sent = io::copy(&mut reader.take(*length), stream)?;
            expect_all(sent, *length)
        }
        Body::Chunked { reader, chunk } => {
            stream.write_all(head.as_bytes())?;
            write_chunks(stream, *reader, *chunk)
        }
        Body::File { file, length, chunk } => {
            stream.write_all(head.as_bytes())?;
            send_file(stream, file, *length, *chunk)
        }
    }
}

fn expect_all(sent: u64, length: u64) -> io::Result<()> {
    if sent == length { Ok(()) } else { Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the body is too short")) }
}

fn write_chunks(stream: &mut TcpStream, reader: &mut dyn Read, chunk: usize) -> io::Result<()> {
    let mut buffer = vec![0; chunk.max(1)];
    loop {
        let filled = fill(reader, &mut buffer)?;
        if filled == 0 {
            return stream.write_all(b"0\r\n\r\n");
        }
        let size = format!("{filled:x}\r\n");
        stream.write_all(&[size.as_bytes(), &buffer[..filled], b"\r\n"].concat())?;
    }
}

/// Reads until `buffer` is full or the reader ends.
fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match read_some(reader, &mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// One read, again if a signal interrupted it.
fn read_some(reader: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match reader.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

fn send_file(stream: &mut TcpStream, mut file: &File, length: u64, chunk: Option<u64>) -> io::Result<()> {
    let Some(chunk) = chunk else {
        return expect_all(io::copy(&mut Read::take(&mut file, length), stream)?, length);
    };
    // Many chunks go out in one write, so that their size costs the receiver and not the sender.
    let mut framed = Vec::with_capacity(WRITE + (WRITE >> 4));
    let mut left = length;
    while left > 0 {
        let size = left.min(chunk.max(1));
        framed.extend_from_slice(format!("{size:x}\r\n").as_bytes());
        let start = framed.len();
        framed.resize(start + usize::try_from(size).map_err(io::Error::other)?, 0);
        file.read_exact(&mut framed[start..])?;
        framed.extend_from_slice(b"\r\n");
        left -= size;
        if framed.len() >= WRITE {
            stream.write_all(&framed)?;
            framed.clear();
        }
    }
    framed.extend_from_slice(b"0\r\n\r\n");
    stream.write_all(&framed)
}

#[cfg(test)]
mod tests;
