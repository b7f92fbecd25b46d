//! Where findings stand, and whom is believed how bad they are.

use super::*;
use crate::{FixedIn, SeverityOrder, State};

fn debian(packages: Vec<InstalledPackage>) -> Inventory {
    Inventory { distribution: Some(distribution("debian", "12")), packages, ..Inventory::default() }
}

#[test]
fn where_a_finding_stands() {
    let check = |affected: Value, version: &str, expect: State| {
        let record = json!({"id": "DSA-1-1", "upstream": ["CVE-2020-1"], "affected": affected});
        let findings = judged(&[record], &debian(vec![package(PackageKind::Deb, "p", version)])).findings;
        assert_eq!(findings.iter().map(Finding::state).collect::<Vec<_>>(), [expect], "{affected}");
    };
    let open = || events("Debian:12", "p", json!([{"introduced": "0"}]));
    let told = |urgency: &str| {
        let mut entry = open();
        entry["ecosystem_specific"] = json!({"urgency": urgency});
        entry
    };
    check(json!([fixed("Debian:12", "p", "2")]), "1", State::Fixed);
    check(json!([fixed("Debian:12", "p", "2")]), "!", State::Undetermined);
    check(json!([open()]), "1", State::Affected);
    check(json!([open(), fixed("Debian:13", "p", "2")]), "1", State::FixedElsewhere);
    check(json!([open(), fixed("Debian:13", "q", "2")]), "1", State::Affected);
    check(json!([open(), events("Debian:13", "p", json!([{"introduced": "0"}]))]), "1", State::Affected);
    check(json!([open(), fixed("Ubuntu:24.04", "p", "2")]), "1", State::Affected);
    check(json!([told("end-of-life"), fixed("Debian:13", "p", "2")]), "1", State::EndOfLife);
}

#[test]
fn fixes_of_other_releases() {
    let open = json!({"id": "DEBIAN-CVE-2020-1", "affected": [
        events("Debian:12", "p", json!([{"introduced": "0"}])), fixed("Debian:13", "p", "2"),
        fixed("Debian:13", "p", "10"), fixed("Debian:11", "p", "0.9-1+deb11u1"),
    ]});
    let withdrawn = json!({"id": "DSA-1-1", "upstream": ["CVE-2020-1"], "withdrawn": "2020-01-01T00:00:00Z",
        "affected": [fixed("Debian:14", "p", "3")]});
    let other = json!({"id": "DSA-2-1", "upstream": ["CVE-2020-2"], "affected": [fixed("Debian:14", "p", "3")]});
    let images = debian(vec![package(PackageKind::Deb, "p", "1")]);
    let findings = judged(&[open, withdrawn, other], &images).findings;
    let expect = [("Debian:11", "0.9-1+deb11u1"), ("Debian:13", "10")];
    let expect = expect.map(|(ecosystem, version)| FixedIn { ecosystem: ecosystem.into(), version: version.into() });
    assert_eq!(findings.iter().map(|finding| &*finding.fixed_elsewhere).collect::<Vec<_>>(), [&expect]);
    // A language has no releases.
    let records = [npm("A", json!([{"type": "SEMVER", "events": [{"introduced": "0"}]}]), json!([]))];
    let findings = judged(&records, &inventory(vec![package(PackageKind::Npm, "p", "1.0.0")])).findings;
    assert_eq!((findings[0].state(), findings[0].fixed_elsewhere.len()), (State::Affected, 0));
}

