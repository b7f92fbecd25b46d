//! Looks into the [write-ahead log](https://www.sqlite.org/fileformat2.html#walformat) of a SQLite database for changes
//! that are not in the database.

use super::integers::be32;
use crate::ecosystems::Facts;

/// The length of the log's header.
const HEADER: usize = 32;
/// The length of the header of a page in it.
const FRAME: usize = 24;

const DAMAGED: &str = "it is a damaged log of a SQLite database";

/// What the log says alone: nothing while it is empty. With changes in it, the database beside it is not up to date.
pub(super) fn parse(log: &[u8]) -> Result<Facts, &'static str> {
    if log.is_empty() {
        return Ok(Facts::Nothing);
    }
    let header = log.first_chunk::<HEADER>().ok_or(DAMAGED)?;
    let page_size = be32(header, 8).unwrap_or_default();
    if !matches!(be32(header, 0), Some(0x377f_0682 | 0x377f_0683)) || !(512..=65536).contains(&page_size) {
        return Err(DAMAGED);
    }
    // A page counts from the moment that the last one of its transaction is written, which says the database's size.
    // What an earlier round left behind has other salts.
    let is_commit = |frame: &[u8]| {
        let salts = frame.get(8..16) == header.get(16..24);
        salts && be32(frame, 4).is_some_and(|pages| pages != 0)
    };
    if log[HEADER..].chunks_exact(FRAME + page_size as usize).any(is_commit) {
        return Err("it has changes to the list of packages that were never moved into the database");
    }
    Ok(Facts::Nothing)
}
