//! A buffered reader that can look ahead, skip, and hash what passes.

use std::io::{self, BufRead, Read, Seek, SeekFrom};

use plimsoll_oci::{Algorithm, Digest, Hasher};

use crate::LayerError;

/// A reader that may know a faster way than reading to get past bytes nobody wants.
pub(crate) trait Source: Read {
    /// Moves past up to `length` bytes and returns how many; 0 where there is no faster way than reading.
    fn skip(&mut self, length: u64) -> io::Result<u64>;
}

/// A reader of the layer's own bytes, from which its failures come out marked as such.
pub(crate) struct Sequential<R>(pub(crate) R);

impl<R: Read> Read for Sequential<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result.map_err(|error| LayerError::Read(error).into()),
            }
        }
    }
}

impl<R: Read> Source for Sequential<R> {
    fn skip(&mut self, _length: u64) -> io::Result<u64> {
        Ok(0)
    }
}

/// A reader that skips by seeking, from where it stands to its end.
pub(crate) struct Seekable<R> {
    inner: Sequential<R>,
    left: u64,
}

impl<R: Read + Seek> Seekable<R> {
    pub(crate) fn new(mut inner: R) -> Result<Self, LayerError> {
        let mut measure = || {
            let start = inner.stream_position()?;
            let end = inner.seek(SeekFrom::End(0))?;
            inner.seek(SeekFrom::Start(start))?;
            Ok(end.saturating_sub(start))
        };
        let left = measure().map_err(LayerError::Read)?;
        Ok(Self { inner: Sequential(inner), left })
    }
}

impl<R: Read> Read for Seekable<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}

impl<R: Read + Seek> Source for Seekable<R> {
    fn skip(&mut self, length: u64) -> io::Result<u64> {
        let length = length.min(self.left);
        if let Ok(distance) = i64::try_from(length) {
            self.inner.0.seek_relative(distance).map_err(|error| io::Error::from(LayerError::Read(error)))?;
            self.left -= length;
            return Ok(length);
        }
        Ok(0)
    }
}

/// A buffer over a [`Source`].
pub(crate) struct Stream<S> {
    source: S,
    buffer: Box<[u8]>,
    /// The unread part of `buffer`.
    start: usize,
    end: usize,
    /// How many bytes were handed out or skipped.
    position: u64,
    /// Whether the source has said that it has no more.
    ended: bool,
    hasher: Option<Hasher>,
}

impl<S: Source> Stream<S> {
    pub(crate) fn new(source: S, capacity: usize, hash: bool) -> Self {
        Self {
            source,
            buffer: vec![0; capacity].into_boxed_slice(),
            start: 0,
            end: 0,
            position: 0,
            ended: false,
            hasher: hash.then(|| Algorithm::Sha256.hasher()),
        }
    }

    /// The number of bytes handed out or skipped so far.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// The source's state.
    pub(crate) fn source(&self) -> &S {
        &self.source
    }

    /// The digest of all that passed, where hashing was asked for.
    pub(crate) fn finish(self) -> Option<Digest> {
        self.hasher.map(Hasher::finish)
    }

    /// The next `count` bytes, or fewer at the end; `count` is at most the capacity.
    pub(crate) fn peek(&mut self, count: usize) -> io::Result<&[u8]> {
        while self.end - self.start < count && !self.ended {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            self.fill()?;
        }
        Ok(&self.buffer[self.start..self.end.min(self.start + count)])
    }

    /// Reads once into the free end of the buffer.
    fn fill(&mut self) -> io::Result<()> {
        let count = self.source.read(&mut self.buffer[self.end..])?;
        if let Some(hasher) = &mut self.hasher {
            hasher.update(&self.buffer[self.end..self.end + count]);
        }
        self.end += count;
        self.ended = count == 0;
        Ok(())
    }

    /// Moves past up to `length` bytes and returns how many there were.
    pub(crate) fn skip(&mut self, length: u64) -> io::Result<u64> {
        let mut left = length;
        while left > 0 {
            if self.start == self.end {
                if self.hasher.is_none() && left >= self.buffer.len() as u64 {
                    let skipped = self.source.skip(left)?;
                    self.position += skipped;
                    left -= skipped;
                    if skipped > 0 {
                        continue;
                    }
                }
                if self.fill_buf()?.is_empty() {
                    break;
                }
            }
            let available = self.end - self.start;
            let count = usize::try_from(left).map_or(available, |left| left.min(available));
            self.consume(count);
            left -= count as u64;
        }
        Ok(length - left)
    }
}

impl<S: Source> BufRead for Stream<S> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end && !self.ended {
            self.start = 0;
            self.end = 0;
            self.fill()?;
        }
        Ok(&self.buffer[self.start..self.end])
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
        self.position += count as u64;
    }
}

impl<S: Source> Read for Stream<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.start == self.end && buffer.len() >= self.buffer.len() && !self.ended {
            let count = self.source.read(buffer)?;
            if let Some(hasher) = &mut self.hasher {
                hasher.update(&buffer[..count]);
            }
            self.position += count as u64;
            self.ended = count == 0;
            return Ok(count);
        }
        let available = self.fill_buf()?;
        let count = available.len().min(buffer.len());
        buffer[..count].copy_from_slice(&available[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl<S: Source> Source for Stream<S> {
    fn skip(&mut self, length: u64) -> io::Result<u64> {
        let buffered = (self.end - self.start) as u64;
        if buffered > 0 {
            let count = buffered.min(length);
            self.consume(count as usize);
            return Ok(count);
        }
        if self.hasher.is_some() {
            return Ok(0);
        }
        let skipped = self.source.skip(length)?;
        self.position += skipped;
        Ok(skipped)
    }
}
