//! The decision, as the IAM user guide's pages on evaluation within and across accounts describe it.

use super::StatementEffect;
use super::context::Facts;
use super::principals::{Grant, Names};
use super::statement::Statement;
use super::{Caller, Context, Deciding, Decision, Effect, Named, PolicyKind, PolicyType, Question, ResourcePolicy};
use crate::{AccountId, Principal};

/// Decides whether the caller may do what it asks.
///
/// - A statement that denies, in any policy, wins.
/// - Within the resource's account, either an identity policy or a policy of the resource must allow, and the
///   permissions boundary and the session policies, where there are any, must allow too. A resource's policy that names
///   the user or the session itself, or everybody, needs none of them; one that names the role still needs boundary and
///   session policies; one that names the account needs an identity policy as well.
/// - From another account, a policy of the resource must allow, and so must identity policies, boundary and session
///   policies.
/// - Nobody in particular is allowed only what a resource's policy allows everybody.
/// - Where a trust policy is among the resource's policies, it must allow.
pub fn decide(question: &Question<'_>) -> Decision {
    let facts = Facts::of(question);
    let caller = question.caller;
    let names = Names::of(&caller.principal, caller.boundary.is_some());
    let layers = Layers {
        identity: Layer::of(&caller.identity, PolicyType::Identity, &facts),
        boundary: caller
            .boundary
            .as_ref()
            .map(|one| Layer::of(std::slice::from_ref(one), PolicyType::Boundary, &facts)),
        session: caller.session.as_ref().map(|all| Layer::of(all, PolicyType::Session, &facts)),
        resource: ResourceLayer::of(question.resource_policies, question.owner, &names, &facts),
    };
    layers.decide(caller, question.owner)
}

/// Decides whether who holds a token of an identity provider may assume a role. `providers` are the names that a trust
/// policy may call the provider by: its ARN, its host. Only a statement that names one of them below `Federated` allows.
pub fn decide_federated(
    trust: ResourcePolicy<'_>,
    providers: &[String],
    action: &str,
    role: &str,
    context: &Context,
) -> Decision {
    let caller = Caller::bare(Principal::Anonymous);
    let policies = [trust];
    let question = Question {
        caller: &caller,
        action,
        resource: role,
        owner: trust.owner,
        context: &|| context.clone(),
        resource_policies: &policies,
    };
    let names = Names::Federated(providers.to_vec());
    let resource = ResourceLayer::of(&policies, trust.owner, &names, &Facts::of(&question));
    let layers = Layers { identity: Layer::default(), boundary: None, session: None, resource };
    layers.decide(&caller, trust.owner)
}

/// What the policies of one type say.
#[derive(Default)]
struct Layer {
    denying: Vec<Deciding>,
    allowing: Option<Deciding>,
}

impl Layer {
    fn of(policies: &[Named], policy_type: PolicyType, facts: &Facts<'_>) -> Self {
        let mut layer = Self::default();
        for named in policies {
            for statement in named.policy.statements() {
                let known = statement.effect() == StatementEffect::Allow && layer.allowing.is_some();
                if known || !statement.applies(facts) {
                    continue;
                }
                let deciding = deciding(named, policy_type, statement);
                match statement.effect() {
                    StatementEffect::Deny => layer.denying.push(deciding),
                    StatementEffect::Allow => layer.allowing = Some(deciding),
                }
            }
        }
        layer
    }
}

/// What the policies of the resource's side say.
struct ResourceLayer {
    denying: Vec<Deciding>,
    allowing: Option<Deciding>,
    grant: Grant,
    /// Trust policies must allow, and are called by their name in messages.
    trust: bool,
}

