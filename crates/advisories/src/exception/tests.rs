use std::error::Error;
use std::time::{Duration, UNIX_EPOCH};

use plimsoll_inventory::{InstalledPackage, Inventory, Package, PackageKind};
use plimsoll_oci::{Digest, RepositoryName};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Index, IndexBuilder, Judgement, Limits, Record, Suppression, judge};

const NOW: &str = "2026-01-10T00:00:00Z";

fn exception(scope: &Value) -> Value {
    let mut exception = json!({"owner": "Team A", "reason": "Only tests use it.", "expires": "2026-02-01T00:00:00Z"});
    exception.as_object_mut().unwrap().extend(scope.as_object().unwrap().clone());
    exception
}

fn document(exceptions: &[Value]) -> Vec<u8> {
    json!({ "exceptions": exceptions }).to_string().into_bytes()
}

fn digest() -> Digest {
    Digest::sha256(b"image")
}

/// What is wrong with an image of the npm package `p`, of which two records tell; the second says it was made to do harm.
fn judged() -> Judgement {
    let mut builder = IndexBuilder::new();
    for (id, aliases) in [("GHSA-a", vec!["CVE-2025-1"]), ("MAL-2025-1", vec![])] {
        let affected = json!([{"package": {"ecosystem": "npm", "name": "p"}, "ranges": [
            {"type": "SEMVER", "events": [{"introduced": "0"}]}
        ]}]);
        let record = json!({"id": id, "aliases": aliases, "modified": NOW, "affected": affected});
        builder.add(&Record::parse(record.to_string().as_bytes(), &Limits::default()).unwrap(), None).unwrap();
    }
    let index = Index::open(builder.build(Timestamp::from_unix_seconds(0)).unwrap()).unwrap();
    let package = Package::new(PackageKind::Npm, "p", "1.0.0");
    let installed = InstalledPackage { package, path: "p/package.json".into(), layer: 0, owner: None };
    let inventory = Inventory { packages: vec![installed], ..Inventory::default() };
    judge(Some(&index), &inventory, UNIX_EPOCH + Duration::from_hours(480_000))
}

/// What is suppressed for these exceptions at a time.
fn suppressed(exceptions_of: &[Value], now: &str) -> Vec<(String, Suppression)> {
    let mut all = Exceptions::default();
    all.add(exceptions(&document(exceptions_of)).unwrap());
    let mut judgement = judged();
    let before = judgement.findings.len();
    let (repository, digest): (RepositoryName, _) = ("team/app".parse().unwrap(), digest());
    let indexes = [Digest::sha256(b"index")];
    let image = ExceptedImage { repository: Some(&repository), digest: Some(&digest), indexes: &indexes };
    all.apply(&mut judgement, None, image, now.parse().unwrap());
    assert_eq!(judgement.findings.len() + judgement.suppressed.len(), before, "nothing gets lost");
    judgement.suppressed.into_iter().map(|suppressed| (suppressed.finding.id, suppressed.reason)).collect()
}

