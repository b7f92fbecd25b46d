//! Dates of conditions: ISO 8601 as the W3C profiles it, or seconds since 1970.

/// A moment: seconds since 1970 and nanoseconds, in order.
pub(in crate::policy) type Moment = (i64, u32);

const DAY: i64 = 86_400;

/// Reads `2025`, `2025-06`, `2025-06-01`, `2025-06-01T12:00Z`, `2025-06-01T12:00:00.5+02:00` or `1748736000`.
pub(in crate::policy) fn parse(text: &str) -> Option<Moment> {
    if text.len() != 4 && (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some((text.parse().ok()?, 0));
    }
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let days = days(date, time.is_some())?;
    let (seconds, nanos) = time.map_or(Some((0, 0)), clock)?;
    Some((days * DAY + seconds, nanos))
}

/// Days since 1970 of `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
fn days(date: &str, whole: bool) -> Option<i64> {
    let mut parts = date.split('-');
    let year = number(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| number(part, 2))?;
    let day = match parts.next() {
        Some(part) => number(part, 2)?,
        None if whole => return None,
        None => 1,
    };
    let valid = parts.next().is_none() && (1..=12).contains(&month) && (1..=length(year, month)).contains(&day);
    valid.then(|| days_from_civil(year, month, day))
}

/// Seconds into the day, in universal time, and nanoseconds.
fn clock(time: &str) -> Option<Moment> {
    let (time, offset) = match time.find(['Z', 'z', '+', '-']) {
        Some(at) => (&time[..at], zone(&time[at..])?),
        None => return None,
    };
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let mut parts = time.split(':');
    let (hour, minute) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let second = parts.next().map_or(Some(0), |part| number(part, 2))?;
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some((hour * 3600 + minute * 60 + second - offset, nanos(fraction)?))
}

/// Seconds that a zone is ahead of universal time.
fn zone(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (hours, minutes) = zone.get(1..)?.split_once(':')?;
    let (hours, minutes) = (number(hours, 2)?, number(minutes, 2)?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    let ahead = hours * 3600 + minutes * 60;
    Some(if zone.starts_with('-') { -ahead } else { ahead })
}

fn nanos(fraction: &str) -> Option<u32> {
    if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{fraction:0<9}").parse().ok()
}

fn number(text: &str, digits: usize) -> Option<i64> {
    let valid = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    valid.then(|| text.parse().ok())?
}

fn length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Counts in eras of 400 years that begin in March, so that leap days come last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// Writes seconds since 1970 as `2025-06-01T12:00:00Z`.
pub(in crate::policy) fn format(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (era, of_era) = ((days + 719_468).div_euclid(146_097), (days + 719_468).rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_as_policies_write_them() {
        fn check(text: &str, expect: Option<Moment>) {
            assert_eq!(parse(text), expect, "{text}");
        }
        check("1970", Some((0, 0)));
        check("1970-02", Some((31 * DAY, 0)));
        check("2000-02-29", Some((951_782_400, 0)));
        check("2013-06-30T00:00:00Z", Some((1_372_550_400, 0)));
        check("2013-06-30T00:00Z", Some((1_372_550_400, 0)));
        check("2013-06-30T02:00:00+02:00", Some((1_372_550_400, 0)));
        check("2013-06-29T19:00:00.25-05:00", Some((1_372_550_400, 250_000_000)));
        check("1372550400", Some((1_372_550_400, 0)));
        check("0", Some((0, 0)));
        for bad in [
            "",
            "2013-13",
            "2013-02-29",
            "2013-06-31",
            "2013-06-30T00:00:00",
            "2013-06-30T24:00:00Z",
            "2013-06T00:00Z",
            "2013-06-30T00:00:00+2",
            "2013-06-30 00:00:00Z",
            "99999999999999",
            "-5",
            "yesterday",
            "2013-6-1",
            "20130630T",
        ] {
            check(bad, None);
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(seconds in -62_135_596_800_i64..=253_402_300_799) {
            prop_assert_eq!(parse(&format(seconds)), Some((seconds, 0)));
        }

        #[test]
        fn never_panics(text in "[0-9TZ:.+-]{0,30}|\\PC{0,30}") {
            let _ = parse(&text);
        }
    }
}
