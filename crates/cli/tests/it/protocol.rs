//! The clauses of the distribution specification, one after the other.

use plimsoll_testkit::http::{Body, Client, Request};
use plimsoll_testkit::image::{Document, Format, Image, ImageBuilder, index};
use plimsoll_testkit::layer::{Compression, LayerBuilder};
use plimsoll_testkit::registry::RegistryClient;
use plimsoll_testkit::{Algorithm, Digest, RealBinary, random_blob};
use serde_json::{Value, json};

use crate::harness::{Scene, anonymous, check, check_header, check_with, json, location, start_upload};
use crate::images::plain;

const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";

fn check_blob(client: &mut Client, repository: &str, blob: &[u8]) {
    let digest = Digest::sha256(blob);
    let got = check(client, &format!("GET /v2/{repository}/blobs/{digest}"), "200");
    assert!(got.body == blob, "{repository} {digest} has other bytes");
    check_header(&got, "docker-content-digest", &digest.to_string());
    check_header(&got, "content-length", &blob.len().to_string());
}

fn push_document(client: &mut Client, repository: &str, reference: &str, document: &Document, expect: &str) {
    let request = format!("PUT /v2/{repository}/manifests/{reference}");
    let put = check_with(client, &request, &[("content-type", &document.media_type)], &document.bytes, expect);
    if expect == "201" {
        check_header(&put, "docker-content-digest", &document.digest.to_string());
        check_header(&put, "location", &format!("/v2/{repository}/manifests/{}", document.digest));
    }
}

fn pushed(server: &RealBinary, repository: &str, tag: &str, image: &Image) -> RegistryClient {
    let mut registry = server.registry();
    registry.push_image(repository, tag, image).unwrap();
    registry
}

/// An artifact with the empty configuration, and what is added to it.
fn artifact(members: &Value) -> Document {
    let mut manifest = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": Digest::sha256(b"{}"), "size": 2},
        "layers": [],
    });
    for (name, value) in members.as_object().unwrap() {
        manifest[name] = value.clone();
    }
    Document::json(OCI_MANIFEST, &manifest)
}

#[test]
fn the_base_says_what_this_is() {
    let scene = Scene::new();
    let server = scene.serve();
    let base = check(&mut server.http(), "GET /v2/", "200");
    check_header(&base, "docker-distribution-api-version", "registry/2.0");
    let challenge = check(&mut anonymous(&server), "GET /v2/", "401 UNAUTHORIZED");
    let address = server.address();
    check_header(
        &challenge,
        "www-authenticate",
        &format!("Bearer realm=\"http://{address}/token\",service=\"{address}\""),
    );
    check(&mut anonymous(&server), "GET /healthz", "200");
    check(&mut anonymous(&server), "GET /readyz", "200");
    let metrics = check(&mut anonymous(&server), "GET /metrics", "200");
    assert!(String::from_utf8(metrics.body).unwrap().contains("plimsoll_"));
}

#[test]
fn a_token_opens_what_it_was_asked_for() {
    let scene = Scene::new();
    let server = scene.serve();
    pushed(&server, "team/app", "1", &plain("token"));
    let query = format!("/token?service={}&scope=repository:team/app:pull,push", server.address());
    let token = json(&check(&mut server.http(), &format!("GET {query}"), "200"));
    assert_eq!(token["token"], token["access_token"]);
    assert!(token["expires_in"].as_u64().unwrap() >= 60, "{token}");
    let mut bearer = anonymous(&server).bearer(token["token"].as_str().unwrap());
    check(&mut bearer, "GET /v2/", "200");
    check(&mut bearer, "GET /v2/team/app/manifests/1", "200");
    check(&mut bearer, "POST /v2/team/app/blobs/uploads/", "202");
    check(&mut bearer, "DELETE /v2/team/app/manifests/1", "401 UNAUTHORIZED");
    check(&mut anonymous(&server), &format!("GET {query}"), "401 UNAUTHORIZED");
}

