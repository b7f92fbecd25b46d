//! Users, groups, roles, policies and sessions, managed as `aws iam` and `aws sts` manage them.

use plimsoll_testkit::http::{Body, Client, Request, Response};
use plimsoll_testkit::sigv4::{AwsClient, Signer};
use plimsoll_testkit::{Credentials, Issuer, RealBinary};
use serde_json::{Value, json};

use crate::harness::Scene;

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const READ_IAM: &str = "arn:aws:iam::aws:policy/IAMReadOnlyAccess";
const ACCOUNT: &str = "000000000000";

/// Somebody who calls IAM and STS.
struct Somebody {
    client: AwsClient,
}

impl Somebody {
    fn administrator(server: &RealBinary) -> Self {
        Self::with(server, server.credentials(), None)
    }

    fn with(server: &RealBinary, credentials: &Credentials, token: Option<String>) -> Self {
        let signer = Signer { session_token: token, ..Signer::new(credentials, "iam") };
        Self { client: AwsClient::new(server.address(), signer) }
    }

    /// Who holds what an answer gives away: an access key, or temporary credentials.
    fn of(server: &RealBinary, answer: &str) -> Self {
        let [id, secret] = ["AccessKeyId", "SecretAccessKey"].map(|name| element(answer, name).to_owned());
        let credentials = Credentials { access_key_id: id, secret_access_key: secret };
        let token = Some(element(answer, "SessionToken")).filter(|token| !token.is_empty());
        Self::with(server, &credentials, token.map(str::to_owned))
    }

    fn iam(&mut self, action: &str, parameters: &[(&str, &str)]) -> String {
        "iam".clone_into(&mut self.client.signer.service);
        summary(&self.client.query(action, "2010-05-08", parameters).unwrap())
    }

    fn sts(&mut self, action: &str, parameters: &[(&str, &str)]) -> String {
        "sts".clone_into(&mut self.client.signer.service);
        summary(&self.client.query(action, "2011-06-15", parameters).unwrap())
    }

    /// Does what must succeed.
    fn must(&mut self, action: &str, parameters: &[(&str, &str)]) -> String {
        let answer = self.iam(action, parameters);
        assert!(answer.starts_with('<'), "{action} {parameters:?}: {answer}");
        answer
    }

    /// Who the server says this is; or why it says nothing.
    fn whoami(&mut self) -> String {
        let answer = self.sts("GetCallerIdentity", &[]);
        if answer.starts_with('<') { element(&answer, "Arn").to_owned() } else { answer }
    }

    fn assume(&mut self, role: &str, more: &[(&str, &str)]) -> String {
        let role = format!("arn:aws:iam::{ACCOUNT}:role/{role}");
        let parameters = [&[("RoleArn", role.as_str()), ("RoleSessionName", "job-7")], more].concat();
        self.sts("AssumeRole", &parameters)
    }
}

/// The document of an answer; of a refusal its code and message.
fn summary(response: &Response) -> String {
    let text = String::from_utf8_lossy(&response.body).into_owned();
    match element(&text, "Code") {
        "" => text,
        code => format!("{} {code}: {}", response.status, element(&text, "Message")),
    }
}

fn element<'a>(text: &'a str, name: &str) -> &'a str {
    let after = text.split(&format!("<{name}>")).nth(1).unwrap_or_default();
    after.split(&format!("</{name}>")).next().unwrap_or_default()
}

fn elements<'a>(text: &'a str, name: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    text.split(&open).skip(1).filter_map(|rest| rest.split(&close).next()).collect()
}

