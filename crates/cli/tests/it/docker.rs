//! What docker's users see where Amazon ECR's users would see it: unknown repositories, immutable tags, logins.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_testkit::RealBinary;
use plimsoll_testkit::http::Client;
use plimsoll_testkit::image::Image;
use plimsoll_testkit::sigv4::{AwsClient, Signer};
use serde_json::{Value, json};

use crate::harness::{Scene, anonymous, check, check_with, json as body};
use crate::images::plain;

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

fn ecr(server: &RealBinary) -> AwsClient {
    AwsClient::new(server.address(), Signer::new(server.credentials(), "ecr"))
}

fn call(server: &RealBinary, operation: &str, input: &Value) -> Value {
    let answer = ecr(server).call(operation, input).unwrap();
    assert_eq!(answer.summary(), "200", "{operation} {input}");
    answer.body
}

/// The user and the password that `GetAuthorizationToken` gives.
fn login(server: &RealBinary) -> Client {
    let answer = call(server, "GetAuthorizationToken", &json!({}));
    let token = STANDARD.decode(answer["authorizationData"][0]["authorizationToken"].as_str().unwrap()).unwrap();
    let token = String::from_utf8(token).unwrap();
    let (user, password) = token.split_once(':').unwrap();
    assert_eq!(user, "AWS");
    Client::new(server.address()).basic(user, password)
}

fn push(client: &mut Client, reference: &str, image: &Image, expect: &str) -> Option<String> {
    let (repository, tag) = reference.split_once(':').unwrap();
    for (digest, bytes) in image.blobs() {
        let path = format!("/v2/{repository}/blobs/uploads/?digest={digest}");
        check_with(client, &format!("POST {path}"), &[], bytes, "201");
    }
    let path = format!("PUT /v2/{repository}/manifests/{tag}");
    let answer = check_with(client, &path, &[("content-type", MANIFEST)], &image.manifest.bytes, expect);
    (answer.status >= 400).then(|| body(&answer)["errors"][0]["message"].as_str().unwrap().to_owned())
}

#[test]
fn unknown_repositories_are_named_with_their_registry() {
    fn check_message(client: &mut Client, request: &str, repository: &str, account: &str) {
        let answer = check(client, request, "404 NAME_UNKNOWN");
        let expect =
            format!("The repository with name '{repository}' does not exist in the registry with id '{account}'");
        assert_eq!(body(&answer)["errors"][0]["message"], expect.as_str(), "{request}");
    }

    let scene = Scene::new();
    let server = scene.serve();
    let mut client = login(&server);
    check_message(&mut client, "GET /v2/dev/app1/tags/list", "dev/app1", "000000000000");
    check_message(&mut client, "GET /v2/dev/app1/manifests/latest", "dev/app1", "000000000000");
    // Another account's registry denies alike what is there and what is not.
    check(&mut client, "GET /v2/222222222222/app/tags/list", "403 DENIED");
}

#[test]
fn repositories_come_by_push_unless_the_configuration_says_otherwise() {
    let scene = Scene::new();
    let server = scene.serve_with("[repositories]\ncreate_on_push = false");
    let mut client = login(&server);
    check(&mut client, "POST /v2/dev/app/blobs/uploads/", "404 NAME_UNKNOWN");
    call(&server, "CreateRepository", &json!({ "repositoryName": "dev/app" }));
    check(&mut client, "POST /v2/dev/app/blobs/uploads/", "202");
    let template = json!({ "prefix": "made", "appliedFor": ["CREATE_ON_PUSH"], "imageTagMutability": "IMMUTABLE" });
    call(&server, "CreateRepositoryCreationTemplate", &template);
    check(&mut client, "POST /v2/made/app/blobs/uploads/", "202");
    let made = call(&server, "DescribeRepositories", &json!({ "repositoryNames": ["made/app"] }));
    assert_eq!(made["repositories"][0]["imageTagMutability"], "IMMUTABLE");
}

#[test]
fn names_that_mean_other_registries_are_not_given_away() {
    let scene = Scene::new();
    let server = scene.serve();
    for name in ["222222222222/app", "public.ecr/222222222222/app"] {
        let answer = ecr(&server).call("CreateRepository", &json!({ "repositoryName": name })).unwrap();
        assert_eq!(answer.code(), "InvalidParameterException", "{name}");
    }
    call(&server, "CreateRepository", &json!({ "repositoryName": "222222222222" }));
}

#[test]
fn immutable_tags_stay() {
    let scene = Scene::new();
    let server = scene.serve();
    let mutability = json!([{ "filterType": "WILDCARD", "filter": "dev-*" }]);
    let input = json!({
        "repositoryName": "team/app",
        "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION",
        "imageTagMutabilityExclusionFilters": mutability,
    });
    call(&server, "CreateRepository", &input);
    let mut client = login(&server);
    let (one, two) = (plain("one"), plain("two"));
    let refused = "The image tag 'v1' already exists in the 'team/app' repository and cannot be overwritten because the tag \
        is immutable.";
    assert_eq!(push(&mut client, "team/app:v1", &one, "201"), None);
    assert_eq!(push(&mut client, "team/app:v1", &two, "400 TAG_INVALID").as_deref(), Some(refused));
    assert_eq!(push(&mut client, "team/app:v1", &one, "400 TAG_INVALID").as_deref(), Some(refused));
    assert_eq!(push(&mut client, "team/app:dev-1", &one, "201"), None);
    assert_eq!(push(&mut client, "team/app:dev-1", &two, "201"), None);
    server.kill().unwrap();

    let server = scene.serve_with("[repositories]\naccept_same_push = true");
    let mut client = login(&server);
    assert_eq!(push(&mut client, "team/app:v1", &one, "201"), None);
    assert_eq!(push(&mut client, "team/app:v1", &two, "400 TAG_INVALID").as_deref(), Some(refused));
}

#[test]
fn a_password_that_is_not_one_of_this_server_is_refused() {
    let scene = Scene::new();
    let server = scene.serve();
    check(&mut login(&server), "GET /v2/", "200");
    check(&mut Client::new(server.address()).basic("AWS", "nonsense"), "GET /v2/", "401 UNAUTHORIZED");
    check(&mut anonymous(&server), "GET /v2/", "401 UNAUTHORIZED");
    // Temporary keys have secrets that are worth nothing without their token.
    check(&mut Client::new(server.address()).basic("PLITAAAAAAAAAAAAAAAA", "x"), "GET /v2/", "401 UNAUTHORIZED");
}
