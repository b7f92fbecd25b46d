//! VEX documents of every form, and what they mean for an image.

#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, UNIX_EPOCH};

use libfuzzer_sys::fuzz_target;
use plimsoll_advisories::vex::{ImageIdentity, Statements, read};
use plimsoll_advisories::{Index, IndexBuilder, Judgement, Limits, Record, Timestamp, judge};
use plimsoll_inventory::{Distribution, InstalledPackage, Inventory, Package, PackageKind, SourcePackage};

const RECORD: &[u8] = br#"{"id": "CVE-2023-1", "modified": "2024-01-01T00:00:00Z", "affected": [{
    "package": {"ecosystem": "Red Hat:enterprise_linux:9::baseos", "name": "openssl"},
    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}"#;

/// An image with one finding that documents may speak of.
static JUDGED: LazyLock<(Judgement, Distribution)> = LazyLock::new(|| {
    let mut builder = IndexBuilder::new();
    let record = Record::parse(RECORD, &Limits::default()).expect("the record is right");
    builder.add(&record, None).expect("there is room for it");
    let index = builder.build(Timestamp::from_unix_seconds(0)).expect("one record makes an index");
    let index = Index::open(index).expect("what was built can be opened");
    let source = SourcePackage { name: "openssl".into(), version: "3.0.7-6.el9".into() };
    let package = Package { source: Some(source), ..Package::new(PackageKind::Rpm, "openssl", "1:3.0.7-6.el9") };
    let distribution = Distribution {
        id: "rhel".into(),
        version_id: Some("9.2".into()),
        cpe: Some("cpe:/o:redhat:enterprise_linux:9::baseos".into()),
        ..Distribution::default()
    };
    let inventory = Inventory {
        distribution: Some(distribution.clone()),
        packages: vec![InstalledPackage { package, path: "rpmdb".into(), layer: 0, owner: None }],
        ..Inventory::default()
    };
    let judgement = judge(Some(&index), &inventory, UNIX_EPOCH + Duration::from_secs(1_700_000_000));
    assert_eq!(judgement.findings.len(), 1);
    (judgement, distribution)
});

fuzz_target!(|data: &[u8]| {
    let Ok(document) = read(data) else { return };
    let (judgement, distribution) = &*JUDGED;
    let mut judgement = judgement.clone();
    let may = document.statements.iter().any(|statement| statement.status.suppresses());
    let mut statements = Statements::default();
    statements.add("file", document.statements);
    let image = ImageIdentity {
        repository: Some("quay.io/team/app".into()),
        tag: Some("1".into()),
        digest: Some(format!("sha256:{}", "0".repeat(64))),
        ..ImageIdentity::default()
    };
    statements.apply(&mut judgement, Some(distribution), &image);
    assert_eq!(judgement.findings.len() + judgement.suppressed.len(), 1, "nothing gets lost");
    assert!(may || judgement.suppressed.is_empty());
});