fn allow(actions: &Value, resource: &str) -> String {
    let statement = json!({"Effect": "Allow", "Action": actions, "Resource": resource});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

fn trust(principal: &Value, actions: &Value, condition: &Value) -> String {
    let statement = json!({"Effect": "Allow", "Principal": principal, "Action": actions, "Condition": condition});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

/// A user with an access key.
fn user(server: &RealBinary, administrator: &mut Somebody, name: &str) -> Somebody {
    administrator.must("CreateUser", &[("UserName", name)]);
    Somebody::of(server, &administrator.must("CreateAccessKey", &[("UserName", name)]))
}

#[test]
fn a_user_may_do_nothing_until_it_is_allowed() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut administrator = Somebody::administrator(&server);
    assert_eq!(administrator.whoami(), format!("arn:aws:iam::{ACCOUNT}:user/administrator"));
    let mut bob = user(&server, &mut administrator, "bob");
    assert_eq!(bob.whoami(), format!("arn:aws:iam::{ACCOUNT}:user/bob"));
    let denied = |action: &str, resource: &str| {
        format!(
            "403 AccessDenied: User: arn:aws:iam::{ACCOUNT}:user/bob is not authorized to perform: iam:{action} on resource: \
             {resource} because no identity-based policy allows the iam:{action} action"
        )
    };
    let users = format!("arn:aws:iam::{ACCOUNT}:user/");
    assert_eq!(bob.iam("ListUsers", &[]), denied("ListUsers", &users));
    assert_eq!(bob.iam("CreateUser", &[("UserName", "eve")]), denied("CreateUser", &format!("{users}eve")));
    assert_eq!(bob.iam("GetUser", &[]), denied("GetUser", "user bob"));
    // Nothing tells whether somebody or something is there.
    administrator.must("CreateUser", &[("UserName", "eve"), ("Path", "/secret/")]);
    for name in ["eve", "nobody"] {
        let expect = denied("GetUser", &format!("user {name}"));
        assert_eq!(bob.iam("GetUser", &[("UserName", name)]), expect);
    }
    let key = server.credentials().access_key_id.clone();
    for key in [key.as_str(), "PLIMAAAAAAAAAAAAAAAA"] {
        let expect = denied("GetAccessKeyLastUsed", &format!("access key {key}"));
        assert_eq!(bob.iam("GetAccessKeyLastUsed", &[("AccessKeyId", key)]), expect);
    }
    administrator.must("AttachUserPolicy", &[("UserName", "bob"), ("PolicyArn", READ_IAM)]);
    let listed = bob.must("ListUsers", &[]);
    assert_eq!(elements(&listed, "UserName"), ["administrator", "bob", "eve"]);
    assert_eq!(bob.iam("CreateUser", &[("UserName", "mallory")]), denied("CreateUser", &format!("{users}mallory")));
    administrator.must(
        "PutUserPermissionsBoundary",
        &[("UserName", "bob"), ("PermissionsBoundary", "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly")],
    );
    let bounded = bob.iam("ListUsers", &[]);
    assert!(bounded.ends_with("because no permissions boundary allows the iam:ListUsers action"), "{bounded}");
}

#[test]
fn a_group_gives_what_a_key_no_longer_in_force_takes() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut administrator = Somebody::administrator(&server);
    let mut bob = user(&server, &mut administrator, "bob");
    administrator.must("CreateGroup", &[("GroupName", "self")]);
    let own =
        allow(&json!(["iam:*AccessKey*", "iam:GetUser"]), &format!("arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"));
    administrator.must("PutGroupPolicy", &[("GroupName", "self"), ("PolicyName", "own"), ("PolicyDocument", &own)]);
    administrator.must("AddUserToGroup", &[("GroupName", "self"), ("UserName", "bob")]);
    assert_eq!(element(&bob.must("GetUser", &[]), "UserName"), "bob");
    let other = bob.iam("ListAccessKeys", &[("UserName", "administrator")]);
    assert!(other.starts_with("403 AccessDenied"), "{other}");
    let second = bob.must("CreateAccessKey", &[]);
    assert_eq!(bob.iam("CreateAccessKey", &[]), "409 LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2");
    let id = element(&second, "AccessKeyId");
    let keys = bob.must("ListAccessKeys", &[]);
    assert!(elements(&keys, "AccessKeyId").contains(&id) && !keys.contains("Secret"), "{keys}");
    let mut with_second = Somebody::of(&server, &second);
    assert_eq!(with_second.whoami(), bob.whoami());
    let invalid = "403 InvalidClientTokenId: The security token included in the request is invalid.";
    bob.must("UpdateAccessKey", &[("AccessKeyId", id), ("Status", "Inactive")]);
    assert_eq!(with_second.whoami(), invalid);
    bob.must("UpdateAccessKey", &[("AccessKeyId", id), ("Status", "Active")]);
    assert_eq!(with_second.whoami(), bob.whoami());
    administrator.must("UpdateUser", &[("UserName", "bob"), ("NewUserName", "robert"), ("NewPath", "/n/")]);
    assert_eq!(with_second.whoami(), format!("arn:aws:iam::{ACCOUNT}:user/n/robert"));
    administrator.must("DeleteAccessKey", &[("UserName", "robert"), ("AccessKeyId", id)]);
    assert_eq!(with_second.whoami(), invalid);
    administrator.must("RemoveUserFromGroup", &[("GroupName", "self"), ("UserName", "robert")]);
    assert!(bob.iam("GetUser", &[]).starts_with("403 AccessDenied"));
}

