//! Values over time.

use std::collections::BTreeMap;

use crate::torture::mixed::journal::{Key, Read};

/// By how many milliseconds two readings of the clock may be apart that were taken at once.
const SLACK: i64 = 2;

/// A value that was set.
#[derive(Debug)]
struct Write {
    value: Option<String>,
    /// No earlier than this it was there.
    from: i64,
    /// By then it was.
    by: i64,
    /// The record that tells so, for a fault.
    #[expect(dead_code, reason = "it is there to be printed")]
    record: u64,
}

/// All values that were, in the order they were set. What nobody has set is not there.
#[derive(Debug, Default)]
pub(super) struct History(BTreeMap<Key, Vec<Write>>);

impl History {
    pub(super) fn write(&mut self, key: Key, value: Option<String>, (from, by): (i64, i64), record: u64) {
        self.0.entry(key).or_default().push(Write { value, from, by, record });
    }

    /// Whether a value was there at some moment from `began` to `ended`.
    pub(super) fn may_be(&self, read: &Read, began: i64, ended: i64) -> bool {
        let writes = self.0.get(&read.key).map_or(&[][..], Vec::as_slice);
        let gone = |next: usize| writes.get(next).is_some_and(|write| write.by.saturating_add(SLACK) < began);
        if read.value.is_none() && !gone(0) {
            return true;
        }
        (0..writes.len()).any(|number| {
            let write = &writes[number];
            write.value == read.value && write.from <= ended + SLACK && !gone(number + 1)
        })
    }

    /// What was written about that time, for a fault.
    pub(super) fn around(&self, key: &str, time: i64) -> String {
        let Some(writes) = self.0.get(key) else { return "nothing ever was".to_owned() };
        let near = writes.partition_point(|write| write.by < time);
        let shown = &writes[near.saturating_sub(3)..(near + 3).min(writes.len())];
        format!("{shown:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_sees_what_was_there_while_it_lasted() {
        let mut history = History::default();
        history.write("k".to_owned(), Some("a".to_owned()), (100, 110), 1);
        history.write("k".to_owned(), None, (200, 210), 2);
        history.write("k".to_owned(), Some("b".to_owned()), (300, i64::MAX), 3);
        let check = |value: Option<&str>, began: i64, ended: i64, expect: bool| {
            let read = Read::new("k".to_owned(), value.map(str::to_owned));
            assert_eq!(history.may_be(&read, began, ended), expect, "{value:?} from {began} to {ended}");
        };
        check(None, 50, 60, true);
        check(Some("a"), 50, 60, false);
        check(Some("a"), 50, 105, true);
        check(None, 105, 107, true);
        check(None, 120, 130, false);
        check(Some("a"), 120, 130, true);
        check(Some("a"), 205, 207, true);
        check(Some("a"), 220, 230, false);
        check(None, 220, 230, true);
        check(Some("b"), 220, 230, false);
        // Nobody was told of the last one, so that it may have come at any time.
        check(Some("b"), 1000, 1001, true);
        check(None, 1000, 1001, true);
        check(Some("a"), 1000, 1001, false);
    }
}
