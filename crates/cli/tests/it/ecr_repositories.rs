//! The Amazon ECR operations of repositories, policies, tags, settings, templates and login: what each answers, with which
//! code and text it refuses, and what it does to pushes and pulls.

use plimsoll_testkit::http::Client;
use plimsoll_testkit::sigv4::{AwsClient, Signer};
use plimsoll_testkit::{Credentials, Digest, RealBinary};
use serde_json::{Value, json};

use crate::harness::{self, Scene, check, check_with};

const ACCOUNT: &str = "000000000000";
const STRANGER: &str = "111122223333";
const ARN: &str = "arn:aws:ecr:us-east-1:000000000000:repository/";

pub(crate) fn ecr(server: &RealBinary) -> AwsClient {
    AwsClient::new(server.address(), Signer::new(server.credentials(), "ecr"))
}

/// Calls an operation that has to succeed.
#[track_caller]
pub(crate) fn done(client: &mut AwsClient, operation: &str, input: Value) -> Value {
    let answer = client.call(operation, &input).unwrap();
    assert_eq!(answer.summary(), "200", "{operation} {input}");
    answer.body
}

/// Calls an operation that has to be refused with this code and message.
#[track_caller]
pub(crate) fn refused(client: &mut AwsClient, operation: &str, input: Value, expect: &str) {
    let answer = client.call(operation, &input).unwrap();
    assert_eq!(answer.summary(), format!("400 {expect}"), "{operation} {input}");
}

/// Calls an operation that has to be refused because a parameter breaks a constraint.
#[track_caller]
pub(crate) fn violates(client: &mut AwsClient, operation: &str, input: Value, field: &str, constraint: &str) {
    let expect = format!(
        "InvalidParameterException: Invalid parameter at '{field}' failed to satisfy constraint: '{constraint}'"
    );
    refused(client, operation, input, &expect);
}

pub(crate) fn missing(name: &str) -> String {
    format!(
        "RepositoryNotFoundException: The repository with name '{name}' does not exist in the registry with id '{ACCOUNT}'"
    )
}

/// `name` with all but its description and creation time as they are by default.
fn plain(server: &RealBinary, name: &str) -> Value {
    json!({
        "repositoryArn": format!("{ARN}{name}"),
        "registryId": ACCOUNT,
        "repositoryName": name,
        "repositoryUri": format!("{}/{name}", server.address()),
        "imageTagMutability": "MUTABLE",
        "imageScanningConfiguration": { "scanOnPush": false },
        "encryptionConfiguration": { "encryptionType": "AES256" },
    })
}

/// Takes the time out of a repository that is described, having checked that it is a time.
#[track_caller]
pub(crate) fn timeless(mut repository: Value) -> Value {
    let created = repository.as_object_mut().unwrap().remove("createdAt").unwrap();
    assert!(created.as_f64().unwrap() > 1_700_000_000.0, "{created}");
    repository
}

/// Pushes an image of one layer and answers its digest.
fn push(server: &RealBinary, repository: &str, tag: &str) -> String {
    let blob = |bytes: &[u8]| {
        let digest = Digest::sha256(bytes);
        server.registry().push_blob(repository, &digest, bytes).unwrap();
        digest
    };
    let (layer, config) = (blob(b"layer"), blob(tag.as_bytes()));
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": { "mediaType": "application/vnd.example.config", "digest": config.to_string(), "size": tag.len() },
        "layers": [{ "mediaType": "application/vnd.example.layer", "digest": layer.to_string(), "size": 5 }],
    });
    let path = format!("PUT /v2/{repository}/manifests/{tag}");
    let media = [("content-type", "application/vnd.oci.image.manifest.v1+json")];
    let response = check_with(&mut server.http(), &path, &media, manifest.to_string().as_bytes(), "201");
    response.header("docker-content-digest").unwrap().to_owned()
}

#[test]
fn repositories_are_made_as_asked() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    let made =
        |client: &mut AwsClient, input: Value| timeless(done(client, "CreateRepository", input)["repository"].take());

    assert_eq!(made(client, json!({ "repositoryName": "team/app" })), plain(&server, "team/app"));
    let with = |name: &str, changes: Value| {
        let mut expect = plain(&server, name);
        for (member, value) in changes.as_object().unwrap() {
            expect[member] = value.clone();
        }
        expect
    };
    let filters =
        json!([{ "filterType": "WILDCARD", "filter": "dev-*" }, { "filterType": "WILDCARD", "filter": "latest" }]);
    let mutability =
        json!({ "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION", "imageTagMutabilityExclusionFilters": filters });
    let mut input = mutability.clone();
    input["repositoryName"] = json!("filtered");
    assert_eq!(made(client, input), with("filtered", mutability));
    let input = json!({ "repositoryName": "scanned", "imageScanningConfiguration": { "scanOnPush": true } });
    assert_eq!(made(client, input), with("scanned", json!({ "imageScanningConfiguration": { "scanOnPush": true } })));

    let keys = [
        (json!({ "encryptionType": "KMS", "kmsKey": "0-a" }), "arn:aws:kms:us-east-1:000000000000:key/0-a"),
        (json!({ "encryptionType": "KMS_DSSE", "kmsKey": "alias/x" }), "arn:aws:kms:us-east-1:000000000000:alias/x"),
        (
            json!({ "encryptionType": "KMS", "kmsKey": "arn:aws:kms:us-east-1:111122223333:key/k" }),
            "arn:aws:kms:us-east-1:111122223333:key/k",
        ),
    ];
    for (number, (configuration, arn)) in keys.into_iter().enumerate() {
        let name = format!("encrypted-{number}");
        let input = json!({ "repositoryName": name, "encryptionConfiguration": configuration });
        let told = json!({ "encryptionType": configuration["encryptionType"], "kmsKey": arn });
        assert_eq!(made(client, input), with(&name, json!({ "encryptionConfiguration": told })));
    }
    let managed = |client: &mut AwsClient, name: &str| {
        let input = json!({ "repositoryName": name, "encryptionConfiguration": { "encryptionType": "KMS" } });
        made(client, input)["encryptionConfiguration"]["kmsKey"].as_str().unwrap().to_owned()
    };
    let (one, other) = (managed(client, "managed-1"), managed(client, "managed-2"));
    assert!(one.starts_with("arn:aws:kms:us-east-1:000000000000:key/"), "{one}");
    assert_eq!(one, other);
}

