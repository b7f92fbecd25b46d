use std::sync::Arc;

use plimsoll_advisories::{
    Comparator, Evidence, Finding, Judgement, Rule, Severity, Status, Timestamp, UnknownReason, Until,
};
use plimsoll_inventory::{InstalledPackage, Package, PackageKind};
use proptest::prelude::*;

use super::*;

const DAY: i64 = 86_400;

fn now() -> Timestamp {
    Timestamp::from_unix_seconds(1000 * DAY)
}

fn finding(severity: Severity, fixed: Option<&str>, age_days: Option<i64>) -> Finding {
    let package = Package::new(PackageKind::PyPi, "flask", "0.12");
    let rule = Rule::Within { introduced: "0".into(), until: Until::Open, comparator: Comparator::Pep440 };
    Finding {
        id: "CVE-2018-1000656".into(),
        aliases: vec![],
        advisory: "PYSEC-2018-66".into(),
        package: Arc::new(InstalledPackage { package, path: "flask/METADATA".into(), layer: 1, owner: None }),
        ecosystem: "PyPI",
        installed: "0.12".into(),
        fixed: fixed.map(str::to_owned),
        fixed_elsewhere: vec![],
        status: Status::Affected,
        response: None,
        exploited: None,
        epss: None,
        malicious: false,
        severity,
        severity_source: None,
        assessments: vec![],
        score: None,
        vector: None,
        summary: String::new(),
        published: age_days.map(|age| Timestamp::from_unix_seconds((1000 - age) * DAY)),
        modified: Timestamp::from_unix_seconds(1000 * DAY),
        evidence: Evidence { ecosystem: "PyPI".into(), name: "flask".into(), sha256: [0; 32], rule },
    }
}

fn gate() -> Gate {
    Gate {
        name: "no-critical".into(),
        repositories: vec!["prod/*".parse().unwrap()],
        severity: Severity::Critical,
        only_fixable: true,
        grace_days: 0,
        unknown: OnUnknown::Deny,
        unrated: OnUnknown::Allow,
        exempt: vec![
            "arn:aws:iam::000000000000:user/administrator".into(),
            "arn:aws:iam::000000000000:role/ci/*".into(),
        ],
    }
}

fn judgement(findings: Vec<Finding>) -> Judgement {
    Judgement { findings, ..Judgement::default() }
}

#[test]
fn a_gate_guards_its_repositories_against_who_is_not_exempt() {
    fn check(repository: &str, principal: &str, expect: bool) {
        assert_eq!(gate().guards(&repository.parse().unwrap(), principal), expect, "{principal} {repository}");
    }
    check("prod/app", "anonymous", true);
    check("prod/app", "arn:aws:iam::000000000000:user/administrator", false);
    check("prod/app", "arn:aws:iam::000000000001:user/administrator", true);
    check("prod/app", "arn:aws:iam::000000000000:role/ci/scan", false);
    check("prod/app", "arn:aws:iam::000000000000:role/deploy", true);
    check("team/app", "anonymous", false);
}

#[test]
fn findings_close_a_gate() {
    fn check(gate: &Gate, finding: Finding, expect: Outcome) {
        let verdict = gate.evaluate(&judgement(vec![finding.clone()]), now());
        assert_eq!(verdict.outcome, expect, "{finding:?} at {gate:?}");
    }
    let critical = || finding(Severity::Critical, Some("1.0"), Some(10));
    check(&gate(), critical(), Outcome::Deny);
    check(&gate(), finding(Severity::High, Some("1.0"), None), Outcome::Pass);
    check(&Gate { severity: Severity::High, ..gate() }, critical(), Outcome::Deny);
    check(&gate(), finding(Severity::Critical, None, None), Outcome::Pass);
    check(&Gate { only_fixable: false, ..gate() }, finding(Severity::Critical, None, None), Outcome::Deny);
    check(&Gate { grace_days: 11, ..gate() }, critical(), Outcome::Pass);
    check(&Gate { grace_days: 10, ..gate() }, critical(), Outcome::Deny);
    check(&Gate { grace_days: 11, ..gate() }, finding(Severity::Critical, Some("1.0"), None), Outcome::Deny);
    let unrated = || finding(Severity::Unknown, Some("1.0"), None);
    check(&gate(), unrated(), Outcome::Pass);
    check(&Gate { unrated: OnUnknown::Warn, ..gate() }, unrated(), Outcome::Warn);
    check(&Gate { unrated: OnUnknown::Deny, ..gate() }, unrated(), Outcome::Unknown);
    check(&gate(), Finding { status: Status::Undetermined, ..critical() }, Outcome::Unknown);
    let high = finding(Severity::High, Some("1.0"), None);
    check(&gate(), Finding { status: Status::Undetermined, ..high }, Outcome::Pass);
    let malicious = Finding { malicious: true, ..finding(Severity::Critical, None, Some(0)) };
    check(&Gate { grace_days: 30, ..gate() }, malicious, Outcome::Deny);
}

