//! Numbers of any size, compared exactly.

use std::cmp::Ordering;
use std::str::FromStr;

/// The most digits a number has.
const MAX_DIGITS: usize = 64;

/// A decimal number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    /// Without leading zeros.
    whole: String,
    /// Without trailing zeros.
    fraction: String,
}

impl FromStr for Decimal {
    type Err = ();

    /// Reads `10`, `-0.5`, `+3.` and `.25`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let length = whole.len() + fraction.len();
        let valid = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
        if !valid || length == 0 || length > MAX_DIGITS {
            return Err(());
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let zero = whole.is_empty() && fraction.is_empty();
        Ok(Self { negative: negative && !zero, whole: whole.to_owned(), fraction: fraction.to_owned() })
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.magnitude().cmp(&other.magnitude()),
            (true, true) => other.magnitude().cmp(&self.magnitude()),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Decimal {
    fn magnitude(&self) -> (usize, &str, &str) {
        (self.whole.len(), &self.whole, &self.fraction)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn order_and_form() {
        let numbers = ["-10", "-2.5", "-2.45", "-0.1", "0", "0.05", ".5", "1", "9", "10", "12345678901234567890123"];
        for (at, left) in numbers.iter().enumerate() {
            for (other, right) in numbers.iter().enumerate() {
                let (left, right): (Decimal, Decimal) = (left.parse().unwrap(), right.parse().unwrap());
                assert_eq!(left.cmp(&right), at.cmp(&other), "{left:?} {right:?}");
            }
        }
        for (left, right) in [("1", "1.0"), ("-0", "0"), ("007", "7."), ("+3", "3")] {
            assert_eq!(left.parse::<Decimal>(), right.parse(), "{left} {right}");
        }
        for bad in ["", "-", ".", "1e3", "0x1", "1 ", "1.2.3", "NaN", &"1".repeat(65)] {
            assert_eq!(bad.parse::<Decimal>(), Err(()), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_integers(left: i64, right: i64) {
            let decimal = |number: i64| number.to_string().parse::<Decimal>().unwrap();
            prop_assert_eq!(decimal(left).cmp(&decimal(right)), left.cmp(&right));
        }
    }
}
