use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::record::Affected;
use crate::version::Comparator;
use crate::{IndexBuilder, Limits, Timestamp};

const TIME: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

fn record(value: &Value) -> Record {
    let mut value = value.clone();
    if value.get("modified").is_none() {
        value["modified"] = "2024-01-01T00:00:00Z".into();
    }
    Record::parse(value.to_string().as_bytes(), &Limits::default()).unwrap()
}

fn build(records: &[Value]) -> Vec<u8> {
    let mut builder = IndexBuilder::new();
    let feed = builder.feed("npm", "a test", TIME);
    for value in records {
        builder.add(&record(value), Some(feed)).unwrap();
    }
    builder.build(TIME).unwrap()
}

fn entry(ecosystem: &str, name: &str) -> Value {
    json!({"package": {"ecosystem": ecosystem, "name": name}, "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]})
}

fn ids(index: &Index<Vec<u8>>, ecosystem: &str, name: &str) -> Vec<String> {
    let view = index.view();
    let postings = view.postings(ecosystem, name).unwrap();
    postings.map(|posting| view.head(posting.record).unwrap().id.to_owned()).collect()
}

#[test]
fn finds_by_ecosystem_and_normal_name() {
    let index = Index::open(build(&[
        json!({"id": "B", "affected": [entry("PyPI", "Zope.Interface"), entry("npm", "Zope")]}),
        json!({"id": "A", "affected": [entry("PyPI", "zope-interface"), entry("PyPI", "zope_interface")]}),
        json!({"id": "C", "affected": [entry("Debian:12", "zlib")]}),
    ]))
    .unwrap();
    let check =
        |ecosystem, name, expect: &[&str]| assert_eq!(ids(&index, ecosystem, name), expect, "{ecosystem} {name}");
    check("PyPI", "zope-interface", &["A", "A", "B"]);
    check("npm", "Zope", &["B"]);
    check("npm", "zope", &[]);
    check("Debian:12", "zlib", &["C"]);
    check("Debian:11", "zlib", &[]);
    check("Debian", "zlib", &[]);
    check("", "", &[]);
    index.verify().unwrap();
}

#[test]
fn an_empty_index_answers() {
    let index = Index::open(IndexBuilder::new().build(TIME).unwrap()).unwrap();
    assert_eq!(ids(&index, "npm", "a"), [""; 0]);
    assert_eq!((index.info().records, index.info().built_at, index.records().count()), (0, TIME, 0));
    assert!(!index.covers("npm", None));
}

#[test]
fn says_what_it_covers() {
    let index = Index::open(build(&[
        json!({"id": "A", "affected": [entry("Debian:12", "a"), entry("Ubuntu:22.04:LTS", "a"), entry("npm", "a")]}),
        json!({"id": "B", "affected": [entry("Debian:12", "b")]}),
    ]))
    .unwrap();
    let check =
        |ecosystem, release, expect| assert_eq!(index.covers(ecosystem, release), expect, "{ecosystem} {release:?}");
    check("Debian", Some("12"), true);
    check("Debian", None, true);
    check("Debian", Some("1"), false);
    check("Ubuntu", Some("22.04"), true);
    check("Ubuntu", Some("22"), false);
    check("npm", None, true);
    check("PyPI", None, false);
    let ecosystems = index.info().ecosystems.iter().map(|known| (known.ecosystem.as_str(), known.entries));
    assert_eq!(ecosystems.collect::<Vec<_>>(), [("Debian:12", 2), ("Ubuntu:22.04:LTS", 1), ("npm", 1)]);
}

#[test]
fn keeps_the_newest_of_a_record_and_all_its_feeds() {
    let version = |day: u32, summary: &str| {
        record(
            &json!({"id": "A", "summary": summary, "modified": format!("2024-01-0{day}T00:00:00Z"), "affected": [entry("npm", summary)]}),
        )
    };
    let mut builder = IndexBuilder::new();
    let npm = builder.feed("npm", "first", TIME);
    let pypi = builder.feed("PyPI", "second", TIME);
    assert_eq!(builder.feed("npm", "again", TIME), npm);
    builder.refused(npm, 2);
    builder.add(&version(1, "old"), Some(npm)).unwrap();
    builder.add(&version(3, "new"), Some(pypi)).unwrap();
    builder.add(&version(2, "late"), Some(npm)).unwrap();
    assert_eq!(builder.len(), 1);
    let index = Index::open(builder.build(TIME).unwrap()).unwrap();
    assert_eq!((ids(&index, "npm", "new"), ids(&index, "npm", "old")), (vec!["A".to_owned()], vec![]));
    let feeds =
        index.info().feeds.iter().map(|feed| (feed.feed.as_str(), feed.source.as_str(), feed.records, feed.refused));
    assert_eq!(feeds.collect::<Vec<_>>(), [("npm", "first", 1, 2), ("PyPI", "second", 1, 0)]);
    assert_eq!(index.info().refused, 2);
    assert_eq!(index.info().feeds[0].newest_modified, "2024-01-03T00:00:00Z".parse().ok());
    let (_, feeds) = index.records().next().unwrap().unwrap();
    assert_eq!(feeds, ["npm", "PyPI"]);
}

fn rich_records() -> Vec<Value> {
    vec![
        json!({
            "id": "B", "published": "2023-01-01T00:00:00Z", "withdrawn": "2024-01-01T00:00:00Z", "aliases": ["CVE-1", "X"],
            "upstream": ["U"], "related": ["R"], "summary": "words", "severity": [{"type": "CVSS_V2", "score": "v"}],
            "database_specific": {"severity": "LOW"},
            "affected": [
                {"package": {"ecosystem": "PyPI", "name": "a"}, "versions": ["1.0", "0.9"],
                 "severity": [{"type": "Ubuntu", "score": "low"}], "ecosystem_specific": {"severity": "HIGH"},
                 "ranges": [
                    {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0"}]},
                    {"type": "SEMVER", "events": [{"introduced": "2.0.0"}, {"last_affected": "2.1.0"}, {"limit": "3.0.0"}]}]},
                {"package": {"ecosystem": "Android", "name": "b:c"},
                 "ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "z"}, {"introduced": "y"}]}]},
                {"package": {"ecosystem": "npm", "name": "@a/b"}}]
        }),
        json!({"id": "A", "affected": [entry("Debian:12", "zlib")]}),
        json!({"id": "C"}),
    ]
}

#[test]
fn gives_back_what_it_took() {
    let index = Index::open(build(&rich_records())).unwrap();
    let back = index.records().map(|item| item.unwrap().0).collect::<Vec<_>>();
    let mut expect = rich_records().iter().map(record).collect::<Vec<_>>();
    expect.sort_by(|a, b| a.id.cmp(&b.id));
    for (back, expect) in back.iter().zip(&mut expect) {
        // Entries come back in the order of their keys.
        let key = |affected: &Affected| (affected.ecosystem.clone(), affected.name.clone());
        let mut affected = back.affected.clone();
        affected.sort_by_key(key);
        expect.affected.sort_by_key(key);
        assert_eq!(affected, expect.affected);
        assert_eq!(Record { affected: vec![], ..back.clone() }, Record { affected: vec![], ..expect.clone() });
    }
    assert_eq!(back.len(), expect.len());
}

#[test]
fn another_round_changes_nothing() {
    let again = |bytes: Vec<u8>| {
        let index = Index::open(bytes).unwrap();
        let mut builder = IndexBuilder::new();
        let feed = builder.feed("npm", "a test", TIME);
        index.records().for_each(|item| builder.add(&item.unwrap().0, Some(feed)).unwrap());
        builder.build(TIME).unwrap()
    };
    let once = again(build(&rich_records()));
    assert_eq!(
        Index::open(once.clone()).unwrap().info().generation,
        Index::open(again(once)).unwrap().info().generation
    );
}

/// Reads everything there is to read.
fn read_all(index: &Index<Vec<u8>>) -> Result<(), Damaged> {
    index.records().take(10).try_for_each(|item| item.map(drop))?;
    let view = index.view();
    for (ecosystem, name) in [("PyPI", "a"), ("Debian:12", "zlib"), ("npm", "@a/b"), ("Maven", "b:c")] {
        for posting in view.postings(ecosystem, name)?.take(10) {
            posting.ask(&Asked::new("2.0.5", Comparator::Pep440))?;
            posting.ratings()?;
            view.head(posting.record)?;
            for flaw in view.flaws(posting.record)?.take(10) {
                view.group(flaw?)?;
            }
        }
    }
    Ok(())
}

#[test]
fn refuses_what_is_no_index() {
    let check = |bytes: &[u8], expect| assert_eq!(Index::open(bytes.to_vec()).err(), Some(expect));
    let good = build(&rich_records());
    check(b"", IndexError::NotAnIndex);
    check(&[0; 1000], IndexError::NotAnIndex);
    check(&good[..HEADER - 1], IndexError::NotAnIndex);
    check(&good[..HEADER], Damaged.into());
    check(&good[..good.len() - 8], Damaged.into());
    let mut other = good.clone();
    other[7] = 99;
    check(&other, IndexError::OtherFormat);
    let mut other = good.clone();
    other[SECTION_TABLE] ^= 1;
    check(&other, Damaged.into());
    let mut other = good.clone();
    let last = other.len() - 20;
    other[last] ^= 1;
    assert_eq!(Index::open(other).unwrap().verify(), Err(Damaged.into()));
    assert!(read_all(&Index::open(good).unwrap()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn damage_never_panics(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = build(&rich_records());
        for (at, value) in changes {
            let at = HEADER + at.index(bytes.len() - HEADER);
            bytes[at] = value;
        }
        if let Ok(index) = Index::open(bytes) {
            let _ = read_all(&index);
        }
    }

    #[test]
    fn arbitrary_sections_never_panic(sections in prop::collection::vec((0..2_000_u64, 0..2_000_u64), SECTIONS)) {
        let mut bytes = build(&rich_records());
        for (at, (start, length)) in sections.into_iter().enumerate() {
            let row = SECTION_TABLE + at * 16;
            bytes[row..row + 8].copy_from_slice(&start.to_le_bytes());
            bytes[row + 8..row + 16].copy_from_slice(&length.to_le_bytes());
        }
        let checksum = Sha256::digest(&bytes[..CHECKSUM]);
        bytes[CHECKSUM..HEADER].copy_from_slice(&checksum[..8]);
        if let Ok(index) = Index::open(bytes) {
            let _ = read_all(&index);
        }
    }

    #[test]
    fn every_key_is_found(names in prop::collection::btree_set("[a-z]{1,3}", 1..40)) {
        let records = names.iter().map(|name| json!({"id": name, "affected": [entry("npm", name)]})).collect::<Vec<_>>();
        let index = Index::open(build(&records)).unwrap();
        for name in &names {
            prop_assert_eq!(ids(&index, "npm", name), std::slice::from_ref(name));
        }
    }
}