#[test]
fn blobs_are_pushed_in_every_form() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    let octets = [("content-type", "application/octet-stream")];
    let blob = |seed: u64| random_blob(seed, 100_000);
    let closing = |upload: &str, blob: &[u8]| format!("PUT {upload}?digest={}", Digest::sha256(blob));

    let one = blob(1);
    let request = format!("POST /v2/team/app/blobs/uploads/?digest={}", Digest::sha256(&one));
    let created = check_with(&mut client, &request, &octets, &one, "201");
    check_header(&created, "location", &format!("/v2/team/app/blobs/{}", Digest::sha256(&one)));
    check_header(&created, "docker-content-digest", &Digest::sha256(&one).to_string());
    check_blob(&mut client, "team/app", &one);

    let two = blob(2);
    let upload = start_upload(&mut client, "team/app");
    let created = check_with(&mut client, &closing(&upload, &two), &octets, &two, "201");
    check_header(&created, "location", &format!("/v2/team/app/blobs/{}", Digest::sha256(&two)));
    check_blob(&mut client, "team/app", &two);

    let three = blob(3);
    let upload = start_upload(&mut client, "team/app");
    let first =
        check_with(&mut client, &format!("PATCH {upload}"), &[("content-range", "0-39999")], &three[..40_000], "202");
    check_header(&first, "range", "0-39999");
    let (second, range) = (location(&first), [("content-range", "40000-69999")]);
    let second = check_with(&mut client, &format!("PATCH {second}"), &range, &three[40_000..70_000], "202");
    check_header(&second, "range", "0-69999");
    let status = check(&mut client, &format!("GET {}", location(&second)), "204");
    check_header(&status, "range", "0-69999");
    let range = [("content-range", "70000-99999")];
    check_with(&mut client, &closing(&location(&second), &three), &range, &three[70_000..], "201");
    check_blob(&mut client, "team/app", &three);

    let four = blob(4);
    let mut registry = server.registry();
    registry.push_blob_streamed("team/app", &Digest::sha256(&four), &mut &*four).unwrap();
    check_blob(&mut client, "team/app", &four);

    let empty = Digest::sha256(b"");
    let upload = start_upload(&mut client, "team/app");
    check(&mut client, &format!("PUT {upload}?digest={empty}"), "201");
    check_blob(&mut client, "team/app", b"");
    check(&mut client, &format!("POST /v2/team/other/blobs/uploads/?digest={empty}"), "201");
    check_blob(&mut client, "team/other", b"");

    // Announced and not sent: the blob follows in an upload.
    let five = blob(5);
    let request = format!("POST /v2/team/app/blobs/uploads/?digest={}", Digest::sha256(&five));
    let upload = location(&check(&mut client, &request, "202"));
    check_with(&mut client, &closing(&upload, &five), &octets, &five, "201");
    check_blob(&mut client, "team/app", &five);
}

#[test]
fn uploads_are_cancelled() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    let upload = start_upload(&mut client, "team/app");
    check_with(&mut client, &format!("PATCH {upload}"), &[], b"some bytes", "202");
    check(&mut client, &format!("DELETE {upload}"), "204");
    for method in ["GET", "DELETE", "PATCH"] {
        check(&mut client, &format!("{method} {upload}"), "404 BLOB_UPLOAD_UNKNOWN");
    }
}

#[test]
fn sha512_is_taken_announced_or_not() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    for (blob, start) in [(b"announced", "?digest-algorithm=sha512"), (b"surprised", "")] {
        let digest = Algorithm::Sha512.digest(blob);
        let upload = location(&check(&mut client, &format!("POST /v2/a/blobs/uploads/{start}"), "202"));
        let upload = location(&check_with(&mut client, &format!("PATCH {upload}"), &[], blob, "202"));
        let put = check(&mut client, &format!("PUT {upload}?digest={digest}"), "201");
        check_header(&put, "docker-content-digest", &digest.to_string());
        assert_eq!(check(&mut client, &format!("GET /v2/a/blobs/{digest}"), "200").body, blob);
    }
    let blob = b"at once";
    let digest = Algorithm::Sha512.digest(blob);
    check_with(&mut client, &format!("POST /v2/a/blobs/uploads/?digest={digest}"), &[], blob, "201");
    check(&mut client, &format!("HEAD /v2/a/blobs/{digest}"), "200");

    let index = json!({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": []}).to_string();
    let digest = Algorithm::Sha512.digest(index.as_bytes());
    let (request, headers) = (format!("/v2/a/manifests/{digest}"), [("content-type", OCI_INDEX)]);
    check_with(&mut client, &format!("PUT {request}"), &headers, index.as_bytes(), "201");
    let got = check(&mut client, &format!("GET {request}"), "200");
    assert_eq!(got.body, index.as_bytes());
    check_header(&got, "docker-content-digest", &digest.to_string());
}

#[test]
fn blobs_are_mounted() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    let blob = random_blob(1, 1000);
    let digest = Digest::sha256(&blob);
    server.registry().push_blob("from/here", &digest, &blob).unwrap();
    let mount = |query: &str| format!("POST /v2/to/there/blobs/uploads/?mount={digest}{query}");

    // Not where it is said to be: an upload begins instead.
    let upload = location(&check(&mut client, &mount("&from=from/nowhere"), "202"));
    check(&mut client, &format!("HEAD /v2/to/there/blobs/{digest}"), "404");
    check(&mut client, &format!("DELETE {upload}"), "204");

    let mounted = check(&mut client, &mount("&from=from/here"), "201");
    check_header(&mounted, "location", &format!("/v2/to/there/blobs/{digest}"));
    check_blob(&mut client, "to/there", &blob);

    let anywhere = format!("POST /v2/to/elsewhere/blobs/uploads/?mount={digest}");
    check(&mut client, &anywhere, "201");
    check_blob(&mut client, "to/elsewhere", &blob);
    let unknown = Digest::sha256(b"nobody has this");
    check(&mut client, &format!("POST /v2/to/there/blobs/uploads/?mount={unknown}"), "202");
}

