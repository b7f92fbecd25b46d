//! Which record is of which request.

use std::collections::HashMap;

use crate::torture::mixed::journal::Event;
use crate::torture::mixed::log::Record;

/// How far, in milliseconds, the time of a record may lie outside of its request.
const SLACK: i64 = 5;

#[derive(Debug, Default)]
pub(super) struct Matched {
    /// For each record the number of the event it is of; `None` where it is of no client's.
    pub(super) of_records: Vec<Option<usize>>,
    has_record: Vec<bool>,
    pub(super) faults: Vec<String>,
}

impl Matched {
    pub(super) fn new(records: &[Record], events: &[Event]) -> Self {
        let mut matched = Self { has_record: vec![false; events.len()], ..Self::default() };
        let by_id: HashMap<&str, usize> = events
            .iter()
            .enumerate()
            .filter(|(_, event)| !event.request_id.is_empty())
            .map(|(number, event)| (event.request_id.as_str(), number))
            .collect();
        let mut cut_off: HashMap<&str, Vec<usize>> = HashMap::new();
        for (number, event) in events.iter().enumerate().filter(|(_, event)| event.status == 0) {
            cut_off.entry(&event.principal).or_default().push(number);
        }
        for record in records {
            let found = by_id.get(record.request_id.as_str()).copied();
            let found = found.or_else(|| find_cut_off(record, events, &cut_off));
            matched.check_record(record, found.map(|number| &events[number]));
            matched.of_records.push(found);
            if let Some(number) = found {
                matched.has_record[number] = true;
            }
        }
        matched.check_events(events);
        matched
    }

    pub(super) fn has_record(&self, event: usize) -> bool {
        self.has_record[event]
    }

    fn check_record(&mut self, record: &Record, event: Option<&Event>) {
        let of_client = record.principal.contains("/worker-") || record.principal.contains("/temp-");
        // A push that is refused may have made the repository before.
        let made_for_it = record.action == "ecr:CreateRepository";
        match event {
            None if of_client => self.faults.push(format!("nobody asked for what is recorded: {record:?}")),
            Some(event) if !record.denied && event.status != 0 && !event.done() && !made_for_it => {
                self.faults.push(format!("refused, and recorded as done: {record:?} {event:?}"));
            }
            Some(event) if record.denied && event.status != 0 && !event.denied => {
                self.faults.push(format!("recorded as denied, and not denied: {record:?} {event:?}"));
            }
            _ => {}
        }
    }

    fn check_events(&mut self, events: &[Event]) {
        for (event, has_record) in events.iter().zip(&self.has_record) {
            let certain = event.change.as_ref().is_some_and(|change| change.otherwise.is_none());
            if event.done() && certain && !has_record {
                self.faults.push(format!("acknowledged, and not in the audit log: {event:?}"));
            }
            if event.denied && !has_record {
                self.faults.push(format!("denied, and not in the audit log: {event:?}"));
            }
        }
    }
}

/// A request whose answer never came, so that its id is not known.
fn find_cut_off(record: &Record, events: &[Event], cut_off: &HashMap<&str, Vec<usize>>) -> Option<usize> {
    let fits = |number: &&usize| {
        let event = &events[**number];
        let action = event.change.as_ref().map(|change| change.action);
        // A push makes the repository it needs.
        let named = action == Some(record.action.as_str()) || record.action == "ecr:CreateRepository" || record.denied;
        named && event.began - SLACK <= record.at && record.at <= event.ended + SLACK
    };
    cut_off.get(record.principal.as_str())?.iter().find(fits).copied()
}
