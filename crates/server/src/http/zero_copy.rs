//! Files go from the page cache to a plain socket by `sendfile`, below an HTTP library that knows only bytes.
//!
//! The body of such a response consists of [`placeholder`] bytes, as many as the file part has. [`Socket`] recognises
//! them by their address when they are written and sends the next bytes of the file in their place. Bodies are written in
//! the order in which their responses were made, so the files wait in a queue, the [`Outbox`].
//!
//! This holds for HTTP/1 without TLS, where what is written is what is sent; other connections read the file.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;

/// The most a body hands over, and the most that is asked of the kernel, at a time.
const PIECE: usize = 1 << 20;
static PLACEHOLDER: [u8; PIECE] = [0; PIECE];

/// At most `wanted` bytes that stand for bytes of a file.
pub(super) fn placeholder(wanted: u64) -> Bytes {
    let length = usize::try_from(wanted).unwrap_or(PIECE).min(PIECE);
    Bytes::from_static(&PLACEHOLDER[..length])
}

fn is_placeholder(bytes: &[u8]) -> bool {
    PLACEHOLDER.as_ptr_range().contains(&bytes.as_ptr())
}

/// A part of a file that is due on the wire.
pub(super) struct Due {
    pub(super) file: File,
    pub(super) offset: u64,
    pub(super) remaining: u64,
}

/// The file parts that wait for their turn on one connection.
#[derive(Clone, Default)]
pub(crate) struct Outbox(Arc<Mutex<VecDeque<Due>>>);

impl Outbox {
    pub(super) fn push(&self, due: Due) {
        self.lock().push_back(due);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Due>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends up to `wanted` bytes of the first file part to the socket, without waiting.
    fn send(&self, stream: &TcpStream, wanted: usize) -> io::Result<usize> {
        let mut queue = self.lock();
        let Some(due) = queue.front_mut() else { return Err(io::ErrorKind::UnexpectedEof.into()) };
        let count = wanted.min(usize::try_from(due.remaining).unwrap_or(usize::MAX));
        let sent = rustix::fs::sendfile(stream, &due.file, Some(&mut due.offset), count)?;
        if sent == 0 {
            // The file is shorter than the length that was promised: the connection must break, not lie.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        due.remaining -= sent as u64;
        if due.remaining == 0 {
            queue.pop_front();
        }
        Ok(sent)
    }
}

/// A plain connection that replaces placeholders by the bytes they stand for.
pub(super) struct Socket {
    stream: TcpStream,
    outbox: Outbox,
}

impl Socket {
    pub(super) fn new(stream: TcpStream, outbox: Outbox) -> Self {
        Self { stream, outbox }
    }

    fn poll_send_file(&self, context: &mut Context<'_>, wanted: usize) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.stream.poll_write_ready(context))?;
            match self.stream.try_io(Interest::WRITABLE, || self.outbox.send(&self.stream, wanted)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                sent => return Poll::Ready(sent),
            }
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if is_placeholder(bytes) {
            return self.poll_send_file(context, bytes.len());
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let plain = buffers.iter().take_while(|buffer| !is_placeholder(buffer)).count();
        match buffers.first() {
            Some(first) if plain == 0 => self.poll_send_file(context, first.len()),
            _ => Pin::new(&mut self.stream).poll_write_vectored(context, &buffers[..plain]),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn due(content: &[u8], offset: u64, remaining: u64) -> Due {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(content).unwrap();
        file.rewind().unwrap();
        Due { file, offset, remaining }
    }

    async fn pair(outbox: &Outbox) -> (Socket, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (Socket::new(listener.accept().await.unwrap().0, outbox.clone()), client)
    }

    #[tokio::test]
    async fn placeholders_become_the_bytes_of_their_files_in_order() {
        let outbox = Outbox::default();
        let (mut socket, mut client) = pair(&outbox).await;
        outbox.push(due(b"0123456789", 2, 5));
        outbox.push(due(b"abcdef", 0, 6));
        for piece in [Bytes::from("<"), placeholder(5), Bytes::from("|"), placeholder(6), Bytes::from(">")] {
            socket.write_all(&piece).await.unwrap();
        }
        drop(socket);
        let mut received = String::new();
        client.read_to_string(&mut received).await.unwrap();
        assert_eq!(received, "<23456|abcdef>");
    }

    #[tokio::test]
    async fn a_file_that_is_too_short_breaks_the_connection() {
        let outbox = Outbox::default();
        let (mut socket, _client) = pair(&outbox).await;
        outbox.push(due(b"abc", 0, 4));
        let error = socket.write_all(&placeholder(4)).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }
}