#[test]
fn what_was_answered_is_there_after_a_restart() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut administrator = Somebody::administrator(&server);
    let policy = allow(&json!("iam:Get*"), "*");
    let created = administrator.must("CreatePolicy", &[("PolicyName", "look"), ("PolicyDocument", &policy)]);
    let arn = element(&created, "Arn").to_owned();
    let mut bob = user(&server, &mut administrator, "bob");
    administrator.must("AttachUserPolicy", &[("UserName", "bob"), ("PolicyArn", &arn)]);
    let before = bob.must("GetUser", &[]);
    let signer = bob.client.signer.clone();
    drop(server);
    let server = scene.serve();
    let mut bob = Somebody { client: AwsClient::new(server.address(), signer) };
    assert_eq!(element(&bob.must("GetUser", &[]), "User"), element(&before, "User"));
    let mut administrator = Somebody::administrator(&server);
    let version = administrator.must("GetPolicyVersion", &[("PolicyArn", &arn), ("VersionId", "v1")]);
    assert!(element(&version, "Document").starts_with("%7B%22Statement%22%3A%5B%7B"), "{version}");
    assert_eq!(element(&administrator.must("GetPolicy", &[("PolicyArn", &arn)]), "AttachmentCount"), "1");
}

#[test]
fn sessions_of_roles_have_what_the_role_has_and_end_with_it() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut administrator = Somebody::administrator(&server);
    let mut bob = user(&server, &mut administrator, "bob");
    let by_bob = json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:user/bob")});
    let document = trust(&by_bob, &json!("sts:AssumeRole"), &json!({"StringEquals": {"sts:ExternalId": "word"}}));
    administrator.must("CreateRole", &[("RoleName", "ci"), ("AssumeRolePolicyDocument", &document)]);
    administrator.must("AttachRolePolicy", &[("RoleName", "ci"), ("PolicyArn", READ_IAM)]);
    let denied = |who: &str, role: &str| {
        format!(
            "403 AccessDenied: User: arn:aws:iam::{ACCOUNT}:user/{who} is not authorized to perform: sts:AssumeRole on \
             resource: arn:aws:iam::{ACCOUNT}:role/{role}"
        )
    };
    assert_eq!(bob.assume("ci", &[]), denied("bob", "ci"));
    assert_eq!(bob.assume("none", &[]), denied("bob", "none"));
    assert_eq!(administrator.assume("ci", &[("ExternalId", "word")]), denied("administrator", "ci"));
    let begun = bob.assume("ci", &[("ExternalId", "word"), ("DurationSeconds", "900")]);
    let mut session = Somebody::of(&server, &begun);
    assert_eq!(session.whoami(), format!("arn:aws:sts::{ACCOUNT}:assumed-role/ci/job-7"));
    assert_eq!(element(&session.must("GetRole", &[("RoleName", "ci")]), "RoleName"), "ci");
    let forbidden = session.iam("DeleteRole", &[("RoleName", "ci")]);
    assert!(forbidden.starts_with("403 AccessDenied: User: arn:aws:sts::"), "{forbidden}");
    let must_name = "400 ValidationError: Must specify userName when calling with non-User credentials";
    assert_eq!(session.iam("GetUser", &[]), must_name);
    let bounded = bob.assume("ci", &[("ExternalId", "word"), ("Policy", &allow(&json!("iam:ListRoles"), "*"))]);
    let mut bounded = Somebody::of(&server, &bounded);
    bounded.must("ListRoles", &[]);
    assert!(bounded.iam("ListUsers", &[]).ends_with("because no session policy allows the iam:ListUsers action"));

    administrator.must("DetachRolePolicy", &[("RoleName", "ci"), ("PolicyArn", READ_IAM)]);
    assert!(session.iam("ListUsers", &[]).starts_with("403 AccessDenied"));
    administrator.must("DeleteRole", &[("RoleName", "ci")]);
    administrator.must("CreateRole", &[("RoleName", "ci"), ("AssumeRolePolicyDocument", &document)]);
    let invalid = "403 InvalidClientTokenId: The security token included in the request is invalid.";
    assert_eq!(session.whoami(), invalid);
}

