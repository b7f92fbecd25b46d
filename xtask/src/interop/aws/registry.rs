//! The registry as a whole: its policy, settings, templates and login.

use super::Call;
use super::Then::{Has, Is, Refused};

pub(super) const STEPS: [(&str, &[Call]); 3] = [
    ("ecr: the registry", REGISTRY),
    ("ecr: pull-time exclusions", EXCLUSIONS),
    ("ecr: creation templates", TEMPLATES),
];

/// Operations that the server does not have yet, and says so.
pub(super) const LATER: [(&str, &[Call]); 1] = [("ecr: operations that are not there say so", NOT_THERE)];

const REGISTRY: &[Call] = &[
    ("ecr describe-registry", Is("/registryId", "000000000000")),
    ("ecr get-registry-policy", Refused("RegistryPolicyNotFoundException")),
    ("ecr put-registry-policy --policy-text file://{files}/registry-policy", Has("/policyText")),
    ("ecr get-registry-policy", Is("/registryId", "000000000000")),
    ("ecr delete-registry-policy", Has("/policyText")),
    ("ecr get-account-setting --name BASIC_SCAN_TYPE_VERSION", Is("/value", "AWS_NATIVE")),
    ("ecr put-account-setting --name BLOB_MOUNTING --value ENABLED", Is("/value", "ENABLED")),
    ("ecr put-account-setting --name BLOB_MOUNTING --value PERHAPS", Refused("InvalidParameterException")),
    ("ecr get-authorization-token", Has("/authorizationData/0/authorizationToken")),
];

const EXCLUSIONS: &[Call] = &[
    (
        "ecr register-pull-time-update-exclusion --principal-arn arn:aws:iam::000000000000:role/scanner",
        Has("/createdAt"),
    ),
    (
        "ecr register-pull-time-update-exclusion --principal-arn arn:aws:iam::000000000000:role/scanner",
        Refused("ExclusionAlreadyExistsException"),
    ),
    (
        "ecr list-pull-time-update-exclusions",
        Is("/pullTimeUpdateExclusions/0", "arn:aws:iam::000000000000:role/scanner"),
    ),
    (
        "ecr deregister-pull-time-update-exclusion --principal-arn arn:aws:iam::000000000000:role/scanner",
        Is("/principalArn", "arn:aws:iam::000000000000:role/scanner"),
    ),
    (
        "ecr deregister-pull-time-update-exclusion --principal-arn arn:aws:iam::000000000000:role/scanner",
        Refused("ExclusionNotFoundException"),
    ),
];

const TEMPLATES: &[Call] = &[
    (
        "ecr create-repository-creation-template --prefix interop-template --applied-for CREATE_ON_PUSH \
         --image-tag-mutability IMMUTABLE",
        Is("/repositoryCreationTemplate/prefix", "interop-template"),
    ),
    (
        "ecr create-repository-creation-template --prefix interop-template --applied-for CREATE_ON_PUSH",
        Refused("TemplateAlreadyExistsException"),
    ),
    (
        "ecr update-repository-creation-template --prefix interop-template --description changed",
        Is("/repositoryCreationTemplate/description", "changed"),
    ),
    (
        "ecr describe-repository-creation-templates --prefixes interop-template",
        Is("/repositoryCreationTemplates/0/imageTagMutability", "IMMUTABLE"),
    ),
    (
        "ecr delete-repository-creation-template --prefix interop-template",
        Is("/repositoryCreationTemplate/prefix", "interop-template"),
    ),
    ("ecr delete-repository-creation-template --prefix interop-template", Refused("TemplateNotFoundException")),
];

const NOT_THERE: &[Call] = &[
    ("ecr describe-pull-through-cache-rules", Refused("ValidationException")),
    ("ecr put-replication-configuration --replication-configuration rules=[]", Refused("ValidationException")),
    ("ecr get-signing-configuration", Refused("ValidationException")),
];
