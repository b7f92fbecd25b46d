//! The operations of `ecr-2015-09-21`. Written by `cargo xtask model`.

use super::{Operation, Pattern, Shape, blob, list, number, operation, optional, required, structure, text};

/// The operations, by their name.
pub(crate) static OPERATIONS: &[Operation] = &[
    operation("BatchCheckLayerAvailability", &BATCH_CHECK_LAYER_AVAILABILITY_REQUEST, "InvalidParameterException"),
    operation("BatchDeleteImage", &BATCH_DELETE_IMAGE_REQUEST, "InvalidParameterException"),
    operation("BatchGetImage", &BATCH_GET_IMAGE_REQUEST, "InvalidParameterException"),
    operation(
        "BatchGetRepositoryScanningConfiguration",
        &BATCH_GET_REPOSITORY_SCANNING_CONFIGURATION_REQUEST,
        "InvalidParameterException",
    ),
    operation("CompleteLayerUpload", &COMPLETE_LAYER_UPLOAD_REQUEST, "InvalidParameterException"),
    operation("CreatePullThroughCacheRule", &CREATE_PULL_THROUGH_CACHE_RULE_REQUEST, "InvalidParameterException"),
    operation("CreateRepository", &CREATE_REPOSITORY_REQUEST, "InvalidParameterException"),
    operation(
        "CreateRepositoryCreationTemplate",
        &CREATE_REPOSITORY_CREATION_TEMPLATE_REQUEST,
        "InvalidParameterException",
    ),
    operation("DeleteLifecyclePolicy", &DELETE_LIFECYCLE_POLICY_REQUEST, "InvalidParameterException"),
    operation("DeletePullThroughCacheRule", &DELETE_PULL_THROUGH_CACHE_RULE_REQUEST, "InvalidParameterException"),
    operation("DeleteRegistryPolicy", &DELETE_REGISTRY_POLICY_REQUEST, "InvalidParameterException"),
    operation("DeleteRepository", &DELETE_REPOSITORY_REQUEST, "InvalidParameterException"),
    operation(
        "DeleteRepositoryCreationTemplate",
        &DELETE_REPOSITORY_CREATION_TEMPLATE_REQUEST,
        "InvalidParameterException",
    ),
    operation("DeleteRepositoryPolicy", &DELETE_REPOSITORY_POLICY_REQUEST, "InvalidParameterException"),
    operation("DeleteSigningConfiguration", &DELETE_SIGNING_CONFIGURATION_REQUEST, "ValidationException"),
    operation(
        "DeregisterPullTimeUpdateExclusion",
        &DEREGISTER_PULL_TIME_UPDATE_EXCLUSION_REQUEST,
        "InvalidParameterException",
    ),
    operation(
        "DescribeImageReplicationStatus",
        &DESCRIBE_IMAGE_REPLICATION_STATUS_REQUEST,
        "InvalidParameterException",
    ),
    operation("DescribeImageScanFindings", &DESCRIBE_IMAGE_SCAN_FINDINGS_REQUEST, "InvalidParameterException"),
    operation("DescribeImageSigningStatus", &DESCRIBE_IMAGE_SIGNING_STATUS_REQUEST, "InvalidParameterException"),
    operation("DescribeImages", &DESCRIBE_IMAGES_REQUEST, "InvalidParameterException"),
    operation("DescribePullThroughCacheRules", &DESCRIBE_PULL_THROUGH_CACHE_RULES_REQUEST, "InvalidParameterException"),
    operation("DescribeRegistry", &DESCRIBE_REGISTRY_REQUEST, "InvalidParameterException"),
    operation(
        "DescribeReplicationBackfillResults",
        &DESCRIBE_REPLICATION_BACKFILL_RESULTS_REQUEST,
        "InvalidParameterException",
    ),
    operation("DescribeRepositories", &DESCRIBE_REPOSITORIES_REQUEST, "InvalidParameterException"),
    operation(
        "DescribeRepositoryCreationTemplates",
        &DESCRIBE_REPOSITORY_CREATION_TEMPLATES_REQUEST,
        "InvalidParameterException",
    ),
    operation("GetAccountSetting", &GET_ACCOUNT_SETTING_REQUEST, "InvalidParameterException"),
    operation("GetAuthorizationToken", &GET_AUTHORIZATION_TOKEN_REQUEST, "InvalidParameterException"),
    operation("GetDownloadUrlForLayer", &GET_DOWNLOAD_URL_FOR_LAYER_REQUEST, "InvalidParameterException"),
    operation("GetLifecyclePolicy", &GET_LIFECYCLE_POLICY_REQUEST, "InvalidParameterException"),
    operation("GetLifecyclePolicyPreview", &GET_LIFECYCLE_POLICY_PREVIEW_REQUEST, "InvalidParameterException"),
    operation("GetRegistryPolicy", &GET_REGISTRY_POLICY_REQUEST, "InvalidParameterException"),
    operation(
        "GetRegistryScanningConfiguration",
        &GET_REGISTRY_SCANNING_CONFIGURATION_REQUEST,
        "InvalidParameterException",
    ),
    operation("GetRepositoryPolicy", &GET_REPOSITORY_POLICY_REQUEST, "InvalidParameterException"),
    operation("GetSigningConfiguration", &GET_SIGNING_CONFIGURATION_REQUEST, "InvalidParameterException"),
    operation("InitiateLayerUpload", &INITIATE_LAYER_UPLOAD_REQUEST, "InvalidParameterException"),
    operation("ListImageReferrers", &LIST_IMAGE_REFERRERS_REQUEST, "InvalidParameterException"),
    operation("ListImages", &LIST_IMAGES_REQUEST, "InvalidParameterException"),
    operation("ListPullTimeUpdateExclusions", &LIST_PULL_TIME_UPDATE_EXCLUSIONS_REQUEST, "InvalidParameterException"),
    operation("ListReplicationBackfills", &LIST_REPLICATION_BACKFILLS_REQUEST, "InvalidParameterException"),
    operation("ListTagsForResource", &LIST_TAGS_FOR_RESOURCE_REQUEST, "InvalidParameterException"),
    operation("PutAccountSetting", &PUT_ACCOUNT_SETTING_REQUEST, "InvalidParameterException"),
    operation("PutImage", &PUT_IMAGE_REQUEST, "InvalidParameterException"),
    operation("PutImageScanningConfiguration", &PUT_IMAGE_SCANNING_CONFIGURATION_REQUEST, "InvalidParameterException"),
    operation("PutImageTagMutability", &PUT_IMAGE_TAG_MUTABILITY_REQUEST, "InvalidParameterException"),
    operation("PutLifecyclePolicy", &PUT_LIFECYCLE_POLICY_REQUEST, "InvalidParameterException"),
    operation("PutRegistryPolicy", &PUT_REGISTRY_POLICY_REQUEST, "InvalidParameterException"),
    operation(
        "PutRegistryScanningConfiguration",
        &PUT_REGISTRY_SCANNING_CONFIGURATION_REQUEST,
        "InvalidParameterException",
    ),
    operation("PutReplicationConfiguration", &PUT_REPLICATION_CONFIGURATION_REQUEST, "InvalidParameterException"),
    operation("PutSigningConfiguration", &PUT_SIGNING_CONFIGURATION_REQUEST, "InvalidParameterException"),
    operation(
        "RegisterPullTimeUpdateExclusion",
        &REGISTER_PULL_TIME_UPDATE_EXCLUSION_REQUEST,
        "InvalidParameterException",
    ),
    operation("SetRepositoryPolicy", &SET_REPOSITORY_POLICY_REQUEST, "InvalidParameterException"),
    operation("StartImageScan", &START_IMAGE_SCAN_REQUEST, "InvalidParameterException"),
    operation("StartLifecyclePolicyPreview", &START_LIFECYCLE_POLICY_PREVIEW_REQUEST, "InvalidParameterException"),
    operation("StartReplicationBackfill", &START_REPLICATION_BACKFILL_REQUEST, "InvalidParameterException"),
    operation("StopReplicationBackfill", &STOP_REPLICATION_BACKFILL_REQUEST, "InvalidParameterException"),
    operation("TagResource", &TAG_RESOURCE_REQUEST, "InvalidParameterException"),
    operation("UntagResource", &UNTAG_RESOURCE_REQUEST, "InvalidParameterException"),
    operation("UpdateImageStorageClass", &UPDATE_IMAGE_STORAGE_CLASS_REQUEST, "InvalidParameterException"),
    operation("UpdatePullThroughCacheRule", &UPDATE_PULL_THROUGH_CACHE_RULE_REQUEST, "InvalidParameterException"),
    operation(
        "UpdateRepositoryCreationTemplate",
        &UPDATE_REPOSITORY_CREATION_TEMPLATE_REQUEST,
        "InvalidParameterException",
    ),
    operation("UploadLayerPart", &UPLOAD_LAYER_PART_REQUEST, "InvalidParameterException"),
    operation("ValidatePullThroughCacheRule", &VALIDATE_PULL_THROUGH_CACHE_RULE_REQUEST, "InvalidParameterException"),
];

