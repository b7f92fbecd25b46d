//! The Amazon ECR operations of layers: uploads in parts, what is there, and links to download by.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_testkit::sigv4::AwsClient;
use plimsoll_testkit::{Digest, RealBinary, random_blob};
use serde_json::{Value, json};

use crate::ecr_repositories::{done, ecr, missing, refused};
use crate::harness::{Scene, anonymous, check, check_header, check_with};
use crate::images::plain;

const ACCOUNT: &str = "000000000000";
const MIB: usize = 1 << 20;

fn begin(scene: &Scene) -> (RealBinary, AwsClient) {
    let server = scene.serve();
    let mut client = ecr(&server);
    done(&mut client, "CreateRepository", json!({ "repositoryName": "app" }));
    (server, client)
}

fn initiate(client: &mut AwsClient) -> String {
    let answer = done(client, "InitiateLayerUpload", json!({ "repositoryName": "app" }));
    assert_eq!(answer["partSize"], 10 * MIB);
    answer["uploadId"].as_str().unwrap().to_owned()
}

fn part(upload: &str, first: usize, bytes: &[u8]) -> Value {
    json!({
        "repositoryName": "app",
        "uploadId": upload,
        "partFirstByte": first,
        "partLastByte": (first + bytes.len()).saturating_sub(1),
        "layerPartBlob": STANDARD.encode(bytes),
    })
}

fn complete(upload: &str, digest: &Digest) -> Value {
    json!({ "repositoryName": "app", "uploadId": upload, "layerDigests": [digest.to_string()] })
}

/// Checks that an operation is refused with this code.
#[track_caller]
fn fails(client: &mut AwsClient, operation: &str, input: &Value, expect: &str) -> Value {
    let answer = client.call(operation, input).unwrap();
    assert_eq!((answer.status, answer.code()), (400, expect), "{}", answer.summary());
    answer.body
}

#[test]
fn a_layer_is_uploaded_in_parts() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let blob = random_blob(1, 11 * MIB);
    let digest = Digest::sha256(&blob);
    let upload = initiate(&mut client);
    for (first, end) in [(0, 5 * MIB), (5 * MIB, 10 * MIB), (10 * MIB, 11 * MIB)] {
        let answer = done(&mut client, "UploadLayerPart", part(&upload, first, &blob[first..end]));
        let expect = json!({
            "registryId": ACCOUNT, "repositoryName": "app", "uploadId": upload, "lastByteReceived": end - 1,
        });
        assert_eq!(answer, expect);
    }
    let answer = done(&mut client, "CompleteLayerUpload", complete(&upload, &digest));
    let expect = json!({
        "registryId": ACCOUNT, "repositoryName": "app", "uploadId": upload, "layerDigest": digest.to_string(),
    });
    assert_eq!(answer, expect);
    assert!(check(&mut server.http(), &format!("GET /v2/app/blobs/{digest}"), "200").body == blob);
    fails(&mut client, "CompleteLayerUpload", &complete(&upload, &digest), "UploadNotFoundException");
    let again = initiate(&mut client);
    done(&mut client, "UploadLayerPart", part(&again, 0, b"x"));
    fails(&mut client, "CompleteLayerUpload", &complete(&again, &digest), "LayerAlreadyExistsException");
}

#[test]
fn a_part_has_twenty_mebibytes_at_most() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let upload = initiate(&mut client);
    let blob = random_blob(2, 20 * MIB + 1);
    fails(&mut client, "UploadLayerPart", &part(&upload, 0, &blob), "InvalidParameterException");
    done(&mut client, "UploadLayerPart", part(&upload, 0, &blob[..20 * MIB]));
    let digest = Digest::sha256(&blob[..20 * MIB]);
    done(&mut client, "CompleteLayerUpload", complete(&upload, &digest));
    assert_eq!(server.registry().verify_blob("app", &digest).unwrap(), Some(20 << 20));
}

