//! Bad input to the Amazon ECR API: each is refused with its code and text, and changes nothing. What each operation
//! refuses for reasons of its own is tested beside what it does; here is what all of them have to refuse.

use std::collections::BTreeSet;
use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use plimsoll_iam::{List, MasterKey};
use plimsoll_testkit::sigv4::{AwsClient, Signer};
use plimsoll_testkit::{Credentials, RealBinary};
use serde_json::{Value, json};

use crate::harness::Scene;
use crate::images::plain;

const ACCOUNT: &str = "000000000000";
const STRANGER: &str = "111122223333";
const ARN: &str = "arn:aws:ecr:us-east-1:000000000000:repository/";
const TARGET: &str = "AmazonEC2ContainerRegistry_V20150921";
const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const UPLOAD: &str = "01234567-89ab-cdef-0123-456789abcdef";

fn ecr(server: &RealBinary) -> AwsClient {
    AwsClient::new(server.address(), Signer::new(server.credentials(), "ecr"))
}

/// A server with an image, and something in every setting.
fn furnished(scene: &Scene) -> RealBinary {
    let server = scene.serve();
    server.registry().push_image("team/app", "1", &plain("kept")).unwrap();
    server.registry().push_image("team/other", "1", &plain("other")).unwrap();
    let client = &mut ecr(&server);
    let keep = json!({ "rules": [{ "rulePriority": 1, "description": "keep what is of use, and no more than that",
        "selection": { "tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 1000 },
        "action": { "type": "expire" } }] });
    for (operation, input) in [
        ("SetRepositoryPolicy", json!({ "repositoryName": "team/app", "policyText": policy("Principal", "ecr:*") })),
        ("PutRegistryPolicy", json!({ "policyText": registry_policy() })),
        ("PutLifecyclePolicy", json!({ "repositoryName": "team/app", "lifecyclePolicyText": keep.to_string() })),
        ("TagResource", json!({ "resourceArn": format!("{ARN}team/app"), "tags": [{ "Key": "a", "Value": "b" }] })),
        ("RegisterPullTimeUpdateExclusion", json!({ "principalArn": "arn:aws:iam::000000000000:role/scanner" })),
        ("CreateRepositoryCreationTemplate", json!({ "prefix": "ROOT", "appliedFor": ["CREATE_ON_PUSH"] })),
    ] {
        let answer = client.call(operation, &input).unwrap();
        assert_eq!(answer.summary(), "200", "{operation}");
    }
    server
}

/// All that operations could have changed.
fn state(client: &mut AwsClient) -> Vec<Value> {
    let app = json!({ "repositoryName": "team/app" });
    [
        ("DescribeRepositories", json!({})),
        ("DescribeImages", app.clone()),
        ("DescribeImages", json!({ "repositoryName": "team/other" })),
        ("GetRepositoryPolicy", app.clone()),
        ("GetLifecyclePolicy", app),
        ("ListTagsForResource", json!({ "resourceArn": format!("{ARN}team/app") })),
        ("GetRegistryPolicy", json!({})),
        ("DescribeRegistry", json!({})),
        ("GetRegistryScanningConfiguration", json!({})),
        ("ListPullTimeUpdateExclusions", json!({})),
        ("DescribeRepositoryCreationTemplates", json!({})),
        ("GetAccountSetting", json!({ "name": "BASIC_SCAN_TYPE_VERSION" })),
        ("GetAccountSetting", json!({ "name": "REGISTRY_POLICY_SCOPE" })),
        ("GetAccountSetting", json!({ "name": "BLOB_MOUNTING" })),
    ]
    .into_iter()
    .map(|(operation, input)| {
        let answer = client.call(operation, &input).unwrap();
        assert_eq!(answer.summary(), "200", "{operation} {input}");
        answer.body
    })
    .collect()
}

/// A policy for everybody of the account, with the element that is to be of interest.
fn policy(principal: &str, action: &str) -> String {
    let everybody = json!({ "AWS": format!("arn:aws:iam::{ACCOUNT}:root") });
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", principal: everybody, "Action": action }] })
        .to_string()
}

fn registry_policy() -> String {
    let resource = format!("{ARN}*");
    let principal = json!({ "AWS": format!("arn:aws:iam::{STRANGER}:root") });
    let statement =
        json!({ "Effect": "Allow", "Principal": principal, "Action": "ecr:ReplicateImage", "Resource": resource });
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

/// Every operation, with what it must be given and what it may be given.
fn operations() -> Vec<(&'static str, Value, Value)> {
    [of_repositories(), of_the_registry()].concat()
}

fn id() -> Value {
    json!({ "imageTag": "1", "imageDigest": DIGEST })
}

fn registry() -> Value {
    json!({ "registryId": ACCOUNT })
}

fn page() -> Value {
    json!({ "registryId": ACCOUNT, "nextToken": "token", "maxResults": 5 })
}

fn filters() -> Value {
    json!([{ "filterType": "WILDCARD", "filter": "v*" }])
}

fn of_repositories() -> Vec<(&'static str, Value, Value)> {
    let repository = || json!({ "repositoryName": "team/app" });
    let with = |name: &str, value: Value| json!({ "repositoryName": "team/app", name: value });
    let text = || "x".repeat(100);
    vec![
        ("BatchCheckLayerAvailability", with("layerDigests", json!([DIGEST])), registry()),
        ("BatchDeleteImage", with("imageIds", json!([id()])), registry()),
        ("BatchGetImage", with("imageIds", json!([id()])), json!({ "acceptedMediaTypes": ["a/b"] })),
        (
            "CompleteLayerUpload",
            json!({ "repositoryName": "team/app", "uploadId": UPLOAD, "layerDigests": [DIGEST] }),
            registry(),
        ),
        (
            "CreateRepository",
            json!({ "repositoryName": "team/new" }),
            json!({ "registryId": ACCOUNT, "tags": [{ "Key": "k", "Value": "v" }], "imageTagMutability": "MUTABLE",
                "imageTagMutabilityExclusionFilters": filters(), "imageScanningConfiguration": { "scanOnPush": true },
                "encryptionConfiguration": { "encryptionType": "KMS", "kmsKey": "k" } }),
        ),
        ("DeleteLifecyclePolicy", repository(), registry()),
        ("DeleteRepository", repository(), json!({ "registryId": ACCOUNT, "force": true })),
        ("DeleteRepositoryPolicy", repository(), registry()),
        ("DescribeImageReplicationStatus", with("imageId", id()), registry()),
        ("DescribeImageScanFindings", with("imageId", id()), page()),
        ("DescribeImageSigningStatus", with("imageId", id()), registry()),
        (
            "DescribeImages",
            repository(),
            json!({ "imageIds": [id()], "filter": { "tagStatus": "TAGGED" }, "maxResults": 1 }),
        ),
        ("GetDownloadUrlForLayer", with("layerDigest", json!(DIGEST)), registry()),
        ("GetLifecyclePolicy", repository(), registry()),
        ("GetLifecyclePolicyPreview", repository(), json!({ "imageIds": [id()], "filter": { "tagStatus": "ANY" } })),
        ("GetRepositoryPolicy", repository(), registry()),
        ("InitiateLayerUpload", repository(), registry()),
        ("ListImageReferrers", with("subjectId", json!({ "imageDigest": DIGEST })), page()),
        (
            "ListImages",
            repository(),
            json!({ "filter": { "tagStatus": "ANY" }, "nextToken": "token", "maxResults": 5 }),
        ),
        ("PutImage", with("imageManifest", json!("{}")), json!({ "imageTag": "2", "imageDigest": DIGEST })),
        (
            "PutImageScanningConfiguration",
            with("imageScanningConfiguration", json!({ "scanOnPush": true })),
            registry(),
        ),
        ("PutImageTagMutability", with("imageTagMutability", json!("IMMUTABLE")), json!({ "registryId": ACCOUNT })),
        ("PutLifecyclePolicy", with("lifecyclePolicyText", json!(text())), registry()),
        ("SetRepositoryPolicy", with("policyText", json!("{}")), json!({ "registryId": ACCOUNT, "force": true })),
        ("StartImageScan", with("imageId", id()), registry()),
        ("StartLifecyclePolicyPreview", repository(), json!({ "lifecyclePolicyText": text() })),
        (
            "UpdateImageStorageClass",
            json!({ "repositoryName": "team/app", "imageId": id(), "targetStorageClass": "ARCHIVE" }),
            registry(),
        ),
        (
            "UploadLayerPart",
            json!({ "repositoryName": "team/app", "uploadId": UPLOAD, "partFirstByte": 0, "partLastByte": 2,
                "layerPartBlob": "AAAA" }),
            registry(),
        ),
    ]
}

fn of_the_registry() -> Vec<(&'static str, Value, Value)> {
    let template = || {
        json!({ "description": "d", "encryptionConfiguration": { "encryptionType": "AES256" },
            "resourceTags": [{ "Key": "k", "Value": "v" }], "imageTagMutability": "MUTABLE",
            "imageTagMutabilityExclusionFilters": filters(), "repositoryPolicy": "{}", "lifecyclePolicy": "{}",
            "customRoleArn": "arn" })
    };
    let rule = json!({ "scanFrequency": "SCAN_ON_PUSH", "repositoryFilters": filters() });
    let destination = json!({ "region": "eu-west-1", "registryId": ACCOUNT });
    let replication = json!([{ "destinations": [destination.clone()],
        "repositoryFilters": [{ "filter": "team", "filterType": "PREFIX_MATCH" }] }]);
    let profile = "arn:aws:signer:us-east-1:000000000000:/signing-profiles/ab";
    let none = || json!({});
    vec![
        ("BatchGetRepositoryScanningConfiguration", json!({ "repositoryNames": ["team/app"] }), none()),
        (
            "CreatePullThroughCacheRule",
            json!({ "ecrRepositoryPrefix": "hub", "upstreamRegistryUrl": "registry-1.docker.io" }),
            json!({ "registryId": ACCOUNT, "upstreamRegistry": "docker-hub", "customRoleArn": "arn" }),
        ),
        ("CreateRepositoryCreationTemplate", json!({ "prefix": "new", "appliedFor": ["CREATE_ON_PUSH"] }), template()),
        ("DeletePullThroughCacheRule", json!({ "ecrRepositoryPrefix": "hub" }), registry()),
        ("DeleteRegistryPolicy", none(), none()),
        ("DeleteRepositoryCreationTemplate", json!({ "prefix": "ROOT" }), none()),
        ("DeleteSigningConfiguration", none(), none()),
        (
            "DeregisterPullTimeUpdateExclusion",
            json!({ "principalArn": "arn:aws:iam::000000000000:role/scanner" }),
            none(),
        ),
        ("DescribePullThroughCacheRules", none(), page()),
        ("DescribeRegistry", none(), none()),
        ("DescribeReplicationBackfillResults", json!({ "replicationBackfillId": UPLOAD }), page()),
        (
            "DescribeRepositories",
            none(),
            json!({ "repositoryNames": ["team/app"], "nextToken": "token", "maxResults": 5 }),
        ),
        (
            "DescribeRepositoryCreationTemplates",
            none(),
            json!({ "prefixes": ["ROOT"], "nextToken": "x", "maxResults": 5 }),
        ),
        ("GetAccountSetting", json!({ "name": "BLOB_MOUNTING" }), none()),
        ("GetAuthorizationToken", none(), json!({ "registryIds": [ACCOUNT] })),
        ("GetRegistryPolicy", none(), none()),
        ("GetRegistryScanningConfiguration", none(), none()),
        ("GetSigningConfiguration", none(), none()),
        ("ListPullTimeUpdateExclusions", none(), json!({ "nextToken": "token", "maxResults": 5 })),
        ("ListReplicationBackfills", none(), page()),
        ("ListTagsForResource", json!({ "resourceArn": format!("{ARN}team/app") }), none()),
        ("PutAccountSetting", json!({ "name": "BLOB_MOUNTING", "value": "DISABLED" }), none()),
        ("PutRegistryPolicy", json!({ "policyText": "{}" }), none()),
        ("PutRegistryScanningConfiguration", none(), json!({ "scanType": "ENHANCED", "rules": [rule] })),
        ("PutReplicationConfiguration", json!({ "replicationConfiguration": { "rules": replication } }), none()),
        (
            "PutSigningConfiguration",
            json!({ "signingConfiguration": { "rules": [{ "signingProfileArn": profile }] } }),
            none(),
        ),
        ("RegisterPullTimeUpdateExclusion", json!({ "principalArn": "arn:aws:iam::000000000000:role/other" }), none()),
        ("StartReplicationBackfill", json!({ "destination": destination }), registry()),
        ("StopReplicationBackfill", json!({ "replicationBackfillId": UPLOAD }), registry()),
        (
            "TagResource",
            json!({ "resourceArn": format!("{ARN}team/app"), "tags": [{ "Key": "k", "Value": "v" }] }),
            none(),
        ),
        ("UntagResource", json!({ "resourceArn": format!("{ARN}team/app"), "tagKeys": ["a"] }), none()),
        ("UpdatePullThroughCacheRule", json!({ "ecrRepositoryPrefix": "hub" }), json!({ "customRoleArn": "arn" })),
        ("UpdateRepositoryCreationTemplate", json!({ "prefix": "ROOT" }), template()),
        ("ValidatePullThroughCacheRule", json!({ "ecrRepositoryPrefix": "hub" }), registry()),
    ]
}

/// The places of all values in an input, as JSON pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    let within: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (format!("{at}/{name}"), value)).collect(),
        Value::Array(values) => {
            values.iter().enumerate().map(|(number, value)| (format!("{at}/{number}"), value)).collect()
        }
        _ => Vec::new(),
    };
    for (pointer, value) in within {
        places(value, &pointer, found);
        found.push(pointer);
    }
}

