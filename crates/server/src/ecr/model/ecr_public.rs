//! The operations of `ecr-public-2020-10-30`. Written by `cargo xtask model`.

use super::{Operation, Pattern, Shape, blob, list, number, operation, optional, required, structure, text};

/// The operations, by their name.
pub(crate) static OPERATIONS: &[Operation] = &[
    operation("BatchCheckLayerAvailability", &BATCH_CHECK_LAYER_AVAILABILITY_REQUEST, "InvalidParameterException"),
    operation("BatchDeleteImage", &BATCH_DELETE_IMAGE_REQUEST, "InvalidParameterException"),
    operation("CompleteLayerUpload", &COMPLETE_LAYER_UPLOAD_REQUEST, "InvalidParameterException"),
    operation("CreateRepository", &CREATE_REPOSITORY_REQUEST, "InvalidParameterException"),
    operation("DeleteRepository", &DELETE_REPOSITORY_REQUEST, "InvalidParameterException"),
    operation("DeleteRepositoryPolicy", &DELETE_REPOSITORY_POLICY_REQUEST, "InvalidParameterException"),
    operation("DescribeImageTags", &DESCRIBE_IMAGE_TAGS_REQUEST, "InvalidParameterException"),
    operation("DescribeImages", &DESCRIBE_IMAGES_REQUEST, "InvalidParameterException"),
    operation("DescribeRegistries", &DESCRIBE_REGISTRIES_REQUEST, "InvalidParameterException"),
    operation("DescribeRepositories", &DESCRIBE_REPOSITORIES_REQUEST, "InvalidParameterException"),
    operation("GetAuthorizationToken", &GET_AUTHORIZATION_TOKEN_REQUEST, "InvalidParameterException"),
    operation("GetRegistryCatalogData", &GET_REGISTRY_CATALOG_DATA_REQUEST, "ValidationException"),
    operation("GetRepositoryCatalogData", &GET_REPOSITORY_CATALOG_DATA_REQUEST, "InvalidParameterException"),
    operation("GetRepositoryPolicy", &GET_REPOSITORY_POLICY_REQUEST, "InvalidParameterException"),
    operation("InitiateLayerUpload", &INITIATE_LAYER_UPLOAD_REQUEST, "InvalidParameterException"),
    operation("ListTagsForResource", &LIST_TAGS_FOR_RESOURCE_REQUEST, "InvalidParameterException"),
    operation("PutImage", &PUT_IMAGE_REQUEST, "InvalidParameterException"),
    operation("PutRegistryCatalogData", &PUT_REGISTRY_CATALOG_DATA_REQUEST, "InvalidParameterException"),
    operation("PutRepositoryCatalogData", &PUT_REPOSITORY_CATALOG_DATA_REQUEST, "InvalidParameterException"),
    operation("SetRepositoryPolicy", &SET_REPOSITORY_POLICY_REQUEST, "InvalidParameterException"),
    operation("TagResource", &TAG_RESOURCE_REQUEST, "InvalidParameterException"),
    operation("UntagResource", &UNTAG_RESOURCE_REQUEST, "InvalidParameterException"),
    operation("UploadLayerPart", &UPLOAD_LAYER_PART_REQUEST, "InvalidParameterException"),
];

