//! The registry and its settings.

use serde::{Deserialize, Serialize};

use super::Epoch;

/// The input of `DescribeRegistry`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DescribeRegistryRequest {}

/// The output of `DescribeRegistry`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescribeRegistryResponse {
    pub(crate) registry_id: String,
    pub(crate) replication_configuration: ReplicationConfiguration,
}

/// `ReplicationConfiguration` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReplicationConfiguration {
    pub(crate) rules: Vec<ReplicationRule>,
}

/// `ReplicationRule` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReplicationRule {
    pub(crate) destinations: Vec<ReplicationDestination>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repository_filters: Option<Vec<RepositoryFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delete_replication: Option<DeleteReplication>,
}

/// `ReplicationDestination` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReplicationDestination {
    pub(crate) region: String,
    pub(crate) registry_id: String,
}

/// `RepositoryFilter` of the model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RepositoryFilter {
    pub(crate) filter: String,
    pub(crate) filter_type: &'static str,
}

/// `DeleteReplication` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteReplication {
    pub(crate) enabled: bool,
}

/// The input of `PutRegistryPolicy`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PutRegistryPolicyRequest {
    pub(crate) policy_text: String,
}

/// The output of `PutRegistryPolicy`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PutRegistryPolicyResponse {
    pub(crate) registry_id: String,
    pub(crate) policy_text: String,
}

/// The input of `GetRegistryPolicy`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct GetRegistryPolicyRequest {}

/// The output of `GetRegistryPolicy`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetRegistryPolicyResponse {
    pub(crate) registry_id: String,
    pub(crate) policy_text: String,
}

/// The input of `DeleteRegistryPolicy`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DeleteRegistryPolicyRequest {}

/// The output of `DeleteRegistryPolicy`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteRegistryPolicyResponse {
    pub(crate) registry_id: String,
    pub(crate) policy_text: String,
}

/// The input of `GetAccountSetting`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetAccountSettingRequest {
    pub(crate) name: String,
}

/// The output of `GetAccountSetting`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetAccountSettingResponse {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// The input of `PutAccountSetting`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PutAccountSettingRequest {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// The output of `PutAccountSetting`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PutAccountSettingResponse {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// The input of `RegisterPullTimeUpdateExclusion`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisterPullTimeUpdateExclusionRequest {
    pub(crate) principal_arn: String,
}

/// The output of `RegisterPullTimeUpdateExclusion`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegisterPullTimeUpdateExclusionResponse {
    pub(crate) principal_arn: String,
    pub(crate) created_at: Epoch,
}

/// The input of `DeregisterPullTimeUpdateExclusion`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeregisterPullTimeUpdateExclusionRequest {
    pub(crate) principal_arn: String,
}

/// The output of `DeregisterPullTimeUpdateExclusion`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeregisterPullTimeUpdateExclusionResponse {
    pub(crate) principal_arn: String,
}

/// The input of `ListPullTimeUpdateExclusions`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListPullTimeUpdateExclusionsRequest {
    pub(crate) max_results: Option<i64>,
    pub(crate) next_token: Option<String>,
}

/// The output of `ListPullTimeUpdateExclusions`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListPullTimeUpdateExclusionsResponse {
    pub(crate) pull_time_update_exclusions: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}

/// The input of `GetAuthorizationToken`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetAuthorizationTokenRequest {
    pub(crate) registry_ids: Option<Vec<String>>,
}

/// The output of `GetAuthorizationToken`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetAuthorizationTokenResponse {
    pub(crate) authorization_data: Vec<AuthorizationData>,
}

/// `AuthorizationData` of the model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthorizationData {
    pub(crate) authorization_token: String,
    pub(crate) expires_at: Epoch,
    pub(crate) proxy_endpoint: String,
}
