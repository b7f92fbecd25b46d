//! Repositories with their settings, policies and tags.

use super::Call;
use super::Then::{Done, Has, Is, Keep, Refused};

pub(super) const FILES: [(&str, &str); 2] = [
    (
        "repository-policy",
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"share","Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"ecr:BatchGetImage"}]}"#,
    ),
    (
        "no-policy",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Perhaps","Principal":"*","Action":"ecr:BatchGetImage"}]}"#,
    ),
];

pub(super) const STEPS: [(&str, &[Call]); 4] = [
    ("ecr: repositories", REPOSITORIES),
    ("ecr: settings of repositories", SETTINGS),
    ("ecr: repository policies", POLICIES),
    ("ecr: tags", TAGS),
];

/// Steps that end what the others used.
pub(super) const LAST_STEPS: [(&str, &[Call]); 1] = [("ecr: deletion", DELETION)];

const REPOSITORIES: &[Call] = &[
    (
        "ecr create-repository --repository-name interop/aws --image-tag-mutability IMMUTABLE \
         --image-scanning-configuration scanOnPush=true --tags Key=team,Value=interop",
        Keep("/repository/repositoryArn", "arn"),
    ),
    ("ecr create-repository --repository-name interop/aws", Refused("RepositoryAlreadyExistsException")),
    ("ecr create-repository --repository-name Interop", Refused("InvalidParameterException")),
    (
        "ecr describe-repositories --repository-names interop/aws",
        Is("/repositories/0/imageScanningConfiguration/scanOnPush", "true"),
    ),
    ("ecr describe-repositories --repository-names interop/aws", Is("/repositories/0/imageTagMutability", "IMMUTABLE")),
    ("ecr describe-repositories --repository-names interop/nothing", Refused("RepositoryNotFoundException")),
    ("ecr describe-repositories --registry-id 999999999999", Refused("AccessDeniedException")),
];

const SETTINGS: &[Call] = &[
    (
        "ecr put-image-tag-mutability --repository-name interop/aws --image-tag-mutability IMMUTABLE_WITH_EXCLUSION \
         --image-tag-mutability-exclusion-filters filterType=WILDCARD,filter=latest*",
        Is("/imageTagMutabilityExclusionFilters/0/filter", "latest*"),
    ),
    (
        "ecr put-image-tag-mutability --repository-name interop/aws --image-tag-mutability IMMUTABLE_WITH_EXCLUSION",
        Refused("InvalidParameterException"),
    ),
    (
        "ecr put-image-scanning-configuration --repository-name interop/aws --image-scanning-configuration scanOnPush=false",
        Is("/imageScanningConfiguration/scanOnPush", "false"),
    ),
];

const POLICIES: &[Call] = &[
    ("ecr get-repository-policy --repository-name interop/aws", Refused("RepositoryPolicyNotFoundException")),
    (
        "ecr set-repository-policy --repository-name interop/aws --policy-text file://{files}/no-policy",
        Refused("InvalidParameterException"),
    ),
    (
        "ecr set-repository-policy --repository-name interop/aws --policy-text file://{files}/repository-policy",
        Is("/registryId", "000000000000"),
    ),
    ("ecr get-repository-policy --repository-name interop/aws", Has("/policyText")),
    ("ecr delete-repository-policy --repository-name interop/aws", Has("/policyText")),
];

const TAGS: &[Call] = &[
    ("ecr tag-resource --resource-arn {arn} --tags Key=stage,Value=test", Done),
    ("ecr list-tags-for-resource --resource-arn {arn}", Is("/tags/1/Value", "interop")),
    ("ecr untag-resource --resource-arn {arn} --tag-keys team", Done),
    ("ecr list-tags-for-resource --resource-arn {arn}", Is("/tags", r#"[{"Key":"stage","Value":"test"}]"#)),
    ("ecr list-tags-for-resource --resource-arn {arn}-not", Refused("RepositoryNotFoundException")),
];

const DELETION: &[Call] = &[
    ("ecr delete-repository --repository-name interop/aws", Refused("RepositoryNotEmptyException")),
    (
        "ecr batch-delete-image --repository-name interop/aws --image-ids imageTag=latest imageTag=nothing",
        Is("/failures/0/failureCode", "ImageNotFound"),
    ),
    (
        "ecr batch-delete-image --repository-name interop/aws --image-ids imageDigest={digest}",
        Is("/imageIds/0/imageTag", "1"),
    ),
    ("ecr delete-repository --repository-name interop/aws --force", Is("/repository/repositoryArn", "{arn}")),
    ("ecr describe-images --repository-name interop/aws", Refused("RepositoryNotFoundException")),
];