#[test]
fn what_no_repository_can_be_is_refused() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    done(client, "CreateRepository", json!({ "repositoryName": "app" }));
    refused(
        client,
        "CreateRepository",
        json!({ "repositoryName": "app" }),
        "RepositoryAlreadyExistsException: The repository with name 'app' already exists in the registry with id \
         '000000000000'",
    );
    let filters = "imageTagMutabilityExclusionFilters";
    let filter = |pattern: &str| json!([{ "filterType": "WILDCARD", "filter": pattern }]);
    violates(
        client,
        "CreateRepository",
        json!({ "repositoryName": "b1", "imageTagMutability": "MUTABLE_WITH_EXCLUSION" }),
        filters,
        "ImageTagMutabilityExclusionFilters can't be null when imageTagMutability is set as MUTABLE_WITH_EXCLUSION",
    );
    violates(
        client,
        "CreateRepository",
        json!({ "repositoryName": "b1", "imageTagMutability": "IMMUTABLE", filters: filter("a") }),
        filters,
        "ImageTagMutabilityExclusionFilters must be null when imageTagMutability is set as IMMUTABLE",
    );
    violates(
        client,
        "CreateRepository",
        json!({ "repositoryName": "b1", "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION", filters: filter("*a*b*") }),
        filters,
        "A filter can contain a maximum of 2 wildcards",
    );
    violates(
        client,
        "CreateRepository",
        json!({ "repositoryName": "b1", "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION", filters: filter("a b") }),
        "imageTagMutabilityExclusionFilters.1.member.filter",
        "Member must satisfy regular expression pattern: ^[0-9a-zA-Z._*-]{1,128}$",
    );
    violates(
        client,
        "CreateRepository",
        json!({ "repositoryName": "b1", "encryptionConfiguration": { "encryptionType": "AES256", "kmsKey": "k" } }),
        "kmsKey",
        "kmsKey must be null when encryptionType is set as AES256",
    );
    violates(
        client,
        "CreateRepository",
        json!({ "repositoryName": "b1", "encryptionConfiguration": { "encryptionType": "KMS", "kmsKey": "a b" } }),
        "kmsKey",
        "Invalid KMS key provided",
    );
    let elsewhere = json!({ "encryptionType": "KMS", "kmsKey": "arn:aws:kms:eu-west-1:000000000000:key/k" });
    let input = json!({ "repositoryName": "b1", "encryptionConfiguration": elsewhere });
    let answer = client.call("CreateRepository", &input).unwrap();
    assert_eq!((answer.code(), answer.body["kmsError"].as_str()), ("KmsException", Some("NotFoundException")));

    let tagged = |tags: Value| json!({ "repositoryName": "b1", "tags": tags });
    for (tags, expect) in [
        (json!([{ "Key": "", "Value": "" }]), "Tag keys can have a length of 1 to 128 characters."),
        (json!([{ "Key": "k".repeat(129), "Value": "" }]), "Tag keys can have a length of 1 to 128 characters."),
        (json!([{ "Key": "k", "Value": "v".repeat(257) }]), "Tag values can have a maximum length of 256 characters."),
        (json!([{ "Key": "AWS:x", "Value": "" }]), "Tag keys must not begin with aws:."),
        (json!([{ "Key": "a", "Value": "" }, { "Key": "a", "Value": "" }]), "Duplicate tag key: a."),
    ] {
        refused(client, "CreateRepository", tagged(tags), &format!("InvalidTagParameterException: {expect}"));
    }
    let many: Vec<_> = (0..51).map(|key| json!({ "Key": format!("k{key}"), "Value": "" })).collect();
    let too_many = "TooManyTagsException: The maximum number of tags that can be applied to a repository is 50.";
    refused(client, "CreateRepository", tagged(json!(many)), too_many);
    refused(client, "DescribeRepositories", json!({ "repositoryNames": ["b1"] }), &missing("b1"));
}

