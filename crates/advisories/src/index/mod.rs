//! The compact index of advisories: one block of bytes, built once, read in place.
//!
//! ```text
//! header    magic, SHA-256 of the body, the sections' offsets and lengths, a checksum of the header itself
//! meta      where the records came from
//! arena     texts and lists, each stored once and referred to by its offset
//! buckets   for every value of a key hash's upper bits, the first key that has it
//! keys      (ecosystem, name), sorted by hash, with its run of postings
//! postings  one affected package of one record: record, ranges, versions, ratings
//! records   sorted by id
//! groups    one flaw under all its ids, with the severity known of it
//! ```
//!
//! Numbers are little-endian. Opening checks the header and the bounds of the sections only, so that it takes no longer
//! for a big index; every later access is checked against the bounds, and damage is an error, never a panic.

mod blob;
mod build;
mod info;
mod intervals;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

pub use build::{FeedId, IndexBuilder};
pub use info::{EcosystemInfo, FeedInfo, IndexInfo};
pub(crate) use intervals::{Answer, End};

use crate::record::{Affected, Rating, RatingKind, Record};
use crate::version::Comparator;
use crate::{Severity, Timestamp, ecosystem};
use blob::{Reader, hash, u32_at, u64_from};

/// The start of every index; its last byte is the version of the format.
const MAGIC: [u8; 8] = *b"PLIMADV\x01";
const SECTIONS: usize = 7;
const SECTION_TABLE: usize = 40;
const CHECKSUM: usize = SECTION_TABLE + SECTIONS * 16;
const HEADER: usize = CHECKSUM + 8;
const KEY_ROW: usize = 24;
const POSTING_ROW: usize = 16;
const RECORD_ROW: usize = 12;

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
    Meta,
    Arena,
    Buckets,
    Keys,
    Postings,
    Records,
    Groups,
}

/// The sections of an index as slices.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    arena: &'a [u8],
    buckets: &'a [u8],
    keys: &'a [u8],
    postings: &'a [u8],
    records: &'a [u8],
    groups: &'a [u8],
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
        let generation = header[8..SECTION_TABLE].iter().map(|byte| format!("{byte:02x}")).collect();
        let (start, end) = sections[Section::Meta as usize];
        let meta = postcard::from_bytes(&all[start..end]).map_err(Damaged::from)?;
        let info = IndexInfo::of(&meta, generation);
        Ok(Self { sections, info, bytes })
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
            arena: section(Section::Arena),
            buckets: section(Section::Buckets),
            keys: section(Section::Keys),
            postings: section(Section::Postings),
            records: section(Section::Records),
            groups: section(Section::Groups),
        }
    }

    /// Every record with the names of its feeds, in the order of their ids, as [`IndexBuilder::add`] took them. Ranges
    /// come in the order of their versions, names in their normal form.
    pub fn records(&self) -> impl Iterator<Item = Result<(Record, Vec<String>), Damaged>> {
        let view = self.view();
        let entries = view.entries_by_record();
        let count = view.records.len() / RECORD_ROW;
        let failed = entries.as_ref().err().copied();
        let mut entries = entries.unwrap_or_default().into_iter().peekable();
        let records = (0..count as u32).map(move |number| {
            let mut affected = Vec::new();
            while let Some((_, entry)) = entries.next_if(|(record, _)| *record == number) {
                affected.push(view.affected(entry)?);
            }
            let feeds = view.feeds(number)?.map(|feed| {
                let feed = self.info.feeds.get(feed?).ok_or(Damaged)?;
                Ok(feed.feed.clone())
            });
            let feeds = feeds.collect::<Result<_, Damaged>>()?;
            Ok((view.head(number)?.record(affected)?, feeds))
        });
        failed.map(Err).into_iter().chain(records.take_while(move |_| failed.is_none()))
    }
}

/// One affected package of a record, where it is filed.
#[derive(Clone, Copy)]
struct Entry {
    key: usize,
    posting: usize,
}

/// One affected package of one record.
#[derive(Clone, Copy)]
pub(crate) struct Posting<'a> {
    pub(crate) record: u32,
    ranges: Reader<'a>,
    versions: Option<Reader<'a>>,
    ratings: Option<Reader<'a>>,
}

/// A record without its affected packages, as stored.
#[derive(Serialize, Deserialize)]
pub(crate) struct Head<'a> {
    pub(crate) id: &'a str,
    pub(crate) modified: i64,
    pub(crate) published: Option<i64>,
    pub(crate) withdrawn: Option<i64>,
    #[serde(borrow)]
    pub(crate) aliases: Vec<&'a str>,
    pub(crate) upstream: Vec<&'a str>,
    pub(crate) related: Vec<&'a str>,
    pub(crate) summary: &'a str,
    pub(crate) ratings: Ratings<'a>,
    pub(crate) sha256: &'a [u8],
}

