use std::sync::Arc;

use plimsoll_advisories::vex::{Justification, VexStatus};
use plimsoll_advisories::{
    Assessment, Comparator, Epss, Evidence, Finding, FixedIn, Judgement, Response, Rule, Severity, Status, Suppressed,
    Suppression, UnknownReason, Until,
};
use plimsoll_inventory::{InstalledPackage, Package, PackageKind, SourcePackage};

use serde_json::json;

use super::*;

/// What an attacker puts wherever text goes.
const HOSTILE: &str = "=cmd|'/c' <script>alert(1)</script> \"]]>\n| & \u{1}";

const HIGH: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";

struct Fixture {
    layers: Vec<Layer>,
    inventory: Inventory,
    judgement: Judgement,
    name: String,
}

fn finding(id: &str, package: &InstalledPackage, severity: Severity, fixed: Option<&str>) -> Finding {
    let scored = severity == Severity::High;
    let until = fixed.map_or(Until::Open, |fixed| Until::Fixed(fixed.to_owned()));
    Finding {
        id: id.into(),
        aliases: vec!["GHSA-aaaa-bbbb-cccc".into()],
        advisory: "DSA-5764-1".into(),
        package: Arc::new(package.clone()),
        ecosystem: "Debian",
        installed: package.package.version.clone(),
        fixed: fixed.map(str::to_owned),
        fixed_elsewhere: vec![],
        status: Status::Affected,
        response: None,
        exploited: None,
        epss: None,
        malicious: false,
        severity,
        severity_source: scored.then(|| "GHSA-aaaa-bbbb-cccc CVSS_V3".into()),
        score: scored.then_some(7.5),
        vector: scored.then(|| HIGH.into()),
        assessments: if scored { assessments() } else { vec![] },
        summary: "denial of service".into(),
        published: Some(Timestamp::from_unix_seconds(1_700_000_000)),
        modified: Timestamp::from_unix_seconds(1_710_000_000),
        evidence: Evidence {
            ecosystem: "Debian:12".into(),
            name: "openssl".into(),
            sha256: [0; 32],
            rule: Rule::Within { introduced: "0".into(), until, comparator: Comparator::Dpkg },
        },
    }
}

/// Of two sources, one of which speaks twice.
fn assessments() -> Vec<Assessment> {
    let assessment = |severity, source: &str, vector: Option<(&str, f64)>| Assessment {
        severity,
        score: vector.map(|(_, score)| score),
        vector: vector.map(|(vector, _)| vector.to_owned()),
        source: Some(source.to_owned()),
        ..Assessment::default()
    };
    vec![
        assessment(Severity::High, "GHSA-aaaa-bbbb-cccc CVSS_V3", Some((HIGH, 7.5))),
        assessment(Severity::Critical, "GHSA-aaaa-bbbb-cccc severity", None),
        assessment(Severity::Medium, "NVD CVSS_V2", Some(("AV:N/AC:L/Au:N/C:N/I:N/A:P", 5.0))),
    ]
}

impl Fixture {
    fn new(text: &str) -> Self {
        let source = Some(SourcePackage { name: "openssl".into(), version: "3.0.11-1".into() });
        let installed =
            |package, path: &str, layer| InstalledPackage { package, path: path.into(), layer, owner: None };
        let ssl = Package { source, ..Package::new(PackageKind::Deb, "libssl3", "3.0.11-1") };
        let packages = vec![
            installed(ssl, "var/lib/dpkg/status", 0),
            installed(Package::new(PackageKind::Npm, text, text), &format!("app/{text}/package.json"), 1),
            installed(Package::new(PackageKind::Golang, "stdlib", "1.20"), "usr/bin/app", 1),
        ];
        let mut weird = finding("CVE-2024-2", &packages[1], Severity::Negligible, Some(text));
        weird.summary = text.to_owned();
        weird.aliases = vec![text.to_owned()];
        weird.advisory = "GHSA-aaaa-bbbb-cccc".into();
        let mut doubtful = finding("CVE-2024-1", &packages[2], Severity::Critical, None);
        doubtful.status = Status::Undetermined;
        doubtful.score = Some(9.8);
        doubtful.summary = String::new();
        doubtful.published = None;
        weird.epss = Epss::new(0.5, 0.9);
        let mut suppressed = finding("CVE-2024-3", &packages[1], Severity::Medium, None);
        suppressed.response = Some(Response::WontFix);
        let owner =
            Suppression::OwnedBy { package: "node-x".into(), ecosystem: "Debian", advisory: Some("DSA-1-1".into()) };
        Self {
            layers: [b"base", b"apps"]
                .map(|bytes| Layer { digest: Some(Digest::sha256(bytes)), diff_id: Some(Digest::sha256(&bytes[1..])) })
                .to_vec(),
            judgement: Judgement {
                findings: vec![finding("CVE-2024-1", &packages[0], Severity::High, Some("3.0.14-1")), weird, doubtful],
                suppressed: vec![Suppressed { finding: suppressed, reason: owner }],
                unknown: vec![UnknownReason::NotCovered { ecosystem: "npm".into() }],
                ..Judgement::default()
            },
            inventory: Inventory {
                distribution: Some(Distribution {
                    id: "debian".into(),
                    version_id: Some("12".into()),
                    ..Distribution::default()
                }),
                packages,
                unreadable: vec![],
            },
            name: format!("team/app:{text}"),
        }
    }

