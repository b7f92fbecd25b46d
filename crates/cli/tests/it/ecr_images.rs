//! The Amazon ECR operations of images: what each answers, with which code and text it refuses, and how what docker sees
//! agrees with it.

use plimsoll_testkit::http::Client;
use plimsoll_testkit::image::{Document, Format, Image, ImageBuilder, index};
use plimsoll_testkit::layer::{Compression, LayerBuilder};
use plimsoll_testkit::sigv4::{AwsClient, Signer};
use plimsoll_testkit::{Credentials, RealBinary};
use serde_json::{Value, json};

use crate::ecr_repositories::{done, ecr, missing, refused, violates};
use crate::harness::{Scene, check, check_with};
use crate::images::{CRITICAL, advisory, plain, python_image};

const ACCOUNT: &str = "000000000000";
const READ_ONLY: &str = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly";
const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";

fn text(document: &Document) -> String {
    String::from_utf8(document.bytes.clone()).unwrap()
}

/// Puts the blobs of an image into a repository.
fn push_blobs(server: &RealBinary, repository: &str, image: &Image) {
    for (digest, bytes) in image.blobs() {
        server.registry().push_blob(repository, &digest, bytes).unwrap();
    }
}

/// Puts an image with its blobs and answers its digest.
fn put(server: &RealBinary, client: &mut AwsClient, repository: &str, tag: &str, image: &Image) -> String {
    push_blobs(server, repository, image);
    let input = json!({ "repositoryName": repository, "imageManifest": text(&image.manifest), "imageTag": tag });
    done(client, "PutImage", input);
    image.manifest.digest.to_string()
}

/// A server with the repository `app`.
fn begin(scene: &Scene) -> (RealBinary, AwsClient) {
    let server = scene.serve();
    let mut client = ecr(&server);
    done(&mut client, "CreateRepository", json!({ "repositoryName": "app" }));
    (server, client)
}

fn ids(answer: &Value) -> Vec<String> {
    let list = answer["imageIds"].as_array().unwrap();
    list.iter().map(|id| id["imageTag"].as_str().unwrap_or("-").to_owned()).collect()
}

fn artifact(subject: &str, kind: &str) -> Document {
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "artifactType": kind,
        "config": { "mediaType": "application/vnd.oci.empty.v1+json", "digest": plimsoll_testkit::Digest::sha256(b"{}").to_string(), "size": 2 },
        "layers": [],
        "subject": { "mediaType": OCI_MANIFEST, "digest": subject, "size": 1 },
        "annotations": { "kind": kind },
    });
    Document::json(OCI_MANIFEST, &manifest)
}

#[test]
fn an_image_is_put_got_and_described() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let image = plain("one");
    let digest = image.manifest.digest.to_string();
    push_blobs(&server, "app", &image);
    let input = json!({ "repositoryName": "app", "imageManifest": text(&image.manifest), "imageTag": "v1" });
    let answer = done(&mut client, "PutImage", input);
    let expect = json!({
        "registryId": ACCOUNT,
        "repositoryName": "app",
        "imageId": { "imageDigest": digest, "imageTag": "v1" },
        "imageManifest": text(&image.manifest),
        "imageManifestMediaType": OCI_MANIFEST,
    });
    assert_eq!(answer["image"], expect);
    check(&mut server.http(), "GET /v2/app/manifests/v1", "200");

    let get = |client: &mut AwsClient, id: Value| {
        done(client, "BatchGetImage", json!({ "repositoryName": "app", "imageIds": [id] }))
    };
    assert_eq!(get(&mut client, json!({ "imageTag": "v1" }))["images"][0], expect);
    let by_digest = &get(&mut client, json!({ "imageDigest": digest }))["images"][0];
    assert_eq!(
        (&by_digest["imageId"], &by_digest["imageManifest"]),
        (&json!({ "imageDigest": digest }), &expect["imageManifest"])
    );

    let size: u64 = image.blobs().map(|(_, bytes)| bytes.len() as u64).sum();
    let mut details = done(&mut client, "DescribeImages", json!({ "repositoryName": "app" }));
    let detail = details["imageDetails"][0].as_object_mut().unwrap();
    for time in ["imagePushedAt", "lastRecordedPullTime"] {
        assert!(detail.remove(time).unwrap().as_f64().unwrap() > 1_700_000_000.0, "{time}");
    }
    detail.remove("imageScanStatus");
    detail.remove("imageScanFindingsSummary");
    let expect = json!({
        "registryId": ACCOUNT,
        "repositoryName": "app",
        "imageDigest": digest,
        "imageTags": ["v1"],
        "imageSizeInBytes": size,
        "imageManifestMediaType": OCI_MANIFEST,
        "artifactMediaType": "application/vnd.oci.image.config.v1+json",
        "imageStatus": "ACTIVE",
    });
    assert_eq!(details["imageDetails"][0], expect);
    assert_eq!(details.get("nextToken"), None);
}

