//! What each scanner finds, run on an archive without the network.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::identity::Identity;
use crate::run::{find_program, output};

/// The packages, each with a file that says so.
pub(super) type Found = BTreeMap<Identity, String>;

/// A scanner that is installed.
pub(super) enum Tool {
    Plimsoll(PathBuf),
    Syft(PathBuf),
    OsvScanner(PathBuf),
}

impl Tool {
    pub(super) fn syft() -> Result<Self> {
        let missing = "syft is not installed: go install github.com/anchore/syft/cmd/syft@latest";
        find_program("syft").map(Self::Syft).context(missing)
    }

    pub(super) fn osv_scanner() -> Result<Self> {
        let missing =
            "osv-scanner is not installed: go install github.com/google/osv-scanner/v2/cmd/osv-scanner@latest";
        find_program("osv-scanner").map(Self::OsvScanner).context(missing)
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Plimsoll(_) => "plimsoll",
            Self::Syft(_) => "syft",
            Self::OsvScanner(_) => "osv-scanner",
        }
    }

    /// Lists what it finds in an archive.
    pub(super) fn packages(&self, archive: &Path) -> Result<Found> {
        let directory = tempfile::tempdir()?;
        match self {
            Self::Plimsoll(program) => {
                let bill = output(Command::new(program).arg("sbom").arg(archive).arg("--data").arg(directory.path()))?;
                Ok(plimsoll(&serde_json::from_str(&bill)?))
            }
            Self::Syft(program) => {
                let mut command = Command::new(program);
                command.env("SYFT_CHECK_FOR_APP_UPDATE", "false").args(["scan", "--quiet", "--output", "syft-json"]);
                Ok(syft(&serde_json::from_str(&output(command.arg(archive))?)?))
            }
            Self::OsvScanner(program) => {
                let report = directory.path().join("report.json");
                let mut command = Command::new(program);
                command.args(["scan", "image", "--offline", "--all-packages", "--format", "json", "--output-file"]);
                command.arg(&report).arg("--archive").arg(archive);
                command.env("OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY", directory.path());
                // It lists the packages, and then complains that it has no advisories.
                let said = command.output().context("osv-scanner")?;
                let report = std::fs::read_to_string(&report);
                let report = report.with_context(|| String::from_utf8_lossy(&said.stderr).into_owned())?;
                Ok(osv_scanner(&serde_json::from_str(&report)?))
            }
        }
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Without what is only declared: the others leave that out of images, too.
fn plimsoll(bill: &Value) -> Found {
    let components = items(&bill["components"]).filter_map(|component| {
        let property = |name: &str| {
            items(&component["properties"])
                .find(|property| property["name"] == name)
                .map_or("", |property| text(&property["value"]))
        };
        let is_there = property("plimsoll:certainty") != "declared";
        let identity = Identity::of_purl(text(&component["purl"])).filter(|_| is_there)?;
        Some((identity, property("aquasecurity:trivy:FilePath").to_owned()))
    });
    components.collect()
}

fn syft(bill: &Value) -> Found {
    let packages = items(&bill["artifacts"]).map(|artifact| {
        let (kind, name, version) = (text(&artifact["type"]), text(&artifact["name"]), text(&artifact["version"]));
        let identity = Identity::of_purl(text(&artifact["purl"]));
        let path = text(&artifact["locations"][0]["path"]).trim_start_matches('/');
        (identity.unwrap_or_else(|| Identity::new(kind, name, version)), path.to_owned())
    });
    packages.collect()
}

fn osv_scanner(report: &Value) -> Found {
    let packages = items(&report["results"]).flat_map(|result| {
        let path = text(&result["source"]["path"]).trim_start_matches('/').to_owned();
        items(&result["packages"]).map(move |found| (of_ecosystem(&found["package"]), path.clone()))
    });
    packages.collect()
}

/// The identity of a package that is named as OSV names it; of a distribution's it is the package that is installed.
fn of_ecosystem(package: &Value) -> Identity {
    let ecosystem = text(&package["ecosystem"]);
    let kind = match ecosystem.split(':').next().unwrap_or_default() {
        "PyPI" => "pypi",
        "Go" => "golang",
        "Maven" => "maven",
        "npm" => "npm",
        "RubyGems" => "gem",
        "Packagist" => "composer",
        "crates.io" => "cargo",
        "NuGet" => "nuget",
        "CRAN" => "cran",
        "Hackage" => "hackage",
        "Hex" => "hex",
        "Debian" | "Ubuntu" => "deb",
        "Alpine" | "Wolfi" | "Chainguard" => "apk",
        "Rocky Linux" | "Red Hat" | "AlmaLinux" | "SUSE" | "openSUSE" | "Mageia" => "rpm",
        other => other,
    };
    let name = Some(text(&package["os_package_name"])).filter(|name| !name.is_empty());
    Identity::new(kind, name.unwrap_or_else(|| text(&package["name"])), text(&package["version"]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_each_says() {
        fn check(found: &Found, expect: &str) {
            let found: Vec<_> = found.iter().map(|(package, path)| format!("{package} {path}")).collect();
            assert_eq!(found.join(", "), expect);
        }
        let property = json!({"name": "aquasecurity:trivy:FilePath", "value": "a/METADATA"});
        let declared = json!({"name": "plimsoll:certainty", "value": "declared"});
        let bill = json!({"components": [
            {"purl": "pkg:pypi/A_b@1", "properties": [property]}, {"purl": "pkg:deb/debian/x@1"}, {"name": "no purl"},
            {"purl": "pkg:npm/c@1", "properties": [declared]}
        ]});
        check(&plimsoll(&bill), "deb x 1 , pypi a-b 1 a/METADATA");
        let bill = json!({"artifacts": [
            {"type": "python", "name": "b", "version": "2", "purl": "pkg:pypi/b@2", "locations": [{"path": "/b"}]},
            {"type": "linux-kernel-module", "name": "m", "version": "3"}
        ]});
        check(&syft(&bill), "linux-kernel-module m 3 , pypi b 2 b");
        let report = json!({"results": [{"source": {"path": "/l"}, "packages": [
            {"package": {"name": "curl", "os_package_name": "libcurl4", "version": "7", "ecosystem": "Debian:12"}},
            {"package": {"name": "stdlib", "version": "1.2", "ecosystem": "Go"}}
        ]}]});
        check(&osv_scanner(&report), "deb libcurl4 7 l, golang stdlib 1.2 l");
    }
}
