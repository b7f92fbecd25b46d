//! Policies as AWS documents them.

mod conditions;
mod documents;
mod evaluation;
mod principals;
mod properties;

use std::sync::Arc;

use super::*;
use crate::{AccountId, Principal, Session, User};

/// The account that owns the repository asked for.
const HERE: &str = "111122223333";
/// Another account.
const THERE: &str = "444455556666";
const REPOSITORY: &str = "arn:aws:ecr:us-east-1:111122223333:repository/team/app";

fn account(id: &str) -> AccountId {
    id.parse().unwrap()
}

fn user(account_id: &str, name: &str) -> Principal {
    Principal::User(User {
        account: account(account_id),
        path: "/".to_owned(),
        name: name.to_owned(),
        id: format!("AIDA{:0>17}", name.to_uppercase()),
    })
}

fn session(account_id: &str, role: &str, name: &str) -> Principal {
    Principal::Session(Session {
        account: account(account_id),
        role_path: "/".to_owned(),
        role: role.to_owned(),
        role_id: format!("AROA{:0>17}", role.to_uppercase()),
        name: name.to_owned(),
    })
}

fn named(name: &str, kind: PolicyKind, text: &str) -> Named {
    let policy = Policy::parse(text, kind).unwrap_or_else(|error| panic!("{error}: {text}"));
    Named::new(name, Arc::new(policy))
}

fn identity(statements: &str) -> Named {
    named("inline", PolicyKind::Identity, &document(statements))
}

/// A document of these statements, each written without its braces.
fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{{{statements}}}]}}"#)
}

/// Asks for `ecr:BatchGetImage` on the repository.
fn ask(caller: &Caller, resource_policies: &[ResourcePolicy<'_>], context: &Context) -> (Decision, String) {
    let question = Question {
        caller,
        action: "ecr:BatchGetImage",
        resource: REPOSITORY,
        owner: account(HERE),
        context: &|| context.clone(),
        resource_policies,
    };
    let decision = decide(&question);
    let message = decision.message(&question.caller.principal, question.action, question.resource);
    (decision, message)
}