#[test]
fn put_image_says_what_is_there_already() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let input = json!({ "repositoryName": "fixed", "imageTagMutability": "IMMUTABLE" });
    done(&mut client, "CreateRepository", input);
    for repository in ["app", "fixed"] {
        let (one, two) = (plain("one"), plain("two"));
        let digest = put(&server, &mut client, repository, "v1", &one);
        push_blobs(&server, repository, &two);
        let input = |image: &Image, tag: Option<&str>| {
            let mut input = json!({ "repositoryName": repository, "imageManifest": text(&image.manifest) });
            if let Some(tag) = tag {
                input["imageTag"] = json!(tag);
            }
            input
        };
        let exists = |tag: &str| {
            format!(
                "ImageAlreadyExistsException: Image with digest '{digest}'{tag} already exists in the repository with name \
                 '{repository}' in registry with id '{ACCOUNT}'"
            )
        };
        refused(&mut client, "PutImage", input(&one, Some("v1")), &exists(" and tag 'v1'"));
        refused(&mut client, "PutImage", input(&one, None), &exists(""));
        done(&mut client, "PutImage", input(&one, Some("v2")));
        if repository == "app" {
            done(&mut client, "PutImage", input(&two, Some("v1")));
            check(&mut server.http(), &format!("GET /v2/app/manifests/{digest}"), "200");
        } else {
            let expect = "ImageTagAlreadyExistsException: The image tag 'v1' already exists in the 'fixed' repository and \
                          cannot be overwritten because the tag is immutable.";
            refused(&mut client, "PutImage", input(&two, Some("v1")), expect);
            let path = "PUT /v2/fixed/manifests/v1";
            let media = [("content-type", OCI_MANIFEST)];
            let refused = check_with(&mut server.http(), path, &media, &two.manifest.bytes, "400 TAG_INVALID");
            let expect = "The image tag 'v1' already exists in the 'fixed' repository and cannot be overwritten because the \
                          tag is immutable.";
            assert!(refused.text().contains(expect), "{}", refused.text());
            check_with(&mut server.http(), path, &media, &one.manifest.bytes, "400 TAG_INVALID");
        }
    }
}

#[test]
fn the_same_push_to_an_immutable_tag_may_be_let_through() {
    let scene = Scene::new();
    let server = scene.serve_with("[repositories]\naccept_same_push = true\n");
    let mut client = ecr(&server);
    done(&mut client, "CreateRepository", json!({ "repositoryName": "app", "imageTagMutability": "IMMUTABLE" }));
    let (one, two) = (plain("one"), plain("two"));
    server.registry().push_image("app", "v1", &one).unwrap();
    server.registry().push_image("app", "v1", &one).unwrap();
    push_blobs(&server, "app", &two);
    let media = [("content-type", OCI_MANIFEST)];
    check_with(&mut server.http(), "PUT /v2/app/manifests/v1", &media, &two.manifest.bytes, "400 TAG_INVALID");
    let input = json!({ "repositoryName": "app", "imageManifest": text(&one.manifest), "imageTag": "v1" });
    assert_eq!(client.call("PutImage", &input).unwrap().code(), "ImageAlreadyExistsException");
}

