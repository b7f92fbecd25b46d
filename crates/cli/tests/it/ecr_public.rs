//! Public registries: what `ecr-public` answers, with which code and text it refuses, who can pull and who can push.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_testkit::http::Client;
use plimsoll_testkit::image::Image;
use plimsoll_testkit::sigv4::{AwsClient, Signer};
use plimsoll_testkit::{Credentials, Digest, RealBinary};
use serde_json::{Value, json};

use crate::audit::export;
use crate::ecr_repositories::{done, ecr, missing, refused, timeless, violates};
use crate::harness::{Scene, anonymous, check, check_header, check_with, json as body};
use crate::images::{CRITICAL, advisory, plain, python_image};

const ACCOUNT: &str = "000000000000";
const STRANGER: &str = "111122223333";
const ARN: &str = "arn:aws:ecr-public::000000000000:repository/";
/// What the paths of the account's public repositories begin with.
const PATH: &str = "public.ecr/000000000000";
const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const POWER: &str = "AmazonElasticContainerRegistryPublicPowerUser";

fn public(server: &RealBinary) -> AwsClient {
    AwsClient::new(server.address(), Signer::new(server.credentials(), "ecr-public"))
}

/// A server with the public repository `app`.
fn begin(scene: &Scene) -> (RealBinary, AwsClient) {
    let server = scene.serve();
    let mut client = public(&server);
    done(&mut client, "CreateRepository", json!({ "repositoryName": "app" }));
    (server, client)
}

