use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn minimal() -> Value {
    json!({"id": "X-1", "modified": "2024-01-01T00:00:00Z"})
}

fn with(field: &str, value: Value) -> Value {
    let mut record = minimal();
    record[field] = value;
    record
}

fn with_event(events: Value) -> Value {
    let range = json!({"type": "ECOSYSTEM", "events": events});
    with("affected", json!([{"package": {"ecosystem": "PyPI", "name": "a"}, "ranges": [range]}]))
}

fn parse(record: &Value) -> Result<Record, Refusal> {
    Record::parse(record.to_string().as_bytes(), &Limits::default())
}

#[test]
fn reads_what_matching_needs() {
    let record = parse(&json!({
        "schema_version": "1.7.0", "id": "X-1", "modified": "2024-01-02T00:00:00Z", "published": "2024-01-01T00:00:00Z",
        "withdrawn": "2024-01-03T00:00:00Z", "aliases": ["CVE-1", "", "CVE-1"], "upstream": null, "related": ["R-1"],
        "summary": "", "details": "  First\tline \u{1b}[31m\nsecond", "unknown": {"field": [1]},
        "severity": [{"type": "CVSS_V3", "score": "v"}, {"type": "Future", "score": "f"}],
        "database_specific": {"severity": "HIGH", "other": 1},
        "affected": [
            {"package": {"ecosystem": "Debian:12", "name": "zlib", "purl": "p"},
             "ranges": [
                {"type": "GIT", "repo": "r", "events": [{"introduced": "0"}]},
                {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1"}]},
                {"type": "ECOSYSTEM", "events": [{"introduced": "2"}, {"last_affected": "3"}, {"limit": "*"}]}],
             "versions": ["2.5"], "severity": [{"type": "Ubuntu", "score": "low"}],
             "ecosystem_specific": {"urgency": "unimportant"}, "database_specific": "not an object"},
            {"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}
        ]
    }))
    .unwrap();
    let time = |text: &str| text.parse::<Timestamp>().ok();
    assert_eq!(Some(record.modified), time("2024-01-02T00:00:00Z"));
    assert_eq!(record.published, time("2024-01-01T00:00:00Z"));
    assert_eq!(record.withdrawn, time("2024-01-03T00:00:00Z"));
    assert_eq!((record.aliases, record.upstream, record.related), (vec!["CVE-1".into()], vec![], vec!["R-1".into()]));
    assert_eq!(record.summary, "First line  [31m");
    assert_eq!(record.severities, [Rating { kind: RatingKind::CvssV3, value: "v".into() }]);
    assert_eq!(record.word.as_deref(), Some("HIGH"));
    let [affected] = record.affected.as_slice() else { panic!("{:?}", record.affected) };
    assert_eq!((affected.ecosystem.as_str(), affected.name.as_str()), ("Debian:12", "zlib"));
    assert_eq!(affected.word.as_deref(), Some("unimportant"));
    assert_eq!(affected.severities, [Rating { kind: RatingKind::Ubuntu, value: "low".into() }]);
    assert_eq!(affected.versions, ["2.5"]);
    let kinds = affected.ranges.iter().map(|range| range.kind).collect::<Vec<_>>();
    assert_eq!(kinds, [RangeKind::SemVer, RangeKind::Ecosystem]);
    let events = [Event::Introduced("2".into()), Event::LastAffected("3".into()), Event::Limit("*".into())];
    assert_eq!(affected.ranges[1].events, events);
}

#[test]
fn cuts_summaries() {
    let record = parse(&with("summary", "é".repeat(500).into())).unwrap();
    assert_eq!(record.summary.chars().count(), SUMMARY_LENGTH);
}

#[test]
fn refuses_by_rule() {
    let check = |record: Value, expect: &str| assert_eq!(parse(&record).unwrap_err().to_string(), expect);
    let shape = "not an OSV record";
    check(json!([]), shape);
    check(json!({}), shape);
    check(with("id", 7.into()), shape);
    check(with("id", "".into()), "the id is empty or holds characters an id may not have");
    check(with("id", "a b".into()), "the id is empty or holds characters an id may not have");
    check(with("id", "a\u{7}".into()), "the id is empty or holds characters an id may not have");
    check(with("modified", Value::Null), "the modified time is missing");
    check(with("modified", "yesterday".into()), "modified is not an RFC 3339 time");
    check(with("published", "2024".into()), "published is not an RFC 3339 time");
    check(with("withdrawn", "2024".into()), "withdrawn is not an RFC 3339 time");
    check(with("aliases", "CVE-1".into()), shape);
    check(with("affected", json!([{"package": {"name": "a"}}])), "affected[0]: the package's ecosystem is missing");
    let nameless =
        json!([{"package": {"ecosystem": "npm", "name": "a"}}, {"package": {"ecosystem": "npm", "name": " "}}]);
    check(with("affected", nameless), "affected[1]: the package's name is missing");
    let odd = json!([{"package": {"ecosystem": "npm", "name": "a"}, "ranges": [{"type": "LUNAR", "events": []}]}]);
    check(with("affected", odd), "affected[0]: unknown range type \"LUNAR\"");
    let range = |rule: &str| format!("affected[0].ranges[0]: {rule}");
    check(with_event(json!([{"introduced": "0", "fixed": "1"}])), &range("an event has 2 keys instead of one"));
    check(with_event(json!([{"introduced": "0"}, {"ended": "1"}])), &range("an event has 0 keys instead of one"));
    check(with_event(json!([{"fixed": "1"}])), &range("no event introduces the flaw"));
    check(with_event(Value::Null), &range("no event introduces the flaw"));
    check(with_event(json!([{"introduced": ""}])), &range("an event's version is empty"));
    let both = json!([{"introduced": "0"}, {"fixed": "1"}, {"last_affected": "2"}]);
    check(with_event(both), &range("fixed and last_affected together"));
    check(with_event(json!([{"introduced": 0}])), shape);
}

#[test]
fn refuses_what_is_too_much() {
    let limits = Limits { bytes: 4_000, affected: 1, ranges: 1, events: 2, versions: 2, ids: 2, text: 20 };
    let check = |record: Value, what: &str| {
        let refusal = Record::parse(record.to_string().as_bytes(), &limits).unwrap_err();
        assert!(matches!(refusal, Refusal::TooLarge { what: found, .. } if found == what), "{refusal}");
    };
    let package = json!({"ecosystem": "npm", "name": "a"});
    let range = json!({"type": "SEMVER", "events": [{"introduced": "0"}]});
    check(with("details", "x".repeat(5_000).into()), "bytes");
    check(with("aliases", json!(["a", "b", "c"])), "ids");
    check(with("affected", json!([{"package": package}, {"package": package}])), "affected packages");
    check(with("affected", json!([{"package": package, "ranges": [range, range]}])), "ranges");
    check(with("affected", json!([{"package": package, "versions": ["1", "2", "3"]}])), "versions");
    check(with_event(json!([{"introduced": "0"}, {"introduced": "1"}, {"introduced": "2"}])), "events");
    let long = "x".repeat(21);
    let text = "bytes in an id, name, version or vector";
    check(with("id", long.clone().into()), text);
    check(with("aliases", json!([long])), text);
    check(with("severity", json!([{"type": "CVSS_V3", "score": long}])), text);
    check(with("affected", json!([{"package": package, "versions": [long]}])), text);
    check(with_event(json!([{"introduced": long}])), text);
    assert!(Record::parse(minimal().to_string().as_bytes(), &limits).is_ok());
}

#[test]
fn depth_is_bounded() {
    let deep = |field: &str| {
        let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
        let json = format!(r#"{{"id":"X","modified":"2024-01-01T00:00:00Z","{field}":{open}1{close}}}"#);
        Record::parse(json.as_bytes(), &Limits::default())
    };
    assert!(matches!(deep("database_specific"), Err(Refusal::Shape(_))));
    assert!(deep("unread").is_ok(), "what is not read is skipped, however deep");
}

proptest! {
    #[test]
    fn outside_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Record::parse(&bytes, &Limits::default());
    }
}