#[test]
fn put_image_refuses_what_is_wrong() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let image = plain("one");
    let input = |changes: Value| {
        let mut input = json!({ "repositoryName": "app", "imageManifest": text(&image.manifest), "imageTag": "v1" });
        for (member, value) in changes.as_object().unwrap() {
            input[member] = value.clone();
        }
        input
    };
    let code = |client: &mut AwsClient, input: Value, expect: &str| {
        let answer = client.call("PutImage", &input).unwrap();
        assert_eq!((answer.status, answer.code()), (400, expect), "{}", answer.summary());
    };
    code(&mut client, input(json!({})), "LayersNotFoundException");
    push_blobs(&server, "app", &image);
    let other = format!("sha256:{}", "0".repeat(64));
    code(&mut client, input(json!({ "imageDigest": other })), "ImageDigestDoesNotMatchException");
    code(&mut client, input(json!({ "imageManifest": "{}" })), "InvalidParameterException");
    code(&mut client, input(json!({ "imageManifest": "no JSON" })), "InvalidParameterException");
    refused(&mut client, "PutImage", input(json!({ "repositoryName": "none" })), &missing("none"));
    let pattern = "must satisfy regular expression '[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}'";
    violates(&mut client, "PutImage", input(json!({ "imageTag": "a b" })), "imageTag", pattern);
    violates(&mut client, "PutImage", input(json!({ "imageTag": "a".repeat(129) })), "imageTag", pattern);
    let longest = "Member must have length less than or equal to 300";
    violates(&mut client, "PutImage", input(json!({ "imageTag": "a".repeat(301) })), "imageTag", longest);
    let longest = "Member must have length less than or equal to 4194304";
    let large = " ".repeat(4_194_305);
    violates(&mut client, "PutImage", input(json!({ "imageManifest": large })), "imageManifest", longest);
    let list = index(Format::Oci, std::slice::from_ref(&image));
    code(&mut client, input(json!({ "imageManifest": text(&list) })), "ReferencedImagesNotFoundException");

    // A manifest that does not say what it is needs somebody who does.
    let mut bare: Value = serde_json::from_slice(&image.manifest.bytes).unwrap();
    bare.as_object_mut().unwrap().remove("mediaType");
    let bare = |media: Option<&str>| {
        let mut input = input(json!({ "imageManifest": bare.to_string(), "imageTag": "bare" }));
        if let Some(media) = media {
            input["imageManifestMediaType"] = json!(media);
        }
        input
    };
    code(&mut client, bare(None), "InvalidParameterException");
    let answer = done(&mut client, "PutImage", bare(Some(OCI_MANIFEST)));
    assert_eq!(answer["image"]["imageManifestMediaType"], OCI_MANIFEST);
    assert_eq!(ids(&done(&mut client, "ListImages", json!({ "repositoryName": "app" }))), ["bare"]);
}

#[test]
fn what_cannot_be_got_or_deleted_is_among_the_failures() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let digest = put(&server, &mut client, "app", "v1", &plain("one"));
    put(&server, &mut client, "app", "v2", &plain("two"));
    let absent = format!("sha256:{}", "0".repeat(64));
    let pattern = "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'";
    for operation in ["BatchGetImage", "BatchDeleteImage"] {
        for (id, code, reason) in [
            (json!({}), "MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null"),
            (json!({ "imageDigest": "nonsense" }), "InvalidImageDigest", pattern),
            (json!({ "imageTag": "none" }), "ImageNotFound", "Requested image not found"),
            (json!({ "imageDigest": absent }), "ImageNotFound", "Requested image not found"),
            (json!({ "imageDigest": "sha256:abc" }), "ImageNotFound", "Requested image not found"),
            (
                json!({ "imageDigest": digest, "imageTag": "v2" }),
                "ImageTagDoesNotMatchDigest",
                "Requested image tag does not match the requested digest",
            ),
        ] {
            let answer = done(&mut client, operation, json!({ "repositoryName": "app", "imageIds": [id] }));
            let failure = json!({ "imageId": id, "failureCode": code, "failureReason": reason });
            assert_eq!(answer["failures"], json!([failure]), "{operation}");
        }
        let input = json!({ "repositoryName": "none", "imageIds": [{ "imageTag": "v1" }] });
        refused(&mut client, operation, input, &missing("none"));
        let input = json!({ "repositoryName": "none", "imageIds": [{}] });
        refused(&mut client, operation, input, &missing("none"));
    }
    // One that fails does not keep the others from their answers.
    let input = json!({ "repositoryName": "app", "imageIds": [{ "imageTag": "none" }, { "imageTag": "v1" }, { "imageTag": "v2" }] });
    let answer = done(&mut client, "BatchGetImage", input);
    assert_eq!((answer["images"].as_array().unwrap().len(), answer["failures"].as_array().unwrap().len()), (2, 1));
}

#[test]
fn accepted_media_types_say_what_is_got() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let image = plain("one");
    put(&server, &mut client, "app", "image", &image);
    let list = index(Format::Oci, &[image]);
    done(&mut client, "PutImage", json!({ "repositoryName": "app", "imageManifest": text(&list), "imageTag": "list" }));
    for (tag, accepted, got) in [
        ("image", json!([OCI_MANIFEST]), true),
        ("image", json!([OCI_INDEX]), false),
        ("image", json!([OCI_INDEX, OCI_MANIFEST]), true),
        ("list", json!([OCI_INDEX]), true),
        ("list", json!([OCI_MANIFEST]), false),
    ] {
        let input =
            json!({ "repositoryName": "app", "imageIds": [{ "imageTag": tag }], "acceptedMediaTypes": accepted });
        let answer = done(&mut client, "BatchGetImage", input);
        assert_eq!(answer["images"].as_array().unwrap().len() == 1, got, "{tag} {accepted}");
        assert_eq!(answer["failures"][0]["failureCode"] == "ImageNotFound", !got, "{tag} {accepted}");
    }
}

