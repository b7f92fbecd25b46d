//! May this caller do that? The one question, asked of all policies that bear on it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use plimsoll_catalog::{Catalog, Repository, RepositoryAccess, Visibility};
use plimsoll_iam::policy::Effect;
use plimsoll_iam::{
    AccountId, Caller, Context, Decision, Named, Policy, PolicyKind, Principal, Question, ResourcePolicy, decide,
};
use plimsoll_oci::RepositoryPattern;
use quick_cache::sync::Cache;

use crate::RegistryError;

/// The setting of an account that holds its registry policy.
pub(crate) const REGISTRY_POLICY: &str = "registry-policy";

/// How many repositories' policies are kept compiled.
const REPOSITORIES: usize = 10_000;
const ACCOUNTS: usize = 1000;
/// How long what another process may have changed is believed.
const FRESH: Duration = Duration::from_secs(1);

/// What is asked of.
#[derive(Clone, Copy, Debug)]
pub enum On<'a> {
    /// The registry of an account as a whole: `*`.
    Registry(AccountId),
    /// A repository, whether or not it exists.
    Repository(&'a Repository),
    /// Something else of an account, by its ARN.
    Other {
        /// The account that owns it.
        owner: AccountId,
        /// Its ARN.
        arn: &'a str,
    },
}

/// An answer, with what it was given to.
#[derive(Clone, Debug)]
pub struct Ruling<'a> {
    /// The decision.
    pub decision: Decision,
    /// The ARN of what was asked of.
    pub resource: String,
    principal: &'a Principal,
    action: &'a str,
    /// Whether no policy was asked, because anyone may do it.
    open: bool,
}

impl Ruling<'_> {
    /// The decision in words, as AWS puts it; made when asked for, because few read why they are allowed something.
    pub fn message(&self) -> String {
        if self.open {
            return "anyone may pull from this repository".to_owned();
        }
        self.decision.message(self.principal, self.action, &self.resource)
    }
}

/// All that access depends on beside the caller.
pub(crate) struct Access {
    catalog: Arc<Catalog>,
    region: String,
    anonymous_pull: Vec<RepositoryPattern>,
    repositories: Cache<Repository, Kept<Option<RepositoryRules>>>,
    registries: Cache<AccountId, Kept<Option<Named>>>,
}

/// A repository's tags: keys and values.
type Tags = Arc<[(String, String)]>;

/// What a repository itself says of who may use it.
#[derive(Clone)]
struct RepositoryRules {
    policy: Option<Named>,
    tags: Tags,
}

/// A value as it was at a version of what it comes from.
#[derive(Clone)]
struct Kept<T> {
    value: T,
    version: u64,
    at: Instant,
}

impl<T: Clone> Kept<T> {
    fn current(&self, version: Option<u64>) -> Option<T> {
        (version == Some(self.version) && self.at.elapsed() < FRESH).then(|| self.value.clone())
    }
}

impl Access {
    pub(crate) fn new(catalog: Arc<Catalog>, region: String, anonymous_pull: Vec<RepositoryPattern>) -> Self {
        let (repositories, registries) = (Cache::new(REPOSITORIES), Cache::new(ACCOUNTS));
        Self { catalog, region, anonymous_pull, repositories, registries }
    }

    /// Decides; `context` tells what else is known of the request, if that matters.
    pub(crate) fn decide<'a>(
        &self,
        caller: &'a Caller,
        action: &'a str,
        on: On<'_>,
        context: &dyn Fn() -> Context,
    ) -> Result<Ruling<'a>, RegistryError> {
        self.decide_under(caller, action, on, context, None)
    }

    /// Decides as if `policy` were the repository policy, if one is given.
    pub(crate) fn decide_under<'a>(
        &self,
        caller: &'a Caller,
        action: &'a str,
        on: On<'_>,
        context: &dyn Fn() -> Context,
        policy: Option<Named>,
    ) -> Result<Ruling<'a>, RegistryError> {
        let (owner, resource) = self.name(on);
        let principal = &caller.principal;
        if self.is_open_to(caller, action, on) {
            let decision = Decision { effect: Effect::Allowed, deciding: Vec::new() };
            return Ok(Ruling { decision, resource, principal, action, open: true });
        }
        let mut policies = Vec::new();
        let mut tagged = None;
        if let On::Repository(repository) = on
            && let Some(rules) = self.repository_rules(repository)?
        {
            tagged = Some((repository.visibility, rules.tags));
            policies.extend(policy.or(rules.policy));
        }
        if action.starts_with("ecr:") {
            policies.extend(self.registry_policy(owner)?);
        }
        let resource_policies: Vec<_> = policies.iter().map(|named| ResourcePolicy { owner, named }).collect();
        let question = Question {
            caller,
            action,
            resource: &resource,
            owner,
            context: &|| with_tags(context(), tagged.as_ref()),
            resource_policies: &resource_policies,
        };
        let decision = decide(&question);
        Ok(Ruling { decision, resource, principal, action, open: false })
    }

    /// Whether anyone may pull something.
    pub(crate) fn anyone_may_pull(&self) -> bool {
        !self.anonymous_pull.is_empty()
    }

    /// Whether the configuration lets anyone pull this, or it is public.
    fn is_open_to(&self, caller: &Caller, action: &str, on: On<'_>) -> bool {
        let On::Repository(repository) = on else { return false };
        if !is_pull(repository.visibility, action) {
            return false;
        }
        match repository.visibility {
            Visibility::Public => true,
            Visibility::Private => {
                let named = || self.anonymous_pull.iter().any(|pattern| pattern.matches(&repository.name));
                caller.principal == Principal::Anonymous && named()
            }
        }
    }

    fn name(&self, on: On<'_>) -> (AccountId, String) {
        match on {
            On::Registry(account) => (account, "*".to_owned()),
            On::Repository(repository) => (repository.account, repository_arn(&self.region, repository)),
            On::Other { owner, arn } => (owner, arn.to_owned()),
        }
    }

    fn repository_rules(&self, repository: &Repository) -> Result<Option<RepositoryRules>, RegistryError> {
        let version = self.catalog.repository_version(repository);
        if let Some(value) = self.repositories.get(repository).and_then(|kept| kept.current(version)) {
            return Ok(value);
        }
        let value = self.catalog.repository_access(repository)?.map(rules).transpose()?;
        if let Some(version) = version {
            let kept = Kept { value: value.clone(), version, at: Instant::now() };
            self.repositories.insert(repository.clone(), kept);
        }
        Ok(value)
    }

    fn registry_policy(&self, account: AccountId) -> Result<Option<Named>, RegistryError> {
        let version = self.catalog.account_settings_version(account);
        if let Some(value) = self.registries.get(&account).and_then(|kept| kept.current(version)) {
            return Ok(value);
        }
        let text = self.catalog.account_setting(account, REGISTRY_POLICY)?;
        let value = text.map(|text| named("registry policy", &text, PolicyKind::Registry)).transpose()?;
        if let Some(version) = version {
            self.registries.insert(account, Kept { value: value.clone(), version, at: Instant::now() });
        }
        Ok(value)
    }
}

