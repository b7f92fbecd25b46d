//! Reads the [write-ahead log](https://www.sqlite.org/fileformat2.html#walformat) of a SQLite database: pages that take
//! the place of the database's.

use std::collections::BTreeMap;

use super::integers::{be32, le32};
use super::sqlite;
use crate::ecosystems::Facts;

/// The length of the log's header, and of what is before each page.
const HEADER: usize = 32;
const FRAME: usize = 24;
/// How logs begin; the second keeps its sums in numbers with the highest byte first.
const LITTLE: u32 = 0x377f_0682;
const BIG: u32 = 0x377f_0683;

/// The pages of the log; nothing where none of them counts. What is damaged does not count, as for SQLite.
pub(super) fn parse(log: &[u8]) -> Facts {
    let Some((page_size, pages)) = pages(log) else { return Facts::Nothing };
    if pages.is_empty() {
        return Facts::Nothing;
    }
    Facts::Log(sqlite::read_log(pages, page_size))
}

/// The size of pages, and the last of each that was written. None where it is no log, or one that was emptied.
pub(super) fn pages(log: &[u8]) -> Option<(usize, BTreeMap<u32, &[u8]>)> {
    let (header, mut frames) = log.split_at_checked(HEADER)?;
    let is_big = match be32(header, 0)? {
        LITTLE => false,
        BIG => true,
        _ => return None,
    };
    let page_size = be32(header, 8).filter(|size| (512..=65536).contains(size) && size.is_power_of_two())? as usize;
    let mut sum = Sum { is_big, sums: [0, 0] };
    sum.add(&header[..24]);
    if !sum.is(&header[24..]) {
        return None;
    }
    let (mut pages, mut open) = (BTreeMap::new(), Vec::new());
    while let Some((head, rest)) = frames.split_at_checked(FRAME)
        && let Some((page, rest)) = rest.split_at_checked(page_size)
    {
        sum.add(&head[..8]);
        sum.add(page);
        // What an earlier round left behind has other salts, and what was not written to its end another sum.
        if head[8..16] != header[16..24] || !sum.is(&head[16..]) {
            break;
        }
        open.push((be32(head, 0)?, page));
        // The last page of a transaction says how many pages the database has then.
        match be32(head, 4)? {
            0 => {}
            size => {
                pages.extend(open.drain(..));
                pages.split_off(&size.saturating_add(1));
            }
        }
        frames = rest;
    }
    Some((page_size, pages))
}

/// The sum over all of a log so far.
struct Sum {
    is_big: bool,
    sums: [u32; 2],
}

impl Sum {
    fn add(&mut self, bytes: &[u8]) {
        let number = |at| if self.is_big { be32(bytes, at) } else { le32(bytes, at) }.unwrap_or_default();
        let [mut first, mut second] = self.sums;
        for at in (0..bytes.len()).step_by(8) {
            first = first.wrapping_add(number(at)).wrapping_add(second);
            second = second.wrapping_add(number(at + 4)).wrapping_add(first);
        }
        self.sums = [first, second];
    }

    fn is(&self, bytes: &[u8]) -> bool {
        self.sums.map(u32::to_be_bytes).concat() == bytes
    }
}
