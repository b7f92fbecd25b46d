//! Scanning through the ECR API: which images are scanned, what their scans show, and how lists of findings go on.

use expect_test::{Expect, expect};
use plimsoll_testkit::RealBinary;
use plimsoll_testkit::image::{Document, Format, Image, ImageBuilder, index};
use plimsoll_testkit::layer::{Compression, LayerBuilder};
use plimsoll_testkit::sigv4::{AwsClient, Signer};
use serde_json::{Value, json};

use crate::harness::Scene;
use crate::images::{CRITICAL, MEDIUM, advisory, plain};

const REPOSITORY: &str = "team/app";
const OS_RELEASE: &str = "ID=debian\nVERSION_ID=\"14\"\nPRETTY_NAME=\"Debian GNU/Linux 14 (forky)\"\n";
const FLASK: &str = "usr/lib/python3/dist-packages/Flask-0.12.dist-info/METADATA";
const DONE: &str = "The scan was completed successfully.";

fn ecr(server: &RealBinary) -> AwsClient {
    AwsClient::new(server.address(), Signer::new(server.credentials(), "ecr"))
}

/// Calls an operation, whose answer has to be the [`summary`](plimsoll_testkit::sigv4::Answer::summary).
#[track_caller]
fn call(client: &mut AwsClient, operation: &str, input: Value, expect: &str) -> Value {
    let answer = client.call(operation, &input).unwrap();
    assert_eq!(answer.summary(), expect, "{operation} {input}");
    answer.body
}

#[track_caller]
fn create(client: &mut AwsClient, name: &str, scan_on_push: bool) {
    let scanning = json!({ "scanOnPush": scan_on_push });
    let input = json!({ "repositoryName": name, "imageScanningConfiguration": scanning });
    call(client, "CreateRepository", input, "200");
}

#[track_caller]
fn scan(client: &mut AwsClient, tag: &str, expect: &str) -> Value {
    call(client, "StartImageScan", json!({ "repositoryName": REPOSITORY, "imageId": { "imageTag": tag } }), expect)
}

#[track_caller]
fn findings(client: &mut AwsClient, tag: &str, expect: &str) -> Value {
    let input = json!({ "repositoryName": REPOSITORY, "imageId": { "imageTag": tag } });
    call(client, "DescribeImageScanFindings", input, expect)
}

#[track_caller]
fn configure(client: &mut AwsClient, scan_type: &str, rules: Value) {
    let input = json!({ "scanType": scan_type, "rules": rules });
    call(client, "PutRegistryScanningConfiguration", input, "200");
}

fn rule(frequency: &str, filters: &[&str]) -> Value {
    let filter = |filter: &&str| json!({ "filter": filter, "filterType": "WILDCARD" });
    json!({ "scanFrequency": frequency, "repositoryFilters": filters.iter().map(filter).collect::<Vec<_>>() })
}

fn no_scan(tag: &str) -> String {
    format!(
        "400 ScanNotFoundException: Image scan does not exist for the image with '{{imageDigest:'null', imageTag:'{tag}'}}' \
         in the repository with name 'team/app' in the registry with id '000000000000'"
    )
}

fn deb(name: &str, version: &str, source: &str) -> String {
    format!(
        "Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nSource: {source}\nVersion: {version}\n\n"
    )
}

/// Two packages of a distribution from one source, one more, and a Python project above them.
fn image() -> Image {
    let status = deb("libssl1.1", "1:1.1.1n-0+b1", "openssl (1:1.1.1n-0)")
        + &deb("openssl", "1:1.1.1n-0", "openssl")
        + &deb("curl", "7.74.0-1.3", "curl");
    let base = LayerBuilder::new().file("etc/os-release", OS_RELEASE).file("var/lib/dpkg/status", status);
    let above = LayerBuilder::new().file(FLASK, "Metadata-Version: 2.1\nName: Flask\nVersion: 0.12\n\n");
    ImageBuilder::new()
        .layer(base.build(Compression::Gzip).unwrap())
        .layer(above.build(Compression::Gzip).unwrap())
        .build()
}

fn debian(id: &str, package: &str, fixed: &str, vector: &str) -> (&'static str, Value) {
    ("Debian", advisory(id, "Debian:14", package, fixed, vector))
}

fn advisories() -> Vec<(&'static str, Value)> {
    let mut unrated = advisory("DEBIAN-CVE-2023-0003", "Debian:14", "curl", "8", CRITICAL);
    unrated.as_object_mut().unwrap().remove("severity");
    let mut unfixed = advisory("DEBIAN-CVE-2023-0004", "Debian:14", "curl", "8", MEDIUM);
    unfixed["affected"][0]["ranges"][0]["events"] = json!([{ "introduced": "0" }]);
    let mut flask = advisory("GHSA-562c-5r94-xh97", "PyPI", "flask", "0.12.3", CRITICAL);
    flask["aliases"] = json!(["CVE-2018-1000656"]);
    vec![
        debian("DEBIAN-CVE-2023-0001", "openssl", "1:1.1.1n-0+deb11u4", CRITICAL),
        debian("DEBIAN-CVE-2023-0002", "curl", "7.74.0-1.3+deb11u8", MEDIUM),
        ("Debian", unrated),
        ("Debian", unfixed),
        ("PyPI", flask),
    ]
}

