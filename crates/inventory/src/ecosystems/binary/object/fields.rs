//! Numbers and ranges at offsets in bytes.

use crate::ecosystems::binary::kept::Kept;

/// Bytes, and in which order numbers in them stand.
#[derive(Clone, Copy)]
pub(in crate::ecosystems::binary) struct Fields<'a> {
    source: Source<'a>,
    /// Whether the most significant byte comes first.
    pub(in crate::ecosystems::binary) big: bool,
}

#[derive(Clone, Copy)]
enum Source<'a> {
    Bytes(&'a [u8]),
    /// `size` bytes of a file from `offset` on, as far as they are kept.
    File {
        file: &'a Kept<'a>,
        offset: u64,
        size: u64,
    },
}

impl<'a> Fields<'a> {
    /// A file, whose numbers are little-endian until it says otherwise.
    pub(in crate::ecosystems::binary) fn of_file(file: &'a Kept<'a>) -> Self {
        Self { source: Source::File { file, offset: 0, size: file.length() }, big: false }
    }

    /// The same bytes in another order.
    pub(in crate::ecosystems::binary) fn ordered(self, big: bool) -> Self {
        Self { big, ..self }
    }

    /// Other bytes of the same file.
    pub(in crate::ecosystems::binary) fn within<'b>(&self, bytes: &'b [u8]) -> Fields<'b> {
        Fields { source: Source::Bytes(bytes), big: self.big }
    }

    /// Up to `size` bytes from `offset` on, if that is within the bytes, whether they are kept or not.
    pub(in crate::ecosystems::binary) fn part(&self, offset: u64, size: u64) -> Option<Self> {
        let source = match self.source {
            Source::Bytes(bytes) => Source::Bytes(clipped(bytes, offset, size)?),
            Source::File { file, offset: from, size: whole } => {
                let left = whole.checked_sub(offset)?;
                Source::File { file, offset: from + offset, size: size.min(left) }
            }
        };
        Some(Self { source, ..*self })
    }

    /// How many bytes there are, kept or not.
    pub(in crate::ecosystems::binary) fn size(&self) -> u64 {
        match self.source {
            Source::Bytes(bytes) => bytes.len() as u64,
            Source::File { size, .. } => size,
        }
    }

    /// `size` bytes from `offset` on, if they are there.
    pub(in crate::ecosystems::binary) fn slice(&self, offset: u64, size: u64) -> Option<&'a [u8]> {
        let end = offset.checked_add(size)?;
        match self.source {
            Source::Bytes(bytes) => bytes.get(usize::try_from(offset).ok()?..usize::try_from(end).ok()?),
            Source::File { size: whole, .. } if end > whole => None,
            Source::File { file, offset: from, .. } => file.get(from + offset..from + end),
        }
    }

    /// Up to `size` bytes from `offset` on, if that is within the bytes, as far as they are there.
    pub(in crate::ecosystems::binary) fn beginning(&self, offset: u64, size: u64) -> Option<&'a [u8]> {
        match self.source {
            Source::Bytes(bytes) => clipped(bytes, offset, size),
            Source::File { file, offset: from, size: whole } => {
                let end = offset.checked_add(size).map_or(whole, |end| end.min(whole));
                (offset <= whole).then(|| file.beginning(from + offset..from + end))
            }
        }
    }

    /// What begins with `needle` within the `size` bytes from `offset` on, as far as it is there.
    ///
    /// Of a file that is kept in pieces, only what is looked for while it is read is sure to be there.
    pub(in crate::ecosystems::binary) fn find(&self, needle: &[u8], offset: u64, size: u64) -> Option<&'a [u8]> {
        match self.part(offset, size)?.source {
            Source::Bytes(bytes) => memchr::memmem::find(bytes, needle).map(|at| &bytes[at..]),
            Source::File { file, offset, size } => file.find(needle, offset..offset + size),
        }
    }

    /// The bytes from `offset` up to the next zero, if that is one of the next 64.
    pub(in crate::ecosystems::binary) fn name(&self, offset: u64) -> Option<&'a [u8]> {
        let rest = self.beginning(offset, 64)?;
        rest.get(..memchr::memchr(0, rest)?)
    }

    pub(in crate::ecosystems::binary) fn u16(&self, offset: u64) -> Option<u16> {
        let bytes = *self.slice(offset, 2)?.first_chunk()?;
        Some(if self.big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    pub(in crate::ecosystems::binary) fn u32(&self, offset: u64) -> Option<u32> {
        let bytes = *self.slice(offset, 4)?.first_chunk()?;
        Some(if self.big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }

    pub(in crate::ecosystems::binary) fn u64(&self, offset: u64) -> Option<u64> {
        let bytes = *self.slice(offset, 8)?.first_chunk()?;
        Some(if self.big { u64::from_be_bytes(bytes) } else { u64::from_le_bytes(bytes) })
    }

    /// A number of 8 bytes, or of 4.
    pub(in crate::ecosystems::binary) fn word(&self, offset: u64, wide: bool) -> Option<u64> {
        if wide { self.u64(offset) } else { self.u32(offset).map(u64::from) }
    }
}

/// Up to `size` bytes from `offset` on.
fn clipped(bytes: &[u8], offset: u64, size: u64) -> Option<&[u8]> {
    let rest = bytes.get(usize::try_from(offset).ok()?..)?;
    Some(&rest[..rest.len().min(usize::try_from(size).unwrap_or(usize::MAX))])
}
