//! Reading a file along while it is written.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// What the writer has told the reader.
#[derive(Default)]
struct Told {
    written: u64,
    end: Option<End>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Complete,
    Abandoned,
}

#[derive(Default)]
struct Shared {
    told: Mutex<Told>,
    changed: Condvar,
}

impl Shared {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The writer's end. Never waits for the reader. Dropped before [`Leader::complete`], it makes the reader fail.
pub(crate) struct Leader(Arc<Shared>);

impl Leader {
    /// Says how many bytes the file has now.
    pub(super) fn wrote(&self, written: u64) {
        self.0.told().written = written;
        self.0.changed.notify_one();
    }

    /// Says that the file is complete.
    pub(super) fn complete(self) {
        self.0.told().end = Some(End::Complete);
    }
}

impl Drop for Leader {
    fn drop(&mut self) {
        self.0.told().end.get_or_insert(End::Abandoned);
        self.0.changed.notify_one();
    }
}

/// The reader's end: reads what is written, and waits for more until the file is complete.
pub(super) struct Follower {
    file: File,
    position: u64,
    shared: Arc<Shared>,
}

/// Both ends for a file.
pub(super) fn follow(file: File) -> (Leader, Follower) {
    let shared = Arc::new(Shared::default());
    (Leader(Arc::clone(&shared)), Follower { file, position: 0, shared })
}

impl Read for Follower {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut told = self.shared.told();
        while told.written <= self.position {
            match told.end {
                None => told = self.shared.changed.wait(told).unwrap_or_else(PoisonError::into_inner),
                Some(End::Complete) => return Ok(0),
                Some(End::Abandoned) => return Err(io::ErrorKind::ConnectionAborted.into()),
            }
        }
        let there = usize::try_from(told.written - self.position).unwrap_or(usize::MAX);
        drop(told);
        let wanted = buffer.len().min(there);
        let read = self.file.read_at(&mut buffer[..wanted], self.position)?;
        self.position += read as u64;
        Ok(read)
    }
}

/// Reads pieces that are in memory.
pub(super) struct PieceReader {
    pieces: std::vec::IntoIter<Bytes>,
    current: Bytes,
}

impl PieceReader {
    pub(super) fn new(pieces: Vec<Bytes>) -> Self {
        Self { pieces: pieces.into_iter(), current: Bytes::new() }
    }
}

impl Read for PieceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() {
            match self.pieces.next() {
                Some(piece) => self.current = piece,
                None => return Ok(0),
            }
        }
        let read = self.current.len().min(buffer.len());
        buffer[..read].copy_from_slice(&self.current.split_to(read));
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_follower_reads_all_that_is_written_and_then_ends() {
        let mut file = tempfile::tempfile().unwrap();
        let (leader, mut follower) = follow(file.try_clone().unwrap());
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            follower.read_to_string(&mut text).map(|_| text)
        });
        for (number, word) in ["plim", "soll", " line"].into_iter().enumerate() {
            file.write_all(word.as_bytes()).unwrap();
            leader.wrote([4, 8, 13][number]);
        }
        leader.complete();
        assert_eq!(reader.join().unwrap().unwrap(), "plimsoll line");
    }

    #[test]
    fn a_follower_of_an_abandoned_file_fails() {
        let (leader, mut follower) = follow(tempfile::tempfile().unwrap());
        drop(leader);
        assert!(follower.read(&mut [0; 8]).is_err());
    }
}
