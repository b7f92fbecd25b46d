//! What is easy to get wrong: rows that real records need, each of which some scanner answers otherwise.

use super::*;

#[test]
fn events_in_any_order_where_one_interval_ends_as_another_begins() {
    // As of a real record: 0.13.0 is fixed for one branch and introduced for the next.
    let list = json!([{"introduced": "0.13.0"}, {"fixed": "0.14.0rc1"}, {"introduced": "0.12.2"}, {"fixed": "0.13.0"}]);
    let record = json!({"id": "A", "affected": [events("PyPI", "p", list)]});
    let versions = ["0.12.1", "0.12.2", "0.13.0", "0.13.5", "0.14.0rc1"];
    assert_eq!(answers(&[record], PackageKind::PyPi, "p", None, &versions), "-***-");
}

#[test]
fn commits_hide_no_range() {
    let git = json!({"type": "GIT", "repo": "r", "events": [{"introduced": "0"}, {"fixed": "abc"}]});
    let range = json!({"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.1.4"}]});
    for ranges in [json!([git, range]), json!([range, git])] {
        let record = json!({"id": "A", "affected": [{"package": {"ecosystem": "PyPI", "name": "p"}, "ranges": ranges, "versions": ["2.0.4"]}]});
        assert_eq!(answers(&[record], PackageKind::PyPi, "p", None, &["2.0.4", "2.0.5", "2.1.4"]), "**-");
    }
}

#[test]
fn versions_are_compared_in_their_normal_form() {
    let check = |ecosystem: &str, kind, bounds: (&str, &str), versions: &[&str], expect: &str| {
        let list = json!([{"introduced": bounds.0}, {"fixed": bounds.1}]);
        let record = json!({"id": "A", "affected": [events(ecosystem, "p", list)]});
        assert_eq!(answers(&[record], kind, "p", None, versions), expect, "{ecosystem}");
    };
    check("Packagist", PackageKind::Composer, ("8.0.0", "8.1.0"), &["8.0", "8.0.0-rc1", "8.1", "v8.0.5"], "*--*");
    check("Maven", PackageKind::Maven, ("9.0.0.M1", "9.0.0.M18"), &["9.0.0-M1", "9.0.0.M0", "9.0.0-M18"], "*--");
    check("NuGet", PackageKind::NuGet, ("1.0", "2.0"), &["1.0.0.0", "2.0.0", "1.0.0-a"], "*--");
}

#[test]
fn a_bound_that_is_no_version_leaves_the_answer_open() {
    // As of real records of Alpine: a dot too many, a hyphen in place of a dot.
    for fix in ["1.0.4.-r0", "4.10-1-r1"] {
        let record = json!({"id": "A", "affected": [fixed("Alpine:v3.18", "p", fix)]});
        let image = Some(distribution("alpine", "3.18.2"));
        assert_eq!(answers(&[record], PackageKind::Apk, "p", image, &["1.0-r0"]), "?", "{fix}");
    }
}

#[test]
fn of_several_advisories_on_a_flaw_the_highest_fix_counts() {
    let advisory = |id: &str, fix: &str| {
        let affected = json!([fixed("Red Hat:enterprise_linux:9::baseos", "p", fix)]);
        json!({"id": id, "upstream": ["CVE-2020-1"], "affected": affected})
    };
    let records = [advisory("RHSA-1", "1.0-2.el9"), advisory("RHSA-2", "1.0-5.el9"), advisory("RHSA-3", "1.0-4.el9")];
    let check = |version: &str, expect: Option<&str>| {
        let packages = vec![package(PackageKind::Rpm, "p", version)];
        let inventory = Inventory { distribution: Some(distribution("rhel", "9.4")), packages, ..Inventory::default() };
        let findings = judged(&records, &inventory).findings;
        assert!(findings.len() <= 1, "{version}");
        assert_eq!(findings.first().and_then(|finding| finding.fixed.as_deref()), expect, "{version}");
    };
    check("1.0-1.el9", Some("1.0-5.el9"));
    check("1.0-3.el9", Some("1.0-5.el9"));
    check("1.0-5.el9", None);
}

#[test]
fn flaws_of_the_kernel_are_not_in_its_headers() {
    let records =
        [json!({"id": "DSA-1-1", "upstream": ["CVE-2020-1"], "affected": [fixed("Debian:12", "linux", "6.1.20-1")]})];
    let of_linux = |name: &str, version: &str| {
        let mut built = package(PackageKind::Deb, name, version);
        built.package.source = Some(SourcePackage { name: "linux".into(), version: version.into() });
        built
    };
    let packages =
        vec![of_linux("linux-libc-dev", "6.1.8-1"), of_linux("linux-image-6.1.0-3-amd64-unsigned", "6.1.8-1")];
    let image = Inventory { distribution: Some(distribution("debian", "12")), packages, ..Inventory::default() };
    let judgement = judged(&records, &image);
    let names = |finding: &Finding| finding.package.package.name.clone();
    assert_eq!(judgement.findings.iter().map(names).collect::<Vec<_>>(), ["linux-image-6.1.0-3-amd64-unsigned"]);
    let suppressed = judgement.suppressed.iter().map(|told| (names(&told.finding), told.reason.word()));
    assert_eq!(suppressed.collect::<Vec<_>>(), [("linux-libc-dev".to_owned(), "onlyHeaders")]);
}

#[test]
fn related_records_are_no_aliases() {
    let on_p = json!([events("npm", "p", json!([{"introduced": "0"}]))]);
    let records = [
        json!({"id": "GHSA-a", "related": ["CVE-2020-1", "GHSA-b"], "affected": on_p}),
        json!({"id": "GHSA-b", "related": ["GHSA-a"], "affected": on_p}),
        json!({"id": "GHSA-c", "aliases": ["CVE-2020-1"], "affected": on_p}),
    ];
    let findings = judged(&records, &inventory(vec![package(PackageKind::Npm, "p", "1.0.0")])).findings;
    let ids: Vec<_> = findings.iter().map(|finding| finding.id.as_str()).collect();
    assert_eq!(ids, ["CVE-2020-1", "GHSA-a", "GHSA-b"]);
}

#[test]
fn what_is_upstream_of_two_is_shared_and_joins_them_not() {
    let on_p = json!([fixed("Ubuntu:22.04:LTS", "p", "2")]);
    let records = [
        json!({"id": "USN-1-1", "upstream": ["CVE-2020-1", "UBUNTU-CVE-2020-1", "CVE-2020-2"], "affected": on_p}),
        json!({"id": "UBUNTU-CVE-2020-1", "upstream": ["CVE-2020-1"], "affected": on_p}),
    ];
    let packages = vec![package(PackageKind::Deb, "p", "1")];
    let image = Inventory { distribution: Some(distribution("ubuntu", "22.04")), packages, ..Inventory::default() };
    let found = judged(&records, &image).findings;
    let found: Vec<_> = found.iter().map(|finding| (finding.id.as_str(), finding.aliases.join(" "))).collect();
    let expect = [("CVE-2020-1", "UBUNTU-CVE-2020-1 USN-1-1"), ("CVE-2020-2", "USN-1-1")];
    assert_eq!(found, expect.map(|(id, aliases)| (id, aliases.to_owned())));
}
