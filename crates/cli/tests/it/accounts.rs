//! Accounts, users and access keys made by commands beside a running server, and what the commands say of access.

use std::fs;

use plimsoll_testkit::RealBinary;
use plimsoll_testkit::http::{Client, Request};
use plimsoll_testkit::registry::RegistryClient;
use serde_json::{Value, json};

use crate::harness::{Said, Scene, anonymous, check, wait_for};
use crate::images::plain;

const READ_ONLY: &str = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly";
const ACCOUNT: &str = "222222222222";

/// Runs a command on the data directory of the scene; it has to succeed.
#[track_caller]
fn run(scene: &Scene, arguments: &str) -> Said {
    let said = try_run(scene, arguments);
    assert_eq!((said.code, said.stderr.as_str()), (Some(0), ""), "{arguments}: {said:?}");
    said
}

fn try_run(scene: &Scene, arguments: &str) -> Said {
    let arguments: Vec<&str> = arguments.split(' ').chain(["--data", "data"]).collect();
    scene.run(&arguments, &[])
}

/// The access key that a command prints as JSON.
struct Key {
    id: String,
    secret: String,
}

impl Key {
    fn of(said: &Said) -> Self {
        let key = &said.json()["AccessKey"];
        let member = |name: &str| key[name].as_str().unwrap().to_owned();
        Self { id: member("AccessKeyId"), secret: member("SecretAccessKey") }
    }

    fn client(&self, server: &RealBinary) -> Client {
        Client::new(server.address()).basic(&self.id, &self.secret)
    }
}

/// The status of `GET /v2/` for a client.
fn status(client: &mut Client) -> u16 {
    client.send(Request::new("GET", "/v2/")).unwrap().status
}

#[test]
fn accounts_made_beside_a_server_are_of_use() {
    let scene = Scene::new();
    let server = scene.serve();
    let said = run(&scene, &format!("account create {ACCOUNT} --alias team-two --administrator --format json"));
    assert_eq!(said.json()["Account"], json!({ "Id": ACCOUNT, "Alias": "team-two" }));
    assert_eq!(said.json()["AccessKey"]["UserName"], "administrator");
    let administrator = Key::of(&said);
    // A new key can be used at once.
    assert_eq!(status(&mut administrator.client(&server)), 200);
    let repository = format!("{ACCOUNT}/app");
    let mut registry = RegistryClient::new(administrator.client(&server));
    registry.push_image(&repository, "1.0", &plain("one")).unwrap();

    let create = format!("user create reader --path /ci/ --account {ACCOUNT} --policy {READ_ONLY} --key --format json");
    let said = run(&scene, &create);
    assert_eq!(said.json()["User"]["Arn"], format!("arn:aws:iam::{ACCOUNT}:user/ci/reader"));
    let reader = Key::of(&said);
    let mut client = reader.client(&server);
    assert_eq!(status(&mut client), 200);
    let manifest = format!("/v2/{repository}/manifests/1.0");
    check(&mut client, &format!("GET {manifest}"), "200");
    check(&mut client, &format!("DELETE {manifest}"), "403 DENIED");
    // The accounts keep apart.
    check(&mut server.http(), &format!("GET {manifest}"), "403 DENIED");
    check(&mut administrator.client(&server), "GET /v2/app/tags/list", "403 DENIED");
    check(&mut anonymous(&server), &format!("GET {manifest}"), "401 UNAUTHORIZED");

    let ids: Vec<_> = run(&scene, "account list --format json").json()["Accounts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|account| account["Id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids, ["000000000000", ACCOUNT]);
}

#[test]
fn a_key_that_is_taken_away_is_refused_by_the_running_server() {
    let scene = Scene::new();
    let server = scene.serve();
    let key = Key::of(&run(&scene, "user create bob --administrator --key --format json"));
    let mut client = key.client(&server);
    assert_eq!(status(&mut client), 200);
    let mut wait = |what: &str, expect: u16| {
        wait_for(what, || (status(&mut client) == expect).then_some(()));
    };
    run(&scene, &format!("user key disable bob {}", key.id));
    wait("the end of a disabled key", 401);
    run(&scene, &format!("user key enable bob {}", key.id));
    wait("the key in force again", 200);
    run(&scene, &format!("user key delete bob {}", key.id));
    wait("the end of a deleted key", 401);
}

