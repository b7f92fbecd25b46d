//! Moments as texts.

use plimsoll_catalog::Timestamp;

/// A moment as [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) writes it, in UTC, to the millisecond.
pub fn text(at: Timestamp) -> String {
    let seconds = plimsoll_advisories::Timestamp::from_unix_seconds(at.0.div_euclid(1000)).to_string();
    format!("{}.{:03}Z", seconds.trim_end_matches('Z'), at.0.rem_euclid(1000))
}

/// Reads a moment of that form; what is finer than a millisecond is cut off. `None` if the text is not one.
pub fn parse(text: &str) -> Option<Timestamp> {
    let seconds: plimsoll_advisories::Timestamp = text.parse().ok()?;
    let fraction = text.split_once('.').map_or("", |(_, rest)| rest);
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).chain([b'0'; 3]).take(3);
    let milliseconds = digits.fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
    Some(Timestamp(seconds.unix_seconds().checked_mul(1000)?.checked_add(milliseconds)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_back_as_they_are_written() {
        fn check(read: &str, expect: Option<(i64, &str)>) {
            let moment = parse(read);
            assert_eq!(moment.map(|at| (at.0, text(at))), expect.map(|(at, text)| (at, text.to_owned())), "{read}");
        }
        check("1970-01-01T00:00:00Z", Some((0, "1970-01-01T00:00:00.000Z")));
        check("1970-01-01T00:00:01.5Z", Some((1500, "1970-01-01T00:00:01.500Z")));
        check("1970-01-01T00:00:01.0079Z", Some((1007, "1970-01-01T00:00:01.007Z")));
        check("1970-01-01T01:00:00.250+01:00", Some((250, "1970-01-01T00:00:00.250Z")));
        check("1969-12-31T23:59:59.999Z", Some((-1, "1969-12-31T23:59:59.999Z")));
        check("yesterday", None);
        check("2026-01-31", None);
        check("2026-01-31T00:00:00", None);
        check("2026-01-31T00:00:00.Z", None);
        check("", None);
    }
}