/// A user of an account that has these policies of AWS.
fn user(scene: &Scene, account: &str, name: &str, policies: &[&str]) -> Credentials {
    let arns: Vec<_> = policies.iter().map(|policy| format!("arn:aws:iam::aws:policy/{policy}")).collect();
    let mut words = vec!["user", "create", name, "--key", "--account", account, "--format", "json", "--data", "data"];
    words.extend(arns.iter().flat_map(|arn| ["--policy", arn]));
    let made = scene.run(&words, &[]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let made = made.json();
    let text = |member: &str| made["AccessKey"][member].as_str().unwrap().to_owned();
    Credentials { access_key_id: text("AccessKeyId"), secret_access_key: text("SecretAccessKey") }
}

/// Docker, logged in by the token of `GetAuthorizationToken`.
fn docker(server: &RealBinary, credentials: &Credentials) -> Client {
    let mut client = AwsClient::new(server.address(), Signer::new(credentials, "ecr-public"));
    let answer = done(&mut client, "GetAuthorizationToken", json!({}));
    let token = STANDARD.decode(answer["authorizationData"]["authorizationToken"].as_str().unwrap()).unwrap();
    let token = String::from_utf8(token).unwrap();
    let (user, password) = token.split_once(':').unwrap();
    Client::new(server.address()).basic(user, password)
}

/// Pushes an image over `/v2/`; the first request is answered as expected, and the rest follow if it is let through.
#[track_caller]
fn push(client: &mut Client, repository: &str, tag: &str, image: &Image, expect: &str) {
    for (digest, bytes) in image.blobs() {
        let path = format!("POST /v2/{repository}/blobs/uploads/?digest={digest}");
        check_with(client, &path, &[], bytes, expect);
        if expect != "201" {
            return;
        }
    }
    let path = format!("PUT /v2/{repository}/manifests/{tag}");
    check_with(client, &path, &[("content-type", OCI_MANIFEST)], &image.manifest.bytes, "201");
}

#[test]
fn repositories_are_made_described_and_deleted() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut public(&server);
    let repository = |name: &str| {
        json!({
            "repositoryArn": format!("{ARN}{name}"),
            "registryId": ACCOUNT,
            "repositoryName": name,
            "repositoryUri": format!("{}/{PATH}/{name}", server.address()),
        })
    };
    let made = done(client, "CreateRepository", json!({ "repositoryName": "team/app" }));
    assert_eq!(made["catalogData"], Value::Null);
    assert_eq!(timeless(made["repository"].clone()), repository("team/app"));
    // The private registry has names of its own.
    let private = &mut ecr(&server);
    done(private, "CreateRepository", json!({ "repositoryName": "team/app" }));
    done(private, "CreateRepository", json!({ "repositoryName": "private" }));
    refused(
        client,
        "CreateRepository",
        json!({ "repositoryName": "team/app" }),
        "RepositoryAlreadyExistsException: The repository with name 'team/app' already exists in the registry with id \
         '000000000000'",
    );
    for name in ["zz", "aa"] {
        done(client, "CreateRepository", json!({ "repositoryName": name }));
    }
    let names = |answer: &Value| -> Vec<String> {
        let repositories = answer["repositories"].as_array().unwrap();
        repositories.iter().map(|found| found["repositoryName"].as_str().unwrap().to_owned()).collect()
    };
    let all = done(client, "DescribeRepositories", json!({}));
    assert_eq!((names(&all), &all["nextToken"]), (vec!["aa".into(), "team/app".into(), "zz".into()], &Value::Null));
    let first = done(client, "DescribeRepositories", json!({ "maxResults": 2 }));
    assert_eq!(names(&first), ["aa", "team/app"]);
    let next = json!({ "nextToken": first["nextToken"] });
    assert_eq!(names(&done(client, "DescribeRepositories", next.clone())), ["zz"]);
    violates(private, "DescribeRepositories", next, "NextToken", "Invalid next token provided");
    let named = done(client, "DescribeRepositories", json!({ "repositoryNames": ["zz", "aa"] }));
    assert_eq!(names(&named), ["zz", "aa"]);
    refused(client, "DescribeRepositories", json!({ "repositoryNames": ["private"] }), &missing("private"));

    push(&mut server.http(), &format!("{PATH}/zz"), "v1", &plain("one"), "201");
    refused(
        client,
        "DeleteRepository",
        json!({ "repositoryName": "zz" }),
        "RepositoryNotEmptyException: The repository with name 'zz' in registry with id '000000000000' cannot be deleted \
         because it still contains images",
    );
    let deleted = done(client, "DeleteRepository", json!({ "repositoryName": "zz", "force": true }));
    assert_eq!(timeless(deleted["repository"].clone()), repository("zz"));
    refused(client, "DeleteRepository", json!({ "repositoryName": "zz" }), &missing("zz"));
    check(&mut anonymous(&server), &format!("GET /v2/{PATH}/zz/manifests/v1"), "404 NAME_UNKNOWN");
    done(client, "DeleteRepository", json!({ "repositoryName": "team/app" }));
    done(private, "DescribeRepositories", json!({ "repositoryNames": ["team/app"] }));
}

#[test]
fn what_no_public_repository_can_be_is_refused() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut public(&server);
    let pattern = "must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*'";
    for (name, rule) in [
        ("Upper", pattern),
        ("a--b", pattern),
        ("a/", pattern),
        ("a", "must have length greater than or equal to 2"),
        (&"a".repeat(206), "must have length less than or equal to 205"),
    ] {
        violates(client, "CreateRepository", json!({ "repositoryName": name }), "repositoryName", rule);
    }
    let most = |count: usize| format!("Member must have length less than or equal to {count}");
    for (member, value, rule) in [
        ("description", json!("d".repeat(1025)), most(1024)),
        ("aboutText", json!("a".repeat(25_601)), most(25_600)),
        ("usageText", json!("u".repeat(25_601)), most(25_600)),
        ("architectures", json!(vec!["ARM"; 51]), most(50)),
        ("operatingSystems", json!(vec!["Linux"; 51]), most(50)),
        ("logoImageBlob", json!(STANDARD.encode(vec![0; 512_001])), most(512_000)),
        (
            "architectures",
            json!([""]),
            "Member must satisfy constraint: [Member must have length greater than or equal to 1]".to_owned(),
        ),
    ] {
        let input = json!({ "repositoryName": "app", "catalogData": { member: value } });
        violates(client, "CreateRepository", input, &format!("catalogData.{member}"), &rule);
    }
    let input = json!({ "repositoryName": "app", "catalogData": { "logoImageBlob": "no base64" } });
    assert_eq!(client.call("CreateRepository", &input).unwrap().code(), "SerializationException");
    for (tags, expect) in [
        (json!([{ "Value": "v" }]), "Tag keys can have a length of 1 to 128 characters."),
        (json!([{ "Key": "aws:x", "Value": "v" }]), "Tag keys must not begin with aws:."),
    ] {
        let input = json!({ "repositoryName": "app", "tags": tags });
        refused(client, "CreateRepository", input, &format!("InvalidTagParameterException: {expect}"));
    }
    assert_eq!(done(client, "DescribeRepositories", json!({}))["repositories"], json!([]));
}

