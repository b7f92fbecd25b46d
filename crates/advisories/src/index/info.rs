//! What an index says of itself.

use serde::{Deserialize, Serialize};

use crate::{EndOfLife, Timestamp};

/// What an index holds and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexInfo {
    /// The generation: the SHA-256 of the index's content, in hexadecimal.
    pub generation: String,
    /// When the index was built.
    pub built_at: Timestamp,
    /// The feeds, in the order in which the import read them.
    pub feeds: Vec<FeedInfo>,
    /// The ecosystems some advisory names, with their releases (`Debian:12`), sorted.
    pub ecosystems: Vec<EcosystemInfo>,
    /// Records in the index; one that came with several feeds counts once.
    pub records: u64,
    /// Records refused by the imports of the feeds.
    pub refused: u64,
    /// When the support of releases ends, of the distributions that a feed tells of.
    pub end_of_life: Vec<EndOfLife>,
}

/// A feed: the advisories that came together for an ecosystem, and are replaced together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedInfo {
    /// The feed's name: its folder in the layout of the public bucket, such as `npm` or `Debian`.
    pub feed: String,
    /// The ecosystem, without release.
    pub ecosystem: String,
    /// Where it was read from.
    pub source: String,
    /// When it was imported.
    pub imported_at: Timestamp,
    /// Its records in the index.
    pub records: u64,
    /// Its records that were refused.
    pub refused: u64,
    /// When the last changed of its records changed; none where it has no records.
    pub newest_modified: Option<Timestamp>,
}

/// An ecosystem that advisories name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EcosystemInfo {
    /// The ecosystem with its release, if any.
    pub ecosystem: String,
    /// How many affected packages the advisories list in it.
    pub entries: u64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct MetaRow<'a> {
    pub(super) built_at: i64,
    #[serde(borrow)]
    pub(super) feeds: Vec<FeedRow<'a>>,
    pub(super) ecosystems: Vec<(&'a str, u64)>,
    pub(super) records: u64,
    pub(super) end_of_life: Vec<(&'a str, &'a str, i64)>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct FeedRow<'a> {
    pub(super) feed: &'a str,
    pub(super) ecosystem: &'a str,
    pub(super) source: &'a str,
    pub(super) imported_at: i64,
    pub(super) records: u64,
    pub(super) refused: u64,
    pub(super) newest_modified: Option<i64>,
}

impl IndexInfo {
    pub(super) fn of(row: &MetaRow<'_>, generation: String) -> Self {
        let feeds = row.feeds.iter().map(|feed| FeedInfo {
            feed: feed.feed.to_owned(),
            ecosystem: feed.ecosystem.to_owned(),
            source: feed.source.to_owned(),
            imported_at: Timestamp::from_unix_seconds(feed.imported_at),
            records: feed.records,
            refused: feed.refused,
            newest_modified: feed.newest_modified.map(Timestamp::from_unix_seconds),
        });
        let end_of_life = row.end_of_life.iter().map(|(id, release, last_day)| EndOfLife {
            id: (*id).to_owned(),
            release: (*release).to_owned(),
            last_day: Timestamp::from_unix_seconds(*last_day),
        });
        let ecosystems = row.ecosystems.iter();
        Self {
            generation,
            built_at: Timestamp::from_unix_seconds(row.built_at),
            feeds: feeds.collect(),
            ecosystems: ecosystems
                .map(|(name, entries)| EcosystemInfo { ecosystem: (*name).to_owned(), entries: *entries })
                .collect(),
            records: row.records,
            refused: row.feeds.iter().map(|feed| feed.refused).fold(0, u64::saturating_add),
            end_of_life: end_of_life.collect(),
        }
    }
}
