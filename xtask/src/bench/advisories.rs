//! Many advisories: importing them, what their index costs, and matching packages against it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use plimsoll_advisories::{Index, judge};
use plimsoll_inventory::{Distribution, InstalledPackage, Inventory, Package, PackageKind, purl};
use plimsoll_mapped::Mapped;
use serde_json::json;

use super::Setup;
use super::corpus::multiply;
use super::measure::{Row, median, seconds};
use super::peers::PLIMSOLL;
use super::scan::{cost, timed};
use crate::interop::install::{Source, ensure};
use crate::run::find_program;

const RECORDS: usize = 300_000;
const PACKAGES: usize = 1_000;
/// How often something that takes no time is done.
const ROUNDS: usize = 100;
/// A version above all others, in every order.
const LAST: &str = "99999999";

/// The packages of an image, by the ecosystems of their advisories: those of a distribution, and of languages.
const KINDS: [(&str, PackageKind); 6] = [
    ("AlmaLinux:9", PackageKind::Rpm),
    ("PyPI", PackageKind::PyPi),
    ("Go", PackageKind::Golang),
    ("Maven", PackageKind::Maven),
    ("crates.io", PackageKind::Cargo),
    ("RubyGems", PackageKind::Gem),
];

pub(super) fn many(setup: &Setup) -> Result<Vec<Row>> {
    let advisories = setup.advisories.as_ref().context("needs --advisories, a directory of OSV records")?;
    ensure(&[("time", Source::Apt("time"))])?;
    let directory = tempfile::tempdir_in(setup.directory.path())?;
    let corpus = directory.path().join("osv");
    let written = multiply(advisories, setup.scaled(RECORDS), &corpus)?;
    println!("     {written} records");
    let data = directory.path().join("data");
    let (mut times, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..setup.runs {
        // Over nothing: taking over what was in force before costs more.
        drop(fs::remove_dir_all(&data));
        let mut command = timed(&setup.binary);
        command.args(["db", "import"]).arg(&corpus).arg("--data").arg(&data);
        let (milliseconds, mebibytes) = cost_of_import(&mut command)?;
        times.push(milliseconds / 1000.0);
        memory.push(mebibytes);
    }
    let path = index_of(&data)?;
    let size = fs::metadata(&path)?.len() as f64 / f64::from(1 << 20);
    let row = |work: &str, unit, values, aim| Row { work: work.to_owned(), unit, values, aim, less: true };
    let ours = |value| vec![(PLIMSOLL, value)];
    let mut rows = vec![
        row("import of 300,000 advisories", "s", ours(median(times)), "60 s"),
        row("import of 300,000 advisories, peak memory", "MiB", ours(median(memory)), "500 MiB"),
        row("index of 300,000 advisories, on disk", "MiB", ours(size), "150 MiB"),
        row("index of 300,000 advisories, opening", "µs", ours(opening(&path)?), "5,000 µs"),
    ];
    let index = Index::open(Mapped::open(&path)?)?;
    let names = names(&index)?;
    // Every, one in ten, or none of the packages has as many flaws as it ever had.
    for old in [0, PACKAGES / 10, PACKAGES] {
        let inventory = inventory(&index, &names, old);
        let (findings, milliseconds) = judging(&index, &inventory);
        let work = format!("matching 1,000 packages against them, {findings} findings");
        rows.push(row(&work, "ms", ours(milliseconds), if old == 0 { "2 ms" } else { "" }));
        if old == PACKAGES / 10 {
            let bill = directory.path().join("bill.cdx.json");
            write_bill(&inventory, &bill)?;
            let values = scans_of_bill(setup, &bill, &data, &corpus)?;
            rows.push(row("scan of a bill of materials of 1,000 packages, process included", "ms", values, ""));
        }
    }
    Ok(rows)
}

/// Milliseconds and MiB of an import, which prints no JSON.
fn cost_of_import(command: &mut Command) -> Result<(f64, f64)> {
    let output = command.output()?;
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    anyhow::ensure!(output.status.success(), "{errors}");
    super::scan::cost_in(&errors)
}

fn index_of(data: &Path) -> Result<PathBuf> {
    let folder = data.join("advisories");
    let name = fs::read_to_string(folder.join("current"))?;
    Ok(folder.join(name.trim_end()))
}

fn opening(path: &Path) -> Result<f64> {
    let open = || -> Result<()> {
        Index::open(Mapped::open(path)?)?;
        Ok(())
    };
    let times = (0..ROUNDS).map(|_| Ok(1e6 * seconds(open)?)).collect::<Result<_>>()?;
    Ok(median(times))
}

/// The best of many, as the others were disturbed: nothing in the work depends on chance.
fn judging(index: &Index<Mapped>, inventory: &Inventory) -> (usize, f64) {
    let now = SystemTime::now();
    let mut findings = 0;
    let times = (0..ROUNDS).filter_map(|_| {
        let judged = || {
            findings = judge(Some(index), inventory, now).findings.len();
            Ok(())
        };
        Some(1000.0 * seconds(judged).ok()?)
    });
    let best = times.fold(f64::INFINITY, f64::min);
    (findings, best)
}

/// A name of a package, and a version of it that some advisory affects.
type Names = BTreeMap<&'static str, BTreeMap<String, String>>;

fn names(index: &Index<Mapped>) -> Result<Names> {
    let mut names = Names::new();
    for item in index.records() {
        for affected in item?.0.affected {
            let Some((ecosystem, _)) = KINDS.iter().find(|(ecosystem, _)| *ecosystem == affected.ecosystem) else {
                continue;
            };
            let events =
                affected.ranges.iter().flat_map(|range| &range.events).map(plimsoll_advisories::Event::version);
            let old = events.chain(affected.versions.iter().map(String::as_str)).next();
            let old = old.filter(|version| *version != "0").unwrap_or("0.0.1").to_owned();
            names.entry(ecosystem).or_default().entry(affected.name).or_insert(old);
        }
    }
    Ok(names)
}

/// An image of [`PACKAGES`] packages of all kinds, the first `old` of each kind's share at a version that has flaws. Packages
/// of which a flaw was never fixed are left out, so that the others have none.
fn inventory(index: &Index<Mapped>, names: &Names, old: usize) -> Inventory {
    let distribution =
        Distribution { id: "almalinux".to_owned(), version_id: Some("9".to_owned()), ..Distribution::default() };
    let image = |packages| Inventory { distribution: Some(distribution.clone()), packages, ..Inventory::default() };
    let now = SystemTime::now();
    let mut packages = Vec::new();
    for (ecosystem, kind) in KINDS {
        let share = if kind == PackageKind::Rpm { PACKAGES / 2 } else { PACKAGES / 2 / (KINDS.len() - 1) };
        let known = names.get(ecosystem);
        let all = known.into_iter().flatten().map(|(name, version)| {
            let installed = |version: &str| InstalledPackage {
                package: Package::new(kind, name.clone(), version),
                path: format!("usr/lib/{name}"),
                layer: 0,
                owner: None,
            };
            (installed(LAST), installed(version))
        });
        let all: Vec<_> = all.collect();
        let latest = image(all.iter().map(|(latest, _)| latest.clone()).collect());
        let never_fixed: BTreeSet<_> = judge(Some(index), &latest, now)
            .findings
            .iter()
            .map(|finding| finding.package.package.name.clone())
            .collect();
        let fixed = all.into_iter().filter(|(latest, _)| !never_fixed.contains(&latest.package.name));
        let chosen = fixed.take(share).enumerate().map(
            |(number, (latest, before))| {
                if number < share * old / PACKAGES { before } else { latest }
            },
        );
        packages.extend(chosen);
    }
    packages.sort();
    image(packages)
}

fn write_bill(inventory: &Inventory, path: &Path) -> Result<()> {
    let component = |installed: &InstalledPackage| {
        let package = &installed.package;
        json!({
            "type": "library",
            "name": package.name,
            "version": package.version,
            "purl": purl(package, inventory.distribution.as_ref()),
        })
    };
    let components: Vec<_> = inventory.packages.iter().map(component).collect();
    let bill = json!({"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components});
    Ok(fs::write(path, bill.to_string())?)
}

/// Ours, next to osv-scanner on the same records where that is installed.
fn scans_of_bill(setup: &Setup, bill: &Path, data: &Path, corpus: &Path) -> Result<Vec<(&'static str, f64)>> {
    let cache = bill.with_file_name("cache");
    fs::create_dir_all(&cache)?;
    std::os::unix::fs::symlink(corpus, cache.join("osv-scalibr"))?;
    let scanner = find_program("osv-scanner");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..setup.runs.max(3) {
        let mut command = timed(&setup.binary);
        command.args(["scan", "sbom"]).arg(bill).args(["--format", "json", "--data"]).arg(data);
        ours.push(cost(&mut command)?.0);
        if let Some(scanner) = &scanner {
            let mut command = timed(scanner);
            command.args(["scan", "source", "--offline", "--format", "json", "--lockfile"]).arg(bill);
            command.env("OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY", &cache);
            theirs.push(cost(&mut command)?.0);
        }
    }
    let theirs = (!theirs.is_empty()).then(|| ("osv-scanner", median(theirs)));
    Ok([(PLIMSOLL, median(ours))].into_iter().chain(theirs).collect())
}
