//! Repositories, their policies and their tags.

use serde::{Deserialize, Serialize};

use super::Epoch;
use super::shared::{ImageScanningConfiguration, ImageTagMutabilityExclusionFilter, Tag};

/// The input of `CreateRepository`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateRepositoryRequest {
    pub(crate) repository_name: String,
    pub(crate) tags: Option<Vec<Tag>>,
    pub(crate) image_tag_mutability: Option<String>,
    pub(crate) image_tag_mutability_exclusion_filters: Option<Vec<ImageTagMutabilityExclusionFilter>>,
    pub(crate) image_scanning_configuration: Option<ImageScanningConfiguration>,
    pub(crate) encryption_configuration: Option<EncryptionConfiguration>,
}

/// `EncryptionConfiguration` of the model.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EncryptionConfiguration {
    pub(crate) encryption_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kms_key: Option<String>,
}

/// The output of `CreateRepository`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateRepositoryResponse {
    pub(crate) repository: Repository,
}

/// `Repository` of the model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Repository {
    pub(crate) repository_arn: String,
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    pub(crate) repository_uri: String,
    pub(crate) created_at: Epoch,
    pub(crate) image_tag_mutability: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_tag_mutability_exclusion_filters: Option<Vec<ImageTagMutabilityExclusionFilter>>,
    pub(crate) image_scanning_configuration: ImageScanningConfiguration,
    pub(crate) encryption_configuration: EncryptionConfiguration,
}

/// The input of `DescribeRepositories`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescribeRepositoriesRequest {
    pub(crate) repository_names: Option<Vec<String>>,
    pub(crate) next_token: Option<String>,
    pub(crate) max_results: Option<i64>,
}

/// The output of `DescribeRepositories`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescribeRepositoriesResponse {
    pub(crate) repositories: Vec<Repository>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}

/// The input of `DeleteRepository`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteRepositoryRequest {
    pub(crate) repository_name: String,
    pub(crate) force: Option<bool>,
}

/// The output of `DeleteRepository`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteRepositoryResponse {
    pub(crate) repository: Repository,
}

/// The input of `PutImageTagMutability`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PutImageTagMutabilityRequest {
    pub(crate) repository_name: String,
    pub(crate) image_tag_mutability: String,
    pub(crate) image_tag_mutability_exclusion_filters: Option<Vec<ImageTagMutabilityExclusionFilter>>,
}

/// The output of `PutImageTagMutability`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PutImageTagMutabilityResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    pub(crate) image_tag_mutability: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_tag_mutability_exclusion_filters: Option<Vec<ImageTagMutabilityExclusionFilter>>,
}

/// The input of `SetRepositoryPolicy`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetRepositoryPolicyRequest {
    pub(crate) repository_name: String,
    pub(crate) policy_text: String,
    pub(crate) force: Option<bool>,
}

/// The output of `SetRepositoryPolicy`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetRepositoryPolicyResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    pub(crate) policy_text: String,
}

/// The input of `GetRepositoryPolicy`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetRepositoryPolicyRequest {
    pub(crate) repository_name: String,
}

/// The output of `GetRepositoryPolicy`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetRepositoryPolicyResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    pub(crate) policy_text: String,
}

/// The input of `DeleteRepositoryPolicy`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteRepositoryPolicyRequest {
    pub(crate) repository_name: String,
}

/// The output of `DeleteRepositoryPolicy`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteRepositoryPolicyResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    pub(crate) policy_text: String,
}

/// The input of `TagResource`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TagResourceRequest {
    pub(crate) resource_arn: String,
    pub(crate) tags: Vec<Tag>,
}

/// The output of `TagResource`.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct TagResourceResponse {}

/// The input of `UntagResource`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UntagResourceRequest {
    pub(crate) resource_arn: String,
    pub(crate) tag_keys: Vec<String>,
}

/// The output of `UntagResource`.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct UntagResourceResponse {}

/// The input of `ListTagsForResource`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListTagsForResourceRequest {
    pub(crate) resource_arn: String,
}

/// The output of `ListTagsForResource`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListTagsForResourceResponse {
    pub(crate) tags: Vec<Tag>,
}
