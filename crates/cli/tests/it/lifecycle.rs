//! Lifecycle policies through the ECR API: what is kept and refused, what a preview shows, and that the job then does it.

use plimsoll_testkit::RealBinary;
use plimsoll_testkit::image::{Document, Format, Image, ImageBuilder, index};
use plimsoll_testkit::registry::RegistryClient;
use plimsoll_testkit::sigv4::{AwsClient, Signer};
use serde_json::{Value, json};

use crate::harness::{Scene, wait_for};
use crate::images::plain;

const REPOSITORY: &str = "team/app";

fn ecr(server: &RealBinary) -> AwsClient {
    AwsClient::new(server.address(), Signer::new(server.credentials(), "ecr"))
}

/// Calls an operation on the repository, whose answer has to be the [`summary`](plimsoll_testkit::sigv4::Answer::summary).
#[track_caller]
fn call(client: &mut AwsClient, operation: &str, more: Value, expect: &str) -> Value {
    let mut input = json!({ "repositoryName": REPOSITORY });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let answer = client.call(operation, &input).unwrap();
    assert_eq!(answer.summary(), expect, "{operation} {input}");
    answer.body
}

/// A policy of these rules.
fn policy(rules: &[Value]) -> String {
    format!("{:#}", json!({ "rules": rules }))
}

fn keep(priority: u32, selection: Value, count: u32, action: Value) -> Value {
    let mut rule = json!({
        "rulePriority": priority,
        "selection": { "countType": "imageCountMoreThan", "countNumber": count },
        "action": action,
    });
    rule["selection"].as_object_mut().unwrap().extend(selection.as_object().unwrap().clone());
    rule
}

fn releases(priority: u32, count: u32) -> Value {
    keep(priority, json!({ "tagStatus": "tagged", "tagPrefixList": ["v"] }), count, json!({ "type": "expire" }))
}

fn archive_untagged(priority: u32, count: u32) -> Value {
    let action = json!({ "type": "transition", "targetStorageClass": "archive" });
    keep(priority, json!({ "tagStatus": "untagged" }), count, action)
}

/// Something that refers to an image.
fn signature(of: &Image) -> Image {
    ImageBuilder::new().artifact_type("application/vnd.example.signature").subject(&of.manifest).build()
}

/// Pushes an image under a tag, or by its digest alone.
fn push(registry: &mut RegistryClient, tag: Option<&str>, image: &Image) -> Document {
    let digest = image.manifest.digest.to_string();
    registry.push_image(REPOSITORY, tag.unwrap_or(&digest), image).unwrap();
    image.manifest.clone()
}

fn is_there(registry: &mut RegistryClient, manifest: &Document) -> bool {
    registry.manifest(REPOSITORY, &manifest.digest.to_string()).unwrap().is_some()
}

/// The whole of a preview, once it is there.
fn preview(client: &mut AwsClient) -> Value {
    wait_for("the preview", || {
        let answer = call(client, "GetLifecyclePolicyPreview", json!({}), "200");
        (answer["status"] == "COMPLETE").then_some(answer)
    })
}

const NO_POLICY: &str = "400 LifecyclePolicyNotFoundException: Lifecycle policy does not exist for the repository with name \
    'team/app' in the registry with id '000000000000'";
const NO_PREVIEW: &str = "400 LifecyclePolicyPreviewNotFoundException: Lifecycle policy preview does not exist for the \
    repository with name 'team/app' in the registry with id '000000000000'";
const NO_REPOSITORY: &str = "400 RepositoryNotFoundException: The repository with name 'team/app' does not exist in the \
    registry with id '000000000000'";

