//! The audit log replayed: what must be there in the end, and what each value was meanwhile.

mod history;
mod matching;
mod model;

use std::collections::BTreeMap;

use super::journal::{Event, Read};
use super::log::Record;
use history::History;
use matching::Matched;

pub(super) use model::{Images, Model};

/// Replays the records, and holds them against what clients asked and were told.
pub(super) fn replay(records: &[Record], events: &[Event], indexes: BTreeMap<String, Vec<String>>) -> Model {
    let matched = Matched::new(records, events);
    let mut model = Model { faults: matched.faults.clone(), records: records.len(), indexes, ..Model::default() };
    let mut history = History::default();
    let acknowledged = acknowledged(records, &matched, events);
    for ((record, event), seen) in records.iter().zip(&matched.of_records).zip(acknowledged) {
        if record.denied {
            continue;
        }
        let change = event.and_then(|event| events[event].change.as_ref());
        let by_api = change.is_some_and(|change| change.by_api);
        for (key, value) in model.apply(record, by_api) {
            history.write(key, value, (record.at, seen), record.seq);
        }
        for (key, value) in change.iter().flat_map(|change| &change.sets) {
            history.write(key.clone(), value.clone(), (record.at, seen), record.seq);
        }
    }
    for (number, event) in events.iter().enumerate() {
        let unchanged = event.change.as_ref().filter(|_| event.done() && !matched.has_record(number));
        let reads =
            event.reads.iter().chain(unchanged.into_iter().flat_map(|change| change.otherwise.iter().flatten()));
        for read in reads {
            model.faults.extend(check_read(&history, event, read));
        }
    }
    model.faults.extend(kept(events));
    model
}

fn check_read(history: &History, event: &Event, read: &Read) -> Option<String> {
    // These are held against each other, and against the server in the end.
    if read.key.starts_with("vault ") || history.may_be(read, event.began, event.ended) {
        return None;
    }
    let Event { label, principal, began, ended, request_id, answer, .. } = event;
    let around = history.around(&read.key, *began);
    Some(format!(
        "{principal} {label} ({request_id}) from {began} to {ended} saw {} as {:?}, which it was not: {around}; it was answered {answer}",
        read.key, read.value
    ))
}

/// When each record was committed at the latest, by what clients were told of it or of any later one.
fn acknowledged(records: &[Record], matched: &Matched, events: &[Event]) -> Vec<i64> {
    let mut latest = i64::MAX;
    let mut times: Vec<i64> = (0..records.len())
        .rev()
        .map(|number| {
            latest = latest.min(matched.of_records[number].map_or(i64::MAX, |event| events[event].ended));
            latest
        })
        .collect();
    times.reverse();
    times
}

/// Tags of the repositories where nothing is deleted, each acknowledged for one digest only.
fn kept(events: &[Event]) -> Vec<String> {
    let mut faults = Vec::new();
    let mut first: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for read in events.iter().flat_map(|event| &event.reads).filter(|read| read.key.starts_with("vault ")) {
        let known = *first.entry(&read.key).or_insert(read.value.as_deref());
        if known != read.value.as_deref() {
            faults.push(format!("{} was acknowledged as {known:?} and as {:?}", read.key, read.value));
        }
    }
    faults
}
