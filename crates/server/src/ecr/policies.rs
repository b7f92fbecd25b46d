//! Repository policies and the registry policy.

use std::sync::Arc;

use plimsoll_iam::{Named, Policy, PolicyKind};
use plimsoll_registry::{RegistryError, Repository};

use super::call::Asked;
use super::error::EcrError;
use super::wire::registry::{
    DeleteRegistryPolicyRequest, DeleteRegistryPolicyResponse, GetRegistryPolicyRequest, GetRegistryPolicyResponse,
    PutRegistryPolicyRequest, PutRegistryPolicyResponse,
};
use super::wire::repositories::{
    DeleteRepositoryPolicyRequest, DeleteRepositoryPolicyResponse, GetRepositoryPolicyRequest,
    GetRepositoryPolicyResponse, SetRepositoryPolicyRequest, SetRepositoryPolicyResponse,
};

const TEXT: &str = "PolicyText";

/// `SetRepositoryPolicy`
pub(crate) async fn set(
    asked: &Asked<'_>,
    input: SetRepositoryPolicyRequest,
) -> Result<SetRepositoryPolicyResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let registry = &asked.call.state.registry;
    let policy = repository_policy(&input.policy_text)?;
    if !input.force.unwrap_or_default() {
        keeps_its_setter(asked, &repository, policy)?;
    }
    let set = registry.set_repository_policy(&repository, input.policy_text.clone(), &asked.requester()).await;
    set.map_err(EcrError::about(&repository))?;
    Ok(SetRepositoryPolicyResponse {
        registry_id: repository.account.to_string(),
        repository_name: repository.name.to_string(),
        policy_text: told(&input.policy_text),
    })
}

/// `GetRepositoryPolicy`
pub(crate) async fn get(
    asked: &Asked<'_>,
    input: GetRepositoryPolicyRequest,
) -> Result<GetRepositoryPolicyResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let found = asked.call.state.registry.repository_policy(&repository);
    let text = found.and_then(|text| text.ok_or(RegistryError::PolicyUnknown)).map_err(EcrError::about(&repository))?;
    Ok(GetRepositoryPolicyResponse {
        registry_id: repository.account.to_string(),
        repository_name: repository.name.to_string(),
        policy_text: told(&text),
    })
}

/// `DeleteRepositoryPolicy`
pub(crate) async fn delete(
    asked: &Asked<'_>,
    input: DeleteRepositoryPolicyRequest,
) -> Result<DeleteRepositoryPolicyResponse, EcrError> {
    let repository = asked.repository(&input.repository_name)?;
    let deleted = asked.call.state.registry.delete_repository_policy(&repository, &asked.requester()).await;
    let text = deleted.map_err(EcrError::about(&repository))?;
    Ok(DeleteRepositoryPolicyResponse {
        registry_id: repository.account.to_string(),
        repository_name: repository.name.to_string(),
        policy_text: told(&text),
    })
}

/// `PutRegistryPolicy`
pub(super) async fn put_of_registry(
    asked: &Asked<'_>,
    input: PutRegistryPolicyRequest,
) -> Result<PutRegistryPolicyResponse, EcrError> {
    Policy::parse(&input.policy_text, PolicyKind::Registry).map_err(|error| invalid("registry", &error))?;
    let policy_text = told(&input.policy_text);
    let registry = &asked.call.state.registry;
    registry.set_registry_policy(asked.registry, input.policy_text, &asked.requester()).await?;
    Ok(PutRegistryPolicyResponse { registry_id: asked.registry.to_string(), policy_text })
}

/// `GetRegistryPolicy`
pub(super) async fn get_of_registry(
    asked: &Asked<'_>,
    _: GetRegistryPolicyRequest,
) -> Result<GetRegistryPolicyResponse, EcrError> {
    let found = asked.call.state.registry.registry_policy(asked.registry)?;
    let text = found.ok_or_else(|| EcrError::registry_policy_not_found(asked.registry))?;
    Ok(GetRegistryPolicyResponse { registry_id: asked.registry.to_string(), policy_text: told(&text) })
}

