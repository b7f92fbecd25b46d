use super::*;
use crate::policy::{Context, Question, decide};
use crate::web_identity::WebIdentity;
use crate::{Principal, SessionClaims, SessionHolder};

const ALL: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const PULL: &str = r#"{"Version":"2012-10-17","Statement":{"Sid":"Pull","Effect":"Allow","Action":"ecr:BatchGetImage","Resource":"*"}}"#;
const NO_PULL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"ecr:BatchGetImage","Resource":"*"}}"#;
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const READ_ONLY: &str = "arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly";
const REPOSITORY: &str = "arn:aws:ecr:us-east-1:000000000042:repository/app";

fn fresh(number: u8) -> Fresh {
    Fresh { now: 1000 + i64::from(number), random: [number; 16] }
}

fn account() -> AccountId {
    "000000000042".parse().unwrap()
}

fn user(name: &str) -> NewUser {
    NewUser { name: name.to_owned(), ..NewUser::default() }
}

/// A directory in which bob, in the group dev, has everything a directory can hold.
fn populated() -> Directory {
    let mut directory = Directory::new(account());
    directory.create_user(user("bob"), fresh(1)).unwrap();
    directory.create_group(NewGroup { name: "dev".into(), path: Some("/eng/".into()) }, fresh(2)).unwrap();
    directory.add_user_to_group("dev", "bob").unwrap();
    directory.create_access_key("bob", fresh(3)).unwrap();
    directory.put_inline(Holder::User("bob"), "own", PULL).unwrap();
    directory.attach(Holder::Group("dev"), READ_ONLY).unwrap();
    let policy = NewPolicy { name: "All".into(), document: ALL.into(), ..NewPolicy::default() };
    directory.create_policy(policy, fresh(4)).unwrap();
    directory.create_role(role("ci", r#"{"AWS":"arn:aws:iam::000000000042:user/bob"}"#, ""), fresh(5)).unwrap();
    directory.attach(Holder::Role("ci"), "arn:aws:iam::000000000042:policy/All").unwrap();
    directory
}

fn role(name: &str, principal: &str, condition: &str) -> NewRole {
    let action = r#"["sts:AssumeRole","sts:AssumeRoleWithWebIdentity"]"#;
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{principal},"Action":{action}{condition}}}}}"#
    );
    NewRole { name: name.to_owned(), trust, ..NewRole::default() }
}

fn allows(caller: &crate::policy::Caller, action: &str) -> bool {
    let (resource, owner) = (REPOSITORY, account());
    let question = Question { caller, action, resource, owner, context: &Context::new, resource_policies: &[] };
    decide(&question).allowed()
}

fn refused<T: std::fmt::Debug>(result: Result<T, IamError>, expect: &str) {
    assert_eq!(result.unwrap_err().to_string(), expect);
}

#[test]
fn names_are_unique_without_regard_to_case_and_found_by_their_spelling() {
    let mut directory = Directory::new(account());
    directory.create_user(user("Bob"), fresh(1)).unwrap();
    refused(directory.create_user(user("bob"), fresh(2)), "EntityAlreadyExists: User with name bob already exists.");
    refused(directory.user("bob").map(drop), "NoSuchEntity: The user with name bob cannot be found.");
    let bob = directory.user("Bob").unwrap();
    assert_eq!((bob.path.as_str(), bob.created, bob.id.len()), ("/", 1001, 21));
    assert!(bob.id.starts_with("AIDA"), "{}", bob.id);
}