#[test]
fn a_policy_is_put_got_and_deleted() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = ecr(&server);
    let text = policy(&[releases(1, 10)]);
    for (operation, input) in [
        ("PutLifecyclePolicy", json!({ "lifecyclePolicyText": text })),
        ("GetLifecyclePolicy", json!({})),
        ("DeleteLifecyclePolicy", json!({})),
        ("StartLifecyclePolicyPreview", json!({})),
        ("GetLifecyclePolicyPreview", json!({})),
    ] {
        call(&mut client, operation, input, NO_REPOSITORY);
    }
    push(&mut server.registry(), Some("v1"), &plain("v1"));
    call(&mut client, "GetLifecyclePolicy", json!({}), NO_POLICY);
    call(&mut client, "DeleteLifecyclePolicy", json!({}), NO_POLICY);
    call(&mut client, "StartLifecyclePolicyPreview", json!({}), NO_POLICY);
    call(&mut client, "GetLifecyclePolicyPreview", json!({}), NO_PREVIEW);

    let put = call(&mut client, "PutLifecyclePolicy", json!({ "lifecyclePolicyText": text }), "200");
    let expect = json!({ "registryId": "000000000000", "repositoryName": REPOSITORY, "lifecyclePolicyText": text });
    assert_eq!(put, expect);
    let got = call(&mut client, "GetLifecyclePolicy", json!({}), "200");
    assert_eq!(got["lifecyclePolicyText"], text);
    assert_eq!(call(&mut client, "DeleteLifecyclePolicy", json!({}), "200")["lifecyclePolicyText"], text);
    call(&mut client, "GetLifecyclePolicy", json!({}), NO_POLICY);
}

#[test]
fn a_policy_that_is_none_is_refused_and_changes_nothing() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = ecr(&server);
    push(&mut server.registry(), Some("v1"), &plain("v1"));
    let text = policy(&[releases(1, 10)]);
    call(&mut client, "PutLifecyclePolicy", json!({ "lifecyclePolicyText": text }), "200");
    let of_text = |text: &str, rule: &str| {
        let refusal = format!(
            "400 InvalidParameterException: Invalid parameter at 'lifecyclePolicyText' failed to satisfy constraint: 'Member \
             must have length {rule}'"
        );
        (text.to_owned(), refusal)
    };
    let of_policy = |text: String, rule: &str| {
        let refusal = format!(
            "400 InvalidParameterException: Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: \
             'Lifecycle policy validation failure: {rule}'"
        );
        (text, refusal)
    };
    let mut zero = releases(1, 10);
    zero["selection"]["countNumber"] = json!(0);
    let mut with_null = releases(1, 10);
    with_null["action"]["targetStorageClass"] = Value::Null;
    let rows = [
        of_text(&" ".repeat(99), "greater than or equal to 100"),
        of_text(&" ".repeat(30_721), "less than or equal to 30720"),
        of_policy(format!("{:100}", "{}"), "object has missing required properties ([\"rules\"]): the document"),
        of_policy(
            policy(&[zero]),
            "numeric instance is lower than the required minimum (minimum: 1, found: 0): rules[0].selection.countNumber",
        ),
        of_policy(
            policy(&[with_null]),
            "instance failed to match exactly one schema (matched 0 out of 2): rules[0].action: targetStorageClass is only \
             allowed with type transition",
        ),
        of_policy(
            policy(&[archive_untagged(1, 1), archive_untagged(2, 2)]),
            "Only one rule can select Untagged images per storage class.",
        ),
    ];
    for operation in ["PutLifecyclePolicy", "StartLifecyclePolicyPreview"] {
        for (text, refusal) in &rows {
            call(&mut client, operation, json!({ "lifecyclePolicyText": text }), refusal);
        }
    }
    assert_eq!(call(&mut client, "GetLifecyclePolicy", json!({}), "200")["lifecyclePolicyText"], text);
    call(&mut client, "GetLifecyclePolicyPreview", json!({}), NO_PREVIEW);
}