#[test]
fn parts_follow_each_other() {
    let scene = Scene::new();
    let (_server, mut client) = begin(&scene);
    let upload = initiate(&mut client);
    let invalid = |client: &mut AwsClient, input: &Value, last: usize| {
        let body = fails(client, "UploadLayerPart", input, "InvalidLayerPartException");
        for (member, expect) in [
            ("registryId", json!(ACCOUNT)),
            ("repositoryName", json!("app")),
            ("uploadId", json!(upload)),
            ("lastValidByteReceived", json!(last)),
        ] {
            assert_eq!(body[member], expect, "{member}");
        }
    };
    invalid(&mut client, &part(&upload, 5, b"late"), 0);
    done(&mut client, "UploadLayerPart", part(&upload, 0, b"hello"));
    invalid(&mut client, &part(&upload, 0, b"again"), 4);
    invalid(&mut client, &part(&upload, 6, b"gap"), 4);
    let mut wrong = part(&upload, 5, b"size");
    wrong["partLastByte"] = json!(5);
    invalid(&mut client, &wrong, 4);
    let mut wrong = part(&upload, 5, b"");
    wrong["partLastByte"] = json!(3);
    invalid(&mut client, &wrong, 4);
    done(&mut client, "UploadLayerPart", part(&upload, 5, b" there"));
    // The first of two parts is smaller than 5 MiB.
    let digest = Digest::sha256(b"hello there");
    fails(&mut client, "CompleteLayerUpload", &complete(&upload, &digest), "LayerPartTooSmallException");
    let mut far = part(&upload, 11, b"x");
    far["partFirstByte"] = json!(11);
    far["partLastByte"] = json!(u64::from(u32::MAX) << 20);
    invalid(&mut client, &far, 10);
}

#[test]
fn uploads_that_cannot_become_layers_are_refused() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let digest = Digest::sha256(b"layer");
    let empty = initiate(&mut client);
    fails(&mut client, "CompleteLayerUpload", &complete(&empty, &digest), "EmptyUploadException");
    done(&mut client, "UploadLayerPart", part(&empty, 0, b"other"));
    fails(&mut client, "CompleteLayerUpload", &complete(&empty, &digest), "InvalidLayerException");
    let unknown = "00000000-0000-4000-8000-000000000000";
    fails(&mut client, "UploadLayerPart", &part(unknown, 0, b"x"), "UploadNotFoundException");
    fails(&mut client, "CompleteLayerUpload", &complete(unknown, &digest), "UploadNotFoundException");
    fails(&mut client, "CompleteLayerUpload", &complete("nonsense", &digest), "InvalidParameterException");
    for operation in ["InitiateLayerUpload", "BatchCheckLayerAvailability", "GetDownloadUrlForLayer"] {
        let input = json!({
            "repositoryName": "none", "layerDigests": [digest.to_string()], "layerDigest": digest.to_string(),
        });
        refused(&mut client, operation, input, &missing("none"));
    }
    let mut input = part(unknown, 0, b"x");
    input["repositoryName"] = json!("none");
    refused(&mut client, "UploadLayerPart", input, &missing("none"));
    let mut input = part(&initiate(&mut client), 0, b"x");
    input["layerPartBlob"] = json!("no base64!");
    fails(&mut client, "UploadLayerPart", &input, "SerializationException");
    // An upload belongs to its repository.
    let upload = initiate(&mut client);
    done(&mut client, "CreateRepository", json!({ "repositoryName": "other" }));
    let mut input = part(&upload, 0, b"x");
    input["repositoryName"] = json!("other");
    fails(&mut client, "UploadLayerPart", &input, "UploadNotFoundException");
    check(&mut server.http(), &format!("HEAD /v2/app/blobs/{digest}"), "404");
}

