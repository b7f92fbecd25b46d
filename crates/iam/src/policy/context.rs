//! Condition keys and their values.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::condition::date;
use super::{Caller, Question};
use crate::{Principal, arn};

/// What is known of a request: condition keys and their values. Keys are compared without regard to case.
///
/// What follows from the caller and the resource's owner need not be set: `aws:PrincipalArn`, `aws:PrincipalAccount`,
/// `aws:PrincipalType`, `aws:PrincipalTag/…`, `aws:PrincipalIsAWSService`, `aws:userid`, `aws:username`,
/// `aws:TokenIssueTime`, `aws:SourceIdentity` and `aws:ResourceAccount`. A value set here wins over these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    values: HashMap<String, Vec<String>>,
}

impl Context {
    /// A context in which nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a key to one value, in place of what it had.
    pub fn set(&mut self, key: &str, value: impl Into<String>) {
        self.values.insert(key.to_lowercase(), vec![value.into()]);
    }

    /// Sets a key of several values, in place of what it had. No value at all is as if the key were not set.
    pub fn set_many<V: Into<String>>(&mut self, key: &str, values: impl IntoIterator<Item = V>) {
        self.values.insert(key.to_lowercase(), values.into_iter().map(Into::into).collect());
    }

    /// The values of a key; empty if it is not set.
    pub fn get(&self, key: &str) -> &[String] {
        self.lowercase(&key.to_lowercase())
    }

    fn lowercase(&self, key: &str) -> &[String] {
        self.values.get(key).map_or(&[], Vec::as_slice)
    }

    fn of_caller(caller: &Caller, question: &Question<'_>) -> Self {
        let mut context = Self::new();
        for (key, value) in caller.tags.iter().rev() {
            context.set(&format!("aws:PrincipalTag/{key}"), value);
        }
        let principal = &caller.principal;
        context.set("aws:userid", principal.user_id());
        context.set("aws:ResourceAccount", question.owner.to_string());
        context.set("aws:PrincipalIsAWSService", "false");
        context.set(
            "aws:PrincipalType",
            match principal {
                Principal::Anonymous => "Anonymous",
                Principal::User(_) => "User",
                Principal::Session(_) => "AssumedRole",
            },
        );
        if let Some(account) = principal.account() {
            context.set("aws:PrincipalArn", principal.identity_arn());
            context.set("aws:PrincipalAccount", account.to_string());
        }
        if let Principal::User(user) = principal {
            context.set("aws:username", &user.name);
        }
        if let Some(identity) = &caller.source_identity {
            context.set("aws:SourceIdentity", identity);
        }
        if let Some(issued) = caller.token_issued {
            context.set("aws:TokenIssueTime", date::format(issued));
        }
        context
    }
}

/// A question made ready to be compared with many statements.
pub(super) struct Facts<'a> {
    /// The action, lowercased.
    pub(super) action: String,
    /// The resource's ARN in its six parts; `None` if it is no ARN.
    pub(super) resource: Option<[&'a str; 6]>,
    question: &'a Question<'a>,
    of_request: OnceCell<Context>,
    of_caller: OnceCell<Context>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(question: &'a Question<'a>) -> Self {
        Self {
            action: question.action.to_ascii_lowercase(),
            resource: arn::sections(question.resource),
            question,
            of_request: OnceCell::new(),
            of_caller: OnceCell::new(),
        }
    }

    /// The values of a lowercase key; empty if it is unknown.
    pub(super) fn values(&self, key: &str) -> &[String] {
        match self.of_request.get_or_init(self.question.context).lowercase(key) {
            [] => self.of_caller.get_or_init(|| Context::of_caller(self.question.caller, self.question)).lowercase(key),
            values => values,
        }
    }

    /// The value of a lowercase key that has exactly one: what a policy variable stands for.
    pub(super) fn value(&self, key: &str) -> Option<&str> {
        match self.values(key) {
            [value] => Some(value),
            _ => None,
        }
    }
}