static ACCOUNT_SETTING_NAME: Shape = text().min(1).max(64);
static ACCOUNT_SETTING_VALUE: Shape = text();
static ARN: Shape = text();
static ARTIFACT_STATUS_FILTER: Shape = text().values(&["ACTIVE", "ARCHIVED", "ACTIVATING", "ANY"]);
static ARTIFACT_TYPE: Shape = text().min(1).max(255);
static ARTIFACT_TYPE_LIST: Shape = list(&ARTIFACT_TYPE).min(0).max(5);
static BATCH_CHECK_LAYER_AVAILABILITY_REQUEST: Shape = structure(&[
    required("layerDigests", &BATCHED_OPERATION_LAYER_DIGEST_LIST),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static BATCH_DELETE_IMAGE_REQUEST: Shape = structure(&[
    required("imageIds", &IMAGE_IDENTIFIER_LIST),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static BATCH_GET_IMAGE_REQUEST: Shape = structure(&[
    optional("acceptedMediaTypes", &MEDIA_TYPE_LIST),
    required("imageIds", &IMAGE_IDENTIFIER_LIST),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static BATCH_GET_REPOSITORY_SCANNING_CONFIGURATION_REQUEST: Shape =
    structure(&[required("repositoryNames", &SCANNING_CONFIGURATION_REPOSITORY_NAME_LIST)]);
static BATCHED_OPERATION_LAYER_DIGEST: Shape = text().min(0).max(1_000);
static BATCHED_OPERATION_LAYER_DIGEST_LIST: Shape = list(&BATCHED_OPERATION_LAYER_DIGEST).min(1).max(100);
static COMPLETE_LAYER_UPLOAD_REQUEST: Shape = structure(&[
    required("layerDigests", &LAYER_DIGEST_LIST),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
    required("uploadId", &UPLOAD_ID),
]);
static CREATE_PULL_THROUGH_CACHE_RULE_REQUEST: Shape = structure(&[
    optional("credentialArn", &CREDENTIAL_ARN),
    optional("customRoleArn", &CUSTOM_ROLE_ARN),
    required("ecrRepositoryPrefix", &PULL_THROUGH_CACHE_RULE_REPOSITORY_PREFIX),
    optional("registryId", &REGISTRY_ID),
    optional("upstreamRegistry", &UPSTREAM_REGISTRY),
    required("upstreamRegistryUrl", &URL),
    optional("upstreamRepositoryPrefix", &PULL_THROUGH_CACHE_RULE_REPOSITORY_PREFIX),
]);
static CREATE_REPOSITORY_CREATION_TEMPLATE_REQUEST: Shape = structure(&[
    required("appliedFor", &RCTAPPLIED_FOR_LIST),
    optional("customRoleArn", &CUSTOM_ROLE_ARN),
    optional("description", &REPOSITORY_TEMPLATE_DESCRIPTION),
    optional("encryptionConfiguration", &ENCRYPTION_CONFIGURATION_FOR_REPOSITORY_CREATION_TEMPLATE),
    optional("imageTagMutability", &IMAGE_TAG_MUTABILITY),
    optional("imageTagMutabilityExclusionFilters", &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTERS),
    optional("lifecyclePolicy", &LIFECYCLE_POLICY_TEXT_FOR_REPOSITORY_CREATION_TEMPLATE),
    required("prefix", &PREFIX),
    optional("repositoryPolicy", &REPOSITORY_POLICY_TEXT),
    optional("resourceTags", &TAG_LIST),
]);
static CREATE_REPOSITORY_REQUEST: Shape = structure(&[
    optional("encryptionConfiguration", &ENCRYPTION_CONFIGURATION),
    optional("imageScanningConfiguration", &IMAGE_SCANNING_CONFIGURATION),
    optional("imageTagMutability", &IMAGE_TAG_MUTABILITY),
    optional("imageTagMutabilityExclusionFilters", &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTERS),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
    optional("tags", &TAG_LIST),
]);
static CREDENTIAL_ARN: Shape = text().min(50).max(612).pattern(Pattern::CredentialArn);
static CUSTOM_ROLE_ARN: Shape = text().max(2_048);
static DELETE_LIFECYCLE_POLICY_REQUEST: Shape =
    structure(&[optional("registryId", &REGISTRY_ID), required("repositoryName", &REPOSITORY_NAME)]);
static DELETE_PULL_THROUGH_CACHE_RULE_REQUEST: Shape = structure(&[
    required("ecrRepositoryPrefix", &PULL_THROUGH_CACHE_RULE_REPOSITORY_PREFIX),
    optional("registryId", &REGISTRY_ID),
]);
static DELETE_REGISTRY_POLICY_REQUEST: Shape = structure(&[]);
static DELETE_REPLICATION: Shape = structure(&[required("enabled", &DELETE_REPLICATION_FLAG)]);
static DELETE_REPLICATION_FLAG: Shape = Shape::Boolean;
static DELETE_REPOSITORY_CREATION_TEMPLATE_REQUEST: Shape = structure(&[required("prefix", &PREFIX)]);
static DELETE_REPOSITORY_POLICY_REQUEST: Shape =
    structure(&[optional("registryId", &REGISTRY_ID), required("repositoryName", &REPOSITORY_NAME)]);
static DELETE_REPOSITORY_REQUEST: Shape = structure(&[
    optional("force", &FORCE_FLAG),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static DELETE_SIGNING_CONFIGURATION_REQUEST: Shape = structure(&[]);
static DEREGISTER_PULL_TIME_UPDATE_EXCLUSION_REQUEST: Shape = structure(&[required("principalArn", &PRINCIPAL_ARN)]);
static DESCRIBE_IMAGE_REPLICATION_STATUS_REQUEST: Shape = structure(&[
    required("imageId", &IMAGE_IDENTIFIER),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static DESCRIBE_IMAGE_SCAN_FINDINGS_REQUEST: Shape = structure(&[
    required("imageId", &IMAGE_IDENTIFIER),
    optional("maxResults", &MAX_RESULTS),
    optional("nextToken", &NEXT_TOKEN),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static DESCRIBE_IMAGE_SIGNING_STATUS_REQUEST: Shape = structure(&[
    required("imageId", &IMAGE_IDENTIFIER),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static DESCRIBE_IMAGES_FILTER: Shape =
    structure(&[optional("imageStatus", &IMAGE_STATUS_FILTER), optional("tagStatus", &TAG_STATUS)]);
static DESCRIBE_IMAGES_REQUEST: Shape = structure(&[
    optional("filter", &DESCRIBE_IMAGES_FILTER),
    optional("imageIds", &IMAGE_IDENTIFIER_LIST),
    optional("maxResults", &MAX_RESULTS),
    optional("nextToken", &NEXT_TOKEN),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static DESCRIBE_PULL_THROUGH_CACHE_RULES_REQUEST: Shape = structure(&[
    optional("ecrRepositoryPrefixes", &PULL_THROUGH_CACHE_RULE_REPOSITORY_PREFIX_LIST),
    optional("maxResults", &MAX_RESULTS),
    optional("nextToken", &NEXT_TOKEN),
    optional("registryId", &REGISTRY_ID),
]);
static DESCRIBE_REGISTRY_REQUEST: Shape = structure(&[]);
static DESCRIBE_REPLICATION_BACKFILL_RESULTS_REQUEST: Shape = structure(&[
    optional("maxResults", &MAX_RESULTS),
    optional("nextToken", &NEXT_TOKEN),
    optional("registryId", &REGISTRY_ID),
    required("replicationBackfillId", &REPLICATION_BACKFILL_ID),
    optional("resultStatusFilter", &REPLICATION_BACKFILL_RESULT_STATUS),
]);
static DESCRIBE_REPOSITORIES_REQUEST: Shape = structure(&[
    optional("maxResults", &MAX_RESULTS),
    optional("nextToken", &NEXT_TOKEN),
    optional("registryId", &REGISTRY_ID),
    optional("repositoryNames", &REPOSITORY_NAME_LIST),
]);
static DESCRIBE_REPOSITORY_CREATION_TEMPLATES_REQUEST: Shape = structure(&[
    optional("maxResults", &MAX_RESULTS),
    optional("nextToken", &NEXT_TOKEN),
    optional("prefixes", &PREFIX_LIST),
]);
static ENCRYPTION_CONFIGURATION: Shape =
    structure(&[required("encryptionType", &ENCRYPTION_TYPE), optional("kmsKey", &KMS_KEY)]);
static ENCRYPTION_CONFIGURATION_FOR_REPOSITORY_CREATION_TEMPLATE: Shape = structure(&[
    required("encryptionType", &ENCRYPTION_TYPE),
    optional("kmsKey", &KMS_KEY_FOR_REPOSITORY_CREATION_TEMPLATE),
]);
static ENCRYPTION_TYPE: Shape = text().values(&["AES256", "KMS", "KMS_DSSE"]);
static FIFTY_MAX_RESULTS: Shape = number().min(1).max(50);
static FORCE_FLAG: Shape = Shape::Boolean;
static GET_ACCOUNT_SETTING_REQUEST: Shape = structure(&[required("name", &ACCOUNT_SETTING_NAME)]);
static GET_AUTHORIZATION_TOKEN_REGISTRY_ID_LIST: Shape = list(&REGISTRY_ID).min(1).max(10);
static GET_AUTHORIZATION_TOKEN_REQUEST: Shape =
    structure(&[optional("registryIds", &GET_AUTHORIZATION_TOKEN_REGISTRY_ID_LIST)]);
static GET_DOWNLOAD_URL_FOR_LAYER_REQUEST: Shape = structure(&[
    required("layerDigest", &LAYER_DIGEST),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static GET_LIFECYCLE_POLICY_PREVIEW_REQUEST: Shape = structure(&[
    optional("filter", &LIFECYCLE_POLICY_PREVIEW_FILTER),
    optional("imageIds", &IMAGE_IDENTIFIER_LIST),
    optional("maxResults", &LIFECYCLE_PREVIEW_MAX_RESULTS),
    optional("nextToken", &NEXT_TOKEN),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static GET_LIFECYCLE_POLICY_REQUEST: Shape =
    structure(&[optional("registryId", &REGISTRY_ID), required("repositoryName", &REPOSITORY_NAME)]);
static GET_REGISTRY_POLICY_REQUEST: Shape = structure(&[]);
static GET_REGISTRY_SCANNING_CONFIGURATION_REQUEST: Shape = structure(&[]);
static GET_REPOSITORY_POLICY_REQUEST: Shape =
    structure(&[optional("registryId", &REGISTRY_ID), required("repositoryName", &REPOSITORY_NAME)]);
static GET_SIGNING_CONFIGURATION_REQUEST: Shape = structure(&[]);
static IMAGE_DIGEST: Shape = text();
static IMAGE_IDENTIFIER: Shape = structure(&[optional("imageDigest", &IMAGE_DIGEST), optional("imageTag", &IMAGE_TAG)]);
static IMAGE_IDENTIFIER_LIST: Shape = list(&IMAGE_IDENTIFIER).min(1).max(100);
static IMAGE_MANIFEST: Shape = text().min(1).max(4_194_304);
static IMAGE_SCANNING_CONFIGURATION: Shape = structure(&[optional("scanOnPush", &SCAN_ON_PUSH_FLAG)]);
static IMAGE_STATUS_FILTER: Shape = text().values(&["ACTIVE", "ARCHIVED", "ACTIVATING", "ANY"]);
static IMAGE_TAG: Shape = text().min(1).max(300);
static IMAGE_TAG_MUTABILITY: Shape =
    text().values(&["MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"]);
static IMAGE_TAG_MUTABILITY_EXCLUSION_FILTER: Shape = structure(&[
    required("filter", &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTER_VALUE),
    required("filterType", &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTER_TYPE),
]);
static IMAGE_TAG_MUTABILITY_EXCLUSION_FILTER_TYPE: Shape = text().values(&["WILDCARD"]);
static IMAGE_TAG_MUTABILITY_EXCLUSION_FILTER_VALUE: Shape = text().min(1).max(128).pattern(Pattern::TagFilter);
static IMAGE_TAG_MUTABILITY_EXCLUSION_FILTERS: Shape = list(&IMAGE_TAG_MUTABILITY_EXCLUSION_FILTER).min(1).max(5);
static INITIATE_LAYER_UPLOAD_REQUEST: Shape =
    structure(&[optional("registryId", &REGISTRY_ID), required("repositoryName", &REPOSITORY_NAME)]);
static KMS_KEY: Shape = text().min(1).max(2_048);
static KMS_KEY_FOR_REPOSITORY_CREATION_TEMPLATE: Shape = text().min(0).max(2_048).pattern(Pattern::TemplateKmsKey);
static LAYER_DIGEST: Shape = text().pattern(Pattern::LayerDigest);
static LAYER_DIGEST_LIST: Shape = list(&LAYER_DIGEST).min(1).max(100);
static LAYER_PART_BLOB: Shape = blob().min(0).max(20_971_520);
static LIFECYCLE_POLICY_PREVIEW_FILTER: Shape = structure(&[optional("tagStatus", &TAG_STATUS)]);
static LIFECYCLE_POLICY_TEXT: Shape = text().min(100).max(30_720);
static LIFECYCLE_POLICY_TEXT_FOR_REPOSITORY_CREATION_TEMPLATE: Shape = text().min(0).max(30_720);
static LIFECYCLE_PREVIEW_MAX_RESULTS: Shape = number().min(1).max(100);
static LIST_IMAGE_REFERRERS_FILTER: Shape =
    structure(&[optional("artifactStatus", &ARTIFACT_STATUS_FILTER), optional("artifactTypes", &ARTIFACT_TYPE_LIST)]);
static LIST_IMAGE_REFERRERS_REQUEST: Shape = structure(&[
    optional("filter", &LIST_IMAGE_REFERRERS_FILTER),
    optional("maxResults", &FIFTY_MAX_RESULTS),
    optional("nextToken", &NEXT_TOKEN),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
    required("subjectId", &SUBJECT_IDENTIFIER),
]);
static LIST_IMAGES_FILTER: Shape =
    structure(&[optional("imageStatus", &IMAGE_STATUS_FILTER), optional("tagStatus", &TAG_STATUS)]);
static LIST_IMAGES_REQUEST: Shape = structure(&[
    optional("filter", &LIST_IMAGES_FILTER),
    optional("maxResults", &MAX_RESULTS),
    optional("nextToken", &NEXT_TOKEN),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static LIST_PULL_TIME_UPDATE_EXCLUSIONS_REQUEST: Shape =
    structure(&[optional("maxResults", &MAX_RESULTS), optional("nextToken", &NEXT_TOKEN)]);
static LIST_REPLICATION_BACKFILLS_REQUEST: Shape = structure(&[
    optional("maxResults", &FIFTY_MAX_RESULTS),
    optional("nextToken", &NEXT_TOKEN),
    optional("registryId", &REGISTRY_ID),
]);
static LIST_TAGS_FOR_RESOURCE_REQUEST: Shape = structure(&[required("resourceArn", &ARN)]);
static MAX_RESULTS: Shape = number().min(1).max(1_000);
static MEDIA_TYPE: Shape = text();
static MEDIA_TYPE_LIST: Shape = list(&MEDIA_TYPE).min(1).max(100);
static NEXT_TOKEN: Shape = text();
static PART_SIZE: Shape = number().min(0);
static PREFIX: Shape = text().min(1).max(256).pattern(Pattern::Prefix);
static PREFIX_LIST: Shape = list(&PREFIX);
static PRINCIPAL_ARN: Shape = text().max(200).pattern(Pattern::PrincipalArn);
static PULL_THROUGH_CACHE_RULE_REPOSITORY_PREFIX: Shape = text().min(2).max(30).pattern(Pattern::Prefix);
static PULL_THROUGH_CACHE_RULE_REPOSITORY_PREFIX_LIST: Shape =
    list(&PULL_THROUGH_CACHE_RULE_REPOSITORY_PREFIX).min(1).max(100);
static PUT_ACCOUNT_SETTING_REQUEST: Shape =
    structure(&[required("name", &ACCOUNT_SETTING_NAME), required("value", &ACCOUNT_SETTING_VALUE)]);
static PUT_IMAGE_REQUEST: Shape = structure(&[
    optional("imageDigest", &IMAGE_DIGEST),
    required("imageManifest", &IMAGE_MANIFEST),
    optional("imageManifestMediaType", &MEDIA_TYPE),
    optional("imageTag", &IMAGE_TAG),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static PUT_IMAGE_SCANNING_CONFIGURATION_REQUEST: Shape = structure(&[
    required("imageScanningConfiguration", &IMAGE_SCANNING_CONFIGURATION),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static PUT_IMAGE_TAG_MUTABILITY_REQUEST: Shape = structure(&[
    required("imageTagMutability", &IMAGE_TAG_MUTABILITY),
    optional("imageTagMutabilityExclusionFilters", &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTERS),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static PUT_LIFECYCLE_POLICY_REQUEST: Shape = structure(&[
    required("lifecyclePolicyText", &LIFECYCLE_POLICY_TEXT),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static PUT_REGISTRY_POLICY_REQUEST: Shape = structure(&[required("policyText", &REGISTRY_POLICY_TEXT)]);
static PUT_REGISTRY_SCANNING_CONFIGURATION_REQUEST: Shape =
    structure(&[optional("rules", &REGISTRY_SCANNING_RULE_LIST), optional("scanType", &SCAN_TYPE)]);
static PUT_REPLICATION_CONFIGURATION_REQUEST: Shape =
    structure(&[required("replicationConfiguration", &REPLICATION_CONFIGURATION)]);
static PUT_SIGNING_CONFIGURATION_REQUEST: Shape =
    structure(&[required("signingConfiguration", &SIGNING_CONFIGURATION)]);
static RCTAPPLIED_FOR: Shape = text().values(&["REPLICATION", "PULL_THROUGH_CACHE", "CREATE_ON_PUSH"]);
static RCTAPPLIED_FOR_LIST: Shape = list(&RCTAPPLIED_FOR);
static REGION: Shape = text().min(2).max(25).pattern(Pattern::Region);
static REGISTER_PULL_TIME_UPDATE_EXCLUSION_REQUEST: Shape = structure(&[required("principalArn", &PRINCIPAL_ARN)]);
static REGISTRY_ID: Shape = text().pattern(Pattern::RegistryId);
static REGISTRY_POLICY_TEXT: Shape = text().min(0).max(10_240);
static REGISTRY_SCANNING_RULE: Shape = structure(&[
    required("repositoryFilters", &SCANNING_REPOSITORY_FILTER_LIST),
    required("scanFrequency", &SCAN_FREQUENCY),
]);
static REGISTRY_SCANNING_RULE_LIST: Shape = list(&REGISTRY_SCANNING_RULE).min(0).max(2);
static REPLICATION_BACKFILL_ID: Shape = text().pattern(Pattern::Uuid);
static REPLICATION_BACKFILL_RESULT_STATUS: Shape = text().values(&["COMPLETE", "FAILED"]);
static REPLICATION_CONFIGURATION: Shape = structure(&[required("rules", &REPLICATION_RULE_LIST)]);
static REPLICATION_DESTINATION: Shape = structure(&[required("region", &REGION), required("registryId", &REGISTRY_ID)]);
static REPLICATION_DESTINATION_LIST: Shape = list(&REPLICATION_DESTINATION).min(0).max(100);
static REPLICATION_RULE: Shape = structure(&[
    optional("deleteReplication", &DELETE_REPLICATION),
    required("destinations", &REPLICATION_DESTINATION_LIST),
    optional("repositoryFilters", &REPOSITORY_FILTER_LIST),
]);
static REPLICATION_RULE_LIST: Shape = list(&REPLICATION_RULE).min(0).max(25);
static REPOSITORY_FILTER: Shape =
    structure(&[required("filter", &REPOSITORY_FILTER_VALUE), required("filterType", &REPOSITORY_FILTER_TYPE)]);
static REPOSITORY_FILTER_LIST: Shape = list(&REPOSITORY_FILTER).min(1).max(100);
static REPOSITORY_FILTER_TYPE: Shape = text().values(&["PREFIX_MATCH"]);
static REPOSITORY_FILTER_VALUE: Shape = text().min(2).max(256).pattern(Pattern::RepositoryFilter);
static REPOSITORY_NAME: Shape = text().min(2).max(256).pattern(Pattern::RepositoryName);
static REPOSITORY_NAME_LIST: Shape = list(&REPOSITORY_NAME).min(1).max(100);
static REPOSITORY_POLICY_TEXT: Shape = text().min(0).max(10_240);
static REPOSITORY_TEMPLATE_DESCRIPTION: Shape = text().max(256);
static SCAN_FREQUENCY: Shape = text().values(&["SCAN_ON_PUSH", "CONTINUOUS_SCAN", "MANUAL"]);
static SCAN_ON_PUSH_FLAG: Shape = Shape::Boolean;
static SCAN_TYPE: Shape = text().values(&["BASIC", "ENHANCED"]);
static SCANNING_CONFIGURATION_REPOSITORY_NAME_LIST: Shape = list(&REPOSITORY_NAME).min(1).max(25);
static SCANNING_REPOSITORY_FILTER: Shape = structure(&[
    required("filter", &SCANNING_REPOSITORY_FILTER_VALUE),
    required("filterType", &SCANNING_REPOSITORY_FILTER_TYPE),
]);
static SCANNING_REPOSITORY_FILTER_LIST: Shape = list(&SCANNING_REPOSITORY_FILTER).min(0).max(100);
static SCANNING_REPOSITORY_FILTER_TYPE: Shape = text().values(&["WILDCARD"]);
static SCANNING_REPOSITORY_FILTER_VALUE: Shape = text().min(1).max(255).pattern(Pattern::ScanningFilter);
static SET_REPOSITORY_POLICY_REQUEST: Shape = structure(&[
    optional("force", &FORCE_FLAG),
    required("policyText", &REPOSITORY_POLICY_TEXT),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static SIGNING_CONFIGURATION: Shape = structure(&[required("rules", &SIGNING_RULE_LIST)]);
static SIGNING_PROFILE_ARN: Shape = text().max(200).pattern(Pattern::SigningProfileArn);
static SIGNING_REPOSITORY_FILTER: Shape = structure(&[
    required("filter", &SIGNING_REPOSITORY_FILTER_VALUE),
    required("filterType", &SIGNING_REPOSITORY_FILTER_TYPE),
]);
static SIGNING_REPOSITORY_FILTER_LIST: Shape = list(&SIGNING_REPOSITORY_FILTER).min(1).max(100);
static SIGNING_REPOSITORY_FILTER_TYPE: Shape = text().values(&["WILDCARD_MATCH"]);
static SIGNING_REPOSITORY_FILTER_VALUE: Shape = text().min(1).max(256).pattern(Pattern::SigningFilter);
static SIGNING_RULE: Shape = structure(&[
    optional("repositoryFilters", &SIGNING_REPOSITORY_FILTER_LIST),
    required("signingProfileArn", &SIGNING_PROFILE_ARN),
]);
static SIGNING_RULE_LIST: Shape = list(&SIGNING_RULE).min(0).max(10);
static START_IMAGE_SCAN_REQUEST: Shape = structure(&[
    required("imageId", &IMAGE_IDENTIFIER),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static START_LIFECYCLE_POLICY_PREVIEW_REQUEST: Shape = structure(&[
    optional("lifecyclePolicyText", &LIFECYCLE_POLICY_TEXT),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static START_REPLICATION_BACKFILL_REQUEST: Shape =
    structure(&[required("destination", &REPLICATION_DESTINATION), optional("registryId", &REGISTRY_ID)]);
static STOP_REPLICATION_BACKFILL_REQUEST: Shape =
    structure(&[optional("registryId", &REGISTRY_ID), required("replicationBackfillId", &REPLICATION_BACKFILL_ID)]);
static SUBJECT_IDENTIFIER: Shape = structure(&[required("imageDigest", &IMAGE_DIGEST)]);
static TAG: Shape = structure(&[required("Key", &TAG_KEY), required("Value", &TAG_VALUE)]);
static TAG_KEY: Shape = text();
static TAG_KEY_LIST: Shape = list(&TAG_KEY);
static TAG_LIST: Shape = list(&TAG);
static TAG_RESOURCE_REQUEST: Shape = structure(&[required("resourceArn", &ARN), required("tags", &TAG_LIST)]);
static TAG_STATUS: Shape = text().values(&["TAGGED", "UNTAGGED", "ANY"]);
static TAG_VALUE: Shape = text();
static TARGET_STORAGE_CLASS: Shape = text().values(&["STANDARD", "ARCHIVE"]);
static UNTAG_RESOURCE_REQUEST: Shape = structure(&[required("resourceArn", &ARN), required("tagKeys", &TAG_KEY_LIST)]);
static UPDATE_IMAGE_STORAGE_CLASS_REQUEST: Shape = structure(&[
    required("imageId", &IMAGE_IDENTIFIER),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
    required("targetStorageClass", &TARGET_STORAGE_CLASS),
]);
static UPDATE_PULL_THROUGH_CACHE_RULE_REQUEST: Shape = structure(&[
    optional("credentialArn", &CREDENTIAL_ARN),
    optional("customRoleArn", &CUSTOM_ROLE_ARN),
    required("ecrRepositoryPrefix", &PULL_THROUGH_CACHE_RULE_REPOSITORY_PREFIX),
    optional("registryId", &REGISTRY_ID),
]);
static UPDATE_REPOSITORY_CREATION_TEMPLATE_REQUEST: Shape = structure(&[
    optional("appliedFor", &RCTAPPLIED_FOR_LIST),
    optional("customRoleArn", &CUSTOM_ROLE_ARN),
    optional("description", &REPOSITORY_TEMPLATE_DESCRIPTION),
    optional("encryptionConfiguration", &ENCRYPTION_CONFIGURATION_FOR_REPOSITORY_CREATION_TEMPLATE),
    optional("imageTagMutability", &IMAGE_TAG_MUTABILITY),
    optional("imageTagMutabilityExclusionFilters", &IMAGE_TAG_MUTABILITY_EXCLUSION_FILTERS),
    optional("lifecyclePolicy", &LIFECYCLE_POLICY_TEXT_FOR_REPOSITORY_CREATION_TEMPLATE),
    required("prefix", &PREFIX),
    optional("repositoryPolicy", &REPOSITORY_POLICY_TEXT),
    optional("resourceTags", &TAG_LIST),
]);
static UPLOAD_ID: Shape = text().pattern(Pattern::Uuid);
static UPLOAD_LAYER_PART_REQUEST: Shape = structure(&[
    required("layerPartBlob", &LAYER_PART_BLOB),
    required("partFirstByte", &PART_SIZE),
    required("partLastByte", &PART_SIZE),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
    required("uploadId", &UPLOAD_ID),
]);
static UPSTREAM_REGISTRY: Shape = text().values(&[
    "ecr",
    "ecr-public",
    "quay",
    "k8s",
    "docker-hub",
    "github-container-registry",
    "azure-container-registry",
    "gitlab-container-registry",
    "chainguard",
]);
static URL: Shape = text();
static VALIDATE_PULL_THROUGH_CACHE_RULE_REQUEST: Shape = structure(&[
    required("ecrRepositoryPrefix", &PULL_THROUGH_CACHE_RULE_REPOSITORY_PREFIX),
    optional("registryId", &REGISTRY_ID),
]);