static ABOUT_TEXT: Shape = text().max(25_600);
static ARCHITECTURE: Shape = text().min(1).max(50);
static ARCHITECTURE_LIST: Shape = list(&ARCHITECTURE).max(50);
static ARN: Shape = text().min(1).max(2_048);
static BATCH_CHECK_LAYER_AVAILABILITY_REQUEST: Shape = structure(&[
    required("layerDigests", &BATCHED_OPERATION_LAYER_DIGEST_LIST),
    optional("registryId", &REGISTRY_ID_OR_ALIAS),
    required("repositoryName", &REPOSITORY_NAME),
]);
static BATCH_DELETE_IMAGE_REQUEST: Shape = structure(&[
    required("imageIds", &IMAGE_IDENTIFIER_LIST),
    optional("registryId", &REGISTRY_ID_OR_ALIAS),
    required("repositoryName", &REPOSITORY_NAME),
]);
static BATCHED_OPERATION_LAYER_DIGEST: Shape = text().min(0).max(1_000);
static BATCHED_OPERATION_LAYER_DIGEST_LIST: Shape = list(&BATCHED_OPERATION_LAYER_DIGEST).min(1).max(100);
static COMPLETE_LAYER_UPLOAD_REQUEST: Shape = structure(&[
    required("layerDigests", &LAYER_DIGEST_LIST),
    optional("registryId", &REGISTRY_ID_OR_ALIAS),
    required("repositoryName", &REPOSITORY_NAME),
    required("uploadId", &UPLOAD_ID),
]);
static CREATE_REPOSITORY_REQUEST: Shape = structure(&[
    optional("catalogData", &REPOSITORY_CATALOG_DATA_INPUT),
    required("repositoryName", &REPOSITORY_NAME),
    optional("tags", &TAG_LIST),
]);
static DELETE_REPOSITORY_POLICY_REQUEST: Shape =
    structure(&[optional("registryId", &REGISTRY_ID), required("repositoryName", &REPOSITORY_NAME)]);
