//! Advisories that scans of the tasks' images find something with.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use serde_json::{Value, json};

use crate::run::output;

const CRITICAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
const MEDIUM: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N";

/// Loads them into a server's data directory.
pub(crate) fn import(binary: &Path, data: &Path) -> Result<()> {
    let directory = tempfile::tempdir()?;
    for (ecosystem, record) in records() {
        let place = directory.path().join(ecosystem);
        fs::create_dir_all(&place)?;
        fs::write(place.join(format!("{}.json", record["id"].as_str().unwrap_or_default())), record.to_string())?;
    }
    output(Command::new(binary).args(["db", "import"]).arg(directory.path()).arg("--data").arg(data))?;
    Ok(())
}

/// Flaws of two packages of Debian 12 and of a Python project, and another project that is malicious as a whole.
fn records() -> [(&'static str, Value); 4] {
    let mut flask = record("GHSA-562c-5r94-xh97", ("PyPI", "flask"), "0.12.3", CRITICAL);
    flask["aliases"] = json!(["CVE-2018-1000656"]);
    [
        ("Debian", record("DEBIAN-CVE-2023-0286", ("Debian:12", "openssl"), "1:3.0.8-1", CRITICAL)),
        ("Debian", record("DEBIAN-CVE-2023-27533", ("Debian:12", "curl"), "7.88.1-5", MEDIUM)),
        ("PyPI", flask),
        ("PyPI", record("MAL-2024-1", ("PyPI", "flasck"), "9", CRITICAL)),
    ]
}

/// A record on one package, affected below `fixed` and rated by a CVSS vector.
fn record(id: &str, (ecosystem, package): (&str, &str), fixed: &str, vector: &str) -> Value {
    json!({
        "schema_version": "1.7.0",
        "id": id,
        "published": "2025-01-01T00:00:00Z",
        "modified": "2025-01-02T00:00:00Z",
        "summary": format!("A flaw of {package}"),
        "details": format!("An attacker can make {package} do what it should not."),
        "references": [
            {"type": "ADVISORY", "url": format!("https://advisories.example/{id}")},
            {"type": "FIX", "url": format!("https://advisories.example/{id}/fix")},
        ],
        "severity": [{"type": "CVSS_V3", "score": vector}],
        "affected": [{
            "package": {"ecosystem": ecosystem, "name": package},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
        }],
    })
}