#[test]
fn blobs_are_read_in_parts() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    let blob = random_blob(1, 1000);
    let digest = Digest::sha256(&blob);
    server.registry().push_blob("a", &digest, &blob).unwrap();
    let mut get = |range: &str, expect: &str, part: Option<(&[u8], &str)>| {
        let got = check_with(&mut client, &format!("GET /v2/a/blobs/{digest}"), &[("range", range)], b"", expect);
        if let Some((bytes, content_range)) = part {
            assert!(got.body == bytes, "{range}");
            check_header(&got, "content-range", content_range);
        }
    };
    get("bytes=0-99", "206", Some((&blob[..100], "bytes 0-99/1000")));
    get("bytes=900-", "206", Some((&blob[900..], "bytes 900-999/1000")));
    get("bytes=-1", "206", Some((&blob[999..], "bytes 999-999/1000")));
    get("bytes=990-5000", "206", Some((&blob[990..], "bytes 990-999/1000")));
    get("bytes=0-0", "206", Some((&blob[..1], "bytes 0-0/1000")));
    get("bytes=1000-", "416", Some((b"", "bytes */1000")));
    get("bytes=-0", "416", None);
    get("bytes=5-2", "416", None);
    // What is not a range of bytes is no range, and the whole is sent.
    get("lines=1-2", "200", Some((&blob, "-")));

    let head = check(&mut client, &format!("HEAD /v2/a/blobs/{digest}"), "200");
    check_header(&head, "content-length", "1000");
    check_header(&head, "docker-content-digest", &digest.to_string());
    check_header(&head, "accept-ranges", "bytes");
    check_header(&head, "etag", &format!("\"{digest}\""));
    let fresh = [("if-none-match", format!("\"{digest}\""))];
    let fresh = fresh.each_ref().map(|(name, value)| (*name, value.as_str()));
    let unchanged = check_with(&mut client, &format!("GET /v2/a/blobs/{digest}"), &fresh, b"", "304");
    assert_eq!(unchanged.body, b"");
}

#[test]
fn manifests_are_read_by_tag_and_digest() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    for (format, tag) in [(Format::Oci, "oci"), (Format::Docker, "docker")] {
        let layer = LayerBuilder::new().file("etc/a", tag).build(Compression::Gzip).unwrap();
        let image = ImageBuilder::new().format(format).layer(layer).build();
        pushed(&server, "team/app", tag, &image);
        let Document { media_type, bytes, digest } = &image.manifest;
        for reference in [tag.to_owned(), digest.to_string()] {
            let request = format!("/v2/team/app/manifests/{reference}");
            let got = check(&mut client, &format!("GET {request}"), "200");
            assert_eq!(&got.body, bytes);
            let head = check(&mut client, &format!("HEAD {request}"), "200");
            assert_eq!(head.body, b"");
            for response in [&got, &head] {
                check_header(response, "content-type", media_type);
                check_header(response, "content-length", &bytes.len().to_string());
                check_header(response, "docker-content-digest", &digest.to_string());
                check_header(response, "etag", &format!("\"{digest}\""));
            }
            for tags in [format!("\"{digest}\""), format!("\"x\", W/\"{digest}\""), "*".to_owned()] {
                let unchanged =
                    check_with(&mut client, &format!("GET {request}"), &[("if-none-match", &tags)], b"", "304");
                check_header(&unchanged, "docker-content-digest", &digest.to_string());
            }
            check_with(&mut client, &format!("GET {request}"), &[("if-none-match", "\"other\"")], b"", "200");
        }
        let list = index(format, std::slice::from_ref(&image));
        push_document(&mut client, "team/app", "list", &list, "201");
        check_header(&check(&mut client, "GET /v2/team/app/manifests/list", "200"), "content-type", &list.media_type);
    }
    check(&mut client, "GET /v2/team/app/manifests/none", "404 MANIFEST_UNKNOWN");
    check(&mut client, "GET /v2/team/none/manifests/none", "404 NAME_UNKNOWN");
    check(&mut client, "HEAD /v2/team/app/manifests/none", "404");
}

