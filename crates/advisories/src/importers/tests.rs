use super::*;
use crate::record::{Affected, Response};
use crate::{Index, IndexBuilder};

const AS_OF: Timestamp = Timestamp::from_unix_seconds(1_700_000_000);

/// What comes of documents, and the last one's date.
fn intake(importer: Importer, documents: &[&str]) -> Result<(Vec<Item>, Option<Timestamp>), Unreadable> {
    let mut items = Vec::new();
    let mut date = None;
    let mut intake = Intake::new(importer, Limits::default(), AS_OF);
    for document in documents {
        date = intake.document(document.as_bytes(), &mut |item| items.push(item))?;
    }
    intake.finish(&mut |item| items.push(item));
    Ok((items, date))
}

fn records(items: &[Item]) -> Vec<&Record> {
    let records = items.iter().filter_map(|item| match item {
        Item::Record(record) => Some(record.as_ref()),
        _ => None,
    });
    records.collect()
}

fn refused(items: &[Item]) -> Vec<String> {
    let refused = items.iter().filter_map(|item| match item {
        Item::Refused { entry, reason } => Some(format!("{entry}: {reason}")),
        _ => None,
    });
    refused.collect()
}

/// An affected package in a line: where, until which fix, what was decided.
fn told(affected: &Affected) -> String {
    let events = affected.ranges.iter().map(|range| {
        let events = range.events.iter().map(|event| match event {
            Event::Introduced(version) => format!("+{version}"),
            Event::Fixed(version) => format!("-{version}"),
            Event::LastAffected(version) => format!("={version}"),
            Event::Limit(version) => format!("<{version}"),
        });
        events.collect::<Vec<_>>().join(" ")
    });
    let ranges = events.collect::<Vec<_>>().join(", ");
    let (word, response) = (affected.word.as_deref().unwrap_or("-"), affected.response.map_or("-", Response::word));
    format!("{} {} [{ranges}] {word} {response}", affected.ecosystem, affected.name)
}

const TRACKER: &str = r#"{
    "openssl": {
        "CVE-2023-0286": {
            "description": "X.400 address type confusion\nin GeneralName",
            "scope": "remote",
            "releases": {
                "bookworm": {"status": "resolved", "repositories": {"bookworm": "3.0.17-1"}, "fixed_version": "3.0.8-1", "urgency": "not yet assigned"},
                "bullseye": {"status": "resolved", "repositories": {}, "fixed_version": "1.1.1n-0+deb11u4", "urgency": "high"},
                "sid": {"status": "open", "repositories": {"sid": "3.5.0-1"}, "urgency": "low**"},
                "trixie": {"status": "resolved", "fixed_version": "0", "urgency": "unimportant"},
                "hamm": {"status": "open", "urgency": "low"}
            }
        },
        "CVE-2024-0001": {
            "debianbug": 1012345,
            "releases": {
                "bookworm": {"status": "open", "urgency": "low", "nodsa": "Minor issue", "nodsa_reason": "postponed"},
                "bullseye": {"status": "open", "urgency": "not yet assigned", "nodsa": "Minor issue", "nodsa_reason": "ignored"},
                "buster": {"status": "open", "urgency": "end-of-life"},
                "trixie": {"status": "open", "urgency": "unimportant", "nodsa": "Minor issue", "nodsa_reason": ""},
                "forky": {"status": "undetermined", "urgency": "not yet assigned"}
            }
        }
    },
    "zlib": {"TEMP-0000000-A1B2C3": {"releases": {"bookworm": {"status": "open", "urgency": "not yet assigned"}}}}
}"#;