#[test]
fn repositories_are_described_by_name_and_by_page() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    for name in ["c", "a/b", "a-b", "a", "b"] {
        done(client, "CreateRepository", json!({ "repositoryName": format!("x{name}") }));
    }
    let names = |answer: &Value| -> Vec<String> {
        let repositories = answer["repositories"].as_array().unwrap();
        repositories.iter().map(|repository| repository["repositoryName"].as_str().unwrap().to_owned()).collect()
    };
    let all = done(client, "DescribeRepositories", json!({}));
    assert_eq!(names(&all), ["xa", "xa-b", "xa/b", "xb", "xc"]);
    assert_eq!(all["nextToken"], Value::Null);
    let input = json!({ "repositoryNames": ["xc", "xa", "xc"] });
    assert_eq!(names(&done(client, "DescribeRepositories", input)), ["xc", "xa"]);

    let first = done(client, "DescribeRepositories", json!({ "maxResults": 2 }));
    assert_eq!(names(&first), ["xa", "xa-b"]);
    let token = first["nextToken"].clone();
    let second = done(client, "DescribeRepositories", json!({ "maxResults": 3, "nextToken": token }));
    assert_eq!(names(&second), ["xa/b", "xb", "xc"]);
    assert_eq!(second["nextToken"], Value::Null, "the last page has no token, even when it is full");
    let own = json!({ "nextToken": token, "registryId": ACCOUNT });
    assert_eq!(names(&done(client, "DescribeRepositories", own)), ["xa/b", "xb", "xc"]);

    let invalid = "Invalid next token provided";
    for bad in ["", "x", &format!("{}x", token.as_str().unwrap())] {
        violates(client, "DescribeRepositories", json!({ "nextToken": bad }), "NextToken", invalid);
    }
    // A token of one list is of no use for another.
    violates(client, "ListPullTimeUpdateExclusions", json!({ "nextToken": token }), "NextToken", invalid);
    for (field, value) in [("nextToken", token), ("maxResults", json!(5))] {
        let rule = format!("{field} must be null when repositoryNames is specified");
        violates(client, "DescribeRepositories", json!({ "repositoryNames": ["xa"], field: value }), field, &rule);
    }
    refused(client, "DescribeRepositories", json!({ "repositoryNames": ["xa", "no"] }), &missing("no"));
    let range = |bound: &str| format!("Member must have value {bound}");
    violates(
        client,
        "DescribeRepositories",
        json!({ "maxResults": 0 }),
        "maxResults",
        &range("greater than or equal to 1"),
    );
    let most = range("less than or equal to 1000");
    violates(client, "DescribeRepositories", json!({ "maxResults": 1001 }), "maxResults", &most);
}

#[test]
fn repositories_are_deleted_with_their_images_only_by_force() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    done(client, "CreateRepository", json!({ "repositoryName": "empty" }));
    let deleted = done(client, "DeleteRepository", json!({ "repositoryName": "empty" }));
    assert_eq!(timeless(deleted["repository"].clone()), plain(&server, "empty"));
    refused(client, "DeleteRepository", json!({ "repositoryName": "empty" }), &missing("empty"));

    let digest = push(&server, "full", "v1");
    refused(
        client,
        "DeleteRepository",
        json!({ "repositoryName": "full" }),
        "RepositoryNotEmptyException: The repository with name 'full' in registry with id '000000000000' cannot be deleted \
         because it still contains images",
    );
    check(&mut server.http(), "GET /v2/full/manifests/v1", "200");
    done(client, "DeleteRepository", json!({ "repositoryName": "full", "force": true }));
    check(&mut server.http(), "GET /v2/full/manifests/v1", "404 NAME_UNKNOWN");
    check(&mut server.http(), &format!("GET /v2/full/manifests/{digest}"), "404 NAME_UNKNOWN");
    // The name is free at once, and nothing of the old repository is in the new one.
    done(client, "CreateRepository", json!({ "repositoryName": "full" }));
    check(&mut server.http(), &format!("GET /v2/full/manifests/{digest}"), "404 MANIFEST_UNKNOWN");
    assert_eq!(push(&server, "full", "v1"), digest);
}

#[test]
fn mutability_holds_for_pushes() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    push(&server, "app", "v1");
    let set = json!({
        "repositoryName": "app",
        "imageTagMutability": "MUTABLE_WITH_EXCLUSION",
        "imageTagMutabilityExclusionFilters": [{ "filterType": "WILDCARD", "filter": "v*" }],
    });
    let mut told = set.clone();
    told["registryId"] = json!(ACCOUNT);
    assert_eq!(done(client, "PutImageTagMutability", set), told);
    let described = done(client, "DescribeRepositories", json!({ "repositoryNames": ["app"] }));
    assert_eq!(described["repositories"][0]["imageTagMutability"], "MUTABLE_WITH_EXCLUSION");
    let other = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [],
    });
    let media = [("content-type", "application/vnd.oci.image.index.v1+json")];
    let put = |tag: &str, expect: &str| {
        let path = format!("PUT /v2/app/manifests/{tag}");
        check_with(&mut server.http(), &path, &media, other.to_string().as_bytes(), expect)
    };
    put("latest", "201");
    let message = "The image tag 'v1' already exists in the 'app' repository and cannot be overwritten because the tag is \
                   immutable.";
    assert_eq!(harness::json(&put("v1", "400 TAG_INVALID"))["errors"][0]["message"], message);
    put("v2", "201");
    let set = json!({ "repositoryName": "app", "imageTagMutability": "MUTABLE" });
    let told = json!({ "registryId": ACCOUNT, "repositoryName": "app", "imageTagMutability": "MUTABLE" });
    assert_eq!(done(client, "PutImageTagMutability", set), told);
    put("v1", "201");
    let set = json!({ "repositoryName": "no", "imageTagMutability": "MUTABLE" });
    refused(client, "PutImageTagMutability", set, &missing("no"));
    let set = json!({ "repositoryName": "app" });
    violates(client, "PutImageTagMutability", set, "imageTagMutability", "Member must not be null");
}

