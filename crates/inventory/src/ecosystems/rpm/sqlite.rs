//! Reads the table of packages of a [SQLite database](https://www.sqlite.org/fileformat2.html), and no more of it.

use std::borrow::Cow;

use super::integers::{be16, be32};
use super::parse::{Seen, Visit};

/// How a file begins.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Where the first page's own header begins.
const FIRST: usize = 100;
/// The types of the pages of a table.
const INTERIOR: u8 = 5;
const LEAF: u8 = 13;

const DAMAGED: &str = "it is a damaged SQLite database";
const CUT: &str = "it is a SQLite database with pages missing";

pub(super) fn is(file: &[u8]) -> bool {
    file.starts_with(MAGIC)
}

/// Visits the header of every package.
pub(super) fn each_header(file: &[u8], visit: Visit<'_>) -> Result<(), &'static str> {
    let mut database = Database::open(file)?;
    let mut root = None;
    database.each_row(1, &mut |row| {
        if let [Value::Bytes(b"table"), Value::Bytes(b"Packages"), _, Value::Integer(page)] = columns(row)? {
            root = u32::try_from(page).ok();
        }
        Ok(())
    })?;
    let root = root.ok_or("it is a SQLite database without a table of packages")?;
    database.each_row(root, &mut |row| match columns(row)? {
        // The first column is the number of the row, which is kept elsewhere.
        [Value::Null, Value::Bytes(blob)] => visit(blob),
        _ => Err("its table of packages has other columns than rpm's"),
    })
}

/// A database.
struct Database<'a> {
    file: &'a [u8],
    page_size: usize,
    /// How much of a page is the database's.
    usable: usize,
    /// The pages that were read.
    seen: Seen,
    /// How many more bytes rows may have: all of them together are no longer than the file.
    left: usize,
}

impl<'a> Database<'a> {
    fn open(file: &'a [u8]) -> Result<Self, &'static str> {
        let page_size = match be16(file, 16).ok_or(CUT)? {
            1 => 65536,
            size if size >= 512 && size.is_power_of_two() => usize::from(size),
            _ => return Err(DAMAGED),
        };
        let reserved = usize::from(*file.get(20).ok_or(CUT)?);
        let usable = page_size.checked_sub(reserved).filter(|&usable| usable >= 480).ok_or(DAMAGED)?;
        // What says how many pages there are holds unless an old program wrote to the file since.
        let pages = be32(file, 28).filter(|_| file.get(24..28) == file.get(92..96)).unwrap_or_default();
        if pages as usize > file.len() / page_size {
            return Err(CUT);
        }
        Ok(Self { file, page_size, usable, seen: Seen::default(), left: file.len() })
    }

    fn page(&mut self, number: u32) -> Result<&'a [u8], &'static str> {
        self.seen.first(number)?;
        let index = (number as usize).checked_sub(1).ok_or(DAMAGED)?;
        let start = index.checked_mul(self.page_size).ok_or(CUT)?;
        self.file.get(start..).and_then(|rest| rest.get(..self.page_size)).ok_or(CUT)
    }

    /// Visits the rows of the table whose tree begins at a page.
    fn each_row(&mut self, root: u32, visit: Visit<'_>) -> Result<(), &'static str> {
        let mut pages = vec![root];
        while let Some(number) = pages.pop() {
            let page = self.page(number)?;
            let start = if number == 1 { FIRST } else { 0 };
            let cells = usize::from(be16(page, start + 3).ok_or(DAMAGED)?);
            match page.get(start) {
                Some(&INTERIOR) => {
                    pages.push(be32(page, start + 8).ok_or(DAMAGED)?);
                    for cell in 0..cells {
                        pages.push(be32(page, cell_start(page, start + 12, cell)?).ok_or(DAMAGED)?);
                    }
                }
                Some(&LEAF) => {
                    for cell in 0..cells {
                        let cell = page.get(cell_start(page, start + 8, cell)?..self.usable).ok_or(DAMAGED)?;
                        visit(&self.payload(cell)?)?;
                    }
                }
                _ => return Err(DAMAGED),
            }
        }
        Ok(())
    }

    /// The row in a cell of a leaf, put together with what of it is on other pages.
    fn payload(&mut self, cell: &'a [u8]) -> Result<Cow<'a, [u8]>, &'static str> {
        let (length, rest) = varint(cell).ok_or(DAMAGED)?;
        let (_row, rest) = varint(rest).ok_or(DAMAGED)?;
        let length = usize::try_from(length).map_err(|_| DAMAGED)?;
        self.left = self.left.checked_sub(length).ok_or("it is a SQLite database whose rows are longer than it is")?;
        let local = self.local(length);
        let (here, rest) = rest.split_at_checked(local).ok_or(DAMAGED)?;
        if local == length {
            return Ok(Cow::Borrowed(here));
        }
        let mut payload = Vec::with_capacity(length);
        payload.extend_from_slice(here);
        let mut next = be32(rest, 0).ok_or(DAMAGED)?;
        while payload.len() < length {
            let page = self.page(next)?;
            next = be32(page, 0).ok_or(DAMAGED)?;
            let more = (length - payload.len()).min(self.usable - 4);
            payload.extend_from_slice(page.get(4..4 + more).ok_or(DAMAGED)?);
        }
        Ok(Cow::Owned(payload))
    }

    /// How much of a row of a length is in its cell.
    fn local(&self, length: usize) -> usize {
        let most = self.usable - 35;
        if length <= most {
            return length;
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let fitting = least + (length - least) % (self.usable - 4);
        if fitting <= most { fitting } else { least }
    }
}

/// Where a cell is in its page, from the list of cells that begins at `list`.
fn cell_start(page: &[u8], list: usize, cell: usize) -> Result<usize, &'static str> {
    be16(page, list + 2 * cell).map(usize::from).ok_or(DAMAGED)
}

/// A value of a row.
#[derive(Clone, Copy)]
enum Value<'a> {
    Null,
    Integer(u64),
    /// A text or a blob.
    Bytes(&'a [u8]),
}

/// The first columns of a row.
fn columns<const N: usize>(row: &[u8]) -> Result<[Value<'_>; N], &'static str> {
    let mut columns = [Value::Null; N];
    let (length, _) = varint(row).ok_or(DAMAGED)?;
    let length = usize::try_from(length).map_err(|_| DAMAGED)?;
    let (types, mut values) = row.split_at_checked(length).ok_or(DAMAGED)?;
    let (_, mut types) = varint(types).ok_or(DAMAGED)?;
    for column in &mut columns {
        let Some((kind, rest)) = varint(types) else { break };
        types = rest;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return Err(DAMAGED),
            _ => (kind - 12) / 2,
        };
        let length = usize::try_from(length).map_err(|_| DAMAGED)?;
        let (value, rest) = values.split_at_checked(length).ok_or(DAMAGED)?;
        values = rest;
        *column = match kind {
            0 | 7 => Value::Null,
            8 | 9 => Value::Integer(kind - 8),
            1..=6 => Value::Integer(value.iter().fold(0, |number, &byte| number << 8 | u64::from(byte))),
            _ => Value::Bytes(value),
        };
    }
    Ok(columns)
}

/// Reads an integer of one to nine bytes, each but the ninth with seven bits and a mark that there is another.
fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0;
    for (at, &byte) in bytes.iter().enumerate().take(9) {
        if at == 8 {
            return Some((value << 8 | u64::from(byte), &bytes[9..]));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}