#[test]
fn repositories_say_what_they_are() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let client = &mut client;
    let app = json!({ "repositoryName": "app" });
    let none = "RepositoryCatalogDataNotFoundException: Catalog data does not exist for the repository with name 'app' in \
                the registry with id '000000000000'";
    refused(client, "GetRepositoryCatalogData", app.clone(), none);
    check(&mut anonymous(&server), "GET /logos/000000000000/app", "404");

    let logo = b"\x89PNG\r\n\x1a\nthe rest of it";
    let mut data = json!({
        "description": "An app.",
        "architectures": ["ARM", "x86-64"],
        "operatingSystems": ["Linux"],
        "aboutText": "# About\n",
        "usageText": "# Usage\n",
    });
    let mut told = data.clone();
    data["logoImageBlob"] = json!(STANDARD.encode(logo));
    told["logoUrl"] = json!(format!("http://{}/logos/000000000000/app", server.address()));
    told["marketplaceCertified"] = json!(false);
    let told = json!({ "catalogData": told });
    let input = json!({ "repositoryName": "app", "catalogData": data });
    assert_eq!(done(client, "PutRepositoryCatalogData", input), told);
    assert_eq!(done(client, "GetRepositoryCatalogData", app.clone()), told);
    let answer = check(&mut anonymous(&server), "GET /logos/000000000000/app", "200");
    assert_eq!(answer.body, logo);
    check_header(&answer, "content-type", "image/png");
    check_header(&answer, "x-content-type-options", "nosniff");
    check(&mut anonymous(&server), "POST /logos/000000000000/app", "405");

    // What is not said again is no longer said.
    let input = json!({ "repositoryName": "app", "catalogData": { "description": "" } });
    let told = json!({ "catalogData": { "description": "", "marketplaceCertified": false } });
    assert_eq!(done(client, "PutRepositoryCatalogData", input), told);
    assert_eq!(done(client, "GetRepositoryCatalogData", app), told);
    check(&mut anonymous(&server), "GET /logos/000000000000/app", "404");

    let input =
        json!({ "repositoryName": "said", "catalogData": { "logoImageBlob": STANDARD.encode(b"<svg onload='x'/>") } });
    let made = done(client, "CreateRepository", input);
    let url = format!("http://{}/logos/000000000000/said", server.address());
    assert_eq!(made["catalogData"], json!({ "logoUrl": url, "marketplaceCertified": false }));
    let answer = check(&mut anonymous(&server), "GET /logos/000000000000/said", "200");
    check_header(&answer, "content-type", "application/octet-stream");

    let none = json!({ "repositoryName": "none", "catalogData": {} });
    refused(client, "PutRepositoryCatalogData", none, &missing("none"));
    refused(client, "GetRepositoryCatalogData", json!({ "repositoryName": "none" }), &missing("none"));
    violates(client, "PutRepositoryCatalogData", json!({}), "catalogData", "Member must not be null");
}