#[test]
fn a_manifest_by_digest_takes_tags_along() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    let image = plain("tags");
    pushed(&server, "a", "first", &image);
    let Document { media_type, bytes, digest } = &image.manifest;
    let request = format!("PUT /v2/a/manifests/{digest}?tag=x&tag=y.1");
    let put = check_with(&mut client, &request, &[("content-type", media_type)], bytes, "201");
    check_header(&put, "oci-tag", "x, y.1");
    for tag in ["x", "y.1"] {
        let got = check(&mut client, &format!("GET /v2/a/manifests/{tag}"), "200");
        check_header(&got, "docker-content-digest", &digest.to_string());
    }
    assert_eq!(server.registry().tags("a").unwrap(), ["first", "x", "y.1"]);
}

#[test]
fn tags_move() {
    let scene = Scene::new();
    let server = scene.serve();
    let (old, new) = (plain("old"), plain("new"));
    pushed(&server, "a", "latest", &old);
    let mut registry = pushed(&server, "a", "latest", &new);
    assert_eq!(registry.manifest("a", "latest").unwrap().unwrap(), new.manifest);
    assert_eq!(registry.manifest("a", &old.manifest.digest.to_string()).unwrap().unwrap(), old.manifest);
}

#[test]
fn every_byte_of_a_manifest_is_kept() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    server.registry().push_blob("a", &Digest::sha256(b"{}"), b"{}").unwrap();
    let empty = Digest::sha256(b"{}");
    let text = format!(
        "{{\n\t\"schemaVersion\": 2,  \"mediaType\": \"{OCI_MANIFEST}\", \"x-unknown\": [1.0, 1e2, null, \"\\u00e9\"],\r\n \
         \"artifactType\": \"application/x\", \"config\": {{\"mediaType\": \"application/vnd.oci.empty.v1+json\", \
         \"digest\": \"{empty}\", \"size\": 2, \"data\": \"e30=\", \"future\": {{}}}}, \"layers\": [\
         {{\"mediaType\": \"application/vnd.oci.empty.v1+json\", \"digest\": \"{empty}\", \"size\": 2}}]}}\n\n"
    );
    let document = Document::new(OCI_MANIFEST, text.into_bytes());
    push_document(&mut client, "a", "odd", &document, "201");
    assert_eq!(check(&mut client, "GET /v2/a/manifests/odd", "200").body, document.bytes);
}

#[test]
fn layers_that_may_not_be_distributed_need_not_be_there() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    server.registry().push_blob("a", &Digest::sha256(b"{}"), b"{}").unwrap();
    let mut push = |tag: &str, media_type: &str, urls: &[&str], expect: &str| {
        let digest = Digest::sha256(b"elsewhere");
        let mut layer = json!({"mediaType": media_type, "digest": digest, "size": 9});
        if !urls.is_empty() {
            layer["urls"] = json!(urls);
        }
        push_document(&mut client, "a", tag, &artifact(&json!({"layers": [layer]})), expect);
    };
    let ordinary = "application/vnd.oci.image.layer.v1.tar+gzip";
    push("oci", "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", &[], "201");
    push("docker", "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", &[], "201");
    push("urls", ordinary, &["https://elsewhere.example/layer"], "201");
    push("ordinary", ordinary, &[], "404 MANIFEST_BLOB_UNKNOWN");
}

#[test]
fn schema_1_is_refused() {
    let scene = Scene::new();
    let server = scene.serve();
    let manifest = json!({"schemaVersion": 1, "name": "a", "tag": "old", "fsLayers": [], "history": []}).to_string();
    for media_type in [
        "application/vnd.docker.distribution.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
    ] {
        let headers = [("content-type", media_type)];
        let put = "PUT /v2/a/manifests/old";
        let refused = check_with(&mut server.http(), put, &headers, manifest.as_bytes(), "400 MANIFEST_INVALID");
        assert!(refused.text().contains("schema 1"), "{}", refused.text());
    }
    check(&mut server.http(), "GET /v2/a/manifests/old", "404 NAME_UNKNOWN");
}

