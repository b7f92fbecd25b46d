//! Byte ranges: of chunks sent and of blobs read.

/// An inclusive range of bytes, as `Content-Range` of a chunk gives it: `start-end`, with or without `bytes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChunkRange {
    /// The offset of the first byte.
    pub start: u64,
    /// The offset of the last byte.
    pub end: u64,
}

impl ChunkRange {
    /// Reads a chunk's `Content-Range`; `None` where it is malformed.
    ///
    /// The distribution specification writes `0-99`; some clients write RFC 9110's `bytes 0-99/*`.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix("bytes ").unwrap_or(text);
        let text = text.split('/').next()?;
        let (start, end) = text.split_once('-')?;
        let (start, end) = (decimal(start)?, decimal(end)?);
        (start <= end).then_some(Self { start, end })
    }

    /// The number of bytes in the range; saturates on the range of all 2⁶⁴ bytes.
    pub fn len(&self) -> u64 {
        (self.end - self.start).saturating_add(1)
    }

    /// Whether the range is empty: never, as it is inclusive.
    pub fn is_empty(&self) -> bool {
        false
    }
}

/// What part of a blob to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadRange {
    /// All of it: there is no `Range`, or one that RFC 9110 lets a server ignore.
    Whole,
    /// One part, `206 Partial Content`.
    Part {
        /// The offset of the first byte.
        start: u64,
        /// The number of bytes, at least 1.
        length: u64,
    },
    /// Nothing of it can be sent, `416 Range Not Satisfiable`.
    Unsatisfiable,
}

impl ReadRange {
    /// Reads a `Range` header against a blob of `size` bytes (RFC 9110, section 14).
    ///
    /// A malformed header, another unit and several ranges are answered with the whole blob, as the RFC allows.
    pub fn parse(header: Option<&str>, size: u64) -> Self {
        let Some(set) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else { return Self::Whole };
        let Some((first, last)) = set.trim().split_once('-') else { return Self::Whole };
        match (decimal(first), decimal(last)) {
            (Some(start), _) if last.is_empty() => Self::clip(start, u64::MAX, size),
            (Some(start), Some(end)) if start <= end => Self::clip(start, end, size),
            // The RFC lets a server ignore such a range; saying that it makes no sense helps more.
            (Some(_), Some(_)) => Self::Unsatisfiable,
            (None, Some(suffix)) if first.is_empty() => match suffix.min(size) {
                0 => Self::Unsatisfiable,
                length => Self::Part { start: size - length, length },
            },
            _ => Self::Whole,
        }
    }

    fn clip(start: u64, end: u64, size: u64) -> Self {
        if start >= size {
            return Self::Unsatisfiable;
        }
        Self::Part { start, length: end.min(size - 1) - start + 1 }
    }
}

fn decimal(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunk_ranges() {
        fn check(text: &str, expect: Option<(u64, u64)>) {
            assert_eq!(ChunkRange::parse(text).map(|range| (range.start, range.end)), expect, "{text}");
        }
        check("0-99", Some((0, 99)));
        check("bytes 5-5/*", Some((5, 5)));
        check("9-8", None);
        check("-8", None);
        check("8-", None);
        check("+1-2", None);
        check("0-18446744073709551616", None);
        check("", None);
    }

    #[test]
    fn read_ranges() {
        fn check(header: &str, size: u64, expect: ReadRange) {
            assert_eq!(ReadRange::parse(Some(header), size), expect, "{header} of {size}");
        }
        let part = |start, length| ReadRange::Part { start, length };
        check("bytes=0-0", 10, part(0, 1));
        check("bytes=2-5", 10, part(2, 4));
        check("bytes=2-", 10, part(2, 8));
        check("bytes=2-99", 10, part(2, 8));
        check("bytes=-3", 10, part(7, 3));
        check("bytes=-30", 10, part(0, 10));
        check("bytes=10-", 10, ReadRange::Unsatisfiable);
        check("bytes=-0", 10, ReadRange::Unsatisfiable);
        check("bytes=0-", 0, ReadRange::Unsatisfiable);
        check("bytes=5-2", 10, ReadRange::Unsatisfiable);
        check("bytes=0-1,3-4", 10, ReadRange::Whole);
        check("items=0-1", 10, ReadRange::Whole);
        check("bytes=a-b", 10, ReadRange::Whole);
        assert_eq!(ReadRange::parse(None, 10), ReadRange::Whole);
    }
}
