//! What somebody would try who has found, guessed, or been given a little, and wants more.

use std::fs;
use std::io::Read as _;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plimsoll_iam::{Holder, LayerTicket, MasterKey};
use plimsoll_testkit::http::{Client, Request, Response};
use plimsoll_testkit::image::Image;
use plimsoll_testkit::sigv4::{AwsClient, Signer};
use plimsoll_testkit::{Credentials, RealBinary, ServeOptions};
use serde_json::{Value, json};

use crate::harness::{self, BINARY, Scene, check, check_with, raw, status_line};
use crate::images::plain;

const ACCOUNT: &str = "000000000000";
const OTHER: &str = "222222222222";
const PULL: &str = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly";

/// Runs a command on the data directory of the scene; it has to succeed.
#[track_caller]
fn run(scene: &Scene, arguments: &str) -> Value {
    let words: Vec<&str> = arguments.split(' ').chain(["--data", "data", "--format", "json"]).collect();
    let said = scene.run(&words, &[]);
    assert_eq!(said.code, Some(0), "{arguments}: {said:?}");
    said.json()
}

/// Somebody with an access key, or with temporary credentials.
struct Somebody {
    credentials: Credentials,
    ecr: AwsClient,
}

impl Somebody {
    fn of(server: &RealBinary, credentials: &Credentials, token: Option<String>) -> Self {
        let signer = Signer { session_token: token, ..Signer::new(credentials, "ecr") };
        Self { credentials: credentials.clone(), ecr: AwsClient::new(server.address(), signer) }
    }

    fn administrator(server: &RealBinary) -> Self {
        Self::of(server, server.credentials(), None)
    }

    /// A user made by a command.
    fn made(scene: &Scene, server: &RealBinary, arguments: &str) -> Self {
        let key = &run(scene, &format!("user create {arguments} --key"))["AccessKey"];
        let [access_key_id, secret_access_key] =
            ["AccessKeyId", "SecretAccessKey"].map(|name| key[name].as_str().unwrap().to_owned());
        Self::of(server, &Credentials { access_key_id, secret_access_key }, None)
    }

    /// The answer to an action of IAM or STS: its document, or code and message of a refusal.
    fn query(&mut self, service: &str, action: &str, parameters: &[(&str, &str)]) -> String {
        service.clone_into(&mut self.ecr.signer.service);
        let version = if service == "iam" { "2010-05-08" } else { "2011-06-15" };
        let response = self.ecr.query(action, version, parameters).unwrap();
        "ecr".clone_into(&mut self.ecr.signer.service);
        let text = response.text();
        match element(&text, "Code") {
            "" => text,
            code => format!("{} {code}: {}", response.status, element(&text, "Message")),
        }
    }

    /// An action that has to succeed.
    #[track_caller]
    fn must(&mut self, service: &str, action: &str, parameters: &[(&str, &str)]) -> String {
        let answer = self.query(service, action, parameters);
        assert!(answer.starts_with('<'), "{action} {parameters:?}: {answer}");
        answer
    }

    /// The code of the error that listing the images of `team/app` ends with; empty if it succeeds.
    fn lists(&mut self) -> String {
        self.ecr.call("ListImages", &json!({ "repositoryName": "team/app" })).unwrap().code().to_owned()
    }
}

fn element<'a>(text: &'a str, name: &str) -> &'a str {
    let after = text.split(&format!("<{name}>")).nth(1).unwrap_or_default();
    after.split(&format!("</{name}>")).next().unwrap_or_default()
}

/// All that a caller has in hand when it has logged in everywhere.
struct InHand {
    login: Client,
    bearer: Client,
    link: String,
}

