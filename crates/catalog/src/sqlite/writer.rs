//! The one thread that writes, and group commit.
//!
//! Operations queue up while a commit is on its way to the disk; the next transaction takes all that wait, each in a
//! savepoint of its own, and one fsync serves them all. Nobody is answered before it.

use std::collections::VecDeque;
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::CatalogError;
use crate::statistics::Counters;
use crate::versions::Versions;

/// The most operations one transaction takes: bounds how long the first of them waits.
const BATCH: usize = 256;

/// What an operation writes through.
pub(crate) struct Change<'a> {
    /// The connection, inside the operation's savepoint.
    pub(crate) connection: &'a Connection,
    versions: &'a Versions,
    touched: &'a mut Vec<usize>,
}

impl Change<'_> {
    /// Notes that what `key` resolves to may change with this operation.
    pub(crate) fn touch(&mut self, key: impl Hash) {
        self.touched.push(self.versions.slot(key));
    }

    /// Notes that anything may change with this operation.
    pub(crate) fn touch_everything(&mut self) {
        self.touched.extend(Versions::all());
    }
}

/// An operation that waits to be run, or to be answered.
trait Operation: Send {
    /// Runs it, inside a savepoint.
    fn run(&mut self, change: &mut Change<'_>);

    /// Why it failed, if it ran and did.
    fn failure(&self) -> Option<&CatalogError>;

    /// Answers its caller, who is told of a failure of the commit unless the operation itself failed.
    fn answer(self: Box<Self>, committed: Result<(), Arc<rusqlite::Error>>);
}

/// An operation with its caller's end of the line.
struct Pending<T, F> {
    operation: Option<F>,
    result: Option<Result<T, CatalogError>>,
    caller: oneshot::Sender<Result<T, CatalogError>>,
}

impl<T, F> Operation for Pending<T, F>
where
    T: Send,
    F: FnOnce(&mut Change<'_>) -> Result<T, CatalogError> + Send,
{
    fn run(&mut self, change: &mut Change<'_>) {
        self.result = self.operation.take().map(|operation| {
            // The savepoint is rolled back on failure, so nothing half-done outlives a panic.
            catch_unwind(AssertUnwindSafe(|| operation(change))).unwrap_or(Err(CatalogError::Panicked))
        });
    }

    fn failure(&self) -> Option<&CatalogError> {
        self.result.as_ref()?.as_ref().err()
    }

    fn answer(self: Box<Self>, committed: Result<(), Arc<rusqlite::Error>>) {
        let answer = match (self.result, committed) {
            (Some(Err(own)), _) => Err(own),
            (_, Err(cause)) => Err(CatalogError::Commit(cause)),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(CatalogError::Closed),
        };
        // The caller may have gone away; the change stands all the same.
        drop(self.caller.send(answer));
    }
}

enum Request {
    Run(Box<dyn Operation>),
    Close(oneshot::Sender<()>),
}

/// The door to the writer thread.
pub(crate) struct Writer {
    requests: Mutex<Option<Sender<Request>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread, which owns `connection` from now on.
    pub(crate) fn start(
        connection: Connection,
        versions: Arc<Versions>,
        counters: Arc<Counters>,
    ) -> Result<Self, CatalogError> {
        let (sender, requests) = channel();
        let batches = Batches { connection, versions, counters, queue: VecDeque::new() };
        let thread = std::thread::Builder::new()
            .name("catalog-writer".to_owned())
            .spawn(move || batches.serve(&requests))
            .map_err(CatalogError::Writer)?;
        Ok(Self { requests: Mutex::new(Some(sender)), thread: Mutex::new(Some(thread)) })
    }

    /// Runs `operation` in a savepoint and answers once it is durable. If it fails, what it wrote is undone and
    /// nothing else is. It runs even if the caller no longer waits.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        operation: impl FnOnce(&mut Change<'_>) -> Result<T, CatalogError> + Send + 'static,
    ) -> Result<T, CatalogError> {
        let (caller, answer) = oneshot::channel();
        self.send(Request::Run(Box::new(Pending { operation: Some(operation), result: None, caller })))?;
        answer.await.unwrap_or(Err(CatalogError::Closed))
    }

    /// Finishes what waits, folds the log into the database and stops the thread.
    pub(crate) async fn close(&self) {
        let (sender, closed) = oneshot::channel();
        if self.send(Request::Close(sender)).is_ok() {
            self.hang_up();
            // An error means the thread has ended already, which is what is wanted.
            drop(closed.await);
        }
    }

    fn send(&self, request: Request) -> Result<(), CatalogError> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = requests.as_ref().ok_or(CatalogError::Closed)?;
        sender.send(request).map_err(|_| CatalogError::Closed)
    }