#[test]
fn an_index_may_be_sparse_where_the_configuration_says_so() {
    let images = [plain("one"), plain("two")];
    let list = index(Format::Oci, &images);
    let scene = Scene::new();
    let server = scene.serve();
    let mut registry = pushed(&server, "a", "one", &images[0]);
    push_document(&mut server.http(), "a", "both", &list, "404 MANIFEST_BLOB_UNKNOWN");
    registry.push_image("a", "two", &images[1]).unwrap();
    push_document(&mut server.http(), "a", "both", &list, "201");
    let nested = index(Format::Oci, &[Image { manifest: list.clone(), ..plain("x") }]);
    push_document(&mut server.http(), "a", "nested", &nested, "201");
    drop(server);

    let server = scene.serve_with("sparse = true");
    pushed(&server, "b", "one", &images[0]);
    push_document(&mut server.http(), "b", "both", &list, "201");
    assert_eq!(server.registry().manifest("b", "both").unwrap().unwrap(), list);
}

#[test]
fn referrers_are_found_by_their_subject() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    server.registry().push_blob("a", &Digest::sha256(b"{}"), b"{}").unwrap();
    let subject = plain("subject");
    let list = |client: &mut Client, query: &str| {
        let request = format!("GET /v2/a/referrers/{}{query}", subject.manifest.digest);
        let response = check(client, &request, "200");
        check_header(&response, "content-type", OCI_INDEX);
        let applied = if query.is_empty() { "-" } else { "artifactType" };
        check_header(&response, "oci-filters-applied", applied);
        json(&response)
    };
    assert_eq!(list(&mut client, "")["manifests"], json!([]));

    // The subject is pushed after what refers to it.
    let refer = |kind: &str| {
        artifact(&json!({
            "artifactType": kind,
            "subject": subject.manifest.descriptor(),
            "annotations": {"org.example.kind": kind},
        }))
    };
    let (signature, sbom) = (refer("application/x-signature"), refer("application/x-sbom"));
    for document in [&signature, &sbom] {
        let request = format!("PUT /v2/a/manifests/{}", document.digest);
        let put = check_with(&mut client, &request, &[("content-type", OCI_MANIFEST)], &document.bytes, "201");
        check_header(&put, "oci-subject", &subject.manifest.digest.to_string());
    }
    pushed(&server, "a", "subject", &subject);

    let all = list(&mut client, "");
    assert_eq!((&all["schemaVersion"], &all["mediaType"]), (&json!(2), &json!(OCI_INDEX)));
    let mut expect =
        [(&signature, "application/x-signature"), (&sbom, "application/x-sbom")].map(|(document, kind)| {
            let mut descriptor = document.descriptor();
            descriptor["artifactType"] = json!(kind);
            descriptor["annotations"] = json!({"org.example.kind": kind});
            descriptor
        });
    let by_digest = |value: &Value| value["digest"].as_str().unwrap().to_owned();
    expect.sort_by_key(by_digest);
    let mut found = all["manifests"].as_array().unwrap().clone();
    found.sort_by_key(by_digest);
    assert_eq!(found, expect);

    let filtered = list(&mut client, "?artifactType=application%2Fx-sbom");
    assert_eq!(filtered["manifests"].as_array().unwrap().len(), 1);
    assert_eq!(filtered["manifests"][0]["digest"], sbom.digest.to_string());
    assert_eq!(list(&mut client, "?artifactType=application/none")["manifests"], json!([]));

    check(&mut client, &format!("DELETE /v2/a/manifests/{}", sbom.digest), "202");
    assert_eq!(list(&mut client, "")["manifests"].as_array().unwrap().len(), 1);
}

