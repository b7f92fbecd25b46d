//! The compact index of advisories: one block of bytes, built once, read in place.
//!
//! ```text
//! header    magic, SHA-256 of the body, the sections' offsets and lengths, a checksum of the header itself
//! arena     texts and lists, each stored once and referred to by its offset
//! meta      where the records came from
//! buckets   for every value of a key hash's upper bits, the first key that has it
//! keys      (ecosystem, name), sorted by hash, with its run of postings
//! postings  one affected package of one record: record, ranges, versions, ratings
//! records   sorted by id
//! groups    one flaw under all its ids, with the severity known of it and the records about it
//! names     the hashes of those ids, sorted, with their groups
//! facts     what is known of a CVE in any package, sorted by its year and number
//! ```
//!
//! Numbers are little-endian. Opening checks the header and the bounds of the sections only, so that it takes no longer
//! for a big index; every later access is checked against the bounds, and damage is an error, never a panic.

mod arena;
mod blob;
mod build;
mod facts;
mod flaws;
mod info;
mod intervals;
mod rows;
#[cfg(test)]
mod tests;
mod view;

use sha2::{Digest as _, Sha256};

pub use build::{FeedId, IndexBuilder};
pub use info::{EcosystemInfo, FeedInfo, IndexInfo};
pub(crate) use intervals::{Answer, Asked, End};
pub(crate) use rows::{Group, Head};
use view::Arena;
pub(crate) use view::{NamedEntry, Posting, View};

use crate::record::Record;
use crate::{CveId, Facts};
use blob::u64_from;

/// The start of every index; its last byte is the version of the format.
const MAGIC: [u8; 8] = *b"PLIMADV\x06";
const SECTIONS: usize = 9;
const SECTION_TABLE: usize = 40;
const CHECKSUM: usize = SECTION_TABLE + SECTIONS * 16;
const HEADER: usize = CHECKSUM + 8;
const KEY_ROW: usize = 24;
const POSTING_ROW: usize = 16;
const RECORD_ROW: usize = 16;
const NAME_ROW: usize = 8;
const FACT_ROW: usize = 24;

/// Why an index cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// The bytes are not those of an index.
    #[error("not an advisory index")]
    NotAnIndex,
    /// The index is of a format that this version does not read.
    #[error("an advisory index of another version's format; import the advisories again")]
    OtherFormat,
    /// The index is damaged.
    #[error(transparent)]
    Damaged(#[from] Damaged),
    /// There is more to index than the format has room for.
    #[error("too many advisories for one index")]
    TooLarge,
}

/// The index breaks its own format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the advisory index is damaged; import the advisories again")]
pub struct Damaged;

impl From<postcard::Error> for Damaged {
    fn from(_: postcard::Error) -> Self {
        Self
    }
}

/// An index, read in place from `B`.
pub struct Index<B> {
    bytes: B,
    sections: [(usize, usize); SECTIONS],
    info: IndexInfo,
}

#[derive(Clone, Copy)]
enum Section {
    Arena,
    Meta,
    Buckets,
    Keys,
    Postings,
    Records,
    Groups,
    Names,
    Facts,
}

impl<B: AsRef<[u8]>> Index<B> {
    /// Opens an index; takes the same time whatever its size.
    pub fn open(bytes: B) -> Result<Self, IndexError> {
        let all = bytes.as_ref();
        let header = all.get(..HEADER).ok_or(IndexError::NotAnIndex)?;
        if header[..7] != MAGIC[..7] {
            return Err(IndexError::NotAnIndex);
        }
        if header[7] != MAGIC[7] {
            return Err(IndexError::OtherFormat);
        }
        if Sha256::digest(&header[..CHECKSUM])[..8] != header[CHECKSUM..] {
            return Err(Damaged.into());
        }
        let mut sections = [(0, 0); SECTIONS];
        for (at, section) in sections.iter_mut().enumerate() {
            let number = |half: usize| {
                let number = u64_from(header, SECTION_TABLE + at * 16 + half * 8)?;
                usize::try_from(number).map_err(|_| Damaged)
            };
            let (start, length) = (number(0)?, number(1)?);
            let end = start.checked_add(length).filter(|end| *end <= all.len());
            *section = (start, end.ok_or(Damaged)?);
        }
        let generation = hexadecimal(&header[8..SECTION_TABLE]);
        let (start, end) = sections[Section::Meta as usize];
        let meta = postcard::from_bytes(&all[start..end]).map_err(Damaged::from)?;
        let info = IndexInfo::of(&meta, generation);
        Ok(Self { bytes, sections, info })
    }