#[test]
fn credentials_of_a_user_are_the_users() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut administrator = Somebody::administrator(&server);
    let mut bob = user(&server, &mut administrator, "bob");
    let mut temporary = Somebody::of(&server, &bob.sts("GetSessionToken", &[]));
    assert_eq!(temporary.whoami(), bob.whoami());
    assert_eq!(
        temporary.sts("GetSessionToken", &[]),
        "403 AccessDenied: Cannot call GetSessionToken with session credentials"
    );
    assert!(bob.sts("GetSessionToken", &[("DurationSeconds", "899")]).starts_with("400 ValidationError"));
    temporary.client.signer.session_token = None;
    assert!(temporary.whoami().starts_with("403 InvalidClientTokenId"));
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Asks for a session with a token, unsigned.
fn assume_with_token(server: &RealBinary, role: &str, token: &str) -> String {
    let role = encoded(&format!("arn:aws:iam::{ACCOUNT}:role/{role}"));
    let form = format!(
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn={role}&RoleSessionName=job-7&WebIdentityToken={token}"
    );
    let request = Request::new("POST", "/").header("content-type", "application/x-www-form-urlencoded");
    summary(&Client::new(server.address()).send(request.body(Body::Bytes(form.as_bytes()))).unwrap())
}

#[test]
fn a_job_assumes_a_role_by_the_token_of_its_issuer() {
    const ISSUER: &str = "https://ci.example/tokens";
    let scene = Scene::new();
    let issuer = Issuer::new().unwrap();
    let keys = scene.write("keys.json", issuer.keys());
    let server = scene
        .serve_with(&format!("[[oidc]]\nissuer = '{ISSUER}'\naudiences = ['plimsoll']\njwks = '{}'\n", keys.display()));
    let mut administrator = Somebody::administrator(&server);
    let provider = json!({"Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/ci.example/tokens")});
    let condition = json!({"StringLike": {"ci.example/tokens:sub": "repo:team/*"}});
    let document = trust(&provider, &json!("sts:AssumeRoleWithWebIdentity"), &condition);
    administrator.must("CreateRole", &[("RoleName", "ci"), ("AssumeRolePolicyDocument", &document)]);
    let token = |subject: &str, audience: &str| issuer.token(ISSUER, subject, audience, 300).unwrap();

    let begun = assume_with_token(&server, "ci", &token("repo:team/app", "plimsoll"));
    assert_eq!(element(&begun, "SubjectFromWebIdentityToken"), "repo:team/app");
    assert_eq!(element(&begun, "SessionTokenSize"), element(&begun, "SessionToken").len().to_string());
    let utilization: u32 = element(&begun, "SessionTokenUtilization").parse().unwrap();
    assert!((1..10).contains(&utilization), "{utilization}");
    let mut job = Somebody::of(&server, &begun);
    assert_eq!(job.whoami(), format!("arn:aws:sts::{ACCOUNT}:assumed-role/ci/job-7"));

    let denied = "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity";
    assert_eq!(assume_with_token(&server, "ci", &token("repo:other/app", "plimsoll")), denied);
    assert_eq!(assume_with_token(&server, "none", &token("repo:team/app", "plimsoll")), denied);
    let audience = "400 InvalidIdentityToken: Incorrect token audience";
    assert_eq!(assume_with_token(&server, "ci", &token("repo:team/app", "other")), audience);
    let elsewhere = issuer.token("https://evil.example", "repo:team/app", "plimsoll", 300).unwrap();
    assert_eq!(
        assume_with_token(&server, "ci", &elsewhere),
        "400 InvalidIdentityToken: No OpenIDConnect provider found in your account for https://evil.example"
    );
    let expired = assume_with_token(&server, "ci", &issuer.token(ISSUER, "repo:team/app", "plimsoll", -100).unwrap());
    assert!(expired.starts_with("400 ExpiredTokenException: Token expired: current date/time "), "{expired}");
    let forged = Issuer::new().unwrap();
    let by_another = forged.token(ISSUER, "repo:team/app", "plimsoll", 300).unwrap();
    assert!(assume_with_token(&server, "ci", &by_another).starts_with("400 InvalidIdentityToken: "));
    assert!(assume_with_token(&server, "ci", "x").starts_with("400 ValidationError: "));
    assert!(assume_with_token(&server, "ci", "a.b.c").starts_with("400 InvalidIdentityToken: "));

    // The issuer changes its key, and a damaged file does not take away the keys that are known.
    scene.write("keys.json", format!("{} ", forged.keys()));
    assert!(assume_with_token(&server, "ci", &by_another).starts_with('<'));
    scene.write("keys.json", "{");
    assert!(assume_with_token(&server, "ci", &by_another).starts_with('<'));

    administrator.must("CreateOpenIDConnectProvider", &[("Url", ISSUER), ("ClientIDList.member.1", "other")]);
    assert!(
        assume_with_token(&server, "ci", &forged.token(ISSUER, "repo:team/app", "other", 300).unwrap())
            .starts_with('<')
    );
}

