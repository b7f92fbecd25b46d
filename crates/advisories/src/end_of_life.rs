//! Distributions whose support has ended: what is found in their packages later, nobody says for them.

use plimsoll_inventory::Distribution;

use crate::Timestamp;

/// The table: a release a line, see its head.
const TABLE: &str = include_str!("../data/end-of-life.txt");

/// The release of a distribution whose support had ended at `now`, as the table names it, and since when.
pub(crate) fn ended(distribution: &Distribution, now: Timestamp) -> Option<(String, Timestamp)> {
    let version = distribution.version_id.as_deref().filter(|version| !version.is_empty())?;
    let id = match distribution.id.as_str() {
        "ubuntu" if distribution.esm => "ubuntu-pro",
        id => id,
    };
    let (release, since) = names(version).find_map(|release| Some((release, last_day(id, release)?)))?;
    (since < now).then(|| (release.to_owned(), since))
}

/// What a table may call a version: itself, its first two numbers, its first.
fn names(version: &str) -> impl Iterator<Item = &str> {
    let ends = version.match_indices('.').map(|(at, _)| at).take(2).collect::<Vec<_>>();
    let shorter = ends.into_iter().rev().map(|end| &version[..end]);
    std::iter::once(version).chain(shorter)
}

fn last_day(id: &str, release: &str) -> Option<Timestamp> {
    rows().find(|row| row[..2] == [id, release]).and_then(|row| end_of_day(row[2]))
}

fn rows() -> impl Iterator<Item = [&'static str; 3]> {
    TABLE.lines().filter_map(|line| {
        let mut fields = line.split('#').next().unwrap_or_default().split_ascii_whitespace();
        Some([fields.next()?, fields.next()?, fields.next()?])
    })
}

fn end_of_day(day: &str) -> Option<Timestamp> {
    format!("{day}T23:59:59Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_row_is_a_release_with_a_day_and_a_source() {
        let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect::<Vec<_>>();
        assert_eq!(rows().count(), lines.len());
        assert_eq!(rows().map(|row| [row[0], row[1]]).collect::<BTreeSet<_>>().len(), lines.len(), "twice");
        for line in lines {
            assert_eq!(line.split_once(" # ").map(|(row, _)| row.split(' ').count()), Some(3), "{line}");
        }
        for [id, release, day] in rows() {
            assert!(end_of_day(day).is_some(), "{id} {release} {day}");
        }
    }

    #[test]
    fn support_ends_with_the_day() {
        let check = |id: &str, version: &str, esm, now: &str, expect: Option<&str>| {
            let distribution =
                Distribution { id: id.into(), version_id: Some(version.into()), esm, ..Distribution::default() };
            let found = ended(&distribution, now.parse().unwrap());
            assert_eq!(found.map(|(release, _)| release).as_deref(), expect, "{id} {version} {now}");
        };
        check("debian", "10", false, "2024-06-30T23:00:00Z", None);
        check("debian", "10", false, "2024-07-01T00:00:00Z", Some("10"));
        check("debian", "10.13", false, "2024-07-01T00:00:00Z", Some("10"));
        check("debian", "14", false, "2099-01-01T00:00:00Z", None);
        check("alpine", "3.18.4", false, "2025-06-01T00:00:00Z", Some("3.18"));
        check("alpine", "3.1", false, "2025-06-01T00:00:00Z", None);
        check("ubuntu", "18.04", false, "2024-01-01T00:00:00Z", Some("18.04"));
        check("ubuntu", "18.04", true, "2024-01-01T00:00:00Z", None);
        check("centos", "7", false, "2026-01-01T00:00:00Z", Some("7"));
        check("amzn", "2", false, "2026-07-01T00:00:00Z", Some("2"));
        check("debian", "", false, "2099-01-01T00:00:00Z", None);
        check("plan9", "4", false, "2099-01-01T00:00:00Z", None);
    }
}
