//! Distributions whose support has ended: what is found in their packages later, nobody says for them.

use plimsoll_inventory::Distribution;

use crate::Timestamp;

/// The table that is built in: a release a line, see its head.
const TABLE: &str = include_str!("../data/end-of-life.txt");
/// How many releases a table may name.
pub(crate) const MAX_ROWS: usize = 10_000;

/// That the support of a distribution's release ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EndOfLife {
    /// The distribution's `ID`; `ubuntu-pro` for images with Ubuntu Pro.
    pub id: String,
    /// The release, as `VERSION_ID` has it or begins.
    pub release: String,
    /// The end of the last day with updates for everybody.
    pub last_day: Timestamp,
}

/// The date of the table that counts for distributions whose ends no feed tells.
pub fn built_in_end_of_life() -> Option<Timestamp> {
    date(TABLE)
}

/// The release of a distribution whose support had ended at `now`, as the table names it, and since when. Of a distribution that
/// `told` names, the table that is built in says nothing.
pub(crate) fn ended(distribution: &Distribution, told: &[EndOfLife], now: Timestamp) -> Option<(String, Timestamp)> {
    let version = distribution.version_id.as_deref().filter(|version| !version.is_empty())?;
    let id = match distribution.id.as_str() {
        "ubuntu" if distribution.esm => "ubuntu-pro",
        id => id,
    };
    let is_told = told.iter().any(|row| row.id == id);
    let last_day = |release: &str| {
        let of_feed = told.iter().find(|row| row.id == id && row.release == release).map(|row| row.last_day);
        let built_in = || rows().find(|row| row[..2] == [id, release]).and_then(|row| end_of_day(row[2]));
        if is_told { of_feed } else { built_in() }
    };
    let (release, since) = names(version).find_map(|release| Some((release, last_day(release)?)))?;
    (since < now).then(|| (release.to_owned(), since))
}

/// What a table may call a version: itself, its first two numbers, its first.
fn names(version: &str) -> impl Iterator<Item = &str> {
    let ends = version.match_indices('.').map(|(at, _)| at).take(2).collect::<Vec<_>>();
    let shorter = ends.into_iter().rev().map(|end| &version[..end]);
    std::iter::once(version).chain(shorter)
}

fn rows() -> impl Iterator<Item = [&'static str; 3]> {
    lines(TABLE).filter_map(|line| {
        let mut fields = line.split_ascii_whitespace();
        Some([fields.next()?, fields.next()?, fields.next()?])
    })
}

/// The lines of a table that name a release, without remarks.
pub(crate) fn lines(table: &str) -> impl Iterator<Item = &str> {
    let lines = table.lines().map(|line| line.split('#').next().unwrap_or_default().trim_ascii());
    lines.filter(|line| !line.is_empty() && day_of(line).is_none())
}

/// The date that a table has: that of its line `date 2026-11-21`.
pub(crate) fn date(table: &str) -> Option<Timestamp> {
    table.lines().find_map(day_of)
}

fn day_of(line: &str) -> Option<Timestamp> {
    let day = line.strip_prefix("date ")?.trim_ascii();
    format!("{day}T00:00:00Z").parse().ok()
}

/// The end of a day such as `2024-01-31`.
pub(crate) fn end_of_day(day: &str) -> Option<Timestamp> {
    format!("{day}T23:59:59Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_is_a_release_with_a_day_and_a_source() {
        let is_row = |line: &&str| !line.is_empty() && !line.starts_with('#') && !line.starts_with("date ");
        let lines = TABLE.lines().filter(is_row).collect::<Vec<_>>();
        assert_eq!(rows().count(), lines.len());
        assert_eq!(rows().map(|row| [row[0], row[1]]).collect::<BTreeSet<_>>().len(), lines.len(), "twice");
        for line in lines {
            assert_eq!(line.split_once(" # ").map(|(row, _)| row.split(' ').count()), Some(3), "{line}");
        }
        assert!(built_in_end_of_life().is_some());
        for [id, release, day] in rows() {
            assert!(end_of_day(day).is_some(), "{id} {release} {day}");
        }
    }

    #[test]
    fn support_ends_with_the_day() {
        let check = |id: &str, version: &str, esm, now: &str, expect: Option<&str>| {
            let distribution =
                Distribution { id: id.into(), version_id: Some(version.into()), esm, ..Distribution::default() };
            let found = ended(&distribution, &[], now.parse().unwrap());
            assert_eq!(found.map(|(release, _)| release).as_deref(), expect, "{id} {version} {now}");
        };
        check("debian", "10", false, "2024-06-30T23:00:00Z", None);
        check("debian", "10", false, "2024-07-01T00:00:00Z", Some("10"));
        check("debian", "10.13", false, "2024-07-01T00:00:00Z", Some("10"));
        check("debian", "14", false, "2099-01-01T00:00:00Z", None);
        check("alpine", "3.18.4", false, "2025-06-01T00:00:00Z", Some("3.18"));
        check("alpine", "3.1", false, "2025-06-01T00:00:00Z", Some("3.1"));
        check("alpine", "3.9.6", false, "2020-11-01T12:00:00Z", None);
        check("ubuntu", "18.04", false, "2024-01-01T00:00:00Z", Some("18.04"));
        check("ubuntu", "18.04", true, "2024-01-01T00:00:00Z", None);
        check("centos", "7", false, "2026-01-01T00:00:00Z", Some("7"));
        check("amzn", "2", false, "2026-07-01T00:00:00Z", Some("2"));
        check("debian", "", false, "2099-01-01T00:00:00Z", None);
        check("plan9", "4", false, "2099-01-01T00:00:00Z", None);
    }

    #[test]
    fn a_feed_tells_of_whole_distributions() {
        let row = |id: &str, release: &str, day| EndOfLife {
            id: id.into(),
            release: release.into(),
            last_day: end_of_day(day).unwrap(),
        };
        let told =
            [row("debian", "10", "2020-01-01"), row("debian", "99", "2020-01-01"), row("hannah", "1", "2020-01-01")];
        let check = |id: &str, version: &str, expect: Option<&str>| {
            let distribution =
                Distribution { id: id.into(), version_id: Some(version.into()), ..Distribution::default() };
            let found = ended(&distribution, &told, "2020-01-02T00:00:00Z".parse().unwrap());
            assert_eq!(found.map(|(release, _)| release).as_deref(), expect, "{id} {version}");
        };
        check("debian", "10.1", Some("10"));
        check("debian", "99", Some("99"));
        check("debian", "7", None);
        check("hannah", "1.7", Some("1"));
        check("ubuntu", "14.04", Some("14.04"));
    }
}