#[test]
fn repository_policies_are_kept_and_told() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    done(client, "CreateRepository", json!({ "repositoryName": "app" }));
    let app = json!({ "repositoryName": "app" });
    let none = "RepositoryPolicyNotFoundException: Repository policy does not exist for the repository with name 'app' in \
                the registry with id '000000000000'";
    refused(client, "GetRepositoryPolicy", app.clone(), none);
    refused(client, "DeleteRepositoryPolicy", app.clone(), none);
    let statement = |effect: &str, action: &str| {
        json!({ "Sid": "s", "Effect": effect, "Principal": "*", "Action": [action] }).to_string()
    };
    let policy = |statement: &str| format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    let set = |text: String| json!({ "repositoryName": "app", "policyText": text });
    let text = policy(r#"{"Sid":"s","Effect":"Allow","Principal":"*","Action":["ecr:BatchGetImage"]}"#);
    let told = "{\n  \"Version\" : \"2012-10-17\",\n  \"Statement\" : [ {\n    \"Sid\" : \"s\",\n    \"Effect\" : \"Allow\",\n    \
                \"Principal\" : \"*\",\n    \"Action\" : [ \"ecr:BatchGetImage\" ]\n  } ]\n}";
    let expect = json!({ "registryId": ACCOUNT, "repositoryName": "app", "policyText": told });
    assert_eq!(done(client, "SetRepositoryPolicy", set(text)), expect);
    assert_eq!(done(client, "GetRepositoryPolicy", app.clone()), expect);

    let invalid = "InvalidParameterException: Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid \
                   repository policy provided': ";
    for (bad, reason) in [
        ("x", "a policy document must be JSON"),
        ("{}", "Statement: is required"),
        (&policy(r#"{"Effect":"Allow","Action":"ecr:*"}"#), "Statement[1]"),
        (r#"{"Statement":[],"Statement":[]}"#, "a policy document must be JSON"),
        (r#"{"Version":"2020-01-01","Statement":[]}"#, "Version"),
    ] {
        let summary = client.call("SetRepositoryPolicy", &set(bad.to_owned())).unwrap().summary();
        assert!(summary.starts_with(&format!("400 {invalid}{reason}")), "{bad}: {summary}");
    }
    let long = "Member must have length less than or equal to 10240";
    violates(client, "SetRepositoryPolicy", set(" ".repeat(10_241)), "policyText", long);
    assert_eq!(done(client, "GetRepositoryPolicy", app.clone()), expect, "what was refused changed nothing");

    // A policy that shuts its setter out has to be forced, and cannot be set again.
    let shut = policy(&statement("Deny", "ecr:SetRepositoryPolicy"));
    let rule =
        "The policy would prevent you from setting another policy in the future. Set it with force if you mean it";
    violates(client, "SetRepositoryPolicy", set(shut.clone()), "PolicyText", rule);
    done(client, "SetRepositoryPolicy", json!({ "repositoryName": "app", "policyText": shut, "force": true }));
    let answer = client.call("SetRepositoryPolicy", &set(policy(&statement("Allow", "ecr:*")))).unwrap();
    assert_eq!(answer.code(), "AccessDeniedException");
    assert!(answer.summary().contains("with an explicit deny in a resource-based policy"), "{}", answer.summary());
    done(client, "DeleteRepositoryPolicy", app.clone());
    refused(client, "GetRepositoryPolicy", app, none);
    refused(client, "GetRepositoryPolicy", json!({ "repositoryName": "no" }), &missing("no"));
}

#[test]
fn resources_are_tagged() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    let tags = json!([{ "Key": "team", "Value": "a" }]);
    done(client, "CreateRepository", json!({ "repositoryName": "app", "tags": tags }));
    let arn = format!("{ARN}app");
    let list =
        |client: &mut AwsClient| done(client, "ListTagsForResource", json!({ "resourceArn": arn }))["tags"].take();
    assert_eq!(list(client), tags);
    let more = json!([{ "Key": "team", "Value": "b" }, { "Key": "cost", "Value": "" }]);
    assert_eq!(done(client, "TagResource", json!({ "resourceArn": arn, "tags": more })), json!({}));
    assert_eq!(list(client), json!([{ "Key": "cost", "Value": "" }, { "Key": "team", "Value": "b" }]));
    let keys = json!({ "resourceArn": arn, "tagKeys": ["team", "nothing"] });
    assert_eq!(done(client, "UntagResource", keys), json!({}));
    assert_eq!(list(client), json!([{ "Key": "cost", "Value": "" }]));

    let many: Vec<_> = (0..50).map(|key| json!({ "Key": format!("k{key}"), "Value": "" })).collect();
    let too_many = "TooManyTagsException: The maximum number of tags that can be applied to a repository is 50.";
    refused(client, "TagResource", json!({ "resourceArn": arn, "tags": many }), too_many);
    assert_eq!(list(client), json!([{ "Key": "cost", "Value": "" }]), "what was refused changed nothing");
    done(client, "TagResource", json!({ "resourceArn": arn, "tags": many[..49] }));
    for bad in [
        "app",
        "arn:aws:ecr:us-east-1:000000000000:app",
        "arn:aws:ecr:eu-west-1:000000000000:repository/app",
        "arn:aws:ecr:us-east-1:0000:repository/app",
        "arn:aws:iam::000000000000:role/app",
        "arn:aws:ecr:us-east-1:000000000000:repository/A",
    ] {
        violates(client, "ListTagsForResource", json!({ "resourceArn": bad }), "resourceArn", "Invalid ARN");
    }
    refused(client, "ListTagsForResource", json!({ "resourceArn": format!("{ARN}no") }), &missing("no"));
}

#[test]
fn the_registry_has_a_policy_and_settings() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    let registry = json!({ "registryId": ACCOUNT, "replicationConfiguration": { "rules": [] } });
    assert_eq!(done(client, "DescribeRegistry", json!({})), registry);
    let none = "RegistryPolicyNotFoundException: Registry policy does not exist in the registry with id '000000000000'";
    refused(client, "GetRegistryPolicy", json!({}), none);
    refused(client, "DeleteRegistryPolicy", json!({}), none);
    let statement = json!({ "Effect": "Deny", "Principal": "*", "Action": "ecr:DeleteRepository", "Resource": "*" });
    let text = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    let set = done(client, "PutRegistryPolicy", json!({ "policyText": text }));
    assert_eq!(serde_json::from_str::<Value>(set["policyText"].as_str().unwrap()).unwrap()["Statement"][0], statement);
    assert_eq!(done(client, "GetRegistryPolicy", json!({})), set);
    done(client, "CreateRepository", json!({ "repositoryName": "app" }));
    let answer = client.call("DeleteRepository", &json!({ "repositoryName": "app" })).unwrap();
    assert_eq!(answer.code(), "AccessDeniedException", "the registry's policy is asked");
    let answer = client.call("PutRegistryPolicy", &json!({ "policyText": "{}" })).unwrap();
    let invalid = "400 InvalidParameterException: Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid \
                   registry policy provided': ";
    assert!(answer.summary().starts_with(invalid), "{}", answer.summary());
    assert_eq!(done(client, "DeleteRegistryPolicy", json!({})), set);
    done(client, "DeleteRepository", json!({ "repositoryName": "app" }));

    let get =
        |client: &mut AwsClient, name: &str| done(client, "GetAccountSetting", json!({ "name": name }))["value"].take();
    for (name, value) in
        [("BASIC_SCAN_TYPE_VERSION", "AWS_NATIVE"), ("REGISTRY_POLICY_SCOPE", "V2"), ("BLOB_MOUNTING", "ENABLED")]
    {
        assert_eq!(get(client, name), value);
        let set = json!({ "name": name, "value": value });
        assert_eq!(done(client, "PutAccountSetting", set.clone()), set);
    }
    let values = "Member must satisfy enum value set: [ENABLED, DISABLED]";
    violates(client, "PutAccountSetting", json!({ "name": "BLOB_MOUNTING", "value": "yes" }), "value", values);
    let names = "Member must satisfy enum value set: [BASIC_SCAN_TYPE_VERSION, REGISTRY_POLICY_SCOPE, BLOB_MOUNTING]";
    violates(client, "GetAccountSetting", json!({ "name": "X" }), "name", names);
}

#[test]
fn blobs_are_mounted_where_the_account_lets_them() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    let digest = Digest::sha256(b"shared");
    server.registry().push_blob("source", &digest, b"shared").unwrap();
    let mount = |target: &str, expect: &str| {
        let path = format!("POST /v2/{target}/blobs/uploads/?mount={digest}&from=source");
        check(&mut server.http(), &path, expect);
    };
    mount("one", "201");
    done(client, "PutAccountSetting", json!({ "name": "BLOB_MOUNTING", "value": "DISABLED" }));
    mount("two", "202");
    done(client, "PutAccountSetting", json!({ "name": "BLOB_MOUNTING", "value": "ENABLED" }));
    mount("three", "201");
}

#[test]
fn pulls_of_some_are_excluded() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    let arn = |name: &str| format!("arn:aws:iam::{ACCOUNT}:{name}");
    for name in ["user/c", "role/b", "role/ci/a"] {
        let added = done(client, "RegisterPullTimeUpdateExclusion", json!({ "principalArn": arn(name) }));
        assert_eq!(added["principalArn"], arn(name));
        assert!(added["createdAt"].as_f64().unwrap() > 1_700_000_000.0);
    }
    refused(
        client,
        "RegisterPullTimeUpdateExclusion",
        json!({ "principalArn": arn("role/b") }),
        "ExclusionAlreadyExistsException: The pull time update exclusion with principal ARN \
         'arn:aws:iam::000000000000:role/b' already exists in the registry with id '000000000000'",
    );
    let list = |client: &mut AwsClient, input: Value| done(client, "ListPullTimeUpdateExclusions", input);
    let all = json!({ "pullTimeUpdateExclusions": [arn("role/b"), arn("role/ci/a"), arn("user/c")] });
    assert_eq!(list(client, json!({})), all);
    let first = list(client, json!({ "maxResults": 2 }));
    assert_eq!(first["pullTimeUpdateExclusions"], json!([arn("role/b"), arn("role/ci/a")]));
    let second = list(client, json!({ "maxResults": 2, "nextToken": first["nextToken"] }));
    assert_eq!(second, json!({ "pullTimeUpdateExclusions": [arn("user/c")] }));

    let role = json!({ "principalArn": arn("role/b") });
    assert_eq!(done(client, "DeregisterPullTimeUpdateExclusion", role.clone()), role);
    refused(
        client,
        "DeregisterPullTimeUpdateExclusion",
        role,
        "ExclusionNotFoundException: The pull time update exclusion with principal ARN 'arn:aws:iam::000000000000:role/b' \
         does not exist in the registry with id '000000000000'",
    );
    let pattern = r"Member must satisfy regular expression pattern: ^arn:aws(-[a-z]+)*:iam::[0-9]{12}:(role|user)/[\w+=,.@-]+(/[\w+=,.@-]+)*$";
    let root = json!({ "principalArn": "arn:aws:iam::000000000000:root" });
    violates(client, "RegisterPullTimeUpdateExclusion", root, "principalArn", pattern);
}

