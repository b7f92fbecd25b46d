//! Which flaws the records of an index are about, and how bad each of them is.

use std::collections::BTreeSet;

use super::arena::Arena;
use super::blob::{id_hash, put_bytes, put_numbers};
use super::build::Pending;
use super::facts::PendingFacts;
use super::rows::{Group, Head, Ratings};
use super::{Damaged, IndexError};
use crate::flaw::{self, Groups};
use crate::{Assessment, CveId, Severity};

/// The records of an index in the order of their ids, with what they refer to.
#[derive(Clone, Copy)]
pub(super) struct Records<'a> {
    pub(super) pending: &'a [(String, Pending)],
    pub(super) arena: &'a Arena,
    pub(super) facts: &'a PendingFacts,
}

/// The flaws of every record, as the numbers of their groups.
pub(super) struct Flaws {
    numbers: Vec<u32>,
    /// Where the numbers of a record end.
    ends: Vec<usize>,
}

/// The groups one after another, each with the records about it behind it, where each begins, and the ids of all.
#[derive(Default)]
pub(super) struct GroupRows {
    pub(super) bytes: Vec<u8>,
    pub(super) starts: Vec<u32>,
    /// The hashes of ids with the groups that have them, sorted.
    pub(super) names: Vec<(u32, u32)>,
}

impl Flaws {
    pub(super) fn of(&self, record: usize) -> &[u32] {
        let start = record.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.numbers[start..self.ends[record]]
    }

    /// The flaws with the records about them, sorted.
    fn with_records(&self) -> Vec<(u32, u32)> {
        let records = (0..self.ends.len()).flat_map(|record| self.of(record).iter().map(move |flaw| (*flaw, record)));
        let mut all: Vec<_> = records.map(|(flaw, record)| (flaw, record as u32)).collect();
        all.sort_unstable();
        all
    }
}

impl<'a> Records<'a> {
    fn head(self, record: usize) -> Result<Head<'a>, Damaged> {
        let head = self.arena.sized_at(self.pending[record].1.head).ok_or(Damaged)?;
        Ok(postcard::from_bytes(head)?)
    }

    /// The groups as they will be stored, and for every record those of its flaws.
    pub(super) fn flaws(self) -> Result<(Flaws, GroupRows), IndexError> {
        let (groups, flaws) = self.group()?;
        let with_records = flaws.with_records();
        let mut rest = with_records.as_slice();
        let mut rows = GroupRows::default();
        for (number, ids) in groups.into_iter().enumerate() {
            let number = number as u32;
            let records;
            (records, rest) = rest.split_at(rest.partition_point(|(group, _)| *group <= number));
            rows.names.extend(ids.iter().map(|id| (id_hash(id), number)));
            let alone =
                records.iter().map(|(_, record)| *record as usize).filter(|record| flaws.of(*record).len() == 1);
            let known = self.severity(&ids, alone)?;
            let row = Group {
                ids,
                severity: known.severity as u8,
                score: known.score,
                vector: known.vector.as_deref(),
                source: known.source.as_deref(),
            };
            let row = postcard::to_stdvec(&row).map_err(|_| IndexError::TooLarge)?;
            rows.starts.push(u32::try_from(rows.bytes.len()).map_err(|_| IndexError::TooLarge)?);
            put_bytes(&mut rows.bytes, &row);
            put_numbers(&mut rows.bytes, records.iter().map(|(_, record)| *record));
        }
        rows.names.sort_unstable();
        Ok((flaws, rows))
    }

    /// The groups of ids, and for every record the groups of its flaws.
    fn group(self) -> Result<(Vec<Vec<&'a str>>, Flaws), IndexError> {
        let mut groups = Groups::default();
        let mut flaws = Flaws { numbers: Vec::new(), ends: Vec::with_capacity(self.pending.len()) };
        for (number, (_, record)) in self.pending.iter().enumerate() {
            let head = self.head(number)?;
            if record.is_bundle {
                let ids = flaw::bundled(head.id, &head.aliases, &head.upstream, &head.related);
                flaws.numbers.extend(ids.into_iter().map(|id| groups.node(id)));
            } else {
                flaws.numbers.push(groups.node(head.id));
            }
            flaws.ends.push(flaws.numbers.len());
            // What was withdrawn may have been withdrawn for a wrong alias.
            if !record.is_bundle && head.withdrawn.is_none() {
                head.aliases.iter().for_each(|alias| groups.join(head.id, alias));
            }
        }
        let (groups, group_of) = groups.finish();
        let is_cve = |group: &u32| flaw::is_cve(groups[*group as usize][0]);
        let mut found = Flaws { numbers: Vec::with_capacity(flaws.numbers.len()), ends: Vec::new() };
        for record in 0..flaws.ends.len() {
            let all: BTreeSet<_> = flaws.of(record).iter().map(|node| group_of[*node as usize]).collect();
            let (cves, others) = all.into_iter().partition::<Vec<_>, _>(is_cve);
            // Of ids without a CVE next to a single CVE nothing says that they are other flaws.
            let others = if cves.len() == 1 { Vec::new() } else { others };
            found.numbers.extend(cves.into_iter().chain(others));
            found.ends.push(found.numbers.len());
        }
        Ok((groups, found))
    }

    /// The severity that the records about a flaw alone agree on most strongly: a newer CVSS version before an older, then the higher
    /// score; words only where no record has a vector.
    fn severity(self, ids: &[&str], records: impl Iterator<Item = usize>) -> Result<Assessment, Damaged> {
        let mut best = Assessment::default();
        for record in records {
            let head = self.head(record)?;
            if head.withdrawn.is_some() {
                continue;
            }
            let own = self.pending[record].1.affected.iter().filter_map(|entry| self.arena.ratings(entry.ratings));
            let own = own.collect::<Vec<_>>();
            let ratings = own.iter().flat_map(Ratings::iter).chain(head.ratings.iter());
            let words = || own.iter().filter_map(|ratings| ratings.word).chain(head.ratings.word);
            let known = Assessment::of_ratings(head.id, ratings).or_else(|| {
                let words = words().filter_map(|word| Assessment::of_word(head.id, word));
                words.max_by_key(Assessment::rank)
            });
            keep_stronger(&mut best, known);
        }
        let facts = ids.iter().filter_map(|id| self.facts.ratings(CveId::parse(id)?));
        for offset in facts {
            let ratings = self.arena.ratings(offset);
            keep_stronger(&mut best, ratings.and_then(|ratings| Assessment::of_ratings("NVD", ratings.iter())));
        }
        Ok(best)
    }
}

fn keep_stronger(best: &mut Assessment, known: Option<Assessment>) {
    if let Some(known) = known.filter(|known| strength(known) > strength(best)) {
        *best = known;
    }
}

/// How strong an assessment is: what scale it is on, and how bad it says the flaw is.
fn strength(known: &Assessment) -> (u8, Severity, i32) {
    let scale = match known.vector.as_deref() {
        Some(vector) if vector.starts_with("CVSS:4") => 4,
        Some(vector) if vector.starts_with("CVSS:3") => 3,
        Some(_) => 2,
        None => u8::from(known.source.is_some()),
    };
    let (severity, tenths) = known.rank();
    (scale, severity, tenths)
}