#[test]
fn deleting_names_every_tag_that_went() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let (one, two) = (plain("one"), plain("two"));
    let digest = put(&server, &mut client, "app", "a", &one);
    for tag in ["b", "c"] {
        let input = json!({ "repositoryName": "app", "imageManifest": text(&one.manifest), "imageTag": tag });
        done(&mut client, "PutImage", input);
    }
    let delete = |client: &mut AwsClient, ids: Value| {
        done(client, "BatchDeleteImage", json!({ "repositoryName": "app", "imageIds": ids }))
    };
    let named = |tag: &str| json!({ "imageDigest": digest, "imageTag": tag });
    assert_eq!(delete(&mut client, json!([{ "imageTag": "b" }]))["imageIds"], json!([named("b")]));
    check(&mut server.http(), "GET /v2/app/manifests/a", "200");
    assert_eq!(
        delete(&mut client, json!([{ "imageDigest": digest }, { "imageDigest": digest }])),
        json!({ "imageIds": [named("a"), named("c")], "failures": [] })
    );
    check(&mut server.http(), &format!("GET /v2/app/manifests/{digest}"), "404 MANIFEST_UNKNOWN");
    // The last tag takes the image with it.
    let digest = put(&server, &mut client, "app", "only", &two);
    delete(&mut client, json!([{ "imageTag": "only" }]));
    check(&mut server.http(), &format!("GET /v2/app/manifests/{digest}"), "404 MANIFEST_UNKNOWN");

    let child = put(&server, &mut client, "app", "child", &two);
    let list = index(Format::Oci, &[two]);
    let input = json!({ "repositoryName": "app", "imageManifest": text(&list), "imageTag": "list" });
    done(&mut client, "PutImage", input);
    let refused = delete(&mut client, json!([{ "imageDigest": child }]));
    let reason = format!("Requested image referenced by manifest list: [{}]", list.digest);
    let failure = json!({
        "imageId": { "imageDigest": child },
        "failureCode": "ImageReferencedByManifestList",
        "failureReason": reason,
    });
    assert_eq!(refused, json!({ "imageIds": [], "failures": [failure] }));
    let both = delete(&mut client, json!([{ "imageDigest": child }, { "imageTag": "list" }]));
    assert_eq!(both["failures"], json!([]));
    assert_eq!(ids(&done(&mut client, "ListImages", json!({ "repositoryName": "app" }))), [""; 0]);
}

#[test]
fn lists_go_by_pages_and_filters() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    for number in 0..5 {
        put(&server, &mut client, "app", &format!("v{number}"), &plain(&number.to_string()));
    }
    let untagged = plain("untagged");
    push_blobs(&server, "app", &untagged);
    done(&mut client, "PutImage", json!({ "repositoryName": "app", "imageManifest": text(&untagged.manifest) }));

    for (operation, list) in [("ListImages", "imageIds"), ("DescribeImages", "imageDetails")] {
        let (mut sizes, mut token) = (Vec::new(), Value::Null);
        loop {
            let input = json!({ "repositoryName": "app", "maxResults": 4, "nextToken": token });
            let mut answer = done(&mut client, operation, input);
            sizes.push(answer[list].as_array().unwrap().len());
            token = answer["nextToken"].take();
            if token.is_null() {
                break;
            }
            // The token is for this list alone.
            let input = json!({ "repositoryName": "app", "maxResults": 4, "nextToken": token, "filter": { "tagStatus": "TAGGED" } });
            assert_eq!(client.call(operation, &input).unwrap().code(), "InvalidParameterException");
        }
        assert_eq!(sizes, [4, 2], "{operation}");
        for (status, expect) in [("TAGGED", 5), ("UNTAGGED", 1), ("ANY", 6)] {
            let input = json!({ "repositoryName": "app", "filter": { "tagStatus": status } });
            assert_eq!(
                done(&mut client, operation, input)[list].as_array().unwrap().len(),
                expect,
                "{operation} {status}"
            );
        }
        refused(&mut client, operation, json!({ "repositoryName": "none" }), &missing("none"));
        for most in [0, 1001] {
            let answer = client.call(operation, &json!({ "repositoryName": "app", "maxResults": most })).unwrap();
            assert_eq!(answer.code(), "InvalidParameterException", "{operation} {most}");
        }
        let input = json!({ "repositoryName": "app", "nextToken": "nonsense" });
        assert_eq!(client.call(operation, &input).unwrap().code(), "InvalidParameterException");
    }
    let ids = json!([{ "imageTag": "v1" }]);
    for member in ["maxResults", "nextToken"] {
        let mut input = json!({ "repositoryName": "app", "imageIds": ids });
        input[member] = if member == "maxResults" { json!(1) } else { json!("x") };
        assert_eq!(client.call("DescribeImages", &input).unwrap().code(), "InvalidParameterException", "{member}");
    }
}

