//! Reads the hash table of Berkeley DB that rpm kept its packages in: pages of pairs, and chains of pages for what does
//! not fit into one.

use super::integers::{be32, le32};
use super::parse::{Seen, Visit};

/// The length of what every page begins with.
const HEAD: usize = 26;
/// The types of pages: hash tables of two ages, and what overflows.
const UNSORTED: u8 = 2;
const SORTED: u8 = 13;
const OVERFLOW: u8 = 7;
/// The types of items: one on the page, and one on others.
const HERE: u8 = 1;
const ELSEWHERE: u8 = 3;

const MAGIC: u32 = 0x0006_1561;
const DAMAGED: &str = "it is a damaged Berkeley DB database";
const CUT: &str = "it is a Berkeley DB database with pages missing";

pub(super) fn is(file: &[u8]) -> bool {
    le32(file, 12) == Some(MAGIC) || be32(file, 12) == Some(MAGIC)
}

/// Visits the header of every package.
pub(super) fn each_header(file: &[u8], visit: Visit<'_>) -> Result<(), &'static str> {
    let mut database = Database::open(file)?;
    // Which page a pair is on depends on its key alone, so all pages in order are all pairs.
    for number in 1..=database.last {
        let page = database.page(number)?;
        if !matches!(page[25], UNSORTED | SORTED) {
            continue;
        }
        database.seen.first(number)?;
        database.each_pair(page, visit)?;
    }
    Ok(())
}

/// A database.
struct Database<'a> {
    file: &'a [u8],
    /// Whether numbers are kept with their highest byte first.
    is_big_endian: bool,
    page_size: usize,
    /// The last page.
    last: u32,
    /// The pages that were read.
    seen: Seen,
}

impl<'a> Database<'a> {
    fn open(file: &'a [u8]) -> Result<Self, &'static str> {
        let is_big_endian = be32(file, 12) == Some(MAGIC);
        let mut database = Self { file, is_big_endian, page_size: 0, last: 0, seen: Seen::default() };
        let page_size = database.number(file, 20)? as usize;
        if !(512..=65536).contains(&page_size) || !page_size.is_power_of_two() {
            return Err(DAMAGED);
        }
        database.page_size = page_size;
        database.last = database.number(file, 32)?;
        if (database.last as usize).checked_add(1).is_none_or(|pages| pages > file.len() / page_size) {
            return Err(CUT);
        }
        Ok(database)
    }

    fn page(&self, number: u32) -> Result<&'a [u8], &'static str> {
        let start = (number as usize).checked_mul(self.page_size).ok_or(CUT)?;
        self.file.get(start..).and_then(|rest| rest.get(..self.page_size)).ok_or(CUT)
    }

    /// Visits the pairs on a page: the items are keys and values in turn, from the page's end to its beginning.
    fn each_pair(&mut self, page: &'a [u8], visit: Visit<'_>) -> Result<(), &'static str> {
        let items = usize::from(self.short(page, 20)?);
        let mut end = page.len();
        let mut is_key = true;
        let mut is_package = false;
        for item in 0..items {
            let start = usize::from(self.short(page, HEAD + 2 * item)?);
            let item = page.get(start..end).filter(|item| !item.is_empty()).ok_or(DAMAGED)?;
            end = start;
            if is_key {
                // Below the key 0 is the number of the last package.
                is_package = item != [HERE, 0, 0, 0, 0];
            } else if is_package {
                match item[0] {
                    HERE => visit(&item[1..])?,
                    ELSEWHERE => visit(&self.overflow(item)?)?,
                    _ => return Err(DAMAGED),
                }
            }
            is_key = !is_key;
        }
        Ok(())
    }

    /// What a chain of pages holds.
    fn overflow(&mut self, item: &[u8]) -> Result<Vec<u8>, &'static str> {
        let mut next = self.number(item, 4)?;
        let length = self.number(item, 8)? as usize;
        if length > self.file.len() {
            return Err(CUT);
        }
        let mut value = Vec::with_capacity(length);
        while value.len() < length {
            self.seen.first(next)?;
            let page = self.page(next)?;
            let here = usize::from(self.short(page, 22)?);
            if page[25] != OVERFLOW || here > length - value.len() {
                return Err(DAMAGED);
            }
            value.extend_from_slice(page.get(HEAD..HEAD + here).ok_or(DAMAGED)?);
            next = self.number(page, 16)?;
        }
        Ok(value)
    }

    fn number(&self, bytes: &[u8], at: usize) -> Result<u32, &'static str> {
        let number = if self.is_big_endian { be32(bytes, at) } else { le32(bytes, at) };
        number.ok_or(DAMAGED)
    }

    fn short(&self, bytes: &[u8], at: usize) -> Result<u16, &'static str> {
        let short = *bytes.get(at..).and_then(|rest| rest.first_chunk()).ok_or(DAMAGED)?;
        Ok(if self.is_big_endian { u16::from_be_bytes(short) } else { u16::from_le_bytes(short) })
    }
}
