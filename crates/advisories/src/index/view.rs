//! Looking things up in the sections of an index.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::blob::{Reader, hash, id_hash, u32_at, u64_from};
use super::intervals::{self, Answer, Asked};
use super::rows::{ExploitedRow, Group, Head, Ratings};
use super::{Damaged, FACT_ROW, KEY_ROW, NAME_ROW, POSTING_ROW, RECORD_ROW, build};
use crate::record::{Affected, Response};
use crate::{CveId, Epss, Facts};

/// The sections of an index as slices.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(super) arena: Arena<'a>,
    pub(super) buckets: &'a [u8],
    pub(super) keys: &'a [u8],
    pub(super) postings: &'a [u8],
    pub(super) records: &'a [u8],
    pub(super) groups: &'a [u8],
    pub(super) names: &'a [u8],
    pub(super) facts: &'a [u8],
}

/// Stands in a row of facts for a probability that is not known.
pub(super) const NO_EPSS: u32 = u32::MAX;

/// One affected package of one record.
#[derive(Clone, Copy)]
pub(crate) struct Posting<'a> {
    pub(crate) record: u32,
    arena: Arena<'a>,
    ranges: u32,
    versions: u32,
    ratings: u32,
}

/// Texts and lists by their offsets; offset 0 stands for nothing.
#[derive(Clone, Copy)]
pub(super) struct Arena<'a>(pub(super) &'a [u8]);

impl<'a> Arena<'a> {
    fn at(self, offset: u32) -> Result<Reader<'a>, Damaged> {
        let offset = usize::try_from(offset).map_err(|_| Damaged)?;
        self.0.get(offset..).map(Reader::new).ok_or(Damaged)
    }

    fn optional(self, offset: u32) -> Result<Option<Reader<'a>>, Damaged> {
        if offset == 0 { Ok(None) } else { self.at(offset).map(Some) }
    }

    /// The ecosystem and the name of a key.
    fn name(self, key: &[u8]) -> Result<(&'a str, &'a str), Damaged> {
        Ok((self.at(u32_at(key, 2)?)?.text()?, self.at(u32_at(key, 3)?)?.text()?))
    }
}

type PostingRow = [u8; POSTING_ROW];

/// One affected package of one record, with what it is filed under.
pub(crate) struct NamedEntry<'a> {
    pub(crate) ecosystem: &'a str,
    pub(crate) name: &'a str,
    pub(crate) posting: Posting<'a>,
}

impl<'a> Posting<'a> {
    /// What this entry says of a version.
    pub(crate) fn ask(&self, version: &Asked<'_>) -> Result<Answer<'a>, Damaged> {
        let answer = intervals::find_in_ranges(self.arena.at(self.ranges)?, version)?;
        if matches!(answer, Answer::Within { .. }) {
            return Ok(answer);
        }
        match self.arena.optional(self.versions)? {
            Some(versions) if intervals::is_listed(versions, version)? => Ok(Answer::Listed),
            Some(_) if !version.is_placed() => Ok(Answer::Undetermined),
            _ => Ok(answer),
        }
    }

    /// Whether this entry says the same of every version as another.
    pub(crate) fn covers_same(&self, other: &Self) -> bool {
        (self.ranges, self.versions) == (other.ranges, other.versions)
    }

    /// Every version that this entry calls fixed.
    pub(crate) fn fixes(&self, found: &mut Vec<&'a str>) -> Result<(), Damaged> {
        intervals::fixes(self.arena.at(self.ranges)?, found)
    }

    /// The first version that this entry calls fixed.
    pub(crate) fn first_fix(&self) -> Result<Option<&'a str>, Damaged> {
        intervals::first_fix(self.arena.at(self.ranges)?)
    }

    pub(crate) fn ratings(&self) -> Result<Ratings<'a>, Damaged> {
        match self.arena.optional(self.ratings)? {
            Some(mut ratings) => Ok(postcard::from_bytes(ratings.bytes()?)?),
            None => Ok(Ratings::default()),
        }
    }

    /// What those who publish the package have decided.
    pub(crate) fn response(&self) -> Result<Option<Response>, Damaged> {
        match self.arena.optional(self.ratings)? {
            Some(mut ratings) => Ok(Ratings::response_in(ratings.bytes()?)),
            None => Ok(None),
        }
    }
}