#[test]
fn lists_come_by_pages() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut administrator = Somebody::administrator(&server);
    for number in 0..5 {
        administrator.must("CreateUser", &[("UserName", &format!("user{number}"))]);
    }
    let mut seen = Vec::new();
    let mut marker: Option<String> = None;
    loop {
        let mut parameters = vec![("MaxItems", "2")];
        parameters.extend(marker.as_deref().map(|marker| ("Marker", marker)));
        let page = administrator.must("ListUsers", &parameters);
        let names = elements(&page, "UserName");
        assert!(names.len() <= 2);
        seen.extend(names.into_iter().map(str::to_owned));
        if element(&page, "IsTruncated") == "false" {
            break;
        }
        marker = Some(element(&page, "Marker").to_owned());
    }
    assert_eq!(seen, ["administrator", "user0", "user1", "user2", "user3", "user4"]);
    assert_eq!(administrator.iam("ListUsers", &[("Marker", "bogus")]), "400 ValidationError: Invalid Marker.");
    for bad in ["0", "1001", "-1", "x", ""] {
        let refused = administrator.iam("ListUsers", &[("MaxItems", bad)]);
        assert!(refused.starts_with("400 ValidationError: 1 validation error detected: Value '"), "{bad}: {refused}");
    }
}

#[test]
fn bad_input_is_named_and_changes_nothing() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut administrator = Somebody::administrator(&server);
    administrator.must("CreateUser", &[("UserName", "bob")]);
    let before = administrator.must("GetAccountAuthorizationDetails", &[]);
    let mut check = |action: &str, parameters: &[(&str, &str)], expect: &str| {
        let answer = administrator.iam(action, parameters);
        assert!(answer.starts_with(expect), "{action} {parameters:?}: {answer}");
    };
    let null = |field: &str| {
        format!(
            "400 ValidationError: 1 validation error detected: Value at '{field}' failed to satisfy constraint: Member must \
             not be null"
        )
    };
    let long = "x".repeat(200);
    let trust = trust(&json!({"AWS": ACCOUNT}), &json!("sts:AssumeRole"), &json!({}));
    let nope = format!("arn:aws:iam::{ACCOUNT}:policy/nope");
    let foreign = "arn:aws:iam::999999999999:policy/theirs";
    check("CreateUser", &[], &null("userName"));
    check(
        "CreateUser",
        &[("UserName", "")],
        "400 ValidationError: 1 validation error detected: Value '' at 'userName'",
    );
    check("CreateUser", &[("UserName", &long)], "400 ValidationError: ");
    check("CreateUser", &[("UserName", "a/b")], "400 ValidationError: The specified value for userName is invalid.");
    check("CreateUser", &[("UserName", "x"), ("Path", "no")], "400 ValidationError: The specified value for path is");
    check("CreateUser", &[("UserName", "BOB")], "409 EntityAlreadyExists: User with name BOB already exists.");
    check("CreateUser", &[("UserName", "x"), ("PermissionsBoundary", &nope)], "404 NoSuchEntity: Scope ARN: ");
    check("CreateUser", &[("UserName", "x"), ("Tags.member.1.Key", "k")], &null("tags.1.member.Value"));
    check("GetUser", &[("UserName", "none")], "404 NoSuchEntity: The user with name none cannot be found.");
    check("DeleteRole", &[("RoleName", "none")], "404 NoSuchEntity: The role with name none cannot be found.");
    check(
        "AddUserToGroup",
        &[("GroupName", "none"), ("UserName", "bob")],
        "404 NoSuchEntity: The group with name none",
    );
    check("CreateRole", &[("RoleName", "r")], &null("assumeRolePolicyDocument"));
    let with_trust = [("RoleName", "r"), ("AssumeRolePolicyDocument", trust.as_str())];
    check("CreateRole", &[with_trust.as_slice(), &[("MaxSessionDuration", "3599")]].concat(), "400 ValidationError: ");
    check("CreateRole", &[with_trust.as_slice(), &[("MaxSessionDuration", "x")]].concat(), "400 ValidationError: ");
    let identity = allow(&json!("*"), "*");
    check("CreateRole", &[("RoleName", "r"), ("AssumeRolePolicyDocument", &identity)], "400 MalformedPolicyDocument: ");
    for bad in ["{", "[]", "{}", r#"{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}"#, &trust] {
        let put = [("UserName", "bob"), ("PolicyName", "p"), ("PolicyDocument", bad)];
        check("PutUserPolicy", &put, "400 MalformedPolicyDocument: ");
        check("CreatePolicy", &[("PolicyName", "p"), ("PolicyDocument", bad)], "400 MalformedPolicyDocument: ");
    }
    let huge = allow(&json!(format!("ecr:{}", "x".repeat(6200))), "*");
    check(
        "CreatePolicy",
        &[("PolicyName", "p"), ("PolicyDocument", &huge)],
        "409 LimitExceeded: Cannot exceed quota for PolicySize: 6144",
    );
    check("AttachUserPolicy", &[("UserName", "bob"), ("PolicyArn", &nope)], "404 NoSuchEntity: Policy ");
    check("AttachUserPolicy", &[("UserName", "bob"), ("PolicyArn", foreign)], "400 InvalidInput: ARN ");
    check("AttachUserPolicy", &[("UserName", "none"), ("PolicyArn", ADMINISTRATOR)], "404 NoSuchEntity: The user ");
    check("DeletePolicy", &[("PolicyArn", ADMINISTRATOR)], "403 AccessDenied: ");
    check("ListPolicies", &[("Scope", "Mars")], "400 ValidationError: ");
    check("UpdateAccessKey", &[("AccessKeyId", "PLIMAAAAAAAAAAAAAAAA"), ("Status", "Off")], "400 ValidationError: ");
    check("UpdateAccessKey", &[("AccessKeyId", "PLIMAAAAAAAAAAAAAAAA"), ("Status", "Inactive")], "404 NoSuchEntity: ");
    check(
        "SimulateCustomPolicy",
        &[("PolicyInputList.member.1", "{"), ("ActionNames.member.1", "ecr:PutImage")],
        "400 InvalidInput: ",
    );
    check("GetCredentialReport", &[], "400 InvalidAction: Could not find operation GetCredentialReport for version");
    assert_eq!(details(&administrator.must("GetAccountAuthorizationDetails", &[])), details(&before));
}

