//! Scanning.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Epoch;
use super::shared::{ImageIdentifier, ImageScanStatus, ImageScanningConfiguration};

/// The input of `PutImageScanningConfiguration`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PutImageScanningConfigurationRequest {
    pub(crate) repository_name: String,
    pub(crate) image_scanning_configuration: ImageScanningConfiguration,
}

/// The output of `PutImageScanningConfiguration`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PutImageScanningConfigurationResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_scanning_configuration: Option<ImageScanningConfiguration>,
}

/// The input of `StartImageScan`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartImageScanRequest {
    pub(crate) repository_name: String,
    pub(crate) image_id: ImageIdentifier,
}

/// The output of `StartImageScan`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StartImageScanResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_id: Option<ImageIdentifier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_scan_status: Option<ImageScanStatus>,
}

/// The input of `DescribeImageScanFindings`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescribeImageScanFindingsRequest {
    pub(crate) repository_name: String,
    pub(crate) image_id: ImageIdentifier,
    pub(crate) next_token: Option<String>,
    pub(crate) max_results: Option<i64>,
}

/// The output of `DescribeImageScanFindings`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescribeImageScanFindingsResponse {
    pub(crate) registry_id: String,
    pub(crate) repository_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_id: Option<ImageIdentifier>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_scan_status: Option<ImageScanStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_scan_findings: Option<ImageScanFindings>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_token: Option<String>,
}

/// `ImageScanFindings` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImageScanFindings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_scan_completed_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vulnerability_source_updated_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) finding_severity_counts: Option<BTreeMap<String, i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) findings: Option<Vec<ImageScanFinding>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) enhanced_findings: Option<Vec<EnhancedImageScanFinding>>,
}

/// `ImageScanFinding` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImageScanFinding {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) severity: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) attributes: Option<Vec<Attribute>>,
}

/// `Attribute` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attribute {
    pub(crate) key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
}

/// `EnhancedImageScanFinding` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EnhancedImageScanFinding {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) aws_account_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) finding_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) first_observed_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_observed_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) package_vulnerability_details: Option<PackageVulnerabilityDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remediation: Option<Remediation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) resources: Option<Vec<Resource>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) score_details: Option<ScoreDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) severity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) r#type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) updated_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fix_available: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exploit_available: Option<String>,
}

/// `PackageVulnerabilityDetails` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PackageVulnerabilityDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cvss: Option<Vec<CvssScore>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reference_urls: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) related_vulnerabilities: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vendor_created_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vendor_severity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vendor_updated_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vulnerability_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vulnerable_packages: Option<Vec<VulnerablePackage>>,
}

/// `CvssScore` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CvssScore {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) base_score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scoring_vector: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
}

/// `VulnerablePackage` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VulnerablePackage {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) arch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) epoch: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) package_manager: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) release: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) source_layer_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fixed_in_version: Option<String>,
}

/// `Remediation` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Remediation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recommendation: Option<Recommendation>,
}

/// `Recommendation` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Recommendation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
}

/// `Resource` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Resource {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) details: Option<ResourceDetails>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tags: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) r#type: Option<String>,
}

/// `ResourceDetails` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResourceDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) aws_ecr_container_image: Option<AwsEcrContainerImageDetails>,
}

/// `AwsEcrContainerImageDetails` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AwsEcrContainerImageDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) architecture: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) author: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image_tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) platform: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pushed_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_in_use_at: Option<Epoch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) in_use_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) registry: Option<String>,
    pub(crate) repository_name: String,
}

/// `ScoreDetails` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScoreDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cvss: Option<CvssScoreDetails>,
}

/// `CvssScoreDetails` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CvssScoreDetails {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) adjustments: Option<Vec<CvssScoreAdjustment>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) score: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) score_source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scoring_vector: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) version: Option<String>,
}

/// `CvssScoreAdjustment` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CvssScoreAdjustment {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metric: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
}

/// The input of `PutRegistryScanningConfiguration`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PutRegistryScanningConfigurationRequest {
    pub(crate) scan_type: Option<String>,
    pub(crate) rules: Option<Vec<RegistryScanningRule>>,
}

/// `RegistryScanningRule` of the model.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegistryScanningRule {
    pub(crate) scan_frequency: String,
    pub(crate) repository_filters: Vec<ScanningRepositoryFilter>,
}

/// `ScanningRepositoryFilter` of the model.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScanningRepositoryFilter {
    pub(crate) filter: String,
    pub(crate) filter_type: String,
}

/// The output of `PutRegistryScanningConfiguration`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PutRegistryScanningConfigurationResponse {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) registry_scanning_configuration: Option<RegistryScanningConfiguration>,
}

/// `RegistryScanningConfiguration` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegistryScanningConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scan_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rules: Option<Vec<RegistryScanningRule>>,
}

/// The input of `GetRegistryScanningConfiguration`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct GetRegistryScanningConfigurationRequest {}

/// The output of `GetRegistryScanningConfiguration`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GetRegistryScanningConfigurationResponse {
    pub(crate) registry_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scanning_configuration: Option<RegistryScanningConfiguration>,
}

/// The input of `BatchGetRepositoryScanningConfiguration`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchGetRepositoryScanningConfigurationRequest {
    pub(crate) repository_names: Vec<String>,
}

/// The output of `BatchGetRepositoryScanningConfiguration`.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchGetRepositoryScanningConfigurationResponse {
    pub(crate) scanning_configurations: Vec<RepositoryScanningConfiguration>,
    pub(crate) failures: Vec<RepositoryScanningConfigurationFailure>,
}

/// `RepositoryScanningConfiguration` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RepositoryScanningConfiguration {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) repository_arn: Option<String>,
    pub(crate) repository_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scan_on_push: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) scan_frequency: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) applied_scan_filters: Option<Vec<ScanningRepositoryFilter>>,
}

/// `RepositoryScanningConfigurationFailure` of the model.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RepositoryScanningConfigurationFailure {
    pub(crate) repository_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failure_reason: Option<String>,
}
