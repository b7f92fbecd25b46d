//! Bad input and abuse: each has a documented status and code, and changes nothing.

use std::io::{Read as _, Write as _};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use plimsoll_iam::{Claims, Grant, Holder, MasterKey};
use plimsoll_testkit::http::{Body, Client, Request};
use plimsoll_testkit::image::{Document, ImageBuilder};
use plimsoll_testkit::layer::{Compression, Layer, LayerBuilder, compress};
use plimsoll_testkit::{Digest, RealBinary, random_blob};
use serde_json::{Value, json};

use crate::harness::{
    Scene, anonymous, check, check_header, check_with, json, location, raw, start_upload, status_line, summary,
    wait_for,
};
use crate::images::{CRITICAL, advisory, plain, python_image};

const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// A server with one image, `team/app:1`.
fn with_image(scene: &Scene) -> RealBinary {
    let server = scene.serve();
    server.registry().push_image("team/app", "1", &plain("kept")).unwrap();
    server
}

/// That there is the one image of [`with_image`], and nothing else.
#[track_caller]
fn check_unchanged(server: &RealBinary) {
    let mut registry = server.registry();
    assert_eq!(registry.catalog().unwrap(), ["team/app"]);
    assert_eq!(registry.tags("team/app").unwrap(), ["1"]);
    let image = plain("kept");
    assert_eq!(registry.manifest("team/app", "1").unwrap().unwrap(), image.manifest);
    for (digest, bytes) in image.blobs() {
        assert_eq!(registry.verify_blob("team/app", &digest).unwrap(), Some(bytes.len() as u64));
    }
}

#[test]
fn content_must_have_the_digest_it_is_named_by() {
    let scene = Scene::new();
    let server = with_image(&scene);
    let mut client = server.http();
    let (claimed, sent) = (Digest::sha256(b"claimed"), b"sent");
    let post = format!("POST /v2/team/app/blobs/uploads/?digest={claimed}");
    check_with(&mut client, &post, &[], sent, "400 DIGEST_INVALID");
    let upload = start_upload(&mut client, "team/app");
    check_with(&mut client, &format!("PUT {upload}?digest={claimed}"), &[], sent, "400 DIGEST_INVALID");
    let manifest = plain("other").manifest;
    let put = format!("PUT /v2/team/app/manifests/{claimed}");
    let headers = [("content-type", OCI_MANIFEST)];
    check_with(&mut client, &put, &headers, &manifest.bytes, "400 DIGEST_INVALID");
    for digest in [claimed, Digest::sha256(sent)] {
        check(&mut client, &format!("GET /v2/team/app/blobs/{digest}"), "404 BLOB_UNKNOWN");
    }
    check(&mut client, &format!("GET /v2/team/app/manifests/{}", manifest.digest), "404 MANIFEST_UNKNOWN");
    check_unchanged(&server);
}

#[test]
fn chunks_come_in_order() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    let blob = random_blob(1, 1000);
    let digest = Digest::sha256(&blob);
    let upload = start_upload(&mut client, "a");
    check_with(&mut client, &format!("PATCH {upload}"), &[("content-range", "0-499")], &blob[..500], "202");
    let mut refused = |method: &str, range: &str, bytes: &[u8], expect: &str| {
        let closing = if method == "PUT" { format!("?digest={digest}") } else { String::new() };
        let request = format!("{method} {upload}{closing}");
        let response = check_with(&mut client, &request, &[("content-range", range)], bytes, expect);
        if response.status == 416 {
            check_header(&response, "range", "0-499");
        }
        check_header(&check(&mut client, &format!("GET {upload}"), "204"), "range", "0-499");
    };
    for method in ["PATCH", "PUT"] {
        refused(method, "600-999", &blob[600..], "416 RANGE_INVALID");
        refused(method, "400-999", &blob[400..], "416 RANGE_INVALID");
        refused(method, "0-499", &blob[..500], "416 RANGE_INVALID");
        refused(method, "500-998", &blob[500..], "400 SIZE_INVALID");
        refused(method, "500-1000", &blob[500..], "400 SIZE_INVALID");
        refused(method, "999-500", &blob[500..], "400 BLOB_UPLOAD_INVALID");
        refused(method, "nonsense", &blob[500..], "400 BLOB_UPLOAD_INVALID");
        refused(method, "500-99999999999999999999999", &blob[500..], "400 BLOB_UPLOAD_INVALID");
    }
    let closing = format!("PUT {upload}?digest={digest}");
    check_with(&mut client, &closing, &[("content-range", "500-999")], &blob[500..], "201");
    assert!(check(&mut client, &format!("GET /v2/a/blobs/{digest}"), "200").body == blob);
}