#[test]
fn what_has_the_wrong_form_is_refused_by_name() {
    fn check(new: NewUser, expect: &str) {
        let mut directory = Directory::new(account());
        let error = directory.create_user(new, fresh(1)).unwrap_err();
        assert_eq!(error.to_string(), format!("{expect}"));
        assert!(directory.take_changes().unwrap().is_empty());
    }
    let long = "x".repeat(65);
    check(
        user(""),
        "ValidationError: 1 validation error detected: Value '' at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
    check(
        user(&long),
        &format!(
            "ValidationError: 1 validation error detected: Value '{long}' at 'userName' failed to satisfy constraint: Member must have length less than or equal to 64"
        ),
    );
    check(
        user("a b"),
        "ValidationError: The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
    );
    for path in ["x", "/x", "//x", "/ä/"] {
        check(
            NewUser { path: Some(path.into()), ..user("bob") },
            "ValidationError: The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
        );
    }
    let tags = |tags: &[(&str, &str)]| tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    check(
        NewUser { tags: tags(&[("Team", "a"), ("team", "b")]), ..user("bob") },
        "InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    );
    check(
        NewUser { tags: tags(&[("aws:x", "a")]), ..user("bob") },
        "InvalidInput: Tag keys prefixed with AWS: are reserved and may not be used.",
    );
    check(
        NewUser { tags: tags(&[("ok", "<")]), ..user("bob") },
        r"ValidationError: 1 validation error detected: Value '<' at 'tags.1.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*",
    );
    check(
        NewUser { boundary: Some("arn:aws:iam::000000000042:policy/None".into()), ..user("bob") },
        "NoSuchEntity: Scope ARN: arn:aws:iam::000000000042:policy/None does not exist or is not attachable.",
    );
    check(
        NewUser { boundary: Some("arn:aws:iam::000000000043:policy/Foreign".into()), ..user("bob") },
        "InvalidInput: ARN arn:aws:iam::000000000043:policy/Foreign is not valid.",
    );
}

#[test]
fn limits_hold() {
    let mut directory = populated();
    directory.create_access_key("bob", fresh(6)).unwrap();
    refused(
        directory.create_access_key("bob", fresh(7)),
        "LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2",
    );
    let big = ALL.replace(r#""Action":"*""#, &format!(r#""Action":"ecr:{}""#, "x".repeat(2100)));
    refused(
        directory.put_inline(Holder::User("bob"), "big", &big),
        "LimitExceeded: Maximum policy size of 2048 bytes exceeded for user bob",
    );
    directory.put_inline(Holder::Group("dev"), "big", &big).unwrap();
    directory.put_inline(Holder::Group("dev"), "big", &big).unwrap();
    let tags: Vec<_> = (0..50).map(|number| (format!("k{number}"), String::new())).collect();
    directory.tag(Tagged::User("bob"), &tags).unwrap();
    directory.tag(Tagged::User("bob"), &[("K7".into(), "other case".into())]).unwrap();
    assert_eq!(directory.tags(Tagged::User("bob")).unwrap().len(), 50);
    refused(
        directory.tag(Tagged::User("bob"), &[("one more".into(), String::new())]),
        "LimitExceeded: The number of tags has reached the maximum limit of 50.",
    );
    for number in 0..10 {
        let policy = NewPolicy { name: format!("p{number}"), document: PULL.into(), ..NewPolicy::default() };
        let arn = directory.create_policy(policy, fresh(10 + number)).unwrap().arn.clone();
        directory.attach(Holder::User("bob"), &arn).unwrap();
        let name = format!("g{number}");
        directory.create_group(NewGroup { name: name.clone(), path: None }, fresh(20 + number)).unwrap();
        let expect = if number < 9 { Ok(()) } else { Err(IamError::quota("GroupsPerUser", 10)) };
        assert_eq!(directory.add_user_to_group(&name, "bob"), expect);
    }
    refused(
        directory.attach(Holder::User("bob"), ADMINISTRATOR),
        "LimitExceeded: Cannot exceed quota for PoliciesPerUser: 10",
    );
    directory.attach(Holder::User("bob"), "arn:aws:iam::000000000042:policy/p0").unwrap();
}

#[test]
fn what_still_holds_something_is_not_deleted() {
    let mut directory = populated();
    let all = "arn:aws:iam::000000000042:policy/All";
    let key = directory.user("bob").unwrap().keys[0].id.clone();
    let conflict = |result, why: &str| refused::<()>(result, &format!("DeleteConflict: {why}"));
    conflict(directory.delete_user("bob"), "Cannot delete entity, must delete access keys first.");
    directory.delete_access_key("bob", &key).unwrap();
    conflict(directory.delete_user("bob"), "Cannot delete entity, must delete policies first.");
    directory.delete_inline(Holder::User("bob"), "own").unwrap();
    conflict(directory.delete_user("bob"), "Cannot delete entity, must remove users from group first.");
    conflict(directory.delete_group("dev"), "Cannot delete entity, must remove users from group first.");
    directory.remove_user_from_group("dev", "bob").unwrap();
    directory.delete_user("bob").unwrap();
    conflict(directory.delete_group("dev"), "Cannot delete entity, must detach all policies first.");
    conflict(directory.delete_role("ci"), "Cannot delete entity, must detach all policies first.");
    conflict(directory.delete_policy(all), "Cannot delete a policy attached to entities.");
    directory.detach(Holder::Role("ci"), all).unwrap();
    refused(directory.detach(Holder::Role("ci"), all), &format!("NoSuchEntity: Policy {all} was not found."));
    assert_eq!(directory.create_policy_version(all, PULL, false, 7), Ok(2));
    conflict(directory.delete_policy_version(all, "v1", 8), "Cannot delete the default version of a policy.");
    conflict(
        directory.delete_policy(all),
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    );
    directory.delete_policy_version(all, "v2", 8).unwrap();
    directory.delete_policy(all).unwrap();
    directory.delete_role("ci").unwrap();
    directory.detach(Holder::Group("dev"), READ_ONLY).unwrap();
    directory.delete_group("dev").unwrap();
    assert!(directory.take_changes().unwrap().entities.iter().all(|change| change.document.is_none()));
}

#[test]
fn versions_are_numbered_once_and_five_at_most() {
    let mut directory = populated();
    let all = "arn:aws:iam::000000000042:policy/All";
    for number in 2..=5 {
        assert_eq!(directory.create_policy_version(all, PULL, number == 3, 7), Ok(number));
    }
    refused(
        directory.create_policy_version(all, PULL, true, 7),
        "LimitExceeded: A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
    );
    assert_eq!(directory.policy(all).unwrap().default_version, 3);
    directory.delete_policy_version(all, "v5", 8).unwrap();
    assert_eq!(directory.create_policy_version(all, ALL, false, 9), Ok(6));
    directory.set_default_policy_version(all, "v6", 9).unwrap();
    assert_eq!(directory.policy(all).unwrap().default().unwrap().document.text(), ALL);
    refused(
        directory.policy_version(all, "v5").map(drop),
        &format!("NoSuchEntity: Policy {all} version v5 does not exist or is not attachable."),
    );
    for bad in ["", "5", "v0", "v05", "v+5", "vv5", "v99999999999"] {
        assert_eq!(directory.policy_version(all, bad).unwrap_err().code, IamErrorCode::ValidationError, "{bad}");
    }
    refused(
        directory.create_policy_version(ADMINISTRATOR, PULL, true, 7),
        &format!("AccessDenied: Policy {ADMINISTRATOR} is managed by AWS and cannot be changed."),
    );
}

#[test]
fn documents_that_are_none_are_refused() {
    fn malformed<T: std::fmt::Debug>(result: Result<T, IamError>) {
        assert_eq!(result.unwrap_err().code, IamErrorCode::MalformedPolicyDocument);
    }
    let mut directory = populated();
    let trust = directory.role("ci").unwrap().trust.text().to_owned();
    for bad in ["{", "[]", r#"{"Version":"2012-10-17"}"#, &trust] {
        malformed(directory.put_inline(Holder::User("bob"), "bad", bad));
        let policy = NewPolicy { name: "bad".into(), document: bad.into(), ..NewPolicy::default() };
        malformed(directory.create_policy(policy, fresh(9)).map(drop));
    }
    malformed(directory.update_trust("ci", ALL));
    assert_eq!(directory.role("ci").unwrap().trust.text(), trust);
    assert_eq!(directory.update_trust("ci", "☃").unwrap_err().code, IamErrorCode::ValidationError);
}

#[test]
fn providers_are_named_as_their_arns_name_them() {
    let name = |url: &str| {
        let new = NewProvider { url: url.to_owned(), ..NewProvider::default() };
        let name = new.host_and_path().map(str::to_owned);
        let arn = Directory::new(account()).create_provider(new, fresh(9));
        let expect = name.clone().map(|name| format!("arn:aws:iam::000000000042:oidc-provider/{name}"));
        assert_eq!(arn, expect, "{url}");
        name.map_err(|error| error.code)
    };
    assert_eq!(name("https://token.example.com").as_deref(), Ok("token.example.com"));
    assert_eq!(name("https://token.example.com//").as_deref(), Ok("token.example.com"));
    assert_eq!(name("http://token.example.com/x/").as_deref(), Ok("token.example.com/x"));
    for bad in ["", "token.example.com", "ftp://token.example.com", "https:///", "https://a b"] {
        assert_eq!(name(bad), Err(IamErrorCode::ValidationError), "{bad}");
    }
}

#[test]
fn what_is_saved_is_read_back() {
    let mut directory = populated();
    let provider = NewProvider { url: "https://token.example.com/x".into(), ..NewProvider::default() };
    let arn = directory.create_provider(provider, fresh(9)).unwrap();
    assert_eq!(arn, "arn:aws:iam::000000000042:oidc-provider/token.example.com/x");
    let changes = directory.take_changes().unwrap();
    assert!(directory.take_changes().unwrap().is_empty());
    let kinds: Vec<_> = changes.entities.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, EntityKind::ALL);
    let key = directory.user("bob").unwrap().keys[0].id.clone();
    assert_eq!(changes.keys, [KeyChange { key: key.clone(), user: Some("bob".into()) }]);
    let documents = changes.entities.into_iter().map(|change| (change.kind, change.name, change.document.unwrap()));
    let mut read = Directory::from_documents(account(), documents).unwrap();
    assert_eq!(read.user_of_key(&key).unwrap().user.name, "bob");
    let mut both = [&mut directory, &mut read].map(|directory| {
        let caller = directory.caller_of_user("bob").unwrap();
        assert!(allows(&caller, "ecr:DescribeImages") && !allows(&caller, "ecr:PutImage"));
        directory.update_user("bob", Some("robert"), Some("/x/")).unwrap();
        directory.update_group("dev", Some("Dev"), None).unwrap();
        directory.take_changes().unwrap()
    });
    assert_eq!(both[0], both[1]);
    let [gone, rest @ ..] = both[0].entities.as_mut_slice() else { panic!("nothing changed") };
    assert_eq!((gone.kind, gone.name.as_str(), &gone.document), (EntityKind::User, "bob", &None));
    assert_eq!(rest.len(), 3);
    assert_eq!(both[0].keys, [KeyChange { key: key.clone(), user: Some("robert".into()) }]);
    assert_eq!(read.members("Dev").unwrap().map(|user| user.name.as_str()).collect::<Vec<_>>(), ["robert"]);
    assert_eq!(read.user_of_key(&key).unwrap().user.path, "/x/");
    assert!(Directory::from_documents(account(), [(EntityKind::User, "bob", "{}")]).is_err());
}

#[test]
fn a_caller_has_all_that_bears_on_it() {
    let mut directory = populated();
    let caller = directory.caller_of_user("bob").unwrap();
    let names: Vec<_> = caller.identity.iter().map(|named| named.name.as_str()).collect();
    assert_eq!(names, ["inline own of user bob", READ_ONLY]);
    assert!(allows(&caller, "ecr:BatchGetImage"));
    directory.put_boundary(Holder::User("bob"), "arn:aws:iam::aws:policy/IAMFullAccess").unwrap();
    assert!(!allows(&directory.caller_of_user("bob").unwrap(), "ecr:BatchGetImage"));
    directory.delete_boundary(Holder::User("bob")).unwrap();
    directory.put_inline(Holder::Group("dev"), "no", NO_PULL).unwrap();
    assert!(!allows(&directory.caller_of_user("bob").unwrap(), "ecr:BatchGetImage"));
    assert!(directory.caller_of_user("alice").is_none());
}

fn session(role: &str) -> SessionRequest {
    SessionRequest {
        role: format!("arn:aws:iam::000000000042:role/{role}"),
        name: "job-7".into(),
        ..SessionRequest::default()
    }
}

fn assume(
    directory: &Directory,
    user: &str,
    session: &SessionRequest,
    external: Option<&str>,
) -> Result<AssumedRole, IamError> {
    let context = Context::new();
    directory.assume_role(&AssumeRole {
        caller: &directory.caller_of_user(user).unwrap(),
        session,
        external_id: external,
        from: None,
        context: &context,
        now: 5000,
    })
}

#[test]
fn a_role_is_assumed_by_whom_it_trusts() {
    let mut directory = populated();
    directory.create_user(user("eve"), fresh(6)).unwrap();
    let assumed = assume(&directory, "bob", &session("ci"), None).unwrap();
    let SessionHolder::Role(holder) = &assumed.claims.holder else { panic!("not a role") };
    assert_eq!(holder.arn(), "arn:aws:sts::000000000042:assumed-role/ci/job-7");
    assert_eq!((assumed.claims.issued, assumed.claims.expires, assumed.packed_size), (5000, 8600, 0));
    let caller = directory.caller_of_session(&assumed.claims).unwrap();
    assert!(allows(&caller, "ecr:PutImage"));
    assert_eq!(caller.token_issued, Some(5000));
    let denied = |user: &str, role: &str| {
        format!(
            "AccessDenied: User: arn:aws:iam::000000000042:user/{user} is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::000000000042:role/{role}"
        )
    };
    refused(assume(&directory, "eve", &session("ci"), None), &denied("eve", "ci"));
    refused(assume(&directory, "bob", &session("none"), None), &denied("bob", "none"));
    directory.attach(Holder::User("eve"), ADMINISTRATOR).unwrap();
    refused(assume(&directory, "eve", &session("ci"), None), &denied("eve", "ci"));
    let tagged = SessionRequest { tags: vec![("a".into(), "b".into())], ..session("ci") };
    refused(assume(&directory, "bob", &tagged, None), &denied("bob", "ci").replace("AssumeRole", "TagSession"));
    directory.detach(Holder::Role("ci"), "arn:aws:iam::000000000042:policy/All").unwrap();
    assert!(!allows(&directory.caller_of_session(&assumed.claims).unwrap(), "ecr:PutImage"));
    directory.delete_role("ci").unwrap();
    directory.create_role(role("ci", r#"{"AWS":"*"}"#, ""), fresh(7)).unwrap();
    assert!(directory.caller_of_session(&assumed.claims).is_none());
}

#[test]
fn an_external_id_is_asked_for() {
    let mut directory = populated();
    let condition = r#","Condition":{"StringEquals":{"sts:ExternalId":"word"}}"#;
    directory.create_role(role("x", r#"{"AWS":"arn:aws:iam::000000000042:user/bob"}"#, condition), fresh(6)).unwrap();
    assert!(assume(&directory, "bob", &session("x"), Some("word")).is_ok());
    for wrong in [None, Some("other")] {
        assert_eq!(assume(&directory, "bob", &session("x"), wrong).unwrap_err().code, IamErrorCode::AccessDenied);
    }
    assert_eq!(assume(&directory, "bob", &session("x"), Some("a b")).unwrap_err().code, IamErrorCode::ValidationError);
}

#[test]
fn sessions_are_as_long_and_as_wide_as_allowed() {
    fn check(session: SessionRequest, expect: &str) {
        refused(assume(&populated(), "bob", &session, None), expect);
    }
    let value = |value: &str, field: &str| {
        format!(
            "ValidationError: 1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: Member must "
        )
    };
    let duration = |seconds| SessionRequest { duration: Some(seconds), ..session("ci") };
    check(duration(899), &format!("{}have value greater than or equal to 900", value("899", "durationSeconds")));
    check(duration(43_201), &format!("{}have value less than or equal to 43200", value("43201", "durationSeconds")));
    check(
        duration(3601),
        "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
    check(
        SessionRequest { name: "x".into(), ..session("ci") },
        &format!("{}have length greater than or equal to 2", value("x", "roleSessionName")),
    );
    check(
        SessionRequest { role: "arn:aws:iam::000000000042:user/bob".into(), ..session("ci") },
        "ValidationError: arn:aws:iam::000000000042:user/bob is invalid",
    );
    let policy = |text: String| SessionRequest { policy: Some(text), ..session("ci") };
    check(policy("{".into()), "MalformedPolicyDocument: This policy contains invalid Json");
    check(
        policy("x".repeat(2080)),
        "PackedPolicyTooLarge: Packed policy consumes 101% of allotted space, please use smaller policy.",
    );
    let directory = populated();
    let bounded = assume(&directory, "bob", &policy(PULL.into()), None).unwrap();
    assert_eq!(bounded.packed_size, 6);
    let caller = directory.caller_of_session(&bounded.claims).unwrap();
    assert!(allows(&caller, "ecr:BatchGetImage") && !allows(&caller, "ecr:PutImage"));
    let managed = SessionRequest { policy_arns: vec![READ_ONLY.into()], ..session("ci") };
    let caller = directory.caller_of_session(&assume(&directory, "bob", &managed, None).unwrap().claims).unwrap();
    assert!(allows(&caller, "ecr:DescribeImages") && !allows(&caller, "ecr:PutImage"));
    assert_eq!(session_token_duration(None), Ok(43_200));
    assert!(session_token_duration(Some(129_600)).is_ok() && session_token_duration(Some(129_601)).is_err());
}

#[test]
fn roles_assumed_in_a_chain_last_an_hour() {
    let mut directory = populated();
    let next =
        NewRole { max_session: Some(7200), ..role("next", r#"{"AWS":"arn:aws:iam::000000000042:role/ci"}"#, "") };
    directory.create_role(next, fresh(6)).unwrap();
    let first = assume(&directory, "bob", &session("ci"), None).unwrap();
    let caller = directory.caller_of_session(&first.claims).unwrap();
    let context = Context::new();
    let chain = |duration| {
        let session = SessionRequest { duration, ..session("next") };
        let request = AssumeRole {
            caller: &caller,
            session: &session,
            external_id: None,
            from: Some(&first.claims),
            context: &context,
            now: 6000,
        };
        directory.assume_role(&request)
    };
    assert_eq!(chain(None).unwrap().claims.expires, 9600);
    refused(
        chain(Some(3601)),
        "ValidationError: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    );
}

#[test]
fn tags_and_the_source_go_along_a_chain() {
    let mut directory = populated();
    let actions = r#"["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]"#;
    let with_tags = |name: &str, principal: &str| {
        let new = role(name, principal, "");
        NewRole { trust: new.trust.replace(r#"["sts:AssumeRole","sts:AssumeRoleWithWebIdentity"]"#, actions), ..new }
    };
    directory.create_role(with_tags("one", r#"{"AWS":"arn:aws:iam::000000000042:user/bob"}"#), fresh(6)).unwrap();
    directory.create_role(with_tags("two", r#"{"AWS":"arn:aws:iam::000000000042:role/one"}"#), fresh(7)).unwrap();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let asked = SessionRequest {
        tags: vec![pair("team", "blue"), pair("own", "1")],
        transitive: vec!["team".into()],
        source_identity: Some("alice".into()),
        ..session("one")
    };
    let first = assume(&directory, "bob", &asked, None).unwrap().claims;
    let caller = directory.caller_of_session(&first).unwrap();
    assert_eq!(caller.source_identity.as_deref(), Some("alice"));
    let context = Context::new();
    let chain = |session: &SessionRequest| {
        let (caller, from) = (&caller, Some(&first));
        directory.assume_role(&AssumeRole { caller, from, session, external_id: None, context: &context, now: 6000 })
    };
    let second = chain(&session("two")).unwrap().claims;
    assert_eq!((second.tags, second.transitive), (vec![pair("team", "blue")], vec!["team".to_owned()]));
    assert_eq!(second.source_identity.as_deref(), Some("alice"));
    let other = SessionRequest { tags: vec![pair("Team", "red")], ..session("two") };
    assert_eq!(chain(&other).unwrap_err().code, IamErrorCode::ValidationError);
    let other = SessionRequest { source_identity: Some("bob".into()), ..session("two") };
    assert_eq!(chain(&other).unwrap_err().code, IamErrorCode::AccessDenied);
    let unknown = SessionRequest { transitive: vec!["none".into()], ..session("two") };
    assert_eq!(chain(&unknown).unwrap_err().code, IamErrorCode::ValidationError);
}

#[test]
fn web_identities_assume_roles_that_trust_their_provider() {
    fn check(subject: &str, issuer: &str, expect: bool) {
        let mut directory = populated();
        let condition = r#","Condition":{"StringLike":{"token.example.com:sub":"repo:team/*"},"StringEquals":{"token.example.com:aud":"plimsoll"}}"#;
        let principal = r#"{"Federated":"arn:aws:iam::000000000042:oidc-provider/token.example.com"}"#;
        directory.create_role(role("web", principal, condition), fresh(6)).unwrap();
        let context = Context::new();
        let claims = vec![("sub".to_owned(), vec![subject.to_owned()])];
        let identity = WebIdentity {
            provider: issuer.to_owned(),
            subject: subject.to_owned(),
            audience: "plimsoll".to_owned(),
            claims,
        };
        let assumed = directory.assume_role_with_web_identity(&AssumeRoleWithWebIdentity {
            session: &session("web"),
            identity: &identity,
            context: &context,
            now: 5000,
        });
        assert_eq!(assumed.is_ok(), expect, "{subject} of {issuer}: {assumed:?}");
        match assumed {
            Ok(assumed) => assert_eq!(assumed.claims.provider.as_deref(), Some(issuer)),
            Err(error) => {
                assert_eq!(error.to_string(), "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity");
            }
        }
        let no_token = assume(&directory, "bob", &session("web"), None);
        assert_eq!(no_token.unwrap_err().code, IamErrorCode::AccessDenied);
    }
    check("repo:team/app", "token.example.com", true);
    check("repo:other/app", "token.example.com", false);
    check("repo:team/app", "evil.example.com", false);
}

#[test]
fn credentials_of_a_user_end_with_the_user() {
    let mut directory = populated();
    let id = directory.user("bob").unwrap().id.clone();
    let holder = SessionHolder::User { account: account(), name: "bob".into(), id };
    let claims = SessionClaims {
        holder,
        policy: None,
        policy_arns: vec![],
        tags: vec![],
        transitive: vec![],
        source_identity: None,
        provider: None,
        issued: 5000,
        expires: 6000,
    };
    let caller = directory.caller_of_session(&claims).unwrap();
    assert!(matches!(caller.principal, Principal::User(_)) && caller.session.is_none());
    assert!(allows(&caller, "ecr:BatchGetImage"));
    directory.update_user("bob", Some("robert"), None).unwrap();
    directory.create_user(user("bob"), fresh(8)).unwrap();
    assert!(directory.caller_of_session(&claims).is_none());
}

#[test]
fn simulations_say_what_would_be_decided_and_by_what() {
    let mut directory = populated();
    let bob = "arn:aws:iam::000000000042:user/bob";
    let context = Context::new();
    let ask = |simulation: &Simulation, action: &str| {
        let answer = simulation.ask(action, REPOSITORY, account(), &context).unwrap();
        (answer.word(), answer.matched, answer.within_boundary)
    };
    let own = || ("user_bob_own".to_owned(), PolicySource::User);
    let mut simulation = directory.simulate_principal(bob).unwrap();
    assert_eq!(ask(&simulation, "ecr:BatchGetImage"), ("allowed", vec![own()], None));
    let read_only = ("AmazonEC2ContainerRegistryReadOnly".to_owned(), PolicySource::AwsManaged);
    assert_eq!(ask(&simulation, "ecr:DescribeImages"), ("allowed", vec![read_only], None));
    assert_eq!(ask(&simulation, "ecr:PutImage"), ("implicitDeny", vec![], None));
    simulation.add_policies(&[NO_PULL.to_owned()]).unwrap();
    let input = || ("PolicyInputList.1".to_owned(), PolicySource::None);
    assert_eq!(ask(&simulation, "ecr:BatchGetImage"), ("explicitDeny", vec![input()], None));
    directory.put_boundary(Holder::User("bob"), "arn:aws:iam::aws:policy/IAMFullAccess").unwrap();
    let simulation = directory.simulate_principal(bob).unwrap();
    assert_eq!(ask(&simulation, "ecr:BatchGetImage"), ("implicitDeny", vec![own()], Some(false)));
    let custom = directory.simulate_custom(&[ALL.to_owned()]).unwrap();
    assert_eq!(ask(&custom, "ecr:PutImage"), ("allowed", vec![input()], None));
    let conditional = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": {"StringEquals": {"ecr:ResourceTag/team": "a", "aws:SourceIp": "1.2.3.4"}}}]}"#;
    let mut conditional = directory.simulate_custom(&[conditional.to_owned()]).unwrap();
    conditional.set_boundary(&[ALL.to_owned()]).unwrap();
    let mut known = Context::new();
    let missing = |known: &Context| conditional.ask("ecr:PutImage", "*", account(), known).unwrap().missing;
    assert_eq!(missing(&known), ["aws:sourceip", "ecr:resourcetag/team"]);
    known.set("aws:SourceIp", "1.2.3.4");
    assert_eq!(missing(&known), ["ecr:resourcetag/team"]);
    let group = directory.simulate_principal("arn:aws:iam::000000000042:group/eng/dev").unwrap();
    assert_eq!(ask(&group, "ecr:DescribeImages").0, "allowed");
    let role = directory.simulate_principal("arn:aws:iam::000000000042:role/ci").unwrap();
    assert_eq!(ask(&role, "ecr:DescribeImages").1, [("All".to_owned(), PolicySource::UserManaged)]);
    let code = |arn: &str| directory.simulate_principal(arn).unwrap_err().code;
    assert_eq!(code("arn:aws:iam::000000000042:user/x/bob"), IamErrorCode::NoSuchEntity);
    assert_eq!(code("arn:aws:iam::000000000042:thing/bob"), IamErrorCode::InvalidInput);
    assert!(custom.ask("ecr:*", "*", account(), &context).is_err());
}

#[test]
fn every_account_has_the_policies_of_aws() {
    let directory = Directory::new(account());
    let names: Vec<_> = Directory::aws_managed_policies().map(|policy| policy.name.as_str()).collect();
    assert!(names.is_sorted(), "{names:?}");
    for policy in Directory::aws_managed_policies() {
        let found = directory.policy(&policy.arn).unwrap();
        assert!(
            found.default().unwrap().document.policy(crate::policy::PolicyKind::Identity).is_some(),
            "{}",
            found.arn
        );
    }
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Create(u8),
        Delete(u8),
        Rename(u8, u8),
        Key(u8),
        DropKey(u8),
        Group(u8),
        Join(u8, u8),
        RenameGroup(u8, u8),
    }

    fn step() -> impl Strategy<Value = Step> {
        let name = || 0..4_u8;
        prop_oneof![
            name().prop_map(Step::Create),
            name().prop_map(Step::Delete),
            (name(), name()).prop_map(|(a, b)| Step::Rename(a, b)),
            name().prop_map(Step::Key),
            name().prop_map(Step::DropKey),
            name().prop_map(Step::Group),
            (name(), name()).prop_map(|(a, b)| Step::Join(a, b)),
            (name(), name()).prop_map(|(a, b)| Step::RenameGroup(a, b)),
        ]
    }

    /// Names that differ from each other in case alone are among them.
    fn name(number: u8) -> &'static str {
        ["bob", "Bob", "eve", "mallory"][usize::from(number)]
    }

    fn take(directory: &mut Directory, step: &Step, seed: u8) {
        let fresh = fresh(seed);
        let _refused_or_done = match *step {
            Step::Create(user_name) => directory.create_user(user(name(user_name)), fresh).map(drop),
            Step::Delete(user_name) => directory.delete_user(name(user_name)),
            Step::Rename(from, to) => directory.update_user(name(from), Some(name(to)), None),
            Step::Key(user_name) => directory.create_access_key(name(user_name), fresh).map(drop),
            Step::DropKey(user_name) => {
                let key =
                    directory.user(name(user_name)).ok().and_then(|user| user.keys.first()).map(|key| key.id.clone());
                key.map_or(Ok(()), |key| directory.delete_access_key(name(user_name), &key))
            }
            Step::Group(group) => {
                directory.create_group(NewGroup { name: name(group).into(), path: None }, fresh).map(drop)
            }
            Step::Join(group, user_name) => directory.add_user_to_group(name(group), name(user_name)),
            Step::RenameGroup(from, to) => directory.update_group(name(from), Some(name(to)), None),
        };
    }

    proptest! {
        /// Whatever is done: saving only what was reported as changed keeps the whole directory.
        #[test]
        fn changes_are_complete(steps in prop::collection::vec(step(), 0..60)) {
            let mut directory = Directory::new(account());
            let mut saved = BTreeMap::new();
            let mut keys = BTreeMap::new();
            for (step, seed) in steps.iter().zip(0..) {
                take(&mut directory, step, seed);
                let changes = directory.take_changes().unwrap();
                for change in changes.entities {
                    match change.document {
                        Some(document) => saved.insert((change.kind, change.name), document),
                        None => saved.remove(&(change.kind, change.name)),
                    };
                }
                for change in changes.keys {
                    match change.user {
                        Some(user) => keys.insert(change.key, user),
                        None => keys.remove(&change.key),
                    };
                }
            }
            let documents = saved.iter().map(|((kind, name), document)| (*kind, name.clone(), document));
            let read = Directory::from_documents(account(), documents).unwrap();
            let text = |directory: &Directory| {
                let users: Vec<_> = directory.users(None).map(|user| serde_json::to_string(user).unwrap()).collect();
                let groups: Vec<_> = directory.groups(None).map(|group| serde_json::to_string(group).unwrap()).collect();
                (users, groups)
            };
            prop_assert_eq!(text(&directory), text(&read));
            prop_assert_eq!(&keys, &directory.keys.clone().into_iter().collect());
            for user in read.users(None) {
                prop_assert!(user.groups.iter().all(|group| read.group(group).is_ok()));
            }
        }
    }
}
