//! From records to an index.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use sha2::{Digest as _, Sha256};

use super::blob::{Reader, hash, put_bytes, put_number};
use super::facts::PendingFacts;
use super::info::{FeedRow, MetaRow};
use super::rows::{Group, Head, Ratings};
use super::{
    CHECKSUM, HEADER, IndexError, KEY_ROW, MAGIC, POSTING_ROW, RECORD_ROW, SECTION_TABLE, SECTIONS, intervals,
};
use crate::flaw::{self, Groups};
use crate::record::{Affected, Record};
use crate::{Assessment, CveId, EndOfLife, Fact, Timestamp, ecosystem};

/// A feed of an index being built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeedId(usize);

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

/// A record that waits for the end: its head as it will be stored, and its affected packages.
struct Pending {
    modified: Timestamp,
    head: Box<[u8]>,
    is_bundle: bool,
    affected: Box<[PendingEntry]>,
    feeds: BTreeSet<FeedId>,
}

struct PendingEntry {
    key: u32,
    ranges: u32,
    versions: u32,
    ratings: u32,
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

/// Texts and lists, each kept once.
pub(super) struct Arena {
    bytes: Vec<u8>,
    offsets: HashMap<u128, u32>,
}

impl Default for Arena {
    fn default() -> Self {
        // Offset 0 is taken so that it can stand for nothing.
        Self { bytes: vec![0], offsets: HashMap::new() }
    }
}

impl Arena {
    fn keep(&mut self, blob: &[u8]) -> Result<u32, IndexError> {
        let digest = Sha256::digest(blob);
        let name = digest.first_chunk::<16>().map_or(0, |bytes| u128::from_le_bytes(*bytes));
        match self.offsets.entry(name) {
            Slot::Occupied(slot) => Ok(*slot.get()),
            Slot::Vacant(slot) => {
                let offset = u32::try_from(self.bytes.len()).map_err(|_| IndexError::TooLarge)?;
                self.bytes.extend_from_slice(blob);
                Ok(*slot.insert(offset))
            }
        }
    }

    pub(super) fn keep_sized(&mut self, blob: &[u8]) -> Result<u32, IndexError> {
        let mut sized = Vec::with_capacity(blob.len() + 5);
        put_bytes(&mut sized, blob);
        self.keep(&sized)
    }

    fn keep_numbers(&mut self, numbers: impl ExactSizeIterator<Item = usize>) -> Result<u32, IndexError> {
        let mut blob = Vec::new();
        put_number(&mut blob, numbers.len());
        numbers.for_each(|number| put_number(&mut blob, number));
        self.keep(&blob)
    }
}

impl IndexBuilder {
    /// An index of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The feed `name`, which is its ecosystem's, read from `source`. The first to name a feed describes it.
    pub fn feed(&mut self, name: &str, source: &str, imported_at: Timestamp) -> FeedId {
        let known = self.feeds.iter().position(|feed| feed.name == name);
        FeedId(known.unwrap_or_else(|| {
            let source = source.to_owned();
            self.feeds.push(Feed { name: name.to_owned(), source, imported_at, refused: 0, facts: 0, dated: None });
            self.feeds.len() - 1
        }))
    }

    /// Notes how many records of a feed were refused.
    pub fn refused(&mut self, feed: FeedId, count: u64) {
        if let Some(feed) = self.feeds.get_mut(feed.0) {
            feed.refused = feed.refused.saturating_add(count);
        }
    }

    /// Notes the date that a feed has as a whole; of several the latest counts.
    pub fn dated(&mut self, feed: FeedId, date: Timestamp) {
        if let Some(feed) = self.feeds.get_mut(feed.0) {
            feed.dated = feed.dated.max(Some(date));
        }
    }

    /// Adds a fact that came with `feed`. Where one of its kind is already there, that one stays.
    ///
    /// Fails if there is more than the format has room for.
    pub fn add_fact(&mut self, cve: CveId, fact: &Fact, feed: FeedId) -> Result<(), IndexError> {
        let is_new = self.facts.add(cve, fact, &mut self.arena)?;
        if let Some(feed) = self.feeds.get_mut(feed.0) {
            feed.facts += u64::from(is_new);
        }
        Ok(())
    }