fn merged(required: &Value, optional: &Value) -> Value {
    let mut whole = required.clone();
    whole.as_object_mut().unwrap().extend(optional.as_object().unwrap().clone());
    whole
}

#[test]
fn no_operation_takes_what_is_not_its_input() {
    let scene = Scene::new();
    let server = furnished(&scene);
    let client = &mut ecr(&server);
    let before = state(client);
    let names: BTreeSet<_> = operations().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(names.len(), 62);
    for (operation, required, optional) in operations() {
        let target = format!("{TARGET}.{operation}");
        for body in ["[]", "null", "7", "\"text\"", "{", "{}{}", "{\"a\":}", "a=b", "\u{0}"] {
            let answer = client.call_bytes(&target, body.as_bytes()).unwrap();
            assert_eq!((answer.status, answer.code()), (400, "SerializationException"), "{operation} {body}");
        }
        let whole = merged(&required, &optional);
        let mut pointers = Vec::new();
        places(&whole, "", &mut pointers);
        for pointer in pointers {
            let right = whole.pointer(&pointer).unwrap();
            for wrong in [json!("1"), json!(1), json!(true), json!({}), json!([])] {
                if std::mem::discriminant(right) == std::mem::discriminant(&wrong) {
                    continue;
                }
                let mut input = whole.clone();
                *input.pointer_mut(&pointer).unwrap() = wrong;
                let answer = client.call(operation, &input).unwrap();
                assert_eq!((answer.status, answer.code()), (400, "SerializationException"), "{operation} {input}");
                assert!(!answer.body["message"].as_str().unwrap().is_empty());
            }
        }
        for name in required.as_object().unwrap().keys() {
            for absent in [false, true] {
                let mut input = required.clone();
                if absent {
                    input.as_object_mut().unwrap().remove(name);
                } else {
                    input[name] = Value::Null;
                }
                let answer = client.call(operation, &input).unwrap();
                assert!(["InvalidParameterException", "ValidationException"].contains(&answer.code()), "{operation}");
                let expect =
                    format!("Invalid parameter at '{name}' failed to satisfy constraint: 'Member must not be null'");
                assert_eq!(
                    (answer.status, answer.body["message"].as_str()),
                    (400, Some(expect.as_str())),
                    "{operation}"
                );
            }
        }
        for name in whole.as_object().unwrap().keys().filter(|name| whole[*name].is_string()) {
            // Longer than anything of any operation may be, but a token, the text of a policy and a manifest.
            if !["nextToken", "repositoryPolicy", "lifecyclePolicy", "lifecyclePolicyText"].contains(&name.as_str()) {
                let mut input = whole.clone();
                input[name] = json!("a".repeat(if name == "imageManifest" { 4_194_305 } else { 50_000 }));
                let answer = client.call(operation, &input).unwrap();
                assert!((400..500).contains(&answer.status) && !answer.code().is_empty(), "{operation} {name}");
            }
        }
    }
    assert_eq!(state(client), before);
}

