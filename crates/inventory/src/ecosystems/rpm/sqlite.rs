//! Reads the table of packages of a [SQLite database](https://www.sqlite.org/fileformat2.html), and no more of it.

use std::collections::BTreeMap;

use plimsoll_oci::Digest;

use super::header::Header;
use super::integers::{be16, be32};
use super::parse::{Installed, Seen};
use super::table::{Content, Page, Row, Table};

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

/// Reads a database.
pub(super) fn read(file: &[u8]) -> Result<Table, &'static str> {
    let mut reader = Reader::of_file(file)?;
    let schema = reader.tree(1)?;
    let is_empty = schema.is_empty();
    let root = schema.into_iter().find_map(|content| match content {
        Content::Root(page) => Some(page),
        _ => None,
    });
    match root {
        Some(root) => {
            let is_of_package = |content: &Content| matches!(content, Content::Package(_) | Content::Key);
            if !reader.tree(root)?.iter().all(is_of_package) {
                return Err("its table of packages has other columns than rpm's");
            }
        }
        // Nothing was written to it yet, or all of it is still in its log.
        None if is_empty => {}
        None => return Err("it is a SQLite database without a table of packages"),
    }
    Ok(reader.into_table())
}

/// Reads the pages of a log, which may be any: what cannot be read may be none that counts.
pub(super) fn read_log(pages: BTreeMap<u32, &[u8]>, page_size: usize) -> Table {
    let reserved = pages.get(&1).and_then(|page| page.get(20)).copied().unwrap_or_default();
    let usable = page_size.saturating_sub(reserved.into()).max(480);
    let numbers: Vec<_> = pages.keys().copied().collect();
    // Pages that are no longer in use may share what they point to with others.
    let left = 2 * page_size * pages.len();
    let source = Source::Log(pages);
    let mut reader = Reader {
        source,
        page_size,
        usable,
        seen: Seen::default(),
        left,
        table: Table::default(),
        installed: Installed::default(),
    };
    for number in numbers {
        let page = reader.page(number).and_then(|page| reader.decode(number, page)).unwrap_or(Page::Other);
        reader.keep(number, page);
    }
    reader.into_table()
}

/// Where pages are.
enum Source<'a> {
    File(&'a [u8]),
    Log(BTreeMap<u32, &'a [u8]>),
}

/// What reads pages.
struct Reader<'a> {
    source: Source<'a>,
    page_size: usize,
    /// How much of a page is the database's.
    usable: usize,
    /// The pages that were read as those of a tree.
    seen: Seen,
    /// How many more bytes rows may have: all of them together are no longer than the file.
    left: usize,
    table: Table,
    installed: Installed,
}

impl<'a> Reader<'a> {
    fn of_file(file: &'a [u8]) -> Result<Self, &'static str> {
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
        Ok(Self {
            source: Source::File(file),
            page_size,
            usable,
            seen: Seen::default(),
            left: file.len(),
            table: Table::default(),
            installed: Installed::default(),
        })
    }

    fn into_table(self) -> Table {
        let Installed { packages, owned, .. } = self.installed;
        Table { page_size: self.page_size as u32, packages, owned, ..self.table }
    }

    fn page(&self, number: u32) -> Result<&'a [u8], &'static str> {
        match &self.source {
            Source::File(file) => {
                let index = (number as usize).checked_sub(1).ok_or(DAMAGED)?;
                let start = index.checked_mul(self.page_size).ok_or(CUT)?;
                file.get(start..).and_then(|rest| rest.get(..self.page_size)).ok_or(CUT)
            }
            Source::Log(pages) => pages.get(&number).copied().ok_or(CUT),
        }
    }

    /// Reads the pages of the table that begins at one; what its rows say.
    fn tree(&mut self, root: u32) -> Result<Vec<Content>, &'static str> {
        let (mut contents, mut pages) = (Vec::new(), vec![root]);
        while let Some(number) = pages.pop() {
            self.seen.first(number)?;
            let page = self.page(number)?;
            let page = self.decode(number, page)?;
            match &page {
                Page::Interior(children) => pages.extend(children),
                Page::Leaf(rows) => contents.extend(rows.iter().map(|row| row.content)),
                Page::Other => return Err(DAMAGED),
            }
            self.keep(number, page);
        }
        Ok(contents)
    }

    /// Keeps a page, but for the rows that say nothing of packages.
    fn keep(&mut self, number: u32, mut page: Page) {
        if let Page::Leaf(rows) = &mut page {
            rows.retain(|row| row.content != Content::Other);
            rows.shrink_to_fit();
        }
        self.table.pages.insert(number, page);
    }

