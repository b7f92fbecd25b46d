//! Bills of materials of packages at the bounds of the records themselves: at every version that an event names, and at
//! those next to it. Whoever reads a bound wrongly differs there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use plimsoll_inventory::{Distribution, Package, PackageKind, purl};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The versions to ask about, by ecosystem with its release and by package.
type Versions = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// What to compare with what.
pub(super) struct Made {
    /// The records, each a flaw of its own: without the ids that join them.
    pub(super) advisories: PathBuf,
    /// A bill of materials for each ecosystem and release.
    pub(super) bills: Vec<PathBuf>,
}

/// Makes them below `directory`, of the records below `advisories`; of an ecosystem with more than so many packages only as
/// many, spread over all.
pub(super) fn make(advisories: &Path, directory: &Path, packages: usize) -> Result<Made> {
    let made = directory.join("advisories");
    let mut versions = Versions::new();
    for entry in fs::read_dir(advisories)? {
        let ecosystem = entry?.path();
        let Some(name) = ecosystem.file_name() else { continue };
        fs::create_dir_all(made.join(name))?;
        copy(&ecosystem.join("all.zip"), &made.join(name).join("all.zip"), &mut versions)
            .with_context(|| ecosystem.display().to_string())?;
    }
    let mut bills = Vec::new();
    for (ecosystem, of_packages) in &versions {
        let step = of_packages.len().div_ceil(packages.max(1)).max(1);
        let chosen = of_packages.iter().step_by(step);
        if let Some(bill) = bill(ecosystem, chosen) {
            let file = directory.join(format!("{}.cdx.json", ecosystem.replace(':', "-")));
            fs::write(&file, bill.to_string())?;
            bills.push(file);
        }
    }
    Ok(Made { advisories: made, bills })
}

/// Copies an ecosystem's records without what joins them, and notes the versions they name.
fn copy(from: &Path, to: &Path, versions: &mut Versions) -> Result<()> {
    let mut records = ZipArchive::new(File::open(from)?)?;
    let mut copies = ZipWriter::new(File::create(to)?);
    for number in 0..records.len() {
        let mut entry = records.by_index(number)?;
        let name = entry.name()?.into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text)?;
        let mut record: Value = serde_json::from_str(&text).with_context(|| name.clone())?;
        for member in ["aliases", "upstream", "related"] {
            record.as_object_mut().and_then(|members| members.remove(member));
        }
        copies.start_file(name, SimpleFileOptions::default())?;
        copies.write_all(record.to_string().as_bytes())?;
        note(&record, versions);
    }
    copies.finish()?;
    Ok(())
}

fn note(record: &Value, versions: &mut Versions) {
    for affected in list(&record["affected"]) {
        let package = &affected["package"];
        let (Some(ecosystem), Some(name)) = (package["ecosystem"].as_str(), package["name"].as_str()) else { continue };
        let noted = versions.entry(ecosystem.to_owned()).or_default().entry(name.to_owned()).or_default();
        let ranges = list(&affected["ranges"]).filter(|range| range["type"] != "GIT");
        let events = ranges.flat_map(|range| list(&range["events"])).filter_map(Value::as_object);
        let bounds = events.flat_map(|event| event.values()).filter_map(Value::as_str).filter(|bound| *bound != "0");
        noted.extend(bounds.flat_map(beside));
        let listed: Vec<_> = list(&affected["versions"]).filter_map(Value::as_str).collect();
        noted.extend(
            [listed.first(), listed.get(listed.len() / 2), listed.last()]
                .into_iter()
                .flatten()
                .map(|v| (*v).to_owned()),
        );
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The version, and those whose last number is one more and one less.
fn beside(version: &str) -> Vec<String> {
    let end = version.rfind(|c: char| c.is_ascii_digit()).map_or(0, |at| at + 1);
    let begin = version[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    let mut versions = vec![version.to_owned()];
    if let Ok(number) = version[begin..end].parse::<u64>() {
        let next = [number.checked_sub(1), number.checked_add(1)].into_iter().flatten();
        versions.extend(next.map(|number| format!("{}{number}{}", &version[..begin], &version[end..])));
    }
    versions
}

/// None for ecosystems that osv-scanner knows no package URLs of.
fn bill<'v>(ecosystem: &str, packages: impl Iterator<Item = (&'v String, &'v BTreeSet<String>)>) -> Option<Value> {
    let (base, release) = ecosystem.split_once(':').unwrap_or((ecosystem, ""));
    let distribution = |id: &str, release: String| {
        Some(Distribution { id: id.to_owned(), version_id: Some(release), ..Distribution::default() })
    };
    let (kind, distribution) = match base {
        "Alpine" => (PackageKind::Apk, distribution("alpine", format!("{}.0", release.trim_start_matches('v')))),
        "Debian" => (PackageKind::Deb, distribution("debian", release.to_owned())),
        "crates.io" => (PackageKind::Cargo, None),
        "Go" => (PackageKind::Golang, None),
        "Maven" => (PackageKind::Maven, None),
        "npm" => (PackageKind::Npm, None),
        "NuGet" => (PackageKind::NuGet, None),
        "Packagist" => (PackageKind::Composer, None),
        "PyPI" => (PackageKind::PyPi, None),
        "RubyGems" => (PackageKind::Gem, None),
        _ => return None,
    };
    let mut components = Vec::new();
    for (name, versions) in packages {
        for version in versions {
            let version = if kind == PackageKind::Golang {
                format!("v{}", version.trim_start_matches('v'))
            } else {
                version.clone()
            };
            let purl = purl(&Package::new(kind, name, &version), distribution.as_ref());
            components.push(json!({"type": "library", "name": name, "version": version, "purl": purl}));
        }
    }
    if let Some(Distribution { id, version_id, .. }) = &distribution {
        components.push(json!({"type": "operating-system", "name": id, "version": version_id}));
    }
    Some(json!({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components}))
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn versions_beside_a_bound() {
        let check = |version: &str, expect: &[&str]| assert_eq!(beside(version), expect);
        check("1.2.3", &["1.2.3", "1.2.2", "1.2.4"]);
        check("0", &["0", "1"]);
        check("1.0-r0_p1x", &["1.0-r0_p1x", "1.0-r0_p0x", "1.0-r0_p2x"]);
        check("beta", &["beta"]);
        check("1.99999999999999999999999", &["1.99999999999999999999999"]);
    }
}
