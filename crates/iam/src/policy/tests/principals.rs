//! `Principal` and `NotPrincipal`, trust policies and identity providers.

use super::*;

#[test]
fn not_principal_denies_all_but_those_fully_named() {
    fn check(caller: &Caller, excepted: &[&str], expect: bool) {
        let excepted = excepted.iter().map(|one| format!("{one:?}")).collect::<Vec<_>>().join(",");
        let text = document(&format!(
            r#""Effect":"Deny","NotPrincipal":{{"AWS":[{excepted}]}},"Action":"ecr:*"}},{{"Effect":"Allow","Principal":"*","Action":"ecr:*""#
        ));
        let named = named("repository policy", PolicyKind::Repository, &text);
        let policies = [ResourcePolicy { owner: account(HERE), named: &named }];
        let decision = ask(caller, &policies, &Context::new()).0;
        assert_eq!(decision.allowed(), expect, "{} {excepted}", caller.principal.arn());
    }
    let (root, bob) = ("arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:user/bob");
    let (role, job) = ("arn:aws:iam::111122223333:role/ci", "arn:aws:sts::111122223333:assumed-role/ci/job");
    let user_bob = Caller::bare(user(HERE, "bob"));
    check(&user_bob, &[bob, root], true);
    check(&user_bob, &[bob, HERE], true);
    check(&user_bob, &[bob], false);
    check(&user_bob, &[root], false);
    check(&Caller::bare(user(HERE, "eve")), &[bob, root], false);
    check(&Caller::bare(session(HERE, "ci", "job")), &[job, role, root], true);
    check(&Caller::bare(session(HERE, "ci", "job")), &[role, root], false);
    check(&Caller::bare(session(HERE, "ci", "other")), &[job, role, root], false);
    check(&Caller::bare(Principal::Anonymous), &[bob, root], false);
    // As AWS warns: who has a boundary is denied whatever NotPrincipal says.
    let boundary = Some(identity(r#""Effect":"Allow","Action":"*","Resource":"*""#));
    check(&Caller { boundary, ..user_bob }, &[bob, root], false);
}

#[test]
fn not_principal_allows_others_within_their_bounds_and_never_nobody() {
    fn check(caller: &Caller, expect: bool) {
        let text =
            document(r#""Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"*""#);
        let named = named("repository policy", PolicyKind::Repository, &text);
        let policies = [ResourcePolicy { owner: account(HERE), named: &named }];
        assert_eq!(ask(caller, &policies, &Context::new()).0.allowed(), expect, "{}", caller.principal.arn());
    }
    check(&Caller::bare(user(HERE, "bob")), false);
    check(&Caller::bare(user(HERE, "eve")), true);
    let boundary = Some(identity(r#""Effect":"Allow","Action":"s3:*","Resource":"*""#));
    check(&Caller { boundary, ..Caller::bare(user(HERE, "eve")) }, false);
    check(&Caller::bare(Principal::Anonymous), false);
}

#[test]
fn unique_ids_name_users_and_roles() {
    fn check(id: &str, principal: Principal, expect: bool) {
        let text = document(&format!(r#""Effect":"Allow","Principal":{{"AWS":"{id}"}},"Action":"ecr:*""#));
        let named = named("repository policy", PolicyKind::Repository, &text);
        let policies = [ResourcePolicy { owner: account(HERE), named: &named }];
        assert_eq!(ask(&Caller::bare(principal), &policies, &Context::new()).0.allowed(), expect, "{id}");
    }
    check("AIDA00000000000000BOB", user(HERE, "bob"), true);
    check("AIDA00000000000000EVE", user(HERE, "bob"), false);
    check("AROA000000000000000CI", session(HERE, "ci", "job"), true);
}

fn assume(caller: &Caller, trust: &str, context: &Context) -> (Effect, String) {
    let named = named("trust policy", PolicyKind::Trust, &document(trust));
    let policies = [ResourcePolicy { owner: account(HERE), named: &named }];
    let question = Question {
        caller,
        action: "sts:AssumeRole",
        resource: "arn:aws:iam::111122223333:role/deploy",
        owner: account(HERE),
        context: &|| context.clone(),
        resource_policies: &policies,
    };
    let decision = decide(&question);
    (decision.effect, decision.message(&question.caller.principal, question.action, question.resource))
}

#[test]
fn a_role_is_assumed_only_by_whom_its_trust_policy_allows() {
    fn check(principal: Principal, allowed: bool, trust: &str, expect: Effect) {
        let mut caller = Caller::bare(principal);
        if allowed {
            caller.identity.push(identity(r#""Effect":"Allow","Action":"sts:*","Resource":"*""#));
        }
        let statement = format!(r#""Effect":"Allow","Principal":{trust},"Action":"sts:AssumeRole""#);
        assert_eq!(assume(&caller, &statement, &Context::new()).0, expect, "{allowed} {trust}");
    }
    let untrusted = Effect::NotAllowed(PolicyType::Trust);
    let unidentified = Effect::NotAllowed(PolicyType::Identity);
    let bob = r#"{"AWS":"arn:aws:iam::111122223333:user/bob"}"#;
    let account = r#"{"AWS":"arn:aws:iam::111122223333:root"}"#;
    check(user(HERE, "bob"), false, bob, Effect::Allowed);
    check(user(HERE, "bob"), false, account, unidentified);
    check(user(HERE, "bob"), true, account, Effect::Allowed);
    check(user(HERE, "eve"), true, bob, untrusted);
    check(user(THERE, "ann"), true, account, untrusted);
    check(user(THERE, "ann"), true, r#"{"AWS":"444455556666"}"#, Effect::Allowed);
    check(user(THERE, "ann"), false, r#"{"AWS":"444455556666"}"#, unidentified);
    check(user(HERE, "bob"), true, r#"{"Service":"ecs.amazonaws.com"}"#, untrusted);
    check(session(HERE, "ci", "job"), false, r#"{"AWS":"arn:aws:iam::111122223333:role/ci"}"#, Effect::Allowed);
}

#[test]
fn trust_policies_ask_for_an_external_id() {
    let caller = Caller::bare(user(HERE, "bob"));
    let trust = r#""Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"sts:AssumeRole",
        "Condition":{"StringEquals":{"sts:ExternalId":"12345"}}"#;
    let mut context = Context::new();
    assert_eq!(
        assume(&caller, trust, &context),
        (
            Effect::NotAllowed(PolicyType::Trust),
            "User: arn:aws:iam::111122223333:user/bob is not authorized to perform: sts:AssumeRole on resource: \
             arn:aws:iam::111122223333:role/deploy because no role trust policy allows the sts:AssumeRole action"
                .to_owned()
        )
    );
    context.set("sts:ExternalId", "12345");
    assert_eq!(assume(&caller, trust, &context).0, Effect::Allowed);
    let denied = assume(&caller, r#""Effect":"Deny","Principal":"*","Action":"sts:*""#, &context).1;
    assert!(denied.ends_with("with an explicit deny in the role trust policy"), "{denied}");
}

#[test]
fn holders_of_a_providers_token_must_be_named_as_such() {
    fn check(trust: &str, subject: &str, expect: bool) {
        let named = named("trust policy", PolicyKind::Trust, &document(trust));
        let mut context = Context::new();
        context.set("ci.example:sub", subject);
        let providers = ["arn:aws:iam::111122223333:oidc-provider/ci.example".to_owned(), "ci.example".to_owned()];
        let trust = ResourcePolicy { owner: account(HERE), named: &named };
        let role = "arn:aws:iam::111122223333:role/deploy";
        let decision = decide_federated(trust, &providers, "sts:AssumeRoleWithWebIdentity", role, &context);
        assert_eq!(decision.allowed(), expect, "{subject}");
    }
    let by = |principal: &str| {
        format!(
            r#""Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRoleWithWebIdentity",
            "Condition":{{"StringLike":{{"ci.example:sub":"repo:team/*"}}}}"#
        )
    };
    let provider = by(r#"{"Federated":"arn:aws:iam::111122223333:oidc-provider/ci.example"}"#);
    check(&provider, "repo:team/app", true);
    check(&provider, "repo:other/app", false);
    check(&by(r#"{"Federated":"ci.example"}"#), "repo:team/app", true);
    check(&by(r#"{"Federated":"other.example"}"#), "repo:team/app", false);
    check(&by(r#""*""#), "repo:team/app", false);
    check(&by(r#"{"AWS":"111122223333"}"#), "repo:team/app", false);
    let denied = format!(r#"{provider}}},{{"Effect":"Deny","Principal":"*","Action":"*""#);
    check(&denied, "repo:team/app", false);
}
