//! Reads [zip archives](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT) that lie in memory.
//!
//! An archive is what its central directory says, as it is to Java and Python. Bytes before it, such as the script of an
//! executable archive, are passed over. Sizes that entries claim are never trusted, and checksums are not looked at:
//! neither does the virtual machine that loads classes.

mod inflate;

pub(super) use inflate::Inflater;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";

const LOCAL_LENGTH: usize = 30;
const CENTRAL_LENGTH: usize = 46;
const END_LENGTH: usize = 22;
const END_64_LENGTH: usize = 56;
const LOCATOR_64_LENGTH: usize = 20;

/// What a 32-bit field says where the real value is in the extra field.
const IN_EXTRA: u64 = 0xffff_ffff;
/// The extra field that holds 64-bit values.
const EXTRA_64: usize = 1;

const DAMAGED: &str = "its table of entries is damaged";
const OUTSIDE: &str = "it lies outside the archive";

/// Whether the bytes are, or once were, a zip archive: one that lost its end cannot be read, but is no other thing.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(LOCAL) || directory(bytes).is_some()
}

/// An archive.
#[derive(Clone, Copy)]
pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    directory: &'a [u8],
    /// Where the offsets of entries count from.
    base: usize,
}

impl<'a> Archive<'a> {
    /// Opens an archive; the error is a sentence for the user.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, &'static str> {
        let Directory { start, end, base } = directory(bytes).ok_or("it is no complete zip archive")?;
        Ok(Self { bytes, directory: &bytes[start..end], base })
    }

    /// The entries in the order of the directory. After an error there are no more.
    pub(super) fn entries(&self) -> Entries<'a> {
        Entries { rest: self.directory }
    }

    /// The bytes of an entry as they are in the archive.
    fn packed(&self, entry: &Entry<'a>) -> Result<&'a [u8], &'static str> {
        let start = usize::try_from(entry.offset).ok().and_then(|offset| self.base.checked_add(offset));
        let local = start.and_then(|start| self.bytes.get(start..)).ok_or(OUTSIDE)?;
        if !local.starts_with(LOCAL) || local.len() < LOCAL_LENGTH {
            return Err(OUTSIDE);
        }
        // The name and the extra field may have other lengths here than in the directory.
        let start = LOCAL_LENGTH + number(local, 26, 2) as usize + number(local, 28, 2) as usize;
        let end = usize::try_from(entry.packed).ok().and_then(|length| start.checked_add(length));
        end.and_then(|end| local.get(start..end)).ok_or(OUTSIDE)
    }
}

/// A file or a directory of an archive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry<'a> {
    /// Its path; that of a directory ends with a slash.
    pub(super) name: &'a [u8],
    offset: u64,
    packed: u64,
    method: u16,
    encrypted: bool,
}

/// The entries of an archive.
pub(super) struct Entries<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<'a>, &'static str>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let entry = entry(self.rest);
        self.rest = entry.map_or(&[], |(_, rest)| rest);
        Some(entry.map(|(entry, _)| entry).ok_or(DAMAGED))
    }
}

/// The first entry of a directory, and the rest of it.
fn entry(directory: &[u8]) -> Option<(Entry<'_>, &[u8])> {
    let head = directory.get(..CENTRAL_LENGTH).filter(|head| head.starts_with(CENTRAL))?;
    let length = |at| number(head, at, 2) as usize;
    let (name, rest) = directory[CENTRAL_LENGTH..].split_at_checked(length(28))?;
    let (extra, rest) = rest.split_at_checked(length(30))?;
    let (_comment, rest) = rest.split_at_checked(length(32))?;
    let (mut packed, size, mut offset) = (number(head, 20, 4), number(head, 24, 4), number(head, 42, 4));
    // Only what does not fit is in the extra field, in this order.
    let mut large = extra_64(extra).chunks_exact(8).map(|value| number(value, 0, 8));
    if size == IN_EXTRA {
        large.next();
    }
    for field in [&mut packed, &mut offset] {
        if *field == IN_EXTRA {
            *field = large.next().unwrap_or(IN_EXTRA);
        }
    }
    let encrypted = head[8] & 1 == 1;
    Some((Entry { name, offset, packed, method: number(head, 10, 2) as u16, encrypted }, rest))
}

/// The 64-bit values of an extra field.
fn extra_64(mut extra: &[u8]) -> &[u8] {
    while extra.len() >= 4 {
        let length = number(extra, 2, 2) as usize;
        let Some((field, rest)) = extra[4..].split_at_checked(length) else { break };
        if number(extra, 0, 2) as usize == EXTRA_64 {
            return field;
        }
        extra = rest;
    }
    &[]
}

/// Where the table of entries is.
struct Directory {
    start: usize,
    end: usize,
    base: usize,
}

/// Finds the directory by the record at the archive's end, which a comment of any text may follow.
fn directory(bytes: &[u8]) -> Option<Directory> {
    let last = bytes.len().checked_sub(END_LENGTH)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    let ends = memchr::memmem::rfind_iter(&bytes[first..last + END.len()], END);
    ends.map(|at| first + at).find_map(|end| directory_64(bytes, end).or_else(|| directory_32(bytes, end)))
}

fn directory_32(bytes: &[u8], end: usize) -> Option<Directory> {
    let size = number(bytes, end + 12, 4);
    // Nothing else proves that an empty archive is one, rather than a piece of another's comment.
    let is_last = end + END_LENGTH + number(bytes, end + 20, 2) as usize == bytes.len();
    within(bytes, end, size, number(bytes, end + 16, 4)).filter(|_| size > 0 || is_last)
}

fn directory_64(bytes: &[u8], end: usize) -> Option<Directory> {
    let locator = end.checked_sub(LOCATOR_64_LENGTH).filter(|&at| bytes[at..].starts_with(LOCATOR_64))?;
    // The offset is wrong where bytes were put before the archive; then the record is mostly where it always is.
    let told = usize::try_from(number(bytes, locator + 8, 8)).ok();
    let usual = locator.checked_sub(END_64_LENGTH);
    let is_record = |&at: &usize| at <= locator && bytes[at..locator].starts_with(END_64);
    let record = told.into_iter().chain(usual).find(is_record).filter(|at| locator - at >= END_64_LENGTH)?;
    within(bytes, record, number(bytes, record + 40, 8), number(bytes, record + 48, 8))
}

/// The directory that ends where the record at `end` begins, if there is one.
fn within(bytes: &[u8], end: usize, size: u64, offset: u64) -> Option<Directory> {
    let start = end.checked_sub(usize::try_from(size).ok()?)?;
    let base = start.checked_sub(usize::try_from(offset).ok()?)?;
    (size == 0 || bytes[start..end].starts_with(CENTRAL)).then_some(Directory { start, end, base })
}

/// The number in `length` bytes at `at`, the lowest first; zero for those that are not there.
fn number(bytes: &[u8], at: usize, length: usize) -> u64 {
    let bytes = bytes.get(at..at + length).unwrap_or_default();
    bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(super) mod writer;