#[test]
fn the_last_user_goes_with_all_it_has() {
    let scene = Scene::new();
    let server = scene.serve();
    let key = Key::of(&run(&scene, "user create bob --key --format json"));
    run(&scene, &format!("user attach bob --policy {READ_ONLY}"));
    let keys = run(&scene, "user key list bob --format json").json();
    assert_eq!(keys["AccessKeyMetadata"][0]["AccessKeyId"], key.id.as_str());
    assert_eq!(keys["AccessKeyMetadata"][0]["Status"], "Active");
    let users = run(&scene, "user list --format json").json();
    let names = |users: &Value| -> Vec<String> {
        users["Users"].as_array().unwrap().iter().map(|user| user["UserName"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&users), ["administrator", "bob"]);
    assert_eq!(users["Users"][1]["AttachedPolicies"], json!([READ_ONLY]));
    assert_eq!(try_run(&scene, "user delete bob").code, Some(2));
    assert_eq!(status(&mut key.client(&server)), 200);
    run(&scene, "user delete bob --force");
    wait_for("the end of bob", || (status(&mut key.client(&server)) == 401).then_some(()));
    assert_eq!(names(&run(&scene, "user list --format json").json()), ["administrator"]);
}

#[test]
fn secrets_are_shown_once_and_kept_nowhere() {
    let scene = Scene::new();
    let server = scene.serve();
    let key = Key::of(&run(&scene, "user create bob --key --format json"));
    let said = run(&scene, "user key create bob");
    let value = |name: &str| {
        let line = said.stdout.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.strip_prefix(" = ").unwrap().to_owned()
    };
    let second = Key { id: value("aws_access_key_id"), secret: value("aws_secret_access_key") };
    assert_eq!(status(&mut second.client(&server)), 200);
    let told = [run(&scene, "user list"), run(&scene, "user key list bob"), run(&scene, "audit export")];
    let mut kept = vec![server.output()];
    kept.extend(told.into_iter().map(|said| said.stdout));
    for entry in fs::read_dir(scene.data()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            kept.push(String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned());
        }
    }
    assert!(kept.iter().any(|text| text.contains(&key.id)), "the id is nowhere to be found");
    for secret in [&key.secret, &second.secret] {
        assert!(!kept.iter().any(|text| text.contains(secret.as_str())), "a secret was kept");
    }
}

#[test]
fn an_account_can_be_made_before_the_first_start() {
    let scene = Scene::new();
    let key = Key::of(&run(&scene, &format!("account create {ACCOUNT} --administrator root-user --format json")));
    assert_eq!(run(&scene, "audit verify --format json").json()["records"], 2);
    let directory = run(&scene, &format!("user list --account {ACCOUNT} --format json")).json();
    assert_eq!(directory["Users"][0]["UserName"], "root-user");
    // The server's own account still lacks an administrator, and gets one.
    let server = scene.serve();
    assert_eq!(status(&mut server.http()), 200);
    assert_eq!(status(&mut key.client(&server)), 200);
    let credentials = server.credentials().clone();
    drop(server);
    assert_eq!(*scene.serve().credentials(), credentials, "the second start made another one");
}

#[test]
fn what_cannot_be_is_refused_with_advice() {
    #[track_caller]
    fn check(scene: &Scene, arguments: &str, expect: &str) {
        let said = try_run(scene, arguments);
        assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{arguments}: {said:?}");
        assert!(said.stderr.contains(expect), "{arguments}: {}", said.stderr);
    }

    let scene = Scene::new();
    let server = scene.serve();
    run(&scene, "user create bob --key");
    run(&scene, "user key create bob");
    check(&scene, "account create 22", "twelve decimal digits");
    check(&scene, "account create 000000000000", "plimsoll account list");
    check(&scene, &format!("account create {ACCOUNT} --alias Team_Two"), "lower-case letters");
    check(&scene, &format!("user list --account {ACCOUNT}"), &format!("plimsoll account create {ACCOUNT}"));
    check(&scene, "user create bob", "plimsoll user key create bob");
    check(&scene, "user create BOB", "already exists");
    check(&scene, "user create bo/b", "alphanumeric");
    check(&scene, "user create eve --path ci", "must begin and end with /");
    check(&scene, "user create eve --policy arn:aws:iam::aws:policy/Nothing", "does not exist");
    check(&scene, "user delete eve", "plimsoll user list");
    check(&scene, "user delete bob", "--force");
    check(&scene, "user key create bob", "plimsoll user key delete bob");
    check(&scene, "user key delete bob PLIMAAAAAAAAAAAAAAAA", "cannot be found");
    check(&scene, "user detach bob --policy arn:aws:iam::aws:policy/AdministratorAccess", "was not found");
    check(&scene, "user create", "<NAME>");
    let nowhere = scene.run(&["user", "list", "--data", "nowhere"], &[]);
    assert_eq!(nowhere.code, Some(2));
    assert!(nowhere.stderr.contains("--data") && !scene.path("nowhere").exists(), "{nowhere:?}");
    // Nothing of it left a trace.
    let users = run(&scene, "user list --format json").json();
    assert_eq!(users["Users"].as_array().unwrap().len(), 2, "{users}");
    drop(server);
}