#[test]
fn registries_say_what_they_are() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut public(&server);
    let alias = json!({
        "name": ACCOUNT, "status": "ACTIVE", "primaryRegistryAlias": true, "defaultRegistryAlias": true,
    });
    let registry = json!({
        "registryId": ACCOUNT,
        "registryArn": "arn:aws:ecr-public::000000000000:registry/000000000000",
        "registryUri": format!("{}/{PATH}", server.address()),
        "verified": false,
        "aliases": [alias],
    });
    assert_eq!(done(client, "DescribeRegistries", json!({ "maxResults": 1 })), json!({ "registries": [registry] }));
    violates(client, "DescribeRegistries", json!({ "nextToken": "x" }), "NextToken", "Invalid next token provided");

    let told = |name: Option<&str>| {
        let data = name.map_or(json!({}), |name| json!({ "displayName": name }));
        json!({ "registryCatalogData": data })
    };
    assert_eq!(done(client, "GetRegistryCatalogData", json!({})), told(None));
    for name in ["Acme", ""] {
        assert_eq!(done(client, "PutRegistryCatalogData", json!({ "displayName": name })), told(Some(name)));
        assert_eq!(done(client, "GetRegistryCatalogData", json!({})), told(Some(name)));
    }
    let long = json!({ "displayName": "n".repeat(101) });
    violates(
        client,
        "PutRegistryCatalogData",
        long,
        "displayName",
        "Member must have length less than or equal to 100",
    );
    assert_eq!(done(client, "PutRegistryCatalogData", json!({})), told(None));
    let put = export(&scene, &[]).into_iter().find(|record| record["action"] == "ecr-public:PutRegistryCatalogData");
    assert_eq!(put.unwrap()["resource"], "arn:aws:ecr-public::000000000000:registry/000000000000");
}

#[test]
fn everyone_pulls_and_nobody_pushes_unasked() {
    let scene = Scene::new();
    let (server, _client) = begin(&scene);
    let image = plain("one");
    push(&mut server.http(), &format!("{PATH}/app"), "v1", &image, "201");
    server.registry().push_image("app", "v1", &image).unwrap();
    let eve = user(&scene, ACCOUNT, "eve", &[]);
    let eve = || Client::new(server.address()).basic(&eve.access_key_id, &eve.secret_access_key);
    let (manifest, layer) = (image.manifest.digest, image.layers[0].digest);
    for mut client in [anonymous(&server), eve()] {
        for request in [
            "GET /manifests/v1".to_owned(),
            "HEAD /manifests/v1".to_owned(),
            format!("GET /manifests/{manifest}"),
            format!("GET /blobs/{layer}"),
            format!("HEAD /blobs/{layer}"),
            "GET /tags/list".to_owned(),
            format!("GET /referrers/{manifest}"),
        ] {
            let (method, rest) = request.split_once(' ').unwrap();
            check(&mut client, &format!("{method} /v2/{PATH}/app{rest}"), "200");
            let private = client.authorization().map_or("401", |_| "403");
            let answer = client.send(plimsoll_testkit::http::Request::new("GET", format!("/v2/app{rest}"))).unwrap();
            assert_eq!(answer.status.to_string(), private, "{request} of the private repository of that name");
        }
    }
    // Clients that are challenged first ask for a token, which is then good for this and no more.
    let scope = format!("repository:{PATH}/app:pull,push");
    let answer = check(&mut anonymous(&server), &format!("GET /token?service=x&scope={scope}"), "200");
    let mut bearer = Client::new(server.address()).bearer(body(&answer)["token"].as_str().unwrap());
    check(&mut bearer, &format!("GET /v2/{PATH}/app/manifests/v1"), "200");
    check(&mut bearer, &format!("POST /v2/{PATH}/app/blobs/uploads/"), "401 UNAUTHORIZED");
    check(&mut anonymous(&server), "GET /token?service=x&scope=repository:app:pull", "401 UNAUTHORIZED");

    for request in [
        "POST /blobs/uploads/".to_owned(),
        "PUT /manifests/v2".to_owned(),
        "DELETE /manifests/v1".to_owned(),
        format!("DELETE /blobs/{layer}"),
    ] {
        let (method, rest) = request.split_once(' ').unwrap();
        let path = format!("{method} /v2/{PATH}/app{rest}");
        check(&mut anonymous(&server), &path, "401 UNAUTHORIZED");
        check(&mut eve(), &path, "403 DENIED");
    }
    // A push does not make a repository that the whole world can read.
    check(&mut server.http(), &format!("POST /v2/{PATH}/none/blobs/uploads/"), "404 NAME_UNKNOWN");
    check(&mut server.http(), &format!("PUT /v2/{PATH}/none/manifests/v1"), "404 NAME_UNKNOWN");
    let catalog = check(&mut server.http(), "GET /v2/_catalog", "200");
    assert_eq!(body(&catalog)["repositories"], json!(["app"]), "the private registry's catalog");
}

