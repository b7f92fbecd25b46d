//! The inputs of all operations by name, for tests that feed them: whatever the model finds valid has to be readable.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::EcrError;
use super::wire::decode;
use super::wire::images::{
    BatchDeleteImageRequest, BatchGetImageRequest, DescribeImagesRequest, ListImageReferrersRequest, ListImagesRequest,
    PutImageRequest, UpdateImageStorageClassRequest,
};
use super::wire::layers::{
    BatchCheckLayerAvailabilityRequest, CompleteLayerUploadRequest, GetDownloadUrlForLayerRequest,
    InitiateLayerUploadRequest, UploadLayerPartRequest,
};
use super::wire::lifecycle::{
    DeleteLifecyclePolicyRequest, GetLifecyclePolicyPreviewRequest, GetLifecyclePolicyRequest,
    PutLifecyclePolicyRequest, StartLifecyclePolicyPreviewRequest,
};
use super::wire::registry::{
    DeleteRegistryPolicyRequest, DeregisterPullTimeUpdateExclusionRequest, DescribeRegistryRequest,
    GetAccountSettingRequest, GetAuthorizationTokenRequest, GetRegistryPolicyRequest,
    ListPullTimeUpdateExclusionsRequest, PutAccountSettingRequest, PutRegistryPolicyRequest,
    RegisterPullTimeUpdateExclusionRequest,
};
use super::wire::repositories::{
    CreateRepositoryRequest, DeleteRepositoryPolicyRequest, DeleteRepositoryRequest, DescribeRepositoriesRequest,
    GetRepositoryPolicyRequest, ListTagsForResourceRequest, PutImageTagMutabilityRequest, SetRepositoryPolicyRequest,
    TagResourceRequest, UntagResourceRequest,
};
use super::wire::scanning::{
    BatchGetRepositoryScanningConfigurationRequest, DescribeImageScanFindingsRequest,
    GetRegistryScanningConfigurationRequest, PutImageScanningConfigurationRequest,
    PutRegistryScanningConfigurationRequest, StartImageScanRequest,
};
use super::wire::templates::{
    CreateRepositoryCreationTemplateRequest, DeleteRepositoryCreationTemplateRequest,
    DescribeRepositoryCreationTemplatesRequest, UpdateRepositoryCreationTemplateRequest,
};

/// Reads a valid input as the type of its operation; one that this version has not is read as nothing.
pub(crate) fn decodes(operation: &str, input: Value) -> Result<(), EcrError> {
    match operation {
        "BatchCheckLayerAvailability" => read::<BatchCheckLayerAvailabilityRequest>(input),
        "BatchDeleteImage" => read::<BatchDeleteImageRequest>(input),
        "BatchGetImage" => read::<BatchGetImageRequest>(input),
        "BatchGetRepositoryScanningConfiguration" => read::<BatchGetRepositoryScanningConfigurationRequest>(input),
        "CompleteLayerUpload" => read::<CompleteLayerUploadRequest>(input),
        "CreateRepositoryCreationTemplate" => read::<CreateRepositoryCreationTemplateRequest>(input),
        "CreateRepository" => read::<CreateRepositoryRequest>(input),
        "DeleteLifecyclePolicy" => read::<DeleteLifecyclePolicyRequest>(input),
        "DeleteRegistryPolicy" => read::<DeleteRegistryPolicyRequest>(input),
        "DeleteRepositoryCreationTemplate" => read::<DeleteRepositoryCreationTemplateRequest>(input),
        "DeleteRepositoryPolicy" => read::<DeleteRepositoryPolicyRequest>(input),
        "DeleteRepository" => read::<DeleteRepositoryRequest>(input),
        "DeregisterPullTimeUpdateExclusion" => read::<DeregisterPullTimeUpdateExclusionRequest>(input),
        "DescribeImageScanFindings" => read::<DescribeImageScanFindingsRequest>(input),
        "DescribeImages" => read::<DescribeImagesRequest>(input),
        "DescribeRegistry" => read::<DescribeRegistryRequest>(input),
        "DescribeRepositories" => read::<DescribeRepositoriesRequest>(input),
        "DescribeRepositoryCreationTemplates" => read::<DescribeRepositoryCreationTemplatesRequest>(input),
        "GetAccountSetting" => read::<GetAccountSettingRequest>(input),
        "GetAuthorizationToken" => read::<GetAuthorizationTokenRequest>(input),
        "GetDownloadUrlForLayer" => read::<GetDownloadUrlForLayerRequest>(input),
        "GetLifecyclePolicyPreview" => read::<GetLifecyclePolicyPreviewRequest>(input),
        "GetLifecyclePolicy" => read::<GetLifecyclePolicyRequest>(input),
        "GetRegistryPolicy" => read::<GetRegistryPolicyRequest>(input),
        "GetRegistryScanningConfiguration" => read::<GetRegistryScanningConfigurationRequest>(input),
        "GetRepositoryPolicy" => read::<GetRepositoryPolicyRequest>(input),
        "InitiateLayerUpload" => read::<InitiateLayerUploadRequest>(input),
        "ListImageReferrers" => read::<ListImageReferrersRequest>(input),
        "ListImages" => read::<ListImagesRequest>(input),
        "ListPullTimeUpdateExclusions" => read::<ListPullTimeUpdateExclusionsRequest>(input),
        "ListTagsForResource" => read::<ListTagsForResourceRequest>(input),
        "PutAccountSetting" => read::<PutAccountSettingRequest>(input),
        "PutImage" => read::<PutImageRequest>(input),
        "PutImageScanningConfiguration" => read::<PutImageScanningConfigurationRequest>(input),
        "PutImageTagMutability" => read::<PutImageTagMutabilityRequest>(input),
        "PutLifecyclePolicy" => read::<PutLifecyclePolicyRequest>(input),
        "PutRegistryPolicy" => read::<PutRegistryPolicyRequest>(input),
        "PutRegistryScanningConfiguration" => read::<PutRegistryScanningConfigurationRequest>(input),
        "RegisterPullTimeUpdateExclusion" => read::<RegisterPullTimeUpdateExclusionRequest>(input),
        "SetRepositoryPolicy" => read::<SetRepositoryPolicyRequest>(input),
        "StartImageScan" => read::<StartImageScanRequest>(input),
        "StartLifecyclePolicyPreview" => read::<StartLifecyclePolicyPreviewRequest>(input),
        "TagResource" => read::<TagResourceRequest>(input),
        "UntagResource" => read::<UntagResourceRequest>(input),
        "UpdateImageStorageClass" => read::<UpdateImageStorageClassRequest>(input),
        "UpdateRepositoryCreationTemplate" => read::<UpdateRepositoryCreationTemplateRequest>(input),
        "UploadLayerPart" => read::<UploadLayerPartRequest>(input),
        _ => Ok(()),
    }
}

fn read<T: DeserializeOwned>(input: Value) -> Result<(), EcrError> {
    decode::<T>(input).map(drop)
}
