//! Lifecycle policies.

use serde::{Deserialize, Serialize};

use super::Epoch;
use super::shared::ImageIdentifier;

/// The input of `PutLifecyclePolicy`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PutLifecyclePolicyRequest {
    pub(crate) repository_name: String,
    pub(crate) lifecycle_policy_text: String,
}

/// The output of `PutLifecyclePolicy`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PutLifecyclePolicyResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lifecycle_policy_text: Option<String>,
}

/// The input of `GetLifecyclePolicy`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetLifecyclePolicyRequest {
    pub(crate) repository_name: String,
}

/// The output of `GetLifecyclePolicy`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetLifecyclePolicyResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lifecycle_policy_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_evaluated_at: Option<Epoch>,
}

/// The input of `DeleteLifecyclePolicy`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteLifecyclePolicyRequest {
    pub(crate) repository_name: String,
}

/// The output of `DeleteLifecyclePolicy`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteLifecyclePolicyResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lifecycle_policy_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_evaluated_at: Option<Epoch>,
}

/// The input of `StartLifecyclePolicyPreview`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartLifecyclePolicyPreviewRequest {
    pub(crate) repository_name: String,
    pub(crate) lifecycle_policy_text: Option<String>,
}

/// The output of `StartLifecyclePolicyPreview`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartLifecyclePolicyPreviewResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lifecycle_policy_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<&'static str>,
}

/// The input of `GetLifecyclePolicyPreview`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetLifecyclePolicyPreviewRequest {
    pub(crate) repository_name: String,
    pub(crate) image_ids: Option<Vec<ImageIdentifier>>,
    pub(crate) next_token: Option<String>,
    pub(crate) max_results: Option<i64>,
    pub(crate) filter: Option<LifecyclePolicyPreviewFilter>,
}

/// `LifecyclePolicyPreviewFilter` of the model.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LifecyclePolicyPreviewFilter {
    pub(crate) tag_status: Option<String>,
}

/// The output of `GetLifecyclePolicyPreview`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetLifecyclePolicyPreviewResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lifecycle_policy_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
    pub(crate) preview_results: Vec<LifecyclePolicyPreviewResult>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<LifecyclePolicyPreviewSummary>,
}

/// `LifecyclePolicyPreviewResult` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LifecyclePolicyPreviewResult {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_pushed_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) action: Option<LifecyclePolicyRuleAction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) applied_rule_priority: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) storage_class: Option<&'static str>,
}

/// `LifecyclePolicyRuleAction` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LifecyclePolicyRuleAction {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) r#type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target_storage_class: Option<&'static str>,
}

/// `LifecyclePolicyPreviewSummary` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LifecyclePolicyPreviewSummary {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) expiring_image_total_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transitioning_image_total_counts: Option<Vec<TransitioningImageTotalCount>>,
}

/// `TransitioningImageTotalCount` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TransitioningImageTotalCount {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target_storage_class: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_total_count: Option<i64>,
}
