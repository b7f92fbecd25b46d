//! The audit log as `plimsoll audit export` prints it.

use serde_json::Value;

/// One record.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) seq: u64,
    /// Milliseconds since the Unix epoch.
    pub(super) at: i64,
    pub(super) account: String,
    pub(super) principal: String,
    pub(super) action: String,
    /// The name of a repository, where it is about one.
    pub(super) resource: String,
    pub(super) denied: bool,
    pub(super) request_id: String,
    pub(super) detail: String,
}

/// The records of an export, in their order.
pub(super) fn records(export: &str) -> Result<Vec<Record>, String> {
    export.lines().map(|line| record(line).ok_or_else(|| format!("not a record: {line}"))).collect()
}

fn record(line: &str) -> Option<Record> {
    let value: Value = serde_json::from_str(line).ok()?;
    let text = |member: &str| value[member].as_str().map(str::to_owned);
    let resource = text("resource")?;
    Some(Record {
        seq: value["seq"].as_u64()?,
        at: milliseconds(value["at"].as_str()?)?,
        account: text("account")?,
        principal: text("principal")?,
        action: text("action")?,
        resource: resource.split_once(":repository/").map_or(resource.clone(), |(_, name)| name.to_owned()),
        denied: value["outcome"] == "denied",
        request_id: text("requestId")?,
        detail: text("detail")?,
    })
}

/// `2026-01-31T12:00:00.123Z` in milliseconds since the Unix epoch.
fn milliseconds(text: &str) -> Option<i64> {
    let numbers: Vec<i64> =
        text.trim_end_matches('Z').split(['-', 'T', ':', '.']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [year, month, day, hour, minute, second, rest @ ..] = numbers.as_slice() else { return None };
    // Years that begin in March, so that the leap day is their last.
    let (year, month) = if *month > 2 { (*year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    Some(seconds * 1000 + rest.first().copied().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        fn check(text: &str, expect: i64) {
            assert_eq!(milliseconds(text), Some(expect), "{text}");
        }
        check("1970-01-01T00:00:00.000Z", 0);
        check("2000-02-28T23:59:59.999Z", 951_782_399_999);
        check("2000-03-01T00:00:00.000Z", 951_868_800_000);
        check("2015-08-30T12:36:00Z", 1_440_938_160_000);
        assert_eq!(milliseconds("yesterday"), None);
    }
}