    fn hang_up(&self) {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

impl Drop for Writer {
    /// Waits for the thread, so that the database is not in use any more when the catalog is gone.
    fn drop(&mut self) {
        self.hang_up();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            tracing::error!("the catalog's writer thread panicked");
        }
    }
}

/// The writer thread's own state.
struct Batches {
    connection: Connection,
    versions: Arc<Versions>,
    counters: Arc<Counters>,
    queue: VecDeque<Box<dyn Operation>>,
}

impl Batches {
    fn serve(mut self, requests: &Receiver<Request>) {
        let mut closing = None;
        while closing.is_none() {
            let Ok(first) = requests.recv() else { break };
            let mut next = Some(first);
            while let Some(request) = next {
                match request {
                    Request::Run(operation) => self.queue.push_back(operation),
                    Request::Close(sender) => closing = Some(sender),
                }
                next = if self.queue.len() < BATCH { requests.try_recv().ok() } else { None };
            }
            while !self.queue.is_empty() {
                self.run_batch();
            }
        }
        self.fold_log();
        drop(self.connection);
        if let Some(sender) = closing {
            // Whoever closes may have stopped waiting.
            let _ = sender.send(());
        }
    }

    /// Runs what is queued as one transaction and answers it. What it did not get to stays in the queue.
    fn run_batch(&mut self) {
        let mut ran = Vec::with_capacity(self.queue.len());
        let committed = self.transact(&mut ran).map_err(Arc::new);
        self.counters.ran(ran.len(), committed.is_ok());
        if let Err(error) = &committed {
            tracing::error!(error = %error, operations = ran.len(), "the catalog could not commit");
            self.abandon();
        }
        for operation in ran {
            operation.answer(committed.clone());
        }
    }

    /// Moves operations from the queue to `ran` and runs them, then commits.
    fn transact(&mut self, ran: &mut Vec<Box<dyn Operation>>) -> rusqlite::Result<()> {
        let mut touched = Vec::new();
        let begun = execute(&self.connection, "BEGIN IMMEDIATE");
        if begun.is_err() {
            ran.extend(self.queue.drain(..));
            return begun;
        }
        while let Some(mut operation) = self.queue.pop_front() {
            let result = self.run_in_savepoint(operation.as_mut(), &mut touched);
            ran.push(operation);
            result?;
        }
        self.commit(touched)
    }

    /// Runs one operation. Fails only if the whole transaction is lost.
    fn run_in_savepoint(&self, operation: &mut dyn Operation, touched: &mut Vec<usize>) -> rusqlite::Result<()> {
        execute(&self.connection, "SAVEPOINT operation")?;
        operation.run(&mut Change { connection: &self.connection, versions: &self.versions, touched });
        let failure = operation.failure();
        // A full disk or a failing one makes SQLite roll back everything, not just the statement.
        if self.connection.is_autocommit() {
            return Err(lost(failure));
        }
        if failure.is_some() {
            execute(&self.connection, "ROLLBACK TO operation")?;
        }
        execute(&self.connection, "RELEASE operation")
    }

    fn commit(&self, touched: Vec<usize>) -> rusqlite::Result<()> {
        let changing = self.versions.change(touched);
        let start = Instant::now();
        let committed = execute(&self.connection, "COMMIT");
        drop(changing);
        self.counters.committed(start.elapsed());
        committed
    }

    /// Leaves a transaction that failed, if SQLite has not done so itself.
    fn abandon(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = execute(&self.connection, "ROLLBACK")
        {
            tracing::error!(error = %error, "the catalog could not roll back");
        }
    }

    /// Folds the log into the database, so that the next start finds one file.
    fn fold_log(&self) {
        if let Err(error) = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
            tracing::warn!(error = %error, "the catalog's log could not be folded in; the next start does it");
        }
    }
}

/// The error of a transaction that SQLite gave up because of one operation.
fn lost(failure: Option<&CatalogError>) -> rusqlite::Error {
    let cause = match failure {
        Some(CatalogError::Database(error)) => error.sqlite_error().copied(),
        _ => None,
    };
    let cause = cause.unwrap_or(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT_ROLLBACK));
    rusqlite::Error::SqliteFailure(cause, Some("the transaction was rolled back".to_owned()))
}

fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

#[cfg(test)]
mod tests;
