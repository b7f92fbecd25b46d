//! What is said of findings on a server: VEX documents and exceptions of an account, VEX documents attached to images, and
//! what gates, reports and scans make of them.

use std::time::{Duration, SystemTime};

use plimsoll_testkit::http::Client;
use plimsoll_testkit::image::{Document, Format, Image, ImageBuilder, index};
use plimsoll_testkit::sigv4::{AwsClient, Signer};
use plimsoll_testkit::{Digest, RealBinary};
use serde_json::{Value, json};

use crate::audit::export;
use crate::harness::{Said, Scene, anonymous, check, check_with, json, wait_for};
use crate::images::{CRITICAL, advisory, python, python_image};

const CONFIG: &str = "[anonymous]\npull = ['prod/*']\n\
    [[gates]]\nname = 'no-critical'\nrepositories = ['prod/*']\nseverity = 'critical'\n";
const PULL: &str = "GET /v2/prod/app/manifests/1";
const FLAW: &str = "PYSEC-2018-66";

fn scene() -> Scene {
    let scene = Scene::new();
    scene.import(&[("PyPI", advisory(FLAW, "PyPI", "flask", "1.0", CRITICAL))]);
    scene
}

fn bad() -> Image {
    python_image("flask", "0.12")
}

/// Runs a command that asks the server as its administrator.
fn ask(scene: &Scene, server: &RealBinary, arguments: &[&str]) -> Said {
    let url = format!("http://{}", server.address());
    scene.run(&[arguments, &["--data", "data", "--server", &url]].concat(), &[])
}

/// [`ask`], which has to succeed and answer JSON.
#[track_caller]
fn answer(scene: &Scene, server: &RealBinary, arguments: &[&str]) -> Value {
    let said = ask(scene, server, &[arguments, &["--format", "json"]].concat());
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{arguments:?}: {said:?}");
    said.json()
}

/// An OpenVEX document on the flaw.
fn vex(status: &str, product: &str) -> Vec<u8> {
    let mut statement = json!({"vulnerability": {"name": FLAW}, "products": [{"@id": product}], "status": status});
    if status == "not_affected" {
        statement["justification"] = "vulnerable_code_not_present".into();
    }
    let document = json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "@id": format!("https://example.com/{status}"), "version": 1,
        "author": "Vendor", "timestamp": "2024-01-01T00:00:00Z", "statements": [statement],
    });
    // With what a program that writes it anew would change.
    format!("{document:#}\n\n").into_bytes()
}

#[track_caller]
fn exception(scene: &Scene, server: &RealBinary, expires: &str, scope: &[&str]) -> Value {
    let fixed = ["exception", "add", "--owner", "Team A", "--reason", "Only tests use it.", "--expires", expires];
    answer(scene, server, &[fixed.as_slice(), scope].concat())
}

/// A time some seconds from now.
fn after(seconds: u64) -> String {
    let time = SystemTime::now() + Duration::from_secs(seconds);
    let unix = time.duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    plimsoll_advisories::Timestamp::from_unix_seconds(unix.cast_signed()).to_string()
}

