//! The bytes of a program that are in memory: all of them, or the pieces that matter.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use memchr::memmem;

/// The most ranges of a program that are asked for at a time.
const MAX_ASKED: usize = 64;

/// A program, as far as its bytes are kept.
pub(super) struct Kept<'a> {
    /// How long it is, or how much of it is read at all.
    length: u64,
    /// In the order of the file, apart from each other.
    pieces: Vec<Piece<'a>>,
    /// What was asked for, is within the file, and is not kept.
    asked: RefCell<Vec<Range<u64>>>,
}

struct Piece<'a> {
    offset: u64,
    bytes: Cow<'a, [u8]>,
}

impl Piece<'_> {
    fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }

    /// The part of it that is within the range.
    fn part(&self, range: &Range<u64>) -> &[u8] {
        let clip = |at: u64| (at.clamp(self.offset, self.end()) - self.offset) as usize;
        &self.bytes[clip(range.start)..clip(range.end)]
    }
}

impl<'a> Kept<'a> {
    /// A program that is in memory as a whole.
    pub(super) fn whole(bytes: &'a [u8]) -> Self {
        let whole = Piece { offset: 0, bytes: bytes.into() };
        Self { length: bytes.len() as u64, pieces: vec![whole], asked: RefCell::default() }
    }

    /// A program of which nothing is kept yet.
    pub(super) fn empty(length: u64) -> Self {
        Self { length, pieces: Vec::new(), asked: RefCell::default() }
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Whether all of it is here.
    pub(super) fn is_whole(&self) -> bool {
        self.pieces.first().is_some_and(|first| first.bytes.len() as u64 == self.length)
    }

    /// Keeps bytes that stand behind all that is kept so far.
    pub(super) fn keep(&mut self, offset: u64, bytes: &[u8]) {
        match self.pieces.last_mut() {
            Some(last) if last.end() == offset => last.bytes.to_mut().extend_from_slice(bytes),
            _ => self.pieces.push(Piece { offset, bytes: bytes.to_vec().into() }),
        }
    }

    /// The bytes of a range; none where it leads out of the file, or they are not kept. The latter is noted.
    pub(super) fn get(&self, range: Range<u64>) -> Option<&[u8]> {
        if range.is_empty() && range.end <= self.length {
            return Some(&[]);
        }
        if let Some(piece) = self.around(range.start)
            && range.end <= piece.end()
        {
            return Some(piece.part(&range));
        }
        let mut asked = self.asked.borrow_mut();
        if range.end <= self.length && asked.len() < MAX_ASKED {
            asked.push(range);
        }
        None
    }

    /// As many bytes of a range as are kept from its beginning on.
    pub(super) fn beginning(&self, range: Range<u64>) -> &[u8] {
        self.around(range.start).map_or(&[], |piece| piece.part(&range))
    }

    /// The kept bytes of a range from the first `needle` on.
    pub(super) fn find(&self, needle: &[u8], range: Range<u64>) -> Option<&[u8]> {
        self.pieces.iter().map(|piece| piece.part(&range)).find_map(|part| Some(&part[memmem::find(part, needle)?..]))
    }

    /// What was asked for and is not kept, once.
    pub(super) fn take_asked(&self) -> Vec<Range<u64>> {
        self.asked.take()
    }

    /// The last piece that begins at `offset` or before.
    fn around(&self, offset: u64) -> Option<&Piece<'a>> {
        let after = self.pieces.partition_point(|piece| piece.offset <= offset);
        self.pieces.get(after.checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_is_asked_for() {
        let mut file = Kept::empty(100);
        file.keep(10, b"abc");
        file.keep(13, b"def");
        file.keep(50, b"xyz");
        assert_eq!(file.get(10..16), Some(&b"abcdef"[..]));
        assert_eq!(file.get(30..30), Some(&b""[..]));
        assert_eq!(file.get(51..53), Some(&b"yz"[..]));
        assert_eq!(file.take_asked(), []);
        for missing in [0..5, 14..17, 40..51, 52..100] {
            assert_eq!(file.get(missing.clone()), None);
            assert_eq!(file.take_asked(), [missing]);
        }
        assert_eq!(file.get(50..101), None);
        assert_eq!(file.take_asked(), []);
        assert_eq!(file.beginning(12..99), b"cdef");
        assert_eq!(file.beginning(20..30), b"");
        assert_eq!(file.find(b"y", 0..100), Some(&b"yz"[..]));
        assert_eq!(file.find(b"y", 0..51), None);
        assert_eq!(file.find(b"c", 0..15), Some(&b"cde"[..]));
        assert!(!file.is_whole() && Kept::whole(b"abc").is_whole());
    }
}
