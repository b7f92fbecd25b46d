//! Where tags pointed, images as of a time, and tags that follow versions.

use plimsoll_testkit::RealBinary;
use plimsoll_testkit::http::Client;
use plimsoll_testkit::sigv4::{AwsClient, Signer};
use serde_json::{Value, json};

use crate::harness::{Said, Scene, check, check_with};
use crate::images::plain;

/// Runs a command that asks the server as its administrator.
fn ask(scene: &Scene, server: &RealBinary, arguments: &str) -> Said {
    let url = format!("http://{}", server.address());
    let arguments: Vec<&str> = arguments.split(' ').chain(["--data", "data", "--server", &url]).collect();
    scene.run(&arguments, &[])
}

/// What each tag names, as the label of its image.
fn labels(server: &RealBinary, images: &[(&str, String)], tags: &[&str]) -> Vec<String> {
    let label = |tag: &str| {
        let manifest = server.registry().manifest("team/app", tag).unwrap()?;
        let digest = manifest.digest.to_string();
        images.iter().find(|(_, known)| *known == digest).map(|(label, _)| (*label).to_owned())
    };
    tags.iter().map(|tag| label(tag).unwrap_or_else(|| "-".to_owned())).collect()
}

/// Pushes an image for each version and gives their digests.
fn push<'a>(server: &RealBinary, versions: &[&'a str]) -> Vec<(&'a str, String)> {
    let push = |version: &&'a str| {
        let image = plain(version);
        server.registry().push_image("team/app", version, &image).unwrap();
        (*version, image.manifest.digest.to_string())
    };
    versions.iter().map(push).collect()
}

#[test]
fn history_says_who_moved_what_and_the_past_can_be_pulled() {
    let scene = Scene::new();
    let server = scene.serve();
    let (one, two) = (plain("one"), plain("two"));
    let (first, second) = (one.manifest.digest.to_string(), two.manifest.digest.to_string());
    server.registry().push_image("team/app", "stable", &one).unwrap();
    server.registry().push_image("team/app", "stable", &two).unwrap();
    server.registry().push_image("team/app", "other", &two).unwrap();
    check(&mut server.http(), "DELETE /v2/team/app/manifests/stable", "202");

    let answer = ask(&scene, &server, "history team/app:stable --format json").json();
    let changes = answer["changes"].as_array().unwrap();
    let steps: Vec<_> = changes.iter().map(|change| [&change["from"], &change["to"]]).collect();
    let (first, second) = (json!(first), json!(second));
    assert_eq!(steps, [[&second, &Value::Null], [&first, &second], [&Value::Null, &first]]);
    for change in changes {
        assert_eq!(
            (&change["tag"], &change["by"]),
            (&json!("stable"), &json!("arn:aws:iam::000000000000:user/administrator"))
        );
    }
    let all = ask(&scene, &server, "history team/app --limit 3 --format json").json();
    let tags: Vec<_> =
        all["changes"].as_array().unwrap().iter().map(|change| change["tag"].as_str().unwrap()).collect();
    assert_eq!(tags, ["stable", "other", "stable"]);
    let table = ask(&scene, &server, "history team/app:stable");
    assert!(table.code == Some(0) && table.stdout.contains("user/administrator"), "{table:?}");

    let at = |index: usize| changes[index]["at"].as_str().unwrap();
    let past = |time: &str| ask(&scene, &server, &format!("history team/app:stable --as-of {time}"));
    assert_eq!(past(at(2)).stdout.trim_end(), format!("team/app@{}", first.as_str().unwrap()));
    assert_eq!(past(at(1)).stdout.trim_end(), format!("team/app@{}", second.as_str().unwrap()));
    check(&mut server.http(), &format!("GET /v2/team/app/manifests/{}", first.as_str().unwrap()), "200");
    let gone = past(at(0));
    assert!(gone.code == Some(2) && gone.stderr.contains("was not there"), "{gone:?}");
    let before = past("2020-01-01T00:00:00+01:00");
    assert!(before.code == Some(2) && before.stderr.contains("2019-12-31T23:00:00.000Z"), "{before:?}");
    // What is deleted by its digest is named, and said to be gone.
    check(&mut server.http(), &format!("DELETE /v2/team/app/manifests/{}", first.as_str().unwrap()), "202");
    let deleted = past(at(2));
    assert!(deleted.code == Some(1) && deleted.stderr.contains("deleted since"), "{deleted:?}");
}

