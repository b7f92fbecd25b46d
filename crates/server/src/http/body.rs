//! Response bodies.

use std::fs::File;
use std::future::Future;
use std::io;
use std::os::unix::fs::FileExt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio::task::JoinHandle;

use super::Outbox;
use super::zero_copy::{Due, placeholder};

/// How much of a file is read at a time where it cannot be sent without a copy.
const READ: usize = 256 * 1024;

/// The body of a response.
pub(crate) enum Body {
    /// Bytes in memory; none once they are taken.
    Bytes(Option<Bytes>),
    /// A part of a file.
    File(FilePart),
}

impl Body {
    pub(crate) fn empty() -> Self {
        Self::Bytes(None)
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }
}

/// A part of a file on its way to a client.
pub(crate) struct FilePart {
    remaining: u64,
    way: Way,
}

enum Way {
    /// Not begun; it will go through the connection's outbox.
    Queue { outbox: Outbox, due: Option<Due> },
    /// It is read in pieces.
    Read { file: Arc<File>, offset: u64, reading: Option<JoinHandle<io::Result<Bytes>>> },
}

impl FilePart {
    /// The `length` bytes of `file` from `offset` on; by way of the connection's outbox if it has one.
    pub(crate) fn new(file: File, offset: u64, length: u64, outbox: Option<Outbox>) -> Self {
        let way = match outbox {
            Some(outbox) => Way::Queue { outbox, due: Some(Due { file, offset, remaining: length }) },
            None => Way::Read { file: Arc::new(file), offset, reading: None },
        };
        Self { remaining: length, way }
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        match &mut self.way {
            Way::Queue { outbox, due } => {
                if let Some(due) = due.take() {
                    outbox.push(due);
                }
                Poll::Ready(Ok(placeholder(self.remaining)))
            }
            Way::Read { file, offset, reading } => {
                let task = reading.get_or_insert_with(|| read(Arc::clone(file), *offset, self.remaining));
                let piece = ready!(Pin::new(task).poll(context)).map_err(io::Error::other)??;
                *reading = None;
                *offset += piece.len() as u64;
                Poll::Ready(Ok(piece))
            }
        }
    }
}

fn read(file: Arc<File>, offset: u64, remaining: u64) -> JoinHandle<io::Result<Bytes>> {
    tokio::task::spawn_blocking(move || {
        let mut piece = vec![0; usize::try_from(remaining).unwrap_or(READ).min(READ)];
        file.read_exact_at(&mut piece, offset)?;
        Ok(piece.into())
    })
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match &mut *self {
            Self::Bytes(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::File(part) if part.remaining == 0 => Poll::Ready(None),
            Self::File(part) => {
                let piece = ready!(part.poll_piece(context))?;
                part.remaining -= piece.len() as u64;
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Bytes(bytes) => bytes.is_none(),
            Self::File(part) => part.remaining == 0,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Bytes(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Self::File(part) => SizeHint::with_exact(part.remaining),
        }
    }
}
