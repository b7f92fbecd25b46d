//! The forms of reports, each checked by the library or the schema that its readers use.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use plimsoll_testkit::archive::docker_save;
use plimsoll_testkit::image::{Image, ImageBuilder};
use plimsoll_testkit::layer::{Compression, LayerBuilder};
use serde_json::{Value, json};

use super::context::{Context, Steps, ask};
use super::install;

/// The package that carries the schema of SARIF.
pub(super) const SARIF: &str = "@microsoft/jest-sarif";
const SARIF_SCHEMA: &str = "lib/schemas/sarif-2.1.0-rtm.5.json";

/// Each form with its file, and the function of the script that checks it.
const FORMS: [(&str, &str, &str); 9] = [
    ("cyclonedx-1.6", "app-1.6.cdx.json", "cyclonedx"),
    ("cyclonedx-1.7", "app-1.7.cdx.json", "cyclonedx"),
    ("spdx-json", "app.spdx.json", "spdx"),
    ("spdx-tag-value", "app.spdx", "spdx"),
    ("sarif", "app.sarif", "sarif"),
    ("gitlab", "gl-container-scanning-report.json", "gitlab"),
    ("junit", "app.xml", "junit"),
    ("csv", "app.csv", "table"),
    ("html", "app.html", "page"),
];

pub(super) fn validate(context: &Context, steps: &mut Steps) {
    let files = context.path("formats");
    steps.step("scan once, in every form", || write(context, &files));
    for (form, file, function) in FORMS {
        steps.step(form, || check(context, &files, function, file));
    }
    steps.step("what is suppressed can be read as VEX", || read_again(context, &files));
}

/// Other tools that read our bills of materials find the same packages in them.
pub(super) fn syft(context: &Context, steps: &mut Steps) {
    let files = context.path("formats");
    steps.step("scan once, in every form", || write(context, &files));
    for file in ["app-1.6.cdx.json", "app-1.7.cdx.json", "app.spdx.json", "app.spdx"] {
        steps.step(&format!("convert {file}"), || {
            let mut syft = context.command("syft");
            syft.current_dir(&files).env("SYFT_CHECK_FOR_APP_UPDATE", "false");
            let converted: Value = serde_json::from_str(&ask(syft.args(["convert", "-q", file, "-o", "json"]))?)?;
            let bill: Value = serde_json::from_slice(&fs::read(files.join("app-1.6.cdx.json"))?)?;
            let (theirs, ours) = (urls(&converted["artifacts"]), urls(&bill["components"]));
            ensure!(ours.len() > 3 && theirs == ours, "it reads {theirs:?} for {ours:?}");
            Ok(())
        });
    }
}

/// The package URLs of components or artifacts, up to their qualifiers, which tools add to and take from. The image, which SPDX
/// counts among its packages, has none.
fn urls(packages: &Value) -> BTreeSet<String> {
    let urls = packages.as_array().into_iter().flatten().filter_map(|package| package["purl"].as_str());
    let urls = urls.filter(|url| !url.is_empty());
    urls.map(|url| url.split('?').next().unwrap_or(url).replace("%3A", ":")).collect()
}

fn check(context: &Context, files: &Path, function: &str, file: &str) -> Result<()> {
    let mut python = context.command("python3");
    python.env("PYTHONPATH", install::python(&[])?).arg(files.join("formats.py"));
    python.arg(function).arg(files.join(file));
    if function == "sarif" {
        python.arg(install::npm(SARIF)?.join(SARIF_SCHEMA));
    }
    ask(&mut python).map(|_| ())
}

/// Scans an image with findings that count, that do not, and that nobody can tell.
fn write(context: &Context, files: &Path) -> Result<()> {
    fs::create_dir_all(files.join("osv"))?;
    fs::write(files.join("formats.py"), include_str!("formats.py"))?;
    fs::write(files.join("image.tar"), docker_save(&[("interop/formats:1", &image()?)]))?;
    for (number, record) in records().iter().enumerate() {
        fs::write(files.join(format!("osv/{number}.json")), record.to_string())?;
    }
    fs::write(files.join("vex.json"), statements().to_string())?;
    let mut import = Command::new(&context.binary);
    ask(import.args(["db", "import", "--data"]).arg(files.join("data")).arg(files.join("osv")))?;
    fs::write(files.join("exceptions.json"), exceptions().to_string())?;
    let mut scan = scan(context, files, "vex.json");
    scan.args(["--exceptions", "exceptions.json"]);
    for (form, file, _) in FORMS {
        scan.args(["--report", &format!("{form}={file}")]);
    }
    scan.args(["--report", "json=app.json"]);
    counts(&mut scan, &files.join("app.json"), (2, 3))
}

