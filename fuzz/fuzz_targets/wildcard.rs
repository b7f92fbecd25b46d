//! Wildcards of policies against the textbook table of what they match.
#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_iam::policy::wildcard_matches;

/// Above this the table would cost more than it shows; the matcher must still end.
const LARGEST_TABLE: usize = 1 << 20;

fuzz_target!(|input: (&str, &str)| {
    let (pattern, text) = input;
    let matches = wildcard_matches(pattern, text);
    if pattern.len() * text.len() < LARGEST_TABLE {
        assert_eq!(matches, by_table(pattern, text), "{pattern:?} {text:?}");
    }
});

/// Row by row: which beginnings of the text the beginning of the pattern matches.
fn by_table(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut row = vec![false; text.len() + 1];
    row[0] = true;
    for wanted in pattern.chars() {
        let mut next = vec![false; row.len()];
        next[0] = wanted == '*' && row[0];
        for (at, found) in text.iter().enumerate() {
            next[at + 1] = match wanted {
                '*' => row[at + 1] || next[at],
                '?' => row[at],
                other => row[at] && other == *found,
            };
        }
        row = next;
    }
    row[text.len()]
}