/// Severities, as stored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ratings<'a> {
    #[serde(borrow)]
    vectors: Vec<(u8, &'a str)>,
    pub(crate) word: Option<&'a str>,
}

/// A flaw under all its ids, as stored.
#[derive(Serialize, Deserialize)]
pub(crate) struct Group<'a> {
    /// The ids; the first names the flaw.
    #[serde(borrow)]
    pub(crate) ids: Vec<&'a str>,
    severity: u8,
    pub(crate) score: Option<f64>,
    pub(crate) vector: Option<&'a str>,
    pub(crate) source: Option<&'a str>,
}

const RATING_KINDS: [RatingKind; 4] = [RatingKind::Ubuntu, RatingKind::CvssV2, RatingKind::CvssV3, RatingKind::CvssV4];
const SEVERITIES: [Severity; 6] =
    [Severity::Unknown, Severity::Negligible, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

impl<'a> Ratings<'a> {
    fn of(severities: &'a [Rating], word: Option<&'a str>) -> Self {
        let vectors = severities.iter().map(|rating| (rating.kind as u8, rating.value.as_str())).collect();
        Self { vectors, word }
    }

    /// The ratings of kinds that are known.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (RatingKind, &'a str)> {
        let known = |(kind, value): &(u8, &'a str)| Some((*RATING_KINDS.get(usize::from(*kind))?, *value));
        self.vectors.iter().filter_map(known)
    }

    fn severities(&self) -> Vec<Rating> {
        self.iter().map(|(kind, value)| Rating { kind, value: value.to_owned() }).collect()
    }
}

impl Group<'_> {
    pub(crate) fn severity(&self) -> Severity {
        SEVERITIES.get(usize::from(self.severity)).copied().unwrap_or_default()
    }
}

impl Head<'_> {
    pub(crate) fn withdrawn(&self) -> Option<Timestamp> {
        self.withdrawn.map(Timestamp::from_unix_seconds)
    }

    pub(crate) fn published(&self) -> Option<Timestamp> {
        self.published.map(Timestamp::from_unix_seconds)
    }

    pub(crate) fn digest(&self) -> Result<[u8; 32], Damaged> {
        self.sha256.try_into().map_err(|_| Damaged)
    }

    fn record(&self, affected: Vec<Affected>) -> Result<Record, Damaged> {
        let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        Ok(Record {
            id: self.id.to_owned(),
            modified: Timestamp::from_unix_seconds(self.modified),
            published: self.published(),
            withdrawn: self.withdrawn(),
            aliases: owned(&self.aliases),
            upstream: owned(&self.upstream),
            related: owned(&self.related),
            summary: self.summary.to_owned(),
            severities: self.ratings.severities(),
            word: self.ratings.word.map(str::to_owned),
            affected,
            sha256: self.digest()?,
        })
    }
}

impl<'a> Posting<'a> {
    /// What this entry says of a version whose [`listing_hash`] is `listing_hash`.
    pub(crate) fn ask(&self, version: &str, listing_hash: u32, order: Comparator) -> Result<Answer<'a>, Damaged> {
        let answer = intervals::find_in_ranges(self.ranges, version)?;
        if matches!(answer, Answer::Within { .. }) {
            return Ok(answer);
        }
        match self.versions {
            Some(versions) if intervals::is_listed(versions, version, listing_hash, order)? => Ok(Answer::Listed),
            Some(_) if !order.accepts(version) => Ok(Answer::Undetermined),
            _ => Ok(answer),
        }
    }

    /// Every version that this entry calls fixed.
    pub(crate) fn fixes(&self, found: &mut Vec<&'a str>) -> Result<(), Damaged> {
        intervals::fixes(self.ranges, found)
    }

    pub(crate) fn ratings(&self) -> Result<Ratings<'a>, Damaged> {
        match self.ratings {
            Some(mut ratings) => Ok(postcard::from_bytes(ratings.bytes()?)?),
            None => Ok(Ratings::default()),
        }
    }
}

/// What [`Posting::ask`] needs to know of a version, worked out once.
pub(crate) fn listing_hash(version: &str, order: Comparator) -> u32 {
    intervals::version_hash(version, Some(order))
}

