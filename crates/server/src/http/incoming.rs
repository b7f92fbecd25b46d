//! Request bodies.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use hyper::body::{Body as _, Incoming};
use plimsoll_registry::BodyError;
use tokio::time::{Instant, Sleep};

/// How long a body may take for each 16 KiB, so that neither a client that stalls nor one that trickles holds on.
const STALL: Duration = Duration::from_mins(1);
const STEP: usize = 16 * 1024;
/// How much more of a body is read after it was refused. Most clients hear the answer only once all they had to say is
/// taken off them.
const READ_ON: usize = 32 * 1024 * 1024;

/// The pieces of a request body, with an end to a client that stalls.
pub(crate) struct Received {
    body: Incoming,
    stall: Pin<Box<Sleep>>,
    /// Bytes received since the time was last taken.
    progress: usize,
}

impl Received {
    pub(crate) fn new(body: Incoming) -> Self {
        Self { body, stall: Box::pin(tokio::time::sleep(STALL)), progress: 0 }
    }

    /// The whole body if it is at most `limit` bytes long; else `None`.
    pub(crate) async fn collect(mut self, limit: usize) -> Result<Option<Bytes>, BodyError> {
        if self.body.size_hint().lower() > limit as u64 {
            self.discard().await;
            return Ok(None);
        }
        let mut whole = BytesMut::new();
        while let Some(piece) = self.next().await {
            let piece = piece?;
            if whole.is_empty() && self.body.is_end_stream() {
                return Ok(Some(piece).filter(|piece| piece.len() <= limit));
            }
            if whole.len() + piece.len() > limit {
                drop(whole);
                self.discard().await;
                return Ok(None);
            }
            whole.extend_from_slice(&piece);
        }
        Ok(Some(whole.freeze()))
    }

    /// Reads the body, or what is left of it, for nothing, so that the client hears why it was refused.
    pub(crate) async fn discard(mut self) {
        let mut read = 0;
        while let Some(Ok(piece)) = self.next().await {
            read += piece.len();
            if read > READ_ON {
                break;
            }
        }
    }

    async fn next(&mut self) -> Option<Result<Bytes, BodyError>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl Stream for Received {
    type Item = Result<Bytes, BodyError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match Pin::new(&mut self.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => {
                    // Trailers carry nothing for us.
                    let Ok(piece) = frame.into_data() else { continue };
                    self.progress += piece.len();
                    if self.progress >= STEP {
                        self.progress = 0;
                        self.stall.as_mut().reset(Instant::now() + STALL);
                    }
                    return Poll::Ready(Some(Ok(piece)));
                }
                Poll::Ready(Some(Err(_))) => return Poll::Ready(Some(Err(BodyError::Aborted))),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return self.stall.as_mut().poll(context).map(|()| Some(Err(BodyError::Stalled))),
            }
        }
    }
}
