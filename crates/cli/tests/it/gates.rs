//! Gates at pull: what they refuse, whom, with which words, and that there is no way around.

use plimsoll_testkit::http::Client;
use plimsoll_testkit::image::{Document, Format, Image, ImageBuilder, index};
use plimsoll_testkit::layer::{Compression, Layer, LayerBuilder};
use plimsoll_testkit::{Digest, RealBinary};
use serde_json::{Value, json};

use crate::harness::{Scene, anonymous, check, check_with, json};
use crate::images::{CRITICAL, MEDIUM, advisory, python, python_image};

const CONFIG: &str = "[anonymous]\npull = ['prod/*', 'open/*']\n\
    [[gates]]\nname = 'no-critical'\nrepositories = ['prod/*']\nseverity = 'critical'\nonly_fixable = true\n";

fn flask(fixed: &str, vector: &str) -> (&'static str, Value) {
    ("PyPI", advisory("PYSEC-2018-66", "PyPI", "flask", fixed, vector))
}

fn serve(scene: &Scene) -> RealBinary {
    scene.import(&[flask("1.0", CRITICAL)]);
    scene.serve_with(CONFIG)
}

fn bad() -> Image {
    python_image("flask", "0.12")
}

fn good() -> Image {
    python_image("flask", "1.0")
}

/// What an image's puller gets to read.
#[track_caller]
fn refusal(client: &mut Client, repository: &str, reference: &str) -> Value {
    let request = format!("/v2/{repository}/manifests/{reference}");
    check(client, &format!("HEAD {request}"), "403");
    let body = json(&check(client, &format!("GET {request}"), "403 DENIED"));
    body["errors"][0].clone()
}

#[test]
fn a_refusal_names_gate_package_and_fix() {
    let scene = Scene::new();
    let server = serve(&scene);
    let (bad, good) = (bad(), good());
    let mut registry = server.registry();
    registry.push_image("prod/app", "bad", &bad).unwrap();
    registry.push_image("prod/app", "good", &good).unwrap();
    registry.push_image("open/app", "bad", &bad).unwrap();
    let mut client = anonymous(&server);
    for reference in ["bad".to_owned(), bad.manifest.digest.to_string()] {
        let error = refusal(&mut client, "prod/app", &reference);
        let message = error["message"].as_str().unwrap();
        for word in ["\"no-critical\"", "prod/app", "flask 0.12", "fixed in 1.0", "PYSEC-2018-66", "CRITICAL"] {
            assert!(message.contains(word), "{word}: {message}");
        }
        assert!(!message.contains('\n'), "{message}");
        assert_eq!((&error["detail"]["gate"], &error["detail"]["verdict"]), (&json!("no-critical"), &json!("deny")));
        assert_eq!(error["detail"]["reasons"][0]["fixed"], "1.0");
    }
    let tags = format!("\"{}\"", bad.manifest.digest);
    let manifest = "GET /v2/prod/app/manifests/bad";
    check_with(&mut client, manifest, &[("if-none-match", &tags)], b"", "403 DENIED");
    check(&mut client, "GET /v2/prod/app/manifests/good", "200");
    check(&mut client, "HEAD /v2/prod/app/manifests/good", "200");
    check(&mut client, "GET /v2/open/app/manifests/bad", "200");
    // Whoever must look inside still can.
    check(&mut server.http(), "GET /v2/prod/app/manifests/bad", "200");
    check(&mut server.http(), "HEAD /v2/prod/app/manifests/bad", "200");
    check(&mut server.http(), &format!("GET /v2/prod/app/blobs/{}", bad.layers[0].digest), "200");
}