#[test]
fn a_preview_is_read_by_pages_and_by_image() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut client = ecr(&server);
    let mut registry = server.registry();
    for nth in 1..=7 {
        push(&mut registry, Some(&format!("v{nth}")), &plain(&format!("v{nth}")));
    }
    for nth in 1..=3 {
        push(&mut registry, None, &plain(&format!("untagged {nth}")));
    }
    let text = policy(&[releases(4, 2), archive_untagged(5, 1)]);
    let started = call(&mut client, "StartLifecyclePolicyPreview", json!({ "lifecyclePolicyText": text }), "200");
    assert_eq!((&started["status"], &started["lifecyclePolicyText"]), (&json!("IN_PROGRESS"), &json!(text)));
    let whole = preview(&mut client);
    let summary = json!({
        "expiringImageTotalCount": 5,
        "transitioningImageTotalCounts": [{ "targetStorageClass": "ARCHIVE", "imageTotalCount": 2 }],
    });
    assert_eq!(whole["summary"], summary);
    let results = whole["previewResults"].as_array().unwrap();
    let tags: Vec<&Value> = results.iter().map(|result| &result["imageTags"][0]).collect();
    assert_eq!(
        tags,
        [&json!("v1"), &json!("v2"), &json!("v3"), &json!("v4"), &json!("v5"), &Value::Null, &Value::Null]
    );
    assert_eq!(results[0]["imageDigest"], plain("v1").manifest.digest.to_string());
    assert_eq!(results[0]["action"], json!({ "type": "EXPIRE" }));
    assert_eq!(results[6]["action"], json!({ "type": "TRANSITION", "targetStorageClass": "ARCHIVE" }));
    assert_eq!((&results[0]["appliedRulePriority"], &results[6]["appliedRulePriority"]), (&json!(4), &json!(5)));
    assert_eq!(results[0]["storageClass"], "STANDARD");
    assert!(results[0]["imagePushedAt"].as_f64().unwrap() > 1.7e9);

    let mut pages: Vec<Value> = Vec::new();
    let mut token = Value::Null;
    loop {
        let page =
            call(&mut client, "GetLifecyclePolicyPreview", json!({ "maxResults": 3, "nextToken": token }), "200");
        assert_eq!(page["summary"], summary);
        pages.extend(page["previewResults"].as_array().unwrap().clone());
        token = page["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(&pages, results);
    let count = |client: &mut AwsClient, input: Value| {
        call(client, "GetLifecyclePolicyPreview", input, "200")["previewResults"].as_array().unwrap().len()
    };
    let filter = |status: &str| json!({ "filter": { "tagStatus": status } });
    assert_eq!(["TAGGED", "UNTAGGED", "ANY"].map(|status| count(&mut client, filter(status))), [5, 2, 7]);
    let digest = plain("v2").manifest.digest.to_string();
    let ids = json!([{ "imageTag": "v1" }, { "imageDigest": digest }, { "imageTag": "v7" }]);
    assert_eq!(count(&mut client, json!({ "imageIds": ids })), 2);

    let first = call(&mut client, "GetLifecyclePolicyPreview", json!({ "maxResults": 1 }), "200");
    let invalid = "400 InvalidParameterException: Invalid parameter at 'NextToken' failed to satisfy constraint: 'Invalid next \
        token provided'";
    call(&mut client, "GetLifecyclePolicyPreview", json!({ "nextToken": "x" }), invalid);
    let other_list = json!({ "nextToken": first["nextToken"], "filter": { "tagStatus": "TAGGED" } });
    call(&mut client, "GetLifecyclePolicyPreview", other_list, invalid);
    call(&mut client, "StartLifecyclePolicyPreview", json!({ "lifecyclePolicyText": text }), "200");
    preview(&mut client);
    call(&mut client, "GetLifecyclePolicyPreview", json!({ "nextToken": first["nextToken"] }), invalid);
    call(
        &mut client,
        "GetLifecyclePolicyPreview",
        json!({ "maxResults": 101 }),
        "400 InvalidParameterException: Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have \
         value less than or equal to 100'",
    );
    call(
        &mut client,
        "GetLifecyclePolicyPreview",
        json!({ "maxResults": 5, "imageIds": ids }),
        "400 InvalidParameterException: Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must be null \
         when imageIds is specified'",
    );
}

#[test]
fn the_job_does_what_the_preview_shows() {
    let scene = Scene::new();
    let server = scene.serve_with("[lifecycle]\ninterval_seconds = 1");
    let mut client = ecr(&server);
    let mut registry = server.registry();
    let releases_pushed: Vec<Image> = (1..=4).map(|nth| plain(&format!("v{nth}"))).collect();
    for (nth, image) in (1..).zip(&releases_pushed) {
        push(&mut registry, Some(&format!("v{nth}")), image);
    }
    let signatures: Vec<Document> =
        releases_pushed.iter().map(|image| push(&mut registry, None, &signature(image))).collect();
    let child = plain("child");
    push(&mut registry, None, &child);
    let list = index(Format::Oci, std::slice::from_ref(&child));
    registry.put_manifest(REPOSITORY, "list", &list).unwrap();
    let loose: Vec<Document> =
        (1..=3).map(|nth| push(&mut registry, None, &plain(&format!("untagged {nth}")))).collect();

    let text = policy(&[releases(1, 2), archive_untagged(2, 1)]);
    call(&mut client, "StartLifecyclePolicyPreview", json!({ "lifecyclePolicyText": text }), "200");
    let shown = preview(&mut client);
    let digests = |action: &str| -> Vec<String> {
        let results = shown["previewResults"].as_array().unwrap().iter();
        let digest = |result: &Value| result["imageDigest"].as_str().unwrap().to_owned();
        results.filter(|result| result["action"]["type"] == action).map(digest).collect()
    };
    let named = |documents: &[&Document]| documents.iter().map(|one| one.digest.to_string()).collect::<Vec<_>>();
    let (v1, v2) = (&releases_pushed[0].manifest, &releases_pushed[1].manifest);
    assert_eq!(digests("EXPIRE"), named(&[v1, &signatures[0], v2, &signatures[1]]));
    assert_eq!(digests("TRANSITION"), named(&[&loose[0], &loose[1]]));

    call(&mut client, "PutLifecyclePolicy", json!({ "lifecyclePolicyText": text }), "200");
    wait_for("the job", || {
        let got = call(&mut client, "GetLifecyclePolicy", json!({}), "200");
        got["lastEvaluatedAt"].as_f64()
    });
    assert_eq!(registry.tags(REPOSITORY).unwrap(), ["list", "v3", "v4"]);
    let gone = [digests("EXPIRE"), digests("TRANSITION")].concat();
    let everything = releases_pushed.iter().map(|image| &image.manifest).chain(&signatures).chain(&loose);
    for manifest in everything.chain([&child.manifest, &list]) {
        let digest = manifest.digest.to_string();
        assert_eq!(is_there(&mut registry, manifest), !gone.contains(&digest), "{digest}");
    }

    call(&mut client, "StartLifecyclePolicyPreview", json!({}), "200");
    let nothing = preview(&mut client);
    assert_eq!(
        (&nothing["previewResults"], &nothing["summary"]),
        (&json!([]), &json!({ "expiringImageTotalCount": 0 }))
    );
    let again = json!({ "lifecyclePolicyText": policy(&[archive_untagged(9, 1)]) });
    call(&mut client, "StartLifecyclePolicyPreview", again, "200");
    assert_eq!(preview(&mut client)["previewResults"], json!([]), "what is in the archive is not archived again");

    // Without the policy, what is pushed again is restored and stays.
    call(&mut client, "DeleteLifecyclePolicy", json!({}), "200");
    push(&mut registry, None, &plain("untagged 1"));
    assert!(is_there(&mut registry, &loose[0]));
}

/// Killed again and again in the middle of its work, the job leaves whole steps: no signature without its image, and in
/// the end what an undisturbed run leaves.
#[test]
fn a_kill_interrupts_the_job_and_breaks_nothing() {
    const IMAGES: usize = 160;
    const KEPT: usize = 10;
    let scene = Scene::new();
    let server = scene.serve();
    let mut pushed: Vec<(String, Document, Document)> = Vec::new();
    let mut registry = server.registry();
    for nth in 0..IMAGES {
        let (tag, image) = (format!("v{nth:03}"), plain(&format!("image {nth}")));
        let manifest = push(&mut registry, Some(&tag), &image);
        let signature = push(&mut registry, None, &signature(&image));
        pushed.push((tag, manifest, signature));
    }
    let text = policy(&[releases(1, KEPT as u32)]);
    call(&mut ecr(&server), "PutLifecyclePolicy", json!({ "lifecyclePolicyText": text }), "200");
    server.kill().unwrap();

    let mut left = IMAGES;
    let mut kills = 0;
    while left > KEPT {
        let server = scene.serve();
        let mut registry = server.registry();
        let now = wait_for("a step", || Some(registry.tags(REPOSITORY).unwrap().len()).filter(|now| *now < left));
        server.kill().unwrap();
        (left, kills) = (now, kills + 1);
    }
    assert!(kills >= 1, "{kills}");
    let server = scene.serve();
    let mut registry = server.registry();
    let tags: Vec<String> = pushed[IMAGES - KEPT..].iter().map(|(tag, ..)| tag.clone()).collect();
    wait_for("the last step", || (registry.tags(REPOSITORY).unwrap() == tags).then_some(()));
    for (nth, (tag, manifest, signature)) in pushed.iter().enumerate() {
        let kept = nth >= IMAGES - KEPT;
        assert_eq!(is_there(&mut registry, manifest), kept, "{tag}");
        assert_eq!(is_there(&mut registry, signature), kept, "the signature of {tag}");
    }
}
