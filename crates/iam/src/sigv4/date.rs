//! The two ways a signed request is dated.

/// The months as an HTTP date names them.
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment, with its text in ISO 8601's basic format: `20150830T123600Z`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) text: String,
    /// Seconds since the Unix epoch.
    pub(super) unix: i64,
}

impl Date {
    /// Reads `20150830T123600Z`.
    pub(super) fn from_basic(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 16 || bytes[8] != b'T' || bytes[15] != b'Z' {
            return None;
        }
        let part = |from: usize, to: usize| digits(&bytes[from..to]);
        let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
        Self::from_parts([year, month, day], [part(9, 11)?, part(11, 13)?, part(13, 15)?])
    }

    /// Reads `Sun, 30 Aug 2015 12:36:00 GMT`, the form of HTTP's `Date`.
    pub(super) fn from_http(text: &str) -> Option<Self> {
        let (_, date) = text.split_once(", ")?;
        let mut parts = date.split(' ');
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let (clock, zone) = (parts.next()?, parts.next()?);
        if parts.next().is_some() || zone != "GMT" || year.len() != 4 {
            return None;
        }
        let month = i64::try_from(MONTHS.iter().position(|name| *name == month)?).ok()? + 1;
        let mut clock = clock.split(':').map(|part| digits(part.as_bytes()).filter(|_| part.len() == 2));
        let time = [clock.next()??, clock.next()??, clock.next()??];
        if clock.next().is_some() || day.len() > 2 {
            return None;
        }
        Self::from_parts([digits(year.as_bytes())?, month, digits(day.as_bytes())?], time)
    }

    /// The moment so many seconds after the Unix epoch; what lies outside the years 0 to 9999 is set to their ends.
    pub(super) fn from_unix(unix: i64) -> Self {
        let unix = unix.clamp(-62_167_219_200, 253_402_300_799);
        let (year, month, day) = civil(unix.div_euclid(86_400));
        let second = unix.rem_euclid(86_400);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        Self { text: format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z"), unix }
    }

    /// The day alone: `20150830`.
    pub(super) fn day(&self) -> &str {
        &self.text[..8]
    }

    fn from_parts([year, month, day]: [i64; 3], [hour, minute, second]: [i64; 3]) -> Option<Self> {
        if !(1..=12).contains(&month) || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let days = days_from_civil(year, month, day);
        if civil(days) != (year, month, day) {
            return None;
        }
        let unix = days * 86_400 + hour * 3600 + minute * 60 + second;
        let text = format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z");
        Some(Self { text, unix })
    }
}

/// A number of at most four digits.
fn digits(text: &[u8]) -> Option<i64> {
    let short = !text.is_empty() && text.len() <= 4 && text.iter().all(u8::is_ascii_digit);
    short.then(|| text.iter().fold(0, |number, digit| number * 10 + i64::from(digit - b'0')))
}

/// Days since the Unix epoch of a date of the Gregorian calendar, whose year is taken to begin in March so that the leap
/// day is its last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_forms_are_read() {
        fn check(text: &str, expect: Option<i64>) {
            let date = Date::from_basic(text).or_else(|| Date::from_http(text));
            assert_eq!(date.as_ref().map(|date| date.unix), expect, "{text}");
            if let Some(date) = date.filter(|_| !text.contains(":60")) {
                assert_eq!(Date::from_unix(date.unix), date);
            }
        }
        check("20150830T123600Z", Some(1_440_938_160));
        check("Sun, 30 Aug 2015 12:36:00 GMT", Some(1_440_938_160));
        check("19700101T000000Z", Some(0));
        check("20000229T235959Z", Some(951_868_799));
        check("20010229T000000Z", None);
        check("20151301T000000Z", None);
        check("20150800T000000Z", None);
        check("20150830T243600Z", None);
        check("20150830T123600", None);
        check("2015-08-30T12:36:00Z", None);
        check("20150830 123600Z", None);
        check("+0150830T123600Z", None);
        check("Sun, 30 Aug 2015 12:36:00 PST", None);
        check("Sun, 31 Feb 2015 12:36:00 GMT", None);
        check("30 Aug 2015 12:36:00 GMT", None);
        check("", None);
        check("ééééééééé", None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(unix in -62_167_219_200_i64..=253_402_300_799) {
            let date = Date::from_unix(unix);
            prop_assert_eq!(Date::from_basic(&date.text), Some(date));
        }

        #[test]
        fn nothing_panics(text in ".*") {
            let _ = (Date::from_basic(&text), Date::from_http(&text));
        }
    }
}