#[test]
fn pushes_make_repositories_by_template() {
    let scene = Scene::new();
    let server = scene.serve_with("[repositories]\ncreate_on_push = false\n");
    let client = &mut ecr(&server);
    check(&mut server.http(), "POST /v2/prod/app/blobs/uploads/", "404 NAME_UNKNOWN");
    let policy =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"ecr:BatchGetImage"}]}"#;
    let template = json!({
        "prefix": "prod",
        "description": "production",
        "appliedFor": ["CREATE_ON_PUSH", "REPLICATION"],
        "imageTagMutability": "IMMUTABLE",
        "encryptionConfiguration": { "encryptionType": "KMS", "kmsKey": "arn:aws:kms:us-east-1:000000000000:key/k" },
        "resourceTags": [{ "Key": "stage", "Value": "prod" }],
        "repositoryPolicy": policy,
    });
    let made = done(client, "CreateRepositoryCreationTemplate", template.clone());
    let told = made["repositoryCreationTemplate"].as_object().unwrap();
    for (member, value) in template.as_object().unwrap() {
        let expect = if member == "appliedFor" { &json!(["REPLICATION", "CREATE_ON_PUSH"]) } else { value };
        assert_eq!(&told[member], expect, "{member}");
    }
    done(
        client,
        "CreateRepositoryCreationTemplate",
        json!({ "prefix": "prod/pulled", "appliedFor": ["PULL_THROUGH_CACHE"] }),
    );
    done(
        client,
        "CreateRepositoryCreationTemplate",
        json!({ "prefix": "prod/team/", "appliedFor": ["CREATE_ON_PUSH"] }),
    );

    let mut made = |name: &str, mutability: &str, tags: Value| {
        check(&mut server.http(), &format!("POST /v2/{name}/blobs/uploads/"), "202");
        let found = done(client, "DescribeRepositories", json!({ "repositoryNames": [name] }));
        assert_eq!(found["repositories"][0]["imageTagMutability"], mutability, "{name}");
        let arn = format!("{ARN}{name}");
        assert_eq!(done(client, "ListTagsForResource", json!({ "resourceArn": arn }))["tags"], tags, "{name}");
    };
    made("prod/app", "IMMUTABLE", json!([{ "Key": "stage", "Value": "prod" }]));
    made("prod/pulled/app", "IMMUTABLE", json!([{ "Key": "stage", "Value": "prod" }]));
    made("prod/team/app", "MUTABLE", json!([]));
    let told = done(client, "GetRepositoryPolicy", json!({ "repositoryName": "prod/app" }));
    assert!(told["policyText"].as_str().unwrap().contains("ecr:BatchGetImage"));
    for other in ["production/app", "prod", "app"] {
        check(&mut server.http(), &format!("POST /v2/{other}/blobs/uploads/"), "404 NAME_UNKNOWN");
    }
    done(client, "CreateRepositoryCreationTemplate", json!({ "prefix": "ROOT", "appliedFor": ["CREATE_ON_PUSH"] }));
    check(&mut server.http(), "POST /v2/app/blobs/uploads/", "202");
}