#[test]
fn a_page_has_a_hundred_where_nobody_says() {
    let scene = Scene::new();
    let (_server, mut client) = begin(&scene);
    let mut digests = Vec::new();
    for number in 0..101 {
        let list = json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [], "annotations": { "n": number.to_string() } });
        let input = json!({ "repositoryName": "app", "imageManifest": list.to_string() });
        digests.push(done(&mut client, "PutImage", input)["image"]["imageId"].take());
    }
    for (operation, list) in [("ListImages", "imageIds"), ("DescribeImages", "imageDetails")] {
        let first = done(&mut client, operation, json!({ "repositoryName": "app" }));
        assert_eq!(first[list].as_array().unwrap().len(), 100, "{operation}");
        let input = json!({ "repositoryName": "app", "nextToken": first["nextToken"] });
        let rest = done(&mut client, operation, input);
        assert_eq!((rest[list].as_array().unwrap().len(), rest.get("nextToken")), (1, None), "{operation}");
        let all = done(&mut client, operation, json!({ "repositoryName": "app", "maxResults": 1000 }));
        assert_eq!((all[list].as_array().unwrap().len(), all.get("nextToken")), (101, None), "{operation}");
    }
    for operation in ["DescribeImages", "BatchGetImage", "BatchDeleteImage"] {
        let input = json!({ "repositoryName": "app", "imageIds": digests });
        let most = "Member must have length less than or equal to 100";
        violates(&mut client, operation, input, "imageIds", most);
    }
}

#[test]
fn an_image_that_is_not_there_is_named_with_its_halves() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let digest = put(&server, &mut client, "app", "v1", &plain("one"));
    let absent = format!("sha256:{}", "0".repeat(64));
    for (id, named) in [
        (json!({ "imageTag": "none" }), "{imageDigest:'null', imageTag:'none'}".to_owned()),
        (json!({ "imageDigest": absent }), format!("{{imageDigest:'{absent}', imageTag:'null'}}")),
        (json!({ "imageDigest": digest, "imageTag": "none" }), format!("{{imageDigest:'{digest}', imageTag:'none'}}")),
    ] {
        let expect = format!(
            "ImageNotFoundException: The image with imageId {named} does not exist within the repository with name 'app' in \
             the registry with id '{ACCOUNT}'"
        );
        let input = json!({ "repositoryName": "app", "imageIds": [{ "imageTag": "v1" }, id] });
        refused(&mut client, "DescribeImages", input, &expect);
        let input = json!({ "repositoryName": "app", "imageId": id, "targetStorageClass": "ARCHIVE" });
        refused(&mut client, "UpdateImageStorageClass", input, &expect);
    }
    let input = json!({ "repositoryName": "app", "imageIds": [{ "imageTag": "v1" }, { "imageDigest": digest }] });
    assert_eq!(done(&mut client, "DescribeImages", input)["imageDetails"].as_array().unwrap().len(), 1);
}

