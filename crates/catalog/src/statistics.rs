//! Counters of the catalog's work.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// What the catalog has done since it was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Transactions committed.
    pub commits: u64,
    /// Transactions that could not be committed.
    pub failed_commits: u64,
    /// Write operations answered; with group commit there are more of them than commits.
    pub operations: u64,
    /// How long the last commit took, the wait for the disk included.
    pub last_commit: Duration,
    /// How long all commits took together.
    pub total_commit: Duration,
    /// Manifests answered from memory.
    pub cache_hits: u64,
    /// Manifests looked for in the database.
    pub cache_misses: u64,
}

/// The counters behind [`Statistics`].
#[derive(Default)]
pub(crate) struct Counters {
    commits: AtomicU64,
    failed_commits: AtomicU64,
    operations: AtomicU64,
    last_commit_nanoseconds: AtomicU64,
    total_commit_nanoseconds: AtomicU64,
    cache_hits: AtomicU64,
    cache_misses: AtomicU64,
}

impl Counters {
    /// Counts a transaction and the operations it held.
    pub(crate) fn ran(&self, operations: usize, committed: bool) {
        self.operations.fetch_add(operations as u64, Relaxed);
        let counter = if committed { &self.commits } else { &self.failed_commits };
        counter.fetch_add(1, Relaxed);
    }

    /// Records how long a commit took.
    pub(crate) fn committed(&self, duration: Duration) {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.last_commit_nanoseconds.store(nanoseconds, Relaxed);
        self.total_commit_nanoseconds.fetch_add(nanoseconds, Relaxed);
    }

    /// Counts an answer from memory, or the want of one.
    pub(crate) fn looked_up(&self, hit: bool) {
        let counter = if hit { &self.cache_hits } else { &self.cache_misses };
        counter.fetch_add(1, Relaxed);
    }

    pub(crate) fn snapshot(&self) -> Statistics {
        Statistics {
            commits: self.commits.load(Relaxed),
            failed_commits: self.failed_commits.load(Relaxed),
            operations: self.operations.load(Relaxed),
            last_commit: Duration::from_nanos(self.last_commit_nanoseconds.load(Relaxed)),
            total_commit: Duration::from_nanos(self.total_commit_nanoseconds.load(Relaxed)),
            cache_hits: self.cache_hits.load(Relaxed),
            cache_misses: self.cache_misses.load(Relaxed),
        }
    }
}
