//! What the ECR API acknowledged stays, whatever happens to the process; what it did not is there whole or not at all.

use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_testkit::image::Image;
use plimsoll_testkit::sigv4::AwsClient;
use plimsoll_testkit::{Digest, random_blob};
use serde_json::{Value, json};

use crate::ecr_repositories::{done, ecr};
use crate::harness::{Scene, wait_for};
use crate::images::plain;

const PART: usize = 5 << 20;

fn part(upload: &str, blob: &[u8], first: usize) -> Value {
    let bytes = &blob[first..blob.len().min(first + PART)];
    json!({
        "repositoryName": "app",
        "uploadId": upload,
        "partFirstByte": first,
        "partLastByte": first + bytes.len() - 1,
        "layerPartBlob": STANDARD.encode(bytes),
    })
}

fn initiate(client: &mut AwsClient) -> String {
    let answer = done(client, "InitiateLayerUpload", json!({ "repositoryName": "app" }));
    answer["uploadId"].as_str().unwrap().to_owned()
}

fn complete(upload: &str, digest: &Digest) -> Value {
    json!({ "repositoryName": "app", "uploadId": upload, "layerDigests": [digest.to_string()] })
}

fn availability(client: &mut AwsClient, digest: &str) -> Value {
    let input = json!({ "repositoryName": "app", "layerDigests": [digest] });
    done(client, "BatchCheckLayerAvailability", input)["layers"][0]["layerAvailability"].take()
}

#[test]
fn a_layer_goes_on_after_a_kill() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = ecr(&server);
    done(&mut client, "CreateRepository", json!({ "repositoryName": "app" }));
    let blob = random_blob(7, 3 * PART + 1000);
    let digest = Digest::sha256(&blob);
    let upload = initiate(&mut client);
    done(&mut client, "UploadLayerPart", part(&upload, &blob, 0));
    server.kill().unwrap();

    let server = scene.serve();
    let mut client = ecr(&server);
    assert_eq!(availability(&mut client, &digest.to_string()), "UNAVAILABLE");
    // Who does not know what has arrived is told.
    let again = client.call("UploadLayerPart", &part(&upload, &blob, 0)).unwrap();
    assert_eq!(again.code(), "InvalidLayerPartException");
    assert_eq!(again.body["lastValidByteReceived"], PART - 1);
    done(&mut client, "UploadLayerPart", part(&upload, &blob, PART));
    // What was cut off proves its digest like any other.
    let early = client.call("CompleteLayerUpload", &complete(&upload, &Digest::sha256(b"other"))).unwrap();
    assert_eq!(early.code(), "InvalidLayerException");
    assert_eq!(availability(&mut client, &digest.to_string()), "UNAVAILABLE");

    let upload = initiate(&mut client);
    done(&mut client, "UploadLayerPart", part(&upload, &blob, 0));
    server.kill().unwrap();
    let server = scene.serve();
    let mut client = ecr(&server);
    for first in [PART, 2 * PART, 3 * PART] {
        done(&mut client, "UploadLayerPart", part(&upload, &blob, first));
    }
    done(&mut client, "CompleteLayerUpload", complete(&upload, &digest));
    server.kill().unwrap();
    let server = scene.serve();
    assert_eq!(server.registry().verify_blob("app", &digest).unwrap(), Some(blob.len() as u64));
}

