//! Connections: accepted, served, and ended in good order.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::zero_copy::Socket;
use super::{Outbox, Request, Response};

/// How long a client may take to send the head of a request, or to begin the next one.
const HEAD: Duration = Duration::from_mins(1);
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long requests may run on after the server was told to stop.
const STOP: Duration = Duration::from_secs(20);
/// The largest head of a request, and the most of a body read at once: enough to keep system calls rare, little enough for
/// a hundred pushes at a time.
const BUFFER: usize = 128 * 1024;

/// The connection a request came by.
#[derive(Clone)]
pub(crate) struct Connection {
    /// The client's address.
    pub(crate) peer: SocketAddr,
    /// Where files go that need no copy; none behind TLS.
    pub(crate) outbox: Option<Outbox>,
    /// Whether the connection is encrypted.
    pub(crate) tls: bool,
}

/// Accepts connections and answers their requests with `answer` until `stop` resolves; then lets running requests end.
pub(crate) async fn serve<A, F>(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    answer: A,
    stop: impl Future<Output = ()>,
) where
    A: Fn(Connection, Request) -> F + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let answer = Arc::new(answer);
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let _ = stream.set_nodelay(true);
                tokio::spawn(connection(stream, peer, tls.clone(), Arc::clone(&answer), graceful.watcher()));
            }
            // Out of descriptors, most likely: those in use must get the chance to end.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(STOP, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still running when the time to stop was over");
    }
}

async fn connection<A, F>(
    stream: TcpStream,
    peer: SocketAddr,
    tls: Option<TlsAcceptor>,
    answer: Arc<A>,
    watcher: Watcher,
) where
    A: Fn(Connection, Request) -> F + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let Some(tls) = tls else {
        let outbox = Outbox::default();
        let connection = Connection { peer, outbox: Some(outbox.clone()), tls: false };
        return requests(Socket::new(stream, outbox), connection, answer, watcher).await;
    };
    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
        requests(stream, Connection { peer, outbox: None, tls: true }, answer, watcher).await;
    }
}

async fn requests<S, A, F>(stream: S, connection: Connection, answer: Arc<A>, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    A: Fn(Connection, Request) -> F + Send + Sync + 'static,
    F: Future<Output = Response> + Send + 'static,
{
    let service = service_fn(|request| {
        let response = answer(connection.clone(), request);
        async { Ok::<_, Infallible>(response.await) }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(BUFFER);
    let served = watcher.watch(builder.serve_connection(TokioIo::new(stream), service)).await;
    if let Err(error) = served {
        // A client that goes away is no fault of ours.
        tracing::debug!(%error, "a connection ended early");
    }
}