#[test]
fn only_the_beginning_of_a_push_makes_a_repository() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    let template = json!({ "prefix": "made", "appliedFor": ["CREATE_ON_PUSH"], "imageTagMutability": "IMMUTABLE" });
    done(client, "CreateRepositoryCreationTemplate", template);
    let described = json!({ "repositoryNames": ["made/app"] });
    let http = &mut server.http();
    let upload = harness::start_upload(http, "made/app");
    let digest = Digest::sha256(b"layer");
    let end = format!("PUT {upload}{}digest={digest}", if upload.contains('?') { '&' } else { '?' });
    done(client, "DeleteRepository", json!({ "repositoryName": "made/app", "force": true }));
    // An upload that outlived its repository does not bring it back.
    check_with(http, &end, &[], b"layer", "404 NAME_UNKNOWN");
    refused(client, "DescribeRepositories", described.clone(), &missing("made/app"));
    // A manifest that needs nothing else may be all of a push, and then follows the template, too.
    let index = br#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#;
    let headers = [("content-type", "application/vnd.oci.image.index.v1+json")];
    check_with(http, "PUT /v2/made/app/manifests/v1", &headers, index, "201");
    let found = done(client, "DescribeRepositories", described);
    assert_eq!(found["repositories"][0]["imageTagMutability"], "IMMUTABLE");
}

