//! From records to an index.

use std::collections::{BTreeMap, HashMap};

use sha2::{Digest as _, Sha256};

use super::arena::Arena;
use super::blob::hash;
use super::facts::PendingFacts;
use super::flaws::Records;
use super::info::{FeedRow, MetaRow};
use super::rows::{Head, Ratings};
use super::{
    CHECKSUM, HEADER, IndexError, KEY_ROW, MAGIC, POSTING_ROW, RECORD_ROW, SECTION_TABLE, SECTIONS, intervals,
};
use crate::record::{Affected, Record};
use crate::{CveId, EndOfLife, Fact, Timestamp, ecosystem};

/// A feed of an index being built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeedId(u32);

struct Feed {
    name: String,
    source: String,
    imported_at: Timestamp,
    refused: u64,
    /// How much it brought that is no record.
    facts: u64,
    /// What it says of its own age.
    dated: Option<Timestamp>,
}

/// A record that waits for the end: where its head is, and its affected packages.
pub(super) struct Pending {
    modified: Timestamp,
    pub(super) head: u32,
    pub(super) is_bundle: bool,
    pub(super) affected: Box<[PendingEntry]>,
    /// In order.
    feeds: Vec<FeedId>,
}

pub(super) struct PendingEntry {
    key: u32,
    ranges: u32,
    versions: u32,
    pub(super) ratings: u32,
}

/// What is affected, by its name.
struct Filed {
    buckets: Vec<u8>,
    keys: Vec<u8>,
    postings: Vec<u8>,
    /// The numbers of the records with those of their postings, sorted.
    by_record: Vec<(u32, u32)>,
}

/// Gathers records into an index. Of several records with one id the last modified is kept.
#[derive(Default)]
pub struct IndexBuilder {
    feeds: Vec<Feed>,
    records: HashMap<String, Pending>,
    arena: Arena,
    keys: HashMap<(u32, u32), u32>,
    facts: PendingFacts,
    end_of_life: BTreeMap<(String, String), Timestamp>,
}

impl IndexBuilder {
    /// An index of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The feed `name`, which is its ecosystem's, read from `source`. The first to name a feed describes it.
    pub fn feed(&mut self, name: &str, source: &str, imported_at: Timestamp) -> FeedId {
        let known = self.feeds.iter().position(|feed| feed.name == name);
        let number = known.unwrap_or_else(|| {
            let source = source.to_owned();
            self.feeds.push(Feed { name: name.to_owned(), source, imported_at, refused: 0, facts: 0, dated: None });
            self.feeds.len() - 1
        });
        FeedId(number as u32)
    }

    /// Notes how many records of a feed were refused.
    pub fn refused(&mut self, feed: FeedId, count: u64) {
        if let Some(feed) = self.feeds.get_mut(feed.0 as usize) {
            feed.refused = feed.refused.saturating_add(count);
        }
    }

    /// Notes the date that a feed has as a whole; of several the latest counts.
    pub fn dated(&mut self, feed: FeedId, date: Timestamp) {
        if let Some(feed) = self.feeds.get_mut(feed.0 as usize) {
            feed.dated = feed.dated.max(Some(date));
        }
    }

    /// Adds a fact that came with `feed`. Where one of its kind is already there, that one stays.
    ///
    /// Fails if there is more than the format has room for.
    pub fn add_fact(&mut self, cve: CveId, fact: &Fact, feed: FeedId) -> Result<(), IndexError> {
        let is_new = self.facts.add(cve, fact, &mut self.arena)?;
        if let Some(feed) = self.feeds.get_mut(feed.0 as usize) {
            feed.facts += u64::from(is_new);
        }
        Ok(())
    }

    /// Adds the end of a release's support that came with `feed`. Where one of that release is already there, that one stays.
    pub fn add_end_of_life(&mut self, row: EndOfLife, feed: FeedId) {
        if let std::collections::btree_map::Entry::Vacant(slot) = self.end_of_life.entry((row.id, row.release)) {
            slot.insert(row.last_day);
            if let Some(feed) = self.feeds.get_mut(feed.0 as usize) {
                feed.facts += 1;
            }
        }
    }

