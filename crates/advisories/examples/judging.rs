//! How long judging takes: an index of 300,000 advisories on 15,000 packages, and an image of 1,000 of them.
//!
//! ```sh
//! cargo run --release -p plimsoll-advisories --example judging
//! ```

use std::error::Error;
use std::io::Write as _;
use std::time::{Duration, Instant, UNIX_EPOCH};

use plimsoll_advisories::{
    Affected, Event, Index, IndexBuilder, Range, RangeKind, Rating, RatingKind, Record, Timestamp, judge,
};
use plimsoll_inventory::{Distribution, InstalledPackage, Inventory, Package, PackageKind};

const RECORDS: usize = 300_000;
const NAMES: usize = 15_000;
const PACKAGES: usize = 1_000;
const ROUNDS: u32 = 50;

fn main() -> Result<(), Box<dyn Error>> {
    let mut builder = IndexBuilder::new();
    for number in 0..RECORDS {
        builder.add(&record(number), None)?;
    }
    let bytes = builder.build(Timestamp::from_unix_seconds(0))?;
    let size = bytes.len();
    let opening = Instant::now();
    let index = Index::open(bytes)?;
    let opening = opening.elapsed();
    let now = UNIX_EPOCH + Duration::from_hours(480_000);
    let mut output = std::io::stdout().lock();
    writeln!(output, "index of {RECORDS} advisories: {} MB, opens in {opening:?}", size >> 20)?;
    // One package in a hundred has a flaw or two, or every one.
    for (what, version) in [("fixed but for a few", "99-1"), ("every flaw of all", "0-1")] {
        let inventory = inventory(version);
        let mut findings = 0;
        let mut best = Duration::MAX;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            findings = judge(Some(&index), &inventory, now).findings.len();
            best = best.min(start.elapsed());
        }
        writeln!(output, "{PACKAGES} packages, {what}: {findings} findings in {best:?}")?;
    }
    Ok(())
}

fn record(number: usize) -> Record {
    let fixed = if number.is_multiple_of(2_000) { "999-1".to_owned() } else { format!("{}-1", number % 90 + 1) };
    let events = vec![Event::Introduced("0".into()), Event::Fixed(fixed)];
    Record {
        id: format!("DEBIAN-CVE-2024-{number}"),
        modified: Timestamp::from_unix_seconds(1_700_000_000),
        published: None,
        withdrawn: None,
        aliases: vec![],
        upstream: vec![format!("CVE-2024-{number}")],
        related: vec![],
        summary: format!("flaw {number} of a package"),
        severities: vec![Rating {
            kind: RatingKind::CvssV3,
            value: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".into(),
        }],
        word: None,
        affected: vec![Affected {
            ecosystem: "Debian:12".into(),
            name: format!("package-{}", number % NAMES),
            ranges: vec![Range { kind: RangeKind::Ecosystem, events }],
            versions: vec![],
            severities: vec![],
            word: None,
            response: None,
        }],
        sha256: [0; 32],
    }
}

fn inventory(version: &str) -> Inventory {
    let installed = |number: usize| {
        let name = format!("package-{}", number * NAMES / PACKAGES);
        let package = Package::new(PackageKind::Deb, name, version);
        InstalledPackage { package, path: "var/lib/dpkg/status".into(), layer: 0, owner: None }
    };
    let distribution = Distribution { id: "debian".into(), version_id: Some("12".into()), ..Distribution::default() };
    Inventory {
        distribution: Some(distribution),
        packages: (0..PACKAGES).map(installed).collect(),
        ..Inventory::default()
    }
}