/// `DeleteRegistryPolicy`
pub(super) async fn delete_of_registry(
    asked: &Asked<'_>,
    _: DeleteRegistryPolicyRequest,
) -> Result<DeleteRegistryPolicyResponse, EcrError> {
    let deleted = asked.call.state.registry.delete_registry_policy(asked.registry, &asked.requester()).await;
    let text = deleted.map_err(|error| match error {
        RegistryError::PolicyUnknown => EcrError::registry_policy_not_found(asked.registry),
        other => other.into(),
    })?;
    Ok(DeleteRegistryPolicyResponse { registry_id: asked.registry.to_string(), policy_text: told(&text) })
}

/// Reads the policy of a repository.
pub(super) fn repository_policy(text: &str) -> Result<Policy, EcrError> {
    Policy::parse(text, PolicyKind::Repository).map_err(|error| invalid("repository", &error))
}

/// The text that clients know, and then what is wrong.
fn invalid(kind: &str, error: &plimsoll_iam::PolicyError) -> EcrError {
    let refused = EcrError::invalid_parameter(TEXT, &format!("Invalid {kind} policy provided"));
    EcrError::new(refused.code, format!("{}: {error}", refused.message))
}

/// Refuses a policy under which who sets it could not set another one.
fn keeps_its_setter(asked: &Asked<'_>, repository: &Repository, policy: Policy) -> Result<(), EcrError> {
    let policy = Named::new("repository policy", Arc::new(policy));
    if asked.may_under(&asked.action("SetRepositoryPolicy"), repository, policy)? {
        return Ok(());
    }
    let rule =
        "The policy would prevent you from setting another policy in the future. Set it with force if you mean it";
    Err(EcrError::invalid_parameter(TEXT, rule))
}

/// A policy as it is told: spread over lines, two spaces for each object around, arrays on one line. The text is JSON.
fn told(text: &str) -> String {
    let mut printer = Printer { told: String::with_capacity(text.len() * 2), open: Vec::new(), fresh: false };
    let (mut quoted, mut escaped) = (false, false);
    for char in text.chars() {
        if quoted {
            printer.told.push(char);
            quoted = escaped || char != '"';
            escaped = !escaped && char == '\\';
        } else if !char.is_whitespace() {
            printer.put(char);
            quoted = char == '"';
        }
    }
    printer.told
}

/// Prints JSON, character by character, without what stands in strings.
struct Printer {
    told: String,
    /// The brackets that are open.
    open: Vec<char>,
    /// Whether the last one has just been opened.
    fresh: bool,
}

impl Printer {
    fn put(&mut self, char: char) {
        match char {
            ':' => return self.told.push_str(" : "),
            ',' => {
                self.told.push(',');
                return self.space();
            }
            '}' | ']' => {
                let object = self.open.pop() == Some('{');
                if object && !self.fresh {
                    self.line();
                } else {
                    self.told.push(' ');
                }
                self.fresh = false;
            }
            _ if self.fresh => {
                self.space();
                self.fresh = false;
            }
            _ => {}
        }
        self.told.push(char);
        if matches!(char, '{' | '[') {
            self.open.push(char);
            self.fresh = true;
        }
    }

    /// What stands before an element of the innermost bracket.
    fn space(&mut self) {
        if self.open.last() == Some(&'{') { self.line() } else { self.told.push(' ') }
    }

    fn line(&mut self) {
        let level = self.open.iter().filter(|bracket| **bracket == '{').count();
        self.told.push('\n');
        self.told.extend(std::iter::repeat_n("  ", level));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_are_told_over_lines() {
        fn check(text: &str, expect: &str) {
            assert_eq!(told(text), expect, "{text}");
            assert_eq!(told(expect), expect, "what is told stays");
        }
        check("{}", "{ }");
        check("{\"a\":[]}", "{\n  \"a\" : [ ]\n}");
        check(
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"a, [b]: {\"c\\","Action":["x","y"],"Effect":"Allow"}, {"n" : 1}]}"#,
            r#"{
  "Version" : "2012-10-17",
  "Statement" : [ {
    "Sid" : "a, [b]: {\"c\\",
    "Action" : [ "x", "y" ],
    "Effect" : "Allow"
  }, {
    "n" : 1
  } ]
}"#,
        );
    }
}
