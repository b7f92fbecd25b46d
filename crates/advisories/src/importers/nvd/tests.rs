use std::sync::Arc;

use plimsoll_inventory::{Certainty, InstalledPackage, Inventory, Package, PackageKind};

use super::super::{Intake, Item};
use super::*;
use crate::{Finding, Index, IndexBuilder, Judgement, Limits, Rule, Status, UnknownReason, WhyNot, explain, judge};

const AS_OF: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

/// An index of documents, each a list of entries, the newest first.
fn index(documents: &[&[String]]) -> Index<Vec<u8>> {
    let mut builder = IndexBuilder::new();
    let feed = builder.feed("nvd", "here", AS_OF);
    let mut intake = Intake::new(Importer::Nvd, Limits::default(), AS_OF);
    for entries in documents {
        let text = format!(r#"{{"format": "NVD_CVE", "vulnerabilities": [{}]}}"#, entries.join(","));
        let read = intake.document(text.as_bytes(), &mut |item| match item {
            Item::Record(record) => builder.add(&record, Some(feed)).unwrap(),
            Item::Fact(cve, fact) => builder.add_fact(cve, &fact, feed).unwrap(),
            other => panic!("{other:?}"),
        });
        read.unwrap();
    }
    Index::open(builder.build(AS_OF).unwrap()).unwrap()
}

/// An entry of the database with its configurations.
fn cve(id: &str, configurations: &str) -> String {
    format!(
        r#"{{"cve": {{"id": "{id}", "sourceIdentifier": "cve@mitre.org", "published": "2021-03-25T15:15:13.450",
        "lastModified": "2024-11-21T06:21:33.050", "vulnStatus": "Modified", "cveTags": [],
        "descriptions": [{{"lang": "es", "value": "Un fallo"}}, {{"lang": "en", "value": "A flaw.\nMore of it."}}],
        "metrics": {{"cvssMetricV31": [{{"source": "nvd@nist.gov", "type": "Primary", "cvssData": {{"version": "3.1",
        "vectorString": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:H", "baseScore": 5.9}}}}]}},
        "configurations": [{configurations}], "references": []}}}}"#
    )
}

fn any_of(matches: &[&str]) -> String {
    format!(r#"{{"nodes": [{{"operator": "OR", "negate": false, "cpeMatch": [{}]}}]}}"#, matches.join(","))
}

/// A match: a name up to its update, and bounds such as `versionEndExcluding 1.1.1k`.
fn vulnerable(name: &str, bounds: &[&str]) -> String {
    matching(true, name, bounds)
}

fn matching(vulnerable: bool, name: &str, bounds: &[&str]) -> String {
    let bounds = bounds.iter().filter_map(|bound| bound.split_once(' '));
    let bounds = bounds.map(|(key, version)| format!(r#", "{key}": "{version}""#)).collect::<Vec<_>>().concat();
    format!(
        r#"{{"vulnerable": {vulnerable}, "criteria": "cpe:2.3:{name}:*:*:*:*:*:*", "matchCriteriaId": "8FBE7F3A"{bounds}}}"#
    )
}

fn program(name: &str, version: &str) -> InstalledPackage {
    let package = Package { certainty: Certainty::Classified, ..Package::new(PackageKind::Generic, name, version) };
    InstalledPackage { package, path: format!("usr/local/bin/{name}"), layer: 1, owner: None }
}

fn image(packages: &[InstalledPackage]) -> Inventory {
    Inventory { packages: packages.to_vec(), ..Inventory::default() }
}

fn judged(index: &Index<Vec<u8>>, name: &str, version: &str) -> Judgement {
    judge(Some(index), &image(&[program(name, version)]), std::time::SystemTime::UNIX_EPOCH)
}

/// The flaws of a program.
fn found(index: &Index<Vec<u8>>, name: &str, version: &str) -> Vec<String> {
    judged(index, name, version).findings.iter().map(|finding| finding.id.clone()).collect()
}

fn check(configurations: &str, name: &str, affected: &[&str], others: &[&str]) {
    let index = index(&[&[cve("CVE-2021-3449", configurations)]]);
    for version in affected {
        assert_eq!(found(&index, name, version), ["CVE-2021-3449"], "{name} {version}: {configurations}");
    }
    for version in others {
        assert_eq!(found(&index, name, version), [""; 0], "{name} {version}: {configurations}");
    }
}

#[test]
fn openssl_with_letters() {
    let bounds = ["versionStartIncluding 1.1.1", "versionEndExcluding 1.1.1k"];
    let range = any_of(&[&vulnerable("a:openssl:openssl:*:*", &bounds)]);
    check(&range, "openssl", &["1.1.1", "1.1.1-pre9", "1.1.1a", "1.1.1j"], &["1.1.0l", "1.1.1k", "1.1.1w", "3.0.0"]);
    let single = ["1.0.2", "1.0.2:beta1", "1.0.2k"].map(|version| match version.split_once(':') {
        Some(_) => vulnerable(&format!("a:openssl:openssl:{version}"), &[]),
        None => vulnerable(&format!("a:openssl:openssl:{version}:*"), &[]),
    });
    let single = any_of(&single.each_ref().map(String::as_str));
    check(&single, "openssl", &["1.0.2", "1.0.2-beta1", "1.0.2k"], &["1.0.2a", "1.0.2j", "1.0.2l", "1.0.1"]);
    let including = any_of(&[&vulnerable("a:openssl:openssl:*:*", &["versionEndIncluding 0.9.8l"])]);
    check(&including, "openssl", &["0.9.6", "0.9.8l"], &["0.9.8m", "0.9.8za", "1.0.0"]);
    let excluding = ["versionStartExcluding 3.0.0", "versionEndExcluding 3.0.7"];
    let excluding = any_of(&[&vulnerable("a:openssl:openssl:*:*", &excluding)]);
    check(&excluding, "openssl", &["3.0.1", "3.0.6"], &["3.0.0", "3.0.0-beta2", "3.0.7"]);
}

#[test]
fn updates_of_a_version() {
    let rows = ["3.11.0:alpha1", "3.11.0:rc2"].map(|row| vulnerable(&format!("a:python:python:{row}"), &[]));
    let rows = [
        &rows[..],
        &[vulnerable("a:python:python:*:*", &["versionStartIncluding 3.7.0", "versionEndExcluding 3.7.14"])],
    ]
    .concat();
    let python = any_of(&rows.iter().map(String::as_str).collect::<Vec<_>>());
    check(
        &python,
        "python",
        &["3.7.0rc1", "3.7.13", "3.11.0a1", "3.11.0rc2"],
        &["3.6.15", "3.7.14", "3.11.0", "3.11.0rc1"],
    );
    let whole = any_of(&[&vulnerable("a:python:python:3.11.0:*", &[])]);
    check(&whole, "python", &["3.11.0", "3.11.0rc1"], &["3.10.9", "3.11.1"]);
    let release = any_of(&[&vulnerable("a:python:python:3.11.0:-", &[])]);
    check(&release, "python", &["3.11.0"], &["3.11.0rc1"]);
    let portable = [
        vulnerable("a:openbsd:openssh:*:*", &["versionEndExcluding 9.3"]),
        vulnerable("a:openbsd:openssh:9.3:p1", &[]),
    ];
    let portable = any_of(&portable.each_ref().map(String::as_str));
    check(&portable, "openssh", &["9.2p1", "9.3p1"], &["9.3p2", "9.4p1"]);
    let inclusive = any_of(&[&vulnerable("a:openbsd:openssh:*:*", &["versionEndIncluding 9.6"])]);
    check(&inclusive, "openssh", &["9.6p1", "9.6"], &["9.7p1"]);
}

#[test]
fn versions_that_are_anything_or_nothing() {
    let any = any_of(&[&vulnerable("a:redis:redis:*:*", &[])]);
    check(&any, "redis", &["2.8.0", "7.2.5"], &[]);
    check(&any_of(&[&vulnerable("a:redis:redis:-:*", &[])]), "redis", &[], &["2.8.0", "7.2.5"]);
}

#[test]
fn every_name_of_a_program_counts() {
    let two = [
        vulnerable("a:f5:nginx:*:*", &["versionStartIncluding 1.23.0", "versionEndExcluding 1.23.2"]),
        vulnerable("a:nginx:nginx:*:*", &["versionStartIncluding 0.6.18", "versionEndExcluding 1.20.1"]),
    ];
    let two = any_of(&two.each_ref().map(String::as_str));
    check(&two, "nginx", &["1.23.1", "1.18.0"], &["1.20.1", "1.23.2", "0.6.17"]);
    check(&two, "openresty", &[], &["1.23.1"]);
    check(
        &any_of(&[&vulnerable("a:redislabs:redis:*:*", &["versionEndExcluding 6.0.3"])]),
        "redis",
        &["6.0"],
        &["6.0.3"],
    );
}

#[test]
fn what_is_about_something_else() {
    for name in ["o:openssl:openssl:*:*", "h:openssl:openssl:*:*", "a:openssl:openssl_fips:*:*", "a:nodejs:openssl:*:*"]
    {
        check(&any_of(&[&vulnerable(name, &[])]), "openssl", &[], &["1.1.1"]);
    }
    let module = r#"{"vulnerable": true, "criteria": "cpe:2.3:a:redis:redis:*:*:*:*:*:node.js:*:*"}"#;
    check(&any_of(&[module]), "redis", &[], &["1.1.1"]);
    check(&any_of(&[&matching(false, "a:openssl:openssl:*:*", &[])]), "openssl", &[], &["1.1.1"]);
    // Packages of this name that nothing told by its bytes.
    let index = index(&[&[cve("CVE-2021-3449", &any_of(&[&vulnerable("a:openssl:openssl:*:*", &[])]))]]);
    let mut other = program("openssl", "1.1.1");
    other.package.certainty = Certainty::Installed;
    let judgement = judge(Some(&index), &image(&[other]), std::time::SystemTime::UNIX_EPOCH);
    assert_eq!(judgement.findings, []);
    assert_eq!(judgement.unknown, [UnknownReason::NotCovered { ecosystem: "generic".to_owned() }]);
}

#[test]
fn what_has_to_run_on_something() {
    let on = |operator: &str, others: &[&str]| {
        let own = vulnerable("a:python:python:*:*", &["versionEndExcluding 3.9.0"]);
        let others =
            others.iter().map(|name| matching(false, &format!("{name}:*:*"), &[])).collect::<Vec<_>>().join(",");
        format!(
            r#"{{"operator": "{operator}", "nodes": [{{"operator": "OR", "negate": false, "cpeMatch": [{own}]}},
            {{"operator": "OR", "negate": false, "cpeMatch": [{others}]}}]}}"#
        )
    };
    check(&on("AND", &["o:microsoft:windows"]), "python", &[], &["3.8.0"]);
    check(&on("AND", &["o:microsoft:windows_10", "o:apple:macos"]), "python", &[], &["3.8.0"]);
    check(&on("AND", &["o:microsoft:windows", "o:linux:linux_kernel"]), "python", &["3.8.0"], &["3.9.0"]);
    check(&on("AND", &["a:apache:http_server"]), "python", &["3.8.0"], &["3.9.0"]);
    check(&on("AND", &["h:intel:xeon"]), "python", &["3.8.0"], &["3.9.0"]);
    check(&on("OR", &["o:microsoft:windows"]), "python", &["3.8.0"], &["3.9.0"]);
    // Another configuration that has no conditions.
    let both =
        format!("{},{}", on("AND", &["o:microsoft:windows"]), any_of(&[&vulnerable("a:python:python:3.10.0:-", &[])]));
    check(&both, "python", &["3.10.0"], &["3.8.0"]);
    let all = format!(
        r#"{{"nodes": [{{"operator": "AND", "negate": false, "cpeMatch": [{},{}]}}]}}"#,
        vulnerable("a:python:python:3.8.0:*", &[]),
        matching(false, "o:microsoft:windows:*:*", &[])
    );
    check(&all, "python", &[], &["3.8.0"]);
    let denied = any_of(&[&vulnerable("a:python:python:*:*", &[])]).replace("false", "true");
    check(&denied, "python", &[], &["3.8.0"]);
}

#[test]
fn a_finding_says_what_decided() {
    let bounds = ["versionStartIncluding 1.1.1", "versionEndExcluding 1.1.1k"];
    let index = index(&[&[cve("CVE-2021-3449", &any_of(&[&vulnerable("a:openssl:openssl:*:*", &bounds)]))]]);
    let judgement = judged(&index, "openssl", "1.1.1d");
    let [finding] = judgement.findings.as_slice() else { panic!("{judgement:?}") };
    let Finding { id, aliases, advisory, ecosystem, installed, fixed, status, score, summary, .. } = finding;
    assert_eq!((id.as_str(), advisory.as_str(), *ecosystem), ("CVE-2021-3449", "NVD-CVE-2021-3449", "generic"));
    assert_eq!((aliases.as_slice(), summary.as_str()), (&["NVD-CVE-2021-3449".to_owned()][..], "A flaw."));
    assert_eq!((installed.as_str(), fixed.as_deref(), *status), ("1.1.1d", Some("1.1.1k"), Status::Affected));
    assert_eq!((*score, finding.severity_source.as_deref()), (Some(5.9), Some("NVD CVSS_V3")));
    assert_eq!(finding.published, "2021-03-25T15:15:13Z".parse().ok());
    assert_eq!((finding.evidence.ecosystem.as_str(), finding.evidence.name.as_str()), ("generic", "openssl:openssl"));
    assert!(matches!(&finding.evidence.rule, Rule::Within { introduced, .. } if introduced == "1.1.1-"));
    assert_eq!(finding.evidence.rule.to_string(), "introduced in 1.1.1-, fixed in 1.1.1k (generic order)");
    assert_eq!(judgement.unknown, []);
    assert_eq!(finding.package, Arc::new(program("openssl", "1.1.1d")));

    let fixed = image(&[program("openssl", "1.1.1w")]);
    let judgement = judge(Some(&index), &fixed, std::time::SystemTime::UNIX_EPOCH);
    let explained =
        explain(Some(&index), &fixed, &judgement, "CVE-2021-3449", std::time::SystemTime::UNIX_EPOCH).unwrap();
    let why = &explained.absent[0].why;
    assert!(matches!(why, WhyNot::FixedSince { fixed, .. } if fixed == "1.1.1k"), "{why}");

    let odd = judged(&index, "openssl", "unknown");
    assert_eq!(odd.findings[0].status, Status::Undetermined);
}

#[test]
fn without_the_database_nothing_is_known() {
    let mut builder = IndexBuilder::new();
    let json = br#"{"id": "A-1", "modified": "2024-01-01T00:00:00Z", "affected": [{"package": {"ecosystem": "npm", "name": "a"}}]}"#;
    builder.add(&Record::parse(json, &Limits::default()).unwrap(), None).unwrap();
    let index = Index::open(builder.build(AS_OF).unwrap()).unwrap();
    let judgement = judged(&index, "openssl", "1.1.1d");
    assert_eq!(judgement.findings, []);
    assert_eq!(judgement.unknown, [UnknownReason::NotCovered { ecosystem: "generic".to_owned() }]);
}

#[test]
fn the_newest_document_counts() {
    let old = any_of(&[&vulnerable("a:python:python:*:*", &[])]);
    let new = any_of(&[&vulnerable("a:python:python:*:*", &["versionEndExcluding 3.9.0"])]);
    let rejected = cve("CVE-2021-1000", &old).replace("\"Modified\"", "\"Rejected\"");
    let newest = [cve("CVE-2021-3449", &new), rejected];
    let year = [cve("CVE-2021-3449", &old), cve("CVE-2021-1000", &old)];
    let index = index(&[&newest, &year]);
    assert_eq!(found(&index, "python", "3.8.0"), ["CVE-2021-3449"]);
    assert_eq!(found(&index, "python", "3.9.0"), [""; 0]);
    let facts = |id: &str| index.facts(CveId::parse(id).unwrap()).unwrap();
    assert_eq!((facts("CVE-2021-3449").ratings.len(), facts("CVE-2021-1000").ratings.len()), (1, 0));
}

#[test]
fn only_programs_that_can_be_told_are_kept() {
    let some = vulnerable("a:cisco:webex:*:*", &[]);
    let index = index(&[&[cve("CVE-2021-3449", &any_of(&[&some])), cve("CVE-2021-3450", "")]]);
    assert_eq!((index.info().records, index.info().feeds[0].records), (0, 2));
}

#[test]
fn too_many_versions_are_refused_and_the_severity_stays() {
    let rows = (0..1001).map(|number| vulnerable("a:python:python:*:*", &[&format!("versionEndExcluding 3.{number}")]));
    let rows = rows.collect::<Vec<_>>();
    let text = cve("CVE-2021-3449", &any_of(&rows.iter().map(String::as_str).collect::<Vec<_>>()));
    let text = format!(r#"{{"format": "NVD_CVE", "vulnerabilities": [{text}]}}"#);
    let mut items = Vec::new();
    let mut intake = Intake::new(Importer::Nvd, Limits::default(), AS_OF);
    intake.document(text.as_bytes(), &mut |item| items.push(item)).unwrap();
    let [Item::Fact(..), Item::Refused { entry, reason }] = items.as_slice() else { panic!("{items:?}") };
    assert_eq!((entry.as_str(), reason.as_str()), ("vulnerabilities[0]", "too many versions of python:python"));
}
