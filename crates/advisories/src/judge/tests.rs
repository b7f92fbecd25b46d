mod rows;
mod states;

use std::time::{Duration, UNIX_EPOCH};

use plimsoll_inventory::{Distribution, InstalledPackage, Package, SourcePackage, Unreadable};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Absence, Explained, IndexBuilder, Limits, Record, Severity, Suppression, Timestamp, WhyNot};

const CRITICAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const HIGH: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";
const LOW: &str = "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N";

fn index(records: &[Value]) -> Index<Vec<u8>> {
    let mut builder = IndexBuilder::new();
    for value in records {
        let mut value = value.clone();
        if value.get("modified").is_none() {
            value["modified"] = "2024-01-01T00:00:00Z".into();
        }
        let record = Record::parse(value.to_string().as_bytes(), &Limits::default()).unwrap();
        builder.add(&record, None).unwrap();
    }
    Index::open(builder.build(Timestamp::from_unix_seconds(0)).unwrap()).unwrap()
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_hours(480_000)
}

fn package(kind: PackageKind, name: &str, version: &str) -> InstalledPackage {
    let package = Package::new(kind, name, version);
    InstalledPackage { package, path: "records".into(), layer: 0, owner: None }
}

fn inventory(packages: Vec<InstalledPackage>) -> Inventory {
    Inventory { packages, ..Inventory::default() }
}

fn distribution(id: &str, version: &str) -> Distribution {
    Distribution { id: id.into(), version_id: Some(version.into()), ..Distribution::default() }
}

fn of_ranges(ecosystem: &str, name: &str, ranges: Value) -> Value {
    json!({"package": {"ecosystem": ecosystem, "name": name}, "ranges": ranges})
}

fn events(ecosystem: &str, name: &str, events: Value) -> Value {
    of_ranges(ecosystem, name, json!([{"type": "ECOSYSTEM", "events": events}]))
}

/// A record on `npm`'s package `p` with these ranges and versions.
fn npm(id: &str, ranges: Value, versions: Value) -> Value {
    json!({"id": id, "affected": [{"package": {"ecosystem": "npm", "name": "p"}, "ranges": ranges, "versions": versions}]})
}

fn judged(records: &[Value], inventory: &Inventory) -> Judgement {
    judge(Some(&index(records)), inventory, now())
}

/// `*` for affected, `?` for undetermined, `-` for neither, for each version.
fn answers(records: &[Value], kind: PackageKind, name: &str, image: Option<Distribution>, versions: &[&str]) -> String {
    let index = index(records);
    let answer = |version: &&str| {
        let packages = vec![package(kind, name, version)];
        let inventory = Inventory { distribution: image.clone(), packages, ..Inventory::default() };
        let judgement = judge(Some(&index), &inventory, now());
        assert!(judgement.findings.len() <= 1, "{:?}", judgement.findings);
        let undetermined = |reason: &UnknownReason| matches!(reason, UnknownReason::UndeterminedVersion { .. });
        assert_eq!(
            judgement.unknown.iter().any(undetermined),
            judgement.findings.iter().any(|finding| finding.status == Status::Undetermined)
        );
        match judgement.findings.first().map(|finding| finding.status) {
            Some(Status::Affected) => '*',
            Some(Status::Undetermined) => '?',
            None => '-',
        }
    };
    versions.iter().map(answer).collect()
}

#[test]
fn ranges_and_versions() {
    let check = |ranges: Value, versions: Value, installed: &str, expect: &str| {
        let installed = installed.split(' ').collect::<Vec<_>>();
        let found = answers(&[npm("A", ranges.clone(), versions)], PackageKind::Npm, "p", None, &installed);
        assert_eq!(found, expect, "{ranges}");
    };
    let semver = |events: Value| json!([{"type": "SEMVER", "events": events}]);
    let fixed = semver(json!([{"introduced": "1.0.0"}, {"fixed": "1.5.0"}]));
    check(fixed.clone(), json!([]), "0.9.0 1.0.0 1.4.9 1.5.0-rc.1 1.5.0 2.0.0", "-***--");
    check(semver(json!([{"introduced": "0"}, {"fixed": "1.0.0"}])), json!([]), "0.0.0-0 0 0.9 1", "***-");
    check(semver(json!([{"introduced": "0"}])), json!([]), "0 99 1.0.0-a", "***");
    check(semver(json!([{"introduced": "1"}, {"last_affected": "2"}])), json!([]), "0.9 1 2 2.0.1", "-**-");
    check(semver(json!([{"introduced": "1"}, {"fixed": "2"}])), json!(["3.0.0"]), "1.5 2.5 3.0.0 3.0", "*-*-");
    check(json!([]), json!(["1.0.0", "1.0.2"]), "1.0.0 1.0.1 1.0.2", "*-*");
    check(json!([]), json!([]), "1.0.0", "-");
    // Unsorted, several intervals.
    let unsorted = json!([{"fixed": "3.1"}, {"introduced": "2"}, {"fixed": "1.1"}, {"introduced": "3"}, {"fixed": "2.1"}, {"introduced": "1"}]);
    check(semver(unsorted), json!([]), "0.9 1 1.1 2 2.1 3 3.1", "-*-*-*-");
    // Limits: below any of them.
    check(semver(json!([{"introduced": "1"}, {"limit": "2"}])), json!([]), "0.9 1 1.9 2 3", "-**--");
    check(semver(json!([{"introduced": "1"}, {"limit": "2"}, {"limit": "4"}])), json!([]), "1 3 4", "**-");
    check(semver(json!([{"introduced": "1"}, {"limit": "*"}])), json!([]), "1 99", "**");
    // One version both fixes and introduces, in either order.
    let touching = json!([{"introduced": "0"}, {"fixed": "2"}, {"introduced": "2"}, {"fixed": "3"}]);
    check(semver(touching), json!([]), "1 2 2.5 3", "***-");
    let touching = json!([{"introduced": "2"}, {"fixed": "3"}, {"introduced": "0"}, {"fixed": "2"}]);
    check(semver(touching), json!([]), "1 2 2.5 3", "***-");
    check(semver(json!([{"introduced": "1"}, {"fixed": "1"}])), json!([]), "0 1 2", "---");
    check(semver(json!([{"introduced": "1"}, {"last_affected": "1"}])), json!([]), "0.9 1 1.1", "-*-");
    let overlapping = json!([{"introduced": "0"}, {"last_affected": "2"}, {"introduced": "2"}, {"last_affected": "3"}]);
    check(semver(overlapping), json!([]), "1 2 2.5 3 3.1", "****-");
    check(
        semver(json!([{"introduced": "1"}, {"introduced": "2"}, {"fixed": "3"}, {"fixed": "4"}])),
        json!([]),
        "1 3 3.5",
        "*--",
    );
    // A commit range does not hide the ranges after it.
    let git = json!({"type": "GIT", "repo": "r", "events": [{"introduced": "0"}, {"fixed": "abc"}]});
    let mut ranges = fixed;
    ranges.as_array_mut().unwrap().insert(0, git.clone());
    check(ranges, json!([]), "0.9.0 1.2.0 1.5.0", "-*-");
    check(json!([git]), json!([]), "1.2.0", "-");
}