#[test]
fn semantic_tags_move_together_and_never_back() {
    let scene = Scene::new();
    let server = scene.serve();
    let images = push(&server, &["1.2.3", "1.2.4", "1.10.0", "2.0.0-rc.1", "2.0.0", "v3.0.0"]);
    let tags = ["1.2", "1.10", "1", "2.0", "2", "v3.0", "v3", "latest"];
    // What is tagged, what it moves, and where all tags are then.
    let steps: [(&str, &str, [&str; 8]); 9] = [
        ("1.2.4", "1.2 1 latest", ["1.2.4", "-", "1.2.4", "-", "-", "-", "-", "1.2.4"]),
        ("1.2.3", "", ["1.2.4", "-", "1.2.4", "-", "-", "-", "-", "1.2.4"]),
        ("1.2.4", "", ["1.2.4", "-", "1.2.4", "-", "-", "-", "-", "1.2.4"]),
        ("2.0.0-rc.1", "", ["1.2.4", "-", "1.2.4", "-", "-", "-", "-", "1.2.4"]),
        ("1.10.0", "1.10 1 latest", ["1.2.4", "1.10.0", "1.10.0", "-", "-", "-", "-", "1.10.0"]),
        ("2.0.0", "2.0 2 latest", ["1.2.4", "1.10.0", "1.10.0", "2.0.0", "2.0.0", "-", "-", "2.0.0"]),
        ("1.10.0", "", ["1.2.4", "1.10.0", "1.10.0", "2.0.0", "2.0.0", "-", "-", "2.0.0"]),
        ("v3.0.0", "v3.0 v3 latest", ["1.2.4", "1.10.0", "1.10.0", "2.0.0", "2.0.0", "v3.0.0", "v3.0.0", "v3.0.0"]),
        ("2.0.0", "", ["1.2.4", "1.10.0", "1.10.0", "2.0.0", "2.0.0", "v3.0.0", "v3.0.0", "v3.0.0"]),
    ];
    for (version, moved, expect) in steps {
        let said = ask(&scene, &server, &format!("tag team/app:{version} --semver --format json"));
        assert_eq!(said.code, Some(0), "{said:?}");
        let answer = said.json();
        let names: Vec<_> = answer["moved"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect();
        assert_eq!(names.join(" "), moved, "{version}");
        assert_eq!(labels(&server, &images, &tags), expect, "{version}");
    }
    let said = ask(&scene, &server, "tag team/app:1.10.0 --semver");
    assert!(said.stdout.contains("latest: stays, as it names v3.0.0"), "{said:?}");
    assert!(said.stdout.contains("1.10: is here already"), "{said:?}");
    let said = ask(&scene, &server, "tag team/app:2.0.0-rc.1 --semver");
    assert!(said.stdout.contains("pre-release"), "{said:?}");
    let history = ask(&scene, &server, "history team/app:latest --format json").json();
    assert_eq!(history["changes"].as_array().unwrap().len(), 4, "{history}");
    // A version that was pushed anew takes its followers along.
    let again = plain("rebuilt");
    server.registry().push_image("team/app", "v3.0.0", &again).unwrap();
    assert_eq!(ask(&scene, &server, "tag team/app:v3.0.0 --semver").code, Some(0));
    let latest = server.registry().manifest("team/app", "latest").unwrap().unwrap();
    assert_eq!(latest.digest, again.manifest.digest);
}

#[test]
fn tags_are_set_all_or_none() {
    let scene = Scene::new();
    let server = scene.serve();
    let images = push(&server, &["1.0.0", "2.0.0"]);
    let said = ask(&scene, &server, "tag team/app:1.0.0 stable blue");
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""));
    let digest = images[1].1.clone();
    assert_eq!(ask(&scene, &server, &format!("tag team/app@{digest} blue green")).code, Some(0));
    assert_eq!(labels(&server, &images, &["stable", "blue", "green"]), ["1.0.0", "2.0.0", "2.0.0"]);

    let mut ecr = AwsClient::new(server.address(), Signer::new(server.credentials(), "ecr"));
    let immutable = json!({
        "repositoryName": "team/app",
        "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
        "imageTagMutabilityExclusionFilters": [{"filterType": "WILDCARD", "filter": "blue"}],
    });
    let answer = ecr.call("PutImageTagMutability", &immutable).unwrap();
    assert_eq!(answer.summary(), "200", "{answer:?}");
    let said = ask(&scene, &server, "tag team/app:1.0.0 blue green red");
    assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""));
    for word in ["green", "immutable", "IMMUTABLE_WITH_EXCLUSION", "imageTagMutabilityExclusionFilters"] {
        assert!(said.stderr.contains(word), "{word}: {}", said.stderr);
    }
    assert_eq!(labels(&server, &images, &["blue", "green", "red"]), ["2.0.0", "2.0.0", "-"]);
    // A filter lets a tag float, and new tags are no moves.
    assert_eq!(ask(&scene, &server, "tag team/app:1.0.0 blue red").code, Some(0));
    assert_eq!(labels(&server, &images, &["blue", "green", "red"]), ["1.0.0", "2.0.0", "1.0.0"]);
}