    /// Adds a record that came with `feed`. Where a record of this id is already there, the feed is noted with it, and
    /// the record takes its place only if it was modified later.
    pub fn add(&mut self, record: &Record, feed: Option<FeedId>) -> Result<(), IndexError> {
        let kept = self.records.get(&record.id).map(|pending| pending.modified);
        if kept.is_none_or(|kept| record.modified > kept) {
            let pending = self.pending(record)?;
            let replaced = self.records.insert(record.id.clone(), pending);
            if let (Some(replaced), Some(pending)) = (replaced, self.records.get_mut(&record.id)) {
                pending.feeds = replaced.feeds;
            }
        }
        if let Some(feed) = feed {
            self.attribute(&record.id, feed);
        }
        Ok(())
    }

    /// Notes that the record `id` came with `feed`.
    pub fn attribute(&mut self, id: &str, feed: FeedId) {
        if let Some(pending) = self.records.get_mut(id)
            && let Err(place) = pending.feeds.binary_search(&feed)
        {
            pending.feeds.insert(place, feed);
        }
    }

    /// How many records there are so far.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is nothing yet.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.facts.is_empty() && self.end_of_life.is_empty()
    }

    fn pending<'r>(&mut self, record: &'r Record) -> Result<Pending, IndexError> {
        let texts = |ids: &'r [String]| -> Vec<&'r str> { ids.iter().map(String::as_str).collect() };
        let head = Head {
            id: &record.id,
            modified: record.modified.unix_seconds(),
            published: record.published.map(Timestamp::unix_seconds),
            withdrawn: record.withdrawn.map(Timestamp::unix_seconds),
            aliases: texts(&record.aliases),
            upstream: texts(&record.upstream),
            related: texts(&record.related),
            summary: &record.summary,
            ratings: Ratings::of(&record.severities, record.word.as_deref()),
            sha256: &record.sha256,
        };
        let head = postcard::to_stdvec(&head).map_err(|_| IndexError::TooLarge)?;
        let head = self.arena.append_sized(&head)?;
        let of_distribution = |affected: &Affected| ecosystem::is_distribution(&affected.ecosystem);
        let is_bundle = !record.affected.is_empty() && record.affected.iter().all(of_distribution);
        let affected = record.affected.iter().map(|affected| self.entry(affected)).collect::<Result<_, _>>()?;
        Ok(Pending { modified: record.modified, head, is_bundle, affected, feeds: Vec::new() })
    }

    fn entry(&mut self, affected: &Affected) -> Result<PendingEntry, IndexError> {
        let own = ecosystem::comparator(&affected.ecosystem);
        let name = ecosystem::normalise(&affected.ecosystem, &affected.name);
        let key = (self.arena.keep_sized(affected.ecosystem.as_bytes())?, self.arena.keep_sized(name.as_bytes())?);
        let next = u32::try_from(self.keys.len()).map_err(|_| IndexError::TooLarge)?;
        let ratings = Ratings::of(&affected.severities, affected.word.as_deref()).with_response(affected.response);
        let has_ratings = !affected.severities.is_empty() || affected.word.is_some() || affected.response.is_some();
        let ratings = postcard::to_stdvec(&ratings).map_err(|_| IndexError::TooLarge)?;
        let versions = intervals::encode_versions(&affected.versions, own);
        Ok(PendingEntry {
            key: *self.keys.entry(key).or_insert(next),
            ranges: self.arena.keep(&intervals::encode_ranges(&affected.ranges, own))?,
            versions: if versions.is_empty() { 0 } else { self.arena.keep(&versions)? },
            ratings: if has_ratings { self.arena.keep_sized(&ratings)? } else { 0 },
        })
    }

    /// Builds the index.
    ///
    /// Fails if there is more than the format has room for.
    pub fn build(mut self, built_at: Timestamp) -> Result<Vec<u8>, IndexError> {
        let mut pending = std::mem::take(&mut self.records).into_iter().collect::<Vec<_>>();
        pending.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let meta = self.meta(&pending, built_at)?;
        let Filed { buckets, keys, postings, by_record } = self.keys_and_postings(&pending)?;
        let [records, groups, names] = self.records_and_groups(&pending, &by_record)?;
        drop((pending, by_record));
        let facts = self.facts.rows(&mut self.arena)?;
        let Self { arena, .. } = self;
        Ok(assemble(arena, &[&meta, &buckets, &keys, &postings, &records, &groups, &names, &facts]))
    }

    fn meta(&self, pending: &[(String, Pending)], built_at: Timestamp) -> Result<Vec<u8>, IndexError> {
        let feeds = self.feeds.iter().map(|feed| FeedRow {
            feed: &feed.name,
            ecosystem: ecosystem::base(&feed.name),
            source: &feed.source,
            imported_at: feed.imported_at.unix_seconds(),
            records: feed.facts,
            refused: feed.refused,
            newest_modified: feed.dated.map(Timestamp::unix_seconds),
        });
        let mut feeds = feeds.collect::<Vec<_>>();
        for (_, record) in pending {
            for feed in &record.feeds {
                let row = &mut feeds[feed.0 as usize];
                row.records += 1;
                row.newest_modified = row.newest_modified.max(Some(record.modified.unix_seconds()));
            }
        }
        let mut entries = vec![0_u64; self.keys.len()];
        pending.iter().flat_map(|(_, record)| &record.affected).for_each(|entry| entries[entry.key as usize] += 1);
        let mut ecosystems = BTreeMap::new();
        for ((ecosystem, _), key) in &self.keys {
            *ecosystems.entry(self.arena.text(*ecosystem)).or_insert(0) += entries[*key as usize];
        }
        let ecosystems = ecosystems.into_iter().filter(|(_, entries)| *entries > 0).collect();
        let end_of_life = self.end_of_life.iter();
        let end_of_life = end_of_life.map(|((id, release), day)| (id.as_str(), release.as_str(), day.unix_seconds()));
        let meta = MetaRow {
            built_at: built_at.unix_seconds(),
            feeds,
            ecosystems,
            records: pending.len() as u64,
            end_of_life: end_of_life.collect(),
        };
        postcard::to_stdvec(&meta).map_err(|_| IndexError::TooLarge)
    }

    fn records_and_groups(
        &mut self,
        pending: &[(String, Pending)],
        by_record: &[(u32, u32)],
    ) -> Result<[Vec<u8>; 3], IndexError> {
        let (flaws, groups) = Records { pending, arena: &self.arena, facts: &self.facts }.flaws()?;
        let first = self.arena.append(&groups.bytes)?;
        self.arena.end()?;
        let group_rows = groups.starts.iter().flat_map(|start| (first + start).to_le_bytes()).collect();
        let name_rows =
            groups.names.iter().flat_map(|(hash, group)| [hash, group]).flat_map(|number| number.to_le_bytes());
        let name_rows = name_rows.collect();
        let mut rows = Vec::with_capacity(pending.len() * RECORD_ROW);
        let mut rest = by_record;
        for (number, (_, record)) in pending.iter().enumerate() {
            let postings;
            (postings, rest) = rest.split_at(record.affected.len().min(rest.len()));
            let postings: Vec<_> = postings.iter().map(|(_, posting)| *posting).collect();
            let feeds: Vec<_> = record.feeds.iter().map(|feed| feed.0).collect();
            let mut keep = |numbers: &[u32]| self.arena.keep_numbers(numbers);
            let row = [record.head, keep(flaws.of(number))?, keep(&feeds)?, keep(&postings)?];
            rows.extend(row.iter().flat_map(|number| number.to_le_bytes()));
        }
        Ok([rows, group_rows, name_rows])
    }

    fn keys_and_postings(&self, pending: &[(String, Pending)]) -> Result<Filed, IndexError> {
        let entries = pending.iter().enumerate().flat_map(|(number, (_, record))| {
            record.affected.iter().enumerate().map(move |(place, entry)| (entry.key, number as u32, place as u32))
        });
        let mut filed: Vec<_> = entries.collect();
        filed.sort_unstable();
        let run_of = |key: u32| {
            let run = &filed[filed.partition_point(|(filed, ..)| *filed < key)..];
            &run[..run.partition_point(|(filed, ..)| *filed == key)]
        };
        let order = self.keys.iter().map(|(names, key)| {
            let texts = (self.arena.text(names.0), self.arena.text(names.1));
            (hash(&[texts.0, texts.1]), texts, *names, run_of(*key))
        });
        let mut order: Vec<_> = order.filter(|(.., run)| !run.is_empty()).collect();
        order.sort_unstable();
        let mut keys = Vec::with_capacity(order.len() * KEY_ROW);
        let mut postings = Vec::with_capacity(filed.len() * POSTING_ROW);
        let mut by_record = Vec::with_capacity(filed.len());
        for (hash, _, names, run) in &order {
            let first = u32::try_from(postings.len() / POSTING_ROW).map_err(|_| IndexError::TooLarge)?;
            keys.extend(hash.to_le_bytes());
            let row = [names.0, names.1, first, run.len() as u32];
            keys.extend(row.iter().flat_map(|number| number.to_le_bytes()));
            for (_, record, place) in *run {
                let entry = &pending[*record as usize].1.affected[*place as usize];
                let row = [*record, entry.ranges, entry.versions, entry.ratings];
                by_record.push((*record, (postings.len() / POSTING_ROW) as u32));
                postings.extend(row.iter().flat_map(|number| number.to_le_bytes()));
            }
        }
        let hashes = order.iter().map(|(hash, ..)| *hash).collect::<Vec<_>>();
        by_record.sort_unstable();
        Ok(Filed { buckets: buckets(&hashes), keys, postings, by_record })
    }
}