#[test]
fn scopes() {
    fn check(scope: &Value, expect: &[&str]) {
        let found = suppressed(&[exception(scope)], NOW);
        assert_eq!(found.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), expect, "{scope}");
    }
    assert_eq!(judged().findings.len(), 2);
    check(&json!({"vulnerability": "CVE-2025-1"}), &["CVE-2025-1"]);
    check(&json!({"vulnerability": " ghsa-A"}), &["CVE-2025-1"]);
    check(&json!({"vulnerability": "CVE-2025-2"}), &[]);
    check(&json!({"repository": "team/*"}), &["CVE-2025-1"]);
    check(&json!({"repository": "team"}), &[]);
    check(&json!({"image": digest().to_string()}), &["CVE-2025-1"]);
    check(&json!({"image": Digest::sha256(b"index").to_string()}), &["CVE-2025-1"]);
    check(&json!({"image": Digest::sha256(b"other").to_string()}), &[]);
    check(&json!({"package": "pkg:npm/p"}), &["CVE-2025-1"]);
    check(&json!({"package": "pkg:npm/p@1.0.0"}), &["CVE-2025-1"]);
    check(&json!({"package": "pkg:npm/p@2.0.0"}), &[]);
    check(&json!({"package": "pkg:npm/q"}), &[]);
    // All that is given must be so.
    let all = json!({
        "repository": "*/app", "image": digest().to_string(), "package": "pkg:npm/p", "vulnerability": "CVE-2025-1"
    });
    check(&all, &["CVE-2025-1"]);
    for (field, other) in [("repository", "other/*"), ("package", "pkg:npm/q"), ("vulnerability", "CVE-2025-2")] {
        let mut changed = all.clone();
        changed[field] = other.into();
        check(&changed, &[]);
    }
    // What was made to do harm has to be named.
    check(&json!({"vulnerability": "MAL-2025-1"}), &["MAL-2025-1"]);
    check(&json!({"vulnerability": "MAL-2025-1", "package": "pkg:npm/q"}), &[]);
}

#[test]
fn an_image_without_a_name_is_in_no_repository() {
    let mut all = Exceptions::default();
    let scopes = [json!({"repository": "*"}), json!({"image": digest().to_string()})];
    all.add(exceptions(&document(&scopes.map(|scope| exception(&scope)))).unwrap());
    let mut judgement = judged();
    all.apply(&mut judgement, None, ExceptedImage::default(), NOW.parse().unwrap());
    assert_eq!((judgement.findings.len(), judgement.suppressed.len()), (2, 0));
}

#[test]
fn exceptions_end_by_themselves() {
    let until = |expires: &str, owner: &str| {
        let mut exception = exception(&json!({"vulnerability": "CVE-2025-1"}));
        (exception["expires"], exception["owner"]) = (expires.into(), owner.into());
        exception
    };
    let check = |exceptions_of: &[Value], now: &str, owner: Option<&str>| {
        let found = suppressed(exceptions_of, now);
        let owners = found.iter().map(|(_, reason)| match reason {
            Suppression::Exception { owner, .. } => owner.as_str(),
            other => panic!("{other}"),
        });
        assert_eq!(owners.collect::<Vec<_>>(), owner.into_iter().collect::<Vec<_>>(), "{now}");
    };
    let one = [until("2026-02-01T00:00:00Z", "a")];
    check(&one, "2026-01-31T23:59:59Z", Some("a"));
    check(&one, "2026-02-01T00:00:00Z", None);
    // The one that holds longest speaks.
    let two = [
        until("2026-02-01T00:00:00Z", "a"),
        until("2026-03-01T01:00:00+01:00", "b"),
        until("2026-02-01T00:00:00Z", "c"),
    ];
    check(&two, NOW, Some("b"));
    check(&two, "2026-03-01T00:00:00Z", None);
    check(&[two.as_slice(), &[until("never", "d")]].concat(), NOW, Some("d"));
    check(&[until("never", "d")], "9999-01-01T00:00:00Z", Some("d"));

    let mut all = Exceptions::default();
    all.add(exceptions(&document(&two)).unwrap());
    let last = |now: &str| all.last_end(now.parse().unwrap()).map(|end| end.to_string());
    assert_eq!(last("2026-01-31T23:59:59Z"), None);
    assert_eq!(last("2026-02-01T00:00:00Z").as_deref(), Some("2026-02-01T00:00:00Z"));
    assert_eq!(last("2026-02-28T23:59:59Z").as_deref(), Some("2026-02-01T00:00:00Z"));
    assert_eq!(last("2027-01-01T00:00:00Z").as_deref(), Some("2026-03-01T00:00:00Z"));
}