#[test]
fn gates_hold_for_everyone() {
    let scene = Scene::new();
    scene.import(&[("PyPI", advisory("PYSEC-2018-66", "PyPI", "flask", "1.0", CRITICAL))]);
    let gate = "[[gates]]\nname = 'no-critical'\nrepositories = ['prod/*']\nseverity = 'critical'\n";
    let server = scene.serve_with(gate);
    done(&mut public(&server), "CreateRepository", json!({ "repositoryName": "prod/app" }));
    let repository = format!("{PATH}/prod/app");
    for (tag, version, expect) in [("bad", "0.12", "403 DENIED"), ("good", "1.0", "200")] {
        push(&mut server.http(), &repository, tag, &python_image("flask", version), "201");
        check(&mut anonymous(&server), &format!("GET /v2/{repository}/manifests/{tag}"), expect);
    }
}

#[test]
fn pushes_need_leave_of_the_public_registry() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let private = user(&scene, ACCOUNT, "private", &["AmazonEC2ContainerRegistryFullAccess"]);
    let reader = user(&scene, ACCOUNT, "reader", &["AmazonElasticContainerRegistryPublicReadOnly"]);
    let power = user(&scene, ACCOUNT, "power", &[POWER]);
    // The policy of the private registry has no say here.
    let statement = json!({ "Effect": "Deny", "Principal": "*", "Action": "ecr:*", "Resource": "*" });
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    done(&mut ecr(&server), "PutRegistryPolicy", json!({ "policyText": policy }));

    let repository = format!("{PATH}/app");
    let image = plain("one");
    let mut basic = Client::new(server.address()).basic(&private.access_key_id, &private.secret_access_key);
    push(&mut basic, &repository, "v1", &image, "403 DENIED");
    push(&mut docker(&server, &reader), &repository, "v1", &image, "403 DENIED");
    push(&mut docker(&server, &power), &repository, "v1", &image, "201");
    check(&mut docker(&server, &power), &format!("DELETE /v2/{repository}/manifests/v1"), "403 DENIED");
    check(&mut server.http(), &format!("DELETE /v2/{repository}/manifests/v1"), "202");

    let token = AwsClient::new(server.address(), Signer::new(&private, "ecr-public"))
        .call("GetAuthorizationToken", &json!({}))
        .unwrap();
    let expect = "400 AccessDeniedException: User: arn:aws:iam::000000000000:user/private is not authorized to perform: \
                  ecr-public:GetAuthorizationToken on resource: * because no identity-based policy allows the \
                  ecr-public:GetAuthorizationToken action";
    assert_eq!(token.summary(), expect);
    let mut reader = AwsClient::new(server.address(), Signer::new(&reader, "ecr-public"));
    for (operation, input, resource) in [
        ("CreateRepository", json!({ "repositoryName": "new" }), "repository/new"),
        ("PutRegistryCatalogData", json!({}), "registry/000000000000"),
        ("SetRepositoryPolicy", json!({ "repositoryName": "app", "policyText": "{}" }), "repository/app"),
        ("UntagResource", json!({ "resourceArn": format!("{ARN}app"), "tagKeys": [] }), "repository/app"),
    ] {
        let expect = format!(
            "AccessDeniedException: User: arn:aws:iam::000000000000:user/reader is not authorized to perform: \
             ecr-public:{operation} on resource: arn:aws:ecr-public::000000000000:{resource} because no identity-based \
             policy allows the ecr-public:{operation} action"
        );
        refused(&mut reader, operation, input, &expect);
    }
    done(&mut reader, "DescribeRepositories", json!({}));

    // What is part of a push asks the policies, although anyone may see by a pull what there is.
    let layers = json!({ "repositoryName": "app", "layerDigests": [image.layers[0].digest.to_string()] });
    done(&mut reader, "BatchCheckLayerAvailability", layers.clone());
    let deny =
        json!({ "Effect": "Deny", "Principal": "*", "Action": "ecr-public:BatchCheckLayerAvailability" }).to_string();
    let policy = format!(r#"{{"Version":"2012-10-17","Statement":[{deny}]}}"#);
    done(&mut client, "SetRepositoryPolicy", json!({ "repositoryName": "app", "policyText": policy }));
    let answer = reader.call("BatchCheckLayerAvailability", &layers).unwrap();
    assert_eq!(answer.code(), "AccessDeniedException", "{}", answer.summary());
    check(&mut anonymous(&server), &format!("HEAD /v2/{repository}/blobs/{}", image.layers[0].digest), "200");

    let records = export(&scene, &[]);
    for (user, action, outcome) in [
        ("power", "ecr-public:PutImage", "success"),
        ("power", "ecr-public:CompleteLayerUpload", "success"),
        ("power", "ecr-public:BatchDeleteImage", "denied"),
        ("administrator", "ecr-public:BatchDeleteImage", "success"),
        ("administrator", "ecr-public:CreateRepository", "success"),
        ("private", "ecr-public:InitiateLayerUpload", "denied"),
        ("reader", "ecr-public:SetRepositoryPolicy", "denied"),
    ] {
        let principal = format!("arn:aws:iam::000000000000:user/{user}");
        let found = records.iter().find(|record| record["action"] == action && record["principal"] == principal);
        let found = found.unwrap_or_else(|| panic!("no {action} of {user} in {records:?}"));
        assert_eq!((&found["outcome"], &found["resource"]), (&json!(outcome), &json!("app")), "{found}");
    }
}

