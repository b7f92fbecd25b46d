//! One open connection: its read buffer, and the parts of a response read from it.

use std::io;
use std::net::TcpStream;

use super::{Response, read_some};
use crate::Error;

/// The longest status line and headers together, in bytes.
const MAX_HEAD: usize = 64 << 10;
/// What one read asks for; large, so that a gigabyte costs few system calls.
const BUFFER: usize = 512 << 10;

#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self { stream, buffer: vec![0; 16 << 10], start: 0, end: 0 }
    }

    pub(super) fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    /// Reads the status line and headers of the next final response, skipping interim ones.
    pub(super) fn response_head(&mut self) -> Result<Response, Error> {
        loop {
            let head = self.one_head()?;
            if !(100..200).contains(&head.status) {
                return Ok(head);
            }
        }
    }

    fn one_head(&mut self) -> Result<Response, Error> {
        let mut response = Response { status: parse_status(&self.line()?)?, ..Response::default() };
        let mut size = 0;
        loop {
            let line = self.line()?;
            size += line.len();
            if size > MAX_HEAD {
                return Err(Error::Protocol("the headers are too long"));
            }
            if line.is_empty() {
                return Ok(response);
            }
            let (name, value) = line.split_once(':').ok_or(Error::Protocol("a header without a colon"))?;
            response.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }

    /// Hands the body that follows `head` to `sink`; says whether the connection can carry another request.
    pub(super) fn body(&mut self, method: &str, head: &Response, sink: &mut dyn FnMut(&[u8])) -> Result<bool, Error> {
        let keep = !head.header("connection").is_some_and(|value| value.eq_ignore_ascii_case("close"));
        if method == "HEAD" || matches!(head.status, 204 | 304) {
            return Ok(keep);
        }
        if head.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            self.chunked(sink)?;
            return Ok(keep);
        }
        match head.header("content-length") {
            Some(length) => {
                let length = length.parse().map_err(|_| Error::Protocol("a content-length that is no number"))?;
                self.exactly(length, sink)?;
                Ok(keep)
            }
            None => self.until_closed(sink).map(|()| false),
        }
    }

    fn chunked(&mut self, sink: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        loop {
            let line = self.line()?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let size = u64::from_str_radix(size, 16).map_err(|_| Error::Protocol("a chunk size that is no number"))?;
            if size == 0 {
                while !self.line()?.is_empty() {}
                return Ok(());
            }
            self.exactly(size, sink)?;
            if !self.line()?.is_empty() {
                return Err(Error::Protocol("a chunk longer than its size"));
            }
        }
    }

    fn exactly(&mut self, length: u64, sink: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        let mut left = length;
        while left > 0 {
            let available = self.available(left)?;
            let take = available.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            sink(&available[..take]);
            self.start += take;
            left -= take as u64;
        }
        Ok(())
    }

    fn until_closed(&mut self, sink: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        loop {
            match self.available(BUFFER as u64) {
                Ok(available) => {
                    let taken = available.len();
                    sink(available);
                    self.start += taken;
                }
                Err(Error::Connection(error)) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    }

    fn line(&mut self) -> Result<String, Error> {
        let mut line = Vec::new();
        loop {
            let available = self.available(0)?;
            let newline = available.iter().position(|&byte| byte == b'\n');
            let (taken, done) = newline.map_or((available.len(), false), |at| (at + 1, true));
            line.extend_from_slice(&available[..taken]);
            self.start += taken;
            if line.len() > MAX_HEAD {
                return Err(Error::Protocol("a line that is too long"));
            }
            if done {
                let text = String::from_utf8(line).map_err(|_| Error::Protocol("a header that is not text"))?;
                return Ok(text.trim_end_matches(['\r', '\n']).to_owned());
            }
        }
    }

    /// The bytes read and not yet taken, at least one; `wanted` says how many more are to come, to size the buffer.
    fn available(&mut self, wanted: u64) -> Result<&[u8], Error> {
        if self.start == self.end {
            if wanted > self.buffer.len() as u64 && self.buffer.len() < BUFFER {
                self.buffer.resize(BUFFER, 0);
            }
            self.start = 0;
            self.end = read_some(&mut self.stream, &mut self.buffer).map_err(Error::Connection)?;
            if self.end == 0 {
                return Err(Error::Connection(io::ErrorKind::UnexpectedEof.into()));
            }
        }
        Ok(&self.buffer[self.start..self.end])
    }
}

fn parse_status(line: &str) -> Result<u16, Error> {
    let mut words = line.split(' ');
    if !words.next().is_some_and(|version| version.starts_with("HTTP/1.")) {
        return Err(Error::Protocol("the status line does not start with HTTP/1."));
    }
    words.next().and_then(|status| status.parse().ok()).ok_or(Error::Protocol("a status that is no number"))
}