#[test]
fn a_document_opens_a_gate_while_it_is_there() {
    let scene = scene();
    let server = scene.serve_with(CONFIG);
    server.registry().push_image("prod/app", "1", &bad()).unwrap();
    let mut client = anonymous(&server);
    check(&mut client, PULL, "403 DENIED");
    assert_eq!(answer(&scene, &server, &["vex", "list"]), json!({"documents": []}));

    let content = vex("not_affected", "pkg:pypi/flask@0.12");
    let digest = Digest::sha256(&content).to_string();
    scene.write("vendor.json", &content);
    let added = answer(&scene, &server, &["vex", "add", "vendor.json"]);
    let document = &added["documents"][0];
    let said = (&document["digest"], &document["author"], &document["statements"], &document["added"]);
    assert_eq!(said, (&json!(digest), &json!("Vendor"), &json!(1), &json!(true)));
    assert_eq!((&document["form"], &document["time"]), (&json!("OpenVEX"), &json!("2024-01-01T00:00:00.000Z")));
    assert_eq!(document["addedBy"], "arn:aws:iam::000000000000:user/administrator");
    check(&mut client, PULL, "200");
    assert_eq!(ask(&scene, &server, &["vex", "show", &digest]).stdout.as_bytes(), content);

    let report = json(&check(&mut server.http(), "GET /api/v1/findings/prod/app?reference=1", "200"));
    assert_eq!(
        (&report["verdict"], &report["counts"]["findings"], &report["counts"]["suppressed"]),
        (&json!("pass"), &json!(0), &json!(1))
    );
    let suppressed = &report["suppressed"][0];
    assert_eq!((&suppressed["reason"], &suppressed["document"]), (&json!("vex"), &json!(digest)));
    let explained = ask(&scene, &server, &["explain", "prod/app:1", FLAW]);
    assert!(explained.code == Some(0) && explained.stdout.contains("Vendor says not_affected"), "{explained:?}");

    // Again, it changes nothing.
    let records = export(&scene, &[]).len();
    let again = answer(&scene, &server, &["vex", "add", "vendor.json"]);
    assert_eq!(
        (&again["documents"][0]["added"], &again["documents"][0]["addedAt"]),
        (&json!(false), &document["addedAt"])
    );
    assert_eq!(export(&scene, &[]).len(), records);
    assert_eq!(answer(&scene, &server, &["vex", "list"])["documents"].as_array().unwrap().len(), 1);

    // The last statement counts, whoever made it.
    scene.write("ours.json", vex("affected", "pkg:pypi/flask"));
    let ours = answer(&scene, &server, &["vex", "add", "ours.json"])["documents"][0]["digest"].clone();
    check(&mut client, PULL, "403 DENIED");
    assert_eq!(ask(&scene, &server, &["vex", "remove", ours.as_str().unwrap()]).code, Some(0));
    check(&mut client, PULL, "200");
    assert_eq!(ask(&scene, &server, &["vex", "remove", &digest]).code, Some(0));
    check(&mut client, PULL, "403 DENIED");
    let gone = ask(&scene, &server, &["vex", "remove", &digest]);
    assert!(gone.code == Some(2) && gone.stderr.contains("no VEX document of this digest"), "{gone:?}");

    let records = export(&scene, &[]);
    let actions = records.iter().filter_map(|record| record["action"].as_str()).filter(|action| action.contains("Vex"));
    let expect = ["PutVexDocument", "PutVexDocument", "DeleteVexDocument", "DeleteVexDocument"];
    assert_eq!(actions.collect::<Vec<_>>(), expect.map(|action| format!("plimsoll:{action}")));
}

#[test]
fn an_exception_ends_by_itself() {
    let scene = scene();
    let server = scene.serve_with(CONFIG);
    server.registry().push_image("prod/app", "1", &bad()).unwrap();
    let mut client = anonymous(&server);
    check(&mut client, PULL, "403 DENIED");
    let mut status = || check_status(&mut client);
    // On a machine that is slow, the shortest ones have ended before they are looked at.
    let opened = [2, 4, 8, 16, 32].into_iter().any(|seconds| {
        let fixed = ["exception", "add", "--owner", "a", "--reason", "b", "--package", "pkg:pypi/flask", "--expires"];
        ask(&scene, &server, &[fixed.as_slice(), &[&after(seconds)]].concat());
        status() == 200
    });
    assert!(opened);
    wait_for("the end", || (status() == 403).then_some(()));
    // It is listed still, but holds no more; one that has ended cannot be made.
    let listed = answer(&scene, &server, &["exception", "list"]);
    assert!(!listed["exceptions"].as_array().unwrap().is_empty());
    let ended = [
        "exception",
        "add",
        "--owner",
        "a",
        "--reason",
        "b",
        "--vulnerability",
        "c",
        "--expires",
        "2020-01-01T00:00:00Z",
    ];
    let refused = ask(&scene, &server, &ended);
    assert!(
        refused.code == Some(2) && refused.stderr.contains("exceptions[0].expires: it has ended already"),
        "{refused:?}"
    );
}

fn check_status(client: &mut Client) -> u16 {
    let (_, path) = PULL.split_once(' ').unwrap();
    client.send(plimsoll_testkit::http::Request::new("GET", path)).unwrap().status
}

