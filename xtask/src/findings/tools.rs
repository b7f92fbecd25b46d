//! Both scanners, and what they say of a source in one form.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;
use tempfile::TempDir;

use crate::run::{line, output};

/// A package as both can name it: ecosystem without release, name (of the source package, where advisories go by it) and
/// version, each in its normal form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) ecosystem: String,
    pub(super) name: String,
    pub(super) version: String,
}

/// A finding: every id that its flaw or its advisories go by, and what is remarkable about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) ids: BTreeSet<String>,
    pub(super) remark: Option<String>,
}

/// What a scanner says of a source.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) packages: BTreeSet<Key>,
    pub(super) findings: BTreeMap<Key, BTreeSet<Found>>,
}

impl Key {
    fn new(ecosystem: &str, name: &str, version: &str) -> Self {
        let ecosystem = ecosystem.split(':').next().unwrap_or(ecosystem);
        let (name, version) = match ecosystem {
            "PyPI" => (name.to_lowercase().replace(['_', '.'], "-"), version),
            "NuGet" => (name.to_lowercase(), version),
            "Go" => (name.to_owned(), version.trim_start_matches("go").trim_start_matches('v')),
            _ => (name.to_owned(), version.trim_start_matches("0:")),
        };
        Self { ecosystem: ecosystem.to_owned(), name, version: version.to_owned() }
    }
}

/// Both scanners with the same records loaded.
pub(super) struct Tools {
    plimsoll: PathBuf,
    osv_scanner: PathBuf,
    directory: TempDir,
}

impl Tools {
    /// Loads the records below `advisories` for both.
    pub(super) fn new(plimsoll: &Path, osv_scanner: &Path, advisories: &Path) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let data = directory.path().join("data");
        output(Command::new(plimsoll).args(["db", "import"]).arg(advisories).arg("--data").arg(data))?;
        std::os::unix::fs::symlink(advisories.canonicalize()?, directory.path().join("osv-scalibr"))?;
        Ok(Self { plimsoll: plimsoll.to_owned(), osv_scanner: osv_scanner.to_owned(), directory })
    }

    pub(super) fn plimsoll(&self, source: &Path) -> Result<Answer> {
        let mut command = Command::new(&self.plimsoll);
        command.arg("scan").arg(source).args(["--format", "json", "--data"]).arg(self.directory.path().join("data"));
        ours(&json(&mut command)?).with_context(|| line(&command))
    }

    pub(super) fn osv_scanner(&self, source: &Path) -> Result<Answer> {
        let mut command = Command::new(&self.osv_scanner);
        let is_bill = source.extension().is_some_and(|extension| extension == "json");
        let how: &[&str] = if is_bill { &["source", "--lockfile"] } else { &["image", "--archive"] };
        command.arg("scan").args(&how[..1]).args(["--offline", "--format", "json", "--all-packages", "--all-vulns"]);
        command.args(&how[1..]).arg(source).env("OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY", self.directory.path());
        Ok(theirs(&json(&mut command)?))
    }
}

/// What a scanner prints; that it ends with an error for what it finds is none.
fn json(command: &mut Command) -> Result<Value> {
    let output = command.output().with_context(|| line(command))?;
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("{}: {}", line(command), String::from_utf8_lossy(&output.stderr)))
}

fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value[member].as_str().unwrap_or_default()
}

fn list<'v>(value: &'v Value, member: &str) -> impl Iterator<Item = &'v Value> {
    value[member].as_array().into_iter().flatten()
}

fn words<'v>(value: &'v Value, member: &str) -> impl Iterator<Item = &'v str> {
    list(value, member).filter_map(Value::as_str)
}

fn ours(report: &Value) -> Result<Answer> {
    let packages: BTreeMap<&str, Key> =
        list(report, "packages").map(|package| (text(package, "purl"), key(package))).collect();
    let mut answer = Answer { packages: packages.values().cloned().collect(), ..Answer::default() };
    for (member, suppressed) in [("findings", false), ("suppressed", true)] {
        for finding in list(report, member) {
            let key = packages.get(text(finding, "purl")).context("a finding is of no package")?;
            let ids = words(finding, "aliases").chain([text(finding, "id"), text(finding, "advisory")]);
            let remark = match text(finding, "status") {
                _ if suppressed => Some(format!("suppressed ({})", text(finding, "reason"))),
                "undetermined" => Some("undetermined".to_owned()),
                _ => None,
            };
            let found = Found { ids: ids.map(canonical).collect(), remark };
            answer.findings.entry(key.clone()).or_default().insert(found);
        }
    }
    Ok(answer)
}

/// A package by the name that the advisories of its ecosystem have for it.
fn key(package: &Value) -> Key {
    let ecosystem = text(package, "ecosystem");
    // osv-scanner asks for packages of these by their own name, and for those of other distributions by the source's.
    let by_source = matches!(ecosystem, "Debian" | "Ubuntu" | "Alpine" | "Wolfi" | "Chainguard");
    match package["source"].as_object().filter(|_| by_source) {
        Some(source) if ecosystem == "Alpine" => {
            Key::new(ecosystem, source["name"].as_str().unwrap_or_default(), text(package, "version"))
        }
        Some(_) => Key::new(ecosystem, text(&package["source"], "name"), text(&package["source"], "version")),
        None => Key::new(ecosystem, text(package, "name"), text(package, "version")),
    }
}

fn theirs(report: &Value) -> Answer {
    let mut answer = Answer::default();
    for package in list(report, "results").flat_map(|result| list(result, "packages")) {
        let about = &package["package"];
        let key = Key::new(text(about, "ecosystem"), text(about, "name"), text(about, "version"));
        for record in list(package, "vulnerabilities") {
            let ids = words(record, "aliases").chain([text(record, "id")]).map(canonical).collect();
            answer.findings.entry(key.clone()).or_default().insert(Found { ids, remark: None });
        }
        answer.packages.insert(key);
    }
    answer
}

/// The CVE that a distribution's own name for it stands for.
fn canonical(id: &str) -> String {
    let cve = id.find("-CVE-").map_or(id, |at| &id[at + 1..]);
    cve.to_owned()
}