#[test]
fn an_upload_ends_once_and_belongs_to_one_repository() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    let digest = Digest::sha256(b"whole");
    let upload = start_upload(&mut client, "mine");
    let stolen = upload.replace("/mine/", "/yours/");
    for request in [
        format!("GET {stolen}"),
        format!("PATCH {stolen}"),
        format!("PUT {stolen}?digest={digest}"),
        format!("DELETE {stolen}"),
    ] {
        check_with(&mut client, &request, &[], b"whole", "404 BLOB_UPLOAD_UNKNOWN");
    }
    check_with(&mut client, &format!("PUT {upload}"), &[], b"whole", "400 DIGEST_INVALID");
    check_with(&mut client, &format!("PUT {upload}?digest={digest}"), &[], b"whole", "201");
    for request in [
        format!("GET {upload}"),
        format!("PATCH {upload}"),
        format!("PUT {upload}?digest={digest}"),
        format!("DELETE {upload}"),
    ] {
        check_with(&mut client, &request, &[], b"whole", "404 BLOB_UPLOAD_UNKNOWN");
    }
    for id in ["x", "..", "%2e%2e", "00000000-0000-4000-8000-000000000000"] {
        check(&mut client, &format!("GET /v2/mine/blobs/uploads/{id}"), "404 BLOB_UPLOAD_UNKNOWN");
    }
    assert_eq!(check(&mut client, &format!("GET /v2/mine/blobs/{digest}"), "200").body, b"whole");
}