#[test]
fn decisions_of_the_tracker_are_states() {
    use crate::importers::{Importer, Intake, Item};
    let check = |release: &str, expect: Option<State>| {
        let text = format!(r#"{{"p": {{"CVE-2024-0001": {{"releases": {{"bookworm": {release}}}}}}}}}"#);
        let mut builder = IndexBuilder::new();
        let affected = json!([events("Debian:12", "p", json!([{"introduced": "0"}]))]);
        let osv = json!({"id": "DEBIAN-CVE-2024-0001", "modified": "2024-01-01T00:00:00Z", "affected": affected});
        builder.add(&Record::parse(osv.to_string().as_bytes(), &Limits::default()).unwrap(), None).unwrap();
        let mut intake = Intake::new(Importer::DebianTracker, Limits::default(), Timestamp::from_unix_seconds(0));
        let take = &mut |item| match item {
            Item::Record(record) => builder.add(&record, None).unwrap(),
            _ => panic!("{text}"),
        };
        intake.document(text.as_bytes(), take).unwrap();
        let index = Index::open(builder.build(Timestamp::from_unix_seconds(0)).unwrap()).unwrap();
        let findings = judge(Some(&index), &debian(vec![package(PackageKind::Deb, "p", "1")]), now()).findings;
        assert_eq!(findings.first().map(Finding::state), expect, "{release}");
    };
    check(r#"{"status": "open", "urgency": "low"}"#, Some(State::Affected));
    check(r#"{"status": "open", "nodsa": "Minor", "nodsa_reason": "ignored"}"#, Some(State::WontFix));
    check(r#"{"status": "open", "nodsa": "Minor", "nodsa_reason": "postponed"}"#, Some(State::Deferred));
    check(r#"{"status": "open", "nodsa": "Minor", "nodsa_reason": ""}"#, Some(State::Deferred));
    check(r#"{"status": "open", "urgency": "end-of-life"}"#, Some(State::EndOfLife));
    check(r#"{"status": "undetermined"}"#, Some(State::UnderInvestigation));
    check(r#"{"status": "resolved", "fixed_version": "0"}"#, None);
    check(r#"{"status": "resolved", "fixed_version": "2"}"#, Some(State::Fixed));
}

#[test]
fn what_somebody_speaks_against_is_not_affected() {
    use crate::vex::VexStatus;
    use crate::{Suppressed, Suppression};
    let records = [npm("A", json!([{"type": "SEMVER", "events": [{"introduced": "0"}]}]), json!([]))];
    let finding = judged(&records, &inventory(vec![package(PackageKind::Npm, "p", "1.0.0")])).findings.remove(0);
    let check = |status, expect: State| {
        let reason =
            Suppression::Vex { author: "x".into(), status, justification: None, statement: None, document: "d".into() };
        assert_eq!(Suppressed { finding: finding.clone(), reason }.state(), expect);
    };
    check(VexStatus::NotAffected, State::NotAffected);
    check(VexStatus::Fixed, State::Affected);
}

#[test]
fn whom_to_believe_can_be_chosen() {
    let mut record = npm("A", json!([{"type": "SEMVER", "events": [{"introduced": "0"}]}]), json!([]));
    record["aliases"] = json!(["CVE-2020-1234"]);
    own_severity(&mut record);
    let affected = json!([events("Go", "q", json!([{"introduced": "0"}]))]);
    let other = json!({"id": "GO-1", "modified": "2024-01-01T00:00:00Z", "aliases": ["CVE-2020-1234"],
        "severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}], "affected": affected});
    let mut builder = IndexBuilder::new();
    let feed = builder.feed("nvd", "x", Timestamp::from_unix_seconds(0));
    record["modified"] = "2024-01-01T00:00:00Z".into();
    for record in [&record, &other] {
        builder.add(&Record::parse(record.to_string().as_bytes(), &Limits::default()).unwrap(), None).unwrap();
    }
    let rating = crate::Rating { kind: crate::RatingKind::CvssV2, value: "AV:N/AC:L/Au:N/C:C/I:C/A:C".into() };
    builder.add_fact(crate::CveId::parse("CVE-2020-1234").unwrap(), &crate::Fact::Ratings(vec![rating]), feed).unwrap();
    let index = Index::open(builder.build(Timestamp::from_unix_seconds(0)).unwrap()).unwrap();
    let image = inventory(vec![package(PackageKind::Npm, "p", "1.0.0")]);
    let check = |order: &str, severity: Severity, source: &str| {
        let mut judgement = judge(Some(&index), &image, now());
        assert_eq!((judgement.order, judgement.findings[0].severity), (SeverityOrder::default(), Severity::Low));
        order.parse::<SeverityOrder>().unwrap().apply(&mut judgement);
        let finding = &judgement.findings[0];
        assert_eq!((finding.severity, finding.severity_source.as_deref()), (severity, Some(source)), "{order}");
        assert_eq!(finding.assessments.len(), 5, "none is lost");
        assert_eq!(finding.vector.is_some(), finding.score.is_some());
        // What to change is found out by the same order.
        let plan = plan(Some(&index), &image, &judgement, (severity, 0), now()).unwrap();
        assert_eq!((plan.severity, plan.above), (severity, 1), "{order}");
    };
    check("package", Severity::Low, "A CVSS_V3");
    check("advisory", Severity::Critical, "A CVSS_V3");
    check("database", Severity::Medium, "A severity");
    check("other", Severity::High, "GO-1 CVSS_V4");
    check("nvd", Severity::High, "NVD CVSS_V2");
    check("highest", Severity::Critical, "A CVSS_V3");
}

#[test]
fn no_order_makes_malice_harmless() {
    let mut record = npm("MAL-2024-1", json!([{"type": "SEMVER", "events": [{"introduced": "0"}]}]), json!([]));
    record["severity"] = json!([{"type": "CVSS_V3", "score": LOW}]);
    let mut judgement = judged(&[record], &inventory(vec![package(PackageKind::Npm, "p", "1.0.0")]));
    for order in ["advisory", "highest", "nvd,other"] {
        order.parse::<SeverityOrder>().unwrap().apply(&mut judgement);
        assert_eq!(judgement.findings[0].severity, Severity::Critical, "{order}");
    }
}