impl<'a> View<'a> {
    /// What is stored at `offset`; offset 0 stands for nothing.
    fn at(self, offset: u32) -> Result<Reader<'a>, Damaged> {
        let offset = usize::try_from(offset).map_err(|_| Damaged)?;
        self.arena.get(offset..).map(Reader::new).ok_or(Damaged)
    }

    fn optional(self, offset: u32) -> Result<Option<Reader<'a>>, Damaged> {
        if offset == 0 { Ok(None) } else { self.at(offset).map(Some) }
    }

    /// The affected packages filed under a name, which must be in its normal form.
    pub(crate) fn postings(
        self,
        ecosystem: &str,
        name: &str,
    ) -> Result<impl Iterator<Item = Result<Posting<'a>, Damaged>>, Damaged> {
        let run = self.find_key(ecosystem, name)?.unwrap_or(0..0);
        Ok(run.map(move |posting| self.posting(posting)))
    }

    fn find_key(self, ecosystem: &str, name: &str) -> Result<Option<std::ops::Range<usize>>, Damaged> {
        let wanted = hash(&[ecosystem, name]);
        let bucket = build::bucket(wanted, self.buckets.len() / 4);
        let (first, last) = (u32_at(self.buckets, bucket)?, u32_at(self.buckets, bucket + 1)?);
        for key in first as usize..last as usize {
            let row = self.row(self.keys, key, KEY_ROW)?;
            if u64_from(row, 0)? == wanted
                && self.at(u32_at(row, 2)?)?.text()? == ecosystem
                && self.at(u32_at(row, 3)?)?.text()? == name
            {
                let first = u32_at(row, 4)? as usize;
                return Ok(Some(first..first.checked_add(u32_at(row, 5)? as usize).ok_or(Damaged)?));
            }
        }
        Ok(None)
    }

    fn row(self, table: &'a [u8], index: usize, size: usize) -> Result<&'a [u8], Damaged> {
        let start = index.checked_mul(size).ok_or(Damaged)?;
        table.get(start..start.checked_add(size).ok_or(Damaged)?).ok_or(Damaged)
    }

    fn posting(self, posting: usize) -> Result<Posting<'a>, Damaged> {
        let row = self.row(self.postings, posting, POSTING_ROW)?;
        Ok(Posting {
            record: u32_at(row, 0)?,
            ranges: self.at(u32_at(row, 1)?)?,
            versions: self.optional(u32_at(row, 2)?)?,
            ratings: self.optional(u32_at(row, 3)?)?,
        })
    }

    pub(crate) fn head(self, record: u32) -> Result<Head<'a>, Damaged> {
        let row = self.row(self.records, record as usize, RECORD_ROW)?;
        Ok(postcard::from_bytes(self.at(u32_at(row, 0)?)?.bytes()?)?)
    }

    /// The groups of the flaws a record is about.
    pub(crate) fn flaws(self, record: u32) -> Result<impl Iterator<Item = Result<usize, Damaged>>, Damaged> {
        self.numbers(u32_at(self.row(self.records, record as usize, RECORD_ROW)?, 1)?)
    }

    fn feeds(self, record: u32) -> Result<impl Iterator<Item = Result<usize, Damaged>>, Damaged> {
        self.numbers(u32_at(self.row(self.records, record as usize, RECORD_ROW)?, 2)?)
    }

    fn numbers(self, offset: u32) -> Result<impl Iterator<Item = Result<usize, Damaged>>, Damaged> {
        let mut reader = self.at(offset)?;
        let count = reader.number()?;
        Ok((0..count).map(move |_| reader.number()))
    }

    pub(crate) fn group(self, group: usize) -> Result<Group<'a>, Damaged> {
        let group: Group<'a> = postcard::from_bytes(self.at(u32_at(self.groups, group)?)?.bytes()?)?;
        if group.ids.is_empty() { Err(Damaged) } else { Ok(group) }
    }

    fn entries_by_record(self) -> Result<Vec<(u32, Entry)>, Damaged> {
        let mut entries = Vec::with_capacity(self.postings.len() / POSTING_ROW);
        for key in 0..self.keys.len() / KEY_ROW {
            let row = self.row(self.keys, key, KEY_ROW)?;
            let (first, count) = (u32_at(row, 4)? as usize, u32_at(row, 5)? as usize);
            for posting in first..first.checked_add(count).ok_or(Damaged)? {
                let record = u32_at(self.row(self.postings, posting, POSTING_ROW)?, 0)?;
                entries.push((record, Entry { key, posting }));
            }
            if entries.len() > self.postings.len() / POSTING_ROW {
                return Err(Damaged);
            }
        }
        entries.sort_unstable_by_key(|(record, entry)| (*record, entry.posting));
        Ok(entries)
    }

    fn affected(self, entry: Entry) -> Result<Affected, Damaged> {
        let key = self.row(self.keys, entry.key, KEY_ROW)?;
        let posting = self.posting(entry.posting)?;
        let ratings = posting.ratings()?;
        Ok(Affected {
            ecosystem: self.at(u32_at(key, 2)?)?.text()?.to_owned(),
            name: self.at(u32_at(key, 3)?)?.text()?.to_owned(),
            ranges: intervals::decode_ranges(posting.ranges)?,
            versions: posting.versions.map_or(Ok(Vec::new()), intervals::decode_versions)?,
            severities: ratings.severities(),
            word: ratings.word.map(str::to_owned),
        })
    }
}

/// The order of versions of an ecosystem's own ranges.
fn own_order(ecosystem: &str) -> Option<Comparator> {
    ecosystem::comparator(ecosystem)
}