#[test]
fn templates_are_changed_listed_and_deleted() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    for prefix in ["b", "a", "c"] {
        let input = json!({ "prefix": prefix, "appliedFor": ["REPLICATION"] });
        done(client, "CreateRepositoryCreationTemplate", input);
    }
    refused(
        client,
        "CreateRepositoryCreationTemplate",
        json!({ "prefix": "a", "appliedFor": ["REPLICATION"] }),
        "TemplateAlreadyExistsException: The repository creation template with prefix 'a' already exists in the registry \
         with id '000000000000'",
    );
    let list = |client: &mut AwsClient, input: Value| {
        let answer = done(client, "DescribeRepositoryCreationTemplates", input);
        assert_eq!(answer["registryId"], ACCOUNT);
        let templates = answer["repositoryCreationTemplates"].as_array().unwrap();
        let prefixes: Vec<_> =
            templates.iter().map(|template| template["prefix"].as_str().unwrap().to_owned()).collect();
        (prefixes, answer["nextToken"].clone())
    };
    let (first, token) = list(client, json!({ "maxResults": 2 }));
    assert_eq!(first, ["a", "b"]);
    assert_eq!(list(client, json!({ "maxResults": 2, "nextToken": token })), (vec!["c".to_owned()], Value::Null));
    let (named, token) = list(client, json!({ "prefixes": ["c", "no", "a"], "maxResults": 1 }));
    assert_eq!(named, ["a"]);
    violates(
        client,
        "DescribeRepositoryCreationTemplates",
        json!({ "prefixes": ["a"], "nextToken": token }),
        "NextToken",
        "Invalid next token provided",
    );

    let update = |client: &mut AwsClient, input: Value| {
        done(client, "UpdateRepositoryCreationTemplate", input)["repositoryCreationTemplate"].take()
    };
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"ecr:*"}]}"#;
    let changed = update(client, json!({ "prefix": "a", "description": "d", "repositoryPolicy": policy }));
    assert_eq!((&changed["description"], &changed["repositoryPolicy"]), (&json!("d"), &json!(policy)));
    assert_eq!(changed["appliedFor"], json!(["REPLICATION"]), "what is not mentioned stays");
    let changed = update(client, json!({ "prefix": "a", "repositoryPolicy": "" }));
    assert_eq!((&changed["description"], &changed["repositoryPolicy"]), (&json!("d"), &Value::Null));

    let unknown = "TemplateNotFoundException: The repository creation template with prefix 'no' does not exist in the \
                   registry with id '000000000000'";
    refused(client, "UpdateRepositoryCreationTemplate", json!({ "prefix": "no" }), unknown);
    refused(client, "DeleteRepositoryCreationTemplate", json!({ "prefix": "no" }), unknown);
    let deleted = done(client, "DeleteRepositoryCreationTemplate", json!({ "prefix": "a" }));
    assert_eq!(deleted["repositoryCreationTemplate"]["description"], "d");
    assert_eq!(list(client, json!({})).0, ["b", "c"]);

    let bad = |extra: &str, value: Value| json!({ "prefix": "x", "appliedFor": ["REPLICATION"], extra: value });
    let answer = client.call("CreateRepositoryCreationTemplate", &bad("repositoryPolicy", json!("{}"))).unwrap();
    assert_eq!(answer.code(), "InvalidParameterException");
    let answer = client.call("CreateRepositoryCreationTemplate", &bad("lifecyclePolicy", json!("{}"))).unwrap();
    assert_eq!(answer.code(), "InvalidParameterException");
    let scenarios = "Member must satisfy constraint: [Member must satisfy enum value set: [REPLICATION, PULL_THROUGH_CACHE, \
                     CREATE_ON_PUSH]]";
    violates(client, "CreateRepositoryCreationTemplate", bad("appliedFor", json!(["X"])), "appliedFor", scenarios);
}

#[test]
fn docker_logs_in_with_the_token() {
    use base64::Engine as _;
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    push(&server, "app", "v1");
    let before = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs_f64();
    let answer = done(client, "GetAuthorizationToken", json!({}));
    let data = &answer["authorizationData"][0];
    let expires = data["expiresAt"].as_f64().unwrap() - before;
    assert!((expires - 43_200.0).abs() < 60.0, "{expires}");
    assert_eq!(data["proxyEndpoint"], format!("http://{}", server.address()));
    let token = data["authorizationToken"].as_str().unwrap();
    let decoded = base64::engine::general_purpose::STANDARD.decode(token).unwrap();
    let decoded = String::from_utf8(decoded).unwrap();
    let (user, password) = decoded.split_once(':').unwrap();
    assert_eq!(user, "AWS");
    let mut docker = Client::new(server.address()).basic(user, password);
    check(&mut docker, "GET /v2/", "200");
    check(&mut docker, "GET /v2/app/manifests/v1", "200");
    let mut wrong = Client::new(server.address()).basic(user, &password[..password.len() - 1]);
    check(&mut wrong, "GET /v2/", "401 UNAUTHORIZED");

    let both = done(client, "GetAuthorizationToken", json!({ "registryIds": [ACCOUNT, STRANGER] }));
    assert_eq!(both["authorizationData"].as_array().unwrap().len(), 2);
    let many = json!({ "registryIds": vec![ACCOUNT; 11] });
    let most = "Member must have length less than or equal to 10";
    violates(client, "GetAuthorizationToken", many, "registryIds", most);
}

#[test]
fn repositories_of_others_are_none_of_ones_business() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    let user = format!("arn:aws:iam::{ACCOUNT}:user/administrator");
    for (operation, member, resource) in [
        ("CreateRepository", "repositoryName", "repository/app"),
        ("DeleteRepository", "repositoryName", "repository/app"),
        ("GetRepositoryPolicy", "repositoryName", "repository/app"),
        ("DescribeRepositories", "-", "repository/*"),
    ] {
        let mut input = json!({ "registryId": STRANGER });
        input[member] = json!("app");
        let expect = format!(
            "AccessDeniedException: User: {user} is not authorized to perform: ecr:{operation} on resource: \
             arn:aws:ecr:us-east-1:{STRANGER}:{resource} because no resource-based policy allows the ecr:{operation} action"
        );
        refused(client, operation, input, &expect);
    }
}

