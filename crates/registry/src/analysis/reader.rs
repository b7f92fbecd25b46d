//! Readers that the analyser reads from.

use std::io::{self, Read};
use std::sync::mpsc::Receiver;

use bytes::Bytes;

/// Reads the pieces that a [`super::Tee`] sends; fails when the tee lets go before the end.
pub(super) struct TeeReader {
    pieces: Receiver<Option<Bytes>>,
    current: Bytes,
    ended: bool,
}

impl TeeReader {
    pub(super) fn new(pieces: Receiver<Option<Bytes>>) -> Self {
        Self { pieces, current: Bytes::new(), ended: false }
    }

    /// Waits for the end. Whether it came.
    pub(super) fn drain(&mut self) -> bool {
        while !self.ended {
            match self.pieces.recv() {
                Ok(piece) => self.ended = piece.is_none(),
                Err(_) => return false,
            }
        }
        true
    }
}

impl Read for TeeReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() && !self.ended {
            match self.pieces.recv() {
                Ok(Some(piece)) => self.current = piece,
                Ok(None) => self.ended = true,
                Err(_) => return Err(io::ErrorKind::ConnectionAborted.into()),
            }
        }
        let read = self.current.len().min(buffer.len());
        buffer[..read].copy_from_slice(&self.current.split_to(read));
        Ok(read)
    }
}

/// Reads pieces that are in memory.
pub(super) struct PieceReader(pub(super) std::vec::IntoIter<Bytes>, pub(super) Bytes);

impl Read for PieceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.1.is_empty() {
            match self.0.next() {
                Some(piece) => self.1 = piece,
                None => return Ok(0),
            }
        }
        let read = self.1.len().min(buffer.len());
        buffer[..read].copy_from_slice(&self.1.split_to(read));
        Ok(read)
    }
}