#[test]
fn another_account_pushes_if_both_allow_it() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let made = scene.run(&["account", "create", STRANGER, "--data", "data"], &[]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let bob = user(&scene, STRANGER, "bob", &[POWER]);
    let repository = format!("{PATH}/app");
    push(&mut docker(&server, &bob), &repository, "v1", &plain("one"), "403 DENIED");
    let app = json!({ "repositoryName": "app" });
    let none = "RepositoryPolicyNotFoundException: Repository policy does not exist for the repository with name 'app' in \
                the registry with id '000000000000'";
    refused(&mut client, "GetRepositoryPolicy", app.clone(), none);
    let statement = json!({
        "Effect": "Allow",
        "Principal": { "AWS": format!("arn:aws:iam::{STRANGER}:root") },
        "Action": ["ecr-public:InitiateLayerUpload", "ecr-public:UploadLayerPart", "ecr-public:CompleteLayerUpload",
            "ecr-public:PutImage"],
    });
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
    let set = json!({ "repositoryName": "app", "policyText": policy.to_string() });
    let told = done(&mut client, "SetRepositoryPolicy", set);
    assert_eq!(serde_json::from_str::<Value>(told["policyText"].as_str().unwrap()).unwrap(), policy);
    assert_eq!(done(&mut client, "GetRepositoryPolicy", app.clone()), told);
    push(&mut docker(&server, &bob), &repository, "v1", &plain("one"), "201");
    assert_eq!(done(&mut client, "DeleteRepositoryPolicy", app.clone()), told);
    push(&mut docker(&server, &bob), &repository, "v1", &plain("two"), "403 DENIED");
    refused(&mut client, "DeleteRepositoryPolicy", app, none);
    let bad = json!({ "repositoryName": "app", "policyText": "{}" });
    assert_eq!(client.call("SetRepositoryPolicy", &bad).unwrap().code(), "InvalidParameterException");

    let other = json!({ "repositoryName": "app", "registryId": STRANGER });
    let answer = client.call("GetRepositoryPolicy", &other).unwrap();
    assert_eq!(answer.code(), "AccessDeniedException", "{}", answer.summary());
    let digest = Digest::sha256(b"").to_string();
    for (operation, member, value) in [
        ("BatchCheckLayerAvailability", "layerDigests", json!([digest])),
        ("InitiateLayerUpload", "-", json!(0)),
        ("PutImage", "imageManifest", json!("{}")),
    ] {
        let input = json!({ "repositoryName": "app", "registryId": "nobody", member: value });
        let expect = "RegistryNotFoundException: The registry with id 'nobody' does not exist";
        refused(&mut client, operation, input, expect);
    }
}

