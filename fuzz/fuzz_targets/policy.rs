//! Policy documents of any text, and decisions by those that are policies.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use plimsoll_iam::policy::{Caller, Context, Named, Policy, PolicyKind, Question, ResourcePolicy, decide};
use plimsoll_iam::{AccountId, Principal, User};

const KINDS: [PolicyKind; 4] = [PolicyKind::Identity, PolicyKind::Repository, PolicyKind::Registry, PolicyKind::Trust];

fuzz_target!(|text: &str| {
    let Some(owner) = AccountId::from_number(111_122_223_333) else { return };
    for kind in KINDS {
        match Policy::parse(text, kind) {
            Ok(policy) => decide_by(Named::new("fuzz", Arc::new(policy)), kind, owner, text),
            Err(error) => assert!(!error.malformed_policy_document().is_empty() && !error.to_string().is_empty()),
        }
    }
});

/// A denial by one document stays one when another, the same again, stands beside it.
fn decide_by(named: Named, kind: PolicyKind, owner: AccountId, text: &str) {
    let user = User { account: owner, path: "/".to_owned(), name: "bob".to_owned(), id: "AIDABOB".to_owned() };
    let mut caller = Caller::bare(Principal::User(user));
    caller.tags.push(("team".to_owned(), text.chars().take(40).collect()));
    let mut context = Context::new();
    context.set("aws:SourceIp", "203.0.113.9");
    context.set("aws:CurrentTime", "2025-06-30T12:00:00Z");
    context.set_many("aws:TagKeys", text.split_whitespace().take(4));
    let on_resource = [ResourcePolicy { owner, named: &named }];
    let resource_policies = if kind == PolicyKind::Identity { &[] } else { on_resource.as_slice() };
    if kind == PolicyKind::Identity {
        caller.identity.push(named.clone());
        caller.boundary = Some(named.clone());
    }
    let question = Question {
        caller: &caller,
        action: "ecr:BatchGetImage",
        resource: "arn:aws:ecr:us-east-1:111122223333:repository/team/app",
        owner,
        context: &|| context.clone(),
        resource_policies,
    };
    let decision = decide(&question);
    let message = decision.message(&caller.principal, question.action, question.resource);
    assert_eq!(decision.allowed(), message.contains("is authorized"));
    let silent = Question { resource_policies: &[], ..question };
    if kind == PolicyKind::Identity {
        assert_eq!(decide(&silent), decision);
    } else {
        assert!(!decide(&silent).allowed());
    }
}
