//! `plimsoll explain-access`: may somebody do something, and why.

use std::collections::BTreeMap;
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};
use plimsoll_advisories::Timestamp;
use plimsoll_iam::policy::{Effect, PolicyType, StatementEffect};
use plimsoll_iam::{Arn, Caller, Context};
use plimsoll_registry::local::Asked;
use plimsoll_registry::{AccountId, On, Repository, Ruling};
use plimsoll_server::config::Config;
use serde_json::json;

use crate::Exit;
use crate::arguments::{ExplainAccessArguments, Format};
use crate::{local, output};

/// What is asked of.
enum Resource {
    Registry(AccountId),
    Repository(Repository),
    Other { owner: AccountId, arn: String },
}

pub(crate) fn explain(arguments: &ExplainAccessArguments) -> Result<Exit> {
    let config = local::config(&arguments.local)?;
    if !arguments.action.contains(':') {
        bail!("--action names a service and an operation, such as ecr:PutImage");
    }
    let context = context(&arguments.context, &config)?;
    let registry = local::open(&config)?;
    let Some(caller) = registry.caller_of(&arguments.principal)? else {
        bail!(
            "there is no principal {}: name a user (arn:aws:iam::{account}:user/NAME), a role \
             (arn:aws:iam::{account}:role/NAME), a session of a role, or `anonymous`; `plimsoll user list` shows the users",
            arguments.principal,
            account = config.account
        );
    };
    let resource = resource(&arguments.resource, &caller, &config)?;
    let ruling = registry.decide(Asked { caller: &caller, action: &arguments.action, on: resource.on(), context })?;
    match arguments.format {
        Format::Json => output::json(&document(arguments, &ruling))?,
        Format::Table => print(&ruling),
    }
    Ok(if ruling.decision.allowed() { Exit::Fine } else { Exit::Findings })
}

impl Resource {
    fn on(&self) -> On<'_> {
        match self {
            Self::Registry(account) => On::Registry(*account),
            Self::Repository(repository) => On::Repository(repository),
            Self::Other { owner, arn } => On::Other { owner: *owner, arn },
        }
    }
}

fn resource(text: &str, caller: &Caller, config: &Config) -> Result<Resource> {
    if text == "*" {
        return Ok(Resource::Registry(caller.principal.account().unwrap_or(config.account)));
    }
    if !text.starts_with("arn:") {
        let name = text.parse().with_context(|| format!("--resource {text:?} is neither an ARN nor a repository"))?;
        return Ok(Resource::Repository(Repository::private(config.account, name)));
    }
    let arn: Arn = text.parse().with_context(|| format!("--resource {text:?} is not an ARN"))?;
    let owner = if arn.account.is_empty() { Ok(config.account) } else { arn.account.parse() };
    let owner = owner.with_context(|| format!("--resource {text:?} names no account"))?;
    let name = arn.resource.strip_prefix("repository/").and_then(|name| name.parse().ok());
    Ok(match (arn.service.as_str(), name) {
        ("ecr", Some(name)) if arn.region == config.region => Resource::Repository(Repository::private(owner, name)),
        ("ecr-public", Some(name)) => Resource::Repository(Repository::public(owner, name)),
        ("ecr", Some(_)) => bail!(
            "--resource {text:?} is of the region {}, and this registry is in {}: name its configuration by --config",
            arn.region,
            config.region
        ),
        _ => Resource::Other { owner, arn: text.to_owned() },
    })
}

fn context(pairs: &[String], config: &Config) -> Result<Context> {
    let mut named: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for pair in pairs {
        let (key, value) = pair.split_once('=').filter(|(key, _)| !key.is_empty()).with_context(|| {
            format!("--context {pair:?} is not of the form KEY=VALUE, such as aws:SourceIp=10.0.0.1")
        })?;
        named.entry(key).or_default().push(value);
    }
    let now = Timestamp::from(SystemTime::now());
    let mut context = Context::new();
    context.set("aws:RequestedRegion", &config.region);
    context.set("aws:EpochTime", now.unix_seconds().to_string());
    context.set("aws:CurrentTime", now.to_string());
    for (key, values) in named {
        context.set_many(key, values);
    }
    Ok(context)
}

fn word(ruling: &Ruling<'_>) -> &'static str {
    match ruling.decision.effect {
        Effect::Allowed => "allowed",
        Effect::ExplicitlyDenied(_) => "explicitDeny",
        Effect::NotAllowed(_) => "implicitDeny",
    }
}

fn document(arguments: &ExplainAccessArguments, ruling: &Ruling<'_>) -> serde_json::Value {
    let deciding = ruling.decision.deciding.iter().map(|deciding| {
        json!({
            "policy": deciding.policy,
            "policyType": kind(deciding.policy_type),
            "statement": deciding.statement,
            "effect": effect(deciding.effect),
        })
    });
    json!({
        "decision": word(ruling),
        "principal": arguments.principal,
        "action": arguments.action,
        "resource": ruling.resource,
        "message": ruling.message(),
        "deciding": deciding.collect::<Vec<_>>(),
    })
}

fn print(ruling: &Ruling<'_>) {
    output::line(&format!("{}: {}", word(ruling), ruling.message()));
    if ruling.decision.deciding.is_empty() {
        return;
    }
    let mut table = output::table(&["effect", "policy", "statement", "as"]);
    for deciding in &ruling.decision.deciding {
        table.add_row([effect(deciding.effect), &deciding.policy, &deciding.statement, kind(deciding.policy_type)]);
    }
    output::line(&table.to_string());
}

fn effect(effect: StatementEffect) -> &'static str {
    match effect {
        StatementEffect::Allow => "Allow",
        StatementEffect::Deny => "Deny",
    }
}

fn kind(policy: PolicyType) -> &'static str {
    match policy {
        PolicyType::Identity => "identity-based policy",
        PolicyType::Resource => "resource-based policy",
        PolicyType::Boundary => "permissions boundary",
        PolicyType::Session => "session policy",
        PolicyType::Trust => "role trust policy",
    }
}