#[test]
fn an_archived_image_is_out_of_reach_until_it_is_restored_or_pushed_again() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let image = plain("one");
    let digest = put(&server, &mut client, "app", "v1", &image);
    let move_to = |client: &mut AwsClient, class: &str| {
        let input = json!({ "repositoryName": "app", "imageId": { "imageTag": "v1" }, "targetStorageClass": class });
        done(client, "UpdateImageStorageClass", input)
    };
    let list = |client: &mut AwsClient, status: Option<&str>| {
        let mut input = json!({ "repositoryName": "app" });
        if let Some(status) = status {
            input["filter"] = json!({ "imageStatus": status });
        }
        let described = done(client, "DescribeImages", input.clone())["imageDetails"].as_array().unwrap().len();
        let listed = done(client, "ListImages", input)["imageIds"].as_array().unwrap().len();
        assert_eq!(described, listed);
        listed
    };
    let expect = json!({
        "registryId": ACCOUNT,
        "repositoryName": "app",
        "imageId": { "imageDigest": digest, "imageTag": "v1" },
        "imageStatus": "ARCHIVED",
    });
    assert_eq!(move_to(&mut client, "ARCHIVE"), expect);
    assert_eq!(move_to(&mut client, "ARCHIVE"), expect);
    let http = &mut server.http();
    for reference in ["v1", digest.as_str()] {
        check(http, &format!("GET /v2/app/manifests/{reference}"), "404 MANIFEST_UNKNOWN");
        check(http, &format!("HEAD /v2/app/manifests/{reference}"), "404");
    }
    let input = json!({ "repositoryName": "app", "imageIds": [{ "imageTag": "v1" }] });
    let failure = &done(&mut client, "BatchGetImage", input)["failures"][0];
    assert_eq!(failure["failureCode"], "ImageInaccessible");
    for (status, expect) in
        [(None, 0), (Some("ACTIVE"), 0), (Some("ARCHIVED"), 1), (Some("ACTIVATING"), 0), (Some("ANY"), 1)]
    {
        assert_eq!(list(&mut client, status), expect, "{status:?}");
    }
    let input = json!({ "repositoryName": "app", "filter": { "imageStatus": "ARCHIVED" } });
    let detail = done(&mut client, "DescribeImages", input)["imageDetails"][0].take();
    assert!(detail["lastArchivedAt"].is_f64() && detail["lastActivatedAt"].is_null(), "{detail}");
    let layer = image.layers[0].digest.to_string();
    let input = json!({ "repositoryName": "app", "layerDigests": [layer] });
    let answer = done(&mut client, "BatchCheckLayerAvailability", input);
    assert_eq!(answer["layers"][0]["layerAvailability"], "ARCHIVED");
    let input = json!({ "repositoryName": "app", "layerDigest": layer });
    assert_eq!(client.call("GetDownloadUrlForLayer", &input).unwrap().code(), "LayerInaccessibleException");

    assert_eq!(move_to(&mut client, "STANDARD")["imageStatus"], "ACTIVE");
    check(http, "GET /v2/app/manifests/v1", "200");
    move_to(&mut client, "ARCHIVE");
    server.registry().push_image("app", "v1", &image).unwrap();
    check(http, "GET /v2/app/manifests/v1", "200");
    let detail = done(&mut client, "DescribeImages", json!({ "repositoryName": "app" }))["imageDetails"][0].take();
    assert!(detail["lastArchivedAt"].is_f64() && detail["lastActivatedAt"].is_f64(), "{detail}");

    let list = index(Format::Oci, &[image]);
    done(&mut client, "PutImage", json!({ "repositoryName": "app", "imageManifest": text(&list), "imageTag": "list" }));
    let input = json!({ "repositoryName": "app", "imageId": { "imageTag": "v1" }, "targetStorageClass": "ARCHIVE" });
    let answer = client.call("UpdateImageStorageClass", &input).unwrap();
    assert_eq!(answer.code(), "ImageStorageClassUpdateNotSupportedException");
}

#[test]
fn an_archived_image_can_be_deleted_and_its_tag_taken() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let (one, two) = (plain("one"), plain("two"));
    let digest = put(&server, &mut client, "app", "v1", &one);
    let archive = json!({ "repositoryName": "app", "imageId": { "imageTag": "v1" }, "targetStorageClass": "ARCHIVE" });
    done(&mut client, "UpdateImageStorageClass", archive.clone());
    let listed = |client: &mut AwsClient, status: &str| {
        let input = json!({ "repositoryName": "app", "filter": { "imageStatus": status } });
        ids(&done(client, "ListImages", input))
    };
    put(&server, &mut client, "app", "v1", &two);
    assert_eq!((listed(&mut client, "ACTIVE"), listed(&mut client, "ARCHIVED")), (vec!["v1".into()], vec!["-".into()]));
    let delete = json!({ "repositoryName": "app", "imageIds": [{ "imageDigest": digest }] });
    let deleted = done(&mut client, "BatchDeleteImage", delete);
    assert_eq!(deleted, json!({ "imageIds": [{ "imageDigest": digest }], "failures": [] }));
    assert_eq!(listed(&mut client, "ANY"), ["v1"]);
    for class in ["archive", "GLACIER"] {
        let input = json!({ "repositoryName": "app", "imageId": { "imageTag": "v1" }, "targetStorageClass": class });
        assert_eq!(client.call("UpdateImageStorageClass", &input).unwrap().code(), "InvalidParameterException");
    }
    let mut elsewhere = archive;
    elsewhere["repositoryName"] = json!("none");
    refused(&mut client, "UpdateImageStorageClass", elsewhere, &missing("none"));
}

#[test]
fn an_index_is_as_large_as_its_largest_child() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let layer = |size: usize| LayerBuilder::new().file("f", vec![b'x'; size]).build(Compression::None).unwrap();
    let small = ImageBuilder::new().layer(layer(1_000)).build();
    let large = ImageBuilder::new().layer(layer(100_000)).platform("linux", "arm64").build();
    put(&server, &mut client, "app", "small", &small);
    put(&server, &mut client, "app", "large", &large);
    let list = index(Format::Oci, &[small, large]);
    done(&mut client, "PutImage", json!({ "repositoryName": "app", "imageManifest": text(&list), "imageTag": "list" }));
    let size = |client: &mut AwsClient, tag: &str| {
        let input = json!({ "repositoryName": "app", "imageIds": [{ "imageTag": tag }] });
        done(client, "DescribeImages", input)["imageDetails"][0]["imageSizeInBytes"].as_u64().unwrap()
    };
    let (small, large) = (size(&mut client, "small"), size(&mut client, "large"));
    assert!(small < large && large > 100_000);
    assert_eq!(size(&mut client, "list"), large);
}

