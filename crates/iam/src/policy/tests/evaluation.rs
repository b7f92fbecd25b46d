//! How policies of different types work together: the tables of the IAM user guide's pages on policy evaluation within
//! an account and across accounts.

use super::*;

/// What policies of one type say of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// There is none.
    Absent,
    /// There is one, about something else.
    Nothing,
    Allow,
    Deny,
}
use Says::{Absent, Allow, Deny, Nothing};

impl Says {
    fn policy(self, name: &str) -> Option<Named> {
        let statements = match self {
            Absent => return None,
            Nothing => r#""Effect":"Allow","Action":"ecr:PutImage","Resource":"*""#,
            Allow => r#""Effect":"Allow","Action":"ecr:BatchGet*","Resource":"arn:aws:ecr:*:*:repository/team/*""#,
            Deny => {
                r#""Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"ECR:batchgetimage","Resource":"*""#
            }
        };
        Some(named(name, PolicyKind::Identity, &document(statements)))
    }
}

struct Case {
    principal: Principal,
    identity: Says,
    boundary: Says,
    session: Says,
    /// The principal that the repository policy allows, as JSON; empty for no policy.
    resource: &'static str,
}

fn effect(case: &Case) -> Effect {
    let caller = Caller {
        identity: case.identity.policy("identity").into_iter().collect(),
        boundary: case.boundary.policy("boundary"),
        session: case.session.policy("session").map(|policy| vec![policy]),
        ..Caller::bare(case.principal.clone())
    };
    let repository = (!case.resource.is_empty()).then(|| {
        let statement = format!(r#""Effect":"Allow","Principal":{},"Action":"ecr:BatchGetImage""#, case.resource);
        named("repository policy", PolicyKind::Repository, &document(&statement))
    });
    let policies: Vec<_> = repository.iter().map(|named| ResourcePolicy { owner: account(HERE), named }).collect();
    ask(&caller, &policies, &Context::new()).0.effect
}

const OK: Effect = Effect::Allowed;
const NO_IDENTITY: Effect = Effect::NotAllowed(PolicyType::Identity);
const NO_RESOURCE: Effect = Effect::NotAllowed(PolicyType::Resource);
const NO_BOUNDARY: Effect = Effect::NotAllowed(PolicyType::Boundary);
const NO_SESSION: Effect = Effect::NotAllowed(PolicyType::Session);

const USER: &str = r#"{"AWS":"arn:aws:iam::111122223333:user/bob"}"#;
const ROLE: &str = r#"{"AWS":"arn:aws:iam::111122223333:role/ci"}"#;
const SESSION: &str = r#"{"AWS":"arn:aws:sts::111122223333:assumed-role/ci/job"}"#;
const ACCOUNT: &str = r#"{"AWS":"arn:aws:iam::111122223333:root"}"#;

#[test]
fn within_an_account() {
    fn check(principal: &Principal, says: [Says; 3], resource: &'static str, expect: Effect) {
        let [identity, boundary, session] = says;
        let case = Case { principal: principal.clone(), identity, boundary, session, resource };
        assert_eq!(effect(&case), expect, "{} {says:?} {resource}", principal.arn());
    }
    let bob = &user(HERE, "bob");
    // Identity policies alone.
    check(bob, [Absent, Absent, Absent], "", NO_IDENTITY);
    check(bob, [Nothing, Absent, Absent], "", NO_IDENTITY);
    check(bob, [Allow, Absent, Absent], "", OK);
    check(bob, [Deny, Absent, Absent], "", Effect::ExplicitlyDenied(PolicyType::Identity));
    // A boundary limits and never gives.
    check(bob, [Allow, Allow, Absent], "", OK);
    check(bob, [Allow, Nothing, Absent], "", NO_BOUNDARY);
    check(bob, [Nothing, Allow, Absent], "", NO_IDENTITY);
    check(bob, [Allow, Deny, Absent], "", Effect::ExplicitlyDenied(PolicyType::Boundary));
    // The resource's policy names the user: implicit denials do not matter, explicit ones do.
    check(bob, [Absent, Absent, Absent], USER, OK);
    check(bob, [Nothing, Nothing, Absent], USER, OK);
    check(bob, [Deny, Absent, Absent], USER, Effect::ExplicitlyDenied(PolicyType::Identity));
    check(bob, [Nothing, Deny, Absent], USER, Effect::ExplicitlyDenied(PolicyType::Boundary));
    check(&user(HERE, "eve"), [Absent, Absent, Absent], USER, NO_IDENTITY);
    check(&user(HERE, "Bob"), [Absent, Absent, Absent], USER, NO_IDENTITY);
    // A user's session with session policies is bounded, as for federated users.
    check(bob, [Nothing, Absent, Nothing], USER, NO_SESSION);
    check(bob, [Nothing, Absent, Allow], USER, OK);
    // Everybody is named directly.
    check(bob, [Absent, Nothing, Absent], r#""*""#, OK);
    check(bob, [Absent, Nothing, Absent], r#"{"AWS":"*"}"#, OK);
    // The account delegates: by itself it gives nothing.
    check(bob, [Absent, Absent, Absent], ACCOUNT, NO_IDENTITY);
    check(bob, [Absent, Absent, Absent], r#"{"AWS":"111122223333"}"#, NO_IDENTITY);
    check(bob, [Allow, Absent, Absent], ACCOUNT, OK);
    check(bob, [Allow, Nothing, Absent], ACCOUNT, NO_BOUNDARY);
    // A role's session.
    let job = &session(HERE, "ci", "job");
    check(job, [Allow, Absent, Absent], "", OK);
    check(job, [Allow, Allow, Allow], "", OK);
    check(job, [Allow, Absent, Nothing], "", NO_SESSION);
    check(job, [Nothing, Absent, Allow], "", NO_IDENTITY);
    check(job, [Allow, Nothing, Nothing], "", NO_BOUNDARY);
    check(job, [Allow, Absent, Deny], "", Effect::ExplicitlyDenied(PolicyType::Session));
    // The resource's policy names the role: boundary and session policies limit it.
    check(job, [Nothing, Absent, Absent], ROLE, OK);
    check(job, [Nothing, Nothing, Nothing], ROLE, NO_BOUNDARY);
    check(job, [Nothing, Allow, Nothing], ROLE, NO_SESSION);
    check(job, [Nothing, Allow, Allow], ROLE, OK);
    // It names the session: nothing limits it but denials.
    check(job, [Nothing, Nothing, Nothing], SESSION, OK);
    check(job, [Nothing, Nothing, Deny], SESSION, Effect::ExplicitlyDenied(PolicyType::Session));
    check(&session(HERE, "ci", "other"), [Nothing, Nothing, Nothing], SESSION, NO_IDENTITY);
    check(job, [Nothing, Nothing, Nothing], r#""*""#, OK);
    check(job, [Nothing, Absent, Absent], ACCOUNT, NO_IDENTITY);
    check(job, [Nothing, Absent, Absent], USER, NO_IDENTITY);
    // Nobody is allowed only what everybody is.
    check(&Principal::Anonymous, [Absent, Absent, Absent], "", NO_RESOURCE);
    check(&Principal::Anonymous, [Absent, Absent, Absent], r#""*""#, OK);
    check(&Principal::Anonymous, [Absent, Absent, Absent], r#"{"AWS":["*"]}"#, OK);
    check(&Principal::Anonymous, [Absent, Absent, Absent], ACCOUNT, NO_RESOURCE);
    check(&Principal::Anonymous, [Absent, Absent, Absent], USER, NO_RESOURCE);
    // Services do not call.
    check(bob, [Absent, Absent, Absent], r#"{"Service":"ecs.amazonaws.com"}"#, NO_IDENTITY);
}

#[test]
fn across_accounts() {
    fn check(principal: &Principal, says: [Says; 3], resource: &'static str, expect: Effect) {
        let [identity, boundary, session] = says;
        let case = Case { principal: principal.clone(), identity, boundary, session, resource };
        assert_eq!(effect(&case), expect, "{} {says:?} {resource}", principal.arn());
    }
    const THEIR_USER: &str = r#"{"AWS":"arn:aws:iam::444455556666:user/ann"}"#;
    const THEIR_ACCOUNT: &str = r#"{"AWS":"444455556666"}"#;
    const THEIR_ROLE: &str = r#"{"AWS":["999999999999","arn:aws:iam::444455556666:role/ci"]}"#;
    const THEIR_SESSION: &str = r#"{"AWS":"arn:aws:sts::444455556666:assumed-role/ci/job"}"#;
    let ann = &user(THERE, "ann");
    // Each side alone is too little.
    check(ann, [Allow, Absent, Absent], "", NO_RESOURCE);
    check(ann, [Allow, Absent, Absent], ACCOUNT, NO_RESOURCE);
    for named in [THEIR_USER, THEIR_ACCOUNT, r#""*""#] {
        check(ann, [Absent, Absent, Absent], named, NO_IDENTITY);
        check(ann, [Nothing, Absent, Absent], named, NO_IDENTITY);
        check(ann, [Allow, Absent, Absent], named, OK);
        check(ann, [Allow, Nothing, Absent], named, NO_BOUNDARY);
        check(ann, [Allow, Allow, Absent], named, OK);
        check(ann, [Deny, Absent, Absent], named, Effect::ExplicitlyDenied(PolicyType::Identity));
    }
    let job = &session(THERE, "ci", "job");
    for named in [THEIR_ROLE, THEIR_SESSION, THEIR_ACCOUNT] {
        check(job, [Absent, Absent, Absent], named, NO_IDENTITY);
        check(job, [Allow, Absent, Absent], named, OK);
        check(job, [Allow, Absent, Nothing], named, NO_SESSION);
        check(job, [Allow, Nothing, Absent], named, NO_BOUNDARY);
    }
    check(job, [Allow, Absent, Absent], THEIR_USER, NO_RESOURCE);
    check(&session(THERE, "other", "job"), [Allow, Absent, Absent], THEIR_SESSION, NO_RESOURCE);
}

#[test]
fn registry_and_repository_policy_are_both_the_resources_side() {
    fn check(registry: &str, repository: &str, expect: Effect) {
        let statement = |says: &str, resource: &str| {
            let (effect, action) = says.split_once(' ').unwrap();
            document(&format!(
                r#""Effect":"{effect}","Principal":{{"AWS":"444455556666"}},"Action":"{action}"{resource}"#
            ))
        };
        let one = named("registry policy", PolicyKind::Registry, &statement(registry, r#","Resource":"*""#));
        let two = named("repository policy", PolicyKind::Repository, &statement(repository, ""));
        let caller = Caller { identity: Allow.policy("i").into_iter().collect(), ..Caller::bare(user(THERE, "ann")) };
        let owner = account(HERE);
        let policies = [ResourcePolicy { owner, named: &one }, ResourcePolicy { owner, named: &two }];
        assert_eq!(ask(&caller, &policies, &Context::new()).0.effect, expect, "{registry} {repository}");
    }
    const DENIED: Effect = Effect::ExplicitlyDenied(PolicyType::Resource);
    check("Allow ecr:*", "Allow ecr:*", OK);
    check("Allow ecr:*", "Allow ecr:Put*", OK);
    check("Allow ecr:Put*", "Allow ecr:*", OK);
    check("Allow ecr:Put*", "Allow ecr:Put*", NO_RESOURCE);
    check("Allow ecr:*", "Deny ecr:*", DENIED);
    check("Deny ecr:*", "Allow ecr:*", DENIED);
    check("Deny ecr:Put*", "Allow ecr:*", OK);
}

#[test]
fn another_accounts_policy_allows_nothing_here_and_may_deny() {
    fn check(effect: &str, expect: Effect) {
        let text = document(&format!(r#""Effect":"{effect}","Principal":"*","Action":"ecr:*""#));
        let named = named("foreign", PolicyKind::Repository, &text);
        let policies = [ResourcePolicy { owner: account(THERE), named: &named }];
        assert_eq!(ask(&Caller::bare(Principal::Anonymous), &policies, &Context::new()).0.effect, expect);
    }
    check("Allow", NO_RESOURCE);
    check("Deny", Effect::ExplicitlyDenied(PolicyType::Resource));
}

/// The guide's example: carlossalazar, his identity policy and the policy of the bucket his logs go to.
#[test]
fn carlos_and_the_log_bucket() {
    let identity = named(
        "carlos",
        PolicyKind::Identity,
        r#"{"Version":"2012-10-17","Statement":[
            {"Sid":"AllowS3ListRead","Effect":"Allow","Action":["s3:GetBucketLocation","s3:ListAllMyBuckets"],"Resource":"arn:aws:s3:::*"},
            {"Sid":"AllowS3Self","Effect":"Allow","Action":"s3:*","Resource":["arn:aws:s3:::carlossalazar/*","arn:aws:s3:::carlossalazar"]},
            {"Sid":"DenyS3Logs","Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::*log*"}]}"#,
    );
    let bucket = named(
        "bucket policy",
        PolicyKind::Registry,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*",
            "Principal":{"AWS":"arn:aws:iam::111122223333:user/carlossalazar"},"Resource":"*"}]}"#,
    );
    let caller = Caller { identity: vec![identity], ..Caller::bare(user(HERE, "carlossalazar")) };
    let check = |action: &str, resource: &str, expect: Result<(), (&str, &str)>| {
        let policies = [ResourcePolicy { owner: account(HERE), named: &bucket }];
        let question = Question {
            caller: &caller,
            action,
            resource,
            owner: account(HERE),
            context: &Context::new,
            resource_policies: &policies,
        };
        let decision = decide(&question);
        let denying = decision.deciding.iter().find(|one| one.effect == StatementEffect::Deny);
        let got = denying.map(|one| (one.policy.as_str(), one.statement.as_str()));
        assert_eq!((decision.allowed(), got), (expect.is_ok(), expect.err()), "{action} {resource}");
    };
    check("s3:PutObject", "arn:aws:s3:::carlossalazar/a.txt", Ok(()));
    check("s3:PutObject", "arn:aws:s3:::carlossalazar-logs/a.txt", Err(("carlos", "DenyS3Logs")));
    check("s3:PutObject", "arn:aws:s3:::other/a.txt", Ok(()));
    check("s3:ListAllMyBuckets", "arn:aws:s3:::x", Ok(()));
}

#[test]
fn messages_are_those_of_aws() {
    fn check(case: &Case, expect: &str) {
        let mut caller = Caller::bare(case.principal.clone());
        caller.identity = case.identity.policy("identity").into_iter().collect();
        caller.boundary = case.boundary.policy("boundary");
        caller.session = case.session.policy("session").map(|policy| vec![policy]);
        let resource = (!case.resource.is_empty()).then(|| {
            let text = document(&format!(r#""Effect":"Deny","Principal":{},"Action":"ecr:*""#, case.resource));
            named("repository policy", PolicyKind::Repository, &text)
        });
        let policies: Vec<_> = resource.iter().map(|named| ResourcePolicy { owner: account(HERE), named }).collect();
        assert_eq!(ask(&caller, &policies, &Context::new()).1, expect);
    }
    const BOB: &str = "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: ecr:BatchGetImage on \
                       resource: arn:aws:ecr:us-east-1:111122223333:repository/team/app";
    let case = |identity, boundary, session, resource| Case {
        principal: user(HERE, "bob"),
        identity,
        boundary,
        session,
        resource,
    };
    for (case, rest) in [
        (case(Absent, Absent, Absent, ""), "because no identity-based policy allows the ecr:BatchGetImage action"),
        (case(Allow, Nothing, Absent, ""), "because no permissions boundary allows the ecr:BatchGetImage action"),
        (case(Allow, Absent, Nothing, ""), "because no session policy allows the ecr:BatchGetImage action"),
        (case(Deny, Absent, Absent, ""), "with an explicit deny in an identity-based policy"),
        (case(Allow, Deny, Absent, ""), "with an explicit deny in a permissions boundary"),
        (case(Allow, Absent, Deny, ""), "with an explicit deny in a session policy"),
        (case(Allow, Absent, Absent, USER), "with an explicit deny in a resource-based policy"),
    ] {
        check(&case, &format!("{BOB} {rest}"));
    }
    let anonymous = Case { principal: Principal::Anonymous, ..case(Absent, Absent, Absent, "") };
    check(
        &anonymous,
        "User: anonymous is not authorized to perform: ecr:BatchGetImage on resource: \
         arn:aws:ecr:us-east-1:111122223333:repository/team/app because no resource-based policy allows the \
         ecr:BatchGetImage action",
    );
    let job = Case { principal: session(THERE, "ci", "job"), ..case(Allow, Absent, Absent, "") };
    check(
        &job,
        "User: arn:aws:sts::444455556666:assumed-role/ci/job is not authorized to perform: ecr:BatchGetImage on \
         resource: arn:aws:ecr:us-east-1:111122223333:repository/team/app because no resource-based policy allows \
         the ecr:BatchGetImage action",
    );
}

#[test]
fn decisions_name_their_statements() {
    let caller = Caller {
        identity: vec![
            identity(r#""Effect":"Allow","Action":"ecr:PutImage","Resource":"*""#),
            named(
                "ci",
                PolicyKind::Identity,
                &document(
                    r#""Sid":"A","Effect":"Allow","Action":"ecr:Put*","Resource":"*"},{"Effect":"Allow","Action":"ecr:B*","Resource":"*""#,
                ),
            ),
        ],
        boundary: Some(named(
            "limit",
            PolicyKind::Identity,
            &document(r#""Sid":"All","Effect":"Allow","Action":"*","Resource":"*""#),
        )),
        ..Caller::bare(user(HERE, "bob"))
    };
    let decision = ask(&caller, &[], &Context::new()).0;
    let deciding: Vec<_> =
        decision.deciding.iter().map(|one| (one.policy.as_str(), one.policy_type, one.statement.as_str())).collect();
    assert_eq!(deciding, [("ci", PolicyType::Identity, "2"), ("limit", PolicyType::Boundary, "All")]);
}
