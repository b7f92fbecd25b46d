//! How far a transfer is.

use std::fmt;
use std::time::{Duration, Instant};

/// How often a transfer says how far it is.
const INTERVAL: Duration = Duration::from_millis(100);

/// How far a transfer is. Printed as `Debian 1.2 of 34.5 MB`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is transferred, in a word.
    pub what: String,
    /// Bytes that have come.
    pub done: u64,
    /// Bytes there are; none where nobody said.
    pub total: Option<u64>,
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let megabytes = |bytes: u64| bytes as f64 / 1e6;
        match self.total {
            Some(total) => {
                write!(f, "{} {:.1} of {:.1} MB", self.what, megabytes(self.done), megabytes(total))
            }
            None => write!(f, "{} {:.1} MB", self.what, megabytes(self.done)),
        }
    }
}

/// Lets one report through now and then.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Option<Instant>);

impl Throttle {
    /// Whether it is time for a report.
    pub(crate) fn is_due(&mut self) -> bool {
        let due = self.0.is_none_or(|last| last.elapsed() >= INTERVAL);
        if due {
            self.0 = Some(Instant::now());
        }
        due
    }
}
