//! The public registry: every operation of `ecr-public`.

use super::Call;
use super::Then::{Done, Has, Is, Keep, Refused};

pub(super) const STEPS: [(&str, &[Call]); 3] = [
    ("ecr-public: repositories", REPOSITORIES),
    ("ecr-public: layers and images", IMAGES),
    ("ecr-public: the registry and its catalog", CATALOG),
];

/// Steps that end what the others used.
pub(super) const LAST_STEPS: [(&str, &[Call]); 1] = [("ecr-public: deletion", DELETION)];

const REPOSITORIES: &[Call] = &[
    (
        "ecr-public create-repository --repository-name interop/public --catalog-data description=shared,architectures=ARM \
         --tags Key=team,Value=interop",
        Keep("/repository/repositoryArn", "public-arn"),
    ),
    ("ecr-public create-repository --repository-name interop/public", Refused("RepositoryAlreadyExistsException")),
    (
        "ecr-public describe-repositories --repository-names interop/public",
        Is("/repositories/0/repositoryArn", "{public-arn}"),
    ),
    ("ecr-public describe-repositories --repository-names interop/aws", Refused("RepositoryNotFoundException")),
    ("ecr-public get-repository-policy --repository-name interop/public", Refused("RepositoryPolicyNotFoundException")),
    (
        "ecr-public set-repository-policy --repository-name interop/public --policy-text file://{files}/repository-policy",
        Has("/policyText"),
    ),
    ("ecr-public get-repository-policy --repository-name interop/public", Has("/policyText")),
    ("ecr-public delete-repository-policy --repository-name interop/public", Has("/policyText")),
    ("ecr-public tag-resource --resource-arn {public-arn} --tags Key=stage,Value=test", Done),
    ("ecr-public untag-resource --resource-arn {public-arn} --tag-keys team", Done),
    (
        "ecr-public list-tags-for-resource --resource-arn {public-arn}",
        Is("/tags", r#"[{"Key":"stage","Value":"test"}]"#),
    ),
];

const IMAGES: &[Call] = &[
    ("ecr-public initiate-layer-upload --repository-name interop/public", Keep("/uploadId", "upload")),
    (
        "ecr-public upload-layer-part --repository-name interop/public --upload-id {upload} --part-first-byte 0 \
         --part-last-byte {layer-last} --layer-part-blob fileb://{files}/layer",
        Is("/lastByteReceived", "{layer-last}"),
    ),
    (
        "ecr-public complete-layer-upload --repository-name interop/public --upload-id {upload} --layer-digests {layer}",
        Is("/layerDigest", "{layer}"),
    ),
    ("ecr-public initiate-layer-upload --repository-name interop/public", Keep("/uploadId", "upload")),
    (
        "ecr-public upload-layer-part --repository-name interop/public --upload-id {upload} --part-first-byte 0 \
         --part-last-byte {config-last} --layer-part-blob fileb://{files}/config",
        Is("/lastByteReceived", "{config-last}"),
    ),
    (
        "ecr-public complete-layer-upload --repository-name interop/public --upload-id {upload} --layer-digests {config}",
        Is("/layerDigest", "{config}"),
    ),
    (
        "ecr-public batch-check-layer-availability --repository-name interop/public --layer-digests {layer}",
        Is("/layers/0/layerAvailability", "AVAILABLE"),
    ),
    (
        "ecr-public put-image --repository-name interop/public --image-tag 1 --image-manifest file://{files}/manifest",
        Is("/image/imageId/imageDigest", "{digest}"),
    ),
    (
        "ecr-public describe-images --repository-name interop/public --image-ids imageTag=1",
        Is("/imageDetails/0/imageDigest", "{digest}"),
    ),
    (
        "ecr-public describe-image-tags --repository-name interop/public",
        Is("/imageTagDetails/0/imageDetail/imageDigest", "{digest}"),
    ),
];

const CATALOG: &[Call] = &[
    (
        "ecr-public put-repository-catalog-data --repository-name interop/public --catalog-data description=changed",
        Is("/catalogData/description", "changed"),
    ),
    (
        "ecr-public get-repository-catalog-data --repository-name interop/public",
        Is("/catalogData/description", "changed"),
    ),
    ("ecr-public put-registry-catalog-data --display-name Interop", Is("/registryCatalogData/displayName", "Interop")),
    ("ecr-public get-registry-catalog-data", Is("/registryCatalogData/displayName", "Interop")),
    ("ecr-public describe-registries", Is("/registries/0/registryId", "000000000000")),
    ("ecr-public get-authorization-token", Has("/authorizationData/authorizationToken")),
];

const DELETION: &[Call] = &[
    ("ecr-public delete-repository --repository-name interop/public", Refused("RepositoryNotEmptyException")),
    (
        "ecr-public batch-delete-image --repository-name interop/public --image-ids imageTag=1 imageTag=nothing",
        Is("/failures/0/failureCode", "ImageNotFound"),
    ),
    (
        "ecr-public delete-repository --repository-name interop/public --force",
        Is("/repository/repositoryArn", "{public-arn}"),
    ),
    ("ecr-public describe-images --repository-name interop/public", Refused("RepositoryNotFoundException")),
];
