//! Writes small databases in rpm's three forms, with pages of 512 bytes where there is a choice, so that few packages
//! make many of them.

/// A tag of a header: its number, its type, how many values, and the values.
pub(super) struct Tag(u32, u32, u32, Vec<u8>);

impl Tag {
    pub(super) fn text(tag: u32, text: &str) -> Self {
        Self(tag, 6, 1, [text.as_bytes(), b"\0"].concat())
    }

    pub(super) fn texts(tag: u32, texts: &[&str]) -> Self {
        let data = texts.iter().flat_map(|text| text.bytes().chain([0])).collect();
        Self(tag, 8, texts.len() as u32, data)
    }

    pub(super) fn number(tag: u32, number: u32) -> Self {
        Self(tag, 4, 1, number.to_be_bytes().into())
    }
}

/// The header of a package.
pub(super) fn header(tags: &[Tag]) -> Vec<u8> {
    let (mut index, mut data) = (Vec::new(), Vec::new());
    for Tag(tag, kind, count, values) in tags {
        for number in [*tag, *kind, data.len() as u32, *count] {
            index.extend(number.to_be_bytes());
        }
        data.extend(values);
    }
    let lengths = [tags.len() as u32, data.len() as u32].map(u32::to_be_bytes).concat();
    [lengths, index, data].concat()
}

/// NDB: two pages of slots, then the packages.
pub(super) fn ndb(headers: &[Vec<u8>]) -> Vec<u8> {
    let le = |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>();
    let mut slots = [b"RpmP".to_vec(), le(&[0, 1, 2, headers.len() as u32 + 1, 0, 0, 0])].concat();
    let mut blocks = Vec::new();
    for (header, number) in headers.iter().zip(1..) {
        let at = (2 * 4096 + blocks.len()) as u32 / 16;
        let length = header.len() as u32;
        let blob = [b"BlbS".to_vec(), le(&[number, 0, length]), header.clone()].concat();
        let padding = (blob.len() + 12).next_multiple_of(16) - blob.len() - 12;
        let blob = [blob, vec![0; padding], le(&[0, length]), b"BlbE".to_vec()].concat();
        slots.extend([b"Slot".to_vec(), le(&[number, at, blob.len() as u32 / 16])].concat());
        blocks.extend(blob);
    }
    while slots.len() < 2 * 4096 {
        slots.extend(b"Slot\0\0\0\0\0\0\0\0\0\0\0\0");
    }
    [slots, blocks].concat()
}

const PAGE: usize = 512;

/// SQLite: the first page names a table whose root is the second, which points to leaves of one row each.
pub(super) fn sqlite(headers: &[Vec<u8>]) -> Vec<u8> {
    // An interior page has room for some 70 leaves: more take another level.
    let mut file = Sqlite { pages: vec![schema("Packages"), vec![0; PAGE]] };
    let mut level: Vec<u32> = headers.iter().zip(1..).map(|(header, row)| file.leaf(row, header)).collect();
    while level.len() > 60 {
        level = level.chunks(60).map(|children| file.add(interior(children))).collect();
    }
    file.pages[1] = match level.split_last() {
        Some(_) => interior(&level),
        None => page(13, &[], None),
    };
    file.pages.concat()
}

pub(super) fn sqlite_without_packages() -> Vec<u8> {
    [schema("Others"), page(13, &[], None)].concat()
}

struct Sqlite {
    pages: Vec<Vec<u8>>,
}

impl Sqlite {
    fn add(&mut self, page: Vec<u8>) -> u32 {
        self.pages.push(page);
        self.pages.len() as u32
    }

    /// A leaf with a row, and pages for what overflows.
    fn leaf(&mut self, row: u64, header: &[u8]) -> u32 {
        let kind = varint(header.len() as u64 * 2 + 12);
        let payload = [&[kind.len() as u8 + 2, 0][..], &kind, header].concat();
        let (most, least) = (PAGE - 35, (PAGE - 12) * 32 / 255 - 23);
        let fitting = least + payload.len().saturating_sub(least) % (PAGE - 4);
        let local = match payload.len() {
            length if length <= most => length,
            _ if fitting <= most => fitting,
            _ => least,
        };
        let mut cell = [varint(payload.len() as u64), varint(row), payload[..local].to_vec()].concat();
        let chunks: Vec<_> = payload[local..].chunks(PAGE - 4).collect();
        if !chunks.is_empty() {
            cell.extend((self.pages.len() as u32 + 1).to_be_bytes());
        }
        for (chunk, left) in chunks.iter().zip((0..chunks.len()).rev()) {
            let next = if left == 0 { 0 } else { self.pages.len() as u32 + 2 };
            let mut page = [&next.to_be_bytes()[..], chunk].concat();
            page.resize(PAGE, 0);
            self.add(page);
        }
        self.add(page(13, &[cell], None))
    }
}