#[test]
fn layers_are_looked_for_in_batches() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let image = plain("one");
    server.registry().push_image("app", "v1", &image).unwrap();
    let loose = Digest::sha256(b"loose");
    server.registry().push_blob("app", &loose, b"loose").unwrap();
    let (layer, absent) = (&image.layers[0], Digest::sha256(b"absent").to_string());
    let digests =
        json!([layer.digest.to_string(), image.config.digest.to_string(), loose.to_string(), absent, "nonsense", ""]);
    let input = json!({ "repositoryName": "app", "layerDigests": digests });
    let answer = done(&mut client, "BatchCheckLayerAvailability", input);
    let found = |digest: String, size: usize, media: &str| json!({ "layerDigest": digest, "layerAvailability": "AVAILABLE", "layerSize": size, "mediaType": media });
    let expect = json!([
        found(layer.digest.to_string(), layer.blob.len(), layer.oci_media_type()),
        found(image.config.digest.to_string(), image.config.bytes.len(), "application/vnd.oci.image.config.v1+json"),
        { "layerDigest": loose.to_string(), "layerAvailability": "AVAILABLE", "layerSize": 5 },
        { "layerDigest": absent, "layerAvailability": "UNAVAILABLE" },
    ]);
    assert_eq!(answer["layers"], expect);
    let failures: Vec<_> =
        answer["failures"].as_array().unwrap().iter().map(|failure| &failure["failureCode"]).collect();
    assert_eq!(failures, ["InvalidLayerDigest", "MissingLayerDigest"]);
    let many: Vec<String> = (0..101).map(|_| absent.clone()).collect();
    let input = json!({ "repositoryName": "app", "layerDigests": many });
    fails(&mut client, "BatchCheckLayerAvailability", &input, "InvalidParameterException");
}

#[test]
fn a_link_leads_to_the_layer_without_credentials() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let image = plain("one");
    server.registry().push_image("app", "v1", &image).unwrap();
    let (layer, loose) = (&image.layers[0], Digest::sha256(b"loose"));
    server.registry().push_blob("app", &loose, b"loose").unwrap();
    let input = |digest: String| json!({ "repositoryName": "app", "layerDigest": digest });
    fails(&mut client, "GetDownloadUrlForLayer", &input(loose.to_string()), "LayerInaccessibleException");
    let absent = Digest::sha256(b"absent").to_string();
    fails(&mut client, "GetDownloadUrlForLayer", &input(absent), "LayersNotFoundException");

    let answer = done(&mut client, "GetDownloadUrlForLayer", input(layer.digest.to_string()));
    assert_eq!(answer["layerDigest"], layer.digest.to_string());
    let url = answer["downloadUrl"].as_str().unwrap();
    let path = url.strip_prefix(&format!("http://{}", server.address())).unwrap();
    let http = &mut anonymous(&server);
    assert_eq!(check(http, &format!("GET {path}"), "200").body, layer.blob);
    let part = check_with(http, &format!("GET {path}"), &[("range", "bytes=1-3")], b"", "206");
    assert_eq!(part.body, layer.blob[1..4]);
    check_header(&check(http, &format!("HEAD {path}"), "200"), "content-length", &layer.blob.len().to_string());

    let (link, ticket) = path.split_once("?ticket=").unwrap();
    for path in [
        link.to_owned(),
        format!("{link}?ticket="),
        format!("{link}?ticket={}", &ticket[1..]),
        format!("/layers/{}?ticket={ticket}", image.config.digest),
        format!("/layers/?ticket={ticket}"),
    ] {
        check(http, &format!("GET {path}"), "403");
    }
    check(http, &format!("POST {path}"), "405");
    // A link stands for who asked for it, and for what there was.
    done(&mut client, "BatchDeleteImage", json!({ "repositoryName": "app", "imageIds": [{ "imageTag": "v1" }] }));
    check(http, &format!("GET {path}"), "404");
    done(&mut client, "DeleteRepository", json!({ "repositoryName": "app", "force": true }));
    check(http, &format!("GET {path}"), "404");
}