#[test]
fn exceptions_hold_for_their_scope_and_are_shown() {
    let scene = scene();
    let server = scene.serve_with(CONFIG);
    let image = bad();
    server.registry().push_image("prod/app", "1", &image).unwrap();
    server.registry().push_image("prod/other", "1", &image).unwrap();
    let mut client = anonymous(&server);
    let other = "GET /v2/prod/other/manifests/1";
    let check_scope = |client: &mut Client, scope: &[&str], expect: [&str; 2]| {
        let added = exception(&scene, &server, "never", scope);
        check(client, PULL, expect[0]);
        check(client, other, expect[1]);
        let id = added["exceptions"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(added["added"], json!([id]), "{added}");
        id
    };
    let remove = |id: &str| assert_eq!(ask(&scene, &server, &["exception", "remove", id]).code, Some(0));
    let digest = image.manifest.digest.to_string();
    for (scope, expect) in [
        (["--repository", "prod/app"].as_slice(), ["200", "403 DENIED"]),
        (&["--repository", "staging/*"], ["403 DENIED", "403 DENIED"]),
        (&["--image", &digest], ["200", "200"]),
        (&["--vulnerability", FLAW, "--repository", "*/other"], ["403 DENIED", "200"]),
        (&["--vulnerability", "CVE-1"], ["403 DENIED", "403 DENIED"]),
    ] {
        let id = check_scope(&mut client, scope, expect);
        remove(&id);
        check(&mut client, PULL, "403 DENIED");
    }
    let id = check_scope(&mut client, &["--vulnerability", FLAW, "--ticket", "SEC-1"], ["200", "200"]);
    let report = json(&check(&mut server.http(), "GET /api/v1/findings/prod/app?reference=1", "200"));
    let suppressed = &report["suppressed"][0];
    assert_eq!((&suppressed["reason"], &suppressed["exception"]), (&json!("exception"), &json!(id)));
    assert_eq!(suppressed["detail"], "Team A answers for it without an end (SEC-1): Only tests use it.");
    // The same again is the same one.
    let again = exception(&scene, &server, "never", &["--vulnerability", FLAW, "--ticket", "SEC-1"]);
    assert_eq!((&again["added"], &again["exceptions"][0]["id"]), (&json!([]), &json!(id)));
    let table = ask(&scene, &server, &["exception", "list"]);
    assert!(table.code == Some(0) && table.stdout.contains("Team A") && table.stdout.contains(&id), "{table:?}");
    // What a server lists is of use without it.
    scene.write("exceptions.json", answer(&scene, &server, &["exception", "list"]).to_string());
    let layer = ImageBuilder::new().layer(python("flask", "0.12")).build();
    scene.write("image.tar", plimsoll_testkit::archive::docker_save(&[("app:1", &layer)]));
    let scanned =
        scene.run(&["scan", "image.tar", "--data", "data", "--exceptions", "exceptions.json", "--fail-on", "low"], &[]);
    assert_eq!(scanned.code, Some(0), "{scanned:?}");
    let missing = ask(&scene, &server, &["exception", "remove", "0123"]);
    assert!(missing.code == Some(2) && missing.stderr.contains("no exception of this id"), "{missing:?}");
}

#[test]
fn what_is_said_survives() {
    let scene = scene();
    let server = scene.serve_with(CONFIG);
    server.registry().push_image("prod/app", "1", &bad()).unwrap();
    server.registry().push_image("prod/b", "1", &python_image("flask", "0.11")).unwrap();
    scene.write("vendor.json", vex("fixed", "pkg:pypi/flask@0.12"));
    answer(&scene, &server, &["vex", "add", "vendor.json"]);
    scene.write("ours.toml", "[[exceptions]]\nowner = 'a'\nreason = 'b'\nrepository = 'prod/b'\nexpires = 'never'\n");
    answer(&scene, &server, &["exception", "add", "ours.toml"]);
    server.kill().unwrap();
    let server = scene.serve_with(CONFIG);
    let mut client = anonymous(&server);
    check(&mut client, PULL, "200");
    check(&mut client, "GET /v2/prod/b/manifests/1", "200");
    assert!(server.terminate(Duration::from_mins(1)).unwrap().success());
    let server = scene.serve_with(CONFIG);
    let mut client = anonymous(&server);
    check(&mut client, PULL, "200");
    check(&mut client, "GET /v2/prod/b/manifests/1", "200");
    // Other accounts say nothing here.
    let listed = answer(&scene, &server, &["vex", "list"]);
    assert_eq!(listed["documents"].as_array().unwrap().len(), 1);
}

#[test]
fn scans_of_the_api_count_what_counts() {
    let scene = scene();
    let server = scene.serve_with(CONFIG);
    let mut client = AwsClient::new(server.address(), Signer::new(server.credentials(), "ecr"));
    let enhanced = json!({"scanType": "ENHANCED", "rules": [{"scanFrequency": "SCAN_ON_PUSH",
        "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}]});
    let mut call = |operation: &str, input: Value| {
        let said = client.call(operation, &input).unwrap();
        assert_eq!(said.summary(), "200", "{operation}");
        said.body
    };
    call("PutRegistryScanningConfiguration", enhanced);
    server.registry().push_image("prod/app", "1", &bad()).unwrap();
    let mut counts = || {
        let input = json!({"repositoryName": "prod/app", "imageId": {"imageTag": "1"}});
        let found = call("DescribeImageScanFindings", input)["imageScanFindings"].clone();
        let images = call("DescribeImages", json!({"repositoryName": "prod/app"}));
        let summary = images["imageDetails"][0]["imageScanFindingsSummary"]["findingSeverityCounts"].clone();
        assert_eq!(summary, found["findingSeverityCounts"]);
        found["findingSeverityCounts"].clone()
    };
    assert_eq!(counts(), json!({"CRITICAL": 1}));
    scene.write("vendor.json", vex("fixed", "pkg:pypi/flask@0.12"));
    answer(&scene, &server, &["vex", "add", "vendor.json"]);
    assert_eq!(counts(), json!({}));
}

#[test]
fn bad_input_is_refused_and_changes_nothing() {
    let scene = scene();
    let server = scene.serve_with(CONFIG);
    let mut client = server.http();
    let before = export(&scene, &[]).len();
    let mut post = |path: &str, body: &str, expect: &str, words: &str| {
        let said = check_with(&mut client, &format!("POST /api/v1/{path}"), &[], body.as_bytes(), expect);
        assert!(said.text().contains(words), "{}", said.text());
    };
    let good = String::from_utf8(vex("not_affected", "pkg:pypi/flask")).unwrap();
    let changed = |from: &str, to: &str| {
        assert!(good.contains(from));
        good.replace(from, to)
    };
    post("vex", "", "400 MANIFEST_INVALID", "not a JSON object");
    post("vex", "{}", "400 MANIFEST_INVALID", "no document of OpenVEX");
    post("vex", &changed("\"not_affected\"", "\"fine\""), "400 MANIFEST_INVALID", "statements[0].status");
    post("vex", &changed("pkg:pypi/flask", "pkg:pypi"), "400 MANIFEST_INVALID", "statements[0].products[0].@id");
    let empty: Value = {
        let mut document: Value = serde_json::from_str(&good).unwrap();
        document["statements"] = json!([]);
        document
    };
    post("vex", &empty.to_string(), "400 MANIFEST_INVALID", "statements: there are none");
    post("vex", &" ".repeat((16 << 20) + 1), "400 SIZE_INVALID", "at most 16 MiB");
    let one = |more: &str| format!("{{\"exceptions\": [{{\"owner\": \"a\", \"reason\": \"b\"{more}}}]}}");
    post("exceptions", "[]", "400 MANIFEST_INVALID", "not a document of exceptions");
    post("exceptions", &one(""), "400 MANIFEST_INVALID", "missing field `expires`");
    post(
        "exceptions",
        &one(", \"expires\": \"never\""),
        "400 MANIFEST_INVALID",
        "exceptions[0].vulnerability: it has no scope",
    );
    let scoped = ", \"vulnerability\": \"C\", \"expires\": ";
    post(
        "exceptions",
        &one(&format!("{scoped}\"soon\"")),
        "400 MANIFEST_INVALID",
        "exceptions[0].expires: it is neither",
    );
    post(
        "exceptions",
        &one(&format!("{scoped}\"never\", \"id\": \"1\"")),
        "400 MANIFEST_INVALID",
        "exceptions[0].id: it is not for",
    );
    post("exceptions", &" ".repeat((16 << 20) + 2), "400 SIZE_INVALID", "at most 10,000");
    check(&mut client, "PUT /api/v1/vex", "405 UNSUPPORTED");
    check(&mut client, "GET /api/v1/vex/latest", "404 MANIFEST_UNKNOWN");
    check(&mut client, "DELETE /api/v1/exceptions/..", "404 MANIFEST_UNKNOWN");
    assert_eq!(json(&check(&mut client, "GET /api/v1/vex", "200")), json!({"documents": []}));
    assert_eq!(json(&check(&mut client, "GET /api/v1/exceptions", "200")), json!({"exceptions": []}));
    assert_eq!(export(&scene, &[]).len(), before);
    scene.write("bad.json", changed("\"not_affected\"", "\"fine\""));
    let said = ask(&scene, &server, &["vex", "add", "bad.json"]);
    assert!(said.code == Some(2) && said.stderr.contains("cannot add bad.json"), "{said:?}");
    assert!(said.stderr.contains("statements[0].status"), "{said:?}");
}

#[test]
fn who_may_push_may_not_silence() {
    let scene = scene();
    let server = scene.serve_with(CONFIG);
    let made = scene.run(
        &[
            "user",
            "create",
            "eve",
            "--key",
            "--format",
            "json",
            "--data",
            "data",
            "--policy",
            "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryFullAccess",
        ],
        &[],
    );
    let key = |member: &str| made.json()["AccessKey"][member].as_str().unwrap().to_owned();
    let mut eve = Client::new(server.address()).basic(&key("AccessKeyId"), &key("SecretAccessKey"));
    for request in ["GET /api/v1/vex", "GET /api/v1/exceptions", "DELETE /api/v1/exceptions/0"] {
        check(&mut eve, request, "403 DENIED");
    }
    let content = vex("fixed", "pkg:pypi/flask");
    check_with(&mut eve, "POST /api/v1/vex", &[], &content, "403 DENIED");
    check_with(&mut anonymous(&server), "POST /api/v1/vex", &[], &content, "401 UNAUTHORIZED");
    check(&mut anonymous(&server), "GET /api/v1/exceptions", "401 UNAUTHORIZED");
    let records = export(&scene, &[]);
    let denied =
        |action: &str| records.iter().any(|record| record["action"] == action && record["outcome"] == "denied");
    assert!(denied("plimsoll:PutVexDocument") && denied("plimsoll:DeleteException"), "{records:?}");
}

/// Attaches a document to a manifest.
fn attach(server: &RealBinary, subject: &Document, artifact_type: &str, content: &[u8]) -> Document {
    let mut registry = server.registry();
    let blob = Document::new(artifact_type, content.to_vec());
    let config = Document::new("application/vnd.oci.empty.v1+json", b"{}".to_vec());
    for document in [&blob, &config] {
        registry.push_blob("prod/app", &document.digest, &document.bytes).unwrap();
    }
    let manifest = Document::json(
        "application/vnd.oci.image.manifest.v1+json",
        &json!({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "artifactType": artifact_type, "config": config.descriptor(), "layers": [blob.descriptor()],
            "subject": subject.descriptor(),
        }),
    );
    registry.put_manifest("prod/app", &manifest.digest.to_string(), &manifest).unwrap();
    manifest
}

#[test]
fn attached_documents_count_where_the_configuration_believes_them() {
    const OPENVEX: &str = "application/vnd.openvex+json";
    let scene = scene();
    let image = bad();
    let not_affected = vex("not_affected", "pkg:pypi/flask@0.12");
    {
        let server = scene.serve_with(CONFIG);
        server.registry().push_image("prod/app", "1", &image).unwrap();
        attach(&server, &image.manifest, OPENVEX, &not_affected);
        check(&mut anonymous(&server), PULL, "403 DENIED");
    }
    let server = scene.serve_with(&format!("[vex]\nreferrers = ['prod/*']\n{CONFIG}"));
    let mut client = anonymous(&server);
    check(&mut client, PULL, "200");
    let report = json(&check(&mut server.http(), "GET /api/v1/findings/prod/app?reference=1", "200"));
    let referrer = report["suppressed"][0]["document"].as_str().unwrap().strip_prefix("referrer ").unwrap().to_owned();
    // What cannot be read, or is of another type, says nothing.
    attach(&server, &image.manifest, OPENVEX, b"{}");
    attach(&server, &image.manifest, "text/plain", &vex("affected", "pkg:pypi/flask"));
    check(&mut client, PULL, "200");
    let affected = attach(&server, &image.manifest, OPENVEX, &vex("affected", "pkg:pypi/flask"));
    check(&mut client, PULL, "403 DENIED");
    check(&mut server.http(), &format!("DELETE /v2/prod/app/manifests/{}", affected.digest), "202");
    check(&mut client, PULL, "200");
    check(&mut server.http(), &format!("DELETE /v2/prod/app/manifests/{referrer}"), "202");
    check(&mut client, PULL, "403 DENIED");
}

#[test]
fn what_is_said_of_an_index_is_said_of_its_images() {
    let scene = scene();
    let server = scene.serve_with(&format!("[vex]\nreferrers = ['prod/*']\n{CONFIG}"));
    let image = bad();
    let list = index(Format::Oci, std::slice::from_ref(&image));
    let mut registry = server.registry();
    registry.push_image("prod/app", "1", &image).unwrap();
    let mut client = anonymous(&server);
    let digest = list.digest.to_string();
    exception(&scene, &server, "never", &["--image", &digest]);
    check(&mut client, PULL, "403 DENIED");
    registry.put_manifest("prod/app", "all", &list).unwrap();
    let id = answer(&scene, &server, &["exception", "list"])["exceptions"][0]["id"].clone();
    for reference in ["all", "1", &image.manifest.digest.to_string()] {
        check(&mut client, &format!("GET /v2/prod/app/manifests/{reference}"), "200");
    }
    assert_eq!(ask(&scene, &server, &["exception", "remove", id.as_str().unwrap()]).code, Some(0));
    check(&mut client, PULL, "403 DENIED");
    let product = format!("pkg:oci/app@{}", digest.replace(':', "%3A"));
    let attached = attach(&server, &list, "application/vnd.openvex+json", &vex("not_affected", &product));
    check(&mut client, PULL, "200");
    check(&mut client, "GET /v2/prod/app/manifests/all", "200");
    check(&mut server.http(), &format!("DELETE /v2/prod/app/manifests/{}", attached.digest), "202");
    check(&mut client, PULL, "403 DENIED");
}

#[test]
fn a_bill_of_materials_is_attached_when_asked_for() {
    let scene = scene();
    let server = scene.serve_with(CONFIG);
    let image = bad();
    server.registry().push_image("prod/app", "1", &image).unwrap();
    let referrers = || {
        let request = format!("GET /v2/prod/app/referrers/{}", image.manifest.digest);
        json(&check(&mut server.http(), &request, "200"))["manifests"].as_array().unwrap().clone()
    };
    assert_eq!(referrers(), [] as [Value; 0]);
    let attach = |more: &[&str]| ask(&scene, &server, &[&["sbom", "prod/app:1", "--attach"], more].concat());
    for _ in 0..2 {
        let said = attach(&[]);
        assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{said:?}");
    }
    assert!(attach(&[]).stdout.contains("was there already"));
    let found = referrers();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["artifactType"], "application/vnd.cyclonedx+json");
    let manifest = format!("GET /v2/prod/app/manifests/{}", found[0]["digest"].as_str().unwrap());
    let manifest = json(&check(&mut server.http(), &manifest, "200"));
    assert_eq!(manifest["layers"][0]["mediaType"], "application/vnd.cyclonedx+json");
    let bill = format!("GET /v2/prod/app/blobs/{}", manifest["layers"][0]["digest"].as_str().unwrap());
    let bill = json(&check(&mut server.http(), &bill, "200"));
    assert_eq!((&bill["bomFormat"], &bill["components"][0]["name"]), (&json!("CycloneDX"), &json!("flask")));
    assert_eq!(attach(&["--format", "spdx-json"]).code, Some(0));
    let types: Vec<_> = referrers().iter().map(|one| one["artifactType"].as_str().unwrap().to_owned()).collect();
    assert_eq!(types, ["application/vnd.cyclonedx+json", "application/spdx+json"]);
    // It is a push.
    let made = [
        "user",
        "create",
        "eve",
        "--key",
        "--format",
        "json",
        "--data",
        "data",
        "--policy",
        "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly",
    ];
    let made = scene.run(&made, &[]).json();
    let key = |member: &str| made["AccessKey"][member].as_str().unwrap().to_owned();
    let mut eve = Client::new(server.address()).basic(&key("AccessKeyId"), &key("SecretAccessKey"));
    check(&mut eve, "POST /api/v1/sbom/prod/app?reference=1", "403 DENIED");
    check(&mut server.http(), "POST /api/v1/sbom/prod/app?reference=2", "404 MANIFEST_UNKNOWN");
    check(&mut server.http(), "POST /api/v1/sbom/prod/app?reference=1&format=sarif", "400 TAG_INVALID");
    let missing = ask(&scene, &server, &["sbom", "prod/none:1", "--attach"]);
    assert_eq!(missing.code, Some(2), "{missing:?}");
}
