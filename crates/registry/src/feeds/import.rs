//! Importing advisories.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::SystemTime;

use plimsoll_advisories::importers::Importer;
use plimsoll_advisories::{FeedId, FeedInfo, Index, IndexBuilder, Limits, Record, Timestamp};
use plimsoll_mapped::Mapped;

use super::FeedError;
use super::bundle;
use super::documents;
use super::generation::Folder;
use super::read::{Item, read};
use super::source::{Kind, SourceFile, files};

/// How many refused records a report names.
const NAMED: usize = 100;
/// After how many records the progress is told.
const STEP: u64 = 256;
/// The feed of records that name no package.
const OTHER: &str = "other";

/// How far an import is.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// The file being read.
    pub file: &'a Path,
    /// How many of its records were read.
    pub done: u64,
    /// How many records it has.
    pub total: u64,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportReport {
    /// The generation now in force.
    pub generation: String,
    /// The feeds that were replaced, sorted by name.
    pub feeds: Vec<ImportedFeed>,
    /// How many records are in force now, those of other feeds included.
    pub records: u64,
    /// How many records were refused.
    pub refused_count: u64,
    /// The first of the records that were refused; all of them are in the log.
    pub refused: Vec<RefusedRecord>,
    /// Why the other feeds of the generation before could not be kept; none where they were.
    pub lost: Option<String>,
}

/// A feed that an import replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedFeed {
    /// The feed's name.
    pub feed: String,
    /// Its records now.
    pub records: u64,
    /// Its records before; none where it is new.
    pub before: Option<u64>,
}

/// A record that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRecord {
    /// The file, or the entry of an archive.
    pub file: String,
    /// Why.
    pub reason: String,
}