#[test]
fn an_index_is_as_bad_as_its_worst_child() {
    let scene = Scene::new();
    let server = serve(&scene);
    let mut registry = server.registry();
    let at = |architecture: &str, version: &str| {
        ImageBuilder::new().layer(python("flask", version)).platform("linux", architecture).build()
    };
    let (good, other, bad) = (at("amd64", "1.0"), at("arm64", "1.1"), at("arm64", "0.12"));
    for (tag, image) in [("good", &good), ("other", &other), ("bad", &bad)] {
        registry.push_image("prod/app", tag, image).unwrap();
    }
    let fine = index(Format::Oci, &[good.clone(), other]);
    let mixed = index(Format::Docker, &[good.clone(), bad]);
    let nested = index(Format::Oci, &[Image { manifest: mixed.clone(), ..good }]);
    for (tag, list) in [("fine", &fine), ("mixed", &mixed), ("nested", &nested)] {
        registry.put_manifest("prod/app", tag, list).unwrap();
    }
    let mut client = anonymous(&server);
    check(&mut client, "GET /v2/prod/app/manifests/fine", "200");
    check(&mut client, "GET /v2/prod/app/manifests/good", "200");
    for tag in ["mixed", "nested", "bad"] {
        let error = refusal(&mut client, "prod/app", tag);
        assert!(error["message"].as_str().unwrap().contains("flask 0.12"), "{tag}: {error}");
    }
}

#[test]
fn blobs_are_no_way_around() {
    let scene = Scene::new();
    let server = serve(&scene);
    let shared = LayerBuilder::new().file("etc/shared", "shared").build(Compression::Gzip).unwrap();
    let image = |version| ImageBuilder::new().layer(shared.clone()).layer(python("flask", version)).build();
    let (bad, good) = (image("0.12"), image("1.0"));
    let mut registry = server.registry();
    registry.push_image("prod/app", "bad", &bad).unwrap();
    let lone = b"in no manifest";
    registry.push_blob("prod/app", &Digest::sha256(lone), lone).unwrap();
    let mut client = anonymous(&server);
    let mut get = |digest: &Digest, expect: &str| {
        let request = format!("GET /v2/prod/app/blobs/{digest}");
        let response = check(&mut client, &request, expect);
        if expect == "403 DENIED" {
            assert!(response.text().contains("flask 0.12"), "{}", response.text());
            check_with(&mut client, &request, &[("range", "bytes=0-9")], b"", expect);
            check_with(&mut client, &request, &[("if-none-match", "*")], b"", expect);
        }
    };
    for (digest, _) in bad.blobs() {
        get(&digest, "403 DENIED");
    }
    get(&Digest::sha256(lone), "404 BLOB_UNKNOWN");
    registry.push_image("prod/app", "good", &good).unwrap();
    for (digest, _) in good.blobs() {
        get(&digest, "200");
    }
    get(&bad.layers[0].digest, "200");
    get(&bad.layers[1].digest, "403 DENIED");
    get(&bad.config.digest, "403 DENIED");
}

#[test]
fn a_verdict_follows_the_advisories() {
    let scene = Scene::new();
    let server = serve(&scene);
    server.registry().push_image("prod/app", "1", &bad()).unwrap();
    let mut client = anonymous(&server);
    let manifest = "GET /v2/prod/app/manifests/1";
    for _ in 0..2 {
        check(&mut client, manifest, "403 DENIED");
        scene.import(&[flask("0.12", CRITICAL)]);
        check(&mut client, manifest, "200");
        scene.import(&[flask("1.0", MEDIUM)]);
        check(&mut client, manifest, "200");
        scene.import(&[flask("1.0", CRITICAL)]);
    }
    check(&mut client, manifest, "403 DENIED");
    let mut unfixed = flask("1.0", CRITICAL);
    unfixed.1["affected"][0]["ranges"][0]["events"] = json!([{"introduced": "0"}]);
    scene.import(&[unfixed]);
    check(&mut client, manifest, "200");
}