impl ResourceLayer {
    fn of(policies: &[ResourcePolicy<'_>], owner: AccountId, names: &Names, facts: &Facts<'_>) -> Self {
        let mut layer = Self { denying: Vec::new(), allowing: None, grant: Grant::None, trust: false };
        for policy in policies {
            layer.trust |= policy.named.policy.kind() == PolicyKind::Trust;
            for statement in policy.named.policy.statements() {
                match statement.effect() {
                    StatementEffect::Deny => layer.deny(policy.named, statement, names, facts),
                    StatementEffect::Allow if policy.owner == owner => {
                        layer.allow(policy.named, statement, names, facts);
                    }
                    StatementEffect::Allow => {}
                }
            }
        }
        layer
    }

    fn deny(&mut self, named: &Named, statement: &Statement, names: &Names, facts: &Facts<'_>) {
        let struck = statement.principals().is_none_or(|principals| principals.denies(names));
        if struck && statement.applies(facts) {
            self.denying.push(deciding(named, type_of(named), statement));
        }
    }

    /// Keeps the widest grant.
    fn allow(&mut self, named: &Named, statement: &Statement, names: &Names, facts: &Facts<'_>) {
        let grant = statement.principals().map_or(Grant::None, |principals| principals.grant(names));
        if grant > self.grant && statement.applies(facts) {
            self.grant = grant;
            self.allowing = Some(deciding(named, type_of(named), statement));
        }
    }

    fn policy_type(&self) -> PolicyType {
        if self.trust { PolicyType::Trust } else { PolicyType::Resource }
    }
}

fn type_of(named: &Named) -> PolicyType {
    match named.policy.kind() {
        PolicyKind::Trust => PolicyType::Trust,
        _ => PolicyType::Resource,
    }
}

fn deciding(named: &Named, policy_type: PolicyType, statement: &Statement) -> Deciding {
    Deciding { policy: named.name.clone(), policy_type, statement: statement.label(), effect: statement.effect() }
}

struct Layers {
    identity: Layer,
    boundary: Option<Layer>,
    session: Option<Layer>,
    resource: ResourceLayer,
}

impl Layers {
    fn decide(mut self, caller: &Caller, owner: AccountId) -> Decision {
        let denying = self.denying();
        if let Some(first) = denying.first() {
            return Decision { effect: Effect::ExplicitlyDenied(first.policy_type), deciding: denying };
        }
        let effect = match caller.principal.account() {
            None => self.for_nobody(),
            Some(account) if account == owner => self.within_account(caller),
            Some(_) => self.across_accounts(),
        };
        match effect {
            Ok(()) => Decision { effect: Effect::Allowed, deciding: self.allowing() },
            Err(missing) => Decision { effect: Effect::NotAllowed(missing), deciding: self.allowing() },
        }
    }

    fn for_nobody(&self) -> Result<(), PolicyType> {
        if self.resource.grant == Grant::Direct { Ok(()) } else { Err(self.resource.policy_type()) }
    }

    fn within_account(&mut self, caller: &Caller) -> Result<(), PolicyType> {
        // A user's session that came with session policies is bounded by them, even where the user itself is named.
        let ceiling = match (&caller.principal, &self.session) {
            (Principal::User(_), Some(_)) => Grant::Bounded,
            _ => Grant::Direct,
        };
        match self.resource.grant.min(ceiling) {
            Grant::Direct => {
                (self.identity, self.boundary, self.session) = Default::default();
                Ok(())
            }
            Grant::Bounded => {
                self.identity = Layer::default();
                self.bounds()
            }
            Grant::None if self.resource.trust => Err(PolicyType::Trust),
            Grant::None | Grant::Delegated => self.identity_side(),
        }
    }

    fn across_accounts(&self) -> Result<(), PolicyType> {
        if self.resource.grant == Grant::None {
            return Err(self.resource.policy_type());
        }
        self.identity_side()
    }

    fn identity_side(&self) -> Result<(), PolicyType> {
        if self.identity.allowing.is_none() {
            return Err(PolicyType::Identity);
        }
        self.bounds()
    }

    fn bounds(&self) -> Result<(), PolicyType> {
        let silent = |layer: &Option<Layer>| layer.as_ref().is_some_and(|layer| layer.allowing.is_none());
        if silent(&self.boundary) {
            return Err(PolicyType::Boundary);
        }
        if silent(&self.session) {
            return Err(PolicyType::Session);
        }
        Ok(())
    }

    fn denying(&mut self) -> Vec<Deciding> {
        let mut denying = std::mem::take(&mut self.identity.denying);
        denying.append(&mut self.resource.denying);
        for layer in [&mut self.boundary, &mut self.session].into_iter().flatten() {
            denying.append(&mut layer.denying);
        }
        denying
    }

    fn allowing(self) -> Vec<Deciding> {
        let bounds = [self.boundary, self.session].into_iter().flatten().map(|layer| layer.allowing);
        [self.identity.allowing, self.resource.allowing].into_iter().chain(bounds).flatten().collect()
    }
}
