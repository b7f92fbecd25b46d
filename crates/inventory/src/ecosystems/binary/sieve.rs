//! Reads a program front to back and keeps only what its inspectors look at.
//!
//! A window slides over the file. What the inspectors will want is not known in advance: so they are asked whenever
//! something they wanted has come, and what they miss is kept as it comes. What has gone by when they come to want it is
//! left for another reading of the layer, unless it is known by how it begins.

use std::io::{self, Read};
use std::ops::Range;

use memchr::memmem;

use super::classify::Search;
use super::kept::Kept;
use super::{Program, facts, go, native_image, parse};
use crate::ecosystems::Facts;

/// What is kept of a program wherever it is met, by how it begins.
const KNOWN: [&[u8]; 2] = [go::MAGIC, native_image::LENGTH_NAME];
/// How often it is kept.
const MAX_KNOWN: usize = 8;
/// The most ranges that are kept.
const MAX_RANGES: usize = 64;

/// How much of a program is in memory.
struct Limits {
    /// The longest program that is in memory as a whole.
    whole: u64,
    /// What is kept of the beginning of a longer one, and of its end, where its tables are.
    head: u64,
    tail: u64,
    /// What is kept of what is known by how it begins.
    known: u64,
    /// How much the window moves on at a time.
    step: usize,
    /// How much of it stays: more than any version with the texts around it.
    overlap: usize,
    /// The most bytes that are kept.
    room: u64,
}

const LIMITS: Limits = Limits {
    whole: 2 << 20,
    head: 512 << 10,
    tail: 64 << 10,
    known: 512 << 10,
    step: 256 << 10,
    overlap: 64 << 10,
    room: 16 << 20,
};

/// What a reading of a program told.
pub(crate) struct Reading {
    pub(crate) facts: Result<Facts, &'static str>,
    /// What another reading has to keep to tell more; empty where it would tell the same.
    pub(crate) wanted: Vec<Range<u64>>,
}

/// Reads the program at `path`, of `size` bytes or as much of them as there is to be read, and keeps `wanted` of it.
/// `buffer` is for its bytes.
pub(crate) fn read(
    path: &[u8],
    size: u64,
    wanted: &[Range<u64>],
    content: &mut dyn Read,
    buffer: &mut Vec<u8>,
) -> io::Result<Reading> {
    read_within(&LIMITS, path, size, wanted, content, buffer)
}

fn read_within(
    limits: &Limits,
    path: &[u8],
    size: u64,
    wanted: &[Range<u64>],
    content: &mut dyn Read,
    buffer: &mut Vec<u8>,
) -> io::Result<Reading> {
    let search = Search::new(path);
    buffer.clear();
    if size > limits.whole && !search.needs_all() {
        return Sieve::new(limits, path, size, wanted, search).read(content, buffer);
    }
    content.read_to_end(buffer)?;
    Ok(Reading { facts: parse(path, buffer), wanted: Vec::new() })
}

struct Sieve<'p> {
    limits: &'p Limits,
    path: &'p [u8],
    file: Kept<'static>,
    search: Search,
    /// Where in the file the window begins.
    position: u64,
    /// What is kept, in the order of the file.
    wanted: Vec<Range<u64>>,
    /// How many more bytes may be wanted, and how often something may be known by its beginning.
    room: u64,
    known: usize,
}

impl<'p> Sieve<'p> {
    fn new(limits: &'p Limits, path: &'p [u8], size: u64, wanted: &[Range<u64>], search: Search) -> Self {
        let file = Kept::empty(size);
        let room = limits.room;
        let mut sieve = Self { limits, path, file, search, position: 0, wanted: Vec::new(), room, known: MAX_KNOWN };
        for range in [0..limits.head, size.saturating_sub(limits.tail)..size].iter().chain(wanted) {
            sieve.want(range.clone());
        }
        sieve
    }

    fn read(mut self, content: &mut dyn Read, window: &mut Vec<u8>) -> io::Result<Reading> {
        let (step, overlap) = (self.limits.step, self.limits.overlap);
        loop {
            let free = step + overlap - window.len();
            content.take(free as u64).read_to_end(window)?;
            let settled = if window.len() < step + overlap { window.len() } else { step };
            self.look(window, settled);
            if settled < step {
                return Ok(self.finish());
            }
            window.drain(..settled);
        }
    }

    /// Takes what begins in the first `settled` bytes of the window.
    fn look(&mut self, window: &[u8], settled: usize) {
        self.search.look(window, settled);
        for beginning in KNOWN {
            for at in memmem::find_iter(window, beginning).take_while(|&at| at < settled).take(self.known) {
                let at = self.position + at as u64;
                self.want(at..at + self.limits.known);
                self.known -= 1;
            }
        }
        let end = self.position + settled as u64;
        for range in &self.wanted {
            let (from, to) = (range.start.max(self.position), range.end.min(end));
            if from < to {
                let bytes = &window[(from - self.position) as usize..(to - self.position) as usize];
                self.file.keep(from, bytes);
            }
        }
        let has_come = |range: &Range<u64>| range.end > self.position && range.end <= end;
        let ask = self.wanted.iter().any(has_come);
        self.position = end;
        if ask {
            self.ask();
        }
    }

    /// Lets the inspectors go as far as they come, and wants what they miss on the way; false where they miss nothing
    /// that can be kept.
    fn ask(&mut self) -> bool {
        drop(Program::new(self.path, &self.file).and_then(|program| program.inspect()));
        let mut any = false;
        for missed in self.file.take_asked() {
            any |= self.want(missed);
        }
        any
    }

    /// Keeps a range from here on; false where there is no room for it.
    fn want(&mut self, range: Range<u64>) -> bool {
        if self.wanted.iter().any(|wanted| wanted.start <= range.start && range.end <= wanted.end) {
            return true;
        }
        let size = range.end.saturating_sub(range.start);
        if size > self.room || self.wanted.len() == MAX_RANGES {
            return false;
        }
        self.room -= size;
        self.wanted.push(range);
        self.wanted.sort_unstable_by_key(|range| range.start);
        self.wanted.dedup_by(|next, before| {
            let overlaps = next.start <= before.end;
            if overlaps {
                before.end = before.end.max(next.end);
            }
            overlaps
        });
        true
    }

    fn finish(mut self) -> Reading {
        let wanted = if self.ask() { self.wanted } else { Vec::new() };
        Reading { facts: facts(self.path, &self.file, self.search), wanted }
    }
}

#[cfg(test)]
mod tests;
