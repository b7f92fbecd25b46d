//! The policy simulator.

use plimsoll_iam::directory::{Simulated, Simulation};
use plimsoll_iam::{AccountId, Arn, Context};

use super::asked::{Allowed, Asked, Subject, invalid, missing};
use super::page::Page;
use crate::aws::Xml;
use crate::aws::query::Error;

/// The most questions of one simulation.
const QUESTIONS: usize = 1000;

pub(super) async fn principal(asked: &Asked<'_>) -> Result<Xml, Error> {
    let source = asked.required("PolicySourceArn")?;
    let allowed = asked.allow(Subject::Arn(source)).await?;
    let mut simulation = allowed.directory().simulate_principal(source)?;
    simulation.add_policies(&asked.texts("PolicyInputList"))?;
    answer(asked, &allowed, simulation)
}

pub(super) async fn custom(asked: &Asked<'_>) -> Result<Xml, Error> {
    let policies = asked.texts("PolicyInputList");
    if policies.is_empty() {
        return Err(missing("PolicyInputList"));
    }
    let allowed = asked.allow(Subject::Account).await?;
    let simulation = allowed.directory().simulate_custom(&policies)?;
    answer(asked, &allowed, simulation)
}

fn answer(asked: &Asked<'_>, allowed: &Allowed<'_>, mut simulation: Simulation) -> Result<Xml, Error> {
    simulation.set_boundary(&asked.texts("PermissionsBoundaryPolicyInputList"))?;
    if let Some(caller) = asked.optional("CallerArn") {
        allowed.directory().simulate_as(&mut simulation, caller)?;
    }
    if let Some(policy) = asked.optional("ResourcePolicy") {
        simulation.set_resource_policy(policy)?;
    }
    let context = context(asked)?;
    let (actions, resources) = questions(asked)?;
    let mut answers = Vec::new();
    for (action, resource) in actions.iter().flat_map(|action| resources.iter().map(move |resource| (action, resource)))
    {
        let owner = owner(asked, resource)?;
        answers.push((answers.len(), action, resource, simulation.ask(action, resource, owner, &context)?));
    }
    let page = Page::of(asked, answers, |(number, ..)| format!("{number:05}"))?;
    let xml = Xml::new()
        .list("EvaluationResults", &page.items, |(_, action, resource, answer)| encode(action, resource, answer));
    Ok(page.encode(xml))
}

fn questions(asked: &Asked<'_>) -> Result<(Vec<String>, Vec<String>), Error> {
    let (actions, mut resources) = (asked.texts("ActionNames"), asked.texts("ResourceArns"));
    if actions.is_empty() {
        return Err(missing("ActionNames"));
    }
    if resources.is_empty() {
        resources.push("*".to_owned());
    }
    if actions.len() * resources.len() > QUESTIONS {
        return Err(Error::validation(format!("A simulation has at most {QUESTIONS} pairs of action and resource.")));
    }
    Ok((actions, resources))
}

/// The account that owns a resource: by its ARN, by what the call says, or else the caller's.
fn owner(asked: &Asked<'_>, resource: &str) -> Result<AccountId, Error> {
    let of_arn = resource.parse::<Arn>().ok().and_then(|arn| arn.account.parse().ok());
    match asked.optional("ResourceOwner") {
        _ if of_arn.is_some() => Ok(of_arn.unwrap_or_else(|| asked.account())),
        None => Ok(asked.account()),
        Some(owner) => {
            let named = owner.parse::<Arn>().ok().and_then(|arn| arn.account.parse().ok());
            named.or_else(|| owner.parse().ok()).ok_or_else(|| invalid(owner, "ResourceOwner", "be an account"))
        }
    }
}

fn context(asked: &Asked<'_>) -> Result<Context, Error> {
    let mut context = Context::new();
    for entry in asked.structures("ContextEntries") {
        let key = entry.get("ContextKeyName").ok_or_else(|| missing("ContextEntries.member.ContextKeyName"))?;
        context.set_many(key, entry.list("ContextKeyValues"));
    }
    Ok(context)
}

fn encode(action: &str, resource: &str, answer: &Simulated) -> Xml {
    let xml = Xml::new()
        .text("EvalActionName", action)
        .text("EvalResourceName", resource)
        .text("EvalDecision", answer.word())
        .list("MatchedStatements", &answer.matched, |(id, source)| {
            Xml::new().text("SourcePolicyId", id).text("SourcePolicyType", source.as_str())
        })
        .texts("MissingContextValues", []);
    match answer.within_boundary {
        None => xml,
        Some(within) => {
            let within = if within { "true" } else { "false" };
            xml.element("PermissionsBoundaryDecisionDetail", Xml::new().text("AllowedByPermissionsBoundary", within))
        }
    }
}