#[test]
fn access_is_explained() {
    #[track_caller]
    fn refused(scene: &Scene, arguments: [&str; 3], expect: &str) {
        let [principal, action, resource] = arguments;
        let asked = ["explain-access", "--principal", principal, "--action", action, "--resource", resource];
        let said = scene.run(&[&asked[..], &["--data", "data"]].concat(), &[]);
        assert_eq!((said.code, said.stdout.as_str()), (Some(2), ""), "{said:?}");
        assert!(said.stderr.contains(expect), "{said:?}");
    }

    #[track_caller]
    fn check(scene: &Scene, principal: &str, action: &str, resource: &str, expect: (i32, &str, Option<&str>)) {
        let asked = ["explain-access", "--principal", principal, "--action", action, "--resource", resource];
        let options = ["--format", "json", "--data", "data", "--config", "plimsoll.toml"];
        let said = scene.run(&[&asked[..], &options[..]].concat(), &[]);
        let (code, decision, policy) = expect;
        let answer = said.json();
        assert_eq!((said.code, &answer["decision"]), (Some(code), &json!(decision)), "{said:?}");
        assert_eq!(answer["deciding"][0]["policy"].as_str(), policy, "{answer}");
    }

    let scene = Scene::new();
    let server = scene.serve_with("[anonymous]\npull = ['open/*']\n");
    run(&scene, &format!("user create reader --path /ci/ --policy {READ_ONLY}"));
    let user = |name: &str| format!("arn:aws:iam::000000000000:user/{name}");
    let (reader, administrator) = (user("ci/reader"), user("administrator"));
    let everything = "arn:aws:iam::aws:policy/AdministratorAccess";
    check(&scene, &reader, "ecr:BatchGetImage", "team/app", (0, "allowed", Some(READ_ONLY)));
    check(&scene, &reader, "ecr:PutImage", "team/app", (1, "implicitDeny", None));
    check(&scene, &administrator, "ecr:PutImage", "team/app", (0, "allowed", Some(everything)));
    check(&scene, &administrator, "iam:CreateUser", &user("x"), (0, "allowed", Some(everything)));
    check(&scene, &reader, "ecr:GetAuthorizationToken", "*", (0, "allowed", Some(READ_ONLY)));
    let arn = |account: &str| format!("arn:aws:ecr:us-east-1:{account}:repository/team/app");
    check(&scene, &reader, "ecr:BatchGetImage", &arn("000000000000"), (0, "allowed", Some(READ_ONLY)));
    // Of another account's repository, that one has a say, too.
    check(&scene, &administrator, "ecr:BatchGetImage", &arn(ACCOUNT), (1, "implicitDeny", Some(everything)));
    check(&scene, "anonymous", "ecr:BatchGetImage", "open/app", (0, "allowed", None));
    check(&scene, "anonymous", "ecr:BatchGetImage", "team/app", (1, "implicitDeny", None));

    let denied = ["explain-access", "--principal", &reader, "--action", "ecr:PutImage", "--resource", "team/app"];
    let said = scene.run(&[&denied[..], &["--data", "data"]].concat(), &[]);
    assert_eq!(said.code, Some(1));
    let words =
        format!("User: {reader} is not authorized to perform: ecr:PutImage on resource: {}", arn("000000000000"));
    assert!(said.stdout.contains(&words), "{said:?}");
    let open =
        ["explain-access", "--principal", "anonymous", "--action", "ecr:BatchGetImage", "--resource", "open/app"];
    let said = scene.run(&[&open[..], &["--data", "data", "--config", "plimsoll.toml"]].concat(), &[]);
    assert_eq!(said.stdout, "allowed: anyone may pull from this repository\n", "{said:?}");
    refused(&scene, [&user("reader"), "ecr:PutImage", "a"], "there is no principal");
    refused(&scene, ["bob", "ecr:PutImage", "a"], "there is no principal");
    refused(&scene, [&reader, "PutImage", "a"], "ecr:PutImage");
    refused(&scene, [&reader, "ecr:PutImage", "A!"], "neither an ARN nor a repository");
    refused(&scene, [&reader, "ecr:PutImage", "arn:aws:ecr:eu-west-1:000000000000:repository/a"], "--config");
    drop(server);
}
