//! Texts and lists on their way into an index.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher as _};

use super::blob::{Reader, put_bytes, put_numbers};
use super::rows::Ratings;
use super::{HEADER, IndexError};

/// Texts and lists, behind the room for the index's header. Their offsets count from its end.
pub(super) struct Arena {
    bytes: Vec<u8>,
    /// Where a blob of a fingerprint is.
    known: HashMap<u64, u32>,
}

impl Default for Arena {
    fn default() -> Self {
        // Offset 0 is taken so that it can stand for nothing.
        Self { bytes: vec![0; HEADER + 1], known: HashMap::new() }
    }
}

impl Arena {
    /// Keeps a blob that says itself where it ends, if it is not there yet.
    pub(super) fn keep(&mut self, blob: &[u8]) -> Result<u32, IndexError> {
        let mut hasher = DefaultHasher::new();
        hasher.write(blob);
        let fingerprint = hasher.finish();
        let known = self.known.get(&fingerprint).copied();
        if let Some(offset) = known.filter(|offset| self.from(*offset).starts_with(blob)) {
            return Ok(offset);
        }
        let offset = self.append(blob)?;
        self.known.insert(fingerprint, offset);
        Ok(offset)
    }

    pub(super) fn keep_sized(&mut self, blob: &[u8]) -> Result<u32, IndexError> {
        self.keep(&sized(blob))
    }

    pub(super) fn keep_numbers(&mut self, numbers: &[u32]) -> Result<u32, IndexError> {
        let mut blob = Vec::with_capacity(numbers.len() + 1);
        put_numbers(&mut blob, numbers.iter().copied());
        self.keep(&blob)
    }

    /// Keeps what there is only one of.
    pub(super) fn append(&mut self, blob: &[u8]) -> Result<u32, IndexError> {
        let offset = self.end()?;
        self.bytes.extend_from_slice(blob);
        Ok(offset)
    }

    pub(super) fn append_sized(&mut self, blob: &[u8]) -> Result<u32, IndexError> {
        self.append(&sized(blob))
    }

    /// The offset of what will be appended next.
    pub(super) fn end(&self) -> Result<u32, IndexError> {
        u32::try_from(self.bytes.len() - HEADER).map_err(|_| IndexError::TooLarge)
    }

    pub(super) fn from(&self, offset: u32) -> &[u8] {
        self.bytes.get(HEADER + offset as usize..).unwrap_or_default()
    }

    pub(super) fn sized_at(&self, offset: u32) -> Option<&[u8]> {
        Reader::new(self.from(offset)).bytes().ok()
    }

    pub(super) fn text(&self, offset: u32) -> &str {
        Reader::new(self.from(offset)).text().unwrap_or_default()
    }

    pub(super) fn ratings(&self, offset: u32) -> Option<Ratings<'_>> {
        postcard::from_bytes(self.sized_at(offset).filter(|_| offset > 0)?).ok()
    }

    /// The room for the header, and everything that was kept.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

fn sized(blob: &[u8]) -> Vec<u8> {
    let mut sized = Vec::with_capacity(blob.len() + 5);
    put_bytes(&mut sized, blob);
    sized
}