#[test]
fn what_is_not_known_is_refused_unless_the_gate_says_otherwise() {
    let debian = LayerBuilder::new().file("etc/os-release", "ID=debian\nVERSION_ID=14\n").file(
        "var/lib/dpkg/status",
        "Package: bash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 5.1-2\n\n",
    );
    let debian = ImageBuilder::new().layer(debian.build(Compression::Gzip).unwrap()).build();
    let scene = Scene::new();
    for (line, expect) in [
        ("", "403 DENIED"),
        ("unknown = 'deny'", "403 DENIED"),
        ("unknown = 'warn'", "200"),
        ("unknown = 'allow'", "200"),
    ] {
        let server = scene.serve_with(&format!("{CONFIG}{line}\n"));
        server.registry().push_image("prod/app", "1", &debian).unwrap();
        let mut client = anonymous(&server);
        let response = check(&mut client, "GET /v2/prod/app/manifests/1", expect);
        if expect != "200" {
            assert!(response.text().contains("no advisories are loaded"), "{}", response.text());
        }
        check(&mut client, &format!("GET /v2/prod/app/blobs/{}", debian.layers[0].digest), expect);
    }
    scene.import(&[flask("1.0", CRITICAL)]);
    let server = scene.serve_with(CONFIG);
    let mut client = anonymous(&server);
    let error = refusal(&mut client, "prod/app", "1");
    assert!(error["message"].as_str().unwrap().contains("no advisories are loaded for Debian:14"), "{error}");
    assert_eq!(error["detail"]["verdict"], "unknown");
    // A layer that cannot be read may hold anything.
    let broken = python("flask", "1.0");
    let cut = Layer::from_parts(broken.blob[..broken.blob.len() / 2].to_vec(), broken.tar, Compression::Gzip);
    let broken = ImageBuilder::new().layer(cut).build();
    server.registry().push_image("prod/app", "broken", &broken).unwrap();
    let error = refusal(&mut client, "prod/app", "broken");
    assert!(error["message"].as_str().unwrap().contains("layer 0 could not be read"), "{error}");
}

#[test]
fn an_artifact_that_nobody_can_run_passes() {
    let scene = Scene::new();
    let server = serve(&scene);
    let mut registry = server.registry();
    registry.push_image("prod/app", "bad", &bad()).unwrap();
    registry.push_blob("prod/app", &Digest::sha256(b"{}"), b"{}").unwrap();
    let empty = json!({"mediaType": "application/vnd.oci.empty.v1+json", "digest": Digest::sha256(b"{}"), "size": 2});
    let media_type = "application/vnd.oci.image.manifest.v1+json";
    let manifest = json!({
        "schemaVersion": 2, "mediaType": media_type, "artifactType": "application/x-signature",
        "config": empty, "layers": [empty], "subject": bad().manifest.descriptor(),
    });
    let signature = Document::json(media_type, &manifest);
    registry.put_manifest("prod/app", "signature", &signature).unwrap();
    let mut client = anonymous(&server);
    check(&mut client, "GET /v2/prod/app/manifests/signature", "200");
    check(&mut client, &format!("GET /v2/prod/app/blobs/{}", Digest::sha256(b"{}")), "200");
    check(&mut client, &format!("GET /v2/prod/app/referrers/{}", bad().manifest.digest), "200");
}

#[test]
fn an_artifact_type_does_not_carry_an_image_past_the_gate() {
    let scene = Scene::new();
    let server = serve(&scene);
    let disguised = ImageBuilder::new().layer(python("flask", "0.12")).artifact_type("application/x").build();
    server.registry().push_image("prod/app", "disguised", &disguised).unwrap();
    let mut client = anonymous(&server);
    refusal(&mut client, "prod/app", "disguised");
    check(&mut client, &format!("GET /v2/prod/app/blobs/{}", disguised.layers[0].digest), "403 DENIED");
}

#[test]
fn explain_says_why() {
    let scene = Scene::new();
    let server = serve(&scene);
    let mut registry = server.registry();
    registry.push_image("prod/app", "bad", &bad()).unwrap();
    registry.push_image("prod/app", "good", &good()).unwrap();
    registry.push_image("open/app", "bad", &bad()).unwrap();
    let mut client = server.http();
    let mut explain = |image: &str, tag: &str| {
        let explanation = json(&check(&mut client, &format!("GET /api/v1/explain/{image}?reference={tag}"), "200"));
        let findings = json(&check(&mut client, &format!("GET /api/v1/findings/{image}?reference={tag}"), "200"));
        assert_eq!(findings["verdict"], explanation["verdict"]);
        assert_eq!(findings["findings"].as_array().unwrap().len(), explanation["findings"].as_u64().unwrap() as usize);
        assert_eq!(explanation["image"], format!("{image}:{tag}"));
        let answer = json!([explanation["verdict"], explanation["gate"], explanation["reasons"]]);
        (answer, explanation["digest"].clone())
    };
    let reason = json!({
        "id": "PYSEC-2018-66", "package": "flask", "installed": "0.12", "fixed": "1.0", "severity": "CRITICAL",
        "path": "usr/lib/python3/dist-packages/flask-0.12.dist-info/METADATA",
    });
    let digest = json!(bad().manifest.digest.to_string());
    assert_eq!(explain("prod/app", "bad"), (json!(["deny", "no-critical", [reason]]), digest.clone()));
    assert_eq!(explain("prod/app", "good").0, json!(["pass", "no-critical", []]));
    assert_eq!(explain("open/app", "bad"), (json!(["pass", null, []]), digest));
    check(&mut anonymous(&server), "GET /api/v1/explain/prod/app?reference=bad", "401 UNAUTHORIZED");
}