    fn image(&self) -> Image<'_> {
        Image {
            name: &self.name,
            digest: Some(Digest::sha256(b"manifest")),
            layers: &self.layers,
            inventory: &self.inventory,
            judgement: &self.judgement,
            advisories: Some(Advisories { generation: "00", built_at: None }),
            made_at: Timestamp::from_unix_seconds(1_720_000_000),
            serial: "3e671687-395b-41f5-a30f-a58921a69b79",
        }
    }

    fn text(&self, format: &str) -> String {
        render(format.parse().unwrap(), &self.image())
    }

    fn json(&self, format: &str) -> Value {
        serde_json::from_str(&self.text(format)).unwrap()
    }
}

/// Every one of `members`, each a path with `*` for every item, is there and is of the type its last part says.
#[track_caller]
fn check_members(document: &Value, members: &[&str]) {
    for member in members {
        let (path, kind) = member.split_once(": ").unwrap();
        let mut values = vec![document];
        for part in path.split('.') {
            values = match part {
                "*" => values.into_iter().flat_map(|value| value.as_array().unwrap()).collect(),
                part => values.into_iter().map(|value| &value[part]).collect(),
            };
            assert!(!values.is_empty(), "{member}: nothing at {part}");
        }
        for value in values {
            let fits = match kind {
                "text" => value.as_str().is_some_and(|text| !text.is_empty()),
                "string" => value.is_string(),
                "number" => value.is_number(),
                "array" => value.is_array(),
                "object" => value.is_object(),
                expected => value == expected,
            };
            assert!(fits, "{member}: {value}");
        }
    }
}

#[test]
fn formats_by_name() {
    for (name, format) in Format::NAMES {
        let parsed: Format = name.parse().unwrap();
        assert_eq!(parsed, *format);
        assert!(parsed.media_type().contains('/'));
    }
    assert_eq!("pdf".parse::<Format>(), Err(NotAFormat));
    assert_eq!("cyclonedx".parse::<Format>(), "cyclonedx-1.6".parse());
}