#[test]
fn what_is_left_for_later_says_so() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    for (operation, input) in [
        ("DescribePullThroughCacheRules", json!({})),
        ("GetSigningConfiguration", json!({})),
        ("ListReplicationBackfills", json!({})),
        ("PutReplicationConfiguration", json!({ "replicationConfiguration": { "rules": [] } })),
    ] {
        let expect = format!("ValidationException: {operation} is not available in this version of Plimsoll");
        refused(client, operation, input, &expect);
    }
    let rule = "Member must not be null";
    violates(client, "PutReplicationConfiguration", json!({}), "replicationConfiguration", rule);
    let answer = client.call("Nothing", &json!({})).unwrap();
    assert_eq!((answer.status, answer.code()), (400, "UnknownOperationException"));
}

#[test]
fn policies_see_tags() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    let deny = |action: &str, condition: Value| json!({ "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "*", "Condition": condition });
    let statements = json!([
        deny("ecr:CreateRepository", json!({ "StringEquals": { "aws:RequestTag/stage": "prod" } })),
        deny("ecr:TagResource", json!({ "ForAnyValue:StringEquals": { "aws:TagKeys": "reserved" } })),
        deny("ecr:UntagResource", json!({ "ForAnyValue:StringEquals": { "aws:TagKeys": "keep" } })),
        deny("ecr:DeleteRepository", json!({ "StringEquals": { "ecr:ResourceTag/keep": "yes" } })),
        deny("ecr:SetRepositoryPolicy", json!({ "StringEquals": { "aws:ResourceTag/keep": "yes" } })),
    ]);
    let text = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    done(client, "PutRegistryPolicy", json!({ "policyText": text }));
    let mut denied = |operation: &str, input: Value, action: &str| {
        let answer = client.call(operation, &input).unwrap();
        let expect = format!("is not authorized to perform: ecr:{action} on resource: {ARN}app with an explicit deny");
        assert!(answer.summary().contains(&expect), "{operation} {input}: {}", answer.summary());
    };
    let tags = |key: &str, value: &str| json!([{ "Key": key, "Value": value }]);
    let arn = format!("{ARN}app");
    denied("CreateRepository", json!({ "repositoryName": "app", "tags": tags("stage", "prod") }), "CreateRepository");
    denied("CreateRepository", json!({ "repositoryName": "app", "tags": tags("reserved", "") }), "TagResource");
    denied("TagResource", json!({ "resourceArn": arn, "tags": tags("reserved", "") }), "TagResource");
    let client = &mut ecr(&server);
    done(client, "CreateRepository", json!({ "repositoryName": "app", "tags": tags("keep", "yes") }));
    let mut denied = |operation: &str, input: Value| {
        let answer = client.call(operation, &input).unwrap();
        assert_eq!(answer.code(), "AccessDeniedException", "{operation} {input}");
    };
    denied("UntagResource", json!({ "resourceArn": arn, "tagKeys": ["keep"] }));
    denied("DeleteRepository", json!({ "repositoryName": "app" }));
    denied("SetRepositoryPolicy", json!({ "repositoryName": "app", "policyText": "{}" }));
    let client = &mut ecr(&server);
    done(client, "TagResource", json!({ "resourceArn": arn, "tags": tags("keep", "no") }));
    done(client, "DeleteRepository", json!({ "repositoryName": "app" }));
}

#[test]
fn another_account_needs_both_permissions() {
    let scene = Scene::new();
    let server = scene.serve();
    let client = &mut ecr(&server);
    let plimsoll = |arguments: &str| {
        let words: Vec<&str> = arguments.split(' ').chain(["--data", "data", "--format", "json"]).collect();
        let said = scene.run(&words, &[]);
        assert_eq!(said.code, Some(0), "{said:?}");
        said
    };
    plimsoll(&format!("account create {STRANGER}"));
    let user = |name: &str, policy: &str| {
        plimsoll(&format!("user create {name} --account {STRANGER} --policy arn:aws:iam::aws:policy/{policy}"));
        let key = plimsoll(&format!("user key create {name} --account {STRANGER}")).json();
        let text = |member: &str| key["AccessKey"][member].as_str().unwrap().to_owned();
        let (access_key_id, secret_access_key) = (text("AccessKeyId"), text("SecretAccessKey"));
        AwsClient::new(server.address(), Signer::new(&Credentials { access_key_id, secret_access_key }, "ecr"))
    };
    let (mut bob, mut eve) = (user("bob", "AdministratorAccess"), user("eve", "IAMReadOnlyAccess"));
    done(client, "CreateRepository", json!({ "repositoryName": "app" }));
    let describe = json!({ "registryId": ACCOUNT, "repositoryNames": ["app"] });
    let mut check = |bob_may: bool, eve_may: bool| {
        for (who, may) in [(&mut bob, bob_may), (&mut eve, eve_may)] {
            let answer = who.call("DescribeRepositories", &describe).unwrap();
            assert_eq!(answer.code(), if may { "" } else { "AccessDeniedException" }, "{}", answer.summary());
            let own = who.call("DescribeRepositories", &json!({ "repositoryNames": ["app"] })).unwrap();
            assert_ne!(own.status, 200, "the stranger's own registry has no such repository");
        }
    };
    check(false, false);
    let principal = json!({ "AWS": format!("arn:aws:iam::{STRANGER}:root") });
    let statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "ecr:DescribeRepositories" });
    let text = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    done(client, "SetRepositoryPolicy", json!({ "repositoryName": "app", "policyText": text }));
    check(true, false);
    done(client, "DeleteRepositoryPolicy", json!({ "repositoryName": "app" }));
    check(false, false);
}