#[test]
fn the_debian_tracker() {
    let (items, date) = intake(Importer::DebianTracker, &[TRACKER]).unwrap();
    let records = records(&items);
    assert_eq!((records.len(), items.len(), date), (3, 3, None));
    assert_eq!(records[0].id, "DEBIAN-TRACKER-openssl-CVE-2023-0286");
    assert_eq!((records[0].upstream.as_slice(), records[0].modified), (&["CVE-2023-0286".to_owned()][..], AS_OF));
    assert_eq!(records[0].summary, "X.400 address type confusion");
    let told = |number: usize| records[number].affected.iter().map(told).collect::<Vec<_>>();
    assert_eq!(
        told(0),
        [
            "Debian:12 openssl [+0 -3.0.8-1] - -",
            "Debian:11 openssl [+0 -1.1.1n-0+deb11u4] high -",
            "Debian:sid openssl [+0] low -",
            "Debian:13 openssl [] unimportant notAffected",
        ]
    );
    assert_eq!(
        told(1),
        [
            "Debian:12 openssl [+0] low deferred",
            "Debian:11 openssl [+0] - wontFix",
            "Debian:10 openssl [+0] - endOfLife",
            "Debian:14 openssl [+0] - underInvestigation",
            "Debian:13 openssl [+0] unimportant deferred",
        ]
    );
    assert_eq!(told(2), ["Debian:12 zlib [+0] - -"]);
    assert_eq!(records[2].upstream, ["TEMP-0000000-A1B2C3"]);
}