/// Bills of materials with findings are documents of VEX: what did no harm does not count for what they say of it. What somebody
/// put up with counts, for those who do not.
fn read_again(context: &Context, files: &Path) -> Result<()> {
    for bill in ["app-1.6.cdx.json", "app-1.7.cdx.json"] {
        let again = format!("{bill}.again");
        counts(scan(context, files, bill).args(["--report", &format!("json={again}")]), &files.join(&again), (3, 2))?;
    }
    Ok(())
}

fn scan(context: &Context, files: &Path, vex: &str) -> Command {
    let mut scan = Command::new(&context.binary);
    scan.current_dir(files).args(["scan", "image.tar", "--data", "data", "--vex", vex]);
    scan
}

/// A scan by which so many findings count and so many do not, as its report says.
fn counts(scan: &mut Command, report: &Path, expect: (u64, u64)) -> Result<()> {
    // It ends with an error, because there is a version that it can say nothing of.
    let said = scan.output()?;
    let read = fs::read(report).with_context(|| String::from_utf8_lossy(&said.stderr).into_owned())?;
    let counts = serde_json::from_slice::<Value>(&read)?["counts"].take();
    ensure!(counts["findings"] == expect.0 && counts["suppressed"] == expect.1, "{counts}");
    Ok(())
}

fn image() -> Result<Image> {
    let base = LayerBuilder::new()
        .file("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nPRETTY_NAME=\"Debian 12\"\n")
        .file(
            "var/lib/dpkg/status",
            "Package: libssl3\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl\nVersion: 3.0.11-1~deb12u1\n\n\
             Package: zlib1g\nStatus: install ok installed\nArchitecture: amd64\nSource: zlib (1:1.2.13.dfsg-1)\nVersion: 1:1.2.13.dfsg-1+b1\n\n",
        )
        .build(Compression::Gzip)?;
    let application = LayerBuilder::new()
        .file(
            "usr/lib/python3/site-packages/Flask-0.12.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: Flask\nVersion: 0.12\n",
        )
        .file(
            "usr/lib/python3/site-packages/odd-x.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: odd\nVersion: not a version\n",
        )
        .file("app/node_modules/@scope/left/package.json", r#"{"name": "@scope/left", "version": "1.0.0"}"#)
        .file("app/node_modules/lodash/package.json", r#"{"name": "lodash", "version": "4.17.4"}"#)
        .build(Compression::Zstd)?;
    Ok(ImageBuilder::new().layer(base).layer(application).build())
}

fn records() -> Vec<Value> {
    let record = |id: &str, ecosystem: &str, name: &str, fixed: &str, severity: Value, aliases: Value| {
        json!({
            "id": id, "aliases": aliases, "modified": "2024-01-02T00:00:00Z", "published": "2024-01-01T00:00:00Z",
            "summary": "An <advisory> of \"a\" | flaw & its, effects", "severity": severity,
            "affected": [{
                "package": {"ecosystem": ecosystem, "name": name},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": fixed}]}],
            }],
        })
    };
    let three = json!([{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]);
    let four = json!([{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N"}]);
    vec![
        record("DEBIAN-CVE-2024-1", "Debian:12", "openssl", "3.0.14-1", json!([]), json!(["CVE-2024-1"])),
        record("GHSA-aaaa-bbbb-cccc", "PyPI", "openssl", "1", three.clone(), json!(["CVE-2024-1"])),
        record("PYSEC-2024-1", "PyPI", "flask", "1.0", three.clone(), json!(["CVE-2024-2"])),
        record("GHSA-bbbb-cccc-dddd", "npm", "lodash", "4.17.21", four, json!(["CVE-2024-3"])),
        record("GHSA-cccc-dddd-ffff", "npm", "@scope/left", "2.0.0", json!([]), json!([])),
        record("PYSEC-2024-2", "PyPI", "odd", "1.0", three, json!(["CVE-2024-4"])),
    ]
}

/// One flaw that somebody answers for.
fn exceptions() -> Value {
    json!({"exceptions": [{
        "owner": "Team A", "reason": "Only tests use it.", "vulnerability": "GHSA-cccc-dddd-ffff", "expires": "never",
    }]})
}

/// One flaw that does no harm, and one that is fixed.
fn statements() -> Value {
    let statement = |id: &str, status: &str, purl: &str| json!({"vulnerability": {"name": id}, "status": status, "products": [{"@id": purl}]});
    let mut harmless = statement("CVE-2024-2", "not_affected", "pkg:pypi/flask@0.12");
    harmless["justification"] = "vulnerable_code_not_in_execute_path".into();
    harmless["impact_statement"] = "Templates are never rendered.".into();
    json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex/1", "version": 1,
        "author": "Security Team", "timestamp": "2024-02-01T00:00:00Z",
        "statements": [harmless, statement("GHSA-bbbb-cccc-dddd", "fixed", "pkg:npm/lodash@4.17.4")],
    })
}