/// An answer without its request id.
fn details(answer: &str) -> &str {
    element(answer, "GetAccountAuthorizationDetailsResult")
}

#[test]
fn roles_among_all_of_an_account_are_told_shorter() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut administrator = Somebody::administrator(&server);
    let document = trust(&json!({"AWS": ACCOUNT}), &json!("sts:AssumeRole"), &json!({}));
    let new = [("RoleName", "ci"), ("AssumeRolePolicyDocument", document.as_str()), ("Description", "builds")];
    let role = administrator.must("CreateRole", &new);
    assert_eq!((element(&role, "Description"), element(&role, "MaxSessionDuration")), ("builds", "3600"));
    let account = administrator.must("GetAccountAuthorizationDetails", &[("Filter.member.1", "Role")]);
    assert_eq!(element(&account, "RoleName"), "ci");
    assert!(!account.contains("<Description>") && !account.contains("<MaxSessionDuration>"), "{account}");
}

#[test]
fn simulations_answer_as_the_server_would() {
    let scene = Scene::new();
    let server = scene.serve();
    let mut administrator = Somebody::administrator(&server);
    administrator.must("CreateUser", &[("UserName", "bob")]);
    let policy = allow(&json!(["ecr:BatchGetImage"]), "*");
    let put = [("UserName", "bob"), ("PolicyName", "pull"), ("PolicyDocument", policy.as_str())];
    administrator.must("PutUserPolicy", &put);
    let source = format!("arn:aws:iam::{ACCOUNT}:user/bob");
    let answer = administrator.must(
        "SimulatePrincipalPolicy",
        &[
            ("PolicySourceArn", &source),
            ("ActionNames.member.1", "ecr:BatchGetImage"),
            ("ActionNames.member.2", "ecr:PutImage"),
        ],
    );
    assert_eq!(elements(&answer, "EvalDecision"), ["allowed", "implicitDeny"]);
    assert_eq!(elements(&answer, "SourcePolicyId"), ["user_bob_pull"]);

    // Several resources are answered together, by the strictest decision, and one by one.
    let [open, closed] = ["open", "closed"].map(|name| format!("arn:aws:ecr:us-east-1:{ACCOUNT}:repository/{name}"));
    let condition = json!({"StringEquals": {"aws:PrincipalTag/team": "a"}});
    let deny = json!({"Effect": "Deny", "Action": "*", "Resource": closed});
    let conditional = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition});
    let input = json!({"Version": "2012-10-17", "Statement": [deny, conditional]}).to_string();
    let answer = administrator.must(
        "SimulatePrincipalPolicy",
        &[
            ("PolicySourceArn", &source),
            ("PolicyInputList.member.1", &input),
            ("ActionNames.member.1", "ecr:BatchGetImage"),
            ("ResourceArns.member.1", &open),
            ("ResourceArns.member.2", &closed),
        ],
    );
    assert_eq!(elements(&answer, "EvalDecision"), ["explicitDeny"]);
    assert_eq!(elements(&answer, "EvalResourceDecision"), ["allowed", "explicitDeny"]);
    assert_eq!(elements(&answer, "EvalResourceName"), ["*", open.as_str(), closed.as_str()]);
    assert_eq!(
        elements(&answer, "SourcePolicyId"),
        ["PolicyInputList.1", "user_bob_pull", "PolicyInputList.1"],
        "of all together, what did not decide is left out"
    );
    let missing = "<MissingContextValues><member>aws:principaltag/team</member></MissingContextValues>";
    assert_eq!(answer.matches(missing).count(), 3);
    let nameless = administrator.iam("SimulatePrincipalPolicy", &[("PolicySourceArn", "not even an ARN")]);
    assert!(nameless.ends_with("'actionNames' failed to satisfy constraint: Member must not be null"), "{nameless}");
    let left_out = [
        ("PolicySourceArn", source.as_str()),
        ("ActionNames.member.1", "ecr:PutImage"),
        ("PolicyExclusionList.member.1.PolicyArn", ADMINISTRATOR),
    ];
    let refused = administrator.iam("SimulatePrincipalPolicy", &left_out);
    assert_eq!(refused, "400 InvalidInput: PolicyExclusionList is not available in this version of Plimsoll");
}

#[test]
fn many_may_change_the_identities_of_an_account_at_once() {
    let scene = Scene::new();
    let server = scene.serve();
    std::thread::scope(|scope| {
        for client in 0..24 {
            let mut somebody = Somebody::administrator(&server);
            scope.spawn(move || {
                for number in 0..6 {
                    somebody.must("CreateUser", &[("UserName", &format!("user-{client}-{number}"))]);
                }
            });
        }
    });
    let listed = Somebody::administrator(&server).must("ListUsers", &[("MaxItems", "1000")]);
    assert_eq!(listed.matches("<UserName>user-").count(), 24 * 6);
}