#[test]
fn a_part_that_a_kill_cut_off_is_sent_again_from_where_it_ended() {
    let scene = Scene::new();
    let blob = random_blob(8, 4 * PART);
    let digest = Digest::sha256(&blob);
    let mut server = scene.serve();
    done(&mut ecr(&server), "CreateRepository", json!({ "repositoryName": "app" }));
    let upload = initiate(&mut ecr(&server));
    let mut client = ecr(&server);
    let acknowledged = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| {
            for first in (0..blob.len()).step_by(PART) {
                match client.call("UploadLayerPart", &part(&upload, &blob, first)) {
                    Ok(answer) => assert_eq!(answer.summary(), "200"),
                    Err(_) => return,
                }
                acknowledged.store(first + PART, Ordering::SeqCst);
            }
        });
        wait_for("the first part", || (acknowledged.load(Ordering::SeqCst) > 0).then_some(()));
        server.kill().unwrap();
        sender.join().unwrap();
    });
    server = scene.serve();
    let mut client = ecr(&server);
    // A part that cannot be right asks for the offset.
    let mut probe = part(&upload, &blob, 0);
    probe["partFirstByte"] = json!(blob.len() * 2);
    let told = client.call("UploadLayerPart", &probe).unwrap();
    assert_eq!(told.code(), "InvalidLayerPartException");
    let mut next = usize::try_from(told.body["lastValidByteReceived"].as_u64().unwrap()).unwrap() + 1;
    assert!(next >= acknowledged.load(Ordering::SeqCst) && next <= blob.len(), "{next}");
    while next < blob.len() {
        done(&mut client, "UploadLayerPart", part(&upload, &blob, next));
        next = blob.len().min(next + PART);
    }
    done(&mut client, "CompleteLayerUpload", complete(&upload, &digest));
    assert_eq!(server.registry().verify_blob("app", &digest).unwrap(), Some(blob.len() as u64));
}

/// Puts an image with nothing but the API; whether all was acknowledged.
fn put(client: &mut AwsClient, tag: &str, image: &Image) -> Option<()> {
    let mut call = |operation: &str, input: Value| {
        let answer = client.call(operation, &input).ok()?;
        assert_eq!(answer.summary(), "200", "{operation}");
        Some(answer.body)
    };
    for (digest, bytes) in image.blobs() {
        let answer = call("InitiateLayerUpload", json!({ "repositoryName": "app" }))?;
        let upload = answer["uploadId"].as_str().unwrap().to_owned();
        call("UploadLayerPart", part(&upload, bytes, 0))?;
        call("CompleteLayerUpload", complete(&upload, &digest))?;
    }
    let manifest = String::from_utf8(image.manifest.bytes.clone()).unwrap();
    call("PutImage", json!({ "repositoryName": "app", "imageManifest": manifest, "imageTag": tag })).map(drop)
}

#[test]
fn images_that_were_put_stay_and_those_that_are_there_are_whole() {
    let scene = Scene::new();
    done(&mut ecr(&scene.serve()), "CreateRepository", json!({ "repositoryName": "app" }));
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..4 {
        let server = scene.serve();
        let mut client = ecr(&server);
        let count = AtomicUsize::new(0);
        let kept: Vec<String> = std::thread::scope(|scope| {
            let sender = scope.spawn(|| {
                let tag = |number: &usize| format!("v{round}-{number}");
                let put = |number: &usize| {
                    put(&mut client, &tag(number), &plain(&tag(number)))?;
                    count.fetch_add(1, Ordering::SeqCst);
                    Some(tag(number))
                };
                (0..1000).collect::<Vec<_>>().iter().map_while(put).collect()
            });
            wait_for("some images", || (count.load(Ordering::SeqCst) > 2 + round).then_some(()));
            server.kill().unwrap();
            sender.join().unwrap()
        });
        assert!(kept.len() < 1000);
        acknowledged.extend(kept);
    }
    let server = scene.serve();
    let mut client = ecr(&server);
    let listed = done(&mut client, "ListImages", json!({ "repositoryName": "app", "maxResults": 1000 }));
    let ids = listed["imageIds"].as_array().unwrap();
    let tags: Vec<&str> = ids.iter().map(|id| id["imageTag"].as_str().unwrap()).collect();
    for tag in &acknowledged {
        assert!(tags.contains(&tag.as_str()), "{tag} was put and is gone");
    }
    // One image of each round may have been put without anybody having heard of it.
    assert!(tags.len() <= acknowledged.len() + 4, "{tags:?}");
    for tag in tags {
        let image = plain(tag);
        assert_eq!(server.registry().manifest("app", tag).unwrap().unwrap(), image.manifest);
        for (digest, bytes) in image.blobs() {
            assert_eq!(server.registry().verify_blob("app", &digest).unwrap(), Some(bytes.len() as u64), "{tag}");
        }
    }
}