impl InHand {
    /// What `somebody`, who may pull `team/app`, is given.
    fn of(server: &RealBinary, somebody: &mut Somebody, image: &Image) -> Self {
        let answer = somebody.ecr.call("GetAuthorizationToken", &json!({})).unwrap();
        let token = answer.body["authorizationData"][0]["authorizationToken"].as_str().unwrap().to_owned();
        let pair = String::from_utf8(STANDARD.decode(token).unwrap()).unwrap();
        let (user, password) = pair.split_once(':').unwrap();
        let login = || Client::new(server.address()).basic(user, password);
        let bearer = Client::new(server.address()).bearer(&bearer(&mut login(), "repository:team/app:pull"));
        let layer = image.blobs().last().unwrap().0.to_string();
        let input = json!({ "repositoryName": "team/app", "layerDigest": layer });
        let answer = somebody.ecr.call("GetDownloadUrlForLayer", &input).unwrap();
        let url = answer.body["downloadUrl"].as_str().unwrap_or_else(|| panic!("{}", answer.summary()));
        let link = format!("/{}", url.splitn(4, '/').nth(3).unwrap());
        Self { login: login(), bearer, link }
    }

    #[track_caller]
    fn check(&mut self, server: &RealBinary, login: &str, bearer: &str, link: u16) {
        check(&mut self.login, "GET /v2/team/app/manifests/1", login);
        check(&mut self.bearer, "GET /v2/team/app/manifests/1", bearer);
        assert_eq!(follow(server, &self.link).status, link, "the link");
    }
}

/// A token of the token service.
#[track_caller]
fn bearer(client: &mut Client, scope: &str) -> String {
    let answer = check(client, &format!("GET /token?service=registry&scope={scope}"), "200");
    harness::json(&answer)["token"].as_str().unwrap().to_owned()
}

fn follow(server: &RealBinary, link: &str) -> Response {
    Client::new(server.address()).send(Request::new("GET", link)).unwrap()
}

