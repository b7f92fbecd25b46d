//! Images.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Epoch;
use super::shared::{ImageIdentifier, ImageScanStatus};

/// The input of `PutImage`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PutImageRequest {
    pub(crate) repository_name: String,
    pub(crate) image_manifest: String,
    pub(crate) image_manifest_media_type: Option<String>,
    pub(crate) image_tag: Option<String>,
    pub(crate) image_digest: Option<String>,
}

/// The output of `PutImage`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PutImageResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image: Option<Image>,
}

/// `Image` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Image {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_id: Option<ImageIdentifier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_manifest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_manifest_media_type: Option<String>,
}

/// The input of `BatchGetImage`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchGetImageRequest {
    pub(crate) repository_name: String,
    pub(crate) image_ids: Vec<ImageIdentifier>,
    pub(crate) accepted_media_types: Option<Vec<String>>,
}

/// The output of `BatchGetImage`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchGetImageResponse {
    pub(crate) images: Vec<Image>,
    pub(crate) failures: Vec<ImageFailure>,
}

/// `ImageFailure` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImageFailure {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_id: Option<ImageIdentifier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure_reason: Option<String>,
}

/// The input of `BatchDeleteImage`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchDeleteImageRequest {
    pub(crate) repository_name: String,
    pub(crate) image_ids: Vec<ImageIdentifier>,
}

/// The output of `BatchDeleteImage`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchDeleteImageResponse {
    pub(crate) image_ids: Vec<ImageIdentifier>,
    pub(crate) failures: Vec<ImageFailure>,
}

/// The input of `ListImages`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListImagesRequest {
    pub(crate) repository_name: String,
    pub(crate) next_token: Option<String>,
    pub(crate) max_results: Option<i64>,
    pub(crate) filter: Option<ListImagesFilter>,
}

/// `ListImagesFilter` of the model.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListImagesFilter {
    pub(crate) tag_status: Option<String>,
    pub(crate) image_status: Option<String>,
}

/// The output of `ListImages`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListImagesResponse {
    pub(crate) image_ids: Vec<ImageIdentifier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}

/// The input of `DescribeImages`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescribeImagesRequest {
    pub(crate) repository_name: String,
    pub(crate) image_ids: Option<Vec<ImageIdentifier>>,
    pub(crate) next_token: Option<String>,
    pub(crate) max_results: Option<i64>,
    pub(crate) filter: Option<DescribeImagesFilter>,
}

/// `DescribeImagesFilter` of the model.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescribeImagesFilter {
    pub(crate) tag_status: Option<String>,
    pub(crate) image_status: Option<String>,
}

/// The output of `DescribeImages`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescribeImagesResponse {
    pub(crate) image_details: Vec<ImageDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}

/// `ImageDetail` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImageDetail {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_size_in_bytes: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_pushed_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_scan_status: Option<ImageScanStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_scan_findings_summary: Option<ImageScanFindingsSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_manifest_media_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) artifact_media_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_recorded_pull_time: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject_manifest_digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_archived_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_activated_at: Option<Epoch>,
}

/// `ImageScanFindingsSummary` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImageScanFindingsSummary {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_scan_completed_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vulnerability_source_updated_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) finding_severity_counts: Option<BTreeMap<String, i64>>,
}

/// The input of `ListImageReferrers`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListImageReferrersRequest {
    pub(crate) repository_name: String,
    pub(crate) subject_id: SubjectIdentifier,
    pub(crate) filter: Option<ListImageReferrersFilter>,
    pub(crate) next_token: Option<String>,
    pub(crate) max_results: Option<i64>,
}

/// `SubjectIdentifier` of the model.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SubjectIdentifier {
    pub(crate) image_digest: String,
}

/// `ListImageReferrersFilter` of the model.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListImageReferrersFilter {
    pub(crate) artifact_types: Option<Vec<String>>,
    pub(crate) artifact_status: Option<String>,
}

/// The output of `ListImageReferrers`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListImageReferrersResponse {
    pub(crate) referrers: Vec<ImageReferrer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}

/// `ImageReferrer` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImageReferrer {
    pub(crate) digest: String,
    pub(crate) media_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) artifact_type: Option<String>,
    pub(crate) size: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) annotations: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) artifact_status: Option<&'static str>,
}

/// The input of `UpdateImageStorageClass`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateImageStorageClassRequest {
    pub(crate) repository_name: String,
    pub(crate) image_id: ImageIdentifier,
    pub(crate) target_storage_class: String,
}

/// The output of `UpdateImageStorageClass`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateImageStorageClassResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_id: Option<ImageIdentifier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_status: Option<&'static str>,
}