#[test]
fn sarif() {
    let document = Fixture::new("x").json("sarif");
    check_members(
        &document,
        &[
            "version: 2.1.0",
            "runs.*.tool.driver.name: text",
            "runs.*.tool.driver.rules.*.id: text",
            "runs.*.tool.driver.rules.*.name: text",
            "runs.*.tool.driver.rules.*.shortDescription.text: text",
            "runs.*.tool.driver.rules.*.fullDescription.text: text",
            "runs.*.tool.driver.rules.*.helpUri: text",
            "runs.*.tool.driver.rules.*.help.markdown: text",
            "runs.*.tool.driver.rules.*.defaultConfiguration.level: text",
            "runs.*.tool.driver.rules.*.properties.security-severity: text",
            "runs.*.tool.driver.rules.*.properties.tags: array",
            "runs.*.columnKind: utf16CodeUnits",
            "runs.*.originalUriBaseIds.ROOTPATH.uri: text",
            "runs.*.results.*.ruleId: text",
            "runs.*.results.*.ruleIndex: number",
            "runs.*.results.*.message.text: text",
            "runs.*.results.*.locations.*.physicalLocation.artifactLocation.uri: text",
            "runs.*.results.*.locations.*.physicalLocation.region.startLine: number",
            "runs.*.results.*.partialFingerprints.plimsollFinding/v1: text",
        ],
    );
    let run = &document["runs"][0];
    let results = run["results"].as_array().unwrap();
    let levels: Vec<_> = results.iter().map(|result| result["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["error", "note", "note", "warning"]);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
    // One rule for the flaw of two packages, as bad as the worse.
    assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 3);
    assert_eq!(run["tool"]["driver"]["rules"][0]["properties"]["security-severity"], "7.5");
    let mut doubtful = Fixture::new("x");
    doubtful.judgement.findings.drain(..2);
    let document = doubtful.json("sarif");
    assert_eq!(document["runs"][0]["tool"]["driver"]["rules"][0]["properties"]["security-severity"], "0.0");
    assert_eq!(results[3]["suppressions"][0]["kind"], "external");
    assert!(results[0].get("suppressions").is_none());
    assert_ne!(results[0]["partialFingerprints"], results[2]["partialFingerprints"]);
    assert_eq!(run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().len(), 1);
}

#[test]
fn cyclonedx_with_vulnerabilities() {
    let fixture = Fixture::new("x");
    for (name, version) in [("cyclonedx-1.6", "1.6"), ("cyclonedx-1.7", "1.7")] {
        let document = fixture.json(name);
        assert_eq!(document["specVersion"], version);
        check_members(
            &document,
            &[
                "vulnerabilities.*.id: text",
                "vulnerabilities.*.source.name: text",
                "vulnerabilities.*.ratings.*.severity: text",
                "vulnerabilities.*.affects.*.ref: text",
                "vulnerabilities.*.affects.*.versions.*.version: text",
                "vulnerabilities.*.updated: text",
            ],
        );
        let references: Vec<_> = document["components"].as_array().unwrap().iter().map(|it| &it["bom-ref"]).collect();
        let flaws = document["vulnerabilities"].as_array().unwrap();
        for affected in flaws.iter().flat_map(|flaw| flaw["affects"].as_array().unwrap()) {
            assert!(references.contains(&&affected["ref"]), "{affected}");
        }
        let rated = flaws.iter().find(|flaw| flaw["ratings"][0]["score"] == 7.5).unwrap();
        let said =
            |member: &str| rated["ratings"].as_array().unwrap().iter().map(|it| it[member].clone()).collect::<Vec<_>>();
        assert_eq!(said("method"), [json!("CVSSv31"), Value::Null, json!("CVSSv2")]);
        assert_eq!(said("severity"), ["high", "critical", "medium"]);
        assert_eq!(rated["ratings"][2]["source"]["name"], "NVD CVSS_V2");
        assert_eq!(rated["recommendation"], "Upgrade libssl3 to 3.0.14-1 or later");
        let states: Vec<_> = flaws.iter().filter_map(|flaw| flaw["analysis"]["state"].as_str()).collect();
        assert_eq!(states, ["not_affected"]);
        let versions =
            flaws.iter().filter(|flaw| flaw.get("analysis").is_some()).map(|flaw| &flaw["affects"][0]["versions"]);
        assert_eq!(versions.map(|versions| versions[0]["status"].clone()).collect::<Vec<_>>(), ["unaffected"]);
    }
    let bill = Format::CycloneDx(CycloneDxVersion::V1_7, Contents::Findings).without_findings();
    assert!(!render(bill, &fixture.image()).contains("vulnerabilities"));
}

#[test]
fn trivy() {
    let document = Fixture::new("x").json("trivy");
    assert_eq!(document["SchemaVersion"], 2);
    check_members(
        &document,
        &[
            "ArtifactName: team/app:x",
            "ArtifactType: container_image",
            "Metadata.OS.Family: debian",
            "Metadata.OS.Name: 12",
            "Metadata.DiffIDs.*: text",
            "Metadata.RepoTags.*: team/app:x",
            "Metadata.RepoDigests.*: text",
            "Metadata.Layers.*.DiffID: text",
            "Metadata.ImageConfig.rootfs.diff_ids: array",
            "Results.*.Target: text",
            "Results.*.Class: text",
            "Results.*.Type: text",
            "Results.*.Packages.*.Identifier.PURL: text",
            "Results.*.Vulnerabilities.*.VulnerabilityID: text",
            "Results.*.Vulnerabilities.*.PkgName: text",
            "Results.*.Vulnerabilities.*.PkgIdentifier.PURL: text",
            "Results.*.Vulnerabilities.*.InstalledVersion: text",
            "Results.*.Vulnerabilities.*.Status: text",
            "Results.*.Vulnerabilities.*.Layer.DiffID: text",
            "Results.*.Vulnerabilities.*.PrimaryURL: text",
            "Results.*.Vulnerabilities.*.DataSource.ID: text",
            "Results.*.Vulnerabilities.*.Fingerprint: text",
            "Results.*.Vulnerabilities.*.Severity: text",
            "Results.*.Vulnerabilities.*.References: array",
        ],
    );
    let results = document["Results"].as_array().unwrap();
    let named: Vec<_> = results
        .iter()
        .map(|result| ["Target", "Class", "Type"].map(|member| result[member].as_str().unwrap()).join(", "))
        .collect();
    let expect =
        ["Node.js, lang-pkgs, node-pkg", "team/app:x (debian 12), os-pkgs, debian", "usr/bin/app, lang-pkgs, gobinary"];
    assert_eq!(named, expect);
    let system = &results[1]["Vulnerabilities"][0];
    assert_eq!((&system["Status"], &system["FixedVersion"]), (&"fixed".into(), &"3.0.14-1".into()));
    let cvss = json!({"ghsa": {"V3Vector": HIGH, "V3Score": 7.5}, "nvd": {"V2Vector": "AV:N/AC:L/Au:N/C:N/I:N/A:P", "V2Score": 5.0}});
    assert_eq!((&system["SeveritySource"], &system["CVSS"]), (&json!("ghsa"), &cvss));
    assert_eq!(system["VendorSeverity"], json!({"ghsa": 3, "nvd": 2}));
    assert_eq!(results[0]["Vulnerabilities"][0]["Severity"], "LOW");
    assert_eq!(results[2]["Vulnerabilities"][0]["Status"], "unknown");
    let modified = &results[0]["ExperimentalModifiedFindings"][0]["Finding"];
    assert_eq!((&modified["VulnerabilityID"], &modified["Status"]), (&"CVE-2024-3".into(), &"will_not_fix".into()));
}

#[test]
fn trivy_names_who_rates_a_flaw() {
    let mut fixture = Fixture::new("x");
    fixture.judgement.findings[0].severity_source = Some("NVD CVSS_V3".into());
    fixture.judgement.findings[0].assessments[0].source = Some("NVD CVSS_V3".into());
    let document = fixture.json("trivy");
    let system = &document["Results"][1]["Vulnerabilities"][0];
    assert_eq!(system["SeveritySource"], "nvd");
    assert_eq!((&system["VendorSeverity"]["nvd"], &system["CVSS"]["nvd"]["V3Score"]), (&3.into(), &7.5.into()));
}

#[test]
fn grype() {
    let document = Fixture::new("x").json("grype");
    let members: Vec<String> = ["matches", "ignoredMatches"]
        .iter()
        .flat_map(|list| {
            [
                "vulnerability.id: text",
                "vulnerability.dataSource: text",
                "vulnerability.severity: text",
                "vulnerability.urls: array",
                "vulnerability.cvss: array",
                "vulnerability.fix.versions: array",
                "vulnerability.fix.state: text",
                "vulnerability.advisories.*.link: text",
                "vulnerability.risk: number",
                "relatedVulnerabilities: array",
                "matchDetails.*.type: text",
                "matchDetails.*.matcher: text",
                "matchDetails.*.searchedBy: object",
                "matchDetails.*.found: object",
                "artifact.id: text",
                "artifact.name: text",
                "artifact.version: text",
                "artifact.type: text",
                "artifact.locations.*.path: text",
                "artifact.locations.*.accessPath: text",
                "artifact.language: string",
                "artifact.licenses: array",
                "artifact.cpes: array",
                "artifact.purl: text",
                "artifact.upstreams: array",
            ]
            .map(|member| format!("{list}.*.{member}"))
        })
        .collect();
    check_members(&document, &members.iter().map(String::as_str).collect::<Vec<_>>());
    check_members(
        &document,
        &[
            "source.type: image",
            "source.target: object",
            "distro.name: debian",
            "distro.version: 12",
            "distro.idLike: array",
            "descriptor.name: plimsoll",
            "descriptor.version: text",
        ],
    );
    let first = &document["matches"][0];
    assert_eq!(first["matchDetails"][0]["type"], "exact-indirect-match");
    assert_eq!(first["matchDetails"][0]["found"]["versionConstraint"], "<3.0.14-1");
    assert_eq!(first["artifact"]["upstreams"][0]["name"], "openssl");
    assert_eq!(first["vulnerability"]["severity"], "High");
    let scored = first["vulnerability"]["cvss"].as_array().unwrap();
    let scored: Vec<_> = scored.iter().map(|cvss| (&cvss["type"], &cvss["source"], &cvss["version"])).collect();
    let expect = [["Primary", "GHSA-aaaa-bbbb-cccc CVSS_V3", "3.1"], ["Secondary", "NVD CVSS_V2", "2.0"]];
    assert_eq!(scored.iter().map(|(a, b, c)| [*a, *b, *c]).collect::<Vec<_>>(), expect);
    let doubtful = &document["matches"][2]["vulnerability"];
    assert_eq!(
        (&doubtful["fix"]["state"], &doubtful["severity"], &doubtful["risk"]),
        (&json!("unknown"), &json!("Unknown"), &json!(0.0))
    );
    assert_eq!(document["ignoredMatches"][0]["vulnerability"]["fix"]["state"], "wont-fix");
    assert_eq!(document["matches"][1]["vulnerability"]["epss"][0]["epss"], 0.5);
    assert_eq!(document["ignoredMatches"][0]["appliedIgnoreRules"][0]["vulnerability"], "CVE-2024-3");
}

/// Each reason for which a finding does not count, in the words of the forms that tell reasons apart.
#[test]
fn reasons() {
    let check = |reason: Suppression, trivy: [&str; 2], cyclonedx: Value, grype: Value| {
        let mut fixture = Fixture::new("x");
        fixture.judgement.suppressed[0].reason = reason.clone();
        let said = reason.to_string();
        let modified = &fixture.json("trivy")["Results"][0]["ExperimentalModifiedFindings"][0];
        let shown = ["Status", "Source", "Statement"].map(|member| modified[member].as_str().unwrap());
        assert_eq!(shown, [trivy[0], trivy[1], &said]);
        let bill = fixture.json("cyclonedx");
        let analysed = bill["vulnerabilities"].as_array().unwrap().iter().find(|flaw| flaw.get("analysis").is_some());
        let mut analysis = analysed.unwrap()["analysis"].clone();
        assert_eq!(analysis.as_object_mut().unwrap().remove("detail"), Some(said.clone().into()));
        assert_eq!(analysis, cyclonedx);
        let rule = &fixture.json("grype")["ignoredMatches"][0]["appliedIgnoreRules"][0];
        assert_eq!(json!([rule["namespace"], rule["vex-status"], rule["vex-justification"]]), grype);
        assert_eq!((&rule["reason"], &rule["vulnerability"]), (&json!(said), &json!("CVE-2024-3")));
        let suppressions = &fixture.json("sarif")["runs"][0]["results"][3]["suppressions"];
        assert_eq!(*suppressions, json!([{"kind": "external", "status": "accepted", "justification": said}]));
    };
    let owned = Suppression::OwnedBy { package: "node-x".into(), ecosystem: "Debian", advisory: None };
    check(owned, ["not_affected", "plimsoll"], json!({"state": "not_affected"}), json!(["", null, null]));
    let vex = |status, justification| {
        let (author, document) = ("Vendor".into(), "vendor.json".into());
        Suppression::Vex { author, status, justification, statement: None, document }
    };
    check(vex(VexStatus::Fixed, None), ["fixed", "Vendor"], json!({"state": "resolved"}), json!(["vex", "fixed", ""]));
    for (justification, word) in [
        (Justification::ComponentNotPresent, "code_not_present"),
        (Justification::VulnerableCodeNotPresent, "code_not_present"),
        (Justification::VulnerableCodeNotInExecutePath, "code_not_reachable"),
        (Justification::InlineMitigationsExist, "protected_by_mitigating_control"),
    ] {
        let analysis = json!({"state": "not_affected", "justification": word});
        let grype = json!(["vex", "not_affected", justification.as_str()]);
        check(vex(VexStatus::NotAffected, Some(justification)), ["not_affected", "Vendor"], analysis, grype);
    }
    let uncontrolled = Some(Justification::VulnerableCodeCannotBeControlled);
    let grype = json!(["vex", "not_affected", "vulnerable_code_cannot_be_controlled_by_adversary"]);
    check(
        vex(VexStatus::NotAffected, uncontrolled),
        ["not_affected", "Vendor"],
        json!({"state": "not_affected"}),
        grype,
    );
    let exception = Suppression::Exception {
        id: None,
        owner: "Team A".into(),
        reason: "No fix.".into(),
        ticket: None,
        until: None,
    };
    let accepted = json!({"state": "exploitable", "response": ["will_not_fix"]});
    check(exception, ["ignored", "Team A"], accepted, json!(["", null, null]));
}

#[test]
fn gitlab() {
    let document = Fixture::new("x").json("gitlab");
    check_members(
        &document,
        &[
            "version: 15.0.7",
            "scan.type: container_scanning",
            "scan.status: success",
            "scan.analyzer.vendor.name: text",
            "scan.scanner.version: text",
            "scan.start_time: 2024-07-03T09:46:40",
            "scan.messages.*.value: text",
            "vulnerabilities.*.id: text",
            "vulnerabilities.*.name: text",
            "vulnerabilities.*.identifiers.*.type: text",
            "vulnerabilities.*.identifiers.*.name: text",
            "vulnerabilities.*.identifiers.*.value: text",
            "vulnerabilities.*.links.*.url: text",
            "vulnerabilities.*.location.dependency.package.name: text",
            "vulnerabilities.*.location.operating_system: debian 12",
            "vulnerabilities.*.location.image: team/app:x",
        ],
    );
    let severities: Vec<_> =
        document["vulnerabilities"].as_array().unwrap().iter().map(|it| it["severity"].as_str().unwrap()).collect();
    assert_eq!(severities, ["High", "Info", "Unknown"]);
    assert_eq!(document["vulnerabilities"][0]["identifiers"][0]["type"], "cve");
}

#[test]
fn junit() {
    let text = Fixture::new("x").text("junit");
    let first = text.lines().nth(1).unwrap();
    assert_eq!(
        first,
        "<testsuites name=\"team/app:x\" tests=\"5\" failures=\"3\" errors=\"1\" skipped=\"1\" time=\"0\">"
    );
    assert!(text.contains("<testcase classname=\"libssl3-3.0.11-1\" name=\"[HIGH] CVE-2024-1\" time=\"0\">"));
    assert!(text.contains("<property name=\"type\" value=\"debian\"/>"));
    assert_eq!(text.matches("<testsuite ").count(), 4);
    assert_eq!(text.matches("<failure ").count(), 3);
}

#[test]
fn csv() {
    let text = Fixture::new("x").text("csv");
    let rows: Vec<&str> = text.split_terminator("\r\n").collect();
    assert_eq!(rows.len(), 5);
    assert!(rows[0].starts_with("image,id,severity,"));
    assert!(rows[1].starts_with("team/app:x,CVE-2024-1,HIGH,7.5,libssl3,3.0.11-1,3.0.14-1,affected,deb,"));
    assert!(rows[3].starts_with("team/app:x,CVE-2024-1,UNKNOWN,,stdlib,1.20,,undetermined,"));
    assert!(rows[1].ends_with(",,fixed") && rows[3].ends_with(",,undetermined"));
    assert!(rows[4].ends_with("DSA-1-1 says what that has of the flaw\",wontFix"));
    assert!(rows.iter().take(4).all(|row| row.split(',').count() == 19));
}

#[test]
fn markdown_and_html() {
    let fixture = Fixture::new("x");
    let text = fixture.text("markdown");
    assert!(text.starts_with("# team/app:x\n\ndebian 12, 3 packages, 3 findings, 1 suppressed\n\n"));
    assert!(text.contains("HIGH 1 · NEGLIGIBLE 1 · UNKNOWN 1"));
    assert!(text.contains("| HIGH | [CVE-2024-1](https://nvd.nist.gov/vuln/detail/CVE-2024-1) | libssl3 |"));
    assert!(text.contains("## Suppressed") && text.contains("## Not known"));
    let page = fixture.text("html");
    assert!(page.starts_with("<!DOCTYPE html>"));
    assert_eq!(page.matches("<tr><td").count(), 3);
    for loaded in ["<script", "src=", "<link", "@import", "url("] {
        assert!(!page.contains(loaded), "{loaded}");
    }
}

#[test]
fn hostile_text_stays_text() {
    let fixture = Fixture::new(HOSTILE);
    for (name, _) in Format::NAMES {
        let text = fixture.text(name);
        if text.starts_with('{') {
            let _: Value = serde_json::from_str(&text).unwrap();
        }
    }
    for name in ["html", "junit", "markdown"] {
        assert!(!fixture.text(name).contains("<script"), "{name}");
    }
    assert!(!fixture.text("junit").contains('\u{1}'));
    let table = fixture.text("markdown");
    let row = table.lines().find(|line| line.starts_with("| NEGLIGIBLE")).unwrap();
    assert_eq!(row.replace("\\|", "").matches('|').count(), 8);
    // Neither a row nor a cell begins a formula.
    assert!(!fixture.text("csv").contains(",=") && !fixture.text("csv").contains(",\"="));
    let sarif = fixture.json("sarif");
    let uri = &sarif["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte);
    assert!(uri.as_str().unwrap().bytes().all(plain), "{uri}");
}

#[test]
fn an_image_without_anything() {
    let image = Image {
        name: "",
        digest: None,
        layers: &[],
        inventory: &Inventory::default(),
        judgement: &Judgement::default(),
        advisories: None,
        made_at: Timestamp::from_unix_seconds(0),
        serial: "3e671687-395b-41f5-a30f-a58921a69b79",
    };
    for (name, format) in Format::NAMES {
        assert!(!render(*format, &image).is_empty(), "{name}");
    }
}

#[test]
fn states_in_the_words_of_each_form() {
    let check = |response, elsewhere: bool, trivy: &str, grype: &str, csv: &str, people: &str| {
        let mut fixture = Fixture::new("x");
        let finding = &mut fixture.judgement.findings[0];
        (finding.fixed, finding.response) = (None, response);
        if elsewhere {
            finding.fixed_elsewhere = vec![FixedIn { ecosystem: "Debian:13".into(), version: "3.5-1".into() }];
        }
        let json = |form: &str| serde_json::from_str::<Value>(&fixture.text(form)).unwrap();
        let told = |value: &Value| value["VulnerabilityID"] == "CVE-2024-1" && value["PkgName"] == "libssl3";
        let results = json("trivy");
        let results = results["Results"].as_array().unwrap().iter();
        let found =
            results.filter_map(|result| result["Vulnerabilities"].as_array()).flatten().find(|value| told(value));
        assert_eq!(found.unwrap()["Status"], trivy, "{response:?}");
        assert_eq!(json("grype")["matches"][0]["vulnerability"]["fix"]["state"], grype, "{response:?}");
        assert_eq!(json("sarif")["runs"][0]["results"][0]["properties"]["state"], csv, "{response:?}");
        let rows = fixture.text("csv");
        assert!(rows.lines().nth(1).unwrap().ends_with(&format!(",,{csv}")), "{rows}");
        for form in ["markdown", "html"] {
            assert!(fixture.text(form).contains(people), "{form} {people}");
        }
    };
    check(None, false, "affected", "not-fixed", "affected", "–");
    check(None, true, "affected", "not-fixed", "fixedElsewhere", "Debian:13 (3.5-1)");
    check(
        Some(Response::UnderInvestigation),
        true,
        "under_investigation",
        "not-fixed",
        "underInvestigation",
        "under investigation",
    );
    check(Some(Response::Deferred), false, "fix_deferred", "not-fixed", "deferred", "deferred");
    check(Some(Response::WontFix), false, "will_not_fix", "wont-fix", "wontFix", "won");
    check(Some(Response::EndOfLife), false, "end_of_life", "wont-fix", "endOfLife", "end of life");
}
