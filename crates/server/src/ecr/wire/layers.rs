//! Layers.

use serde::{Deserialize, Serialize};

use super::Blob;

/// The input of `BatchCheckLayerAvailability`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchCheckLayerAvailabilityRequest {
    pub(crate) repository_name: String,
    pub(crate) layer_digests: Vec<String>,
}

/// The output of `BatchCheckLayerAvailability`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchCheckLayerAvailabilityResponse {
    pub(crate) layers: Vec<Layer>,
    pub(crate) failures: Vec<LayerFailure>,
}

/// `Layer` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Layer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) layer_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) layer_availability: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) layer_size: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) media_type: Option<String>,
}

/// `LayerFailure` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LayerFailure {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) layer_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure_reason: Option<String>,
}

/// The input of `GetDownloadUrlForLayer`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetDownloadUrlForLayerRequest {
    pub(crate) repository_name: String,
    pub(crate) layer_digest: String,
}

/// The output of `GetDownloadUrlForLayer`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetDownloadUrlForLayerResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) download_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) layer_digest: Option<String>,
}

/// The input of `InitiateLayerUpload`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InitiateLayerUploadRequest {
    pub(crate) repository_name: String,
}

/// The output of `InitiateLayerUpload`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InitiateLayerUploadResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upload_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) part_size: Option<i64>,
}

/// The input of `UploadLayerPart`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadLayerPartRequest {
    pub(crate) repository_name: String,
    pub(crate) upload_id: String,
    pub(crate) part_first_byte: i64,
    pub(crate) part_last_byte: i64,
    pub(crate) layer_part_blob: Blob,
}

/// The output of `UploadLayerPart`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadLayerPartResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upload_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_byte_received: Option<i64>,
}

/// The input of `CompleteLayerUpload`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompleteLayerUploadRequest {
    pub(crate) repository_name: String,
    pub(crate) upload_id: String,
    pub(crate) layer_digests: Vec<String>,
}

/// The output of `CompleteLayerUpload`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CompleteLayerUploadResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) upload_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) layer_digest: Option<String>,
}
