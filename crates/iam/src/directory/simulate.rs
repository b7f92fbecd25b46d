//! What would be decided: the policy simulator.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::callers::{inline_name, pairs};
use super::error::IamErrorCode;
use super::{Directory, Document, Grants, Holder, IamError, names};
use crate::policy::{
    Caller, Context, Decision, Named, Policy, PolicyKind, PolicyType, Question, ResourcePolicy, decide,
};
use crate::{AccountId, Principal, User};

/// Policies given along with a simulation.
const INPUT_POLICIES: usize = 20;

/// Where a policy of a simulation comes from, in the words of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PolicySource {
    /// Inline, of a user.
    User,
    /// Inline, of a group.
    Group,
    /// Inline, of a role.
    Role,
    /// A managed policy that every account has.
    AwsManaged,
    /// A managed policy of the account.
    UserManaged,
    /// The policy of the resource.
    Resource,
    /// Given along with the simulation.
    None,
}

impl PolicySource {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::AwsManaged => "aws-managed",
            Self::UserManaged => "user-managed",
            Self::Resource => "resource",
            Self::None => "none",
        }
    }
}

/// A simulation: somebody, with the policies that bear on it, and what is asked about.
#[derive(Clone, Debug)]
pub struct Simulation {
    caller: Caller,
    sources: Vec<(String, PolicySource, String)>,
    resource_policy: Option<Named>,
}

/// One answer of a simulation.
#[derive(Clone, Debug)]
pub struct Simulated {
    /// What would be decided.
    pub decision: Decision,
    /// The id and kind of each policy with a statement that decided.
    pub matched: Vec<(String, PolicySource)>,
    /// Whether the permissions boundary allows it; `None` where there is none.
    pub within_boundary: Option<bool>,
    /// The condition keys that policies look at and nobody gave a value for, sorted.
    pub missing: Vec<String>,
}

impl Simulated {
    /// `allowed`, `explicitDeny` or `implicitDeny`.
    pub fn word(&self) -> &'static str {
        use crate::policy::Effect;
        match self.decision.effect {
            Effect::Allowed => "allowed",
            Effect::ExplicitlyDenied(_) => "explicitDeny",
            Effect::NotAllowed(_) => "implicitDeny",
        }
    }
}

impl Directory {
    /// A simulation of what a user, group or role of this account may do, by its ARN.
    pub fn simulate_principal(&self, arn: &str) -> Result<Simulation, IamError> {
        names::length(arn, "policySourceArn", 20, 2048)?;
        let unknown =
            || IamError::invalid(format!("Invalid Entity Arn: {arn} does not clearly define entity type and name."));
        let prefix = format!("arn:aws:iam::{}:", self.account);
        let (kind, path) = arn.strip_prefix(&prefix).and_then(|rest| rest.split_once('/')).ok_or_else(unknown)?;
        let name = path.rsplit('/').next().unwrap_or(path);
        let (holder, found) = match kind {
            "user" => (Holder::User(name), self.user(name).map(|user| self.arn("user", &user.path, &user.name))),
            "group" => (Holder::Group(name), self.group(name).map(|group| self.arn("group", &group.path, &group.name))),
            "role" => (Holder::Role(name), self.role(name).map(|role| self.arn("role", &role.path, &role.name))),
            _ => return Err(unknown()),
        };
        if found.ok().as_deref() != Some(arn) {
            return Err(IamError::new(IamErrorCode::NoSuchEntity, format!("The entity {arn} cannot be found.")));
        }
        self.simulation_of(holder)
    }

    fn simulation_of(&self, holder: Holder<'_>) -> Result<Simulation, IamError> {
        let unreadable =
            || IamError::invalid(format!("A policy of {} {} cannot be read.", holder.noun(), holder.name()));
        let mut sources = self.sources_of(holder)?;
        let caller = match holder {
            Holder::User(name) => {
                for group in &self.user(name)?.groups {
                    sources.extend(self.sources_of(Holder::Group(group))?);
                }
                self.caller_of_user(name).ok_or_else(unreadable)?
            }
            Holder::Group(_) => {
                Caller { identity: self.policies_of(holder).ok_or_else(unreadable)?, ..somebody(self.account) }
            }
            Holder::Role(name) => {
                let role = self.role(name)?;
                Caller {
                    identity: self.policies_of(holder).ok_or_else(unreadable)?,
                    boundary: self.boundary_of(role.boundary.as_deref()).map_err(|_| unreadable())?,
                    tags: pairs(&role.tags),
                    ..Caller::bare(Principal::Session(self.session_of(role, "simulation")))
                }
            }
        };
        Ok(Simulation { caller, sources, resource_policy: None })
    }

    fn sources_of(&self, holder: Holder<'_>) -> Result<Vec<(String, PolicySource, String)>, IamError> {
        let Grants { inline, attached } = self.grants(holder)?;
        let own = match holder {
            Holder::User(_) => PolicySource::User,
            Holder::Group(_) => PolicySource::Group,
            Holder::Role(_) => PolicySource::Role,
        };
        let inline = inline
            .keys()
            .map(|name| (inline_name(holder, name), own, format!("{}_{}_{name}", holder.noun(), holder.name())));
        let attached = attached.iter().map(|arn| {
            let aws = arn.starts_with("arn:aws:iam::aws:");
            let source = if aws { PolicySource::AwsManaged } else { PolicySource::UserManaged };
            (arn.clone(), source, arn.rsplit('/').next().unwrap_or(arn).to_owned())
        });
        Ok(inline.chain(attached).collect())
    }