/// Imports the advisories of `source` into the data directory `data`, and puts them in force together with those of the
/// feeds that `source` does not contain. Waits while another import runs.
///
/// `source` is a directory in the layout of the public bucket (`<ecosystem>/all.zip`, or records in such folders), any
/// directory of records, or one archive of records. A feed is named by the layout; where that says nothing, by the
/// ecosystem that all records share; where they share none, each record belongs to the feed of its first package's
/// ecosystem. A record that is refused is left out, counted and logged.
///
/// Feeds that are not of OSV records ([`Importer`](plimsoll_advisories::importers::Importer)) lie in folders of their
/// names, as JSON or CSV, compressed by gzip or not.
///
/// A file that [`export`](super::export) wrote takes the place of all feeds.
///
/// Fails, with the generation in force unchanged, if an archive or a document is broken or no record is usable.
pub fn import(source: &Path, data: &Path, progress: &mut dyn FnMut(Progress<'_>)) -> Result<ImportReport, FeedError> {
    let folder = Folder::of(data);
    if source.is_file() && bundle::is_bundle(source) {
        return import_bundle(source, &folder);
    }
    let files = files(source)?;
    let _lock = folder.lock()?;
    let now = Timestamp::from(SystemTime::now());
    let mut import = Import::new(source, now);
    let (documents, records): (Vec<_>, Vec<_>) = files.iter().partition(|file| matches!(file.kind, Kind::Document(_)));
    import.read(&records, progress)?;
    documents::read(&mut import, &documents, progress)?;
    if import.builder.is_empty() {
        return Err(FeedError::NoRecords { path: source.to_owned(), refused: import.refused_count });
    }
    let lost = import.keep_others(&folder)?;
    let index = import.builder.build(now)?;
    let info = Index::open(index.as_slice())?.info().clone();
    folder.put_in_force(&index, &info.generation)?;
    let feeds = import.replaced.into_iter().map(|(feed, before)| {
        let records = info.feeds.iter().find(|known| known.feed == feed).map_or(0, |known| known.records);
        ImportedFeed { feed, records, before }
    });
    let feeds = feeds.collect();
    tracing::info!(generation = info.generation, records = info.records, "advisories are in force");
    Ok(ImportReport {
        generation: info.generation,
        feeds,
        records: info.records,
        refused_count: import.refused_count,
        refused: import.refused,
        lost,
    })
}

/// Puts a whole set that was exported elsewhere in force.
fn import_bundle(source: &Path, folder: &Folder) -> Result<ImportReport, FeedError> {
    let _lock = folder.lock()?;
    let before = folder.open_current().ok().flatten().map(|generation| generation.index().info().clone());
    let info = bundle::import(source, folder)?;
    let feeds = info.feeds.iter().map(|feed| {
        let before = before.iter().flat_map(|info| &info.feeds).find(|known| known.feed == feed.feed);
        ImportedFeed { feed: feed.feed.clone(), records: feed.records, before: before.map(|feed| feed.records) }
    });
    let mut feeds = feeds.collect::<Vec<_>>();
    feeds.sort_by(|a, b| a.feed.cmp(&b.feed));
    tracing::info!(generation = info.generation, records = info.records, "advisories are in force");
    Ok(ImportReport {
        feeds,
        generation: info.generation,
        records: info.records,
        refused_count: 0,
        refused: Vec::new(),
        lost: None,
    })
}

pub(super) struct Import {
    pub(super) builder: IndexBuilder,
    pub(super) limits: Limits,
    source: String,
    pub(super) now: Timestamp,
    /// The feeds that are replaced, with the number of their records before.
    replaced: BTreeMap<String, Option<u64>>,
    refused_count: u64,
    refused: Vec<RefusedRecord>,
}

/// Records whose feed is known only once all of them were read.
#[derive(Default)]
struct Unnamed {
    /// The ecosystems every record has had so far; none before the first record.
    shared: Option<BTreeSet<String>>,
    /// The records' ids by the ecosystem of their first package.
    homes: BTreeMap<String, Vec<String>>,
    refused: u64,
}

impl Import {
    fn new(source: &Path, now: Timestamp) -> Self {
        Self {
            builder: IndexBuilder::new(),
            limits: Limits::default(),
            source: source.to_string_lossy().into_owned(),
            now,
            replaced: BTreeMap::new(),
            refused_count: 0,
            refused: Vec::new(),
        }
    }

    fn read(&mut self, files: &[&SourceFile], progress: &mut dyn FnMut(Progress<'_>)) -> Result<(), FeedError> {
        let mut unnamed = Unnamed::default();
        for file in files {
            let feed = file.feed.as_deref().map(|name| self.feed(name));
            let limits = self.limits;
            read(file, &limits, &mut |item, done, total| {
                if done == total || done.is_multiple_of(STEP) {
                    progress(Progress { file: &file.path, done, total });
                }
                match item {
                    Item::Record(record) => {
                        if feed.is_none() {
                            unnamed.note(&record);
                        }
                        self.builder.add(&record, feed)?;
                    }
                    Item::Refused { file, reason } => {
                        match feed {
                            Some(feed) => self.builder.refused(feed, 1),
                            None => unnamed.refused += 1,
                        }
                        self.refuse(file, reason);
                    }
                }
                Ok(())
            })?;
        }
        self.name(unnamed);
        Ok(())
    }

    pub(super) fn feed(&mut self, name: &str) -> FeedId {
        self.replaced.entry(name.to_owned()).or_insert(None);
        self.builder.feed(name, &self.source, self.now)
    }

    pub(super) fn refuse(&mut self, file: String, reason: String) {
        tracing::warn!(file, reason, "an advisory was refused");
        self.refused_count += 1;
        if self.refused.len() < NAMED {
            self.refused.push(RefusedRecord { file, reason });
        }
    }

    /// Gives the records of no named feed their feeds.
    fn name(&mut self, unnamed: Unnamed) {
        let shared = unnamed.shared.unwrap_or_default();
        // The records may share several; the first package's is what a feed is usually about.
        let common = unnamed.homes.keys().find(|home| shared.contains(*home)).or_else(|| shared.first()).cloned();
        let mut refused = unnamed.refused;
        for (home, ids) in unnamed.homes {
            let feed = self.feed(common.as_deref().unwrap_or(&home));
            self.builder.refused(feed, std::mem::take(&mut refused));
            for id in &ids {
                self.builder.attribute(id, feed);
            }
        }
    }

    /// Takes the records of every feed that is not replaced over from the generation in force. Says why if that cannot be
    /// read: it must not stand in the way of the import that mends it.
    fn keep_others(&mut self, folder: &Folder) -> Result<Option<String>, FeedError> {
        let generation = match folder.open_current() {
            Ok(Some(generation)) => generation,
            Ok(None) => return Ok(None),
            Err(error) => return Ok(Some(self.give_up(&error))),
        };
        let index = generation.index();
        if let Err(error) = index.verify() {
            return Ok(Some(self.give_up(&error.into())));
        }
        self.copy(index)?;
        Ok(None)
    }

    fn give_up(&self, error: &FeedError) -> String {
        tracing::error!(%error, source = self.source, "the other feeds of the generation in force are lost");
        error.to_string()
    }

    fn copy(&mut self, index: &Index<Mapped>) -> Result<(), FeedError> {
        let mut kept = BTreeMap::new();
        for feed in &index.info().feeds {
            match self.replaced.get_mut(&feed.feed) {
                Some(before) => *before = Some(feed.records),
                None => drop(kept.insert(feed.feed.as_str(), self.old_feed(feed))),
            }
        }
        if kept.is_empty() {
            return Ok(());
        }
        for item in index.all_facts() {
            let (cve, facts) = item?;
            for fact in facts.each() {
                if let Some(feed) = kept.get(documents::feed_of(&fact)) {
                    self.builder.add_fact(cve, &fact, *feed)?;
                }
            }
        }
        if let Some(feed) = kept.get(Importer::EndOfLife.name()) {
            index.info().end_of_life.iter().for_each(|row| self.builder.add_end_of_life(row.clone(), *feed));
        }
        for item in index.records() {
            let (record, feeds) = item?;
            for feed in feeds.iter().filter_map(|feed| kept.get(feed.as_str())) {
                // Of the same age as the one just imported, the one just imported stays.
                self.builder.add(&record, Some(*feed))?;
            }
        }
        Ok(())
    }

    fn old_feed(&mut self, feed: &FeedInfo) -> FeedId {
        let id = self.builder.feed(&feed.feed, &feed.source, feed.imported_at);
        self.builder.refused(id, feed.refused);
        if let Some(date) = feed.newest_modified {
            self.builder.dated(id, date);
        }
        id
    }
}

impl Unnamed {
    fn note(&mut self, record: &Record) {
        let base = |ecosystem: &str| ecosystem.split(':').next().unwrap_or_default().to_owned();
        let ecosystems = record.affected.iter().map(|affected| base(&affected.ecosystem)).collect::<BTreeSet<_>>();
        let home = record.affected.first().map_or_else(|| OTHER.to_owned(), |affected| base(&affected.ecosystem));
        self.homes.entry(home).or_default().push(record.id.clone());
        self.shared = Some(match self.shared.take() {
            None => ecosystems,
            Some(shared) => shared.intersection(&ecosystems).cloned().collect(),
        });
    }
}