#[test]
fn a_gate_without_exemption_holds_for_the_administrator_too() {
    let scene = Scene::new();
    scene.import(&[flask("1.0", CRITICAL)]);
    let server = scene.serve_with(&format!("{CONFIG}exempt = []\n"));
    server.registry().push_image("prod/app", "bad", &bad()).unwrap();
    check(&mut server.http(), "GET /v2/prod/app/manifests/bad", "403 DENIED");
    check(&mut server.http(), "GET /api/v1/findings/prod/app?reference=bad", "200");
    drop(server);
    // Days of grace are counted from the publication.
    let server = scene.serve_with(&format!("{CONFIG}grace_days = 100000\n"));
    check(&mut anonymous(&server), "GET /v2/prod/app/manifests/bad", "200");
}

#[test]
fn an_unreadable_layer_hides_no_finding_of_the_others() {
    let scene = Scene::new();
    scene.import(&[flask("1.0", CRITICAL)]);
    let server = scene.serve_with(&format!("{CONFIG}unknown = 'allow'\n"));
    let broken = python("broken", "1.0");
    let half = broken.blob[..broken.blob.len() / 2].to_vec();
    let broken = Layer::from_parts(half, broken.tar, Compression::Gzip);
    let image = ImageBuilder::new().layer(broken).layer(python("flask", "0.12")).build();
    server.registry().push_image("prod/app", "1", &image).unwrap();
    let error = refusal(&mut anonymous(&server), "prod/app", "1");
    assert!(error["message"].as_str().unwrap().contains("flask 0.12"), "{error}");
}

#[test]
fn indexes_nested_too_deep_are_not_known() {
    let scene = Scene::new();
    let server = serve(&scene);
    let mut registry = server.registry();
    let mut image = good();
    registry.push_image("prod/app", "0", &image).unwrap();
    for depth in 1..=6 {
        image.manifest = index(Format::Oci, std::slice::from_ref(&image));
        registry.put_manifest("prod/app", &depth.to_string(), &image.manifest).unwrap();
    }
    let mut client = anonymous(&server);
    check(&mut client, "GET /v2/prod/app/manifests/4", "200");
    for tag in ["5", "6"] {
        let error = refusal(&mut client, "prod/app", tag);
        assert!(error["message"].as_str().unwrap().contains("nested too deep"), "{error}");
    }
}

/// A manifest whose parts are called something else than they are.
fn relabelled(image: &Image, config: &str, layers: &str) -> Document {
    let mut manifest: Value = serde_json::from_slice(&image.manifest.bytes).unwrap();
    manifest["config"]["mediaType"] = json!(config);
    for layer in manifest["layers"].as_array_mut().unwrap() {
        layer["mediaType"] = json!(layers);
    }
    Document::json(&image.manifest.media_type, &manifest)
}

