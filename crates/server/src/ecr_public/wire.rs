//! The shapes of requests and answers that `ecr` has not, or has with other members.

#![expect(clippy::struct_field_names, reason = "the model names the members")]

use serde::{Deserialize, Serialize};

use crate::ecr::wire::shared::Tag;
use crate::ecr::wire::{Blob, Epoch};

/// The input of `CreateRepository`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateRepositoryRequest {
    pub(super) repository_name: String,
    pub(super) catalog_data: Option<RepositoryCatalogDataInput>,
    pub(super) tags: Option<Vec<Tag>>,
}

/// `RepositoryCatalogDataInput` of the model.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RepositoryCatalogDataInput {
    pub(super) description: Option<String>,
    pub(super) architectures: Option<Vec<String>>,
    pub(super) operating_systems: Option<Vec<String>>,
    pub(super) logo_image_blob: Option<Blob>,
    pub(super) about_text: Option<String>,
    pub(super) usage_text: Option<String>,
}

/// The output of `CreateRepository`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateRepositoryResponse {
    pub(super) repository: Repository,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) catalog_data: Option<RepositoryCatalogData>,
}

/// `Repository` of the model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Repository {
    pub(super) repository_arn: String,
    pub(super) registry_id: String,
    pub(super) repository_name: String,
    pub(super) repository_uri: String,
    pub(super) created_at: Epoch,
}

/// `RepositoryCatalogData` of the model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RepositoryCatalogData {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) architectures: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) operating_systems: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) logo_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) about_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) usage_text: Option<String>,
    pub(super) marketplace_certified: bool,
}

/// The output of `DescribeRepositories`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeRepositoriesResponse {
    pub(super) repositories: Vec<Repository>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_token: Option<String>,
}

/// The output of `DeleteRepository`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DeleteRepositoryResponse {
    pub(super) repository: Repository,
}

/// The input of `PutRepositoryCatalogData`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PutRepositoryCatalogDataRequest {
    pub(super) repository_name: String,
    pub(super) catalog_data: RepositoryCatalogDataInput,
}

/// The output of `PutRepositoryCatalogData`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PutRepositoryCatalogDataResponse {
    pub(super) catalog_data: RepositoryCatalogData,
}

/// The input of `GetRepositoryCatalogData`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetRepositoryCatalogDataRequest {
    pub(super) repository_name: String,
}

/// The output of `GetRepositoryCatalogData`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetRepositoryCatalogDataResponse {
    pub(super) catalog_data: RepositoryCatalogData,
}

/// The input of `DescribeRegistries`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeRegistriesRequest {
    pub(super) next_token: Option<String>,
    pub(super) max_results: Option<i64>,
}

/// The output of `DescribeRegistries`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeRegistriesResponse {
    pub(super) registries: Vec<Registry>,
}

/// `Registry` of the model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Registry {
    pub(super) registry_id: String,
    pub(super) registry_arn: String,
    pub(super) registry_uri: String,
    pub(super) verified: bool,
    pub(super) aliases: Vec<RegistryAlias>,
}

/// `RegistryAlias` of the model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RegistryAlias {
    pub(super) name: String,
    pub(super) status: &'static str,
    pub(super) primary_registry_alias: bool,
    pub(super) default_registry_alias: bool,
}

/// The input of `PutRegistryCatalogData`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PutRegistryCatalogDataRequest {
    pub(super) display_name: Option<String>,
}

/// The output of `PutRegistryCatalogData`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PutRegistryCatalogDataResponse {
    pub(super) registry_catalog_data: RegistryCatalogData,
}

/// The input of `GetRegistryCatalogData`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct GetRegistryCatalogDataRequest {}

/// The output of `GetRegistryCatalogData`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetRegistryCatalogDataResponse {
    pub(super) registry_catalog_data: RegistryCatalogData,
}

/// `RegistryCatalogData` of the model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RegistryCatalogData {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display_name: Option<String>,
}

/// The input of `GetAuthorizationToken`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct GetAuthorizationTokenRequest {}

/// The output of `GetAuthorizationToken`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetAuthorizationTokenResponse {
    pub(super) authorization_data: AuthorizationData,
}

/// `AuthorizationData` of the model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuthorizationData {
    pub(super) authorization_token: String,
    pub(super) expires_at: Epoch,
}

/// The input of `DescribeImageTags`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeImageTagsRequest {
    pub(super) repository_name: String,
    pub(super) next_token: Option<String>,
    pub(super) max_results: Option<i64>,
}

/// The output of `DescribeImageTags`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DescribeImageTagsResponse {
    pub(super) image_tag_details: Vec<ImageTagDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) next_token: Option<String>,
}

/// `ImageTagDetail` of the model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImageTagDetail {
    pub(super) image_tag: String,
    pub(super) created_at: Epoch,
    pub(super) image_detail: ReferencedImageDetail,
}

/// `ReferencedImageDetail` of the model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReferencedImageDetail {
    pub(super) image_digest: String,
    pub(super) image_size_in_bytes: i64,
    pub(super) image_pushed_at: Epoch,
    pub(super) image_manifest_media_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) artifact_media_type: Option<String>,
}
