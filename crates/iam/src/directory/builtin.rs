//! The managed policies that every account has.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};

use super::{Document, Fresh, ManagedPolicy, PolicyVersion, Tags};

/// When they were made: the time of `AdministratorAccess` in AWS, 2015-02-06.
const CREATED: i64 = 1_423_251_586;

/// Name, version, what it is for, and the actions it allows on everything.
const POLICIES: [(&str, u32, &str, &[&str]); 10] = [
    ("AdministratorAccess", 1, "Provides full access to AWS services and resources.", &["*"]),
    (
        "AmazonEC2ContainerRegistryFullAccess",
        3,
        "Provides administrative access to Amazon ECR resources",
        &["ecr:*", "cloudtrail:LookupEvents"],
    ),
    (
        "AmazonEC2ContainerRegistryPowerUser",
        3,
        "Provides full access to Amazon EC2 Container Registry repositories, but does not allow repository deletion or policy changes.",
        &[
            "ecr:GetAuthorizationToken",
            "ecr:BatchCheckLayerAvailability",
            "ecr:GetDownloadUrlForLayer",
            "ecr:GetRepositoryPolicy",
            "ecr:DescribeRepositories",
            "ecr:ListImages",
            "ecr:DescribeImages",
            "ecr:BatchGetImage",
            "ecr:GetLifecyclePolicy",
            "ecr:GetLifecyclePolicyPreview",
            "ecr:ListTagsForResource",
            "ecr:DescribeImageScanFindings",
            "ecr:InitiateLayerUpload",
            "ecr:UploadLayerPart",
            "ecr:CompleteLayerUpload",
            "ecr:PutImage",
        ],
    ),
    (
        "AmazonEC2ContainerRegistryPullOnly",
        1,
        "Provides permissions to pull images from Amazon ECR repositories",
        &[
            "ecr:GetAuthorizationToken",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "ecr:BatchImportUpstreamImage",
        ],
    ),
    (
        "AmazonEC2ContainerRegistryReadOnly",
        3,
        "Provides read-only access to Amazon EC2 Container Registry repositories.",
        &[
            "ecr:GetAuthorizationToken",
            "ecr:BatchCheckLayerAvailability",
            "ecr:GetDownloadUrlForLayer",
            "ecr:GetRepositoryPolicy",
            "ecr:DescribeRepositories",
            "ecr:ListImages",
            "ecr:DescribeImages",
            "ecr:BatchGetImage",
            "ecr:GetLifecyclePolicy",
            "ecr:GetLifecyclePolicyPreview",
            "ecr:ListTagsForResource",
            "ecr:DescribeImageScanFindings",
        ],
    ),
    (
        "AmazonElasticContainerRegistryPublicFullAccess",
        1,
        "Provides administrative access to Amazon ECR Public resources",
        &["ecr-public:*", "sts:GetServiceBearerToken"],
    ),
    (
        "AmazonElasticContainerRegistryPublicPowerUser",
        1,
        "Provides full access to Amazon ECR Public repositories, but does not allow repository deletion or policy changes.",
        &[
            "ecr-public:GetAuthorizationToken",
            "sts:GetServiceBearerToken",
            "ecr-public:BatchCheckLayerAvailability",
            "ecr-public:GetRepositoryPolicy",
            "ecr-public:DescribeRepositories",
            "ecr-public:DescribeRegistries",
            "ecr-public:DescribeImages",
            "ecr-public:DescribeImageTags",
            "ecr-public:GetRepositoryCatalogData",
            "ecr-public:GetRegistryCatalogData",
            "ecr-public:InitiateLayerUpload",
            "ecr-public:UploadLayerPart",
            "ecr-public:CompleteLayerUpload",
            "ecr-public:PutImage",
        ],
    ),
    (
        "AmazonElasticContainerRegistryPublicReadOnly",
        1,
        "Provides read-only access to Amazon ECR Public repositories.",
        &[
            "ecr-public:GetAuthorizationToken",
            "sts:GetServiceBearerToken",
            "ecr-public:BatchCheckLayerAvailability",
            "ecr-public:GetRepositoryPolicy",
            "ecr-public:DescribeRepositories",
            "ecr-public:DescribeRegistries",
            "ecr-public:DescribeImages",
            "ecr-public:DescribeImageTags",
            "ecr-public:GetRepositoryCatalogData",
            "ecr-public:GetRegistryCatalogData",
        ],
    ),
    ("IAMFullAccess", 2, "Provides full access to IAM via the AWS Management Console.", &["iam:*"]),
    (
        "IAMReadOnlyAccess",
        4,
        "Provides read only access to IAM via the AWS Management Console.",
        &["iam:Get*", "iam:List*", "iam:SimulateCustomPolicy", "iam:SimulatePrincipalPolicy"],
    ),
];

static BUILT: LazyLock<Vec<ManagedPolicy>> = LazyLock::new(|| POLICIES.into_iter().map(build).collect());

/// All of them, by name.
pub(super) fn policies() -> &'static [ManagedPolicy] {
    &BUILT
}

/// The one of that ARN.
pub(super) fn policy(arn: &str) -> Option<&'static ManagedPolicy> {
    BUILT.iter().find(|policy| policy.arn == arn)
}

fn build((name, version, description, actions): (&str, u32, &str, &[&str])) -> ManagedPolicy {
    let document = serde_json::json!({
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}],
    });
    let mut random = [0; 16];
    random.copy_from_slice(&Sha256::digest(name)[..16]);
    ManagedPolicy {
        arn: format!("arn:aws:iam::aws:policy/{name}"),
        path: "/".to_owned(),
        name: name.to_owned(),
        id: Fresh { now: CREATED, random }.unique_id("ANPA"),
        description: Some(description.to_owned()),
        created: CREATED,
        updated: CREATED,
        default_version: version,
        last_version: version,
        versions: vec![PolicyVersion {
            number: version,
            created: CREATED,
            document: Document::kept(document.to_string()),
        }],
        tags: Tags::new(),
    }
}