    /// Adds the end of a release's support that came with `feed`. Where one of that release is already there, that one stays.
    pub fn add_end_of_life(&mut self, row: EndOfLife, feed: FeedId) {
        if let std::collections::btree_map::Entry::Vacant(slot) = self.end_of_life.entry((row.id, row.release)) {
            slot.insert(row.last_day);
            if let Some(feed) = self.feeds.get_mut(feed.0) {
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
        if let Some(pending) = self.records.get_mut(id) {
            pending.feeds.insert(feed);
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
        let head = postcard::to_stdvec(&head).map_err(|_| IndexError::TooLarge)?.into();
        let of_distribution = |affected: &Affected| ecosystem::is_distribution(&affected.ecosystem);
        let is_bundle = !record.affected.is_empty() && record.affected.iter().all(of_distribution);
        let affected = record.affected.iter().map(|affected| self.entry(affected)).collect::<Result<_, _>>()?;
        Ok(Pending { modified: record.modified, head, is_bundle, affected, feeds: BTreeSet::new() })
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
        let (records, groups) = self.records_and_groups(&pending)?;
        let [buckets, keys, postings] = self.keys_and_postings(&pending)?;
        drop(pending);
        let facts = self.facts.rows(&mut self.arena)?;
        let arena = self.arena.bytes;
        // What was needed to get here is as large as the index itself: let go of it before the index is put together.
        drop((self.arena.offsets, self.keys));
        let sections = [&meta, &arena, &buckets, &keys, &postings, &records, &groups, &facts];
        Ok(assemble(&sections.map(Vec::as_slice)))
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
                let row = &mut feeds[feed.0];
                row.records += 1;
                row.newest_modified = row.newest_modified.max(Some(record.modified.unix_seconds()));
            }
        }
        let mut entries = vec![0_u64; self.keys.len()];
        pending.iter().flat_map(|(_, record)| &record.affected).for_each(|entry| entries[entry.key as usize] += 1);
        let mut ecosystems = BTreeMap::new();
        for ((ecosystem, _), key) in &self.keys {
            *ecosystems.entry(self.text(*ecosystem)).or_insert(0) += entries[*key as usize];
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

    fn text(&self, offset: u32) -> &str {
        self.arena.bytes.get(offset as usize..).and_then(|at| Reader::new(at).text().ok()).unwrap_or_default()
    }

    fn records_and_groups(&mut self, pending: &[(String, Pending)]) -> Result<(Vec<u8>, Vec<u8>), IndexError> {
        let heads = pending.iter().map(|(_, pending)| postcard::from_bytes::<Head<'_>>(&pending.head));
        let heads = heads.collect::<Result<Vec<_>, _>>().map_err(super::Damaged::from)?;
        let (groups, flaws) = group(pending, &heads);
        let severities = severities(pending, &heads, &flaws, &groups, self);
        let mut group_rows = Vec::with_capacity(groups.len() * 4);
        for (ids, known) in groups.into_iter().zip(&severities) {
            let row = Group {
                ids,
                severity: known.severity as u8,
                score: known.score,
                vector: known.vector.as_deref(),
                source: known.source.as_deref(),
            };
            let row = postcard::to_stdvec(&row).map_err(|_| IndexError::TooLarge)?;
            group_rows.extend(self.arena.keep_sized(&row)?.to_le_bytes());
        }
        let mut rows = Vec::with_capacity(pending.len() * RECORD_ROW);
        for ((_, record), flaws) in pending.iter().zip(flaws) {
            rows.extend(self.arena.keep_sized(&record.head)?.to_le_bytes());
            rows.extend(self.arena.keep_numbers(flaws.into_iter())?.to_le_bytes());
            rows.extend(self.arena.keep_numbers(record.feeds.iter().map(|feed| feed.0))?.to_le_bytes());
        }
        Ok((rows, group_rows))
    }

    fn keys_and_postings(&self, pending: &[(String, Pending)]) -> Result<[Vec<u8>; 3], IndexError> {
        let mut filed: Vec<Vec<(u32, &PendingEntry)>> = Vec::new();
        filed.resize_with(self.keys.len(), Vec::new);
        for (number, (_, record)) in pending.iter().enumerate() {
            let number = u32::try_from(number).map_err(|_| IndexError::TooLarge)?;
            record.affected.iter().for_each(|entry| filed[entry.key as usize].push((number, entry)));
        }
        let order = self.keys.iter().filter(|(_, key)| !filed[**key as usize].is_empty()).map(|(names, key)| {
            let texts = (self.text(names.0), self.text(names.1));
            (hash(&[texts.0, texts.1]), texts, *names, *key as usize)
        });
        let mut order = order.collect::<Vec<_>>();
        order.sort_unstable();
        let (mut keys, mut postings) = (Vec::with_capacity(order.len() * KEY_ROW), Vec::new());
        for (hash, _, names, key) in &order {
            let first = u32::try_from(postings.len() / POSTING_ROW).map_err(|_| IndexError::TooLarge)?;
            keys.extend(hash.to_le_bytes());
            let row = [names.0, names.1, first, filed[*key].len() as u32];
            keys.extend(row.iter().flat_map(|number| number.to_le_bytes()));
            for (record, entry) in &filed[*key] {
                let row = [*record, entry.ranges, entry.versions, entry.ratings];
                postings.extend(row.iter().flat_map(|number| number.to_le_bytes()));
            }
        }
        let hashes = order.iter().map(|(hash, ..)| *hash).collect::<Vec<_>>();
        Ok([buckets(&hashes), keys, postings])
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

/// The groups of ids, and for every record the groups of its flaws.
fn group<'a>(pending: &[(String, Pending)], heads: &[Head<'a>]) -> (Vec<Vec<&'a str>>, Vec<Vec<usize>>) {
    let mut groups = Groups::default();
    let mut names = Vec::with_capacity(heads.len());
    for ((_, record), head) in pending.iter().zip(heads) {
        let flaws = if record.is_bundle {
            flaw::bundled(head.id, &head.aliases, &head.upstream, &head.related)
        } else {
            vec![head.id]
        };
        for id in &flaws {
            groups.node(id);
        }
        // What was withdrawn may have been withdrawn for a wrong alias.
        if !record.is_bundle && head.withdrawn.is_none() {
            head.aliases.iter().for_each(|alias| groups.join(head.id, alias));
        }
        names.push(flaws);
    }
    let (groups, group_of) = groups.finish();
    let flaws = names.iter().map(|ids| {
        let found = ids.iter().filter_map(|id| group_of.get(id).copied()).collect::<BTreeSet<_>>();
        let (cves, others) = found.into_iter().partition::<Vec<_>, _>(|group| flaw::is_cve(groups[*group][0]));
        // Of ids without a CVE next to a single CVE nothing says that they are other flaws.
        if cves.len() == 1 { cves } else { cves.into_iter().chain(others).collect() }
    });
    let flaws = flaws.collect();
    (groups, flaws)
}

/// For every group the severity that its records agree on most strongly: a newer CVSS version before an older, then the
/// higher score; words only where no record has a vector.
fn severities(
    pending: &[(String, Pending)],
    heads: &[Head<'_>],
    flaws: &[Vec<usize>],
    groups: &[Vec<&str>],
    builder: &IndexBuilder,
) -> Vec<Assessment> {
    let mut best = vec![Assessment::default(); groups.len()];
    for (((_, record), head), flaws) in pending.iter().zip(heads).zip(flaws) {
        let [group] = flaws.as_slice() else { continue };
        if head.withdrawn.is_some() {
            continue;
        }
        let own = record.affected.iter().filter_map(|entry| builder.ratings(entry.ratings)).collect::<Vec<_>>();
        let ratings = own.iter().flat_map(Ratings::iter).chain(head.ratings.iter());
        let words = || own.iter().filter_map(|ratings| ratings.word).chain(head.ratings.word);
        let known = Assessment::of_ratings(head.id, ratings).or_else(|| {
            let words = words().filter_map(|word| Assessment::of_word(head.id, word));
            words.max_by_key(Assessment::rank)
        });
        if let Some(known) = known.filter(|known| strength(known) > strength(&best[*group])) {
            best[*group] = known;
        }
    }
    for (best, ids) in best.iter_mut().zip(groups) {
        let facts = ids.iter().filter_map(|id| builder.facts.ratings(CveId::parse(id)?));
        let known = facts.filter_map(|offset| Assessment::of_ratings("NVD", builder.ratings(offset)?.iter()));
        for known in known {
            if strength(&known) > strength(best) {
                *best = known;
            }
        }
    }
    best
}

/// How strong an assessment is: what scale it is on, and how bad it says the flaw is.
fn strength(known: &Assessment) -> (u8, crate::Severity, i32) {
    let scale = match known.vector.as_deref() {
        Some(vector) if vector.starts_with("CVSS:4") => 4,
        Some(vector) if vector.starts_with("CVSS:3") => 3,
        Some(_) => 2,
        None => u8::from(known.source.is_some()),
    };
    let (severity, tenths) = known.rank();
    (scale, severity, tenths)
}

impl IndexBuilder {
    fn ratings(&self, offset: u32) -> Option<Ratings<'_>> {
        let mut reader = Reader::new(self.arena.bytes.get(offset as usize..).filter(|_| offset > 0)?);
        postcard::from_bytes(reader.bytes().ok()?).ok()
    }
}

fn assemble(sections: &[&[u8]; SECTIONS]) -> Vec<u8> {
    let padded = |length: usize| length.next_multiple_of(8);
    let total = HEADER + sections.iter().map(|section| padded(section.len())).sum::<usize>();
    let mut out = Vec::with_capacity(total);
    out.resize(HEADER, 0);
    let mut table = Vec::new();
    for section in sections {
        table.extend((out.len() as u64).to_le_bytes());
        table.extend((section.len() as u64).to_le_bytes());
        out.extend_from_slice(section);
        out.resize(padded(out.len()), 0);
    }
    let digest = Sha256::digest(&out[HEADER..]);
    out[..8].copy_from_slice(&MAGIC);
    out[8..SECTION_TABLE].copy_from_slice(&digest);
    out[SECTION_TABLE..CHECKSUM].copy_from_slice(&table);
    let checksum = Sha256::digest(&out[..CHECKSUM]);
    out[CHECKSUM..HEADER].copy_from_slice(&checksum[..8]);
    out
}
