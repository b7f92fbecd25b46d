//! Pacman's order of versions: `[epoch:]version[-release]`, see
//! [vercmp(8)](https://man.archlinux.org/man/vercmp.8).
//!
//! Separators at the end of a part have no weight here; pacman's own answers about them contradict each other.

use std::cmp::Ordering;

use super::{Comparator, Unparsable, compare_numbers, split_digits};

/// Places `left` relative to `right`.
pub fn compare(left: &str, right: &str) -> Result<Ordering, Unparsable> {
    Comparator::Alpm.compare(left, right)
}

/// Compares segment by segment. Letters right behind a segment come before its end, everything behind a separator after
/// it, and behind a longer separator later still.
pub(super) fn compare_parts(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.trim_end_matches(is_separator), right.trim_end_matches(is_separator));
    loop {
        if left.is_empty() || right.is_empty() {
            return remainder(left).cmp(&remainder(right));
        }
        let (a, b) = (left.trim_start_matches(is_separator), right.trim_start_matches(is_separator));
        let separators = (left.len() - a.len()).cmp(&(right.len() - b.len()));
        let (a_numbers, b_numbers) = (starts_with_digit(a), starts_with_digit(b));
        let order = separators.then(a_numbers.cmp(&b_numbers));
        if order.is_ne() {
            return order;
        }
        let split = if a_numbers { split_digits } else { split_letters };
        let ((a, left_rest), (b, right_rest)) = (split(a), split(b));
        let order = if a_numbers { compare_numbers(a, b) } else { a.cmp(b) };
        if order.is_ne() {
            return order;
        }
        (left, right) = (left_rest, right_rest);
    }
}

/// What is left where the other text has ended: letters make a version of something to come.
fn remainder(text: &str) -> i8 {
    match text.bytes().next() {
        None => 0,
        Some(byte) if byte.is_ascii_alphabetic() => -1,
        Some(_) => 1,
    }
}

fn is_separator(next: char) -> bool {
    !next.is_ascii_alphanumeric()
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|next: char| next.is_ascii_digit())
}

fn split_letters(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_alphabetic).count())
}