/// The findings of a basic scan, each on a line.
fn lines(found: &Value) -> String {
    let attributes = |finding: &Value| -> Vec<String> {
        let pair = |pair: &Value| format!("{}={}", pair["key"].as_str().unwrap(), pair["value"].as_str().unwrap());
        finding["attributes"].as_array().unwrap().iter().map(pair).collect()
    };
    let line = |finding: &Value| {
        let member = |member: &str| finding[member].as_str().unwrap().to_owned();
        let members = ["name", "severity", "description", "uri"].map(member).join(" | ");
        format!("{members} | {}\n", attributes(finding).join(" "))
    };
    found["imageScanFindings"]["findings"].as_array().unwrap().iter().map(line).collect()
}

#[track_caller]
fn check_json(value: &Value, expect: &Expect) {
    expect.assert_eq(&format!("{value:#}\n"));
}

/// Takes the times out of an answer, having checked that they are of this century.
fn timeless(value: &mut Value) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| {
            if name.ends_with("At") {
                assert!(value.as_f64().unwrap() > 1_000_000_000.0, "{name} {value}");
                *value = json!("(time)");
            }
            timeless(value);
        }),
        Value::Array(values) => values.iter_mut().for_each(timeless),
        _ => {}
    }
}

#[test]
fn a_basic_scan_looks_at_packages_of_the_distribution() {
    let scene = Scene::new();
    scene.import(&advisories());
    let server = scene.serve();
    let client = &mut ecr(&server);
    create(client, REPOSITORY, true);
    let image = image();
    server.registry().push_image(REPOSITORY, "1", &image).unwrap();
    let mut found = findings(client, "1", "200");
    expect![[r"
        CVE-2023-0001 | CRITICAL | a flaw of openssl | https://security-tracker.debian.org/tracker/CVE-2023-0001 | package_name=libssl1.1 package_version=1:1.1.1n-0+b1 fixed_in_version=1:1.1.1n-0+deb11u4 CVSS3_VECTOR=CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H CVSS3_SCORE=9.8
        CVE-2023-0001 | CRITICAL | a flaw of openssl | https://security-tracker.debian.org/tracker/CVE-2023-0001 | package_name=openssl package_version=1:1.1.1n-0 fixed_in_version=1:1.1.1n-0+deb11u4 CVSS3_VECTOR=CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H CVSS3_SCORE=9.8
        CVE-2023-0002 | MEDIUM | a flaw of curl | https://security-tracker.debian.org/tracker/CVE-2023-0002 | package_name=curl package_version=7.74.0-1.3 fixed_in_version=7.74.0-1.3+deb11u8 CVSS3_VECTOR=CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N CVSS3_SCORE=5.3
        CVE-2023-0004 | MEDIUM | a flaw of curl | https://security-tracker.debian.org/tracker/CVE-2023-0004 | package_name=curl package_version=7.74.0-1.3 CVSS3_VECTOR=CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:L/A:N CVSS3_SCORE=5.3
        CVE-2023-0003 | UNDEFINED | a flaw of curl | https://security-tracker.debian.org/tracker/CVE-2023-0003 | package_name=curl package_version=7.74.0-1.3 fixed_in_version=8
    "]].assert_eq(&lines(&found));
    found["imageScanFindings"].as_object_mut().unwrap().remove("findings");
    let digest = found["imageId"]["imageDigest"].take();
    assert_eq!(digest, image.manifest.digest.to_string());
    let completed = &found["imageScanFindings"]["imageScanCompletedAt"];
    let advisories = &found["imageScanFindings"]["vulnerabilitySourceUpdatedAt"];
    assert!(completed.as_f64() >= advisories.as_f64(), "{found}");
    timeless(&mut found);
    check_json(
        &found,
        &expect![[r#"
        {
          "imageId": {
            "imageDigest": null,
            "imageTag": "1"
          },
          "imageScanFindings": {
            "findingSeverityCounts": {
              "CRITICAL": 2,
              "MEDIUM": 2,
              "UNDEFINED": 1
            },
            "imageScanCompletedAt": "(time)",
            "vulnerabilitySourceUpdatedAt": "(time)"
          },
          "imageScanStatus": {
            "description": "The scan was completed successfully.",
            "status": "COMPLETE"
          },
          "registryId": "000000000000",
          "repositoryName": "team/app"
        }
    "#]],
    );
    // By its digest the image has no tag.
    let input = json!({ "repositoryName": REPOSITORY, "imageId": { "imageDigest": digest } });
    let by_digest = call(client, "DescribeImageScanFindings", input, "200");
    assert_eq!(by_digest["imageId"], json!({ "imageDigest": digest }));
}

#[test]
fn an_enhanced_scan_looks_at_all_packages_and_shows_a_flaw_once() {
    let scene = Scene::new();
    scene.import(&advisories());
    let server = scene.serve();
    let client = &mut ecr(&server);
    configure(client, "ENHANCED", json!([rule("SCAN_ON_PUSH", &["team"])]));
    server.registry().push_image(REPOSITORY, "1", &image()).unwrap();
    let mut found = findings(client, "1", "200");
    timeless(&mut found);
    assert_eq!(found["imageScanStatus"], json!({ "status": "COMPLETE", "description": DONE }));
    assert_eq!(found["imageScanFindings"]["findings"], Value::Null);
    let counts = json!({ "CRITICAL": 2, "MEDIUM": 2, "UNTRIAGED": 1 });
    assert_eq!(found["imageScanFindings"]["findingSeverityCounts"], counts);
    let all = found["imageScanFindings"]["enhancedFindings"].as_array().unwrap();
    let line = |finding: &Value| {
        let members = ["title", "severity", "fixAvailable"].map(|member| finding[member].as_str().unwrap().to_owned());
        format!("{} | {}\n", members.join(" | "), finding["remediation"]["recommendation"]["text"].as_str().unwrap())
    };
    expect![[r"
        CVE-2023-0001 - libssl1.1, openssl | CRITICAL | YES | Update libssl1.1 to 1:1.1.1n-0+deb11u4 or later. Update openssl to 1:1.1.1n-0+deb11u4 or later.
        CVE-2018-1000656 - Flask | CRITICAL | YES | Update Flask to 0.12.3 or later.
        CVE-2023-0002 - curl | MEDIUM | YES | Update curl to 7.74.0-1.3+deb11u8 or later.
        CVE-2023-0004 - curl | MEDIUM | NO | No version of curl is known that fixes this.
        CVE-2023-0003 - curl | UNTRIAGED | YES | Update curl to 8 or later.
    "]].assert_eq(&all.iter().map(line).collect::<String>());
    scan(client, "1", "400 ValidationException: This feature is disabled");
}

/// The finding of an enhanced scan on the packages of openssl, in an image that has two tags.
fn enhanced_finding() -> Value {
    let scene = Scene::new();
    scene.import(&advisories());
    let server = scene.serve();
    let client = &mut ecr(&server);
    configure(client, "ENHANCED", json!([rule("SCAN_ON_PUSH", &["team"])]));
    let image = image();
    server.registry().push_image(REPOSITORY, "1", &image).unwrap();
    server.registry().push_image(REPOSITORY, "latest", &image).unwrap();
    let mut found = findings(client, "1", "200");
    timeless(&mut found);
    let all = found["imageScanFindings"]["enhancedFindings"].as_array().unwrap();
    let openssl = all.iter().find(|finding| finding["title"].as_str().unwrap().contains("openssl")).unwrap();
    let text = openssl
        .to_string()
        .replace(&image.manifest.digest.to_string(), "(digest)")
        .replace(&image.layers[0].digest.to_string(), "(base)");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn an_enhanced_finding_says_of_which_image_it_is() {
    check_json(
        &enhanced_finding()["resources"],
        &expect![[r#"
        [
          {
            "details": {
              "awsEcrContainerImage": {
                "architecture": "amd64",
                "imageHash": "(digest)",
                "imageTags": [
                  "1",
                  "latest"
                ],
                "platform": "DEBIAN_14",
                "pushedAt": "(time)",
                "registry": "000000000000",
                "repositoryName": "team/app"
              }
            },
            "id": "arn:aws:ecr:us-east-1:000000000000:repository/team/app/(digest)",
            "type": "AWS_ECR_CONTAINER_IMAGE"
          }
        ]
    "#]],
    );
}

#[test]
fn an_enhanced_finding_says_all_that_is_known() {
    let mut finding = enhanced_finding();
    finding["resources"].take();
    expect![[r#"
        {
          "awsAccountId": "000000000000",
          "description": "a flaw of openssl",
          "findingArn": "arn:aws:inspector2:us-east-1:000000000000:finding/01c0d9d07dd24794f78a059fb6d51986",
          "firstObservedAt": "(time)",
          "fixAvailable": "YES",
          "lastObservedAt": "(time)",
          "packageVulnerabilityDetails": {
            "cvss": [
              {
                "baseScore": 9.8,
                "scoringVector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
                "source": "DEBIAN_CVE",
                "version": "3.1"
              }
            ],
            "referenceUrls": [
              "https://security-tracker.debian.org/tracker/CVE-2023-0001",
              "https://nvd.nist.gov/vuln/detail/CVE-2023-0001"
            ],
            "relatedVulnerabilities": [
              "DEBIAN-CVE-2023-0001"
            ],
            "source": "DEBIAN_CVE",
            "sourceUrl": "https://security-tracker.debian.org/tracker/CVE-2023-0001",
            "vendorCreatedAt": "(time)",
            "vendorSeverity": "CRITICAL",
            "vendorUpdatedAt": "(time)",
            "vulnerabilityId": "CVE-2023-0001",
            "vulnerablePackages": [
              {
                "arch": "amd64",
                "epoch": 1,
                "filePath": "var/lib/dpkg/status",
                "fixedInVersion": "1:1.1.1n-0+deb11u4",
                "name": "libssl1.1",
                "packageManager": "OS",
                "release": "0+b1",
                "sourceLayerHash": "(base)",
                "version": "1.1.1n"
              },
              {
                "arch": "amd64",
                "epoch": 1,
                "filePath": "var/lib/dpkg/status",
                "fixedInVersion": "1:1.1.1n-0+deb11u4",
                "name": "openssl",
                "packageManager": "OS",
                "release": "0",
                "sourceLayerHash": "(base)",
                "version": "1.1.1n"
              }
            ]
          },
          "remediation": {
            "recommendation": {
              "text": "Update libssl1.1 to 1:1.1.1n-0+deb11u4 or later. Update openssl to 1:1.1.1n-0+deb11u4 or later.",
              "url": "https://security-tracker.debian.org/tracker/CVE-2023-0001"
            }
          },
          "resources": null,
          "score": 9.8,
          "scoreDetails": {
            "cvss": {
              "adjustments": [],
              "score": 9.8,
              "scoreSource": "DEBIAN_CVE",
              "scoringVector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
              "version": "3.1"
            }
          },
          "severity": "CRITICAL",
          "status": "ACTIVE",
          "title": "CVE-2023-0001 - libssl1.1, openssl",
          "type": "PACKAGE_VULNERABILITY",
          "updatedAt": "(time)"
        }
    "#]]
    .assert_eq(&format!("{finding:#}\n"));
}

#[test]
fn continuous_scans_are_active_whenever_the_image_came() {
    let scene = Scene::new();
    scene.import(&advisories());
    let server = scene.serve();
    let client = &mut ecr(&server);
    server.registry().push_image(REPOSITORY, "1", &image()).unwrap();
    findings(client, "1", &no_scan("1"));
    configure(client, "ENHANCED", json!([rule("CONTINUOUS_SCAN", &["team/*"]), rule("SCAN_ON_PUSH", &["*"])]));
    let status = json!({ "status": "ACTIVE", "description": "Continuous scan is selected for image." });
    assert_eq!(findings(client, "1", "200")["imageScanStatus"], status);
    // Newer advisories count at once.
    scene.import(&[debian("DEBIAN-CVE-2023-0005", "curl", "9", CRITICAL), advisories().remove(4)]);
    let found = findings(client, "1", "200");
    assert_eq!(found["imageScanFindings"]["findingSeverityCounts"], json!({ "CRITICAL": 2 }));
}

#[test]
fn newer_advisories_change_what_basic_scans_show() {
    let scene = Scene::new();
    scene.import(&[debian("DEBIAN-CVE-2023-0002", "curl", "8", MEDIUM)]);
    let server = scene.serve();
    let client = &mut ecr(&server);
    create(client, REPOSITORY, true);
    server.registry().push_image(REPOSITORY, "1", &image()).unwrap();
    let names = |found: &Value| -> Vec<String> {
        let all = found["imageScanFindings"]["findings"].as_array().unwrap();
        all.iter().map(|finding| finding["name"].as_str().unwrap().to_owned()).collect()
    };
    let before = findings(client, "1", "200");
    assert_eq!(names(&before), ["CVE-2023-0002"]);
    scene.import(&[debian("DEBIAN-CVE-2023-0005", "curl", "9", CRITICAL)]);
    let after = findings(client, "1", "200");
    assert_eq!(names(&after), ["CVE-2023-0005"]);
    for time in ["imageScanCompletedAt", "vulnerabilitySourceUpdatedAt"] {
        let [before, after] = [&before, &after].map(|found| found["imageScanFindings"][time].as_f64().unwrap());
        assert!(after >= before, "{time}: {before} {after}");
    }
}

#[test]
fn images_are_described_with_what_their_scans_say() {
    let scene = Scene::new();
    scene.import(&advisories());
    let server = scene.serve();
    let client = &mut ecr(&server);
    create(client, REPOSITORY, true);
    let image = image();
    server.registry().push_image(REPOSITORY, "image", &image).unwrap();
    server.registry().put_manifest(REPOSITORY, "index", &index(Format::Oci, &[image])).unwrap();
    create(client, "other", false);
    server.registry().push_image("other", "image", &plain("other")).unwrap();
    let described = |client: &mut AwsClient, repository: &str, tag: &str| {
        let input = json!({ "repositoryName": repository, "imageIds": [{ "imageTag": tag }] });
        let mut detail = call(client, "DescribeImages", input, "200")["imageDetails"][0].take();
        ["imageScanStatus", "imageScanFindingsSummary"].map(|member| detail[member].take())
    };
    for (scan_type, unrated) in [("BASIC", "UNDEFINED"), ("ENHANCED", "UNTRIAGED")] {
        configure(client, scan_type, json!([]));
        let [status, mut summary] = described(client, REPOSITORY, "image");
        assert_eq!(status["status"], "COMPLETE");
        let found = findings(client, "image", "200")["imageScanFindings"].take();
        assert_eq!(summary["findingSeverityCounts"], json!({ "CRITICAL": 2, "MEDIUM": 2, unrated: 1 }));
        for (member, value) in summary.as_object_mut().unwrap() {
            assert_eq!(found[member], *value, "{scan_type} {member}");
        }
        assert_eq!(summary.as_object().unwrap().len(), 3);
        assert_eq!(described(client, REPOSITORY, "image"), [status, summary]);
    }
    configure(client, "BASIC", json!([]));
    let [status, summary] = described(client, REPOSITORY, "index");
    assert_eq!((&status["status"], summary), (&json!("UNSUPPORTED_IMAGE"), Value::Null));
    assert_eq!(described(client, "other", "image"), [Value::Null, Value::Null]);
    // What is remembered holds for its advisories alone.
    scene.import(&[debian("DEBIAN-CVE-2023-0005", "curl", "9", CRITICAL)]);
    let [_, summary] = described(client, REPOSITORY, "image");
    assert_eq!(summary["findingSeverityCounts"], json!({ "CRITICAL": 1 }));
    let input =
        json!({ "repositoryName": REPOSITORY, "imageId": { "imageTag": "image" }, "targetStorageClass": "ARCHIVE" });
    call(
        client,
        "BatchDeleteImage",
        json!({ "repositoryName": REPOSITORY, "imageIds": [{ "imageTag": "index" }] }),
        "200",
    );
    call(client, "UpdateImageStorageClass", input, "200");
    let input = json!({ "repositoryName": REPOSITORY, "filter": { "imageStatus": "ARCHIVED" } });
    let detail = call(client, "DescribeImages", input, "200")["imageDetails"][0].take();
    assert_eq!(detail["imageScanStatus"]["status"], "IMAGE_ARCHIVED");
    assert_eq!(detail["imageScanFindingsSummary"], Value::Null);
}

#[test]
fn scans_are_asked_for_by_push_or_by_hand_once_a_day() {
    let scene = Scene::new();
    scene.import(&advisories());
    let server = scene.serve();
    let client = &mut ecr(&server);
    let registry = &mut server.registry();
    let too_soon = "400 LimitExceededException: The scan quota per image has been exceeded. Wait and try again.";
    create(client, REPOSITORY, false);
    registry.push_image(REPOSITORY, "by-hand", &plain("by-hand")).unwrap();
    findings(client, "by-hand", &no_scan("by-hand"));
    let started = scan(client, "by-hand", "200");
    assert_eq!(started["imageScanStatus"], json!({ "status": "IN_PROGRESS" }));
    assert_eq!(started["imageId"]["imageTag"], "by-hand");
    assert_eq!(findings(client, "by-hand", "200")["imageScanStatus"]["status"], "COMPLETE");
    scan(client, "by-hand", too_soon);

    registry.push_image(REPOSITORY, "before", &plain("before")).unwrap();
    let put = json!({ "repositoryName": REPOSITORY, "imageScanningConfiguration": { "scanOnPush": true } });
    let expect = json!({
        "registryId": "000000000000",
        "repositoryName": REPOSITORY,
        "imageScanningConfiguration": { "scanOnPush": true },
    });
    assert_eq!(call(client, "PutImageScanningConfiguration", put, "200"), expect);
    // What is there already is not pushed again.
    registry.push_image(REPOSITORY, "before", &plain("before")).unwrap();
    registry.push_image(REPOSITORY, "too", &plain("before")).unwrap();
    findings(client, "before", &no_scan("before"));
    registry.push_image(REPOSITORY, "after", &plain("after")).unwrap();
    findings(client, "after", "200");
    scan(client, "after", too_soon);

    let put = json!({ "repositoryName": REPOSITORY, "imageScanningConfiguration": {} });
    call(client, "PutImageScanningConfiguration", put, "200");
    configure(client, "BASIC", json!([rule("SCAN_ON_PUSH", &["other", "*/app"])]));
    registry.push_image(REPOSITORY, "rule", &plain("rule")).unwrap();
    scan(client, "rule", too_soon);
}

#[test]
fn the_limit_of_a_day_can_be_lifted() {
    let scene = Scene::new();
    let server = scene.serve_with("[scanning]\nagain_at_once = true\n");
    let client = &mut ecr(&server);
    server.registry().push_image(REPOSITORY, "1", &plain("a")).unwrap();
    for _ in 0..3 {
        scan(client, "1", "200");
    }
}

#[test]
fn no_answer_is_not_taken_for_nothing_found() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    let registry = &mut server.registry();
    create(client, REPOSITORY, true);
    let image = image();
    registry.push_image(REPOSITORY, "image", &image).unwrap();
    registry.put_manifest(REPOSITORY, "index", &index(Format::Oci, &[image])).unwrap();
    let config = Document::new("application/vnd.example.config", b"{}".to_vec());
    registry.push_blob(REPOSITORY, &config.digest, &config.bytes).unwrap();
    let artifact = json!({ "schemaVersion": 2, "config": config.descriptor(), "layers": [] });
    let artifact = Document::json("application/vnd.oci.image.manifest.v1+json", &artifact);
    registry.put_manifest(REPOSITORY, "artifact", &artifact).unwrap();
    let check = |client: &mut AwsClient, tag: &str, status: &str, description: &str| {
        let found = findings(client, tag, "200");
        assert_eq!(found["imageScanStatus"], json!({ "status": status, "description": description }), "{tag}");
        assert_eq!(found["imageScanFindings"].is_null(), status != "COMPLETE", "{tag}");
    };
    let no_advisories = "The scan failed: no advisories are loaded.";
    let no_index = "UnsupportedImageError: basic scans do not look into indexes.";
    let no_image = "UnsupportedImageError: this is not a container image.";
    check(client, "image", "FAILED", no_advisories);
    check(client, "index", "UNSUPPORTED_IMAGE", no_index);
    check(client, "artifact", "UNSUPPORTED_IMAGE", no_image);
    scene.import(&[debian("DEBIAN-CVE-2023-0001", "x", "1", CRITICAL)]);
    check(client, "image", "COMPLETE", DONE);
    configure(client, "ENHANCED", json!([]));
    let partial = format!("{DONE} There may be more to find: no advisories are loaded for PyPI.");
    check(client, "image", "COMPLETE", &partial);
    check(client, "index", "COMPLETE", &partial);
    check(client, "artifact", "UNSUPPORTED_IMAGE", no_image);
    configure(client, "BASIC", json!([]));
    let unsupported = |tag: &str| {
        format!(
            "400 UnsupportedImageTypeException: The image with imageId {{imageDigest:'null', imageTag:'{tag}'}} is of a type \
             that basic scans do not support in the repository with name 'team/app' in the registry with id '000000000000'"
        )
    };
    scan(client, "index", &unsupported("index"));
    scan(client, "artifact", &unsupported("artifact"));
}

#[test]
fn what_is_in_the_archive_is_not_scanned() {
    let scene = Scene::new();
    scene.import(&advisories());
    let server = scene.serve();
    let client = &mut ecr(&server);
    create(client, REPOSITORY, true);
    server.registry().push_image(REPOSITORY, "1", &image()).unwrap();
    let mut store = |class: &str| {
        let id = json!({ "imageTag": "1" });
        let input = json!({ "repositoryName": REPOSITORY, "imageId": id, "targetStorageClass": class });
        call(client, "UpdateImageStorageClass", input, "200");
    };
    store("ARCHIVE");
    let client = &mut ecr(&server);
    let found = findings(client, "1", "200");
    assert_eq!(
        found["imageScanStatus"],
        json!({ "status": "IMAGE_ARCHIVED", "description": "The image is archived." })
    );
    assert_eq!(found["imageScanFindings"], Value::Null);
    let archived = "400 ImageArchivedException: The image with imageId {imageDigest:'null', imageTag:'1'} is archived in \
        the repository with name 'team/app' in the registry with id '000000000000'";
    scan(client, "1", archived);
}

#[test]
fn what_is_not_there_is_not_scanned() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    create(client, REPOSITORY, true);
    let digest = format!("sha256:{}", "0".repeat(64));
    let missing = |digest: &str, tag: &str| {
        format!(
            "400 ImageNotFoundException: The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does not exist \
             within the repository with name 'team/app' in the registry with id '000000000000'"
        )
    };
    let no_repository = "400 RepositoryNotFoundException: The repository with name 'none' does not exist in the registry \
        with id '000000000000'";
    let nameless = "400 InvalidParameterException: Invalid request parameters: both tag and digest cannot be null";
    let bad_tag = "400 InvalidParameterException: Invalid parameter at 'imageTag' failed to satisfy constraint: 'must \
        satisfy regular expression '[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}''";
    for operation in ["StartImageScan", "DescribeImageScanFindings"] {
        let mut check = |repository: &str, id: Value, expect: &str| {
            call(client, operation, json!({ "repositoryName": repository, "imageId": id }), expect);
        };
        check("none", json!({ "imageTag": "1" }), no_repository);
        check("none", json!({}), nameless);
        check(REPOSITORY, json!({ "imageTag": "1" }), &missing("null", "1"));
        check(REPOSITORY, json!({ "imageTag": "-" }), bad_tag);
        check(REPOSITORY, json!({ "imageDigest": digest }), &missing(&digest, "null"));
        check(REPOSITORY, json!({ "imageDigest": "sha256:0" }), &missing("sha256:0", "null"));
        check(REPOSITORY, json!({ "imageDigest": digest, "imageTag": "1" }), &missing(&digest, "1"));
        check(REPOSITORY, json!({}), nameless);
    }
}

#[test]
fn registries_say_what_is_scanned() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    let get = |client: &mut AwsClient| call(client, "GetRegistryScanningConfiguration", json!({}), "200");
    let kept = |scan_type: &str, rules: Value| json!({ "registryId": "000000000000", "scanningConfiguration": { "scanType": scan_type, "rules": rules } });
    assert_eq!(get(client), kept("BASIC", json!([])));
    let rules = json!([rule("SCAN_ON_PUSH", &["*"]), rule("CONTINUOUS_SCAN", &["prod", "team/*"])]);
    let input = json!({ "scanType": "ENHANCED", "rules": rules });
    let put = call(client, "PutRegistryScanningConfiguration", input.clone(), "200");
    assert_eq!(put, json!({ "registryScanningConfiguration": input }));
    assert_eq!(get(client), kept("ENHANCED", rules.clone()));

    let refused = |client: &mut AwsClient, input: Value, field: &str, constraint: &str| {
        let answer = client.call("PutRegistryScanningConfiguration", &input).unwrap();
        let expect = format!("Invalid parameter at '{field}' failed to satisfy constraint: '{constraint}'");
        assert_eq!((answer.status, answer.body["message"].as_str()), (400, Some(expect.as_str())), "{input}");
    };
    let many = vec![rule("SCAN_ON_PUSH", &["*"]); 3];
    refused(client, json!({ "rules": many }), "rules", "Member must have length less than or equal to 2");
    let filters = vec!["a"; 101];
    refused(
        client,
        json!({ "rules": [rule("SCAN_ON_PUSH", &filters)] }),
        "rules.1.member.repositoryFilters",
        "Member must have length less than or equal to 100",
    );
    refused(
        client,
        json!({ "rules": [rule("SCAN_ON_PUSH", &["*"]), rule("CONTINUOUS_SCAN", &["*"])] }),
        "rules.2.member.scanFrequency",
        "scan frequency CONTINUOUS_SCAN is not supported by scan type BASIC",
    );
    refused(
        client,
        json!({ "scanType": "ENHANCED", "rules": [rule("MANUAL", &["*"])] }),
        "rules.1.member.scanFrequency",
        "scan frequency MANUAL is not supported by scan type ENHANCED",
    );
    for bad in ["", "A", "a b", "/a"] {
        let input = json!({ "rules": [rule("SCAN_ON_PUSH", &[bad])] });
        assert_eq!(client.call("PutRegistryScanningConfiguration", &input).unwrap().status, 400, "{bad}");
    }
    assert_eq!(get(client), kept("ENHANCED", rules));
}

#[test]
fn repositories_are_told_what_applies_to_them() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    for (name, scan_on_push) in [("team/app", false), ("nonprod/app", false), ("other", true), ("alone", false)] {
        create(client, name, scan_on_push);
    }
    configure(client, "ENHANCED", json!([rule("SCAN_ON_PUSH", &["*/app"]), rule("CONTINUOUS_SCAN", &["prod", "x"])]));
    let names = ["team/app", "nonprod/app", "none", "other", "alone"];
    let told = call(client, "BatchGetRepositoryScanningConfiguration", json!({ "repositoryNames": names }), "200");
    let line = |told: &Value| {
        let filters = told["appliedScanFilters"].as_array().unwrap();
        let filters: Vec<&str> = filters.iter().map(|filter| filter["filter"].as_str().unwrap()).collect();
        let text = |member: &str| told[member].as_str().unwrap().to_owned();
        let on_push = &told["scanOnPush"];
        format!("{} {} {on_push} [{}]\n", text("repositoryArn"), text("scanFrequency"), filters.join(" "))
    };
    expect![[r"
        arn:aws:ecr:us-east-1:000000000000:repository/team/app SCAN_ON_PUSH true [*/app]
        arn:aws:ecr:us-east-1:000000000000:repository/nonprod/app CONTINUOUS_SCAN true [prod]
        arn:aws:ecr:us-east-1:000000000000:repository/other SCAN_ON_PUSH true []
        arn:aws:ecr:us-east-1:000000000000:repository/alone MANUAL false []
    "]]
    .assert_eq(&told["scanningConfigurations"].as_array().unwrap().iter().map(line).collect::<String>());
    let failure = json!([{
        "repositoryName": "none",
        "failureCode": "REPOSITORY_NOT_FOUND",
        "failureReason": "The repository with name 'none' does not exist in the registry with id '000000000000'",
    }]);
    assert_eq!(told["failures"], failure);
    let many: Vec<String> = (0..26).map(|number| format!("r{number}")).collect();
    let answer = client.call("BatchGetRepositoryScanningConfiguration", &json!({ "repositoryNames": many })).unwrap();
    assert_eq!((answer.status, answer.code()), (400, "InvalidParameterException"), "{answer:?}");
}

/// Asks for a page of findings: their names, and the token of the next page.
#[track_caller]
fn page(client: &mut AwsClient, tag: &str, size: u32, token: Option<&str>) -> (Vec<String>, Option<String>) {
    let mut input = json!({ "repositoryName": REPOSITORY, "imageId": { "imageTag": tag }, "maxResults": size });
    if let Some(token) = token {
        input["nextToken"] = json!(token);
    }
    let found = call(client, "DescribeImageScanFindings", input, "200");
    let found_in = &found["imageScanFindings"];
    let names = match (&found_in["findings"], &found_in["enhancedFindings"]) {
        (Value::Array(basic), Value::Null) => {
            basic.iter().map(|finding| finding["name"].as_str().unwrap().to_owned()).collect()
        }
        (Value::Null, Value::Array(enhanced)) => enhanced
            .iter()
            .map(|finding| finding["packageVulnerabilityDetails"]["vulnerabilityId"].as_str().unwrap().to_owned())
            .collect(),
        both => panic!("{both:?}"),
    };
    (names, found["nextToken"].as_str().map(str::to_owned))
}

#[track_caller]
fn pages(client: &mut AwsClient, tag: &str, size: u32) -> Vec<Vec<String>> {
    let (names, mut token) = page(client, tag, size, None);
    let mut pages = vec![names];
    while let Some(next) = token {
        let (names, following) = page(client, tag, size, Some(&next));
        pages.push(names);
        token = following;
    }
    pages
}

fn flaws(numbers: std::ops::Range<u32>) -> Vec<(&'static str, Value)> {
    numbers.map(|number| debian(&format!("DEBIAN-CVE-2023-{number:04}"), "curl", "8", MEDIUM)).collect()
}

#[test]
fn findings_come_by_pages() {
    let scene = Scene::new();
    scene.import(&flaws(1000..1205));
    let server = scene.serve();
    let client = &mut ecr(&server);
    create(client, REPOSITORY, true);
    let (registry, image) = (&mut server.registry(), image());
    registry.push_image(REPOSITORY, "1", &image).unwrap();
    registry.push_image(REPOSITORY, "2", &plain("2")).unwrap();
    let names: Vec<String> = (1000..1205).map(|number| format!("CVE-2023-{number}")).collect();
    for scan_type in ["BASIC", "ENHANCED"] {
        configure(client, scan_type, json!([]));
        for (size, count) in [(1000, 1), (205, 1), (204, 2), (100, 3), (7, 30)] {
            let pages = pages(client, "1", size);
            assert_eq!((pages.len(), pages.concat()), (count, names.clone()), "{scan_type} {size}");
        }
    }
    let refused = |client: &mut AwsClient, more: Value| {
        let mut input = json!({ "repositoryName": REPOSITORY, "imageId": { "imageTag": "1" } });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = client.call("DescribeImageScanFindings", &input).unwrap();
        assert_eq!((answer.status, answer.code()), (400, "InvalidParameterException"), "{input}");
    };
    // A token is good for its list alone: not for another image or kind of scan.
    let (_, token) = page(client, "1", 100, None);
    refused(client, json!({ "nextToken": token, "imageId": { "imageTag": "2" } }));
    configure(client, "BASIC", json!([]));
    refused(client, json!({ "nextToken": token }));
    refused(client, json!({ "nextToken": "nonsense" }));
    refused(client, json!({ "maxResults": 0 }));
    refused(client, json!({ "maxResults": 1001 }));

    // Where no size is given there are a hundred. Advisories that are new meanwhile move what is left, and take nothing away.
    let found = findings(client, "1", "200");
    assert_eq!(found["imageScanFindings"]["findings"].as_array().unwrap().len(), 100);
    assert_eq!(found["imageScanFindings"]["findingSeverityCounts"], json!({ "MEDIUM": 205 }));
    scene.import(&flaws(990..1205));
    let (rest, _) = page(client, "1", 1000, found["nextToken"].as_str());
    assert_eq!(rest, names[100..]);
}

#[test]
fn an_index_is_scanned_by_the_image_for_the_usual_platform() {
    let scene = Scene::new();
    scene.import(&advisories());
    let server = scene.serve();
    let client = &mut ecr(&server);
    configure(client, "ENHANCED", json!([rule("SCAN_ON_PUSH", &["*"])]));
    let image = image();
    server.registry().push_image(REPOSITORY, "child", &image).unwrap();
    let list: Document = index(Format::Oci, std::slice::from_ref(&image));
    server.registry().put_manifest(REPOSITORY, "index", &list).unwrap();
    let found = findings(client, "index", "200");
    assert_eq!(found["imageId"]["imageDigest"], list.digest.to_string());
    let resource = &found["imageScanFindings"]["enhancedFindings"][0]["resources"][0];
    let details = &resource["details"]["awsEcrContainerImage"];
    assert_eq!(
        (&details["imageHash"], &details["imageTags"]),
        (&json!(image.manifest.digest.to_string()), &json!(["child"]))
    );
}