#[test]
fn referrers_are_listed_by_type_and_status() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let subject = put(&server, &mut client, "app", "v1", &plain("one"));
    server.registry().push_blob("app", &plimsoll_testkit::Digest::sha256(b"{}"), b"{}").unwrap();
    let mut digests = Vec::new();
    for number in 0..25 {
        let kind = if number % 2 == 0 { "application/sig" } else { "application/bom" };
        let mut referrer: Value = serde_json::from_slice(&artifact(&subject, kind).bytes).unwrap();
        referrer["annotations"]["number"] = json!(number.to_string());
        let input = json!({ "repositoryName": "app", "imageManifest": referrer.to_string() });
        let answer = done(&mut client, "PutImage", input);
        digests.push(answer["image"]["imageId"]["imageDigest"].as_str().unwrap().to_owned());
    }
    let input = |changes: Value| {
        let mut input = json!({ "repositoryName": "app", "subjectId": { "imageDigest": subject } });
        for (member, value) in changes.as_object().unwrap() {
            input[member] = value.clone();
        }
        input
    };
    let count = |answer: &Value| answer["referrers"].as_array().unwrap().len();
    let first = done(&mut client, "ListImageReferrers", input(json!({})));
    assert_eq!(count(&first), 20);
    let entry = &first["referrers"][0];
    assert_eq!(
        (&entry["digest"], &entry["artifactType"], &entry["artifactStatus"], &entry["annotations"]["kind"]),
        (&json!(digests[0]), &json!("application/sig"), &json!("ACTIVE"), &json!("application/sig"))
    );
    let rest = done(&mut client, "ListImageReferrers", input(json!({ "nextToken": first["nextToken"] })));
    assert_eq!((count(&rest), rest.get("nextToken")), (5, None));
    let bom = input(json!({ "maxResults": 50, "filter": { "artifactTypes": ["application/bom"] } }));
    assert_eq!(count(&done(&mut client, "ListImageReferrers", bom)), 12);
    let id =
        json!({ "repositoryName": "app", "imageId": { "imageDigest": digests[0] }, "targetStorageClass": "ARCHIVE" });
    done(&mut client, "UpdateImageStorageClass", id);
    for (status, expect) in [(Value::Null, 24), (json!("ACTIVE"), 24), (json!("ARCHIVED"), 1), (json!("ANY"), 25)] {
        let asked = input(json!({ "maxResults": 50, "filter": { "artifactStatus": status } }));
        assert_eq!(count(&done(&mut client, "ListImageReferrers", asked)), expect, "{status}");
    }
    let detail = done(
        &mut client,
        "DescribeImages",
        json!({ "repositoryName": "app", "imageIds": [{ "imageDigest": digests[1] }] }),
    );
    assert_eq!(detail["imageDetails"][0]["subjectManifestDigest"], subject.as_str());
    assert_eq!(detail["imageDetails"][0]["artifactMediaType"], "application/bom");
    let mut elsewhere = input(json!({}));
    elsewhere["repositoryName"] = json!("none");
    refused(&mut client, "ListImageReferrers", elsewhere, &missing("none"));
    let answer = client.call("ListImageReferrers", &input(json!({ "maxResults": 51 }))).unwrap();
    assert_eq!(answer.status, 400);
}