#[test]
fn images_are_put_described_and_deleted() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    let client = &mut client;
    let image = plain("one");
    for (digest, bytes) in image.blobs() {
        let upload = done(client, "InitiateLayerUpload", json!({ "repositoryName": "app" }))["uploadId"].take();
        let mut part = json!({ "repositoryName": "app", "uploadId": upload, "partFirstByte": 0 });
        part["partLastByte"] = json!(bytes.len() - 1);
        part["layerPartBlob"] = json!(STANDARD.encode(bytes));
        let expect = json!({
            "registryId": ACCOUNT, "repositoryName": "app", "uploadId": upload, "lastByteReceived": bytes.len() - 1,
        });
        assert_eq!(done(client, "UploadLayerPart", part), expect);
        let complete = json!({ "repositoryName": "app", "uploadId": upload, "layerDigests": [digest.to_string()] });
        let expect = json!({
            "registryId": ACCOUNT, "repositoryName": "app", "uploadId": upload, "layerDigest": digest.to_string(),
        });
        assert_eq!(done(client, "CompleteLayerUpload", complete), expect);
    }
    let manifest = String::from_utf8(image.manifest.bytes.clone()).unwrap();
    let digest = image.manifest.digest.to_string();
    for tag in ["v2", "v1", "v3"] {
        let input = json!({ "repositoryName": "app", "imageManifest": manifest, "imageTag": tag });
        let expect = json!({
            "registryId": ACCOUNT,
            "repositoryName": "app",
            "imageId": { "imageDigest": digest, "imageTag": tag },
            "imageManifest": manifest,
            "imageManifestMediaType": OCI_MANIFEST,
        });
        assert_eq!(done(client, "PutImage", input), json!({ "image": expect }));
    }
    check(&mut anonymous(&server), &format!("GET /v2/{PATH}/app/manifests/v1"), "200");

    // A pull is not told of, nor is anything else that only private registries know.
    let mut described = done(client, "DescribeImages", json!({ "repositoryName": "app", "filter": "ignored" }));
    let detail = described["imageDetails"][0].as_object_mut().unwrap();
    assert!(detail.remove("imagePushedAt").unwrap().as_f64().unwrap() > 1_700_000_000.0);
    let size: usize = image.blobs().map(|(_, bytes)| bytes.len()).sum();
    let about = json!({
        "imageDigest": digest,
        "imageSizeInBytes": size,
        "imageManifestMediaType": OCI_MANIFEST,
        "artifactMediaType": "application/vnd.oci.image.config.v1+json",
    });
    let mut expect = about.clone();
    expect["registryId"] = json!(ACCOUNT);
    expect["repositoryName"] = json!("app");
    expect["imageTags"] = json!(["v1", "v2", "v3"]);
    assert_eq!(described, json!({ "imageDetails": [expect] }));
    let by_id = json!({ "repositoryName": "app", "imageIds": [{ "imageTag": "none" }] });
    let answer = client.call("DescribeImages", &by_id).unwrap();
    assert_eq!(answer.code(), "ImageNotFoundException");

    let mut page = |input: Value| {
        let mut answer = done(client, "DescribeImageTags", input);
        let details = answer["imageTagDetails"].as_array_mut().unwrap();
        for detail in &mut *details {
            assert!(detail["createdAt"].as_f64().unwrap() > 1_700_000_000.0);
            let mut image = detail["imageDetail"].take();
            assert!(image.as_object_mut().unwrap().remove("imagePushedAt").unwrap().is_f64());
            assert_eq!(image, about);
        }
        let tags: Vec<_> = details.iter().map(|detail| detail["imageTag"].as_str().unwrap().to_owned()).collect();
        (tags, answer["nextToken"].take())
    };
    let (tags, token) = page(json!({ "repositoryName": "app", "maxResults": 2 }));
    assert_eq!(tags, ["v1", "v2"]);
    let (tags, token) = page(json!({ "repositoryName": "app", "maxResults": 2, "nextToken": token }));
    assert_eq!((tags, token), (vec!["v3".to_owned()], Value::Null));
    refused(client, "DescribeImageTags", json!({ "repositoryName": "none" }), &missing("none"));

    let ids = json!([{ "imageTag": "v1" }, { "imageTag": "none" }]);
    let deleted = done(client, "BatchDeleteImage", json!({ "repositoryName": "app", "imageIds": ids }));
    assert_eq!(deleted["imageIds"], json!([{ "imageDigest": digest, "imageTag": "v1" }]));
    assert_eq!(deleted["failures"][0]["failureCode"], "ImageNotFound");
    check(&mut anonymous(&server), &format!("GET /v2/{PATH}/app/manifests/v1"), "404 MANIFEST_UNKNOWN");
    check(&mut anonymous(&server), &format!("GET /v2/{PATH}/app/manifests/v2"), "200");
}