/// The first page: the file's header, and a row about a table with its root on the second.
fn schema(table: &str) -> Vec<u8> {
    let text = |text: &str| text.len() as u8 * 2 + 13;
    let types = [6, text("table"), text(table), text(table), 1, 13];
    let row = [&types[..], b"table", table.as_bytes(), table.as_bytes(), &[2]].concat();
    let cell = [&[row.len() as u8, 1][..], &row].concat();
    let start = PAGE - cell.len();
    let mut page = b"SQLite format 3\0".to_vec();
    page.extend((PAGE as u16).to_be_bytes());
    page.resize(100, 0);
    page.extend([13, 0, 0, 0, 1, 0, 0, 0]);
    page.extend((start as u16).to_be_bytes());
    page.resize(start, 0);
    [page, cell].concat()
}

fn interior(children: &[u32]) -> Vec<u8> {
    let (last, first) = children.split_last().unwrap();
    let cells: Vec<_> = first.iter().map(|child| [&child.to_be_bytes()[..], &[1]].concat()).collect();
    page(5, &cells, Some(*last))
}

fn page(kind: u8, cells: &[Vec<u8>], last: Option<u32>) -> Vec<u8> {
    let mut page = vec![kind, 0, 0];
    page.extend((cells.len() as u16).to_be_bytes());
    page.extend([0, 0, 0]);
    page.extend(last.into_iter().flat_map(u32::to_be_bytes));
    let mut end = PAGE;
    for cell in cells {
        end -= cell.len();
        page.extend((end as u16).to_be_bytes());
    }
    assert!(page.len() <= end);
    page.resize(end, 0);
    page.extend(cells.iter().rev().flatten());
    page
}

/// The shortest form.
fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = vec![(number & 0x7f) as u8];
    while number > 0x7f {
        number >>= 7;
        bytes.insert(0, (number & 0x7f) as u8 | 0x80);
    }
    bytes
}

/// Berkeley DB: a page about the database, a page with the number of the last package, and for each package a page of
/// a pair and pages for what overflows, or the pair alone where it fits.
pub(super) fn berkeley(headers: &[Vec<u8>]) -> Vec<u8> {
    let last = headers.len() as u32;
    let mut pages = vec![vec![0; PAGE], pair(1, 0, &[&[1][..], &last.to_le_bytes()].concat())];
    for (header, key) in headers.iter().zip(1..) {
        let number = pages.len() as u32;
        if header.len() < 400 {
            pages.push(pair(number, key, &[&[1], &header[..]].concat()));
            continue;
        }
        let elsewhere = [[3, 0, 0, 0], (number + 1).to_le_bytes(), (header.len() as u32).to_le_bytes()].concat();
        pages.push(pair(number, key, &elsewhere));
        let chunks: Vec<_> = header.chunks(PAGE - 26).collect();
        for (chunk, left) in chunks.iter().zip((0..chunks.len()).rev()) {
            let number = pages.len() as u32;
            let next = if left == 0 { 0 } else { number + 1 };
            let mut page = head(number, next, 1, chunk.len() as u16, 7);
            page.extend_from_slice(chunk);
            page.resize(PAGE, 0);
            pages.push(page);
        }
    }
    let meta = [0, 0, 0, 0x0006_1561, 9, PAGE as u32, 8 << 8, 0, pages.len() as u32 - 1];
    pages[0][..36].copy_from_slice(&meta.map(u32::to_le_bytes).concat());
    pages.concat()
}

fn head(number: u32, next: u32, entries: u16, free: u16, kind: u8) -> Vec<u8> {
    let mut head = vec![0; 8];
    head.extend([number, 0, next].map(u32::to_le_bytes).concat());
    head.extend([entries, free].map(u16::to_le_bytes).concat());
    head.extend([0, kind]);
    head
}

fn pair(number: u32, key: u32, value: &[u8]) -> Vec<u8> {
    let key_start = PAGE - 5;
    let value_start = key_start - value.len();
    let mut page = head(number, 0, 2, value_start as u16, 13);
    page.extend([key_start as u16, value_start as u16].map(u16::to_le_bytes).concat());
    page.resize(value_start, 0);
    page.extend(value);
    page.push(1);
    page.extend(key.to_le_bytes());
    page
}
