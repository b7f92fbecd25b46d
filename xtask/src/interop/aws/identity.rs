//! STS and IAM, as an administrator uses them.

use super::Call;
use super::Then::{Done, Has, Is, Keep, Refused};

pub(super) const FILES: [(&str, &str); 3] = [
    (
        "registry-policy",
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"replicate","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":["ecr:ReplicateImage"],"Resource":"arn:aws:ecr:us-east-1:000000000000:repository/*"}]}"#,
    ),
    (
        "trust-policy",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"sts:AssumeRole"}]}"#,
    ),
    (
        "pull-policy",
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ecr:BatchGetImage","Resource":"*"}]}"#,
    ),
];

pub(super) const STEPS: [(&str, &[Call]); 4] = [
    ("iam: users and keys", USERS),
    ("iam: groups and policies", POLICIES),
    ("sts and roles", ROLES),
    ("iam: deletion", DELETION),
];

const USERS: &[Call] = &[
    (
        "iam create-user --user-name interop --tags Key=team,Value=interop",
        Is("/User/Arn", "arn:aws:iam::000000000000:user/interop"),
    ),
    ("iam create-user --user-name interop", Refused("EntityAlreadyExists")),
    ("iam get-user --user-name nobody", Refused("NoSuchEntity")),
    ("iam list-users", Has("/Users/1/UserId")),
    ("iam list-user-tags --user-name interop", Is("/Tags/0/Value", "interop")),
    ("iam create-access-key --user-name interop", Keep("/AccessKey/AccessKeyId", "key")),
    ("iam update-access-key --user-name interop --access-key-id {key} --status Inactive", Done),
    ("iam list-access-keys --user-name interop", Is("/AccessKeyMetadata/0/Status", "Inactive")),
    ("iam delete-access-key --user-name interop --access-key-id {key}", Done),
];

const POLICIES: &[Call] = &[
    ("iam create-group --group-name interop", Is("/Group/GroupName", "interop")),
    ("iam add-user-to-group --group-name interop --user-name interop", Done),
    ("iam list-groups-for-user --user-name interop", Is("/Groups/0/GroupName", "interop")),
    ("iam put-group-policy --group-name interop --policy-name pull --policy-document file://{files}/pull-policy", Done),
    ("iam put-user-policy --user-name interop --policy-name pull --policy-document file://{files}/pull-policy", Done),
    (
        "iam put-user-policy --user-name interop --policy-name no --policy-document file://{files}/no-policy",
        Refused("MalformedPolicyDocument"),
    ),
    (
        "iam get-user-policy --user-name interop --policy-name pull",
        Is("/PolicyDocument/Statement/0/Action", "ecr:BatchGetImage"),
    ),
    ("iam list-user-policies --user-name interop", Is("/PolicyNames/0", "pull")),
    (
        "iam create-policy --policy-name interop --policy-document file://{files}/pull-policy",
        Keep("/Policy/Arn", "policy"),
    ),
    (
        "iam create-policy-version --policy-arn {policy} --policy-document file://{files}/pull-policy --set-as-default",
        Is("/PolicyVersion/VersionId", "v2"),
    ),
    ("iam list-policy-versions --policy-arn {policy}", Has("/Versions/1")),
    ("iam delete-policy-version --policy-arn {policy} --version-id v1", Done),
    ("iam attach-user-policy --user-name interop --policy-arn {policy}", Done),
    ("iam list-attached-user-policies --user-name interop", Is("/AttachedPolicies/0/PolicyName", "interop")),
    (
        "iam simulate-principal-policy --policy-source-arn arn:aws:iam::000000000000:user/interop \
         --action-names ecr:BatchGetImage ecr:PutImage",
        Is("/EvaluationResults/0/EvalDecision", "allowed"),
    ),
    (
        "iam simulate-principal-policy --policy-source-arn arn:aws:iam::000000000000:user/interop --action-names ecr:PutImage",
        Is("/EvaluationResults/0/EvalDecision", "implicitDeny"),
    ),
];

const ROLES: &[Call] = &[
    ("sts get-caller-identity", Is("/Arn", "arn:aws:iam::000000000000:user/administrator")),
    ("sts get-session-token", Has("/Credentials/SessionToken")),
    (
        "iam create-role --role-name interop --assume-role-policy-document file://{files}/trust-policy",
        Keep("/Role/Arn", "role"),
    ),
    ("iam put-role-policy --role-name interop --policy-name pull --policy-document file://{files}/pull-policy", Done),
    ("iam tag-role --role-name interop --tags Key=team,Value=interop", Done),
    (
        "sts assume-role --role-arn {role} --role-session-name session",
        Is("/AssumedRoleUser/Arn", "arn:aws:sts::000000000000:assumed-role/interop/session"),
    ),
    ("sts assume-role --role-arn {role}-not --role-session-name session", Refused("AccessDenied")),
    ("iam update-role --role-name interop --max-session-duration 7200", Done),
    (
        "sts assume-role --role-arn {role} --role-session-name session --duration-seconds 7201",
        Refused("ValidationError"),
    ),
];

const DELETION: &[Call] = &[
    ("iam delete-user --user-name interop", Refused("DeleteConflict")),
    ("iam detach-user-policy --user-name interop --policy-arn {policy}", Done),
    ("iam delete-policy --policy-arn {policy}", Done),
    ("iam delete-user-policy --user-name interop --policy-name pull", Done),
    ("iam remove-user-from-group --group-name interop --user-name interop", Done),
    ("iam delete-group-policy --group-name interop --policy-name pull", Done),
    ("iam delete-group --group-name interop", Done),
    ("iam delete-user --user-name interop", Done),
    ("iam delete-role-policy --role-name interop --policy-name pull", Done),
    ("iam delete-role --role-name interop", Done),
    ("iam get-role --role-name interop", Refused("NoSuchEntity")),
];