    /// What the index holds and where it came from.
    pub fn info(&self) -> &IndexInfo {
        &self.info
    }

    /// Whether any advisory is loaded for an ecosystem, such as `Debian`, and its release, such as `12`. An advisory for
    /// the ecosystem without a release is for every release; without a release asked for, one for any release counts.
    pub fn covers(&self, ecosystem: &str, release: Option<&str>) -> bool {
        self.info.ecosystems.iter().any(|loaded| match (loaded.ecosystem.split_once(':'), release) {
            (None, _) => loaded.ecosystem == ecosystem,
            (Some((base, _)), None) => base == ecosystem,
            (Some((base, suffix)), Some(release)) => {
                base == ecosystem && (suffix == release || suffix.strip_suffix(":LTS") == Some(release))
            }
        })
    }

    pub(crate) fn covers_any(&self, ecosystems: &[String]) -> bool {
        let loaded = &self.info.ecosystems;
        ecosystems.iter().any(|name| loaded.binary_search_by(|loaded| loaded.ecosystem.cmp(name)).is_ok())
    }

    /// The index as its file has it.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }

    /// Reads the whole index and compares it with the checksum in its header.
    pub fn verify(&self) -> Result<(), IndexError> {
        let digest = Sha256::digest(&self.bytes.as_ref()[HEADER..]);
        if digest[..] == self.bytes.as_ref()[8..SECTION_TABLE] { Ok(()) } else { Err(Damaged.into()) }
    }

    pub(crate) fn view(&self) -> View<'_> {
        let section = |section: Section| {
            let (start, end) = self.sections[section as usize];
            &self.bytes.as_ref()[start..end]
        };
        View {
            arena: Arena(section(Section::Arena)),
            buckets: section(Section::Buckets),
            keys: section(Section::Keys),
            postings: section(Section::Postings),
            records: section(Section::Records),
            groups: section(Section::Groups),
            names: section(Section::Names),
            facts: section(Section::Facts),
        }
    }

    /// What is known of a CVE in whatever package.
    ///
    /// Fails if the index is damaged.
    pub fn facts(&self, cve: CveId) -> Result<Facts, Damaged> {
        self.view().facts_of(cve)
    }

    /// What is known of every CVE, in the order of their ids.
    pub fn all_facts(&self) -> impl Iterator<Item = Result<(CveId, Facts), Damaged>> {
        let view = self.view();
        (0..view.facts.len() / FACT_ROW).map(move |number| view.facts_at(number))
    }

    /// Every record with the names of its feeds, in the order of their ids, as [`IndexBuilder::add`] took them. Ranges
    /// come in the order of their versions, names in their normal form.
    pub fn records(&self) -> impl Iterator<Item = Result<(Record, Vec<String>), Damaged>> {
        let view = self.view();
        let count = view.records.len() / RECORD_ROW;
        (0..count as u32).map(move |number| {
            let affected = view.postings_of(number)?.map(|posting| view.entry(posting?)?.affected());
            let affected = affected.collect::<Result<_, Damaged>>()?;
            let feeds = view.feeds(number)?.map(|feed| {
                let feed = self.info.feeds.get(feed?).ok_or(Damaged)?;
                Ok(feed.feed.clone())
            });
            let feeds = feeds.collect::<Result<_, Damaged>>()?;
            Ok((view.head(number)?.record(affected)?, feeds))
        })
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        for nibble in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(nibble), 16));
        }
        text
    })
}