static DELETE_REPOSITORY_REQUEST: Shape = structure(&[
    optional("force", &FORCE_FLAG),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static DESCRIBE_IMAGE_TAGS_REQUEST: Shape = structure(&[
    optional("maxResults", &MAX_RESULTS),
    optional("nextToken", &NEXT_TOKEN),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static DESCRIBE_IMAGES_REQUEST: Shape = structure(&[
    optional("imageIds", &IMAGE_IDENTIFIER_LIST),
    optional("maxResults", &MAX_RESULTS),
    optional("nextToken", &NEXT_TOKEN),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static DESCRIBE_REGISTRIES_REQUEST: Shape =
    structure(&[optional("maxResults", &MAX_RESULTS), optional("nextToken", &NEXT_TOKEN)]);
static DESCRIBE_REPOSITORIES_REQUEST: Shape = structure(&[
    optional("maxResults", &MAX_RESULTS),
    optional("nextToken", &NEXT_TOKEN),
    optional("registryId", &REGISTRY_ID),
    optional("repositoryNames", &REPOSITORY_NAME_LIST),
]);
static FORCE_FLAG: Shape = Shape::Boolean;
static GET_AUTHORIZATION_TOKEN_REQUEST: Shape = structure(&[]);
static GET_REGISTRY_CATALOG_DATA_REQUEST: Shape = structure(&[]);
static GET_REPOSITORY_CATALOG_DATA_REQUEST: Shape =
    structure(&[optional("registryId", &REGISTRY_ID), required("repositoryName", &REPOSITORY_NAME)]);
static GET_REPOSITORY_POLICY_REQUEST: Shape =
    structure(&[optional("registryId", &REGISTRY_ID), required("repositoryName", &REPOSITORY_NAME)]);
static IMAGE_DIGEST: Shape = text();
static IMAGE_IDENTIFIER: Shape = structure(&[optional("imageDigest", &IMAGE_DIGEST), optional("imageTag", &IMAGE_TAG)]);
static IMAGE_IDENTIFIER_LIST: Shape = list(&IMAGE_IDENTIFIER).min(1).max(100);
static IMAGE_MANIFEST: Shape = text().min(1).max(4_194_304);
static IMAGE_TAG: Shape = text().min(1).max(300);
static INITIATE_LAYER_UPLOAD_REQUEST: Shape =
    structure(&[optional("registryId", &REGISTRY_ID_OR_ALIAS), required("repositoryName", &REPOSITORY_NAME)]);
static LAYER_DIGEST: Shape = text().pattern(Pattern::LayerDigest);
static LAYER_DIGEST_LIST: Shape = list(&LAYER_DIGEST).min(1).max(100);
static LAYER_PART_BLOB: Shape = blob().min(0).max(20_971_520);
static LIST_TAGS_FOR_RESOURCE_REQUEST: Shape = structure(&[required("resourceArn", &ARN)]);
static LOGO_IMAGE_BLOB: Shape = blob().min(0).max(512_000);
static MAX_RESULTS: Shape = number().min(1).max(1_000);
static MEDIA_TYPE: Shape = text();
static NEXT_TOKEN: Shape = text();
static OPERATING_SYSTEM: Shape = text().min(1).max(50);
static OPERATING_SYSTEM_LIST: Shape = list(&OPERATING_SYSTEM).max(50);
static PART_SIZE: Shape = number().min(0);
static PUT_IMAGE_REQUEST: Shape = structure(&[
    optional("imageDigest", &IMAGE_DIGEST),
    required("imageManifest", &IMAGE_MANIFEST),
    optional("imageManifestMediaType", &MEDIA_TYPE),
    optional("imageTag", &IMAGE_TAG),
    optional("registryId", &REGISTRY_ID_OR_ALIAS),
    required("repositoryName", &REPOSITORY_NAME),
]);
static PUT_REGISTRY_CATALOG_DATA_REQUEST: Shape = structure(&[optional("displayName", &REGISTRY_DISPLAY_NAME)]);
static PUT_REPOSITORY_CATALOG_DATA_REQUEST: Shape = structure(&[
    required("catalogData", &REPOSITORY_CATALOG_DATA_INPUT),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static REGISTRY_DISPLAY_NAME: Shape = text().min(0).max(100);
static REGISTRY_ID: Shape = text().pattern(Pattern::RegistryId);
static REGISTRY_ID_OR_ALIAS: Shape = text().min(2).max(50);
static REPOSITORY_CATALOG_DATA_INPUT: Shape = structure(&[
    optional("aboutText", &ABOUT_TEXT),
    optional("architectures", &ARCHITECTURE_LIST),
    optional("description", &REPOSITORY_DESCRIPTION),
    optional("logoImageBlob", &LOGO_IMAGE_BLOB),
    optional("operatingSystems", &OPERATING_SYSTEM_LIST),
    optional("usageText", &USAGE_TEXT),
]);
static REPOSITORY_DESCRIPTION: Shape = text().max(1_024);
static REPOSITORY_NAME: Shape = text().min(2).max(205).pattern(Pattern::PublicRepositoryName);
static REPOSITORY_NAME_LIST: Shape = list(&REPOSITORY_NAME).min(1).max(100);
static REPOSITORY_POLICY_TEXT: Shape = text().min(0).max(10_240);
static SET_REPOSITORY_POLICY_REQUEST: Shape = structure(&[
    optional("force", &FORCE_FLAG),
    required("policyText", &REPOSITORY_POLICY_TEXT),
    optional("registryId", &REGISTRY_ID),
    required("repositoryName", &REPOSITORY_NAME),
]);
static TAG: Shape = structure(&[optional("Key", &TAG_KEY), optional("Value", &TAG_VALUE)]);
static TAG_KEY: Shape = text().min(1).max(128);
static TAG_KEY_LIST: Shape = list(&TAG_KEY).min(0).max(200);
static TAG_LIST: Shape = list(&TAG).min(0).max(200);
static TAG_RESOURCE_REQUEST: Shape = structure(&[required("resourceArn", &ARN), required("tags", &TAG_LIST)]);
static TAG_VALUE: Shape = text().min(0).max(256);
static UNTAG_RESOURCE_REQUEST: Shape = structure(&[required("resourceArn", &ARN), required("tagKeys", &TAG_KEY_LIST)]);
static UPLOAD_ID: Shape = text().pattern(Pattern::Uuid);
static UPLOAD_LAYER_PART_REQUEST: Shape = structure(&[
    required("layerPartBlob", &LAYER_PART_BLOB),
    required("partFirstByte", &PART_SIZE),
    required("partLastByte", &PART_SIZE),
    optional("registryId", &REGISTRY_ID_OR_ALIAS),
    required("repositoryName", &REPOSITORY_NAME),
    required("uploadId", &UPLOAD_ID),
]);
static USAGE_TEXT: Shape = text().max(25_600);