#[test]
fn resources_are_tagged() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut public(&server);
    let tags = json!([{ "Key": "team", "Value": "a" }]);
    done(client, "CreateRepository", json!({ "repositoryName": "app", "tags": tags }));
    let arn = format!("{ARN}app");
    let list =
        |client: &mut AwsClient| done(client, "ListTagsForResource", json!({ "resourceArn": arn }))["tags"].take();
    assert_eq!(list(client), tags);
    done(client, "TagResource", json!({ "resourceArn": arn, "tags": [{ "Key": "cost" }] }));
    done(client, "UntagResource", json!({ "resourceArn": arn, "tagKeys": ["team"] }));
    assert_eq!(list(client), json!([{ "Key": "cost", "Value": "" }]));
    for bad in [
        "app",
        "arn:aws:ecr:us-east-1:000000000000:repository/app",
        "arn:aws:ecr-public:us-east-1:000000000000:repository/app",
        "arn:aws:ecr-public::000000000000:registry/000000000000",
    ] {
        violates(client, "ListTagsForResource", json!({ "resourceArn": bad }), "resourceArn", "Invalid ARN");
    }
    let none = json!({ "resourceArn": format!("{ARN}none") });
    refused(client, "ListTagsForResource", none, &missing("none"));
}

#[test]
fn operations_belong_to_their_own_service() {
    let scene = Scene::new();
    let (server, mut client) = begin(&scene);
    for operation in ["DescribeRegistry", "GetDownloadUrlForLayer", "PutLifecyclePolicy", "Nothing"] {
        let answer = client.call(operation, &json!({ "repositoryName": "app" })).unwrap();
        assert_eq!(answer.code(), "UnknownOperationException", "{operation}");
    }
    // A signature for one service is none for the other.
    let mut other = ecr(&server);
    let answer = other.call_bytes("SpencerFrontendService.DescribeRegistries", b"{}").unwrap();
    assert_ne!(answer.status, 200, "{}", answer.summary());
}