#[test]
fn a_mislabelled_image_does_not_pass() {
    let scene = Scene::new();
    let server = serve(&scene);
    let mut registry = server.registry();
    let (config, layer) =
        ("application/vnd.docker.container.image.v1+json", "application/vnd.docker.image.rootfs.diff.tar.gzip");
    for format in [Format::Oci, Format::Docker] {
        let image = ImageBuilder::new().format(format).layer(python("flask", "0.12")).build();
        for (tag, config, layers) in [
            ("config", "application/octet-stream", layer),
            ("empty-config", "application/vnd.oci.empty.v1+json", layer),
            ("layers", config, "application/octet-stream"),
            // Docker's engine takes an image whose configuration is called one of these, and does not look at layers.
            ("both", "application/octet-stream", "application/octet-stream"),
            ("json", "application/json", "application/octet-stream"),
            ("text", "text/html", "application/octet-stream"),
            ("unnamed", "", ""),
        ] {
            registry.push_image("prod/app", "true", &image).unwrap();
            registry.put_manifest("prod/app", tag, &relabelled(&image, config, layers)).unwrap();
            let error = refusal(&mut anonymous(&server), "prod/app", tag);
            assert!(error["message"].as_str().unwrap().contains("flask 0.12"), "{format:?} {tag}: {error}");
        }
    }
}

#[test]
fn a_layer_that_is_kept_elsewhere_hides_no_finding() {
    let scene = Scene::new();
    scene.import(&[flask("1.0", CRITICAL)]);
    let server = scene.serve_with(&format!("{CONFIG}unknown = 'allow'\n"));
    let image =
        ImageBuilder::new().layer(crate::images::plain("base").layers[0].clone()).layer(python("flask", "0.12"));
    let image = image.build();
    server.registry().push_image("prod/app", "true", &image).unwrap();
    let mut manifest: Value = serde_json::from_slice(&image.manifest.bytes).unwrap();
    manifest["layers"][0]["mediaType"] = json!("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip");
    let manifest = Document::json(&image.manifest.media_type, &manifest);
    server.registry().put_manifest("prod/app", "foreign", &manifest).unwrap();
    let error = refusal(&mut anonymous(&server), "prod/app", "foreign");
    assert!(error["message"].as_str().unwrap().contains("flask 0.12"), "{error}");
}

#[test]
fn a_sparse_image_is_judged_again_when_its_layer_arrives() {
    let scene = Scene::new();
    scene.import(&[flask("1.0", CRITICAL)]);
    for (unknown, version, before, after) in
        [("deny", "1.0", "403 DENIED", "200"), ("allow", "0.12", "403 DENIED", "403 DENIED")]
    {
        let server = scene.serve_with(&format!("sparse = true\n{CONFIG}unknown = '{unknown}'\n"));
        let repository = format!("prod/{unknown}");
        let base = crate::images::plain(unknown).layers[0].clone();
        let image = ImageBuilder::new().layer(base.clone()).layer(python("flask", version)).build();
        let mut registry = server.registry();
        registry.push_blob(&repository, &image.config.digest, &image.config.bytes).unwrap();
        registry.push_blob(&repository, &image.layers[1].digest, &image.layers[1].blob).unwrap();
        registry.put_manifest(&repository, "1", &image.manifest).unwrap();
        let mut client = anonymous(&server);
        let manifest = format!("GET /v2/{repository}/manifests/1");
        check(&mut client, &manifest, before);
        registry.push_blob(&repository, &base.digest, &base.blob).unwrap();
        // The report waits for the analysis.
        check(&mut server.http(), &format!("GET /api/v1/findings/{repository}?reference=1"), "200");
        check(&mut client, &manifest, after);
    }
}

#[test]
fn a_layer_that_need_not_be_there_is_served_where_it_is() {
    let scene = Scene::new();
    let server = scene.serve_with(&format!("{CONFIG}unknown = 'allow'\n"));
    let image = good();
    let mut registry = server.registry();
    registry.push_image("prod/scratch", "1", &image).unwrap();
    let foreign = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
    let manifest = relabelled(&image, "application/vnd.oci.image.config.v1+json", foreign);
    for (digest, bytes) in image.blobs() {
        registry.push_blob("prod/foreign", &digest, bytes).unwrap();
    }
    registry.put_manifest("prod/foreign", "1", &manifest).unwrap();
    let mut client = anonymous(&server);
    check(&mut client, "GET /v2/prod/foreign/manifests/1", "200");
    check(&mut client, &format!("GET /v2/prod/foreign/blobs/{}", image.layers[0].digest), "200");
}
