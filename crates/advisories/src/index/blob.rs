//! Bytes in the index: unsigned LEB128 numbers and length-prefixed texts, written without bound and read with.

use std::str;

use super::Damaged;

pub(super) fn put_number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// Numbers, with their count before them.
pub(super) fn put_numbers(out: &mut Vec<u8>, numbers: impl ExactSizeIterator<Item = u32>) {
    put_number(out, numbers.len());
    for number in numbers {
        put_number(out, number as usize);
    }
}

/// A position in bytes that were checked for nothing yet.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn byte(&mut self) -> Result<u8, Damaged> {
        let (first, rest) = self.rest.split_first().ok_or(Damaged)?;
        self.rest = rest;
        Ok(*first)
    }

    pub(super) fn number(&mut self) -> Result<usize, Damaged> {
        let mut number = 0_usize;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(Damaged)
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Damaged> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Damaged> {
        let length = self.number()?;
        self.take(length)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, Damaged> {
        str::from_utf8(self.bytes()?).map_err(|_| Damaged)
    }
}

/// The little-endian `u32` at `index` of a table.
pub(super) fn u32_at(table: &[u8], index: usize) -> Result<u32, Damaged> {
    let start = index.checked_mul(4).ok_or(Damaged)?;
    let bytes = table.get(start..).and_then(<[u8]>::first_chunk::<4>).ok_or(Damaged)?;
    Ok(u32::from_le_bytes(*bytes))
}

/// The little-endian `u64` at byte `start`.
pub(super) fn u64_from(bytes: &[u8], start: usize) -> Result<u64, Damaged> {
    let bytes = bytes.get(start..).and_then(<[u8]>::first_chunk::<8>).ok_or(Damaged)?;
    Ok(u64::from_le_bytes(*bytes))
}

/// The hash by which keys and listed versions are found (FNV-1a, with its weak upper bits mixed). Part of the format.
pub(super) fn hash(parts: &[&str]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash ^= hash >> 32;
    hash.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The hash by which flaws are found. Part of the format.
pub(super) fn id_hash(id: &str) -> u32 {
    (hash(&[id]) >> 32) as u32
}
