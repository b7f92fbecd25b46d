//! Repository creation templates.

use serde::{Deserialize, Serialize};

use super::Epoch;
use super::shared::{ImageTagMutabilityExclusionFilter, Tag};

/// The input of `CreateRepositoryCreationTemplate`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateRepositoryCreationTemplateRequest {
    pub(crate) prefix: String,
    pub(crate) description: Option<String>,
    pub(crate) encryption_configuration: Option<EncryptionConfigurationForRepositoryCreationTemplate>,
    pub(crate) resource_tags: Option<Vec<Tag>>,
    pub(crate) image_tag_mutability: Option<String>,
    pub(crate) image_tag_mutability_exclusion_filters: Option<Vec<ImageTagMutabilityExclusionFilter>>,
    pub(crate) repository_policy: Option<String>,
    pub(crate) lifecycle_policy: Option<String>,
    pub(crate) applied_for: Vec<String>,
    pub(crate) custom_role_arn: Option<String>,
}

/// `EncryptionConfigurationForRepositoryCreationTemplate` of the model.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EncryptionConfigurationForRepositoryCreationTemplate {
    pub(crate) encryption_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kms_key: Option<String>,
}

/// The output of `CreateRepositoryCreationTemplate`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreateRepositoryCreationTemplateResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_creation_template: RepositoryCreationTemplate,
}

/// `RepositoryCreationTemplate` of the model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RepositoryCreationTemplate {
    pub(crate) prefix: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) encryption_configuration: Option<EncryptionConfigurationForRepositoryCreationTemplate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resource_tags: Option<Vec<Tag>>,
    pub(crate) image_tag_mutability: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_tag_mutability_exclusion_filters: Option<Vec<ImageTagMutabilityExclusionFilter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repository_policy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lifecycle_policy: Option<String>,
    pub(crate) applied_for: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) custom_role_arn: Option<String>,
    pub(crate) created_at: Epoch,
    pub(crate) updated_at: Epoch,
}

/// The input of `UpdateRepositoryCreationTemplate`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateRepositoryCreationTemplateRequest {
    pub(crate) prefix: String,
    pub(crate) description: Option<String>,
    pub(crate) encryption_configuration: Option<EncryptionConfigurationForRepositoryCreationTemplate>,
    pub(crate) resource_tags: Option<Vec<Tag>>,
    pub(crate) image_tag_mutability: Option<String>,
    pub(crate) image_tag_mutability_exclusion_filters: Option<Vec<ImageTagMutabilityExclusionFilter>>,
    pub(crate) repository_policy: Option<String>,
    pub(crate) lifecycle_policy: Option<String>,
    pub(crate) applied_for: Option<Vec<String>>,
    pub(crate) custom_role_arn: Option<String>,
}

/// The output of `UpdateRepositoryCreationTemplate`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateRepositoryCreationTemplateResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_creation_template: RepositoryCreationTemplate,
}

/// The input of `DeleteRepositoryCreationTemplate`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteRepositoryCreationTemplateRequest {
    pub(crate) prefix: String,
}

/// The output of `DeleteRepositoryCreationTemplate`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteRepositoryCreationTemplateResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_creation_template: RepositoryCreationTemplate,
}

/// The input of `DescribeRepositoryCreationTemplates`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescribeRepositoryCreationTemplatesRequest {
    pub(crate) prefixes: Option<Vec<String>>,
    pub(crate) next_token: Option<String>,
    pub(crate) max_results: Option<i64>,
}

/// The output of `DescribeRepositoryCreationTemplates`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescribeRepositoryCreationTemplatesResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_creation_templates: Vec<RepositoryCreationTemplate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}