#[test]
fn bad_requests_change_nothing_and_say_why() {
    let scene = Scene::new();
    let server = scene.serve();
    push(&server, &["1.0.0", "stable"]);
    let tags = "POST /api/v1/tags/team/app";
    let many: Vec<_> = (0..101).map(|number| format!("t{number}")).collect();
    let long = "x".repeat(70_000);
    for (body, expect) in [
        (json!({"source": "1.0.0", "tags": []}), "400 TAG_INVALID"),
        (json!({"source": "1.0.0", "tags": ["a"], "semver": true}), "400 TAG_INVALID"),
        (json!({"source": "1.0.0", "tags": ["a", "-b"]}), "400 TAG_INVALID"),
        (json!({"source": "1.0.0", "tags": many}), "400 TAG_INVALID"),
        (json!({"source": "1.0.0", "tags": [1]}), "400 TAG_INVALID"),
        (json!({"source": "1.0.0", "tags": ["a"], "more": 1}), "400 TAG_INVALID"),
        (json!({"source": "", "tags": ["a"]}), "400 TAG_INVALID"),
        (json!({"source": "stable", "semver": true}), "400 TAG_INVALID"),
        (json!({"source": "9.9.9", "semver": true}), "404 MANIFEST_UNKNOWN"),
        (json!(["1.0.0"]), "400 TAG_INVALID"),
        (json!(long), "400 SIZE_INVALID"),
    ] {
        check_with(&mut server.http(), tags, &[], body.to_string().as_bytes(), expect);
    }
    let body = json!({"source": "1.0.0", "tags": ["a"]}).to_string();
    check_with(&mut server.http(), "POST /api/v1/tags/no/such", &[], body.as_bytes(), "404 NAME_UNKNOWN");
    check_with(&mut Client::new(server.address()), tags, &[], body.as_bytes(), "401 UNAUTHORIZED");
    check_with(&mut server.http(), "POST /api/v1/history/team/app", &[], body.as_bytes(), "405 UNSUPPORTED");
    let mut client = server.http();
    check(&mut client, "GET /api/v1/tags/team/app", "405 UNSUPPORTED");
    let history = "GET /api/v1/history/team/app";
    check(&mut client, &format!("{history}?n=1000"), "200");
    for (query, expect) in [
        ("n=0", "400 PAGINATION_NUMBER_INVALID"),
        ("n=1001", "400 PAGINATION_NUMBER_INVALID"),
        ("n=x", "400 PAGINATION_NUMBER_INVALID"),
        ("tag=-x", "400 TAG_INVALID"),
        ("as_of=2026-01-01T00:00:00Z", "400 TAG_INVALID"),
        ("tag=stable&as_of=yesterday", "400 TAG_INVALID"),
        ("tag=none&as_of=2999-01-01T00:00:00Z", "404 MANIFEST_UNKNOWN"),
    ] {
        check(&mut client, &format!("{history}?{query}"), expect);
    }
    check(&mut client, "GET /api/v1/history/no/such", "404 NAME_UNKNOWN");
    assert_eq!(server.registry().tags("team/app").unwrap(), ["1.0.0", "stable"]);

    let reader =
        "user create reader --key --format json --policy arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly";
    let said = scene.run(&[&reader.split(' ').collect::<Vec<_>>()[..], &["--data", "data"]].concat(), &[]);
    let key = |member: &str| said.json()["AccessKey"][member].as_str().unwrap().to_owned();
    let mut reader = Client::new(server.address()).basic(&key("AccessKeyId"), &key("SecretAccessKey"));
    check(&mut reader, history, "200");
    check_with(&mut reader, tags, &[], body.as_bytes(), "403 DENIED");
    assert_eq!(ask(&scene, &server, "tag team/app:1.0.0").code, Some(2));
    assert_eq!(ask(&scene, &server, "tag team/app --semver").code, Some(2));
    assert_eq!(ask(&scene, &server, "history team/app --as-of 2026-01-01T00:00:00Z").code, Some(2));
}
