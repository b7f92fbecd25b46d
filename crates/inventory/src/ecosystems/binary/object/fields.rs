//! Numbers and ranges at offsets in bytes.

/// Bytes, and in which order numbers in them stand.
#[derive(Clone, Copy)]
pub(in crate::ecosystems::binary) struct Fields<'a> {
    pub(in crate::ecosystems::binary) bytes: &'a [u8],
    /// Whether the most significant byte comes first.
    pub(in crate::ecosystems::binary) big: bool,
}

impl<'a> Fields<'a> {
    /// Other bytes of the same file.
    pub(in crate::ecosystems::binary) fn within<'b>(&self, bytes: &'b [u8]) -> Fields<'b> {
        Fields { bytes, big: self.big }
    }

    /// `size` bytes from `offset` on, if they are there.
    pub(in crate::ecosystems::binary) fn slice(&self, offset: u64, size: u64) -> Option<&'a [u8]> {
        let from = usize::try_from(offset).ok()?;
        let to = from.checked_add(usize::try_from(size).ok()?)?;
        self.bytes.get(from..to)
    }

    /// Up to `size` bytes from `offset` on, if it is within the bytes.
    pub(in crate::ecosystems::binary) fn beginning(&self, offset: u64, size: u64) -> Option<&'a [u8]> {
        let rest = self.bytes.get(usize::try_from(offset).ok()?..)?;
        Some(&rest[..rest.len().min(usize::try_from(size).unwrap_or(usize::MAX))])
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
