//! What is said to be wrong with an image: by the server, and by `plimsoll scan` of the same image in any form.

use expect_test::{Expect, expect};
use plimsoll_testkit::RealBinary;
use plimsoll_testkit::archive::{docker_save, oci_archive, oci_layout};
use plimsoll_testkit::image::{Format, Image, ImageBuilder, index};
use plimsoll_testkit::layer::{Compression, LayerBuilder};
use serde_json::{Value, json};

use crate::harness::{Scene, check, json, wait_for};
use crate::images::{CRITICAL, MEDIUM, advisory, plain, python};

const OS_RELEASE: &str = "ID=debian\nVERSION_ID=\"14\"\nPRETTY_NAME=\"Debian GNU/Linux 14 (forky)\"\n";
const LIBSSL: &str = "Package: libssl1.1\nStatus: install ok installed\nArchitecture: amd64\n\
    Source: openssl (1.1.1n-0)\nVersion: 1.1.1n-0+b1\n\n";
const REMOVED: &str = "Package: telnet\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 0.1\n\n";
const CURL: &str = "Package: curl\nStatus: install ok installed\nArchitecture: amd64\nVersion: 7.74.0-1.3\n\n";
const FLASK: &str = "Metadata-Version: 2.1\nName: Flask\nVersion: 0.12\n\n";
const FLASK_PATH: &str = "usr/local/lib/python3.9/site-packages/Flask-0.12.dist-info/METADATA";
const LODASH: &str = r#"{"name": "lodash", "version": "4.17.4", "license": "MIT"}"#;
const LODASH_PATH: &str = "srv/app/node_modules/lodash/package.json";

/// Three layers: a distribution, a Python project, and a Node package beside one more package of the distribution.
fn image() -> Image {
    let base = LayerBuilder::new()
        .file("etc/os-release", OS_RELEASE)
        .file("var/lib/dpkg/status", format!("{LIBSSL}{REMOVED}"));
    let project = LayerBuilder::new().file(FLASK_PATH, FLASK);
    let app =
        LayerBuilder::new().file(LODASH_PATH, LODASH).file("var/lib/dpkg/status", format!("{LIBSSL}{REMOVED}{CURL}"));
    ImageBuilder::new()
        .layer(base.build(Compression::Gzip).unwrap())
        .layer(project.build(Compression::Zstd).unwrap())
        .layer(app.build(Compression::GzipMembers(3)).unwrap())
        .build()
}

/// The files of [`image`] as they lie on a disk.
fn unpacked(scene: &Scene) {
    let files = [
        ("etc/os-release", OS_RELEASE.to_owned()),
        ("var/lib/dpkg/status", format!("{LIBSSL}{REMOVED}{CURL}")),
        (FLASK_PATH, FLASK.to_owned()),
        (LODASH_PATH, LODASH.to_owned()),
    ];
    for (path, content) in files {
        scene.write(&format!("rootfs/{path}"), content);
    }
}

fn debian(id: &str, package: &str, fixed: &str, vector: &str) -> (&'static str, Value) {
    ("Debian", advisory(id, "Debian:14", package, fixed, vector))
}

/// Four flaws, one of them known to two databases; and records that must not match.
fn advisories() -> Vec<(&'static str, Value)> {
    let mut pysec = advisory("PYSEC-2018-66", "PyPI", "flask", "0.12.3", CRITICAL);
    pysec["aliases"] = json!(["CVE-2018-1000656"]);
    pysec.as_object_mut().unwrap().remove("severity");
    let mut ghsa = advisory("GHSA-562c-5r94-xh97", "PyPI", "Flask", "0.12.3", CRITICAL);
    ghsa["aliases"] = json!(["CVE-2018-1000656"]);
    let mut lodash = advisory("GHSA-jf85-cpcp-j695", "npm", "lodash", "4.17.12", CRITICAL);
    lodash["aliases"] = json!(["CVE-2019-10744"]);
    lodash.as_object_mut().unwrap().remove("severity");
    lodash["database_specific"] = json!({"severity": "HIGH"});
    let mut withdrawn = advisory("GHSA-gone-gone-gone", "npm", "lodash", "5.0.0", CRITICAL);
    withdrawn["withdrawn"] = json!("2025-02-01T00:00:00Z");
    vec![
        debian("DEBIAN-CVE-2023-0286", "openssl", "1.1.1n-0+deb11u4", CRITICAL),
        debian("DEBIAN-CVE-2023-27533", "curl", "7.74.0-1.3+deb11u8", MEDIUM),
        debian("DEBIAN-CVE-2000-0001", "openssl", "1.1.1a-1", CRITICAL),
        debian("DEBIAN-CVE-2000-0002", "telnet", "9", CRITICAL),
        ("Debian", advisory("DEBIAN-CVE-2000-0003", "Debian:12", "openssl", "9", CRITICAL)),
        ("PyPI", pysec),
        ("PyPI", ghsa),
        ("npm", lodash),
        ("npm", withdrawn),
    ]
}

