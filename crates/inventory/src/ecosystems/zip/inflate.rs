//! What entries hold, within budgets.

use std::borrow::Cow;

use flate2::{Decompress, FlushDecompress, Status};

use super::{Archive, Entry};

const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// How many bytes one compressed byte may become. Text of the kind that is read here stays under 50.
const MAX_RATIO: u64 = 200;
/// The size below which the ratio is not looked at.
const RATIO_FLOOR: usize = 1 << 20;
/// How many bytes are made room for at a time.
const STEP: usize = 64 << 10;

/// Reads entries until its budget is used up.
pub(in crate::ecosystems) struct Inflater {
    decoder: Decompress,
    left: usize,
}

impl Inflater {
    /// For `budget` bytes of all entries together, uncompressed. Entries that are not compressed count too: the same
    /// bytes may be entries again and again.
    pub(in crate::ecosystems) fn new(budget: usize) -> Self {
        Self { decoder: Decompress::new(false), left: budget }
    }

    /// The content of an entry of up to `limit` bytes; the error is a sentence for the user.
    pub(in crate::ecosystems) fn read<'a>(
        &mut self,
        archive: &Archive<'a>,
        entry: &Entry<'a>,
        limit: usize,
    ) -> Result<Cow<'a, [u8]>, &'static str> {
        let content = self.beginning(archive, entry, limit.saturating_add(1))?;
        if content.len() > limit { Err("it is larger than the analysis budget allows") } else { Ok(content) }
    }

    /// The first `limit` bytes of what an entry holds, or all of it.
    pub(in crate::ecosystems) fn beginning<'a>(
        &mut self,
        archive: &Archive<'a>,
        entry: &Entry<'a>,
        limit: usize,
    ) -> Result<Cow<'a, [u8]>, &'static str> {
        if entry.encrypted {
            return Err("it is encrypted");
        }
        let packed = archive.packed(entry)?;
        let content = match entry.method {
            STORED => Cow::Borrowed(&packed[..packed.len().min(limit)]),
            DEFLATED => Cow::Owned(self.inflate(packed, limit.min(self.left.saturating_add(1)))?),
            _ => return Err("it is compressed by a method that is not known"),
        };
        self.left =
            self.left.checked_sub(content.len()).ok_or("the archives around it inflate to more than allowed")?;
        Ok(content)
    }

    fn inflate(&mut self, packed: &[u8], limit: usize) -> Result<Vec<u8>, &'static str> {
        self.decoder.reset(false);
        let mut content = Vec::new();
        while content.len() < limit {
            let read = self.decoder.total_in() as usize;
            let before = content.len();
            content.reserve(STEP);
            let status = self.decoder.decompress_vec(&packed[read..], &mut content, FlushDecompress::None);
            match status.map_err(|_| "it is damaged")? {
                Status::StreamEnd => break,
                Status::Ok | Status::BufError if content.len() == before => return Err("it ends too early"),
                Status::Ok | Status::BufError => {}
            }
            if content.len() > RATIO_FLOOR && content.len() as u64 > MAX_RATIO * self.decoder.total_in() {
                return Err("it inflates to more than 200 times its compressed size");
            }
        }
        content.truncate(limit);
        Ok(content)
    }
}
