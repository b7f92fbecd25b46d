#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_advisories::{Index, IndexBuilder, Limits, Record, Timestamp, judge};
use plimsoll_inventory::{InstalledPackage, Inventory, Package, PackageKind};

const RECORD: &[u8] = br#"{"id": "A", "modified": "2024-01-01T00:00:00Z", "aliases": ["CVE-2024-1"], "affected": [
    {"package": {"ecosystem": "npm", "name": "p"}, "versions": ["1.0.0"],
     "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "2.0.0"}]}]}]}"#;

// Arbitrary bytes, and a good index with arbitrary bytes written over it: errors, never panics.
fuzz_target!(|bytes: &[u8]| {
    read(bytes.to_vec());
    let record = Record::parse(RECORD, &Limits::default()).expect("a record");
    let mut builder = IndexBuilder::new();
    builder.add(&record, None).expect("one record fits");
    let mut index = builder.build(Timestamp::from_unix_seconds(0)).expect("one record fits");
    for change in bytes.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([change[0], change[1]])) % index.len();
        index[at] = change[2];
    }
    read(index);
});

fn read(bytes: Vec<u8>) {
    let Ok(index) = Index::open(bytes) else { return };
    let _ = index.verify();
    let _ = index.records().take(100).find(Result::is_err);
    let package = Package::new(PackageKind::Npm, "p", "1.0.0");
    let packages = vec![InstalledPackage { package, path: "p".into(), layer: 0, owner: None }];
    let _ = judge(Some(&index), &Inventory { packages, ..Inventory::default() }, std::time::UNIX_EPOCH);
}