/// The bucket of `hash` in a table of `length` starts, which is a power of two and one for the end.
pub(super) fn bucket(hash: u64, length: usize) -> usize {
    let bits = length.saturating_sub(1).checked_ilog2().unwrap_or(0);
    hash.checked_shr(64 - bits).unwrap_or(0) as usize
}

fn buckets(hashes: &[u64]) -> Vec<u8> {
    let count = hashes.len().next_power_of_two();
    let starts = (0..=count).map(|at| hashes.partition_point(|hash| bucket(*hash, count + 1) < at) as u32);
    starts.flat_map(u32::to_le_bytes).collect()
}

/// Puts the sections together: the arena, and behind it the others in their order. The arena comes first as it is the largest,
/// and is not copied.
fn assemble(arena: Arena, others: &[&[u8]; SECTIONS - 1]) -> Vec<u8> {
    let mut out = arena.into_bytes();
    let mut places = vec![(HEADER, out.len() - HEADER)];
    for section in others {
        out.resize(out.len().next_multiple_of(8), 0);
        places.push((out.len(), section.len()));
        out.extend_from_slice(section);
    }
    out.resize(out.len().next_multiple_of(8), 0);
    let table = places.into_iter().flat_map(|(start, length)| [start, length]);
    let table: Vec<u8> = table.flat_map(|number| (number as u64).to_le_bytes()).collect();
    let digest = Sha256::digest(&out[HEADER..]);
    out[..8].copy_from_slice(&MAGIC);
    out[8..SECTION_TABLE].copy_from_slice(&digest);
    out[SECTION_TABLE..CHECKSUM].copy_from_slice(&table);
    let checksum = Sha256::digest(&out[..CHECKSUM]);
    out[CHECKSUM..HEADER].copy_from_slice(&checksum[..8]);
    out
}