fn report(server: &RealBinary, name: &str, reference: &str) -> Value {
    let request = format!("GET /api/v1/findings/{name}?reference={reference}");
    json(&check(&mut server.http(), &request, "200"))
}

/// The findings, each on a line; layers by their number.
fn lines(report: &Value, image: &Image) -> String {
    let findings = report["findings"].as_array().unwrap();
    let line = |finding: &Value| {
        let layer = finding["layer"].as_str().map_or("no layer".to_owned(), |layer| {
            let number = image.layers.iter().position(|known| known.diff_id.to_string() == layer);
            format!("layer {}", number.unwrap())
        });
        let text = |member: &str| match &finding[member] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let members = ["id", "aliases", "package", "ecosystem", "installed", "fixed", "severity", "severitySource"];
        let members = members.map(text).join(" | ");
        format!("{members} | {} | {layer}\n", text("path"))
    };
    findings.iter().map(line).collect()
}

fn check_findings(report: &Value, image: &Image, expect: &Expect) {
    expect.assert_eq(&lines(report, image));
}

#[test]
fn a_push_is_judged_when_it_returns() {
    let scene = Scene::new();
    scene.import(&advisories());
    let server = scene.serve();
    let image = image();
    server.registry().push_image("team/app", "1.0.0", &image).unwrap();
    let found = report(&server, "team/app", "1.0.0");
    check_findings(
        &found,
        &image,
        &expect![[r#"
        CVE-2023-0286 | ["DEBIAN-CVE-2023-0286"] | libssl1.1 | Debian | 1.1.1n-0 | 1.1.1n-0+deb11u4 | CRITICAL | DEBIAN-CVE-2023-0286 CVSS_V3 | var/lib/dpkg/status | layer 0
        CVE-2018-1000656 | ["GHSA-562c-5r94-xh97","PYSEC-2018-66"] | Flask | PyPI | 0.12 | 0.12.3 | CRITICAL | GHSA-562c-5r94-xh97 CVSS_V3 | usr/local/lib/python3.9/site-packages/Flask-0.12.dist-info/METADATA | layer 1
        CVE-2019-10744 | ["GHSA-jf85-cpcp-j695"] | lodash | npm | 4.17.4 | 4.17.12 | HIGH | GHSA-jf85-cpcp-j695 severity | srv/app/node_modules/lodash/package.json | layer 2
        CVE-2023-27533 | ["DEBIAN-CVE-2023-27533"] | curl | Debian | 7.74.0-1.3 | 7.74.0-1.3+deb11u8 | MEDIUM | DEBIAN-CVE-2023-27533 CVSS_V3 | var/lib/dpkg/status | layer 2
    "#]],
    );
    assert_eq!(found["schemaVersion"], 1);
    assert_eq!(found["source"], "team/app:1.0.0");
    assert_eq!(found["digest"], image.manifest.digest.to_string());
    assert_eq!((&found["distribution"]["id"], &found["distribution"]["version"]), (&json!("debian"), &json!("14")));
    assert_eq!((&found["unknown"], &found["verdict"]), (&json!([]), &json!("pass")));
    let packages: Vec<Value> = found["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| json!([package["name"], package["version"], package["ecosystem"], package["purl"]]))
        .collect();
    expect![[r#"
        ["curl","7.74.0-1.3","Debian","pkg:deb/debian/curl@7.74.0-1.3?arch=amd64&distro=debian-14"]
        ["libssl1.1","1.1.1n-0+b1","Debian","pkg:deb/debian/libssl1.1@1.1.1n-0%2Bb1?arch=amd64&distro=debian-14"]
        ["Flask","0.12","PyPI","pkg:pypi/flask@0.12"]
        ["lodash","4.17.4","npm","pkg:npm/lodash@4.17.4"]
    "#]]
    .assert_eq(&(packages.iter().map(Value::to_string).collect::<Vec<_>>().join("\n") + "\n"));

    let by_digest = report(&server, "team/app", &image.manifest.digest.to_string());
    assert_eq!(by_digest["findings"], found["findings"]);
    assert_eq!(by_digest["source"], format!("team/app@{}", image.manifest.digest));
}

#[test]
fn every_form_of_an_image_has_the_same_findings() {
    let scene = Scene::new();
    scene.import(&advisories());
    let server = scene.serve();
    let image = image();
    server.registry().push_image("team/app", "1", &image).unwrap();
    let expect = report(&server, "team/app", "1");
    assert_eq!(expect["findings"].as_array().unwrap().len(), 4);

    scene.write("docker.tar", docker_save(&[("team/app:1", &image)]));
    scene.write("oci.tar", oci_archive("1", &image));
    for (path, content) in oci_layout("1", &image) {
        scene.write(&format!("layout/{path}"), content);
    }
    unpacked(&scene);
    let without_layers = |findings: &Value| {
        let mut findings = findings.clone();
        for finding in findings.as_array_mut().unwrap() {
            finding["layer"] = Value::Null;
        }
        findings
    };
    let arguments = ["--data", "data", "--format", "json", "--platform", "linux/amd64"];
    for source in ["docker.tar", "oci.tar", "layout", "rootfs"] {
        let said = scene.run(&[&["scan", source], arguments.as_slice()].concat(), &[]);
        assert_eq!(said.code, Some(0), "{source}: {said:?}");
        let found = said.json();
        if source == "rootfs" {
            assert_eq!(found["findings"], without_layers(&expect["findings"]), "{source}");
        } else {
            assert_eq!(found["findings"], expect["findings"], "{source}");
            assert_eq!(found["packages"], expect["packages"], "{source}");
        }
        for member in ["schemaVersion", "distribution", "unknown", "verdict", "advisories"] {
            assert_eq!(found[member], expect[member], "{source} {member}");
        }
    }
}

#[test]
fn exit_codes_say_what_was_found() {
    let scene = Scene::new();
    let image = image();
    scene.write("image.tar", docker_save(&[("a:1", &image)]));
    let check = |arguments: &[&str], expect: i32, verdict: &str| {
        let json = ["--data", "data", "--format", "json"];
        let said = scene.run(&[&["scan", "image.tar"], arguments, &json].concat(), &[]);
        assert_eq!(said.code, Some(expect), "{arguments:?}: {said:?}");
        assert_eq!(said.json()["verdict"], verdict, "{arguments:?}");
    };
    // Nothing is known.
    check(&[], 2, "unknown");
    check(&["--fail-on", "negligible"], 2, "unknown");
    scene.import(&[debian("D-1", "curl", "9", MEDIUM)]);
    let loaded = scene.run(&["db", "info", "--data", "data"], &[]);
    assert!(loaded.stdout.contains("\n1 record, generation "), "{loaded:?}");
    // Something is, of a part: what is found counts, and what is not known does not pass.
    check(&[], 2, "unknown");
    check(&["--fail-on", "medium"], 1, "deny");
    check(&["--fail-on", "high"], 2, "unknown");
    scene.import(&[
        debian("D-1", "curl", "9", MEDIUM),
        ("PyPI", advisory("P-1", "PyPI", "x", "1", CRITICAL)),
        ("npm", advisory("N-1", "npm", "x", "1.0.0", CRITICAL)),
    ]);
    check(&[], 0, "pass");
    for severity in ["negligible", "low", "medium", "MEDIUM"] {
        check(&["--fail-on", severity], 1, "deny");
    }
    check(&["--fail-on", "high"], 0, "pass");
    check(&["--fail-on", "critical"], 0, "pass");
    let table = scene.run(&["scan", "image.tar", "--data", "data"], &[]);
    assert_eq!(table.code, Some(0));
    for word in ["a:1", "Debian GNU/Linux 14", "MEDIUM", "curl", "7.74.0-1.3", "D-1", "verdict: pass"] {
        assert!(table.stdout.contains(word), "{word}: {}", table.stdout);
    }

    scene.write("text.tar", "not an archive of an image");
    for source in ["./absent.tar", "text.tar"] {
        let said = scene.run(&["scan", source, "--data", "data"], &[]);
        assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{source}: {said:?}");
        assert!(said.stderr.contains(source), "{source}: {said:?}");
    }
    assert_eq!(scene.run(&["scan", "image.tar", "--fail-on", "awful"], &[]).code, Some(2));
}

#[test]
fn a_distribution_without_advisories_is_not_known() {
    let scene = Scene::new();
    let server = scene.serve();
    let image = image();
    server.registry().push_image("a", "1", &image).unwrap();
    let unknown = |expect: Value| {
        let found = report(&server, "a", "1");
        assert_eq!((&found["unknown"], &found["verdict"]), (&expect, &json!("unknown")));
    };
    unknown(json!(["no advisories are loaded"]));
    scene.import(&[("npm", advisory("N-1", "npm", "x", "1.0.0", CRITICAL))]);
    unknown(json!(["no advisories are loaded for Debian:14", "no advisories are loaded for PyPI"]));
    // Those of another release say nothing of this one.
    scene.import(&[
        ("Debian", advisory("D-1", "Debian:12", "openssl", "9", CRITICAL)),
        ("PyPI", advisory("P-1", "PyPI", "x", "1", CRITICAL)),
    ]);
    unknown(json!(["no advisories are loaded for Debian:14"]));
}

#[test]
fn a_version_that_cannot_be_compared_is_shown() {
    let scene = Scene::new();
    scene.import(&[("PyPI", advisory("P-1", "PyPI", "flask", "1.0", CRITICAL))]);
    let server = scene.serve();
    let image = ImageBuilder::new().layer(python("flask", "unheard-of!")).build();
    server.registry().push_image("a", "1", &image).unwrap();
    let found = report(&server, "a", "1");
    assert_eq!(found["verdict"], "unknown");
    assert_eq!((&found["findings"][0]["id"], &found["findings"][0]["status"]), (&json!("P-1"), &json!("undetermined")));
    let unknown = found["unknown"][0].as_str().unwrap();
    assert!(unknown.contains("\"unheard-of!\" of the package flask"), "{unknown}");
}

#[test]
fn newer_advisories_change_the_answer_at_once() {
    let scene = Scene::new();
    let server = scene.serve();
    let image = ImageBuilder::new().layer(python("flask", "0.12")).build();
    server.registry().push_image("a", "1", &image).unwrap();
    let ids = || {
        let report = report(&server, "a", "1");
        report["findings"].as_array().unwrap().iter().map(|finding| finding["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(), [] as [Value; 0]);
    scene.import(&[("PyPI", advisory("P-1", "PyPI", "flask", "1.0", CRITICAL))]);
    assert_eq!(ids(), ["P-1"]);
    scene.import(&[
        ("PyPI", advisory("P-2", "PyPI", "flask", "0.13", CRITICAL)),
        ("PyPI", advisory("P-3", "PyPI", "flask", "0.12", CRITICAL)),
    ]);
    assert_eq!(ids(), ["P-2"]);
    // What is loaded of other ecosystems stays.
    scene.import(&[("npm", advisory("N-1", "npm", "x", "1.0.0", CRITICAL))]);
    assert_eq!(ids(), ["P-2"]);
    let info = scene.run(&["db", "info", "--data", "data", "--format", "json"], &[]);
    let info = info.json();
    let feeds = info["feeds"].as_array().unwrap().iter();
    let mut feeds: Vec<_> = feeds.map(|feed| format!("{} {}", feed["feed"], feed["records"])).collect();
    feeds.sort();
    assert_eq!(feeds, ["\"PyPI\" 2", "\"npm\" 1"]);
    let generation = info["generation"].clone();
    drop(server);
    assert_eq!(report(&scene.serve(), "a", "1")["advisories"]["generation"], generation);
}

#[test]
fn a_layer_that_removes_a_package_removes_its_findings() {
    let scene = Scene::new();
    scene.import(&[("PyPI", advisory("P-1", "PyPI", "flask", "1.0", CRITICAL))]);
    let server = scene.serve();
    let base = python("flask", "0.12");
    let whiteout = LayerBuilder::new().whiteout("usr/lib/python3/dist-packages/flask-0.12.dist-info");
    let whiteout = whiteout.build(Compression::Gzip).unwrap();
    let opaque = LayerBuilder::new().opaque("usr/lib/python3").build(Compression::Gzip).unwrap();
    let newer = LayerBuilder::new()
        .whiteout("usr/lib/python3/dist-packages/flask-0.12.dist-info")
        .file("usr/lib/python3/dist-packages/flask-0.13.dist-info/METADATA", "Name: flask\nVersion: 0.13\n");
    let newer = newer.build(Compression::Gzip).unwrap();
    for (tag, layer, expect) in [("whiteout", whiteout, None), ("opaque", opaque, None), ("newer", newer, Some("0.13"))]
    {
        let image = ImageBuilder::new().layer(base.clone()).layer(layer).build();
        server.registry().push_image("a", tag, &image).unwrap();
        let found = report(&server, "a", tag);
        assert_eq!(found["findings"][0]["installed"].as_str(), expect, "{tag}");
        if expect.is_some() {
            assert_eq!(found["findings"][0]["layer"], image.layers[1].diff_id.to_string(), "{tag}");
        }
    }
}

#[test]
fn an_index_is_reported_by_its_usual_platform() {
    let scene = Scene::new();
    scene.import(&[("PyPI", advisory("P-1", "PyPI", "flask", "1.0", CRITICAL))]);
    let server = scene.serve();
    let mut registry = server.registry();
    let images = ["arm64", "amd64", "s390x"].map(|architecture| {
        let layer = python("flask", "0.12");
        let image = ImageBuilder::new().layer(layer).platform("linux", architecture).build();
        registry.push_image("a", architecture, &image).unwrap();
        image
    });
    registry.put_manifest("a", "all", &index(Format::Oci, &images)).unwrap();
    let usual = if cfg!(target_arch = "aarch64") { &images[0] } else { &images[1] };
    assert_eq!(report(&server, "a", "all")["digest"], usual.manifest.digest.to_string());
}

#[test]
fn what_is_not_there_has_no_findings() {
    let scene = Scene::new();
    let server = scene.serve();
    server.registry().push_image("a", "1", &plain("a")).unwrap();
    let mut client = server.http();
    for what in ["findings", "explain", "sbom"] {
        check(&mut client, &format!("GET /api/v1/{what}/a?reference=none"), "404 MANIFEST_UNKNOWN");
        check(&mut client, &format!("GET /api/v1/{what}/a"), "404 MANIFEST_UNKNOWN");
        check(&mut client, &format!("GET /api/v1/{what}/none?reference=1"), "404 NAME_UNKNOWN");
        check(&mut client, &format!("PUT /api/v1/{what}/a?reference=1"), "405 UNSUPPORTED");
    }
    check(&mut client, "GET /api/v1/nothing/a?reference=1", "405 UNSUPPORTED");
}

#[test]
fn a_bill_of_materials_lists_what_is_inside() {
    let scene = Scene::new();
    let server = scene.serve();
    let image = image();
    server.registry().push_image("team/app", "1", &image).unwrap();
    scene.write("image.tar", docker_save(&[("team/app:1", &image)]));
    let said = scene.run(&["sbom", "image.tar", "--data", "data"], &[]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let served = json(&check(&mut server.http(), "GET /api/v1/sbom/team/app?reference=1", "200"));
    for sbom in [said.json(), served] {
        assert_eq!((&sbom["bomFormat"], &sbom["specVersion"]), (&json!("CycloneDX"), &json!("1.6")));
        assert!(sbom["serialNumber"].as_str().unwrap().starts_with("urn:uuid:"), "{sbom}");
        let components = sbom["components"].as_array().unwrap();
        let purls: Vec<_> = components.iter().filter_map(|component| component["purl"].as_str()).collect();
        for purl in ["pkg:npm/lodash@4.17.4", "pkg:pypi/flask@0.12"] {
            assert!(purls.contains(&purl), "{purls:?}");
        }
        assert!(purls.iter().any(|purl| purl.starts_with("pkg:deb/debian/libssl1.1@1.1.1n-0")), "{purls:?}");
        assert!(!purls.iter().any(|purl| purl.contains("telnet")), "{purls:?}");
    }
}

#[test]
fn what_a_distributions_package_brought_is_its_own_unless_somebody_else_built_it() {
    let scene = Scene::new();
    scene.import(&[
        ("PyPI", advisory("PYSEC-1", "PyPI", "flask", "0.12.3", CRITICAL)),
        debian("DSA-1", "other", "1", MEDIUM),
    ]);
    let check = |maintainer: &str, expect: [usize; 2]| {
        let package = format!(
            "Package: python3-flask\nStatus: install ok installed\nVersion: 0.12-1\nMaintainer: {maintainer}\n"
        );
        let layer = LayerBuilder::new()
            .file("etc/os-release", OS_RELEASE)
            .file("var/lib/dpkg/status", package)
            .file("var/lib/dpkg/info/python3-flask.list", format!("/.\n/usr\n/{FLASK_PATH}\n"))
            .file(FLASK_PATH, FLASK);
        let image = ImageBuilder::new().layer(layer.build(Compression::Gzip).unwrap()).build();
        scene.write("image.tar", docker_save(&[("a:1", &image)]));
        let report = scene.run(&["scan", "image.tar", "--data", "data", "--format", "json"], &[]).json();
        let counts = ["findings", "suppressed"].map(|list| report[list].as_array().unwrap().len());
        assert_eq!(counts, expect, "{maintainer}: {report}");
    };
    check("Debian Python Team <team+python@tracker.debian.org>", [0, 1]);
    check("Docker <support@docker.com>", [1, 0]);
}

#[test]
fn what_is_only_asked_for_is_listed_where_it_is_asked_for() {
    let scene = Scene::new();
    scene.import(&[("npm", advisory("N-1", "npm", "left-pad", "2.0.0", CRITICAL))]);
    scene.write("rootfs/srv/package-lock.json", r#"{"packages":{"node_modules/left-pad":{"version":"1.0.0"}}}"#);
    let check = |declared: &[&str], expect: usize| {
        let run = |arguments: &[&str]| scene.run(&[arguments, &["rootfs", "--data", "data"], declared].concat(), &[]);
        let report = run(&["scan", "--format", "json"]).json();
        for listed in [&report["packages"], &report["findings"], &run(&["sbom"]).json()["components"]] {
            assert_eq!(listed.as_array().unwrap().len(), expect, "{declared:?}: {listed}");
        }
        assert_eq!(run(&["scan", "--format", "csv"]).stdout.contains("left-pad"), expect > 0, "{declared:?}");
    };
    check(&[], 0);
    check(&["--declared"], 1);
}

#[test]
fn one_analysis_gives_any_number_of_reports() {
    let scene = Scene::new();
    scene.import(&advisories());
    let server = scene.serve();
    let image = image();
    server.registry().push_image("team/app", "1", &image).unwrap();
    scene.write("image.tar", docker_save(&[("team/app:1", &image)]));
    let formats =
        ["sarif", "cyclonedx-1.7", "spdx-json", "spdx-tag-value", "trivy", "grype", "gitlab", "junit", "csv", "html"];
    let reports: Vec<String> = formats.iter().map(|format| format!("--report={format}={format}.out")).collect();
    let mut arguments = vec!["scan", "image.tar", "--data", "data", "--format", "json", "--output", "own.json"];
    arguments.extend(reports.iter().map(String::as_str));
    let said = scene.run(&arguments, &[]);
    assert_eq!(said.stdout, "", "{said:?}");
    let own: Value = serde_json::from_slice(&std::fs::read(scene.path("own.json")).unwrap()).unwrap();
    for format in formats {
        let text = std::fs::read_to_string(scene.path(&format!("{format}.out"))).unwrap();
        assert!(text.contains("lodash"), "{format}: {text}");
    }
    // A bill of materials in place of the image.
    for bill in ["cyclonedx-1.7.out", "spdx-json.out", "spdx-tag-value.out"] {
        let again = scene.run(&["scan", "sbom", bill, "--data", "data", "--format", "json"], &[]).json();
        let ids = |report: &Value| {
            report["findings"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect::<Vec<_>>()
        };
        assert_eq!(ids(&again), ids(&own), "{bill}");
        assert_eq!(again["packages"].as_array().unwrap().len(), own["packages"].as_array().unwrap().len(), "{bill}");
    }
    let mut client = server.http();
    let served = check(&mut client, "GET /api/v1/findings/team/app?reference=1&format=sarif", "200");
    assert_eq!(json(&served)["version"], "2.1.0");
    let served = check(&mut client, "GET /api/v1/sbom/team/app?reference=1&format=spdx-json", "200");
    assert_eq!(json(&served)["spdxVersion"], "SPDX-2.3");
    check(&mut client, "GET /api/v1/findings/team/app?reference=1&format=pdf", "400 TAG_INVALID");
    check(&mut client, "GET /api/v1/sbom/team/app?reference=1&format=sarif", "400 TAG_INVALID");
}

#[test]
fn a_known_layer_is_analysed_once() {
    let scene = Scene::new();
    let server = scene.serve();
    let image = image();
    // An inventory is kept in the background, as it can always be made again.
    let layers_analysed = || {
        wait_for("the end of the analysis", || {
            let metrics = check(&mut server.http(), "GET /metrics", "200");
            let metrics = String::from_utf8(metrics.body).unwrap();
            let count = |name: &str| metrics.lines().find_map(|line| line.strip_prefix(name)).unwrap().to_owned();
            (count("plimsoll_layers_waiting ") == "0").then(|| count("plimsoll_layers_analysed_total "))
        })
    };
    server.registry().push_image("a", "1", &image).unwrap();
    assert_eq!(layers_analysed(), "3");
    let mut registry = server.registry();
    for layer in &image.layers {
        assert!(registry.mount_blob("b", &layer.digest, "a").unwrap());
    }
    registry.push_blob("b", &image.config.digest, &image.config.bytes).unwrap();
    registry.put_manifest("b", "1", &image.manifest).unwrap();
    assert_eq!(layers_analysed(), "3");
    assert_eq!(report(&server, "b", "1")["packages"], report(&server, "a", "1")["packages"]);
}

#[test]
fn a_flaw_is_explained_and_what_to_change() {
    let scene = Scene::new();
    scene.import(&advisories());
    let server = scene.serve();
    let image = image();
    server.registry().push_image("team/app", "1", &image).unwrap();
    scene.write("docker.tar", docker_save(&[("team/app:1", &image)]));
    let local = |arguments: &[&str]| scene.run(&[&["scan", "docker.tar", "--data", "data"], arguments].concat(), &[]);
    let url = format!("http://{}", server.address());
    let asked = |arguments: &[&str]| {
        let (command, rest) = arguments.split_first().unwrap();
        scene.run(&[&[*command, "team/app:1"], rest, &["--server", &url, "--data", "data"]].concat(), &[])
    };
    let explained = local(&["--explain", "CVE-2018-1000656", "--format", "json"]);
    assert_eq!(explained.code, Some(1), "{explained:?}");
    let answer = explained.json();
    assert_eq!(answer["ids"], json!(["CVE-2018-1000656", "GHSA-562c-5r94-xh97", "PYSEC-2018-66"]));
    let evidence = &answer["findings"][0]["evidence"];
    assert_eq!(evidence["recordSha256"].as_str().map(str::len), Some(64));
    assert_eq!((&evidence["introduced"], &evidence["fixed"]), (&json!("0"), &json!("0.12.3")));
    assert_eq!((&evidence["comparator"], &evidence["package"]["certainty"]), (&json!("PEP 440"), &json!("installed")));
    let remote = asked(&["explain", "CVE-2018-1000656", "--format", "json"]);
    assert_eq!((remote.code, &remote.json()["findings"]), (Some(1), &answer["findings"]), "{remote:?}");
    let check = |flaw: &str, expect: &str| {
        for said in [local(&["--explain", flaw]), asked(&["explain", flaw])] {
            assert_eq!(said.code, Some(0), "{said:?}");
            assert!(said.stdout.contains("not reported") && said.stdout.contains(expect), "{expect}: {}", said.stdout);
        }
    };
    check("CVE-2000-0001", "it is fixed since 1.1.1a-1, and 1.1.1n-0 is installed (dpkg order)");
    check("CVE-2000-0002", "the image has no such package");
    check("CVE-2000-0003", "the package in the image is of Debian:14");
    check("GHSA-gone-gone-gone", "the advisory was withdrawn at 2025-02-01T00:00:00Z");
    check("CVE-1999-0001", "no advisory of this id is loaded");
    assert_eq!(asked(&["explain", "CVE-1&x=y"]).code, Some(2));

    let fix = |said: &crate::harness::Said| said.json()["fix"].clone();
    let here = fix(&local(&["--fix=high", "--format", "json"]));
    assert_eq!(here, fix(&asked(&["findings", "--fix=high", "--format", "json"])));
    assert_eq!((&here["advice"], &here["base"]), (&json!("both"), &json!({"layers": 1, "findings": 1})));
    assert_eq!((&here["above"], here["upgrades"].as_array().unwrap().len()), (&json!(2), 3));
    let table = local(&["--fix"]);
    assert!(table.stdout.contains("curl 7.74.0-1.3 -> 7.74.0-1.3+deb11u8: clears 1, leaves 0 (above)"), "{table:?}");
    assert_eq!(asked(&["findings", "--fix=dreadful"]).code, Some(2));
}