#[test]
fn manifests_that_are_none_are_refused() {
    let scene = Scene::new();
    let server = with_image(&scene);
    let mut client = server.http();
    let whole = plain("other").manifest;
    let whole = String::from_utf8(whole.bytes).unwrap();
    let mut refused = |media_type: &str, content: &str, expect: &str| {
        for reference in ["new".to_owned(), Digest::sha256(content.as_bytes()).to_string()] {
            let request = format!("PUT /v2/team/app/manifests/{reference}");
            check_with(&mut client, &request, &[("content-type", media_type)], content.as_bytes(), expect);
            check(&mut client, &format!("GET /v2/team/app/manifests/{reference}"), "404 MANIFEST_UNKNOWN");
        }
    };
    refused(OCI_MANIFEST, "", "400 MANIFEST_INVALID");
    refused(OCI_MANIFEST, "not json", "400 MANIFEST_INVALID");
    refused(OCI_MANIFEST, "[]", "400 MANIFEST_INVALID");
    refused(OCI_MANIFEST, "{}", "400 MANIFEST_INVALID");
    refused(OCI_MANIFEST, &format!("{whole}{{}}"), "400 MANIFEST_INVALID");
    refused(OCI_MANIFEST, &whole[..whole.len() - 1], "400 MANIFEST_INVALID");
    let with = |member: &str| format!("{{{member},{}", &whole[1..]);
    refused(OCI_MANIFEST, &with(r#""schemaVersion":2"#), "400 MANIFEST_INVALID");
    refused(OCI_MANIFEST, &with(r#""x":{"y":1,"y":2}"#), "400 MANIFEST_INVALID");
    refused(OCI_MANIFEST, &with(r#""manifests":[]"#), "400 MANIFEST_INVALID");
    let deep = format!("\"x\":{}{}", "[".repeat(5000), "]".repeat(5000));
    refused(OCI_MANIFEST, &with(&deep), "400 MANIFEST_INVALID");
    refused(OCI_MANIFEST, &with(&format!("\"x\":\"{}\"", "x".repeat(4 << 20))), "413 SIZE_INVALID");
    refused(OCI_INDEX, &whole, "400 MANIFEST_INVALID");
    refused("text/plain", &whole, "400 MANIFEST_INVALID");
    let edited = |from: &str, to: &str| {
        assert!(whole.contains(from));
        whole.replace(from, to)
    };
    refused(OCI_MANIFEST, &edited("\"schemaVersion\":2", "\"schemaVersion\":3"), "400 MANIFEST_INVALID");
    refused(OCI_MANIFEST, &edited("sha256:", "sha256:zz"), "400 MANIFEST_INVALID");
    refused(OCI_MANIFEST, &edited("sha256:", "md5:"), "400 MANIFEST_INVALID");
    refused(OCI_MANIFEST, &edited("\"size\":", "\"size\":-"), "400 MANIFEST_INVALID");
    check_unchanged(&server);
}

#[test]
fn a_manifest_of_no_declared_length_ends_at_its_limit() {
    let scene = Scene::new();
    let server = with_image(&scene);
    let mut client = server.http();
    let mut spaces = std::io::repeat(b' ').take(5 << 20);
    let body = Body::Chunked { reader: &mut spaces, chunk: 100_000 };
    let request = Request::new("PUT", "/v2/team/app/manifests/new").header("content-type", OCI_MANIFEST).body(body);
    assert_eq!(summary(&client.send(request).unwrap()), "413 SIZE_INVALID");
    check_unchanged(&server);
}

#[test]
fn a_client_may_wait_for_leave_to_send_its_body() {
    let scene = Scene::new();
    let server = with_image(&scene);
    let authorization = server.http().authorization().unwrap().to_owned();
    let ask = |path: &str, authorization: &str, expect: &str| {
        let head = format!(
            "PUT {path} HTTP/1.1\r\nhost: x\r\n{authorization}expect: 100-continue\r\ncontent-length: 5\r\n\r\n"
        );
        let mut stream = raw(server.address(), head.as_bytes());
        assert_eq!(status_line(&mut stream), expect);
    };
    let authorization = format!("authorization: {authorization}\r\n");
    ask("/v2/team/app/manifests/x", &authorization, "HTTP/1.1 100 Continue");
    ask("/v2/team/app/manifests/x", "", "HTTP/1.1 401 Unauthorized");
    ask("/v2/team/APP/manifests/x", &authorization, "HTTP/1.1 400 Bad Request");
}

#[test]
fn what_a_manifest_names_must_be_there() {
    let scene = Scene::new();
    let server = with_image(&scene);
    let mut client = server.http();
    let absent = plain("absent");
    let list = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [absent.manifest.descriptor()]});
    for (document, member, digest) in [
        (absent.manifest.clone(), "blobs", absent.layers[0].digest),
        (Document::json(OCI_INDEX, &list), "manifests", absent.manifest.digest),
    ] {
        let headers = [("content-type", document.media_type.as_str())];
        let put = "PUT /v2/team/app/manifests/new";
        let refused = check_with(&mut client, put, &headers, &document.bytes, "404 MANIFEST_BLOB_UNKNOWN");
        let detail = &json(&refused)["errors"][0]["detail"];
        let named = detail[member].as_array().unwrap();
        assert!(named.contains(&json!(digest.to_string())), "{detail}");
    }
    // A blob of another repository is not one of this.
    server.registry().push_image("other", "1", &absent).unwrap();
    let headers = [("content-type", OCI_MANIFEST)];
    let put = "PUT /v2/team/app/manifests/new";
    check_with(&mut client, put, &headers, &absent.manifest.bytes, "404 MANIFEST_BLOB_UNKNOWN");
    assert_eq!(server.registry().tags("team/app").unwrap(), ["1"]);
}

#[test]
fn names_tags_and_digests_are_checked() {
    let scene = Scene::new();
    let server = with_image(&scene);
    let mut client = server.http();
    let long = "a".repeat(300);
    for name in ["..", "a/../b", "%2e%2e", "a/%2e%2e/b", "A", "team/App", "a//b", "-a", "a_", &long] {
        check(&mut client, &format!("GET /v2/{name}/tags/list"), "400 NAME_INVALID");
        check(&mut client, &format!("POST /v2/{name}/blobs/uploads/"), "400 NAME_INVALID");
        check(&mut client, &format!("GET /v2/{name}/manifests/1"), "400 NAME_INVALID");
        check(&mut client, &format!("GET /api/v1/findings/{name}"), "400 NAME_INVALID");
    }
    let long_tag = "t".repeat(129);
    for tag in [&long_tag, "-tag", "t%20g", ".tag", "t@g"] {
        let body = plain("kept").manifest.bytes;
        let put = format!("PUT /v2/team/app/manifests/{tag}");
        check_with(&mut client, &put, &[("content-type", OCI_MANIFEST)], &body, "400 TAG_INVALID");
        check(&mut client, &format!("GET /v2/team/app/manifests/{tag}"), "404 MANIFEST_UNKNOWN");
    }
    let digests = [
        "md5:d41d8cd98f00b204e9800998ecf8427e",
        "sha256:00",
        "sha256:",
        "sha512:00",
        &format!("sha256:{}", "A".repeat(64)),
    ];
    for digest in digests {
        check(&mut client, &format!("GET /v2/team/app/blobs/{digest}"), "400 DIGEST_INVALID");
        check(&mut client, &format!("GET /v2/team/app/manifests/{digest}"), "400 DIGEST_INVALID");
        check(&mut client, &format!("GET /v2/team/app/referrers/{digest}"), "400 DIGEST_INVALID");
        check(&mut client, &format!("POST /v2/team/app/blobs/uploads/?digest={digest}"), "400 DIGEST_INVALID");
    }
    check(&mut client, "POST /v2/team/app/blobs/uploads/?digest-algorithm=md5", "400 DIGEST_INVALID");
    let kept = plain("kept").manifest;
    let put = format!("PUT /v2/team/app/manifests/{}?tag=ok&tag={long_tag}", kept.digest);
    check_with(&mut client, &put, &[("content-type", OCI_MANIFEST)], &kept.bytes, "400 TAG_INVALID");
    check(&mut client, "POST /v2/team/app/manifests/1", "405 UNSUPPORTED");
    check_unchanged(&server);
}

#[test]
fn a_body_that_nobody_asked_for_does_no_harm() {
    let scene = Scene::new();
    let server = with_image(&scene);
    let mut client = server.http();
    for _ in 0..3 {
        check_with(&mut client, "GET /v2/team/app/manifests/1", &[], b"a body", "200");
        let large = vec![0; 1 << 20];
        check_with(&mut client, "DELETE /v2/team/app/manifests/none", &[], &large, "404 MANIFEST_UNKNOWN");
    }
    check_unchanged(&server);
}

/// What the report says is unknown of an image with this layer, which is pushed without complaint.
fn unknown_of(server: &RealBinary, layer: Layer) -> Vec<String> {
    let image = ImageBuilder::new().layer(layer).build();
    let tag = image.manifest.digest.hex()[..12].to_owned();
    let mut registry = server.registry();
    registry.push_image("team/odd", &tag, &image).unwrap();
    let blob = image.layers[0].digest;
    assert_eq!(registry.verify_blob("team/odd", &blob).unwrap(), Some(image.layers[0].blob.len() as u64));
    let report = check(&mut server.http(), &format!("GET /api/v1/findings/team/odd?reference={tag}"), "200");
    let report = json(&report);
    assert_eq!(report["verdict"], "unknown", "{report}");
    let unknown = report["unknown"].as_array().unwrap();
    unknown.iter().map(|reason| reason.as_str().unwrap().to_owned()).collect()
}

#[test]
fn layers_that_cannot_be_read_are_taken_and_said_to_be_unknown() {
    let scene = Scene::new();
    scene.import(&[("PyPI", advisory("PYSEC-1", "PyPI", "other", "1.0", CRITICAL))]);
    let server = scene.serve();
    let check_reason = |layer: Layer, expect: &str| {
        let unknown = unknown_of(&server, layer);
        assert!(unknown.iter().any(|reason| reason.contains(expect)), "{expect}: {unknown:?}");
    };
    let whole = LayerBuilder::new().file("srv/noise", random_blob(1, 50_000));
    for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
        let layer = whole.build(compression).unwrap();
        let cut = layer.blob[..layer.blob.len() / 2].to_vec();
        check_reason(Layer::from_parts(cut, layer.tar, compression), "layer 0 could not be read: ");
    }
    let mut broken = whole.build(Compression::Gzip).unwrap();
    let middle = broken.blob.len() / 2;
    broken.blob[middle..middle + 64].fill(0xff);
    check_reason(Layer::from_parts(broken.blob, broken.tar, Compression::Gzip), "layer 0 could not be read: ");
    for (content, compression) in [
        (b"this is not a tar archive, but a text".repeat(50), Compression::Gzip),
        (b"neither is this".to_vec(), Compression::None),
        (random_blob(2, 5000), Compression::None),
    ] {
        let blob = compress(&content, compression).unwrap();
        check_reason(Layer::from_parts(blob, content, compression), "layer 0 could not be read: ");
    }
    for frame in [gzip_of_zeros(MEGABYTES_EACH << 20), zstd_of_zeros(MEGABYTES_EACH << 20)] {
        check_reason(bomb(&frame), "it inflates to more than 200 times its compressed size");
    }
}

/// What one frame of a bomb inflates to, and how many there are of it.
const MEGABYTES_EACH: usize = 8;
const FRAMES: usize = 40;

fn gzip_of_zeros(size: usize) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&vec![0; size]).unwrap();
    encoder.finish().unwrap()
}

fn zstd_of_zeros(size: usize) -> Vec<u8> {
    compress(&vec![0; size], Compression::Zstd).unwrap()
}

/// A layer of one file of zeros, as many as all frames have.
fn bomb(frame: &[u8]) -> Layer {
    let mut header = LayerBuilder::new().file("srv/zeros", b"").tar()[..512].to_vec();
    header[124..135].copy_from_slice(format!("{:011o}", FRAMES * (MEGABYTES_EACH << 20)).as_bytes());
    header[148..156].copy_from_slice(b"        ");
    let sum: u32 = header.iter().copied().map(u32::from).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let compression = if frame.starts_with(&[0x1f]) { Compression::Gzip } else { Compression::Zstd };
    let blob = [compress(&header, compression).unwrap(), frame.repeat(FRAMES)].concat();
    Layer::from_parts(blob, Vec::new(), compression)
}

#[test]
fn tokens_are_checked() {
    let scene = Scene::new();
    let server = with_image(&scene);
    let key = std::fs::read(server.data().join("master.key")).unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let grant = |name: &str, actions: &[&str]| Grant {
        kind: "repository".into(),
        name: name.into(),
        actions: actions.iter().map(ToString::to_string).collect(),
    };
    let claims = |key: Option<&str>, expires: u64, grant: Grant| Claims {
        holder: key.map_or(Holder::Anonymous, |key| Holder::Key(key.to_owned())),
        expires,
        grants: vec![grant],
    };
    let genuine = MasterKey::new(key.try_into().unwrap());
    let forger = MasterKey::new([7; 32]);
    let id = server.credentials().access_key_id.clone();
    let good = || claims(Some(&id), now + 600, grant("team/app", &["pull"]));
    let check_token = |token: &str, expect: &str| {
        let mut client = anonymous(&server).bearer(token);
        let response = check(&mut client, "GET /v2/team/app/manifests/1", expect);
        if response.status == 401 {
            let challenge = response.header("www-authenticate").unwrap();
            assert!(challenge.contains("error=\"in"), "{challenge}");
        }
    };
    let signed = |claims: &Claims| genuine.sign_token(claims).unwrap();
    check_token(&signed(&good()), "200");
    check_token(&signed(&claims(Some(&id), now - 1, grant("team/app", &["pull"]))), "401 UNAUTHORIZED");
    check_token(&signed(&claims(Some(&id), now + 600, grant("team/other", &["pull"]))), "401 UNAUTHORIZED");
    check_token(&signed(&claims(Some(&id), now + 600, grant("team/app", &["push"]))), "401 UNAUTHORIZED");
    check_token(&signed(&claims(Some("PLIMAAAAAAAAAAAAAAAA"), now + 600, good().grants.remove(0))), "401 UNAUTHORIZED");
    check_token(&forger.sign_token(&good()).unwrap(), "401 UNAUTHORIZED");
    let token = signed(&good());
    check_token(&token[..token.len() - 2], "401 UNAUTHORIZED");
    check_token("x", "401 UNAUTHORIZED");
    check_token(&"x".repeat(100_000), "401 UNAUTHORIZED");
    // An anonymous token does not say more than its bearer may.
    let mut nobody = anonymous(&server).bearer(&signed(&claims(None, now + 600, grant("team/app", &["pull"]))));
    check(&mut nobody, "GET /v2/team/app/manifests/1", "401 UNAUTHORIZED");

    let secret = &server.credentials().secret_access_key;
    for (user, password) in
        [(id.as_str(), "wrong"), ("PLIMAAAAAAAAAAAAAAAA", secret.as_str()), ("admin", "admin"), ("", ""), (&id, "")]
    {
        let mut client = anonymous(&server).basic(user, password);
        check(&mut client, "GET /v2/", "401 UNAUTHORIZED");
        check(&mut client, "GET /token?scope=repository:team/app:pull", "401 UNAUTHORIZED");
    }
    check_unchanged(&server);
}

#[test]
fn what_may_not_be_seen_answers_as_if_it_were_not_there() {
    let scene = Scene::new();
    let server = scene.serve_with("[anonymous]\npull = ['public/*']");
    server.registry().push_image("secret/there", "1", &plain("secret")).unwrap();
    server.registry().push_image("public/there", "1", &plain("public")).unwrap();
    let blob = plain("secret").layers[0].digest;
    let mut client = anonymous(&server);
    let mut same = |method: &str, path: &str| {
        let mut answer = |name: &str| {
            let response = check(&mut client, &format!("{method} /{}", path.replace("NAME", name)), "401 UNAUTHORIZED");
            let headers = response.headers.into_iter().filter(|(name, _)| name != "x-request-id" && name != "date");
            let headers = headers.map(|(header, value)| (header, value.replace(name, "NAME")));
            (headers.collect::<Vec<_>>(), String::from_utf8(response.body).unwrap().replace(name, "NAME"))
        };
        // The names are of one length, so that even the length of the answer must be the same.
        assert_eq!(answer("secret/there"), answer("secret/other"), "{method} {path}");
    };
    same("GET", "v2/NAME/tags/list");
    same("GET", "v2/NAME/manifests/1");
    same("PUT", "v2/NAME/manifests/1");
    same("DELETE", "v2/NAME/manifests/1");
    same("GET", &format!("v2/NAME/blobs/{blob}"));
    same("POST", "v2/NAME/blobs/uploads/");
    same("GET", &format!("v2/NAME/referrers/{blob}"));
    same("GET", "api/v1/findings/NAME?reference=1");
    same("GET", "api/v1/explain/NAME?reference=1");
    same("GET", "api/v1/sbom/NAME?reference=1");

    let token = |client: &mut Client, name: &str| {
        let answer = json(&check(client, &format!("GET /token?scope=repository:{name}:pull"), "200"));
        answer["token"].as_str().unwrap().to_owned()
    };
    let mut client = anonymous(&server);
    for name in ["secret/there", "secret/other"] {
        let mut bearer = anonymous(&server).bearer(&token(&mut client, name));
        check(&mut bearer, &format!("GET /v2/{name}/manifests/1"), "401 UNAUTHORIZED");
    }
    check(&mut client, "GET /v2/public/there/manifests/1", "200");
    let mut bearer = anonymous(&server).bearer(&token(&mut client, "public/there"));
    check(&mut bearer, "GET /v2/public/there/manifests/1", "200");
    check(&mut client, "GET /v2/_catalog", "401 UNAUTHORIZED");
    check(&mut client, "POST /v2/public/there/blobs/uploads/", "401 UNAUTHORIZED");
    // A blob is not mounted from where the caller may not read; an anonymous one may not push at all.
    check(&mut client, &format!("GET /v2/public/there/blobs/{blob}"), "404 BLOB_UNKNOWN");
}

#[test]
fn clients_that_stall_keep_nobody_waiting() {
    let scene = Scene::new();
    let server = with_image(&scene);
    let authorization = server.http().authorization().unwrap().to_owned();
    let upload = start_upload(&mut server.http(), "team/app");
    let mut stalled = Vec::new();
    for _ in 0..100 {
        stalled.push(raw(server.address(), b"GET /v2/ HTTP/1.1\r\nhost: x\r\nx-slow: "));
        stalled.push(raw(server.address(), b""));
    }
    for _ in 0..50 {
        let upload = start_upload(&mut server.http(), "team/app");
        let head = format!(
            "PATCH {upload} HTTP/1.1\r\nhost: x\r\nauthorization: {authorization}\r\ncontent-length: 1000\r\n\r\nsome"
        );
        stalled.push(raw(server.address(), head.as_bytes()));
        let head = format!(
            "PUT /v2/team/app/manifests/slow HTTP/1.1\r\nhost: x\r\nauthorization: {authorization}\r\n\
             content-length: 1000\r\n\r\n{{"
        );
        stalled.push(raw(server.address(), head.as_bytes()));
    }
    let mut client = server.http().timeout(Duration::from_secs(20));
    let digest = Digest::sha256(b"quick");
    check_with(&mut client, &format!("PUT {upload}?digest={digest}"), &[], b"quick", "201");
    check_unchanged(&server);
    // One that goes on after all is answered.
    let first = &mut stalled[0];
    first.write_all(b"\r\n\r\n").unwrap();
    assert_eq!(status_line(first), "HTTP/1.1 401 Unauthorized");
}

#[test]
fn requests_that_are_not_http_are_refused() {
    let scene = Scene::new();
    let server = with_image(&scene);
    let answer = |bytes: &[u8], expect: &str| {
        let mut stream = raw(server.address(), bytes);
        assert_eq!(status_line(&mut stream), expect, "{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(60)]));
    };
    answer(b"nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request");
    answer(b"GET /v2/ HTTP/1.1\r\nbad header\r\n\r\n", "HTTP/1.1 400 Bad Request");
    let endless = [b"GET /v2/ HTTP/1.1\r\nx: ".as_slice(), &vec![b'x'; 600 << 10]].concat();
    answer(&endless, "HTTP/1.1 431 Request Header Fields Too Large");
    let post = |headers: &str| format!("POST /v2/a/blobs/uploads/ HTTP/1.1\r\n{headers}\r\n\r\n");
    for headers in [
        "content-length: 3\r\ncontent-length: 4",
        "content-length: -3",
        "content-length: 99999999999999999999999",
        "transfer-encoding: gzip",
        "transfer-encoding: chunked, gzip",
    ] {
        answer(post(headers).as_bytes(), "HTTP/1.1 400 Bad Request");
    }
    let authorization = server.http().authorization().unwrap().to_owned();
    let put = format!(
        "PUT /v2/a/manifests/x HTTP/1.1\r\nauthorization: {authorization}\r\ntransfer-encoding: chunked\r\n\r\n\
         fffffffffffffffff\r\n"
    );
    answer(put.as_bytes(), "HTTP/1.1 400 Bad Request");
    answer(b"OPTIONS * HTTP/1.1\r\n\r\n", "HTTP/1.1 405 Method Not Allowed");
    check_unchanged(&server);
}

#[test]
fn a_broken_import_leaves_what_was_in_force() {
    let scene = Scene::new();
    scene.import(&[("PyPI", advisory("PYSEC-1", "PyPI", "flask", "1.0", CRITICAL))]);
    let server = scene.serve();
    server.registry().push_image("a", "1", &python_image("flask", "0.9")).unwrap();
    let ids = || -> Vec<String> {
        let report = json(&check(&mut server.http(), "GET /api/v1/findings/a?reference=1", "200"));
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(|finding| finding["id"].as_str().unwrap().to_owned()).collect()
    };
    let import = |source: &str| scene.run(&["db", "import", source, "--data", "data"], &[]);
    assert_eq!(ids(), ["PYSEC-1"]);

    scene.write("text.zip", "this is not a zip archive");
    let whole = scene.zip("whole/PyPI/all.zip", &[("P.json", record("PYSEC-9").to_string().as_bytes())]);
    let bytes = std::fs::read(&whole).unwrap();
    scene.write("cut.zip", &bytes[..bytes.len() / 2]);
    scene.zip("none.zip", &[("readme.txt", b"no record in here")]);
    scene.zip("bad.zip", &[("A.json", b"{"), ("B.json", b"[]"), ("../C.json", record("C").to_string().as_bytes())]);
    scene.write("text.txt", "neither zip nor directory");
    for source in ["text.zip", "cut.zip", "none.zip", "bad.zip", "text.txt", "absent"] {
        let said = import(source);
        assert_eq!(said.code, Some(2), "{source}: {said:?}");
        assert!(said.stderr.contains("what was in force stays"), "{source}: {said:?}");
        assert_eq!(ids(), ["PYSEC-1"], "{source}");
    }

    // Broken records are left out and named; the good ones count.
    let long = format!("{{\"id\": \"LONG\", \"x\": \"{}\"}}", "x".repeat(17 << 20));
    let deep = record("DEEP").to_string();
    let deep = format!(
        "{},\"database_specific\":{{\"x\":{}{}}}}}",
        &deep[..deep.len() - 1],
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let entries = [
        ("good.json", record("PYSEC-2").to_string()),
        ("broken.json", "{\"id\": ".to_owned()),
        ("../outside.json", record("PYSEC-3").to_string()),
        ("long.json", long),
        ("deep.json", deep),
        ("nameless.json", "{\"modified\": \"2025-01-01T00:00:00Z\"}".to_owned()),
    ];
    let entries: Vec<_> = entries.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    scene.zip("mixed/PyPI/all.zip", &entries);
    let said = import("mixed");
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.stderr.contains("refused: 5 records"), "{said:?}");
    for name in ["broken.json", "outside.json", "long.json", "deep.json", "nameless.json"] {
        assert!(said.stderr.contains(name), "{name}: {said:?}");
    }
    assert_eq!(ids(), ["PYSEC-2"]);
    for name in ["outside.json", "data/outside.json", "data/advisories/outside.json"] {
        assert!(!scene.path(name).exists(), "{name}");
    }
}

fn record(id: &str) -> Value {
    advisory(id, "PyPI", "flask", "1.0", CRITICAL)
}

#[test]
fn a_broken_body_leaves_an_upload_where_it_was_acknowledged() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    let authorization = client.authorization().unwrap().to_owned();
    let upload = start_upload(&mut client, "a");
    let blob = random_blob(1, 1 << 20);
    let head = format!(
        "PATCH {upload} HTTP/1.1\r\nhost: x\r\nauthorization: {authorization}\r\ncontent-length: 1048576\r\n\r\n"
    );
    let stream = raw(server.address(), &[head.as_bytes(), &blob[..600_000]].concat());
    let status = wait_for("the first part", || {
        let response = check(&mut client, &format!("GET {upload}"), "204");
        (response.header("range") == Some("0-599999")).then_some(response)
    });
    let digest = Digest::sha256(&blob);
    let closing = format!("{}?digest={digest}", location(&status));
    let mut finish = || {
        let request = Request::new("PUT", closing.as_str()).header("content-range", "600000-1048575");
        client.send(request.body(Body::Bytes(&blob[600_000..]))).unwrap()
    };
    // Two requests cannot write to one upload at once.
    assert_eq!(summary(&finish()), "400 BLOB_UPLOAD_INVALID");
    drop(stream);
    let put = wait_for("the end of the broken request", || {
        Some(finish()).filter(|response| summary(response) != "400 BLOB_UPLOAD_INVALID")
    });
    assert_eq!(put.status, 201, "{}", put.text());
    assert!(check(&mut client, &format!("GET /v2/a/blobs/{digest}"), "200").body == blob);
}

#[test]
fn large_bodies_that_stall_keep_nobody_waiting() {
    let scene = Scene::new();
    let server = with_image(&scene);
    let mut client = server.http().timeout(Duration::from_secs(20));
    let authorization = client.authorization().unwrap().to_owned();
    let part = vec![0; 300_000];
    let mut stalled = Vec::new();
    for _ in 0..600 {
        let upload = start_upload(&mut client, "team/app");
        let head = format!(
            "PATCH {upload} HTTP/1.1\r\nhost: x\r\nauthorization: {authorization}\r\ncontent-length: 1000000\r\n\r\n"
        );
        stalled.push(raw(server.address(), &[head.as_bytes(), &part].concat()));
    }
    check_unchanged(&server);
}