#[test]
fn tags_are_listed_in_pages() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    let image = plain("pages");
    for tag in ["c", "a", "b", "B", "1.0"] {
        pushed(&server, "team/app", tag, &image);
    }
    let mut page = |query: &str, expect: Value, link: &str| {
        let response = check(&mut client, &format!("GET /v2/team/app/tags/list{query}"), "200");
        assert_eq!(json(&response), json!({"name": "team/app", "tags": expect}), "{query}");
        check_header(&response, "link", link);
    };
    page("", json!(["1.0", "B", "a", "b", "c"]), "-");
    page("?n=2", json!(["1.0", "B"]), "</v2/team/app/tags/list?n=2&last=B>; rel=\"next\"");
    page("?n=2&last=B", json!(["a", "b"]), "</v2/team/app/tags/list?n=2&last=b>; rel=\"next\"");
    page("?n=2&last=b", json!(["c"]), "-");
    page("?n=5", json!(["1.0", "B", "a", "b", "c"]), "-");
    page("?last=not-a-tag-that-is-there", json!([]), "-");
    page("?n=0", json!([]), "-");
    check(&mut client, "GET /v2/team/app/tags/list?n=x", "400 PAGINATION_NUMBER_INVALID");
    check(&mut client, "GET /v2/team/none/tags/list", "404 NAME_UNKNOWN");
}

#[test]
fn repositories_are_listed_in_pages() {
    let scene = Scene::new();
    let server = scene.serve();
    let image = plain("catalog");
    for repository in ["b", "a/deep/one", "c"] {
        pushed(&server, repository, "1", &image);
    }
    let mut client = server.http();
    let first = check(&mut client, "GET /v2/_catalog?n=2", "200");
    assert_eq!(json(&first), json!({"repositories": ["a/deep/one", "b"]}));
    check_header(&first, "link", "</v2/_catalog?n=2&last=b>; rel=\"next\"");
    let last = check(&mut client, "GET /v2/_catalog?n=2&last=b", "200");
    assert_eq!(json(&last), json!({"repositories": ["c"]}));
    check_header(&last, "link", "-");
    assert_eq!(server.registry().catalog().unwrap(), ["a/deep/one", "b", "c"]);
}

#[test]
fn tags_manifests_and_blobs_are_deleted() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    let image = plain("deleted");
    pushed(&server, "a", "one", &image);
    pushed(&server, "a", "two", &image);
    pushed(&server, "b", "one", &image);
    let by_digest = format!("/v2/a/manifests/{}", image.manifest.digest);

    check(&mut client, "DELETE /v2/a/manifests/one", "202");
    check(&mut client, "GET /v2/a/manifests/one", "404 MANIFEST_UNKNOWN");
    check(&mut client, "DELETE /v2/a/manifests/one", "404 MANIFEST_UNKNOWN");
    check(&mut client, "GET /v2/a/manifests/two", "200");
    check(&mut client, &format!("GET {by_digest}"), "200");

    check(&mut client, &format!("DELETE {by_digest}"), "202");
    check(&mut client, &format!("GET {by_digest}"), "404 MANIFEST_UNKNOWN");
    check(&mut client, "GET /v2/a/manifests/two", "404 MANIFEST_UNKNOWN");
    assert_eq!(json(&check(&mut client, "GET /v2/a/tags/list", "200"))["tags"], json!([]));

    let blob = format!("/v2/a/blobs/{}", image.layers[0].digest);
    check(&mut client, &format!("DELETE {blob}"), "202");
    check(&mut client, &format!("GET {blob}"), "404 BLOB_UNKNOWN");
    check(&mut client, &format!("DELETE {blob}"), "404 BLOB_UNKNOWN");
    check(&mut client, "DELETE /v2/none/manifests/one", "404 NAME_UNKNOWN");

    // The other repository keeps what is its own.
    check(&mut client, "GET /v2/b/manifests/one", "200");
    check_blob(&mut client, "b", &image.layers[0].blob);
}

#[test]
fn a_body_may_be_streamed_into_every_verb() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = server.http();
    let blob = random_blob(9, 300_000);
    let digest = Digest::sha256(&blob);
    let mut send = |method: &'static str, path: String, reader: &mut &[u8], expect: u16| {
        let response = client.send(Request::new(method, path).body(Body::Chunked { reader, chunk: 10_000 })).unwrap();
        assert_eq!(response.status, expect, "{method}: {}", response.text());
        response
    };
    send("POST", format!("/v2/post/blobs/uploads/?digest={digest}"), &mut &blob[..], 201);
    let upload = start_upload(&mut server.http(), "put");
    let upload = location(&send("PATCH", upload, &mut &blob[..100_000], 202));
    send("PUT", format!("{upload}?digest={digest}"), &mut &blob[100_000..], 201);
    check_blob(&mut client, "post", &blob);
    check_blob(&mut client, "put", &blob);
}