/// As AWS does. Nothing that is not of the operation has an effect: neither on what is done, nor on what is allowed.
#[test]
fn unknown_members_have_no_effect() {
    let scene = Scene::new();
    let server = furnished(&scene);
    let client = &mut ecr(&server);
    let mut same = |operation: &str, input: Value, more: Value| {
        let plain = client.call(operation, &input).unwrap();
        let with_more = client.call(operation, &merged(&input, &more)).unwrap();
        assert_eq!(plain.summary(), "200", "{operation}");
        assert_eq!((with_more.summary(), with_more.body), (plain.summary(), plain.body), "{operation} {more}");
    };
    same("DescribeRegistry", json!({}), json!({ "registryId": STRANGER, "unknown": { "a": [1, null] } }));
    same("GetRegistryPolicy", json!({}), json!({ "registryId": "not an account" }));
    same("GetRegistryPolicy", json!({}), json!({ "registryId": STRANGER }));
    same("DescribeRepositories", json!({}), json!({ "repositoryName": "team/app", "repositorynames": ["none"] }));
    same("ListImages", json!({ "repositoryName": "team/app" }), json!({ "filter": { "unknown": 1 }, "imageIds": 7 }));

    // A tag that a request brings satisfies a condition only where the operation brings tags.
    let said = scene.run(&["user", "create", "bob", "--key", "--format", "json", "--data", "data"], &[]).json();
    let member = |name: &str| said["AccessKey"][name].as_str().unwrap().to_owned();
    let credentials =
        Credentials { access_key_id: member("AccessKeyId"), secret_access_key: member("SecretAccessKey") };
    let condition = json!({ "StringEquals": { "aws:RequestTag/team": "red" } });
    let statement = json!({ "Effect": "Allow", "Action": "ecr:*", "Resource": "*", "Condition": condition });
    let document = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    let mut iam = AwsClient::new(server.address(), Signer::new(server.credentials(), "iam"));
    let put = [("UserName", "bob"), ("PolicyName", "red"), ("PolicyDocument", document.as_str())];
    assert_eq!(iam.query("PutUserPolicy", "2010-05-08", &put).unwrap().status, 200);
    let mut bob = AwsClient::new(server.address(), Signer::new(&credentials, "ecr"));
    let red = json!([{ "Key": "team", "Value": "red" }]);
    let mut call = |operation: &str, input: Value| bob.call(operation, &input).unwrap().code().to_owned();
    assert_eq!(call("CreateRepository", json!({ "repositoryName": "red/app", "tags": red })), "");
    assert_eq!(call("CreateRepository", json!({ "repositoryName": "red/other" })), "AccessDeniedException");
    for (operation, input) in [
        ("DeleteRepository", json!({ "repositoryName": "team/other", "force": true, "tags": red })),
        ("GetAuthorizationToken", json!({ "tags": red })),
        ("ListImages", json!({ "repositoryName": "team/other", "tags": red, "tagKeys": ["team"] })),
    ] {
        assert_eq!(call(operation, input), "AccessDeniedException", "{operation}");
    }
}

