//! The registry's settings: account settings, and whose pulls are not recorded.

use plimsoll_registry::{RegistryError, Switch};

use super::call::Asked;
use super::error::EcrError;
use super::wire::Epoch;
use super::wire::registry::{
    DeregisterPullTimeUpdateExclusionRequest, DeregisterPullTimeUpdateExclusionResponse, DescribeRegistryRequest,
    DescribeRegistryResponse, GetAccountSettingRequest, GetAccountSettingResponse, ListPullTimeUpdateExclusionsRequest,
    ListPullTimeUpdateExclusionsResponse, PutAccountSettingRequest, PutAccountSettingResponse,
    RegisterPullTimeUpdateExclusionRequest, RegisterPullTimeUpdateExclusionResponse, ReplicationConfiguration,
};

/// `DescribeRegistry`. It replicates nothing.
pub(super) async fn describe(
    asked: &Asked<'_>,
    _: DescribeRegistryRequest,
) -> Result<DescribeRegistryResponse, EcrError> {
    let registry_id = asked.registry.to_string();
    Ok(DescribeRegistryResponse {
        registry_id,
        replication_configuration: ReplicationConfiguration { rules: Vec::new() },
    })
}

/// `GetAccountSetting`
pub(super) async fn get_setting(
    asked: &Asked<'_>,
    input: GetAccountSettingRequest,
) -> Result<GetAccountSettingResponse, EcrError> {
    let switch = setting(&input.name)?;
    let value = asked.call.state.registry.switch(asked.registry, switch)?;
    Ok(GetAccountSettingResponse { name: input.name, value: value.to_owned() })
}

/// `PutAccountSetting`
pub(super) async fn put_setting(
    asked: &Asked<'_>,
    input: PutAccountSettingRequest,
) -> Result<PutAccountSettingResponse, EcrError> {
    let switch = setting(&input.name)?;
    let value = switch.values().iter().find(|value| **value == input.value);
    let value = *value.ok_or_else(|| unknown("value", switch.values()))?;
    asked.call.state.registry.set_switch(asked.registry, switch, value, &asked.requester()).await?;
    Ok(PutAccountSettingResponse { name: input.name, value: value.to_owned() })
}

fn setting(name: &str) -> Result<Switch, EcrError> {
    Switch::from_name(name).ok_or_else(|| unknown("name", &Switch::ALL.map(Switch::name)))
}

fn unknown(field: &str, known: &[&str]) -> EcrError {
    EcrError::invalid_parameter(field, &format!("Member must satisfy enum value set: [{}]", known.join(", ")))
}

/// `RegisterPullTimeUpdateExclusion`
pub(super) async fn register_exclusion(
    asked: &Asked<'_>,
    input: RegisterPullTimeUpdateExclusionRequest,
) -> Result<RegisterPullTimeUpdateExclusionResponse, EcrError> {
    let (registry, principal) = (asked.registry, input.principal_arn);
    let added = asked.call.state.registry.add_pull_time_exclusion(registry, &principal, &asked.requester()).await;
    let exclusion = added.map_err(|error| match error {
        RegistryError::ExclusionExists => EcrError::exclusion_already_exists(registry, &principal),
        RegistryError::TooManyExclusions { most } => EcrError::limit_exceeded("pull time update exclusions", most),
        other => other.into(),
    })?;
    let created_at = Epoch(exclusion.created_at.0);
    Ok(RegisterPullTimeUpdateExclusionResponse { principal_arn: exclusion.principal, created_at })
}

/// `DeregisterPullTimeUpdateExclusion`
pub(super) async fn deregister_exclusion(
    asked: &Asked<'_>,
    input: DeregisterPullTimeUpdateExclusionRequest,
) -> Result<DeregisterPullTimeUpdateExclusionResponse, EcrError> {
    let (registry, principal) = (asked.registry, input.principal_arn);
    let removed = asked.call.state.registry.remove_pull_time_exclusion(registry, &principal, &asked.requester()).await;
    removed.map_err(|error| match error {
        RegistryError::ExclusionUnknown => EcrError::exclusion_not_found(registry, &principal),
        other => other.into(),
    })?;
    Ok(DeregisterPullTimeUpdateExclusionResponse { principal_arn: principal })
}

/// `ListPullTimeUpdateExclusions`
pub(super) async fn list_exclusions(
    asked: &Asked<'_>,
    input: ListPullTimeUpdateExclusionsRequest,
) -> Result<ListPullTimeUpdateExclusionsResponse, EcrError> {
    let registry = asked.registry.to_string();
    let page = asked.page(&registry, &[], input.next_token.as_deref(), input.max_results)?;
    let all = &asked.call.state.registry;
    let mut found = all.pull_time_exclusions(asked.registry, page.after.as_deref(), page.read())?;
    let next_token = page.cut(&mut found, |exclusion| exclusion.principal.clone())?;
    let pull_time_update_exclusions = found.into_iter().map(|exclusion| exclusion.principal).collect();
    Ok(ListPullTimeUpdateExclusionsResponse { pull_time_update_exclusions, next_token })
}