    /// A simulation of policies that nobody need have.
    pub fn simulate_custom(&self, policies: &[String]) -> Result<Simulation, IamError> {
        let mut simulation = Simulation { caller: somebody(self.account), sources: Vec::new(), resource_policy: None };
        simulation.add_policies(policies)?;
        Ok(simulation)
    }

    /// Lets a simulation be about another caller: a user of this account, by its ARN.
    pub fn simulate_as(&self, simulation: &mut Simulation, caller: &str) -> Result<(), IamError> {
        let name = caller.rsplit('/').next().unwrap_or_default();
        let user = self.user(name).ok().filter(|user| self.arn("user", &user.path, &user.name) == caller);
        let user = user.ok_or_else(|| IamError::invalid(format!("Invalid Caller Arn: {caller}")))?;
        simulation.caller.principal = Principal::User(self.user_principal(user));
        Ok(())
    }
}

impl Simulation {
    /// Adds policies to those of the caller.
    pub fn add_policies(&mut self, policies: &[String]) -> Result<(), IamError> {
        for (named, id) in inputs(policies, "PolicyInputList")? {
            self.sources.push((named.name.clone(), PolicySource::None, id));
            self.caller.identity.push(named);
        }
        Ok(())
    }

    /// Bounds the caller by other policies than by its own boundary. One at most is given.
    pub fn set_boundary(&mut self, policies: &[String]) -> Result<(), IamError> {
        if policies.len() > 1 {
            return Err(IamError::invalid("At most one permissions boundary policy may be given."));
        }
        if let Some((named, _)) = inputs(policies, "PermissionsBoundaryPolicyInputList")?.pop() {
            self.caller.boundary = Some(named);
        }
        Ok(())
    }

    /// Puts a policy on the resource that is asked about.
    pub fn set_resource_policy(&mut self, text: &str) -> Result<(), IamError> {
        let document = Document::parse(text, "resourcePolicy", PolicyKind::Registry)?;
        self.resource_policy = document.policy(PolicyKind::Registry).map(|policy| Named::new("ResourcePolicy", policy));
        Ok(())
    }

    /// What would be decided about an action on a resource of the account `owner`.
    pub fn ask(
        &self,
        action: &str,
        resource: &str,
        owner: AccountId,
        context: &Context,
    ) -> Result<Simulated, IamError> {
        names::length(action, "actionNames", 3, 128)?;
        if !action.contains(':') || action.contains(['*', '?']) {
            return Err(IamError::invalid(format!("Invalid action name: {action}")));
        }
        let resource_policies: Vec<_> =
            self.resource_policy.iter().map(|named| ResourcePolicy { owner, named }).collect();
        let question = Question {
            caller: &self.caller,
            action,
            resource,
            owner,
            context: &|| context.clone(),
            resource_policies: &resource_policies,
        };
        let decision = decide(&question);
        Ok(Simulated {
            matched: self.matched(&decision),
            within_boundary: self.within_boundary(&question),
            missing: self.missing(context),
            decision,
        })
    }

    fn missing(&self, context: &Context) -> Vec<String> {
        let policies = self.caller.identity.iter().chain(&self.caller.boundary).chain(&self.resource_policy);
        let keys: BTreeSet<&str> = policies.flat_map(|named| named.policy.condition_keys()).collect();
        keys.into_iter().filter(|key| context.get(key).is_empty()).map(str::to_owned).collect()
    }

    fn matched(&self, decision: &Decision) -> Vec<(String, PolicySource)> {
        decision
            .deciding
            .iter()
            .filter(|deciding| !matches!(deciding.policy_type, PolicyType::Boundary | PolicyType::Session))
            .map(|deciding| match deciding.policy_type {
                PolicyType::Resource => (deciding.policy.clone(), PolicySource::Resource),
                _ => self
                    .sources
                    .iter()
                    .find(|(name, ..)| *name == deciding.policy)
                    .map_or((deciding.policy.clone(), PolicySource::None), |(_, source, id)| (id.clone(), *source)),
            })
            .collect()
    }

    fn within_boundary(&self, question: &Question<'_>) -> Option<bool> {
        let boundary = self.caller.boundary.as_ref()?;
        let alone = Caller { identity: vec![boundary.clone()], boundary: None, session: None, ..self.caller.clone() };
        let question =
            Question { caller: &alone, resource_policies: &[], owner: self.caller.principal.account()?, ..*question };
        Some(decide(&question).allowed())
    }
}

/// A user who is nobody: policies can be simulated that nobody has.
fn somebody(account: AccountId) -> Caller {
    let name = "simulation".to_owned();
    Caller::bare(Principal::User(User { account, path: "/".to_owned(), id: String::new(), name }))
}

fn inputs(policies: &[String], list: &str) -> Result<Vec<(Named, String)>, IamError> {
    if policies.len() > INPUT_POLICIES {
        return Err(IamError::invalid(format!("{list} has more than {INPUT_POLICIES} policies.")));
    }
    let mut named = Vec::with_capacity(policies.len());
    for (text, number) in policies.iter().zip(1..) {
        names::document(text, list)?;
        let policy = Policy::parse(text, PolicyKind::Identity)
            .map_err(|error| IamError::invalid(error.malformed_policy_document()))?;
        let id = format!("{list}.{number}");
        named.push((Named::new(&id, Arc::new(policy)), id));
    }
    Ok(named)
}
