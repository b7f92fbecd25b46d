//! Reading records out of the files of a source, within budgets.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use plimsoll_advisories::{Limits, Record};
use zip::ZipArchive;

use super::FeedError;
use super::source::{Kind, SourceFile};

/// How many entries an archive may have.
const MAX_ENTRIES: usize = 2_000_000;
/// How much larger than itself an archive's content may be, once it is large: JSON shrinks to a tenth, a bomb to less
/// than a thousandth.
const MAX_RATIO: u64 = 200;
/// Content up to this many bytes is never too much.
const FREE_BYTES: u64 = 64 << 20;

/// What came of one record.
pub(super) enum Item {
    Record(Box<Record>),
    Refused { file: String, reason: String },
}

/// Reads every record of `file`; `each` gets it with its number and how many there are.
pub(super) fn read(
    file: &SourceFile,
    limits: &Limits,
    each: &mut dyn FnMut(Item, u64, u64) -> Result<(), FeedError>,
) -> Result<(), FeedError> {
    match file.kind {
        Kind::Document(_) => Ok(()),
        Kind::Archive => read_archive(&file.path, limits, each),
        Kind::Record => {
            let item = read_file(&file.path, limits);
            each(item.unwrap_or_else(|reason| refused(&file.path.to_string_lossy(), reason)), 1, 1)
        }
    }
}

fn read_file(path: &Path, limits: &Limits) -> Result<Item, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut json = Vec::new();
    file.take(past(limits)).read_to_end(&mut json).map_err(|error| error.to_string())?;
    parse(&json, limits)
}

fn read_archive(
    path: &Path,
    limits: &Limits,
    each: &mut dyn FnMut(Item, u64, u64) -> Result<(), FeedError>,
) -> Result<(), FeedError> {
    let file = File::open(path).map_err(FeedError::io(path))?;
    let size = file.metadata().map_err(FeedError::io(path))?.len();
    let mut archive = ZipArchive::new(BufReader::with_capacity(1 << 16, file)).map_err(FeedError::archive(path))?;
    if archive.len() > MAX_ENTRIES {
        return Err(FeedError::TooLarge { path: path.to_owned(), what: "too many entries" });
    }
    let count = archive.len() as u64;
    let mut budget = size.saturating_mul(MAX_RATIO).max(FREE_BYTES);
    let mut json = Vec::new();
    for number in 0..archive.len() {
        json.clear();
        let (name, outcome) = read_entry(&mut archive, number, limits, &mut json).unwrap_or_else(|error| {
            (format!("entry {number} of {}", path.display()), Entry::Refused(error.to_string()))
        });
        budget = budget.checked_sub(json.len() as u64).ok_or_else(|| {
            let what = "far more than an archive of its size should";
            FeedError::TooLarge { path: path.to_owned(), what }
        })?;
        let item = match outcome {
            Entry::Skipped => continue,
            Entry::Read => parse(&json, limits),
            Entry::Refused(reason) => Err(reason),
        };
        each(item.unwrap_or_else(|reason| refused(&name, reason)), number as u64 + 1, count)?;
    }
    Ok(())
}

enum Entry {
    /// Not a record: a folder, a read-me.
    Skipped,
    Read,
    Refused(String),
}

fn read_entry<R: Read + io::Seek>(
    archive: &mut ZipArchive<R>,
    number: usize,
    limits: &Limits,
    json: &mut Vec<u8>,
) -> zip::result::ZipResult<(String, Entry)> {
    let entry = archive.by_index(number)?;
    let name = entry.name()?.into_owned();
    if entry.is_dir() || !name.to_ascii_lowercase().ends_with(".json") {
        return Ok((name, Entry::Skipped));
    }
    // Names are never used as paths; one that tries to leave the archive is a sign of something else than a feed.
    if entry.enclosed_name().is_none() {
        return Ok((name, Entry::Refused("its name leads out of the archive".to_owned())));
    }
    // The size an entry claims is not believed, but a claim beyond the limit saves the reading.
    if entry.size() > limits.bytes as u64 {
        return Ok((name, Entry::Refused(format!("more than {} bytes", limits.bytes))));
    }
    let outcome = match entry.take(past(limits)).read_to_end(json) {
        Ok(_) => Entry::Read,
        Err(error) => Entry::Refused(error.to_string()),
    };
    Ok((name, outcome))
}

/// One byte more than a record may have, so that the parser sees that it is too long.
fn past(limits: &Limits) -> u64 {
    limits.bytes as u64 + 1
}

fn parse(json: &[u8], limits: &Limits) -> Result<Item, String> {
    let record = Record::parse(json, limits).map_err(|refusal| with_causes(&refusal))?;
    Ok(Item::Record(Box::new(record)))
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

fn refused(file: &str, reason: String) -> Item {
    let printable = |text: &str| text.chars().map(|c| if c.is_control() { '?' } else { c }).take(200).collect();
    Item::Refused { file: printable(file), reason: printable(&reason) }
}