impl<'a> View<'a> {
    /// The affected packages filed under a name, which must be in its normal form.
    pub(crate) fn postings(
        self,
        ecosystem: &str,
        name: &str,
    ) -> Result<impl ExactSizeIterator<Item = Posting<'a>>, Damaged> {
        let rows = self.find_key(ecosystem, name)?.map_or(Ok(&[][..]), |key| self.run(key))?;
        Ok(rows.iter().map(move |row| self.posting(row)))
    }

    fn find_key(self, ecosystem: &str, name: &str) -> Result<Option<&'a [u8]>, Damaged> {
        let wanted = hash(&[ecosystem, name]);
        let bucket = build::bucket(wanted, self.buckets.len() / 4);
        let (first, last) = (u32_at(self.buckets, bucket)?, u32_at(self.buckets, bucket + 1)?);
        for key in first as usize..last as usize {
            let row = Self::row(self.keys, key, KEY_ROW)?;
            if u64_from(row, 0)? == wanted && self.arena.name(row)? == (ecosystem, name) {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// The rows of what is filed under a key.
    fn run(self, key: &[u8]) -> Result<&'a [PostingRow], Damaged> {
        let (first, count) = (u32_at(key, 4)? as usize, u32_at(key, 5)? as usize);
        let (rows, _) = self.postings.as_chunks();
        rows.get(first..first.checked_add(count).ok_or(Damaged)?).ok_or(Damaged)
    }

    fn row(table: &'a [u8], index: usize, size: usize) -> Result<&'a [u8], Damaged> {
        let start = index.checked_mul(size).ok_or(Damaged)?;
        table.get(start..start.checked_add(size).ok_or(Damaged)?).ok_or(Damaged)
    }

    fn posting(self, row: &PostingRow) -> Posting<'a> {
        let (numbers, _) = row.as_chunks::<4>();
        let number = |at: usize| numbers.get(at).map_or(0, |bytes| u32::from_le_bytes(*bytes));
        Posting { arena: self.arena, record: number(0), ranges: number(1), versions: number(2), ratings: number(3) }
    }

    pub(crate) fn head(self, record: u32) -> Result<Head<'a>, Damaged> {
        let row = Self::row(self.records, record as usize, RECORD_ROW)?;
        Ok(postcard::from_bytes(self.arena.at(u32_at(row, 0)?)?.bytes()?)?)
    }

    /// The groups of the flaws a record is about.
    pub(crate) fn flaws(self, record: u32) -> Result<impl Iterator<Item = Result<usize, Damaged>>, Damaged> {
        self.numbers(u32_at(Self::row(self.records, record as usize, RECORD_ROW)?, 1)?)
    }

    pub(super) fn feeds(self, record: u32) -> Result<impl Iterator<Item = Result<usize, Damaged>>, Damaged> {
        self.numbers(u32_at(Self::row(self.records, record as usize, RECORD_ROW)?, 2)?)
    }

    /// The numbers of what a record names as affected.
    pub(super) fn postings_of(self, record: u32) -> Result<impl Iterator<Item = Result<u32, Damaged>>, Damaged> {
        let numbers = self.numbers(u32_at(Self::row(self.records, record as usize, RECORD_ROW)?, 3)?)?;
        Ok(numbers.map(as_u32))
    }

    fn numbers(self, offset: u32) -> Result<impl Iterator<Item = Result<usize, Damaged>>, Damaged> {
        numbers(self.arena.at(offset)?)
    }

    pub(crate) fn group(self, group: usize) -> Result<Group<'a>, Damaged> {
        let group: Group<'a> = postcard::from_bytes(self.arena.at(u32_at(self.groups, group)?)?.bytes()?)?;
        if group.ids.is_empty() { Err(Damaged) } else { Ok(group) }
    }

    /// What is known of a CVE.
    pub(crate) fn facts_of(self, cve: CveId) -> Result<Facts, Damaged> {
        let (mut first, mut last) = (0, self.facts.len() / FACT_ROW);
        while first < last {
            let middle = first.midpoint(last);
            let (found, facts) = (u64_from(Self::row(self.facts, middle, FACT_ROW)?, 0)?, || self.facts_at(middle));
            match found.cmp(&cve.to_number()) {
                Ordering::Equal => return Ok(facts()?.1),
                Ordering::Less => first = middle + 1,
                Ordering::Greater => last = middle,
            }
        }
        Ok(Facts::default())
    }

    pub(super) fn facts_at(self, number: usize) -> Result<(CveId, Facts), Damaged> {
        let row = Self::row(self.facts, number, FACT_ROW)?;
        let (probability, percentile) = (u32_at(row, 2)?, u32_at(row, 3)?);
        let exploited = match self.arena.optional(u32_at(row, 4)?)? {
            Some(mut at) => Some(postcard::from_bytes::<ExploitedRow>(at.bytes()?)?.into()),
            None => None,
        };
        let ratings = match self.arena.optional(u32_at(row, 5)?)? {
            Some(mut at) => postcard::from_bytes::<Ratings<'_>>(at.bytes()?)?.severities(),
            None => Vec::new(),
        };
        let epss = (probability != NO_EPSS).then_some(Epss { probability, percentile });
        Ok((CveId::from_number(u64_from(row, 0)?), Facts { exploited, epss, ratings }))
    }

    /// The numbers of the records about a flaw.
    fn records_on(self, group: usize) -> Result<impl Iterator<Item = Result<u32, Damaged>>, Damaged> {
        let mut reader = self.arena.at(u32_at(self.groups, group)?)?;
        reader.bytes()?;
        Ok(numbers(reader)?.map(as_u32))
    }

    /// The flaws that go by an id, or that a record of this id is about; where there are none, those of records that name it
    /// otherwise, as withdrawn ones do: only then is every record looked at.
    pub(crate) fn flaws_named(self, id: &str) -> Result<BTreeSet<usize>, Damaged> {
        let mut flaws = BTreeSet::new();
        let (names, _) = self.names.as_chunks::<NAME_ROW>();
        let wanted = id_hash(id);
        let first = names.partition_point(|row| u32_at(row, 0).is_ok_and(|hash| hash < wanted));
        for row in names.get(first..).ok_or(Damaged)? {
            if u32_at(row, 0)? != wanted {
                break;
            }
            let flaw = u32_at(row, 1)? as usize;
            if self.group(flaw)?.ids.contains(&id) {
                flaws.insert(flaw);
            }
        }
        let (mut low, mut high) = (0, self.records.len() / RECORD_ROW);
        while low < high {
            let middle = low + (high - low) / 2;
            let number = u32::try_from(middle).map_err(|_| Damaged)?;
            match self.head(number)?.id.cmp(id) {
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
                Ordering::Equal => {
                    flaws.extend(self.flaws(number)?.collect::<Result<Vec<_>, _>>()?);
                    break;
                }
            }
        }
        if flaws.is_empty() { self.flaws_mentioning(id) } else { Ok(flaws) }
    }

    fn flaws_mentioning(self, id: &str) -> Result<BTreeSet<usize>, Damaged> {
        let mut flaws = BTreeSet::new();
        for number in 0..self.records.len() / RECORD_ROW {
            let number = u32::try_from(number).map_err(|_| Damaged)?;
            let head = self.head(number)?;
            if [&head.aliases, &head.upstream].into_iter().any(|ids| ids.contains(&id)) {
                flaws.extend(self.flaws(number)?.collect::<Result<Vec<_>, _>>()?);
            }
        }
        Ok(flaws)
    }

    /// Everything that the records about some of these flaws name as affected.
    pub(crate) fn entries_on(self, flaws: &BTreeSet<usize>) -> Result<Vec<NamedEntry<'a>>, Damaged> {
        let mut postings = BTreeSet::new();
        for flaw in flaws {
            for record in self.records_on(*flaw)? {
                for posting in self.postings_of(record?)? {
                    postings.insert(posting?);
                }
            }
        }
        postings.into_iter().map(|posting| self.entry(posting)).collect()
    }

    /// A posting with what it is filed under: the key whose run begins last before it.
    pub(super) fn entry(self, posting: u32) -> Result<NamedEntry<'a>, Damaged> {
        let (keys, _) = self.keys.as_chunks::<KEY_ROW>();
        let behind = keys.partition_point(|key| u32_at(key, 4).is_ok_and(|first| first <= posting));
        let key = keys.get(behind.checked_sub(1).ok_or(Damaged)?).ok_or(Damaged)?;
        let place = posting.checked_sub(u32_at(key, 4)?).ok_or(Damaged)?;
        let row = self.run(key)?.get(place as usize).ok_or(Damaged)?;
        let (ecosystem, name) = self.arena.name(key)?;
        Ok(NamedEntry { ecosystem, name, posting: self.posting(row) })
    }
}

/// Numbers with their count before them.
fn numbers(mut reader: Reader<'_>) -> Result<impl Iterator<Item = Result<usize, Damaged>>, Damaged> {
    let count = reader.number()?;
    Ok((0..count).map(move |_| reader.number()))
}

fn as_u32(number: Result<usize, Damaged>) -> Result<u32, Damaged> {
    u32::try_from(number?).map_err(|_| Damaged)
}

impl NamedEntry<'_> {
    pub(super) fn affected(&self) -> Result<Affected, Damaged> {
        let (posting, ratings) = (&self.posting, self.posting.ratings()?);
        Ok(Affected {
            ecosystem: self.ecosystem.to_owned(),
            name: self.name.to_owned(),
            ranges: intervals::decode_ranges(posting.arena.at(posting.ranges)?)?,
            versions: posting.arena.optional(posting.versions)?.map_or(Ok(Vec::new()), intervals::decode_versions)?,
            severities: ratings.severities(),
            word: ratings.word.map(str::to_owned),
            response: ratings.response(),
        })
    }
}
