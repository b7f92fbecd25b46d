//! The policy simulator.

use std::collections::BTreeSet;

use plimsoll_iam::directory::{IamError, IamErrorCode, PolicySource, Simulated, Simulation};
use plimsoll_iam::{AccountId, Arn, Context};

use super::asked::{Allowed, Asked, Subject, invalid, missing};
use super::page::Page;
use crate::aws::Xml;
use crate::aws::query::Error;

/// The most questions of one simulation.
const QUESTIONS: usize = 1000;
/// What stands for all resources.
const ANY: &str = "*";
/// The decisions.
const STRICTEST_FIRST: [&str; 3] = ["explicitDeny", "implicitDeny", "allowed"];
/// The most bytes of the policies given along, times the questions that they are asked.
const WORK: usize = 1024 * 1024;
/// The longest resource or value of a condition key, in bytes: what patterns are compared with has to be short.
const LONGEST: usize = 2048;

pub(super) async fn principal(asked: &Asked<'_>) -> Result<Xml, Error> {
    let source = asked.required("PolicySourceArn")?;
    let questions = Questions::read(asked)?;
    let allowed = asked.allow(Subject::Arn(source)).await?;
    let mut simulation = allowed.directory().simulate_principal(source)?;
    simulation.add_policies(&asked.texts("PolicyInputList"))?;
    answer(asked, &allowed, simulation, &questions)
}

pub(super) async fn custom(asked: &Asked<'_>) -> Result<Xml, Error> {
    let policies = asked.texts("PolicyInputList");
    if policies.is_empty() {
        return Err(missing("PolicyInputList"));
    }
    let questions = Questions::read(asked)?;
    let allowed = asked.allow(Subject::Account).await?;
    let simulation = allowed.directory().simulate_custom(&policies)?;
    answer(asked, &allowed, simulation, &questions)
}

fn answer(
    asked: &Asked<'_>,
    allowed: &Allowed<'_>,
    mut simulation: Simulation,
    questions: &Questions,
) -> Result<Xml, Error> {
    simulation.set_boundary(&asked.texts("PermissionsBoundaryPolicyInputList"))?;
    if let Some(caller) = asked.optional("CallerArn") {
        allowed.directory().simulate_as(&mut simulation, caller)?;
    }
    if let Some(policy) = asked.optional("ResourcePolicy") {
        simulation.set_resource_policy(policy)?;
    }
    let results = questions.actions.iter().map(|action| {
        let on = questions.resources.iter().map(|(resource, owner)| {
            let answer = simulation.ask(action, resource, *owner, &questions.context)?;
            Ok((resource.as_str(), answer))
        });
        Ok((action.as_str(), on.collect::<Result<Vec<_>, IamError>>()?))
    });
    let results: Vec<_> = results.collect::<Result<_, IamError>>()?;
    let page = Page::of(asked, results.iter().enumerate().collect(), |(number, _)| format!("{number:05}"))?;
    let xml = Xml::new().list("EvaluationResults", &page.items, |(_, (action, on))| encode(action, on));
    Ok(page.encode(xml))
}

/// What a simulation is asked.
struct Questions {
    actions: Vec<String>,
    /// The resources, with the accounts that own them; `*` where none is named.
    resources: Vec<(String, AccountId)>,
    context: Context,
}

impl Questions {
    fn read(asked: &Asked<'_>) -> Result<Self, Error> {
        let (actions, mut resources) = (asked.texts("ActionNames"), asked.texts("ResourceArns"));
        if actions.is_empty() {
            return Err(missing("ActionNames"));
        }
        if !asked.structures("PolicyExclusionList").is_empty() {
            let message = "PolicyExclusionList is not available in this version of Plimsoll";
            return Err(IamError::new(IamErrorCode::InvalidInput, message).into());
        }
        if resources.is_empty() {
            resources.push(ANY.to_owned());
        }
        check_work(asked, actions.len() * resources.len())?;
        resources.iter().try_for_each(|resource| check_length(resource, "ResourceArns"))?;
        let owned =
            |resource: String| Ok((owner(asked, &resource)?, resource)).map(|(owner, resource)| (resource, owner));
        let resources = resources.into_iter().map(owned).collect::<Result<_, Error>>()?;
        Ok(Self { actions, resources, context: context(asked)? })
    }
}

fn check_work(asked: &Asked<'_>, pairs: usize) -> Result<(), Error> {
    if pairs > QUESTIONS {
        return Err(Error::validation(format!("A simulation has at most {QUESTIONS} pairs of action and resource.")));
    }
    if pairs * given(asked) > WORK {
        let message = format!("The policies of a simulation times its questions must not exceed {WORK} bytes.");
        return Err(Error::validation(message));
    }
    Ok(())
}

/// How many bytes the policies have that are given along.
fn given(asked: &Asked<'_>) -> usize {
    let lists = ["PolicyInputList", "PermissionsBoundaryPolicyInputList"];
    let listed: usize = lists.iter().flat_map(|list| asked.texts(list)).map(|text| text.len()).sum();
    listed + asked.optional("ResourcePolicy").map_or(0, str::len)
}

fn check_length(text: &str, name: &str) -> Result<(), Error> {
    if text.len() <= LONGEST {
        return Ok(());
    }
    Err(invalid("…", name, &format!("have length less than or equal to {LONGEST}")))
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
        check_length(key, "ContextEntries")?;
        let values = entry.list("ContextKeyValues");
        values.iter().try_for_each(|value| check_length(value, "ContextEntries"))?;
        context.set_many(key, values);
    }
    Ok(context)
}

/// The result for an action: what is decided on all resources together, and on each that was named.
fn encode(action: &str, on: &[(&str, Simulated)]) -> Xml {
    let answers = || on.iter().map(|(_, answer)| answer);
    let word = STRICTEST_FIRST.into_iter().find(|word| answers().any(|answer| answer.word() == *word));
    let deciding = answers().filter(|answer| Some(answer.word()) == word);
    let matched: BTreeSet<_> = deciding.flat_map(|answer| &answer.matched).map(|(id, source)| (id, *source)).collect();
    let missing: BTreeSet<_> = answers().flat_map(|answer| &answer.missing).collect();
    let within = answers().filter_map(|answer| answer.within_boundary).reduce(|one, other| one && other);
    let xml = Xml::new().text("EvalActionName", action).text("EvalResourceName", ANY).optional("EvalDecision", word);
    let xml = reasons(xml, matched, missing.into_iter().map(String::as_str), within);
    if let [(ANY, _)] = on {
        return xml;
    }
    xml.list("ResourceSpecificResults", on, |(resource, answer)| {
        let xml = Xml::new().text("EvalResourceName", resource).text("EvalResourceDecision", answer.word());
        let matched = answer.matched.iter().map(|(id, source)| (id, *source));
        reasons(xml, matched, answer.missing.iter().map(String::as_str), answer.within_boundary)
    })
}

fn reasons<'a>(
    xml: Xml,
    matched: impl IntoIterator<Item = (&'a String, PolicySource)>,
    missing: impl Iterator<Item = &'a str>,
    within_boundary: Option<bool>,
) -> Xml {
    let xml = xml
        .list("MatchedStatements", matched, |(id, source)| {
            Xml::new().text("SourcePolicyId", id).text("SourcePolicyType", source.as_str())
        })
        .texts("MissingContextValues", missing);
    let Some(within) = within_boundary else { return xml };
    let within = if within { "true" } else { "false" };
    xml.element("PermissionsBoundaryDecisionDetail", Xml::new().text("AllowedByPermissionsBoundary", within))
}