#[test]
fn pulls_are_recorded_but_for_those_who_are_excluded() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    put(&server, &mut client, "app", "v1", &plain("one"));
    let pulled = |client: &mut AwsClient| {
        done(client, "DescribeImages", json!({ "repositoryName": "app" }))["imageDetails"][0]["lastRecordedPullTime"]
            .take()
    };
    check(&mut server.http(), "HEAD /v2/app/manifests/v1", "200");
    assert_eq!(pulled(&mut client), Value::Null);
    let arn = "arn:aws:iam::000000000000:user/administrator";
    done(&mut client, "RegisterPullTimeUpdateExclusion", json!({ "principalArn": arn }));
    check(&mut server.http(), "GET /v2/app/manifests/v1", "200");
    assert_eq!(pulled(&mut client), Value::Null);
    done(&mut client, "DeregisterPullTimeUpdateExclusion", json!({ "principalArn": arn }));
    check(&mut server.http(), "GET /v2/app/manifests/v1", "200");
    let first = pulled(&mut client);
    assert!(first.is_f64(), "{first}");
    // Those of everybody else are recorded whoever is excluded: by docker and by the API.
    let arn = "arn:aws:iam::000000000000:user/administrator";
    done(&mut client, "RegisterPullTimeUpdateExclusion", json!({ "principalArn": arn }));
    check(&mut server.http(), "GET /v2/app/manifests/v1", "200");
    let id = json!({ "repositoryName": "app", "imageIds": [{ "imageTag": "v1" }] });
    done(&mut client, "BatchGetImage", id.clone());
    assert_eq!(pulled(&mut client), first);
    let eve = reader(&scene, "eve");
    let http = &mut Client::new(server.address()).basic(&eve.access_key_id, &eve.secret_access_key);
    check(http, "GET /v2/app/manifests/v1", "200");
    let second = pulled(&mut client);
    assert!(second.as_f64() > first.as_f64(), "{first} {second}");
    let mut client_of_eve = AwsClient::new(server.address(), Signer::new(&eve, "ecr"));
    done(&mut client_of_eve, "BatchGetImage", id);
    let third = pulled(&mut client);
    assert!(third.as_f64() > second.as_f64(), "{second} {third}");
    // What was noted is written down before the server ends.
    server.terminate(std::time::Duration::from_mins(1)).unwrap();
    let server = scene.serve();
    assert_eq!(pulled(&mut ecr(&server)), third);
}

#[test]
fn a_pull_writes_nothing_to_the_database() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    put(&server, &mut client, "app", "v1", &plain("one"));
    let written = || std::fs::metadata(scene.data().join("catalog.sqlite-wal")).unwrap().len();
    let before = written();
    let http = &mut server.http();
    for _ in 0..300 {
        check(http, "GET /v2/app/manifests/v1", "200");
    }
    let input = json!({ "repositoryName": "app" });
    assert!(done(&mut client, "DescribeImages", input)["imageDetails"][0]["lastRecordedPullTime"].is_f64());
    // A write is at least a page of 4 KiB; what runs in the background may write a few.
    let grown = written() - before;
    assert!(grown < 100 * 4096, "{grown} bytes for 300 pulls");
}

#[test]
fn a_gate_closes_on_the_api_as_on_docker() {
    let scene = Scene::new();
    scene.import(&[("PyPI", advisory("PYSEC-2018-66", "PyPI", "flask", "1.0", CRITICAL))]);
    let config =
        "[[gates]]\nname = 'no-critical'\nrepositories = ['app']\nseverity = 'critical'\nonly_fixable = true\n";
    let server = scene.serve_with(config);
    let mut client = ecr(&server);
    done(&mut client, "CreateRepository", json!({ "repositoryName": "app" }));
    let image = python_image("flask", "0.12");
    put(&server, &mut client, "app", "v1", &image);
    let eve = reader(&scene, "eve");
    let http = &mut Client::new(server.address()).basic(&eve.access_key_id, &eve.secret_access_key);
    let mut client = AwsClient::new(server.address(), Signer::new(&eve, "ecr"));
    check(http, "GET /v2/app/manifests/v1", "403 DENIED");
    let input = json!({ "repositoryName": "app", "imageIds": [{ "imageTag": "v1" }] });
    let failure = done(&mut client, "BatchGetImage", input)["failures"][0].take();
    assert_eq!(failure["failureCode"], "ImageInaccessible");
    assert!(failure["failureReason"].as_str().unwrap().contains("PYSEC-2018-66"), "{failure}");
    let input = json!({ "repositoryName": "app", "layerDigest": image.layers[0].digest.to_string() });
    let answer = client.call("GetDownloadUrlForLayer", &input).unwrap();
    assert_eq!(answer.code(), "LayerInaccessibleException");
    assert!(answer.summary().contains("PYSEC-2018-66"), "{}", answer.summary());
    let details = done(&mut client, "DescribeImages", json!({ "repositoryName": "app" }));
    assert_eq!(details["imageDetails"].as_array().unwrap().len(), 1);
    // What was refused is no pull.
    assert_eq!(details["imageDetails"][0]["lastRecordedPullTime"], Value::Null);
}

/// Makes a user who may read all repositories.
fn reader(scene: &Scene, name: &str) -> Credentials {
    let made = scene.run(&["user", "create", name, "--key", "--format", "json", "--data", "data"], &[]).json();
    let said = scene.run(&["user", "attach", name, "--policy", READ_ONLY, "--data", "data"], &[]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let key = |member: &str| made["AccessKey"][member].as_str().unwrap().to_owned();
    Credentials { access_key_id: key("AccessKeyId"), secret_access_key: key("SecretAccessKey") }
}