#[test]
fn entries_of_the_tracker_that_break_a_rule() {
    let check = |package: &str, id: &str, flaw: &str, expect: &str| {
        let text = format!(r#"{{"{package}": {{"{id}": {flaw}}}, "ok": {{"CVE-2024-1111": {{"releases": {{}}}}}}}}"#);
        let (items, _) = intake(Importer::DebianTracker, &[&text]).unwrap();
        assert_eq!(records(&items).len(), 1, "{flaw}");
        let refused = refused(&items);
        assert!(refused.len() == 1 && refused[0].contains(expect), "{refused:?}");
    };
    let release = |release: &str| format!(r#"{{"releases": {{"bookworm": {release}}}}}"#);
    check("a", "CVE-2024-2222", &release(r#"{"status": "fixed"}"#), "is not known");
    check("a", "CVE-2024-2222", &release(r#"{"status": "resolved"}"#), "in no proper version");
    check("a", "CVE-2024-2222", &release(r#"{"status": "resolved", "fixed_version": "1 2"}"#), "in no proper version");
    check("a", "CVE-2024-2222", &release(r#"{"status": "open", "status": "open"}"#), "duplicate field");
    check("a", "CVE-2024-2222", &release(r#"{"urgency": "low"}"#), "missing field");
    check("a", "CVE-2024-2222", &release("[]"), "invalid");
    check("a", "CVE-2024-2222", "7", "invalid");
    check("a b", "CVE-2024-2222", &release(r#"{"status": "open"}"#), "no proper name");
    check("a", "", &release(r#"{"status": "open"}"#), "no proper name");
    let many = (0..100).map(|number| format!(r#""r{number}": {{"status": "open"}}"#)).collect::<Vec<_>>().join(",");
    check("a", "CVE-2024-2222", &format!(r#"{{"releases": {{{many}}}}}"#), "more than 64 releases");
}

fn secdb(release: &str, packages: &str) -> String {
    format!(
        r#"{{"apkurl": "{{{{urlprefix}}}}", "archs": ["x86_64"], "reponame": "main", "urlprefix": "https://dl-cdn.example/alpine",
        "distroversion": "{release}", "packages": [{packages}]}}"#
    )
}

#[test]
fn the_database_of_alpine() {
    let first = secdb(
        "v3.19",
        r#"{"pkg": {"name": "apk-tools", "secfixes": {"2.12.6-r0": ["CVE-2021-36159"], "0": ["CVE-2099-0001"]}}},
        {"pkg": {"name": "busybox", "secfixes": {"1.35.0-r17": ["CVE-2022-30065 (+ regression fix)", "CVE-2021-1111 GHSA-abcd"], "1.36.0-r1": ["CVE-2022-30065", "XSA-123 bla"]}}},
        {"pkg": {"name": "empty", "secfixes": null}}"#,
    );
    let second = secdb(
        "v3.20",
        r#"{"pkg": {"name": "apk-tools", "secfixes": {"2.14.0-r1": ["CVE-2021-36159"], "1-r0": null}}}"#,
    );
    let (items, _) = intake(Importer::AlpineSecdb, &[&first, &second]).unwrap();
    assert_eq!(refused(&items), Vec::<String>::new());
    let told = records(&items).into_iter().map(|record| {
        let affected = record.affected.iter().map(told).collect::<Vec<_>>().join("; ");
        format!("{}: {affected}", record.upstream.join(" "))
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            "CVE-2021-36159: Alpine:v3.19 apk-tools [+0 -2.12.6-r0] - -; Alpine:v3.20 apk-tools [+0 -2.14.0-r1] - -",
            "CVE-2099-0001: Alpine:v3.19 apk-tools [] - notAffected",
            "CVE-2021-1111: Alpine:v3.19 busybox [+0 -1.35.0-r17] - -",
            "CVE-2022-30065: Alpine:v3.19 busybox [+0 -1.35.0-r17, +0 -1.36.0-r1] - -",
            "XSA-123: Alpine:v3.19 busybox [+0 -1.36.0-r1] - -",
        ]
    );
    let wolfi = r#"{"urlprefix": "https://packages.wolfi.dev", "reponame": "os", "packages": [{"pkg": {"name": "a", "secfixes": {"1-r0": ["CVE-2024-1234"]}}}]}"#;
    let (items, _) = intake(Importer::AlpineSecdb, &[wolfi]).unwrap();
    assert_eq!(records(&items)[0].affected[0].ecosystem, "Wolfi");
    let odd = secdb(
        "v3.19",
        r#"{"pkg": {"name": "a b", "secfixes": {}}}, {"pkg": {}}, {"pkg": {"name": "c", "secfixes": {"1": "CVE-2024-1234"}}}"#,
    );
    assert_eq!(refused(&intake(Importer::AlpineSecdb, &[&odd]).unwrap().0).len(), 3);
}

const KEV: &str = r#"{
    "title": "CISA Catalog of Known Exploited Vulnerabilities", "catalogVersion": "2024.05.01", "dateReleased": "2024-05-01T15:00:26.0000Z", "count": 3,
    "vulnerabilities": [
        {"cveID": "CVE-2021-44228", "vendorProject": "Apache", "product": "Log4j2", "dateAdded": "2021-12-10", "dueDate": "2021-12-24", "knownRansomwareCampaignUse": "Known", "cwes": ["CWE-20"]},
        {"cveID": "CVE-2024-3094", "dateAdded": "2024-04-01", "knownRansomwareCampaignUse": "Unknown"},
        {"cveID": "CVE-2024-3", "dateAdded": "2024-04-01"}
    ]
}"#;

#[test]
fn the_catalog_of_exploited_vulnerabilities() {
    let (items, date) = intake(Importer::CisaKev, &[KEV]).unwrap();
    assert_eq!(date, "2024-05-01T15:00:26Z".parse().ok());
    let exploited =
        |added, due, ransomware| Fact::Exploited(crate::Exploited { added: day(added).unwrap(), due, ransomware });
    assert_eq!(
        items[0],
        Item::Fact(CveId::parse("CVE-2021-44228").unwrap(), exploited("2021-12-10", day("2021-12-24"), true))
    );
    assert_eq!(items[1], Item::Fact(CveId::parse("CVE-2024-3094").unwrap(), exploited("2024-04-01", None, false)));
    assert_eq!(refused(&items), ["vulnerabilities[2]: cveID is not the id of a CVE"]);
}

#[test]
fn the_predictions_of_exploits() {
    let text = "#model_version:v2025.03.14,score_date:2025-11-21T00:00:00+0000\ncve,epss,percentile\n\
        CVE-1999-0001,0.01297,0.79224\nCVE-2021-44228,0.94358,0.99957\nCVE-2024-1234,2,0.1\nCVE-2024-1235,0.1\nCVE-x,0,0\n";
    let (items, date) = intake(Importer::Epss, &[text]).unwrap();
    assert_eq!(date, day("2025-11-21"));
    let fact = |id, probability, percentile| {
        Item::Fact(CveId::parse(id).unwrap(), Fact::Epss(crate::Epss::new(probability, percentile).unwrap()))
    };
    assert_eq!(items[..2], [fact("CVE-1999-0001", 0.01297, 0.79224), fact("CVE-2021-44228", 0.94358, 0.99957)]);
    assert_eq!(
        refused(&items),
        [
            "line 5: epss or percentile is not between 0 and 1",
            "line 6: a column is missing",
            "line 7: cve is not the id of a CVE"
        ]
    );
}

#[test]
fn damaged_documents_are_refused_as_a_whole() {
    let deep = "[".repeat(100_000);
    let deep_entry = format!(r#"{{"a": {{"CVE-2024-1111": {deep}"#);
    let cut = |text: &str| text[..text.len() - 9].to_owned();
    let check = |importer, documents: &[&str]| {
        for document in documents {
            assert!(intake(importer, &[document]).is_err(), "{importer}: {document:.80}");
        }
    };
    for importer in Importer::ALL {
        check(importer, &["", "null", "7", "[]", "{}", "<html></html>", &deep, "\u{0}"]);
    }
    check(Importer::DebianTracker, &[&cut(TRACKER), &deep_entry, r#"{"a": []}"#, r#"{"a": {}}"#, "{} {}"]);
    check(Importer::AlpineSecdb, &[&cut(&secdb("v3.19", "")), &secdb("3.19", ""), &secdb("v3.x", ""), &secdb("", "")]);
    let twice = r#"{"distroversion": "v3.19", "distroversion": "v3.20", "packages": []}"#;
    check(Importer::AlpineSecdb, &[twice, r#"{"distroversion": "v3.19"}"#]);
    check(Importer::CisaKev, &[&cut(KEV), &KEV.replace("\"count\": 3", "\"count\": 4"), r#"{"vulnerabilities": []}"#]);
    check(Importer::Nvd, &[&cut(NVD), &NVD.replace("NVD_CVE", "NVD_CPE"), r#"{"vulnerabilities": []}"#]);
    check(
        Importer::Epss,
        &["cve,epss,percentile\n", "cve,epss,percentile\nCVE-2024-1234,0.1,0.1", "cve,epss\nCVE-2024-1234,0.1\n"],
    );
}

#[test]
fn an_entry_beyond_its_budget_is_refused() {
    let long = "x".repeat(9 << 20);
    let text = format!(r#"{{"a": {{"CVE-2024-1111": {{"description": "{long}"}}, "CVE-2024-1112": {{}}}}}}"#);
    let (items, _) = intake(Importer::DebianTracker, &[&text]).unwrap();
    assert_eq!((records(&items).len(), refused(&items).len()), (1, 1));
}

#[test]
fn what_was_decided_and_what_is_known_come_back_from_an_index() {
    let mut builder = IndexBuilder::new();
    let feed = builder.feed("debian-tracker", "here", AS_OF);
    let other = builder.feed("cisa-kev", "here", AS_OF);
    for (importer, text) in [(Importer::DebianTracker, TRACKER), (Importer::CisaKev, KEV)] {
        for item in intake(importer, &[text]).unwrap().0 {
            match item {
                Item::Record(record) => builder.add(&record, Some(feed)).unwrap(),
                Item::Fact(cve, fact) => {
                    builder.add_fact(cve, &fact, other).unwrap();
                    builder.add_fact(cve, &fact, other).unwrap();
                }
                Item::EndOfLife(_) | Item::Refused { .. } => {}
            }
        }
    }
    let log4j = CveId::parse("CVE-2021-44228").unwrap();
    let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H".to_owned();
    let rating = crate::Rating { kind: crate::RatingKind::CvssV3, value: vector };
    builder.add_fact(log4j, &Fact::Ratings(vec![rating.clone()]), other).unwrap();
    builder.add_fact(log4j, &Fact::Epss(crate::Epss::new(0.5, 1.0).unwrap()), other).unwrap();
    let index = Index::open(builder.build(AS_OF).unwrap()).unwrap();
    assert_eq!(index.info().feeds.iter().map(|feed| feed.records).collect::<Vec<_>>(), [3, 4]);
    let facts = index.facts(log4j).unwrap();
    assert_eq!((facts.exploited.map(|known| known.ransomware), facts.ratings), (Some(true), vec![rating]));
    assert_eq!(facts.epss.map(crate::Epss::probability), Some(0.5));
    assert_eq!(index.facts(CveId::parse("CVE-2021-44229").unwrap()).unwrap(), crate::Facts::default());
    assert_eq!(index.all_facts().count(), 2);
    let stored = index.records().map(|item| item.unwrap().0).collect::<Vec<_>>();
    let (items, _) = intake(Importer::DebianTracker, &[TRACKER]).unwrap();
    let mut given = records(&items).into_iter().cloned().collect::<Vec<_>>();
    given.sort_by(|a, b| a.id.cmp(&b.id));
    let responses = |records: &[Record]| {
        let mut told = records.iter().flat_map(|record| record.affected.iter().map(told)).collect::<Vec<_>>();
        told.sort();
        told
    };
    assert_eq!(responses(&stored), responses(&given));
}

const NVD: &str = r#"{
    "resultsPerPage": 4, "startIndex": 0, "totalResults": 4, "format": "NVD_CVE", "version": "2.0", "timestamp": "2025-11-21T08:00:00.123",
    "vulnerabilities": [
        {"cve": {"id": "CVE-2021-44228", "vulnStatus": "Analyzed", "published": "2021-12-10T10:15:09.143", "metrics": {
            "cvssMetricV31": [
                {"source": "x@example.org", "type": "Secondary", "cvssData": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N"}},
                {"source": "nvd@nist.gov", "type": "Primary", "cvssData": {"version": "3.1", "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "baseScore": 10.0}}],
            "cvssMetricV2": [{"source": "nvd@nist.gov", "type": "Primary", "cvssData": {"version": "2.0", "vectorString": "AV:N/AC:L/Au:N/C:C/I:C/A:C"}}]}}},
        {"cve": {"id": "CVE-2024-1000", "vulnStatus": "Rejected", "metrics": {}}},
        {"cve": {"id": "CVE-2024-1001", "metrics": {"cvssMetricV40": [{"cvssData": {"vectorString": "CVSS:4.0/nonsense"}}]}}},
        {"cve": {"id": "CVE-2024-1", "metrics": {}}}
    ]
}"#;

#[test]
fn the_severities_of_the_national_database() {
    let (items, date) = intake(Importer::Nvd, &[NVD]).unwrap();
    assert_eq!(date, "2025-11-21T08:00:00Z".parse().ok());
    let rating = |kind, value: &str| crate::Rating { kind, value: value.to_owned() };
    let ratings = vec![
        rating(crate::RatingKind::CvssV3, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H"),
        rating(crate::RatingKind::CvssV2, "AV:N/AC:L/Au:N/C:C/I:C/A:C"),
    ];
    let fact = Item::Fact(CveId::parse("CVE-2021-44228").unwrap(), Fact::Ratings(ratings));
    assert_eq!((items.len(), &items[0]), (2, &fact));
    assert_eq!(refused(&items), ["vulnerabilities[3]: cve.id is not the id of a CVE"]);
}

const ENDS: &str =
    "# Ours.\ndate 2026-11-20\n\nhannah 1 2025-06-30 # as announced\nhannah 2 2030-06-30\nhannah 3\nhannah 4 soon\n";

#[test]
fn the_ends_of_support() {
    let ends = |document: &str| {
        let (items, date) = intake(Importer::EndOfLife, &[document]).unwrap();
        let told = items.iter().filter_map(|item| match item {
            Item::EndOfLife(row) => Some(format!("{} {} {}", row.id, row.release, row.last_day)),
            _ => None,
        });
        (told.collect::<Vec<_>>(), refused(&items), date)
    };
    let (told, refused, date) = ends(ENDS);
    assert_eq!(told, ["hannah 1 2025-06-30T23:59:59Z", "hannah 2 2030-06-30T23:59:59Z"]);
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert_eq!(date, day("2026-11-20"));
    let product = |name: &str, releases: &str| {
        format!(
            r#"{{"schema_version": "1.2.0", "generated_at": "2026-08-22T09:00:00+00:00", "last_modified": "2026-07-11T10:00:00+02:00",
            "result": {{"name": "{name}", "label": "Some", "aliases": [], "releases": [{releases}]}}}}"#
        )
    };
    let debian = product(
        "debian",
        r#"{"name": "13", "isEol": false, "eolFrom": "2028-08-09", "eoesFrom": "2030-06-30"}, {"name": "14", "eolFrom": null},
        {"name": "7", "eolFrom": "2016-04-25"}, {"name": "6", "eolFrom": "long ago"}"#,
    );
    let (told, refused, date) = ends(&debian);
    assert_eq!(told, ["debian 13 2030-06-30T23:59:59Z", "debian 7 2016-04-25T23:59:59Z"]);
    assert_eq!(refused, ["debian 6: \"long ago\" is no day such as 2026-11-21"]);
    assert_eq!(date, "2026-07-11T08:00:00Z".parse().ok());
    let ubuntu = product("ubuntu", r#"{"name": "24.04", "eolFrom": "2029-05-31", "eoesFrom": "2036-05-31"}"#);
    assert_eq!(ends(&ubuntu).0, ["ubuntu-pro 24.04 2036-05-31T23:59:59Z", "ubuntu 24.04 2029-05-31T23:59:59Z"]);
    let alpine = product("alpine-linux", r#"{"name": "3.22", "eolFrom": "2027-05-01"}"#);
    assert_eq!(ends(&alpine).0, ["alpine 3.22 2027-05-01T23:59:59Z"]);
    assert!(Importer::end_of_life_products().any(|product| product == "alpine-linux"));
    let broken = [
        &product("windows", "{}"),
        &product("debian", ""),
        &debian[..100],
        "date 2026-11-20\n",
        "hannah 1 2025-06-30\n",
    ];
    for document in broken {
        assert!(intake(Importer::EndOfLife, &[document]).is_err(), "{document}");
    }
}

#[test]
fn the_ends_of_support_in_an_index() {
    let mut builder = IndexBuilder::new();
    let feed = builder.feed("end-of-life", "here", AS_OF);
    let (items, date) = intake(Importer::EndOfLife, &[ENDS]).unwrap();
    builder.dated(feed, date.unwrap());
    for item in items {
        if let Item::EndOfLife(row) = item {
            builder.add_end_of_life(row.clone(), feed);
            builder.add_end_of_life(row, feed);
        }
    }
    assert!(!builder.is_empty());
    let index = Index::open(builder.build(AS_OF).unwrap()).unwrap();
    assert_eq!((index.info().end_of_life.len(), index.info().feeds[0].records), (2, 2));
    assert_eq!(index.info().feeds[0].newest_modified, day("2026-11-20"));
    let distribution = plimsoll_inventory::Distribution {
        id: "hannah".to_owned(),
        version_id: Some("1.4".to_owned()),
        ..plimsoll_inventory::Distribution::default()
    };
    let inventory =
        plimsoll_inventory::Inventory { distribution: Some(distribution), ..plimsoll_inventory::Inventory::default() };
    let at = |seconds| std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
    let ended = |seconds| {
        let unknown = crate::judge(Some(&index), &inventory, at(seconds)).unknown;
        unknown.iter().any(|reason| matches!(reason, crate::UnknownReason::EndOfLife { id, .. } if id == "hannah"))
    };
    assert!(!ended(1_700_000_000));
    assert!(ended(1_800_000_000));
}