/// Who may not see a repository is told the same of one that is there as of one that is not.
#[test]
fn strangers_learn_nothing_of_repositories() {
    let scene = Scene::new();
    let server = furnished(&scene);
    let client = &mut ecr(&server);
    let before = state(client);
    let run = |arguments: &str| {
        let words: Vec<&str> = arguments.split(' ').chain(["--data", "data", "--format", "json"]).collect();
        let said = scene.run(&words, &[]);
        assert_eq!(said.code, Some(0), "{said:?}");
        said
    };
    run(&format!("account create {STRANGER}"));
    let somebody = |arguments: &str| {
        let made = run(&format!("user create {arguments} --key")).json();
        let member = |name: &str| made["AccessKey"][name].as_str().unwrap().to_owned();
        let (access_key_id, secret_access_key) = (member("AccessKeyId"), member("SecretAccessKey"));
        AwsClient::new(server.address(), Signer::new(&Credentials { access_key_id, secret_access_key }, "ecr"))
    };
    // One of the same account who may do nothing, and the administrator of another.
    let (mut nobody, mut stranger) =
        (somebody("nobody"), somebody(&format!("eve --account {STRANGER} --administrator")));
    let mut asked = 0;
    for (operation, required, _) in operations() {
        let text = required.to_string();
        let Some(names) = text.contains("team/").then(|| text.replace("team/app", "team/other")) else { continue };
        let registry = |text: &str| {
            let mut input: Value = serde_json::from_str(text).unwrap();
            input["registryId"] = json!(ACCOUNT);
            input
        };
        // `team/other` has neither a policy nor tags of its own: only whether it is there is the question.
        let (there, absent) = (registry(&names), registry(&text.replace("team/app", "team/absen")));
        for who in [&mut nobody, &mut stranger] {
            let [there, absent] = [&there, &absent].map(|input| who.call(operation, input).unwrap());
            let told = there.summary().replace("team/other", "team/absen").replace("team/new", "team/absen");
            assert_eq!(told, absent.summary().replace("team/new", "team/absen"), "{operation}");
            // The one operation that asks of the caller's own registry alone.
            if operation != "BatchGetRepositoryScanningConfiguration" {
                assert_eq!((there.status, there.code()), (400, "AccessDeniedException"), "{operation}: {}", there.body);
            }
            asked += 1;
        }
    }
    assert!(asked >= 60, "{asked}");
    assert_eq!(state(client), before);
}

