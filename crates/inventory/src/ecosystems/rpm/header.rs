//! Reads the [header](https://rpm-software-management.github.io/rpm/manual/format_header.html) of an installed package:
//! an index of tags, and the data they point to.

use super::integers::be32;

/// The tags read here.
pub(super) mod tag {
    pub(in super::super) const NAME: u32 = 1000;
    pub(in super::super) const VERSION: u32 = 1001;
    pub(in super::super) const RELEASE: u32 = 1002;
    pub(in super::super) const EPOCH: u32 = 1003;
    pub(in super::super) const VENDOR: u32 = 1011;
    pub(in super::super) const ARCH: u32 = 1022;
    pub(in super::super) const SOURCERPM: u32 = 1044;
    pub(in super::super) const DIRINDEXES: u32 = 1116;
    pub(in super::super) const BASENAMES: u32 = 1117;
    pub(in super::super) const DIRNAMES: u32 = 1118;
    pub(in super::super) const MODULARITYLABEL: u32 = 5096;
}

/// The types of data.
const INT32: u32 = 4;
const STRING: u32 = 6;
const STRING_ARRAY: u32 = 8;
const I18N_STRING: u32 = 9;

/// The most tags a header has, as rpm limits it.
const MAX_TAGS: u32 = 0xffff;
/// The most texts of a tag: twice as many as any package has files.
const MAX_TEXTS: usize = 1_000_000;
/// The length of an entry of the index.
const ENTRY: usize = 16;

const DAMAGED: &str = "it has a damaged package header";

/// The header of a package.
pub(super) struct Header<'a> {
    index: &'a [[u8; ENTRY]],
    data: &'a [u8],
}

/// An entry of the index.
struct Entry<'a> {
    kind: u32,
    count: usize,
    /// The data, from where the entry's begin.
    data: &'a [u8],
}

impl<'a> Header<'a> {
    pub(super) fn new(blob: &'a [u8]) -> Result<Self, &'static str> {
        let tags = be32(blob, 0).filter(|&tags| tags <= MAX_TAGS).ok_or(DAMAGED)?;
        let length = be32(blob, 4).ok_or(DAMAGED)?;
        let (index, data) = blob[8..].split_at_checked(tags as usize * ENTRY).ok_or(DAMAGED)?;
        let data = data.get(..length as usize).ok_or(DAMAGED)?;
        Ok(Self { index: index.as_chunks().0, data })
    }

    /// The text of a tag; of one in several languages, the first.
    pub(super) fn text(&self, tag: u32) -> Result<Option<&'a [u8]>, &'static str> {
        let Some(entry) = self.entry(tag)? else { return Ok(None) };
        match entry.kind {
            STRING | STRING_ARRAY | I18N_STRING => {
                let end = memchr::memchr(0, entry.data).ok_or(DAMAGED)?;
                Ok(Some(&entry.data[..end]))
            }
            _ => Err(DAMAGED),
        }
    }

    /// The texts of a tag.
    pub(super) fn texts(&self, tag: u32) -> Result<Vec<&'a [u8]>, &'static str> {
        let Some(Entry { kind, count, mut data }) = self.entry(tag)? else { return Ok(Vec::new()) };
        if kind != STRING_ARRAY || count > MAX_TEXTS {
            return Err(DAMAGED);
        }
        let mut texts = Vec::new();
        for _ in 0..count {
            let end = memchr::memchr(0, data).ok_or(DAMAGED)?;
            texts.push(&data[..end]);
            data = &data[end + 1..];
        }
        Ok(texts)
    }

    /// The numbers of a tag.
    pub(super) fn numbers(&self, tag: u32) -> Result<impl Iterator<Item = u32> + use<'a>, &'static str> {
        let data = match self.entry(tag)? {
            Some(Entry { kind: INT32, count, data }) => {
                count.checked_mul(4).and_then(|length| data.get(..length)).ok_or(DAMAGED)?
            }
            Some(_) => return Err(DAMAGED),
            None => &[],
        };
        Ok(data.as_chunks().0.iter().map(|&number| u32::from_be_bytes(number)))
    }

    /// The entry of a tag. What was added to the header at installation comes last, and counts.
    fn entry(&self, tag: u32) -> Result<Option<Entry<'a>>, &'static str> {
        let number = |entry: &[u8; ENTRY], at| be32(entry, at).unwrap_or_default();
        let Some(entry) = self.index.iter().rfind(|entry| number(entry, 0) == tag) else { return Ok(None) };
        let data = self.data.get(number(entry, 8) as usize..).ok_or(DAMAGED)?;
        Ok(Some(Entry { kind: number(entry, 4), count: number(entry, 12) as usize, data }))
    }
}