#[test]
fn what_is_not_known_closes_a_gate_unless_it_says_otherwise() {
    fn check(unknown: OnUnknown, expect: Outcome) {
        let gate = Gate { unknown, ..gate() };
        let judgement = Judgement { unknown: vec![UnknownReason::NoAdvisories], ..Judgement::default() };
        assert_eq!(gate.evaluate(&judgement, now()).outcome, expect, "{unknown:?}");
        assert_eq!(gate.evaluate_unknown("pending").outcome, expect, "{unknown:?}");
    }
    check(OnUnknown::Deny, Outcome::Unknown);
    check(OnUnknown::Warn, Outcome::Warn);
    check(OnUnknown::Allow, Outcome::Pass);
}

#[test]
fn a_denial_names_the_rule_the_findings_and_the_remedy() {
    let verdict = gate().evaluate(&judgement(vec![finding(Severity::Critical, Some("1.0"), None); 5]), now());
    assert!(verdict.refuses());
    assert_eq!(
        verdict.denial("prod/app:1"),
        "gate \"no-critical\" refuses prod/app:1: flask 0.12 (fixed in 1.0) CVE-2018-1000656 CRITICAL, \
         flask 0.12 (fixed in 1.0) CVE-2018-1000656 CRITICAL, flask 0.12 (fixed in 1.0) CVE-2018-1000656 CRITICAL \
         and 2 more. Upgrade to the fixed versions and push the image again; `plimsoll explain prod/app:1` says more"
    );
    let unknown = gate().evaluate_unknown("no advisories are loaded");
    assert!(unknown.denial("prod/app:1").contains("it is not known whether it is safe: no advisories are loaded."));
}

#[test]
fn what_an_image_says_of_itself_does_not_reach_a_terminal_raw() {
    let mut hostile = finding(Severity::Critical, Some("1.0"), None);
    hostile.installed = format!("\u{1b}[2J\n{}", "9".repeat(500));
    let denial = gate().evaluate(&judgement(vec![hostile]), now()).denial("prod/app:1");
    assert!(!denial.chars().any(char::is_control) && denial.len() < 600, "{denial}");
}

fn any_finding() -> impl Strategy<Value = Finding> {
    let severity = prop_oneof![Just(Severity::Unknown), Just(Severity::High), Just(Severity::Critical)];
    (severity, any::<bool>(), proptest::option::of(0..40_i64))
        .prop_map(|(severity, fixed, age)| finding(severity, fixed.then_some("1.0"), age))
}

proptest! {
    #[test]
    fn more_findings_never_open_a_gate(
        findings in proptest::collection::vec(any_finding(), 0..6),
        more in any_finding(),
        grace_days in 0..40_u32,
        only_fixable: bool,
    ) {
        let gate = Gate { grace_days, only_fixable, unrated: OnUnknown::Deny, ..gate() };
        let before = gate.evaluate(&judgement(findings.clone()), now());
        let after = gate.evaluate(&judgement([findings, vec![more]].concat()), now());
        prop_assert!(after.outcome >= before.outcome);
    }
}
