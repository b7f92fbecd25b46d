//! Reads NDB, rpm's own form of database: a table of slots, each of which points to the blocks of a package.

use super::integers::le32;
use super::parse::Visit;

/// The size of a block, and of a slot.
const BLOCK: usize = 16;
/// The size of a page of slots.
const PAGE: usize = 4096;
/// What a package's blocks begin and end with.
const HEAD: usize = 16;
const TAIL: usize = 12;

const DAMAGED: &str = "it is a damaged NDB database";
const CUT: &str = "it is an NDB database with blocks missing";

pub(super) fn is(file: &[u8]) -> bool {
    file.starts_with(b"RpmP")
}

/// Visits the header of every package.
pub(super) fn each_header(file: &[u8], visit: Visit<'_>) -> Result<(), &'static str> {
    if le32(file, 4) != Some(0) {
        return Err("it is an NDB database of another version than 0");
    }
    let pages = le32(file, 12).ok_or(CUT)? as usize;
    let slots = pages.checked_mul(PAGE).and_then(|length| file.get(..length)).ok_or(CUT)?;
    let mut left = file.len();
    // The header takes the place of the first two.
    for slot in slots.as_chunks::<BLOCK>().0.iter().skip(2) {
        if !slot.starts_with(b"Slot") {
            return Err(DAMAGED);
        }
        let number = |at| le32(slot, at).unwrap_or_default();
        let (package, block, blocks) = (number(4), number(8) as usize, number(12) as usize);
        if block == 0 {
            continue;
        }
        let start = block.checked_mul(BLOCK).ok_or(CUT)?;
        let length = blocks.checked_mul(BLOCK).ok_or(CUT)?;
        left = left.checked_sub(length).ok_or("it is an NDB database whose packages overlap")?;
        let blocks = file.get(start..).and_then(|rest| rest.get(..length)).ok_or(CUT)?;
        visit(header(blocks, package)?)?;
    }
    Ok(())
}

/// What is between the head and the tail of a package's blocks.
fn header(blocks: &[u8], package: u32) -> Result<&[u8], &'static str> {
    let length = le32(blocks, 12).ok_or(DAMAGED)?;
    let tail = blocks.len().checked_sub(TAIL).map(|start| &blocks[start..]).ok_or(DAMAGED)?;
    let is_whole = blocks.starts_with(b"BlbS")
        && le32(blocks, 4) == Some(package)
        && le32(tail, 4) == Some(length)
        && tail.ends_with(b"BlbE");
    let body = blocks.get(HEAD..blocks.len() - TAIL).filter(|_| is_whole).ok_or(DAMAGED)?;
    body.get(..length as usize).ok_or(DAMAGED)
}