#[test]
fn a_next_token_is_good_for_its_list_alone() {
    let scene = Scene::new();
    let server = furnished(&scene);
    let client = &mut ecr(&server);
    for number in 0..3 {
        let manifest = plain(&format!("more {number}"));
        server.registry().push_image("team/app", &format!("v{number}"), &manifest).unwrap();
        server.registry().push_image("team/other", &format!("v{number}"), &manifest).unwrap();
    }
    let app = |more: Value| merged(&json!({ "repositoryName": "team/app" }), &more);
    let mut token = |operation: &str, input: Value| {
        let answer = client.call(operation, &merged(&input, &json!({ "maxResults": 1 }))).unwrap();
        assert_eq!(answer.summary(), "200", "{operation}");
        answer.body["nextToken"].as_str().unwrap_or_else(|| panic!("{operation}: {}", answer.body)).to_owned()
    };
    let tokens = [
        token("DescribeRepositories", json!({})),
        token("ListImages", app(json!({}))),
        token("ListImages", app(json!({ "filter": { "tagStatus": "TAGGED" } }))),
        token("ListImages", json!({ "repositoryName": "team/other" })),
        token("DescribeImages", app(json!({}))),
    ];
    // As this server would have made them, a day and an hour ago, for another account, and for another operation.
    let key = fs::read(server.data().join("master.key")).unwrap();
    let master = MasterKey::new(key.try_into().unwrap());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let forged = |caller: &str, operation: &str, at: u64| {
        let list = List { caller: caller.parse().unwrap(), operation, parameters: &[ACCOUNT, "team/app"] };
        master.sign_page(list, "0", at).unwrap()
    };
    let made = [
        forged(ACCOUNT, "ListImages", now - 25 * 3600),
        forged(STRANGER, "ListImages", now),
        forged(ACCOUNT, "DescribeImages", now),
    ];
    let foreign = tokens.iter().chain(&made).cloned().chain(["", "x", "x.y", "a.b.c", "\u{e4}"].map(str::to_owned));
    let foreign: Vec<String> = foreign.chain([format!("{}A", tokens[0]), "t".repeat(100_000)]).collect();
    let image = json!({ "imageDigest": DIGEST });
    let mut checked = 0;
    for (operation, input, own) in [
        ("DescribeRepositories", json!({}), Some(0)),
        ("ListImages", app(json!({})), Some(1)),
        ("DescribeImages", app(json!({})), Some(4)),
        ("ListImageReferrers", app(json!({ "subjectId": image })), None),
        ("ListPullTimeUpdateExclusions", json!({}), None),
        ("DescribeRepositoryCreationTemplates", json!({}), None),
    ] {
        for (number, token) in foreign.iter().enumerate() {
            let answer = client.call(operation, &merged(&input, &json!({ "nextToken": token }))).unwrap();
            if own == Some(number) {
                assert_eq!(answer.summary(), "200", "{operation} with its own token");
                continue;
            }
            let expect = "400 InvalidParameterException: Invalid parameter at 'NextToken' failed to satisfy constraint: \
                          'Invalid next token provided'";
            assert_eq!(answer.summary(), expect, "{operation} {number} {token}");
            checked += 1;
        }
    }
    assert!(checked > 70, "{checked}");
}