    fn decode(&mut self, number: u32, page: &'a [u8]) -> Result<Page, &'static str> {
        let start = if number == 1 { FIRST } else { 0 };
        let cells = usize::from(be16(page, start + 3).ok_or(DAMAGED)?);
        match page.get(start) {
            // A cell takes seven bytes at least.
            Some(&INTERIOR) if cells > page.len() / 7 => Err(DAMAGED),
            Some(&INTERIOR) => {
                let child = |cell| be32(page, cell_start(page, start + 12, cell)?).ok_or(DAMAGED);
                let last = be32(page, start + 8).ok_or(DAMAGED);
                (0..cells).map(child).chain([last]).collect::<Result<_, _>>().map(Page::Interior)
            }
            Some(&LEAF) => {
                let mut rows = Vec::new();
                for cell in 0..cells {
                    let cell = page.get(cell_start(page, start + 8, cell)?..self.usable).ok_or(DAMAGED)?;
                    rows.push(self.row(cell)?);
                }
                Ok(Page::Leaf(rows))
            }
            _ => Ok(Page::Other),
        }
    }

    /// The row in a cell of a leaf, put together with what of it is on other pages.
    fn row(&mut self, cell: &'a [u8]) -> Result<Row, &'static str> {
        let (length, rest) = varint(cell).ok_or(DAMAGED)?;
        let (number, rest) = varint(rest).ok_or(DAMAGED)?;
        let length = usize::try_from(length).map_err(|_| DAMAGED)?;
        self.left = self.left.checked_sub(length).ok_or("it is a SQLite database whose rows are longer than it is")?;
        let local = self.local(length);
        let (here, rest) = rest.split_at_checked(local).ok_or(DAMAGED)?;
        if local == length {
            return Ok(Row { number, content: self.content(here)?, local: 0, rest: Vec::new() });
        }
        let next = be32(rest, 0).ok_or(DAMAGED)?;
        let is_elsewhere = matches!(&self.source, Source::Log(pages) if !pages.contains_key(&next));
        let (content, rest) = if is_elsewhere {
            (Content::Elsewhere, vec![next])
        } else {
            let (payload, pages) = self.overflow(here, next, length)?;
            (self.content(&payload)?, pages)
        };
        Ok(Row { number, content, local: digest(here), rest })
    }

    /// The whole of a row that goes on at a page, and the pages with the rest.
    fn overflow(&self, here: &[u8], mut next: u32, length: usize) -> Result<(Vec<u8>, Vec<u32>), &'static str> {
        let mut payload = Vec::with_capacity(length);
        payload.extend_from_slice(here);
        let (mut pages, mut seen) = (Vec::new(), Seen::default());
        while payload.len() < length {
            seen.first(next)?;
            let page = self.page(next)?;
            pages.push(next);
            next = be32(page, 0).ok_or(DAMAGED)?;
            let more = (length - payload.len()).min(self.usable - 4);
            payload.extend_from_slice(page.get(4..4 + more).ok_or(DAMAGED)?);
        }
        Ok((payload, pages))
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

    /// What a row says.
    fn content(&mut self, row: &[u8]) -> Result<Content, &'static str> {
        Ok(match columns(row)? {
            [Value::Bytes(b"table"), Value::Bytes(b"Packages"), _, Value::Integer(page)] => {
                u32::try_from(page).map_or(Content::Other, Content::Root)
            }
            // The first column is the number of the row, which is kept elsewhere.
            [Value::Null, Value::Bytes(blob), Value::Absent, Value::Absent] => {
                self.installed.add(&Header::new(blob)?)?.map_or(Content::Key, Content::Package)
            }
            _ => Content::Other,
        })
    }
}

/// Where a cell is in its page, from the list of cells that begins at `list`.
fn cell_start(page: &[u8], list: usize, cell: usize) -> Result<usize, &'static str> {
    be16(page, list + 2 * cell).map(usize::from).ok_or(DAMAGED)
}

/// A digest of the beginning of a row.
fn digest(bytes: &[u8]) -> u64 {
    Digest::sha256(bytes).as_bytes().first_chunk().copied().map_or(0, u64::from_le_bytes)
}

/// A value of a row.
#[derive(Clone, Copy)]
enum Value<'a> {
    Absent,
    Null,
    Integer(u64),
    /// A text or a blob.
    Bytes(&'a [u8]),
}

/// The first columns of a row.
fn columns<const N: usize>(row: &[u8]) -> Result<[Value<'_>; N], &'static str> {
    let mut columns = [Value::Absent; N];
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