/// Adds the tags of the repository asked of.
fn with_tags(mut context: Context, tagged: Option<&(Visibility, Tags)>) -> Context {
    let Some((visibility, tags)) = tagged else { return context };
    for (key, value) in tags.iter() {
        context.set(&format!("aws:ResourceTag/{key}"), value);
        context.set(&action(*visibility, &format!("ResourceTag/{key}")), value);
    }
    context
}

/// The service that registries of this visibility belong to, as it stands in actions, ARNs and signatures.
pub const fn service(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Private => "ecr",
        Visibility::Public => "ecr-public",
    }
}

/// The action that allows `operation` in a registry of this visibility: `ecr:PutImage`, `ecr-public:PutImage`.
pub fn action(visibility: Visibility, operation: &str) -> String {
    format!("{}:{operation}", service(visibility))
}

/// The ARN of a resource of a registry: `arn:aws:ecr:<region>:<account>:<resource>`. Public ones are in no region.
pub fn registry_arn(region: &str, account: AccountId, visibility: Visibility, resource: &str) -> String {
    let region = if visibility == Visibility::Public { "" } else { region };
    format!("arn:aws:{}:{region}:{account}:{resource}", service(visibility))
}

/// `arn:aws:ecr:<region>:<account>:repository/<name>`, `arn:aws:ecr-public::<account>:repository/<name>`
pub fn repository_arn(region: &str, repository: &Repository) -> String {
    let Repository { account, visibility, name } = repository;
    registry_arn(region, *account, *visibility, &format!("repository/{name}"))
}

/// Whether an action reads what is in a repository, as every pull does.
///
/// What anyone may do to a public repository are no operations of the API of public registries, whose
/// `BatchCheckLayerAvailability` is part of a push and asks the policies.
fn is_pull(visibility: Visibility, action: &str) -> bool {
    let Some(operation) = action.strip_prefix(service(visibility)).and_then(|rest| rest.strip_prefix(':')) else {
        return false;
    };
    match operation {
        "BatchGetImage" | "GetDownloadUrlForLayer" | "ListImages" => true,
        "BatchCheckLayerAvailability" => visibility == Visibility::Private,
        _ => false,
    }
}

fn rules(access: RepositoryAccess) -> Result<RepositoryRules, RegistryError> {
    let policy = access.policy.map(|text| named("repository policy", &text, PolicyKind::Repository)).transpose()?;
    Ok(RepositoryRules { policy, tags: access.tags.into() })
}

/// A policy that was checked when it was set; while one cannot be read all the same, nothing is allowed by an error.
fn named(name: &str, text: &str, kind: PolicyKind) -> Result<Named, RegistryError> {
    let policy = Policy::parse(text, kind).map_err(RegistryError::StoredPolicy)?;
    Ok(Named::new(name, Arc::new(policy)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_have_arns() {
        fn check(visibility: Visibility, expect: &str) {
            let (account, name) = ("111122223333".parse().unwrap(), "team/app".parse().unwrap());
            assert_eq!(repository_arn("eu-west-1", &Repository { account, visibility, name }), expect);
        }
        check(Visibility::Private, "arn:aws:ecr:eu-west-1:111122223333:repository/team/app");
        check(Visibility::Public, "arn:aws:ecr-public::111122223333:repository/team/app");
    }

    #[test]
    fn pulls_are_told_by_their_action() {
        fn check(action: &str, private: bool, public: bool) {
            let told = [Visibility::Private, Visibility::Public].map(|visibility| is_pull(visibility, action));
            assert_eq!(told, [private, public], "{action}");
        }
        check("ecr:BatchGetImage", true, false);
        check("ecr:BatchCheckLayerAvailability", true, false);
        check("ecr-public:BatchGetImage", false, true);
        check("ecr-public:GetDownloadUrlForLayer", false, true);
        check("ecr-public:ListImages", false, true);
        check("ecr-public:BatchCheckLayerAvailability", false, false);
        check("ecr-public:PutImage", false, false);
        check("ecr:PutImage", false, false);
        check("ecr:DescribeImageScanFindings", false, false);
        check("ecr-public", false, false);
        check("BatchGetImage", false, false);
    }
}