#[test]
fn what_cannot_be_compared_is_undetermined() {
    let check = |ranges: Value, versions: Value, installed: &[&str], expect: &str| {
        let found = answers(&[npm("A", ranges.clone(), versions)], PackageKind::Npm, "p", None, installed);
        assert_eq!(found, expect, "{ranges}");
    };
    let range = |events: Value| json!([{"type": "SEMVER", "events": events}]);
    check(range(json!([{"introduced": "0"}, {"fixed": "1"}])), json!([]), &["", "latest", "0.1"], "??*");
    check(range(json!([{"introduced": "1"}])), json!([]), &["", "latest"], "??");
    check(json!([]), json!(["odd", "1.0.0"]), &["odd", "other", "", "2.0.0"], "*??-");
    check(range(json!([{"introduced": "0"}, {"fixed": "oops"}])), json!([]), &["1.0.0"], "?");
    check(range(json!([{"introduced": "0"}, {"fixed": "oops"}])), json!(["1.0.0"]), &["1.0.0", "2.0.0"], "*?");
    // Where every version is affected, the version does not matter.
    check(range(json!([{"introduced": "0"}])), json!([]), &["", "latest"], "**");
    // Another range decides.
    let second = json!([
        {"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "oops"}]},
        {"type": "SEMVER", "events": [{"introduced": "1"}]}
    ]);
    check(second, json!([]), &["0.5.0", "1.5.0"], "?*");
}

#[test]
fn every_ecosystem_goes_by_its_own_order() {
    let check = |ecosystem: &str, kind, image: Option<Distribution>, fixed: &str, installed: &[&str], expect: &str| {
        let record =
            json!({"id": "A", "affected": [events(ecosystem, "p", json!([{"introduced": "0"}, {"fixed": fixed}]))]});
        assert_eq!(answers(&[record], kind, "p", image, installed), expect, "{ecosystem}");
    };
    let debian = || Some(distribution("debian", "12"));
    let alpine = || Some(distribution("alpine", "3.18.2"));
    check("Debian:12", PackageKind::Deb, debian(), "1.0-2", &["1.0~rc1-3", "1.0-1", "1.0-2", "1:0.5-1"], "**--");
    check("Debian:11", PackageKind::Deb, debian(), "1.0-2", &["1.0-1"], "-");
    check("Debian", PackageKind::Deb, debian(), "1.0-2", &["1.0-1"], "*");
    check("Alpine:v3.18", PackageKind::Apk, alpine(), "1.0-r2", &["1.0_rc1-r3", "1.0-r1", "1.0-r2", "1.0a-r0"], "**--");
    check("Alpine:v3.18", PackageKind::Apk, alpine(), "0", &["1.0-r0", "0", "0_alpha"], "---");
    check("Alpine:v3.1", PackageKind::Apk, alpine(), "1.0-r2", &["1.0-r1"], "-");
    check("Ubuntu:22.04:LTS", PackageKind::Deb, Some(distribution("ubuntu", "22.04")), "2", &["1", "2"], "*-");
    check("Ubuntu:Pro:22.04:LTS", PackageKind::Deb, Some(distribution("ubuntu", "22.04")), "2", &["1"], "-");
    check("Wolfi", PackageKind::Apk, Some(distribution("wolfi", "20230201")), "2-r0", &["1-r0", "2-r0"], "*-");
    check("PyPI", PackageKind::PyPi, None, "1.0", &["1.0.dev1", "1.0rc1", "1.0", "1.0.0", "1.0.post1"], "**---");
}

#[test]
fn python_versions_are_listed_in_any_spelling() {
    let record = json!({"id": "A", "affected": [{"package": {"ecosystem": "PyPI", "name": "P_q"}, "versions": ["1.0.0", "2.0rc1", "odd"]}]});
    let found = answers(&[record], PackageKind::PyPi, "p.Q", None, &["1.0", "v1", "2.0.0-RC.1", "2.0", "1.0.1", "odd"]);
    assert_eq!(found, "***--*");
}

#[test]
fn packages_go_by_their_advisories_name_and_version() {
    let record = |ecosystem: &str| json!({"id": "A", "affected": [events(ecosystem, "src", json!([{"introduced": "0"}, {"fixed": "2"}]))]});
    let check = |ecosystem: &str, kind, image: Distribution, version: &str, source: &str, expect: Option<&str>| {
        let mut binary = package(kind, "bin", version);
        binary.package.source = Some(SourcePackage { name: "src".into(), version: source.into() });
        let inventory = Inventory { distribution: Some(image), packages: vec![binary], ..Inventory::default() };
        let judgement = judged(&[record(ecosystem)], &inventory);
        assert_eq!(judgement.findings.first().map(|finding| finding.installed.as_str()), expect, "{ecosystem}");
    };
    check("Debian:12", PackageKind::Deb, distribution("debian", "12"), "9", "1", Some("1"));
    check("Debian:12", PackageKind::Deb, distribution("debian", "12"), "1", "3", None);
    check("Alpine:v3.18", PackageKind::Apk, distribution("alpine", "3.18.0"), "1", "3", Some("1"));
}

#[test]
fn one_flaw_one_finding() {
    let on_p = |fixed: &str| json!([events("PyPI", "p", json!([{"introduced": "0"}, {"fixed": fixed}]))]);
    let records = [
        json!({"id": "PYSEC-1", "aliases": ["GHSA-x"], "affected": on_p("2"), "summary": "from PyPA"}),
        json!({
            "id": "GHSA-x", "aliases": ["CVE-2020-2"], "affected": on_p("2.1"), "published": "2020-01-02T00:00:00Z",
            "modified": "2024-02-03T00:00:00Z"
        }),
        json!({"id": "GO-1", "aliases": ["CVE-2020-2", "CVE-2020-10"], "affected": [events("Go", "q", json!([{"introduced": "0"}]))]}),
        json!({"id": "GHSA-other", "affected": on_p("3")}),
    ];
    let image = inventory(vec![package(PackageKind::PyPi, "p", "1.0")]);
    let mut orders = vec![records.to_vec(), records.iter().rev().cloned().collect()];
    orders.push([2, 0, 3, 1].map(|at: usize| records[at].clone()).to_vec());
    for records in orders {
        let findings = judged(&records, &image).findings;
        let ids = findings.iter().map(|finding| (finding.id.as_str(), finding.aliases.join(" "))).collect::<Vec<_>>();
        assert_eq!(ids, [("CVE-2020-2", "CVE-2020-10 GHSA-x GO-1 PYSEC-1".into()), ("GHSA-other", String::new())]);
        assert_eq!(findings[0].fixed.as_deref(), Some("2.1"), "2 is still affected by one of them");
        assert_eq!((findings[0].advisory.as_str(), findings[0].summary.as_str()), ("GHSA-x", "from PyPA"));
        assert_eq!(findings[0].published, None, "one of them does not say");
        assert_eq!(findings[0].modified.to_string(), "2024-02-03T00:00:00Z", "the other is older");
    }
}

#[test]
fn a_bundle_is_as_many_findings_as_flaws() {
    let affected = json!([events("Debian:12", "p", json!([{"introduced": "0"}, {"fixed": "2"}]))]);
    let image = Inventory {
        distribution: Some(distribution("debian", "12")),
        packages: vec![package(PackageKind::Deb, "p", "1")],
        ..Inventory::default()
    };
    let check = |record: Value, expect: &[(&str, &str)]| {
        let findings = judged(&[record, json!({"id": "GHSA-1", "aliases": ["CVE-2020-1"]})], &image).findings;
        let found = findings.iter().map(|finding| (finding.id.as_str(), finding.aliases.join(" "))).collect::<Vec<_>>();
        assert_eq!(found, expect.iter().map(|(id, aliases)| (*id, (*aliases).to_owned())).collect::<Vec<_>>());
    };
    let both = [("CVE-2020-1", "DSA-1-1 GHSA-1"), ("CVE-2020-2", "DSA-1-1")];
    check(json!({"id": "DSA-1-1", "upstream": ["CVE-2020-2", "CVE-2020-1"], "affected": affected}), &both);
    check(json!({"id": "DSA-1-1", "aliases": ["CVE-2020-2", "CVE-2020-1"], "affected": affected}), &both);
    check(json!({"id": "DSA-1-1", "related": ["CVE-2020-2", "CVE-2020-1"], "affected": affected}), &both);
    check(json!({"id": "DSA-1-1", "affected": affected}), &[("DSA-1-1", "")]);
    check(json!({"id": "DEBIAN-CVE-2020-1", "affected": affected}), &[("CVE-2020-1", "DEBIAN-CVE-2020-1 GHSA-1")]);
}

fn own_severity(record: &mut Value) {
    record["affected"][0]["severity"] = json!([{"type": "CVSS_V3", "score": LOW}]);
    whole_severity(record);
}

fn whole_severity(record: &mut Value) {
    record["severity"] = json!([{"type": "CVSS_V3", "score": CRITICAL}]);
    severity_word(record);
}

fn severity_word(record: &mut Value) {
    record["database_specific"] = json!({"severity": "MODERATE"});
}

#[test]
fn the_order_of_severity_sources() {
    let check = |change: fn(&mut Value), others: &[Value], expect: (Severity, Option<f64>, Option<&str>)| {
        let mut record = npm("A", json!([{"type": "SEMVER", "events": [{"introduced": "0"}]}]), json!([]));
        record["aliases"] = json!(["CVE-2020-1"]);
        change(&mut record);
        let mut records = others.to_vec();
        records.push(record);
        let finding = judged(&records, &inventory(vec![package(PackageKind::Npm, "p", "1.0.0")])).findings.remove(0);
        assert_eq!((finding.severity, finding.score, finding.severity_source.as_deref()), expect);
        assert_eq!(finding.vector.is_some(), finding.score.is_some());
    };
    let other = |id: &str, vector: &str| {
        json!({"id": id, "aliases": ["CVE-2020-1"], "severity": [{"type": "CVSS_V3", "score": vector}],
               "affected": [events("Go", "q", json!([{"introduced": "0"}]))]})
    };
    let others = [other("GO-1", LOW), other("BIT-1", HIGH)];
    check(own_severity, &others, (Severity::Low, Some(3.1), Some("A CVSS_V3")));
    check(whole_severity, &others, (Severity::Critical, Some(9.8), Some("A CVSS_V3")));
    check(severity_word, &others, (Severity::Medium, None, Some("A severity")));
    check(|_| {}, &others, (Severity::High, Some(7.5), Some("BIT-1 CVSS_V3")));
    check(|_| {}, &[], (Severity::Unknown, None, None));
    let mut withdrawn = others[1].clone();
    withdrawn["withdrawn"] = "2020-01-01T00:00:00Z".into();
    check(|_| {}, &[withdrawn], (Severity::Unknown, None, None));
}

#[test]
fn a_distributions_finding_takes_the_severity_of_the_same_cve() {
    let image = Inventory {
        distribution: Some(distribution("debian", "12")),
        packages: vec![package(PackageKind::Deb, "p", "1")],
        ..Inventory::default()
    };
    let bundle = json!({"id": "DSA-1-1", "upstream": ["CVE-2020-2", "CVE-2020-1"],
        "affected": [events("Debian:12", "p", json!([{"introduced": "0"}, {"fixed": "2"}]))]});
    let python = json!({"id": "PYSEC-1", "aliases": ["CVE-2020-1"], "severity": [{"type": "CVSS_V3", "score": HIGH}],
        "affected": [events("PyPI", "q", json!([{"introduced": "0"}]))]});
    let findings = judged(&[bundle, python], &image).findings;
    let found = findings.iter().map(|finding| (finding.id.as_str(), finding.severity)).collect::<Vec<_>>();
    assert_eq!(found, [("CVE-2020-1", Severity::High), ("CVE-2020-2", Severity::Unknown)]);
}

#[test]
fn withdrawn_from_then_on() {
    let mut record = npm("A", json!([{"type": "SEMVER", "events": [{"introduced": "0"}]}]), json!([]));
    record["withdrawn"] = "2024-01-01T00:00:00Z".into();
    let index = index(&[record]);
    let image = inventory(vec![package(PackageKind::Npm, "p", "1.0.0")]);
    let check = |seconds: u64, expect: usize| {
        let now = UNIX_EPOCH + Duration::from_secs(seconds);
        assert_eq!(judge(Some(&index), &image, now).findings.len(), expect);
    };
    check(1_704_067_199, 1);
    check(1_704_067_200, 0);
}

#[test]
fn malicious_packages_are_critical() {
    let mut record = npm("MAL-2024-1", json!([{"type": "SEMVER", "events": [{"introduced": "0"}]}]), json!([]));
    record["severity"] = json!([{"type": "CVSS_V3", "score": LOW}]);
    let finding = judged(&[record], &inventory(vec![package(PackageKind::Npm, "p", "")])).findings.remove(0);
    assert_eq!((finding.malicious, finding.severity, finding.status), (true, Severity::Critical, Status::Affected));
}

#[test]
fn the_smallest_fix() {
    let check = |affected: Value, installed: &str, expect: Option<&str>| {
        let record = json!({"id": "A", "affected": affected});
        let findings = judged(&[record], &inventory(vec![package(PackageKind::Npm, "p", installed)])).findings;
        assert_eq!(findings[0].fixed.as_deref(), expect, "{affected}");
    };
    let on_p = |list: Value| events("npm", "p", list);
    let branches = on_p(json!([{"introduced": "0"}, {"fixed": "1.0.5"}, {"introduced": "2.0.0"}, {"fixed": "2.0.3"}]));
    check(json!([branches]), "1.0.1", Some("1.0.5"));
    check(json!([branches]), "2.0.1", Some("2.0.3"));
    check(json!([on_p(json!([{"introduced": "0"}, {"last_affected": "1"}]))]), "1.0.0", None);
    check(json!([on_p(json!([{"introduced": "0"}]))]), "1.0.0", None);
    let overlapping = [
        on_p(json!([{"introduced": "0"}, {"fixed": "1.5.0"}])),
        on_p(json!([{"introduced": "1"}, {"fixed": "2.0.0"}])),
    ];
    check(json!(overlapping), "1.0.0", Some("2.0.0"));
    let elsewhere = [
        on_p(json!([{"introduced": "0"}, {"fixed": "1.5.0"}])),
        on_p(json!([{"introduced": "1.5.0"}, {"fixed": "1.6.0"}])),
    ];
    check(json!(elsewhere), "1.0.0", Some("1.6.0"));
    check(
        json!([on_p(json!([{"introduced": "0"}, {"fixed": "1.0.0"}, {"introduced": "2"}, {"fixed": "3.0.0"}]))]),
        "latest",
        Some("3.0.0"),
    );
    // Not each of very many is tried, but the highest is.
    let below = |number: u32| on_p(json!([{"introduced": "0"}, {"fixed": format!("{number}.0.0")}]));
    check(json!((1..200).map(below).collect::<Vec<_>>()), "0.1.0", Some("199.0.0"));
}

#[test]
fn an_advisory_without_fix_does_not_hide_anothers() {
    let on_p = |list: Value| json!([events("npm", "p", list)]);
    let records = [
        json!({"id": "A", "aliases": ["CVE-2020-1"], "affected": on_p(json!([{"introduced": "0"}]))}),
        json!({"id": "B", "aliases": ["CVE-2020-1"], "affected": on_p(json!([{"introduced": "0"}, {"fixed": "2.0.0"}]))}),
        json!({"id": "C", "aliases": ["CVE-2020-1"], "affected": on_p(json!([{"introduced": "0"}, {"fixed": "1.5.0"}]))}),
    ];
    let findings = judged(&records, &inventory(vec![package(PackageKind::Npm, "p", "1.0.0")])).findings;
    assert_eq!((findings.len(), findings[0].fixed.as_deref()), (1, Some("2.0.0")));
}

#[test]
fn evidence_names_what_decided() {
    let record = npm("A", json!([{"type": "SEMVER", "events": [{"introduced": "1.0"}, {"fixed": "2.0"}]}]), json!([]));
    let finding = judged(&[record], &inventory(vec![package(PackageKind::Npm, "p", "1.5.0")])).findings.remove(0);
    assert_eq!((finding.evidence.ecosystem.as_str(), finding.evidence.name.as_str()), ("npm", "p"));
    assert_eq!(finding.evidence.rule.to_string(), "introduced in 1.0, fixed in 2.0 (SemVer order)");
    assert_ne!(finding.evidence.sha256, [0; 32]);
}

#[test]
fn what_is_not_known_is_said() {
    let debian = || Some(distribution("debian", "12"));
    let deb = || package(PackageKind::Deb, "a", "1");
    let index = index(&[json!({"id": "A", "affected": [events("Debian:12", "other", json!([{"introduced": "0"}]))]})]);
    let check = |image: Option<Distribution>, packages: Vec<InstalledPackage>, expect: &[&str]| {
        let inventory = Inventory { distribution: image, packages, unreadable: vec![] };
        let unknown = judge(Some(&index), &inventory, now()).unknown;
        assert_eq!(unknown.iter().map(ToString::to_string).collect::<Vec<_>>(), expect);
    };
    check(debian(), vec![deb()], &[]);
    check(None, vec![], &[]);
    // Nobody publishes advisories for these; of what the distribution installs, its package answers for them.
    let own = || InstalledPackage { owner: Some("a".into()), ..package(PackageKind::Conda, "openssl", "1.1.1") };
    check(debian(), vec![deb(), own()], &[]);
    check(None, vec![package(PackageKind::Conda, "openssl", "1.1.1")], &["no advisories are loaded for conda"]);
    check(debian(), vec![deb(), own(), package(PackageKind::Conda, "b", "1")], &["no advisories are loaded for conda"]);
    check(None, vec![deb()], &["the image does not say which distribution its packages are of"]);
    check(debian(), vec![], &["the image has no record of the packages of \"debian\""]);
    check(Some(distribution("debian", "13")), vec![deb()], &["no advisories are loaded for Debian:13"]);
    check(Some(distribution("debian", "13")), vec![], &["no advisories are loaded for Debian:13"]);
    check(Some(distribution("plan9", "4")), vec![], &["no advisories are known for the distribution \"plan9\""]);
    check(Some(distribution("amzn", "2023")), vec![], &["no advisories are loaded for Amazon Linux:2023"]);
    check(Some(distribution("debian", "")), vec![deb()], &["the image does not say which release of \"debian\" it is"]);
    check(debian(), vec![deb(), package(PackageKind::Npm, "p", "1")], &["no advisories are loaded for npm"]);

    let unreadable =
        |path: Option<&str>| Unreadable { layer: 1, path: path.map(Into::into), reason: "it is cut short".into() };
    let inventory = Inventory { unreadable: vec![unreadable(None), unreadable(Some("etc/x"))], ..Inventory::default() };
    let unknown = judge(None::<&Index<Vec<u8>>>, &inventory, now()).unknown;
    let expect = [
        "no advisories are loaded",
        "layer 1 could not be read: it is cut short",
        "etc/x in layer 1 could not be read: it is cut short",
    ];
    assert_eq!(unknown.iter().map(ToString::to_string).collect::<Vec<_>>(), expect);
}

#[test]
fn the_worst_comes_first() {
    let on = |id: &str, name: &str, vector: &str| json!({"id": id, "severity": [{"type": "CVSS_V3", "score": vector}], "affected": [events("npm", name, json!([{"introduced": "0"}]))]});
    let records = [on("C", "a", LOW), on("B", "b", CRITICAL), on("A", "b", CRITICAL), on("D", "a", CRITICAL)];
    let packages = ["b", "a"].map(|name| package(PackageKind::Npm, name, "1.0.0")).to_vec();
    let findings = judged(&records, &inventory(packages)).findings;
    assert_eq!(findings.iter().map(|finding| finding.id.as_str()).collect::<Vec<_>>(), ["D", "A", "B", "C"]);
}

/// The schema's own procedure, for events with distinct small versions.
fn by_the_schema(events: &[(u8, u8)], version: u8) -> bool {
    let mut sorted = events.to_vec();
    sorted.sort_by_key(|(_, at)| *at);
    sorted.iter().fold(false, |affected, (kind, at)| match kind {
        0 if version >= *at => true,
        1 if version >= *at => false,
        2 if version > *at => false,
        _ => affected,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn intervals_are_the_schemas(
        versions in prop::collection::btree_set(0..30_u8, 1..8).prop_map(|set| set.into_iter().collect::<Vec<_>>()).prop_shuffle(),
        kinds in prop::collection::vec(any::<bool>(), 8),
        last_affected in any::<bool>(),
    ) {
        let end = if last_affected { 2 } else { 1 };
        let events = versions.iter().zip(&kinds).enumerate();
        let events = events.map(|(at, (version, ends))| (if *ends && at > 0 { end } else { 0 }, *version)).collect::<Vec<_>>();
        let names = ["introduced", "fixed", "last_affected"];
        // A version of 0 would stand for the start of all.
        let list = events.iter().map(|(kind, at)| json!({names[usize::from(*kind)]: format!("{}.0", at + 1)})).collect::<Vec<_>>();
        let record = npm("A", json!([{"type": "SEMVER", "events": list}]), json!([]));
        let installed = (0..32).map(|version| format!("{}.0", version + 1)).collect::<Vec<_>>();
        let installed = installed.iter().map(String::as_str).collect::<Vec<_>>();
        let expect = (0..32).map(|version| if by_the_schema(&events, version) { '*' } else { '-' }).collect::<String>();
        prop_assert_eq!(answers(&[record], PackageKind::Npm, "p", None, &installed), expect);
    }
}

/// Records on the package `p` of an rpm distribution, judged for a binary package; the ids of what is found.
fn rpm(records: &[Value], image: &Distribution, binary: Package) -> Vec<String> {
    let installed = InstalledPackage { package: binary, path: "rpmdb".into(), layer: 0, owner: None };
    let inventory = Inventory { distribution: Some(image.clone()), packages: vec![installed], ..Inventory::default() };
    let mark = |finding: &Finding| match finding.status {
        Status::Undetermined => format!("{}?", finding.id),
        Status::Affected => finding.id.clone(),
    };
    judged(records, &inventory).findings.iter().map(mark).collect()
}

fn rpm_package(name: &str, version: &str, source: Option<(&str, &str)>, label: &str) -> Package {
    let source = source.map(|(name, version)| SourcePackage { name: name.into(), version: version.into() });
    let modularity = Some(label.to_owned()).filter(|label| !label.is_empty());
    Package { source, modularity, ..Package::new(PackageKind::Rpm, name, version) }
}

fn fixed(ecosystem: &str, name: &str, version: &str) -> Value {
    events(ecosystem, name, json!([{"introduced": "0"}, {"fixed": version}]))
}

#[test]
fn rpm_packages_go_by_the_names_their_advisories_use() {
    let check = |id: &str, affected: Value, binary: Package, expect: bool| {
        let found = rpm(&[json!({"id": "A", "affected": affected})], &distribution(id, "9"), binary.clone());
        assert_eq!(!found.is_empty(), expect, "{id} {affected} {binary:?}");
    };
    let libs = |version: &str| rpm_package("openssl-libs", version, Some(("openssl", "3.0.7-1.el9")), "");
    let on = |ecosystem: &str, name: &str, version: &str| json!([fixed(ecosystem, name, version)]);
    check("almalinux", on("AlmaLinux:9", "openssl-libs", "1:3.0.7-2.el9"), libs("1:3.0.7-1.el9"), true);
    check("almalinux", on("AlmaLinux:9", "openssl-libs", "1:3.0.7-1.el9"), libs("1:3.0.7-1.el9"), false);
    check("almalinux", on("AlmaLinux:9", "openssl", "1:3.0.7-2.el9"), libs("1:3.0.7-1.el9"), false);
    // Without its epoch, the source's version stands beside theirs without epoch.
    check("rocky", on("Rocky Linux:9", "openssl", "1:3.0.7-2.el9"), libs("1:3.0.7-1.el9"), true);
    check("rocky", on("Rocky Linux:9", "openssl", "1:3.0.7-1.el9"), libs("1:3.0.7-1.el9"), false);
    check("rocky", on("Rocky Linux:8", "openssl", "1:3.0.7-2.el9"), libs("1:3.0.7-1.el9"), false);
    let errno = rpm_package("perl-Errno", "0:1.28-420.el9", Some(("perl", "5.26.3-420.el9")), "");
    check("rocky", on("Rocky Linux:9", "perl", "4:5.26.3-420.el9"), errno.clone(), false);
    check("rocky", on("Rocky Linux:9", "perl", "4:5.26.3-421.el9"), errno, true);
    let red_hat = "Red Hat:enterprise_linux:9::baseos";
    check("rhel", on(red_hat, "openssl", "1:3.0.7-2.el9"), libs("1:3.0.7-1.el9"), true);
    // A record that names the package itself is not asked by the source's name: its sibling's row may differ.
    let both = json!([fixed(red_hat, "openssl", "1:3.0.7-2.el9"), fixed(red_hat, "openssl-libs", "1:3.0.7-1.el9")]);
    check("rhel", both, libs("1:3.0.7-1.el9"), false);
    check(
        "rhel",
        on("Red Hat:enterprise_linux:9::highavailability", "openssl-libs", "9"),
        libs("1:3.0.7-1.el9"),
        false,
    );
}

#[test]
fn modules_are_compared_within_their_stream() {
    let image = distribution("almalinux", "8.9");
    let check = |records: &[(&str, &[&str])], version: &str, label: &str, expect: &[&str]| {
        let record = |(summary, fixes): &(&str, &[&str])| {
            let affected: Vec<Value> = fixes.iter().map(|fix| fixed("AlmaLinux:8", "nodejs", fix)).collect();
            json!({"id": "ALSA-1", "summary": summary, "affected": affected})
        };
        let records: Vec<Value> = records.iter().map(record).collect();
        assert_eq!(rpm(&records, &image, rpm_package("nodejs", version, None, label)), expect, "{version} {label}");
    };
    let (old, label) = ("1:12.1-1.module_el8.3.0+1", "nodejs:12:8030:x");
    let update: (&str, &[&str]) = ("Important: nodejs:14 security update", &["1:14.2-1.module_el8.3.0+2"]);
    check(&[update], old, label, &[]);
    check(&[update], old, "", &["ALSA-1?"]);
    check(&[update], "1:14.1-1.module_el8.3.0+1", "nodejs:14:8030:x", &["ALSA-1"]);
    check(&[update], "1:14.1-1.el8", "", &[]);
    check(&[("Important: nodejs security update", &["1:14.2-1.el8"])], old, label, &[]);
    // The same update, built for three minor releases.
    let rebuilt: (&str, &[&str]) = (
        "Important: nodejs:12 update",
        &["1:12.2-1.module_el8.5.0+119", "1:12.2-1.module_el8.4.0+2496", "1:12.2-1.module_el8.3.0+2044"],
    );
    check(&[rebuilt], "1:12.2-1.module_el8.4.0+2496", label, &[]);
    check(&[rebuilt], "1:12.2-1.module_el8.3.0+2044", label, &[]);
    check(&[rebuilt], old, label, &["ALSA-1"]);
}

#[test]
fn updates_that_fix_no_flaw_are_no_findings() {
    let check = |record: Value, expect: &[&str]| {
        let mut record = record;
        record["affected"] = json!([fixed("AlmaLinux:9", "p", "2-1.el9")]);
        let found = rpm(&[record], &distribution("almalinux", "9.1"), rpm_package("p", "1-1.el9", None, ""));
        assert_eq!(found, expect);
    };
    check(json!({"id": "ALBA-2020:1"}), &[]);
    check(json!({"id": "ALBA-2020:1", "related": ["CVE-2020-1"]}), &["CVE-2020-1"]);
    check(json!({"id": "ALSA-2020:1"}), &["ALSA-2020:1"]);
}

/// Python's package `p` 1.0, whose file belongs to `owner`, beside packages of a Debian image.
fn owned(owner: Option<&str>, id: &str, system: Vec<Package>) -> Inventory {
    let installed = |package| InstalledPackage { package, path: "var/lib/dpkg/status".into(), layer: 0, owner: None };
    let mut packages: Vec<_> = system.into_iter().map(installed).collect();
    packages.push(InstalledPackage { owner: owner.map(str::to_owned), ..package(PackageKind::PyPi, "p", "1.0") });
    Inventory { distribution: Some(distribution(id, "12")), packages, ..Inventory::default() }
}

#[test]
fn what_a_distribution_answers_for_is_not_reported_again() {
    let python = |id: &str| json!({"id": id, "aliases": ["CVE-2020-1"], "affected": [events("PyPI", "p", json!([{"introduced": "0"}]))]});
    let about = |ecosystem: &str, name: &str, cve: &str| json!({"id": "DSA-1-1", "upstream": [cve], "affected": [fixed(ecosystem, name, "1")]});
    let deb = |vendor: &str| {
        let vendor = Some(vendor.to_owned()).filter(|vendor| !vendor.is_empty());
        let source = Some(SourcePackage { name: "src-p".into(), version: "1.0-2".into() });
        vec![Package { vendor, source, ..Package::new(PackageKind::Deb, "python3-p", "1.0-2") }]
    };
    let check = |records: &[Value], inventory: &Inventory, expect: Option<Option<&str>>| {
        let judgement = judged(records, inventory);
        let reasons = judgement.suppressed.iter().map(|suppressed| match &suppressed.reason {
            Suppression::OwnedBy { package, advisory, .. } => {
                assert_eq!((package.as_str(), suppressed.finding.ecosystem), ("python3-p", "PyPI"));
                advisory.as_deref()
            }
            other => panic!("{other}"),
        });
        assert_eq!(reasons.collect::<Vec<_>>(), expect.into_iter().collect::<Vec<_>>());
        assert_eq!(judgement.findings.len(), usize::from(expect.is_none()), "{:?}", judgement.findings);
        assert_eq!(judgement.unknown, []);
    };
    let debian = [python("PYSEC-1"), about("Debian:12", "other", "CVE-2019-1")];
    check(&debian, &owned(Some("python3-p"), "debian", deb("")), Some(None));
    let same = [python("PYSEC-1"), about("Debian:12", "src-p", "CVE-2020-1")];
    check(&same, &owned(Some("python3-p"), "debian", deb("")), Some(Some("DSA-1-1")));
    check(&debian, &owned(None, "debian", deb("")), None);
    check(&debian, &owned(Some("python3-q"), "debian", deb("")), None);
    check(&debian, &owned(Some("python3-p"), "debian", deb("Docker <support@docker.com>")), None);
    check(&[python("MAL-1"), debian[1].clone()], &owned(Some("python3-p"), "debian", deb("")), None);
    // Where a distribution's advisories tell of fixes only, what they are silent about is not answered for.
    let alpine = |name: &str, cve: &str| {
        let apk = vec![Package::new(PackageKind::Apk, "python3-p", "1.0-r2")];
        let inventory = owned(Some("python3-p"), "alpine", apk);
        (vec![python("PYSEC-1"), about("Alpine", name, cve)], inventory)
    };
    let (records, inventory) = alpine("python3-p", "CVE-2019-1");
    check(&records, &inventory, None);
    let (records, inventory) = alpine("python3-p", "CVE-2020-1");
    check(&records, &inventory, Some(Some("DSA-1-1")));
}

#[test]
fn what_distributions_of_rpm_answer_for() {
    let check = |id: &str, version: &str, vendor: &str, ecosystem: &str, told: &str, expect: bool| {
        let rpm = Package { vendor: Some(vendor.into()), ..Package::new(PackageKind::Rpm, "python3-p", "1.0-2") };
        let mut inventory = owned(Some("python3-p"), id, vec![rpm]);
        inventory.distribution = Some(distribution(id, version));
        let python = json!({"id": "PYSEC-1", "aliases": ["CVE-2020-1"], "affected": [events("PyPI", "p", json!([{"introduced": "0"}]))]});
        let own = json!({"id": "XSA-1", "upstream": [told], "affected": [fixed(ecosystem, "python3-p", "0.9-1")]});
        let judgement = judged(&[python, own], &inventory);
        let counts = (judgement.findings.len(), judgement.suppressed.len());
        assert_eq!(counts, (usize::from(!expect), usize::from(expect)), "{id} {vendor} {told}");
    };
    // Those whose advisories tell of fixes only answer for the flaws they tell of.
    for (id, version, vendor, ecosystem) in [
        ("sles", "15.5", "SUSE LLC <https://www.suse.com/>", "SUSE:Linux Enterprise Server 15 SP5"),
        ("opensuse-leap", "15.5", "openSUSE", "openSUSE:Leap 15.5"),
        ("ol", "9.3", "Oracle America", "Oracle Linux:9"),
        ("amzn", "2023", "Amazon Linux", "Amazon Linux:2023"),
        ("amzn", "2", "Amazon.com", "Amazon Linux:2"),
        ("almalinux", "9.3", "AlmaLinux", "AlmaLinux:9"),
        ("rocky", "9.3", "Rocky Enterprise Software Foundation", "Rocky Linux:9"),
        ("photon", "5.0", "VMware, Inc.", "Photon OS:5.0"),
    ] {
        check(id, version, vendor, ecosystem, "CVE-2020-1", true);
        check(id, version, vendor, ecosystem, "CVE-2019-1", false);
        check(id, version, "NVIDIA Corporation", ecosystem, "CVE-2020-1", false);
    }
    // Those whose advisories name every flaw answer for all.
    for (id, version, vendor, ecosystem) in [
        ("rhel", "9.3", "Red Hat, Inc.", "Red Hat:enterprise_linux:9::baseos"),
        ("centos", "9", "CentOS", "Red Hat:enterprise_linux:9::baseos"),
        ("azurelinux", "3.0", "Microsoft Corporation", "Azure Linux:3"),
    ] {
        check(id, version, vendor, ecosystem, "CVE-2019-1", true);
        check(id, version, "Fedora Project", ecosystem, "CVE-2020-1", false);
    }
}

#[test]
fn without_the_distributions_advisories_nobody_answers() {
    let python = json!({"id": "PYSEC-1", "affected": [events("PyPI", "p", json!([{"introduced": "0"}]))]});
    let deb = vec![Package::new(PackageKind::Deb, "python3-p", "1.0-2")];
    let judgement = judged(&[python], &owned(Some("python3-p"), "debian", deb));
    assert_eq!((judgement.findings.len(), judgement.suppressed.len()), (1, 0));
}

#[test]
fn extended_streams_replace_what_the_others_say() {
    let check = |affected: Value, installed: &str, expect: Option<Option<&str>>| {
        let sets = vec!["rhel-8-for-x86_64-baseos-eus-rpms__8_DOT_4".to_owned()];
        let image = Distribution { content_sets: sets, ..distribution("rhel", "8.4") };
        let records = [
            json!({"id": "RHSA-1", "upstream": ["CVE-2020-1"], "affected": [affected[0]]}),
            json!({"id": "RHSA-2", "upstream": ["CVE-2020-1"], "affected": [affected[1]]}),
        ];
        let packages = vec![package(PackageKind::Rpm, "p", installed)];
        let inventory = Inventory { distribution: Some(image), packages, ..Inventory::default() };
        let findings = judged(&records, &inventory).findings;
        assert_eq!(findings.first().map(|finding| finding.fixed.as_deref()), expect, "{affected} {installed}");
    };
    let (main, extended) = ("Red Hat:enterprise_linux:8::baseos", "Red Hat:rhel_eus:8.4::baseos");
    let both = json!([fixed(main, "p", "1.0-5.el8"), fixed(extended, "p", "1.0-2.el8_4")]);
    check(both.clone(), "1.0-3.el8_4", None);
    check(both, "1.0-1.el8_4", Some(Some("1.0-2.el8_4")));
    let other = json!([fixed(main, "p", "1.0-5.el8"), fixed(extended, "q", "1.0-2.el8_4")]);
    check(other, "1.0-3.el8_4", Some(Some("1.0-5.el8")));
    let elsewhere = json!([fixed(main, "p", "1.0-5.el8"), fixed("Red Hat:rhel_eus:8.6::baseos", "p", "1.0-2.el8")]);
    check(elsewhere, "1.0-3.el8_4", Some(Some("1.0-5.el8")));
}

#[test]
fn what_is_only_declared_counts_where_it_is_asked_for() {
    let records = [npm("A", json!([{"type": "SEMVER", "events": [{"introduced": "0"}]}]), json!([]))];
    let mut declared = package(PackageKind::Npm, "p", "1.0.0");
    declared.package.certainty = Certainty::Declared;
    let mut other = package(PackageKind::Gem, "q", "1.0.0");
    other.package.certainty = Certainty::Declared;
    let damaged = |path: &str| Unreadable { layer: 0, path: Some(path.into()), reason: "it is odd".into() };
    let unreadable = vec![damaged("app/yarn.lock"), damaged("app/node_modules/p/package.json")];
    let inventory = Inventory { packages: vec![declared, other], unreadable, ..Inventory::default() };
    let left_out = judged(&records, &inventory);
    assert_eq!((left_out.findings.len(), left_out.unknown.len()), (0, 1), "{:?}", left_out.unknown);
    let explained = explain(Some(&index(&records)), &inventory, &left_out, "A", now()).unwrap();
    assert_eq!(explained.absent[0].why, WhyNot::OnlyDeclared);
    let counted = judge_declared(Some(&index(&records)), &inventory, now());
    assert_eq!((counted.findings.len(), counted.unknown.len()), (1, 2), "{:?}", counted.unknown);
}

#[test]
fn what_lists_beyond_osv_say_of_a_flaw() {
    use crate::importers::{Importer, Intake, Item};
    let osv = |cve: &str| {
        let affected = json!([events("Debian:12", "curl", json!([{"introduced": "0"}]))]);
        json!({"id": format!("DEBIAN-{cve}"), "modified": "2024-01-01T00:00:00Z", "published": "2023-06-01T00:00:00Z", "upstream": [cve], "affected": affected})
    };
    let tracker = r#"{"curl": {
        "CVE-2024-0001": {"releases": {"bookworm": {"status": "open", "urgency": "low", "nodsa": "Minor", "nodsa_reason": "ignored"}}},
        "CVE-2024-0002": {"releases": {"bookworm": {"status": "resolved", "fixed_version": "0", "urgency": "not yet assigned"}}},
        "CVE-2024-0003": {"releases": {"bookworm": {"status": "open", "urgency": "unimportant"}}}}}"#;
    let kev =
        r#"{"vulnerabilities": [{"cveID": "CVE-2024-0001", "dateAdded": "2024-02-01", "dueDate": "2024-02-22"}]}"#;
    let epss = "cve,epss,percentile\nCVE-2024-0001,0.25,0.9\n";
    let nvd = format!(
        r#"{{"vulnerabilities": [{{"cve": {{"id": "CVE-2024-0004", "metrics": {{"cvssMetricV31": [{{"cvssData": {{"vectorString": "{HIGH}"}}}}]}}}}}}]}}"#
    );
    let mut builder = IndexBuilder::new();
    let feed = builder.feed("x", "x", Timestamp::from_unix_seconds(0));
    for cve in ["CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0004"] {
        let record = Record::parse(osv(cve).to_string().as_bytes(), &Limits::default()).unwrap();
        builder.add(&record, None).unwrap();
    }
    let lists = [
        (Importer::DebianTracker, tracker),
        (Importer::CisaKev, kev),
        (Importer::Epss, epss),
        (Importer::Nvd, nvd.as_str()),
    ];
    for (importer, text) in lists {
        let mut intake = Intake::new(importer, Limits::default(), Timestamp::from_unix_seconds(0));
        let take = &mut |item| match item {
            Item::Record(record) => builder.add(&record, Some(feed)).unwrap(),
            Item::Fact(cve, fact) => builder.add_fact(cve, &fact, feed).unwrap(),
            other => panic!("{other:?}"),
        };
        intake.document(text.as_bytes(), take).unwrap();
    }
    let index = Index::open(builder.build(Timestamp::from_unix_seconds(0)).unwrap()).unwrap();
    let inventory = Inventory {
        packages: vec![package(PackageKind::Deb, "curl", "7.88.1-10")],
        distribution: Some(distribution("debian", "12")),
        ..Inventory::default()
    };
    let findings = judge(Some(&index), &inventory, now()).findings;
    let told = findings.iter().map(|finding| {
        let response = finding.response.map(crate::Response::word);
        (finding.id.as_str(), finding.severity, response, finding.exploited.is_some(), finding.epss.is_some())
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            ("CVE-2024-0004", Severity::High, None, false, false),
            ("CVE-2024-0001", Severity::Low, Some("wontFix"), true, true),
            ("CVE-2024-0003", Severity::Negligible, None, false, false)
        ]
    );
    assert_eq!(findings[0].severity_source.as_deref(), Some("NVD CVSS_V3"));
    assert_eq!(findings[1].published, "2023-06-01T00:00:00Z".parse().ok());
    assert_eq!(findings[1].advisory, "DEBIAN-CVE-2024-0001");
    assert_eq!(findings[2].published, None);
}

#[test]
fn a_flaw_is_explained() {
    let withdrawn = json!({"id": "GHSA-w", "aliases": ["CVE-2020-3"], "withdrawn": "2020-01-01T00:00:00Z",
        "affected": [events("npm", "p", json!([{"introduced": "0"}]))]});
    let records = [
        json!({"id": "GHSA-1", "aliases": ["CVE-2020-1"], "affected": [
            events("npm", "p", json!([{"introduced": "0"}, {"fixed": "2.0.0"}])),
            events("npm", "q", json!([{"introduced": "0"}, {"fixed": "1.5.0"}])),
            events("npm", "r", json!([{"introduced": "3"}])),
            events("PyPI", "r", json!([{"introduced": "0"}])),
            events("npm", "missing", json!([{"introduced": "0"}]))]}),
        json!({"id": "DSA-1-1", "upstream": ["CVE-2020-1"], "affected": [
            fixed("Debian:11", "s", "1"), fixed("Debian:12", "s", "1.5"), fixed("Debian:11", "t", "9")]}),
        withdrawn,
    ];
    let mut packages = ["p", "q", "r"].map(|name| package(PackageKind::Npm, name, "1.9.0")).to_vec();
    packages.extend(["s", "t"].map(|name| package(PackageKind::Deb, name, "2")));
    let inventory = Inventory { distribution: Some(distribution("debian", "12")), packages, ..Inventory::default() };
    let index = index(&records);
    let judgement = judge(Some(&index), &inventory, now());
    let check = |id: &str, ids: &[&str], findings: &[&str], absent: &[&str]| {
        let found = explain(Some(&index), &inventory, &judgement, id, now()).unwrap();
        assert_eq!(found.ids, ids, "{id}");
        let names = found.findings.iter().map(|finding| finding.package.package.name.as_str());
        assert_eq!(names.collect::<Vec<_>>(), findings, "{id}");
        let why = |absence: &Absence| {
            assert_ne!(absence.sha256, [0; 32]);
            format!("{} {} {}: {}", absence.advisory, absence.ecosystem, absence.name, absence.why)
        };
        assert_eq!(found.absent.iter().map(why).collect::<Vec<_>>(), absent, "{id}");
    };
    let absent = [
        "GHSA-1 npm q: it is fixed since 1.5.0, and 1.9.0 is installed (SemVer order)",
        "DSA-1-1 Debian:12 s: it is fixed since 1.5, and 2 is installed (dpkg order)",
        "GHSA-1 npm r: the version installed, 1.9.0, is not affected",
        "DSA-1-1 Debian:11 t: the package in the image is of Debian:12",
        "GHSA-1 npm missing: the image has no such package",
    ];
    check("CVE-2020-1", &["CVE-2020-1", "GHSA-1"], &["p"], &absent);
    check("GHSA-1", &["CVE-2020-1", "GHSA-1"], &["p"], &absent);
    check("DSA-1-1", &["CVE-2020-1", "GHSA-1"], &["p"], &absent);
    let withdrawn = ["GHSA-w npm p: the advisory was withdrawn at 2020-01-01T00:00:00Z"];
    check("CVE-2020-3", &["GHSA-w"], &[], &withdrawn);
    check("GHSA-w", &["GHSA-w"], &[], &withdrawn);
    check("CVE-1999-1", &[], &[], &[]);
    let nothing = explain(None::<&Index<Vec<u8>>>, &inventory, &Judgement::default(), "CVE-2020-1", now()).unwrap();
    assert_eq!(nothing, Explained::default());
}

#[test]
fn what_is_suppressed_is_explained_so() {
    let python = json!({"id": "PYSEC-1", "aliases": ["CVE-2020-1"], "affected": [events("PyPI", "p", json!([{"introduced": "0"}]))]});
    let records = [
        python,
        json!({"id": "DSA-1-1", "upstream": ["CVE-2020-1"], "affected": [fixed("Debian:12", "python3-p", "1")]}),
    ];
    let inventory = owned(Some("python3-p"), "debian", vec![Package::new(PackageKind::Deb, "python3-p", "1.0-2")]);
    let index = index(&records);
    let judgement = judge(Some(&index), &inventory, now());
    let found = explain(Some(&index), &inventory, &judgement, "CVE-2020-1", now()).unwrap();
    assert_eq!((found.findings.len(), found.suppressed.len()), (0, 1));
    assert_eq!(found.absent.iter().map(|absence| absence.why.word()).collect::<Vec<_>>(), ["fixedSince"]);
}

#[test]
fn every_entry_of_one_package_is_asked() {
    let check = |affected: Value, versions: &[&str], expect: &str| {
        let record = json!({"id": "A", "affected": affected});
        assert_eq!(answers(&[record], PackageKind::Npm, "p", None, versions), expect, "{affected}");
    };
    let on_p = |list: Value| events("npm", "p", list);
    let two = json!([
        on_p(json!([{"introduced": "1.0.0"}, {"fixed": "1.2.0"}])),
        on_p(json!([{"introduced": "2.0.0"}, {"fixed": "2.2.0"}])),
    ]);
    check(two, &["0.9.0", "1.1.0", "1.2.0", "2.1.0", "2.2.0"], "-*-*-");
    let listed = json!([
        {"package": {"ecosystem": "npm", "name": "p"}, "versions": ["3.0.0"]},
        on_p(json!([{"introduced": "1.0.0"}, {"fixed": "1.2.0"}])),
        {"package": {"ecosystem": "npm", "name": "p"}},
    ]);
    check(listed, &["1.1.0", "2.0.0", "3.0.0"], "*-*");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Records chained by aliases are one flaw, in whatever order they and their aliases come.
    #[test]
    fn grouping_does_not_depend_on_the_order_of_records(
        order in Just((0..6_usize).collect::<Vec<_>>()).prop_shuffle(),
        backwards in any::<bool>(),
    ) {
        let on_p = json!([events("npm", "p", json!([{"introduced": "0"}, {"fixed": "2.0.0"}]))]);
        let record = |at: usize| {
            let mut aliases = vec![format!("ID-{}", at + 1), format!("X-{at}")];
            if backwards { aliases.reverse(); }
            json!({"id": format!("ID-{at}"), "aliases": aliases, "affected": on_p, "severity": [{"type": "CVSS_V3", "score": if at == 3 { HIGH } else { LOW }}]})
        };
        let records = order.iter().map(|at| record(*at)).collect::<Vec<_>>();
        let image = inventory(vec![package(PackageKind::Npm, "p", "1.0.0")]);
        let findings = judged(&records, &image).findings;
        prop_assert_eq!(findings.len(), 1);
        let expect = judged(&(0..6).map(record).collect::<Vec<_>>(), &image).findings;
        let fields = |finding: &Finding| (finding.id.clone(), finding.aliases.clone(), finding.severity, finding.advisory.clone());
        prop_assert_eq!(fields(&findings[0]), fields(&expect[0]));
        prop_assert_eq!(findings[0].aliases.len(), 12);
    }
}

#[test]
fn the_least_to_change() {
    let on = |id: &str, name: &str, vector: &str, list: Value| json!({"id": id, "severity": [{"type": "CVSS_V3", "score": vector}], "affected": [events("npm", name, list)]});
    let below = |fixed: &str| json!([{"introduced": "0"}, {"fixed": fixed}]);
    let records = [
        on("A", "p", HIGH, below("1.5.0")),
        on("B", "p", LOW, below("2.0.0")),
        on("C", "p", HIGH, json!([{"introduced": "0"}])),
        on("D", "q", HIGH, below("3.0.0")),
        on("E", "q", HIGH, json!([{"introduced": "3.0.0"}, {"fixed": "3.1.0"}])),
        on("F", "r", CRITICAL, json!([{"introduced": "0"}])),
    ];
    let index = index(&records);
    let check = |names: &[&str], severity, base_layers, counts: (usize, usize), advice, expect: &[&str]| {
        let number = |name: &str| u32::from(name.as_bytes()[0] - b'p');
        let package =
            |name: &&str| InstalledPackage { layer: number(name), ..package(PackageKind::Npm, name, "1.0.0") };
        let inventory = inventory(names.iter().map(package).collect());
        let judgement = judge(Some(&index), &inventory, now());
        let plan = plan(Some(&index), &inventory, &judgement, (severity, base_layers), now()).unwrap();
        let text = |upgrade: &Upgrade| {
            let (name, to) = (&upgrade.package.package.name, upgrade.to.as_deref().unwrap_or("-"));
            let place = if upgrade.in_base { "base" } else { "above" };
            format!("{name} {to}: {} go, {} remain, {place}", upgrade.clears, upgrade.remains)
        };
        assert_eq!(plan.upgrades.iter().map(text).collect::<Vec<_>>(), expect, "{names:?} {severity}");
        assert_eq!(((plan.in_base, plan.above), plan.advice()), (counts, advice), "{names:?}");
    };
    let p = "p 1.5.0: 1 go, 1 remain, base";
    check(&["p"], Severity::High, 1, (2, 0), Advice::NewerBase, &[p]);
    check(&["p"], Severity::Unknown, 0, (0, 3), Advice::Upgrades, &["p 2.0.0: 2 go, 1 remain, above"]);
    // What clears one flaw may have another.
    check(&["q"], Severity::High, 0, (0, 1), Advice::Upgrades, &["q 3.0.0: 1 go, 1 remain, above"]);
    check(&["r"], Severity::High, 0, (0, 1), Advice::Wait, &["r -: 0 go, 1 remain, above"]);
    check(&["p", "q"], Severity::High, 1, (2, 1), Advice::Both, &[p, "q 3.0.0: 1 go, 1 remain, above"]);
    check(&["q"], Severity::Critical, 1, (0, 0), Advice::Nothing, &[]);
}

#[test]
fn a_distribution_without_support_is_matched_and_not_known() {
    let records = [json!({"id": "A", "affected": [fixed("Debian:9", "p", "2")]})];
    let packages = vec![package(PackageKind::Deb, "p", "1")];
    let inventory = Inventory { distribution: Some(distribution("debian", "9")), packages, ..Inventory::default() };
    let judgement = judged(&records, &inventory);
    let unknown = judgement.unknown.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(judgement.findings.len(), 1);
    let expect = "the support of debian 9 ended on 2022-06-30: later flaws of its packages go unreported";
    assert_eq!(unknown, [expect]);
    let while_it_lasted = judge(Some(&index(&records)), &inventory, UNIX_EPOCH + Duration::from_hours(400_000));
    assert_eq!((while_it_lasted.findings.len(), while_it_lasted.unknown.len()), (1, 0));
}

#[test]
fn every_source_of_a_severity_is_kept() {
    let mut record = npm("A", json!([{"type": "SEMVER", "events": [{"introduced": "0"}]}]), json!([]));
    record["aliases"] = json!(["CVE-2020-1"]);
    own_severity(&mut record);
    let other = json!({"id": "GO-1", "aliases": ["CVE-2020-1"], "severity": [{"type": "CVSS_V3", "score": HIGH}],
        "affected": [events("Go", "q", json!([{"introduced": "0"}]))]});
    let finding =
        judged(&[record, other], &inventory(vec![package(PackageKind::Npm, "p", "1.0.0")])).findings.remove(0);
    let told = finding.assessments.iter().map(|known| (known.severity, known.source.as_deref().unwrap_or_default()));
    let expect = [(Severity::Low, "A CVSS_V3"), (Severity::Critical, "A CVSS_V3"), (Severity::Medium, "A severity")];
    let told = told.collect::<Vec<_>>();
    assert_eq!((&told[..3], finding.severity), (&expect[..], Severity::Low));
}
