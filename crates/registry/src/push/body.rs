//! The bytes of a request on their way to a thread that may block.

use bytes::Bytes;
use futures_core::Stream;
use tokio::sync::{Semaphore, mpsc};

use crate::RegistryError;

/// A body of at most this many bytes is taken whole before a thread is asked to store it.
const SMALL: usize = 256 * 1024;
/// How many pieces may wait between the socket and the disk; a piece is at most what one read of the socket returned.
const WAITING: usize = 4;

/// How much of a refused body is read all the same.
const DRAIN: usize = 4 << 20;
/// How many bodies may be received in pieces at once; half the threads that the runtime lets block.
static PLACES: Semaphore = Semaphore::const_new(256);

/// The body of a request: pieces as they arrive, or the reason why no more will.
pub trait Body: Stream<Item = Result<Bytes, BodyError>> + Send + Unpin {}
impl<S: Stream<Item = Result<Bytes, BodyError>> + Send + Unpin> Body for S {}

/// Why a body ended before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyError {
    /// The client went away, or sent something that is not a body.
    #[error("the request body ended early")]
    Aborted,
    /// Nothing arrived for too long.
    #[error("the request body stalled")]
    Stalled,
}

/// The pieces of a body, for a thread that may block.
pub(crate) struct Pieces {
    head: std::vec::IntoIter<Bytes>,
    rest: Option<mpsc::Receiver<Result<Option<Bytes>, BodyError>>>,
}

impl Pieces {
    /// Whether the whole body is in memory.
    pub(crate) fn is_whole(&self) -> bool {
        self.rest.is_none()
    }

    /// The next piece; `None` at the end of a body that arrived whole.
    pub(crate) fn next(&mut self) -> Result<Option<Bytes>, BodyError> {
        if let Some(piece) = self.head.next() {
            return Ok(Some(piece));
        }
        match &mut self.rest {
            None => Ok(None),
            // A sender that is gone without having sent the end was dropped with its request.
            Some(rest) => rest.blocking_recv().unwrap_or(Err(BodyError::Aborted)),
        }
    }
}

async fn next_piece(body: &mut impl Body) -> Option<Result<Bytes, BodyError>> {
    std::future::poll_fn(|context| std::pin::Pin::new(&mut *body).poll_next(context)).await
}

/// Hands `body` to `job`, which runs where blocking is allowed and may stop reading early.
pub(crate) async fn receive<T: Send + 'static>(
    mut body: impl Body,
    job: impl FnOnce(&mut Pieces) -> Result<T, RegistryError> + Send + 'static,
) -> Result<T, RegistryError> {
    let mut head = Vec::new();
    let mut size = 0;
    let mut whole = false;
    while size <= SMALL && !whole {
        match next_piece(&mut body).await {
            Some(piece) => {
                let piece = piece?;
                size += piece.len();
                head.push(piece);
            }
            None => whole = true,
        }
    }
    let head = head.into_iter();
    if whole {
        return blocking(move || job(&mut Pieces { head, rest: None })).await;
    }
    // A body that is not here yet may keep its thread as long as its client pleases: such threads must not be all there are.
    let _place = PLACES.acquire().await.map_err(|_| BodyError::Aborted)?;
    let (sender, rest) = mpsc::channel(WAITING);
    let job = tokio::task::spawn_blocking(move || job(&mut Pieces { head, rest: Some(rest) }));
    forward(body, sender).await;
    job.await.map_err(RegistryError::Task)?
}

/// Forwards pieces until the end, an error, or until nobody listens any more.
async fn forward(mut body: impl Body, sender: mpsc::Sender<Result<Option<Bytes>, BodyError>>) {
    loop {
        let piece = next_piece(&mut body).await.transpose();
        let last = !matches!(piece, Ok(Some(_)));
        if sender.send(piece).await.is_err() {
            return drain(body).await;
        }
        if last {
            return;
        }
    }
}

/// Reads on a little after a refusal: a client that is cut off while it sends often does not read why.
async fn drain(mut body: impl Body) {
    let mut left = DRAIN;
    while let Some(Ok(piece)) = next_piece(&mut body).await {
        match left.checked_sub(piece.len()) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}

/// Runs `job` on a thread that may block.
pub(crate) async fn blocking<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, RegistryError> + Send + 'static,
) -> Result<T, RegistryError> {
    tokio::task::spawn_blocking(job).await.map_err(RegistryError::Task)?
}
