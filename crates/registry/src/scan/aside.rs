//! Hashes on another thread what is read on this one: hashing is most of what a scan costs.

use std::io::{self, BufReader, Read};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use plimsoll_oci::{Algorithm, Digest, Hasher};

/// The bytes handed over at a time, and how often the reading thread may run ahead.
const CHUNK: usize = 128 << 10;
const AHEAD: usize = 2;

/// Lets `work` read from `reader`, reads what it leaves, and returns what it made of it, with the digest and the length of
/// the whole.
pub(super) fn hashed<R: Read, T>(
    reader: R,
    algorithm: Algorithm,
    work: impl FnOnce(&mut Hashed<R>) -> T,
) -> (T, io::Result<(Digest, u64)>) {
    thread::scope(|scope| {
        let (filled, chunks) = sync_channel(AHEAD);
        let (empty, returned) = channel();
        let hashing = scope.spawn(move || hash(algorithm.hasher(), &chunks, &empty));
        let mut reader = Hashed { reader, length: 0, chunk: Vec::new(), filled, returned };
        let made = work(&mut reader);
        let length = reader.finish();
        let digest = match hashing.join() {
            Ok(digest) => digest,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        (made, length.map(|length| (digest, length)))
    })
}

fn hash(mut hasher: Hasher, chunks: &Receiver<Vec<u8>>, empty: &Sender<Vec<u8>>) -> Digest {
    for chunk in chunks {
        hasher.update(&chunk);
        // Nobody takes it back at the end.
        drop(empty.send(chunk));
    }
    hasher.finish()
}

/// A reader whose bytes are hashed aside.
pub(super) struct Hashed<R> {
    reader: R,
    length: u64,
    /// What was read and not yet handed over.
    chunk: Vec<u8>,
    filled: SyncSender<Vec<u8>>,
    returned: Receiver<Vec<u8>>,
}

impl<R: Read> Hashed<R> {
    /// Reads to the end, and returns the length of the whole.
    fn finish(mut self) -> io::Result<u64> {
        io::copy(&mut BufReader::with_capacity(CHUNK, &mut self), &mut io::sink())?;
        self.hand_over();
        Ok(self.length)
    }
}

impl<R> Hashed<R> {
    fn hand_over(&mut self) {
        let mut next = self.returned.try_recv().unwrap_or_default();
        next.clear();
        // The other thread ends after this one.
        drop(self.filled.send(std::mem::replace(&mut self.chunk, next)));
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(CHUNK - self.chunk.len());
        let count = self.reader.read(&mut buffer[..wanted])?;
        self.length += count as u64;
        self.chunk.extend_from_slice(&buffer[..count]);
        if self.chunk.len() == CHUNK {
            self.hand_over();
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_of_all_that_is_there() {
        for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 10 * CHUNK + 7] {
            let bytes: Vec<u8> = (0..size).map(|index| (index % 251) as u8).collect();
            for read in [0, size / 2, size] {
                let (made, whole) = hashed(&*bytes, Algorithm::Sha256, |reader| {
                    let mut some = vec![0; read];
                    reader.read_exact(&mut some).map(|()| some)
                });
                assert_eq!(made.unwrap(), bytes[..read]);
                assert_eq!(whole.unwrap(), (Digest::sha256(&bytes), size as u64));
            }
        }
    }

    #[test]
    fn a_reader_that_fails() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the disk is gone"))
            }
        }
        let (made, whole) = hashed(b"abc".chain(Failing), Algorithm::Sha256, |reader| reader.read(&mut [0; 2]).ok());
        assert_eq!(made, Some(2));
        assert_eq!(whole.unwrap_err().to_string(), "the disk is gone");
    }
}