#[test]
fn reasons_say_who_answers_until_when() {
    let check = |more: &Value, expect: &str| {
        let mut exception = exception(&json!({"vulnerability": "CVE-2025-1"}));
        exception.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let reason = &suppressed(&[exception], NOW)[0].1;
        assert_eq!((reason.word(), reason.to_string().as_str()), ("exception", expect));
    };
    check(&json!({}), "Team A answers for it until 2026-02-01T00:00:00Z: Only tests use it.");
    let more = json!({"expires": "never", "ticket": "SEC-1"});
    check(&more, "Team A answers for it without an end (SEC-1): Only tests use it.");
}

#[test]
fn bad_documents_are_refused() {
    fn check(document: &[u8], expect: &str) {
        let error = exceptions(document).unwrap_err();
        let said = error.source().map_or(error.to_string(), |source| format!("{error}: {source}"));
        assert!(said.contains(expect), "{said:?}");
    }
    fn changed(field: &str, value: Value, expect: &str) {
        let mut exception = exception(&json!({"vulnerability": "CVE-2025-1"}));
        match value {
            Value::Null => drop(exception.as_object_mut().unwrap().remove(field).unwrap()),
            value => exception[field] = value,
        }
        check(&document(&[exception]), expect);
    }
    check(b"", "it is not a document of exceptions: EOF");
    check(b"[]", "it is not a document of exceptions");
    check(b"{}", "missing field `exceptions`");
    check(b"{\"exceptions\": [], \"more\": 1}", "unknown field `more`");
    check("[".repeat(100_000).as_bytes(), "it is not a document");
    for field in ["owner", "reason", "expires"] {
        changed(field, Value::Null, &format!("missing field `{field}`"));
        changed(field, json!(1), "expected a string");
    }
    changed("owner", json!(" "), "exceptions[0].owner: it is empty");
    changed("owner", json!("a".repeat(257)), "exceptions[0].owner: it has more than 256 bytes");
    changed("reason", json!("a\u{1b}[31m"), "exceptions[0].reason: it has line breaks or other control");
    changed("reason", json!("a".repeat(4097)), "exceptions[0].reason: it has more than 4,096 bytes");
    changed("ticket", json!(""), "exceptions[0].ticket: it is empty");
    changed("repository", json!("Team/*"), "exceptions[0].repository: it is not a pattern");
    changed("image", json!("latest"), "exceptions[0].image: it is not the digest");
    changed("package", json!("lodash"), "exceptions[0].package: it is not a package URL");
    changed("package", json!("pkg:npm/p#part"), "exceptions[0].package: it is not a package URL of a whole");
    changed("vulnerability", Value::Null, "exceptions[0].vulnerability: it has no scope");
    changed("vulnerability", json!(""), "exceptions[0].vulnerability: it is empty");
    changed("expires", json!("2026-02-30T00:00:00Z"), "exceptions[0].expires: it is neither");
    changed("expires", json!("tomorrow"), "exceptions[0].expires: it is neither");
    changed("cve", json!("CVE-2025-1"), "unknown field `cve`");
    let one = exception(&json!({"vulnerability": "CVE-2025-1"}));
    check(&document(&vec![one; MAX_EXCEPTIONS + 1]), "exceptions: there are more than 10,000");
    check(&vec![b' '; (16 << 20) + 1], "the document: it has more than 16 MiB");
}

#[test]
fn documents_read_back_as_they_are_written() {
    let mut full = exception(&json!({
        "id": "0123", "ticket": "SEC-1", "repository": "team/*", "image": digest().to_string(), "package": "pkg:npm/p",
        "vulnerability": "CVE-2025-1", "addedBy": "arn:aws:iam::1:user/a", "addedAt": NOW,
    }));
    let read: ExceptionDocument = serde_json::from_value(full.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), full);
    full["expires"] = "never".into();
    assert_eq!(exceptions(&document(&[full])).unwrap()[0].expires, None);
}

proptest! {
    #[test]
    fn documents_never_panic(at in 0_usize..400, byte in any::<u8>()) {
        let mut bytes = document(&[exception(&json!({"package": "pkg:npm/p", "repository": "a*"}))]);
        let at = at % bytes.len();
        bytes[at] = byte;
        let _ = exceptions(&bytes);
    }
}
