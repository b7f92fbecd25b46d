//! A reader that hashes what passes through it.

use std::io::{self, Read};

use plimsoll_oci::{Algorithm, Digest, Hasher};

/// Hashes the bytes read through it, to prove a blob's digest in the pass that analyses it.
pub struct HashingReader<R> {
    inner: R,
    hasher: Hasher,
    length: u64,
}

impl<R: Read> HashingReader<R> {
    /// Hashes what is read from `inner`.
    pub fn new(inner: R, algorithm: Algorithm) -> Self {
        Self { inner, hasher: algorithm.hasher(), length: 0 }
    }

    /// Reads what is left of the input, and returns the digest and the length in bytes of the whole.
    ///
    /// # Errors
    /// Those of the inner reader.
    pub fn finish(mut self) -> io::Result<(Digest, u64)> {
        let mut scratch = vec![0; 64 << 10];
        loop {
            match self.read(&mut scratch) {
                Ok(0) => return Ok((self.hasher.finish(), self.length)),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        self.length += count as u64;
        Ok(count)
    }
}