fn allow(action: &str, resource: &str) -> String {
    let statement = json!({ "Effect": "Allow", "Action": action, "Resource": resource });
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

#[test]
fn no_token_is_made_from_a_token() {
    let scene = Scene::new();
    let server = scene.serve_with("[anonymous]\npull = ['open/*']\n");
    server.registry().push_image("team/app", "1", &plain("kept")).unwrap();
    let token = bearer(&mut server.http(), "repository:team/app:pull");
    let mut holder = Client::new(server.address()).bearer(&token);
    check(&mut holder, "GET /v2/team/app/manifests/1", "200");
    check(&mut holder, "GET /v2/team/app/tags/list", "200");
    check(&mut holder, "DELETE /v2/team/app/manifests/1", "401 UNAUTHORIZED");
    check(&mut holder, "POST /v2/team/app/blobs/uploads/", "401 UNAUTHORIZED");
    for scope in ["repository:team/app:pull", "repository:team/app:pull,push,delete", "registry:catalog:*"] {
        check(&mut holder, &format!("GET /token?service=registry&scope={scope}"), "401 UNAUTHORIZED");
    }
    let nobody = bearer(&mut Client::new(server.address()), "repository:open/app:pull,push");
    let mut nobody = Client::new(server.address()).bearer(&nobody);
    check(&mut nobody, "GET /token?service=registry&scope=repository:open/app:pull", "401 UNAUTHORIZED");
    check(&mut nobody, "POST /v2/open/app/blobs/uploads/", "401 UNAUTHORIZED");
}

#[test]
fn what_is_taken_from_a_user_is_gone_at_once() {
    let scene = Scene::new();
    let server = scene.serve();
    let image = plain("kept");
    server.registry().push_image("team/app", "1", &image).unwrap();
    let mut administrator = Somebody::administrator(&server);
    administrator.must("iam", "CreateUser", &[("UserName", "bob")]);
    let attach = [("UserName", "bob"), ("PolicyArn", PULL)];
    administrator.must("iam", "AttachUserPolicy", &attach);
    let made = administrator.must("iam", "CreateAccessKey", &[("UserName", "bob")]);
    let [access_key_id, secret_access_key] =
        ["AccessKeyId", "SecretAccessKey"].map(|name| element(&made, name).to_owned());
    let mut bob = Somebody::of(&server, &Credentials { access_key_id, secret_access_key }, None);
    let mut in_hand = InHand::of(&server, &mut bob, &image);
    in_hand.check(&server, "200", "200", 200);

    administrator.must("iam", "DetachUserPolicy", &attach);
    assert_eq!(bob.lists(), "AccessDeniedException");
    in_hand.check(&server, "403 DENIED", "403 DENIED", 403);
    administrator.must("iam", "AttachUserPolicy", &attach);
    assert_eq!(bob.lists(), "");
    in_hand.check(&server, "200", "200", 200);

    let statement = json!({ "Effect": "Deny", "Principal": { "AWS": format!("arn:aws:iam::{ACCOUNT}:user/bob") }, "Action": "ecr:*" });
    let text = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    let set = json!({ "repositoryName": "team/app", "policyText": text });
    assert_eq!(administrator.ecr.call("SetRepositoryPolicy", &set).unwrap().summary(), "200");
    assert_eq!(bob.lists(), "AccessDeniedException");
    in_hand.check(&server, "403 DENIED", "403 DENIED", 403);
    let delete = json!({ "repositoryName": "team/app" });
    assert_eq!(administrator.ecr.call("DeleteRepositoryPolicy", &delete).unwrap().summary(), "200");

    let key = bob.credentials.access_key_id.clone();
    let status = |status: &'static str| [("UserName", "bob"), ("AccessKeyId", key.as_str()), ("Status", status)];
    administrator.must("iam", "UpdateAccessKey", &status("Inactive"));
    assert_eq!(bob.lists(), "UnrecognizedClientException");
    in_hand.check(&server, "401 UNAUTHORIZED", "401 UNAUTHORIZED", 403);
    administrator.must("iam", "UpdateAccessKey", &status("Active"));
    assert_eq!(bob.lists(), "");
    in_hand.check(&server, "200", "200", 200);

    // Another one of the same name is somebody else.
    administrator.must("iam", "DeleteAccessKey", &status("Active")[..2]);
    administrator.must("iam", "DetachUserPolicy", &attach);
    administrator.must("iam", "DeleteUser", &[("UserName", "bob")]);
    administrator.must("iam", "CreateUser", &[("UserName", "bob")]);
    administrator.must("iam", "AttachUserPolicy", &attach);
    assert_eq!(bob.lists(), "UnrecognizedClientException");
    in_hand.check(&server, "401 UNAUTHORIZED", "401 UNAUTHORIZED", 403);
}

#[test]
fn what_is_taken_from_a_role_is_gone_at_once() {
    let scene = Scene::new();
    let server = scene.serve();
    let image = plain("kept");
    server.registry().push_image("team/app", "1", &image).unwrap();
    let mut administrator = Somebody::administrator(&server);
    let principal = json!({ "AWS": format!("arn:aws:iam::{ACCOUNT}:root") });
    let statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
    let trust = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
    let create = [("RoleName", "ci"), ("AssumeRolePolicyDocument", trust.as_str())];
    let attach = [("RoleName", "ci"), ("PolicyArn", PULL)];
    administrator.must("iam", "CreateRole", &create);
    administrator.must("iam", "AttachRolePolicy", &attach);
    let role = format!("arn:aws:iam::{ACCOUNT}:role/ci");
    let begun = administrator.must("sts", "AssumeRole", &[("RoleArn", &role), ("RoleSessionName", "job")]);
    let [access_key_id, secret_access_key, token] =
        ["AccessKeyId", "SecretAccessKey", "SessionToken"].map(|name| element(&begun, name).to_owned());
    let mut job = Somebody::of(&server, &Credentials { access_key_id, secret_access_key }, Some(token));
    let mut in_hand = InHand::of(&server, &mut job, &image);
    in_hand.check(&server, "200", "200", 200);
    // The secret of temporary credentials is no password.
    let mut alone =
        Client::new(server.address()).basic(&job.credentials.access_key_id, &job.credentials.secret_access_key);
    check(&mut alone, "GET /v2/", "401 UNAUTHORIZED");

    administrator.must("iam", "DetachRolePolicy", &attach);
    assert_eq!(job.lists(), "AccessDeniedException");
    in_hand.check(&server, "403 DENIED", "403 DENIED", 403);
    administrator.must("iam", "DeleteRole", &create[..1]);
    administrator.must("iam", "CreateRole", &create);
    administrator.must("iam", "AttachRolePolicy", &attach);
    assert_eq!(job.lists(), "UnrecognizedClientException");
    in_hand.check(&server, "401 UNAUTHORIZED", "401 UNAUTHORIZED", 403);
}

#[test]
fn a_link_leads_to_one_layer_for_a_while() {
    let scene = Scene::new();
    let server = scene.serve();
    let image = plain("kept");
    server.registry().push_image("team/app", "1", &image).unwrap();
    let mut in_hand = InHand::of(&server, &mut Somebody::administrator(&server), &image);
    in_hand.check(&server, "200", "200", 200);
    let (path, ticket) = in_hand.link.split_once("?ticket=").unwrap();
    let layer = path.rsplit('/').next().unwrap();
    let other = image.blobs().next().unwrap().0.to_string();
    assert_ne!(layer, other);
    let (claims, code) = ticket.split_once('.').unwrap();
    let key = fs::read(server.data().join("master.key")).unwrap();
    let master = MasterKey::new(key.try_into().unwrap());
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let holder = Holder::Key(server.credentials().access_key_id.clone());
    let forged = |holder: Holder, repository: &str, layer: &str, expires: u64| {
        let ticket = LayerTicket::new(holder, ACCOUNT.parse().unwrap(), repository, layer, expires);
        master.sign_layer_ticket(&ticket).unwrap()
    };
    let login = format!("{}.{code}", STANDARD.encode("{}"));
    for (link, expect) in [
        (format!("/layers/{layer}?ticket={}", forged(holder.clone(), "team/app", layer, now + 60)), 200),
        (format!("/layers/{layer}?ticket={}", forged(holder.clone(), "team/app", layer, now)), 403),
        (format!("/layers/{layer}?ticket={}", forged(holder.clone(), "team/none", layer, now + 60)), 404),
        (format!("/layers/../x?ticket={}", forged(holder.clone(), "team/app", "../x", now + 60)), 404),
        (format!("/layers/{layer}?ticket={}", forged(Holder::Anonymous, "team/app", layer, now + 60)), 403),
        (format!("/layers/{other}?ticket={ticket}"), 403),
        (format!("/layers/?ticket={ticket}"), 403),
        (format!("/layers/{layer}"), 403),
        (format!("/layers/{layer}?ticket="), 403),
        (format!("/layers/{layer}?ticket={claims}."), 403),
        (format!("/layers/{layer}?ticket={claims}.{}", code.chars().rev().collect::<String>()), 403),
        (format!("/layers/{layer}?ticket=A{claims}.{code}"), 403),
        (format!("/layers/{layer}?ticket={login}"), 403),
        (format!("/layers/{layer}?Ticket={ticket}"), 403),
    ] {
        assert_eq!(follow(&server, &link).status, expect, "{link}");
    }
    // What a link holds opens nothing else.
    check(&mut Client::new(server.address()).bearer(ticket), "GET /v2/team/app/manifests/1", "401 UNAUTHORIZED");
    check(&mut Client::new(server.address()).basic("AWS", ticket), "GET /v2/", "401 UNAUTHORIZED");
    for method in ["PUT", "POST", "DELETE"] {
        check(&mut Client::new(server.address()), &format!("{method} {}", in_hand.link), "405");
    }
}

/// A host or path says which account is meant, and gives no right to it.
#[test]
fn to_name_another_account_is_no_way_into_it() {
    let scene = Scene::new();
    let server = scene.serve();
    let image = plain("kept");
    server.registry().push_image("team/app", "1", &image).unwrap();
    run(&scene, &format!("account create {OTHER}"));
    let eve = Somebody::made(&scene, &server, &format!("eve --account {OTHER} --administrator"));
    let Credentials { access_key_id, secret_access_key } = &eve.credentials;
    let mut docker = Client::new(server.address()).basic(access_key_id, secret_access_key);
    let blob = image.blobs().next().unwrap().0.to_string();
    let manifest = "/v2/team/app/manifests/1";
    for (request, expect) in [
        (format!("GET {manifest}"), "403 DENIED"),
        (format!("GET /v2/{ACCOUNT}/team/app/manifests/1"), "403 DENIED"),
        (format!("GET /v2/{ACCOUNT}/team/none/manifests/1"), "403 DENIED"),
        (format!("GET /v2/{ACCOUNT}/team/app/blobs/{blob}"), "403 DENIED"),
        (format!("POST /v2/{ACCOUNT}/team/new/blobs/uploads/"), "403 DENIED"),
        ("POST /v2/333333333333/team/new/blobs/uploads/".to_owned(), "403 DENIED"),
        ("GET /v2/_catalog".to_owned(), "403 DENIED"),
        (format!("GET /v2/{OTHER}/../{ACCOUNT}/team/app/manifests/1"), "400 NAME_INVALID"),
        (format!("GET /v2/{OTHER}/%2e%2e/{ACCOUNT}/team/app/manifests/1"), "400 NAME_INVALID"),
        (format!("GET /v2/{OTHER}//team/app/manifests/1"), "400 NAME_INVALID"),
        (format!("GET /v2/{OTHER}/{ACCOUNT}/team/app/manifests/1"), "404 NAME_UNKNOWN"),
        (format!("GET /v2/{OTHER}/manifests/1"), "403 DENIED"),
    ] {
        check(&mut docker, &request, expect);
    }
    // A blob is mounted from where the caller may read it: here an upload begins instead.
    let mount = format!("POST /v2/{OTHER}/mine/blobs/uploads/?mount={blob}");
    check(&mut docker, &format!("{mount}&from={ACCOUNT}/team/app"), "202");
    check(&mut docker, &format!("{mount}&from=team/app"), "202");
    check(&mut docker, &mount, "202");
    check(&mut docker, &format!("HEAD /v2/{OTHER}/mine/blobs/{blob}"), "404");

    let administrator =
        STANDARD.encode(format!("{}:{}", server.credentials().access_key_id, server.credentials().secret_access_key));
    let eve = STANDARD.encode(format!("{access_key_id}:{secret_access_key}"));
    let with_host = |host: &str, who: &str, request: &str| {
        let head = format!(
            "{request} HTTP/1.1\r\nhost: {host}\r\nauthorization: Basic {who}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        );
        let mut stream = raw(server.address(), head.as_bytes());
        let line = status_line(&mut stream);
        let mut rest = String::new();
        let _ = stream.read_to_string(&mut rest);
        line.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    let host = |account: &str| format!("{account}.dkr.ecr.us-east-1.registry.example");
    let pull = format!("GET {manifest}");
    assert_eq!(with_host(&host(ACCOUNT), &administrator, &pull), "200");
    assert_eq!(with_host(&host(ACCOUNT), &eve, &pull), "403");
    assert_eq!(with_host(&host(OTHER), &administrator, &pull), "403");
    assert_eq!(with_host(&host(OTHER), &eve, &pull), "404");
    assert_eq!(with_host(&host(OTHER), &eve, &format!("GET /v2/{ACCOUNT}/team/app/manifests/1")), "404");
    assert_eq!(with_host(&host(OTHER), &administrator, "POST /v2/team/new/blobs/uploads/"), "403");
    assert_eq!(with_host("a\" evil=\"", "QTpC", "GET /v2/"), "401");
    assert_eq!(server.registry().catalog().unwrap(), ["team/app"]);
}

/// Who may administer a few identities cannot make itself more than that.
#[test]
fn a_few_rights_do_not_grow() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut administrator = Somebody::administrator(&server);
    for name in ["helper", "helper-1"] {
        administrator.must("iam", "CreateUser", &[("UserName", name)]);
    }
    administrator.must("iam", "CreateRole", &[("RoleName", "power"), ("AssumeRolePolicyDocument", &trusting_nobody())]);
    let document = allow("iam:*", &format!("arn:aws:iam::{ACCOUNT}:user/helper-*"));
    let put = [("UserName", "helper"), ("PolicyName", "p"), ("PolicyDocument", document.as_str())];
    administrator.must("iam", "PutUserPolicy", &put);
    let made = administrator.must("iam", "CreateAccessKey", &[("UserName", "helper")]);
    let [access_key_id, secret_access_key] =
        ["AccessKeyId", "SecretAccessKey"].map(|name| element(&made, name).to_owned());
    let mut helper = Somebody::of(&server, &Credentials { access_key_id, secret_access_key }, None);
    helper.must("iam", "CreateAccessKey", &[("UserName", "helper-1")]);
    helper.must("iam", "CreateUser", &[("UserName", "helper-2")]);

    run(&scene, &format!("account create {OTHER}"));
    let mut eve = Somebody::made(&scene, &server, &format!("eve --account {OTHER} --administrator"));
    let before = administrator.must("iam", "GetAccountAuthorizationDetails", &[]);
    let everything = allow("*", "*");
    let admin = "arn:aws:iam::aws:policy/AdministratorAccess";
    let key = server.credentials().access_key_id.clone();
    for (action, parameters) in [
        ("CreateAccessKey", vec![("UserName", "administrator")]),
        ("CreateAccessKey", vec![("UserName", "Administrator")]),
        ("CreateAccessKey", vec![]),
        ("CreateAccessKey", vec![("UserName", "x/../helper-1")]),
        ("CreateAccessKey", vec![("UserName", "*")]),
        ("CreateUser", vec![("UserName", "helper-3"), ("Path", "/admins/")]),
        ("CreateUser", vec![("UserName", "other")]),
        ("UpdateUser", vec![("UserName", "helper-1"), ("NewUserName", "other")]),
        ("UpdateUser", vec![("UserName", "helper-1"), ("NewPath", "/admins/")]),
        ("UpdateUser", vec![("UserName", "helper"), ("NewUserName", "helper-9")]),
        ("PutUserPolicy", vec![("UserName", "helper"), ("PolicyName", "q"), ("PolicyDocument", &everything)]),
        ("AttachUserPolicy", vec![("UserName", "helper"), ("PolicyArn", admin)]),
        ("DeleteUserPermissionsBoundary", vec![("UserName", "helper")]),
        ("CreatePolicy", vec![("PolicyName", "helper-p"), ("PolicyDocument", &everything)]),
        ("CreateGroup", vec![("GroupName", "helper-g")]),
        ("UpdateAssumeRolePolicy", vec![("RoleName", "power"), ("PolicyDocument", "{}")]),
        (
            "SimulatePrincipalPolicy",
            vec![
                ("PolicySourceArn", "arn:aws:iam::000000000000:user/administrator"),
                ("ActionNames.member.1", "ecr:PutImage"),
            ],
        ),
        ("GetAccountAuthorizationDetails", vec![]),
        ("UpdateAccessKey", vec![("UserName", "administrator"), ("AccessKeyId", &key), ("Status", "Inactive")]),
        ("GetAccessKeyLastUsed", vec![("AccessKeyId", &key)]),
        ("ListUsers", vec![]),
    ] {
        let refusal = helper.query("iam", action, &parameters);
        assert!(refusal.starts_with("403 AccessDenied: User: "), "{action} {parameters:?}: {refusal}");
    }
    // A key is of the user it is of, whoever is named with it.
    let stolen = [("UserName", "helper-1"), ("AccessKeyId", key.as_str()), ("Status", "Inactive")];
    assert!(helper.query("iam", "UpdateAccessKey", &stolen).starts_with("404 NoSuchEntity"));
    assert!(helper.query("iam", "DeleteAccessKey", &stolen[..2]).starts_with("404 NoSuchEntity"));
    let role = format!("arn:aws:iam::{ACCOUNT}:role/power");
    for session in [&mut helper, &mut administrator, &mut eve] {
        let refusal = session.query("sts", "AssumeRole", &[("RoleArn", &role), ("RoleSessionName", "me")]);
        assert!(refusal.starts_with("403 AccessDenied"), "{refusal}");
    }

    // The administrator of another account is nobody here: names mean its own account, and ARNs of others nothing.
    let helper_arn = format!("arn:aws:iam::{ACCOUNT}:user/helper");
    let policy = format!("arn:aws:iam::{ACCOUNT}:policy/p");
    for (action, parameters) in [
        ("CreateAccessKey", vec![("UserName", "helper")]),
        ("CreateAccessKey", vec![("UserName", helper_arn.as_str())]),
        ("UpdateAccessKey", vec![("UserName", "eve"), ("AccessKeyId", &key), ("Status", "Inactive")]),
        ("GetAccessKeyLastUsed", vec![("AccessKeyId", &key)]),
        ("GetUser", vec![("UserName", "helper")]),
        ("GetPolicy", vec![("PolicyArn", &policy)]),
        ("AttachUserPolicy", vec![("UserName", "eve"), ("PolicyArn", &policy)]),
        ("SimulatePrincipalPolicy", vec![("PolicySourceArn", &helper_arn), ("ActionNames.member.1", "ecr:PutImage")]),
    ] {
        let refusal = eve.query("iam", action, &parameters);
        assert!(refusal.starts_with('4') && !refusal.contains(PULL), "{action} {parameters:?}: {refusal}");
    }
    let after = administrator.must("iam", "GetAccountAuthorizationDetails", &[]);
    let details = |text: &str| element(text, "GetAccountAuthorizationDetailsResult").to_owned();
    assert_eq!(details(&after), details(&before));
}

fn trusting_nobody() -> String {
    let principal = json!({ "AWS": format!("arn:aws:iam::{ACCOUNT}:user/somebody-else") });
    let statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

/// Within its limits a simulation ends: patterns made to be dear are asked of texts made to match them nearly, as often as one request can ask.
#[test]
fn a_simulation_ends_soon() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut administrator = Somebody::administrator(&server);
    let mut ask = |pattern: usize, text: usize, questions: usize, policies: usize| {
        let resource = format!("arn:aws:ecr:*:*:*{}b*", "?a".repeat(pattern));
        let document = allow("ecr:*", &resource);
        let names: Vec<[String; 2]> = (1..=questions.max(policies))
            .map(|number| [format!("ActionNames.member.{number}"), format!("PolicyInputList.member.{number}")])
            .collect();
        let asked = format!("arn:aws:ecr:us-east-1:{ACCOUNT}:{}", "a".repeat(text));
        let mut parameters = vec![("ResourceArns.member.1", asked.as_str())];
        parameters.extend(names[..questions].iter().map(|[action, _]| (action.as_str(), "ecr:PutImage")));
        parameters.extend(names[..policies].iter().map(|[_, policy]| (policy.as_str(), document.as_str())));
        administrator.query("iam", "SimulateCustomPolicy", &parameters)
    };
    assert!(ask(10, 100, 1, 1).starts_with('<'));
    assert!(ask(500, 2000, 100, 1).starts_with('<'));
    assert!(ask(500, 2000, 10, 20).starts_with('<'));
    let long = "400 ValidationError: 1 validation error detected: Value '…' at 'resourceArns' failed to satisfy";
    assert!(ask(10, 2048, 1, 1).starts_with(long));
    assert!(ask(20_000, 400_000, 1, 1).starts_with(long));
    let dear = "400 ValidationError: The policies of a simulation times its questions must not exceed 1048576 bytes.";
    assert_eq!(ask(10_000, 2000, 1000, 1), dear);
    assert_eq!(ask(500, 2000, 1000, 20), dear);
}

/// What callers write into requests cannot pass for a record of its own.
#[test]
fn records_of_the_audit_log_cannot_be_forged() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut bob = Somebody::made(&scene, &server, "bob");
    let names = [
        "x\n{\"seq\":1,\"principal\":\"arn:aws:iam::000000000000:user/administrator\",\"outcome\":\"success\"}",
        "x\r\n\u{1b}[2Jcleared",
        "\",\"outcome\":\"success",
        "\u{2028}\u{0}\u{7f}",
    ];
    for name in names {
        let refusal = bob.query("iam", "DeleteUser", &[("UserName", name)]);
        assert!(refusal.starts_with("403 AccessDenied"), "{refusal}");
        let role = format!("arn:aws:iam::{ACCOUNT}:role/{name}");
        let refusal = bob.query("sts", "AssumeRole", &[("RoleArn", &role), ("RoleSessionName", "a\nb")]);
        assert!(refusal.starts_with('4'), "{refusal}");
    }
    let long = "x".repeat(500_000);
    assert!(bob.query("iam", "DeleteUser", &[("UserName", &long)]).starts_with('4'));
    let said = scene.run(&["audit", "export", "--data", "data"], &[]);
    let records: Vec<Value> = said.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_bob: Vec<_> = records.iter().filter(|record| record["action"] == "iam:DeleteUser").collect();
    assert!(of_bob.len() >= names.len(), "{of_bob:?}");
    for record in &of_bob {
        let told = (record["principal"].as_str(), record["outcome"].as_str());
        assert_eq!(told, (Some("arn:aws:iam::000000000000:user/bob"), Some("denied")));
        assert!(record["resource"].as_str().unwrap().len() < 10_000, "a record is short, whatever was asked");
    }
    assert!(!said.stdout.contains('\u{1b}'), "a terminal is not told what to do");
    let verdict = scene.run(&["audit", "verify", "--data", "data"], &[]);
    assert_eq!(verdict.code, Some(0), "{verdict:?}");
}

/// Whatever the log is told to tell, it tells no secret.
#[test]
fn no_secret_is_logged() {
    let scene = Scene::new();
    let environment = vec![("PLIMSOLL_LOG".to_owned(), "trace".to_owned())];
    let options = ServeOptions { environment, ..ServeOptions::default() };
    let server = RealBinary::start(std::path::Path::new(BINARY), &scene.data(), &options).unwrap();
    let image = plain("kept");
    server.registry().push_image("team/app", "1", &image).unwrap();
    let mut administrator = Somebody::administrator(&server);
    let in_hand = InHand::of(&server, &mut administrator, &image);
    let made = administrator.must("iam", "CreateAccessKey", &[]);
    let begun = administrator.must("sts", "GetSessionToken", &[]);
    assert_eq!(follow(&server, &in_hand.link).status, 200);
    let mut wrong = Client::new(server.address()).basic(&server.credentials().access_key_id, "a-wrong-password");
    check(&mut wrong, "GET /v2/", "401 UNAUTHORIZED");
    check_with(
        &mut Client::new(server.address()),
        "GET /v2/",
        &[("authorization", "Bearer a-wrong-token")],
        b"",
        "401 UNAUTHORIZED",
    );
    let form = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=job&WebIdentityToken=a-wrong-identity\
                &RoleArn=arn:aws:iam::000000000000:role/x";
    let form_type = [("content-type", "application/x-www-form-urlencoded")];
    check_with(&mut Client::new(server.address()), "POST /", &form_type, form.as_bytes(), "400");

    let header = |client: &Client| client.authorization().unwrap().split(' ').nth(1).unwrap().to_owned();
    let login = String::from_utf8(STANDARD.decode(header(&in_hand.login)).unwrap()).unwrap();
    let secrets = [
        header(&server.http()),
        header(&in_hand.login),
        login.split_once(':').unwrap().1.to_owned(),
        header(&in_hand.bearer),
        in_hand.link.split_once("ticket=").unwrap().1.to_owned(),
        element(&made, "SecretAccessKey").to_owned(),
        element(&begun, "SecretAccessKey").to_owned(),
        element(&begun, "SessionToken").to_owned(),
        "a-wrong-password".to_owned(),
        "a-wrong-token".to_owned(),
        "a-wrong-identity".to_owned(),
    ];
    let log = server.output();
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "{log}");
    // The first start shows the administrator's secret, once.
    assert_eq!(log.matches(&server.credentials().secret_access_key).count(), 1);
    for secret in secrets {
        assert!(secret.len() > 10 && !log.contains(&secret), "{secret} is in the log");
    }
}