/// Texts that are no policy, with what is said of each.
fn no_policies() -> Vec<(String, &'static str)> {
    let statement = |element: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":"*","Action":"ecr:GetX"{element}}}]}}"#
        )
    };
    let condition = |value: &str| statement(&format!(r#","Condition":{{"StringLike":{{"aws:UserAgent":{value}}}}}"#));
    vec![
        ("no".to_owned(), "JSON"),
        ("[]".to_owned(), ""),
        ("{}".to_owned(), "Statement"),
        (r#"{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}"#.to_owned(), "Version"),
        (statement(r#","Effect":"Deny""#), "Effect"),
        (condition("\"a\"").replace("\"StringLike\"", "\"Bool\":{},\"Bool\""), "Bool"),
        (statement("").replace("2012-10-17", "2013-10-17"), "Version"),
        (statement("").replace("\"2012-10-17\"", "20121017"), "Version"),
        (statement(r#","Unknown":"x""#), "Unknown"),
        (statement("").replace("Allow", "Permit"), "Effect"),
        (statement("").replace("ecr:GetX", "ecr"), "Action"),
        (statement("").replace(r#""Principal":"*","#, ""), "Principal"),
        (statement("").replace(r#""*""#, r#"{"AWS":"bob"}"#), "bob"),
        (condition(r#""${aws:username""#), ""),
        (condition(r#""${aws:username${aws:username}}""#), ""),
        (condition(r#""${${aws:username}}""#), ""),
        (condition(r#""${}""#), ""),
        (statement(r#","Condition":{"StringNear":{"aws:UserAgent":"a"}}"#), "StringNear"),
        (statement(r#","Condition":{"IpAddress":{"aws:SourceIp":"1.2.3"}}"#), "1.2.3"),
        (format!("{}{}", "[".repeat(5000), "]".repeat(5000)), ""),
        (statement(&format!(r#","Sid":{}"#, "{\"a\":".repeat(500))), ""),
    ]
}

#[test]
fn no_bad_policy_is_kept() {
    let scene = Scene::new();
    let server = furnished(&scene);
    let client = &mut ecr(&server);
    let before = state(client);
    for (operation, kind, member, base) in [
        ("SetRepositoryPolicy", "repository", "policyText", json!({ "repositoryName": "team/app" })),
        ("PutRegistryPolicy", "registry", "policyText", json!({})),
    ] {
        let mut put = |text: &str| client.call(operation, &merged(&base, &json!({ member: text }))).unwrap();
        let invalid = format!(
            "400 InvalidParameterException: Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid {kind} \
             policy provided': "
        );
        for (text, names) in no_policies() {
            // Policies of a registry have to say which resources they are about; those of a repository must not.
            let resource = if kind == "registry" { r#""Resource":"*","Effect""# } else { r#""Effect""# };
            let text = text.replacen(r#""Effect""#, resource, 1);
            let said = put(&text).summary();
            let detail = said.strip_prefix(&invalid).unwrap_or_else(|| panic!("{operation} {text}: {said}"));
            assert!(!detail.is_empty() && detail.contains(names), "{operation} {text}: {detail}");
            assert!(detail.len() < 1000, "{} bytes are said of it", detail.len());
        }
        let long = "400 InvalidParameterException: Invalid parameter at 'policyText' failed to satisfy constraint: 'Member \
                    must have length less than or equal to 10240'";
        assert_eq!(put(&" ".repeat(10_241)).summary(), long, "{operation}");
        assert_eq!(put(&format!("{{\"Action\":\"{}\"}}", "*".repeat(1_000_000))).summary(), long, "{operation}");
        assert_eq!(put(&"\u{1f600}".repeat(5121)).summary(), long, "{operation}: two units a character");
        assert!(put("").summary().starts_with("400 InvalidParameterException: "), "{operation}");
    }
    assert_eq!(state(client), before);
}

/// A policy of as many wildcards as it can hold is asked of a header made to match it nearly; a matcher that backtracks would not end.
#[test]
fn wildcards_cost_no_more_than_their_length() {
    let scene = Scene::new();
    let server = furnished(&scene);
    let client = &mut ecr(&server);
    for unit in ["*a", "?a", "*?", "a*?b"] {
        let pattern = format!("*{}*z", unit.repeat(4_900 / unit.len()));
        let condition = json!({ "StringLike": { "aws:UserAgent": pattern, "aws:Referer": pattern } });
        let statement = json!({ "Effect": "Deny", "Principal": "*", "Action": "ecr:*", "Condition": condition });
        let text = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        let input = json!({ "repositoryName": "team/other", "policyText": text, "force": true });
        assert_eq!(client.call("SetRepositoryPolicy", &input).unwrap().summary(), "200", "{unit}");
        for header in ["a".repeat(2048), "ab".repeat(1024), "a".repeat(60_000)] {
            let target = format!("{TARGET}.ListImages");
            let headers = [
                ("content-type", "application/x-amz-json-1.1"),
                ("x-amz-target", target.as_str()),
                ("user-agent", header.as_str()),
                ("referer", header.as_str()),
            ];
            let answer = client.send("POST", &headers, br#"{"repositoryName":"team/other"}"#).unwrap();
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
    }
}

#[test]
fn no_bad_body_or_address_is_taken() {
    let scene = Scene::new();
    let server = furnished(&scene);
    let client = &mut ecr(&server);
    let before = state(client);
    let large = vec![b' '; 11 * 1024 * 1024];
    for (operation, ..) in operations().into_iter().filter(|(operation, ..)| *operation != "UploadLayerPart").step_by(9)
    {
        let target = format!("{TARGET}.{operation}");
        let answer = client.call_bytes(&target, &large).unwrap();
        assert_eq!((answer.status, answer.code()), (413, "RequestEntityTooLargeException"), "{operation}");
    }
    let unknown = (400, "UnknownOperationException");
    for target in [
        format!("{TARGET}.deleterepository"),
        format!("{TARGET}.DeleteRepository.x"),
        format!("{TARGET}.delete_repository"),
        format!("{TARGET}."),
        format!("{}.DeleteRepository", TARGET.to_lowercase()),
        "AmazonEC2ContainerRegistry_V20990101.DeleteRepository".to_owned(),
        "DeleteRepository".to_owned(),
    ] {
        let answer = client.call_bytes(&target, br#"{"repositoryName":"team/app","force":true}"#).unwrap();
        assert_eq!((answer.status, answer.code()), unknown, "{target}");
    }
    for content_type in ["text/plain", "application/xml", "multipart/form-data", "application/x-amz-json-2.0", ""] {
        let target = format!("{TARGET}.DeleteRepository");
        let headers = [("content-type", content_type), ("x-amz-target", target.as_str())];
        let answer = client.send("POST", &headers, br#"{"repositoryName":"team/app","force":true}"#).unwrap();
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        assert_eq!((answer.status, body["__type"].as_str()), (400, Some(unknown.1)), "{content_type}");
    }
    assert_eq!(state(client), before);
}
