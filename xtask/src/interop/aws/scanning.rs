//! Scans, and lifecycle policies with their previews.

use super::Call;
use super::Then::{Done, Has, Is, Refused};

pub(super) const FILES: [(&str, &str); 2] = [
    (
        "lifecycle-policy",
        r#"{"rules":[{"rulePriority":1,"description":"keep none","selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":10},"action":{"type":"expire"}}]}"#,
    ),
    (
        "no-lifecycle-policy",
        r#"{"rules":[{"rulePriority":1,"description":"no such type of count","selection":{"tagStatus":"any","countType":"whenIFeelLikeIt","countNumber":10},"action":{"type":"expire"}}]}"#,
    ),
];

pub(super) const STEPS: [(&str, &[Call]); 3] =
    [("ecr: scanning", SCANS), ("ecr: scanning of the registry", REGISTRY), ("ecr: lifecycle", LIFECYCLE)];

const SCANS: &[Call] = &[
    (
        "ecr describe-image-scan-findings --repository-name interop/aws --image-id imageTag=1",
        Refused("ScanNotFoundException"),
    ),
    (
        "ecr start-image-scan --repository-name interop/aws --image-id imageTag=1",
        Is("/imageScanStatus/status", "IN_PROGRESS"),
    ),
    ("ecr wait image-scan-complete --repository-name interop/aws --image-id imageTag=1", Done),
    (
        "ecr describe-image-scan-findings --repository-name interop/aws --image-id imageTag=1",
        Is("/imageScanFindings/findings/0/severity", "CRITICAL"),
    ),
    (
        "ecr describe-image-scan-findings --repository-name interop/aws --image-id imageTag=1",
        Is("/imageScanFindings/findingSeverityCounts/CRITICAL", "2"),
    ),
    ("ecr start-image-scan --repository-name interop/aws --image-id imageTag=1", Refused("LimitExceededException")),
];

const REGISTRY: &[Call] = &[
    ("ecr get-registry-scanning-configuration", Is("/scanningConfiguration/scanType", "BASIC")),
    (
        "ecr put-registry-scanning-configuration --scan-type ENHANCED \
         --rules scanFrequency=SCAN_ON_PUSH,repositoryFilters=[{filter=interop/*,filterType=WILDCARD}]",
        Is("/registryScanningConfiguration/rules/0/scanFrequency", "SCAN_ON_PUSH"),
    ),
    (
        "ecr batch-get-repository-scanning-configuration --repository-names interop/aws interop/nothing",
        Is("/scanningConfigurations/0/scanFrequency", "SCAN_ON_PUSH"),
    ),
    (
        "ecr batch-get-repository-scanning-configuration --repository-names interop/aws interop/nothing",
        Is("/failures/0/failureCode", "REPOSITORY_NOT_FOUND"),
    ),
    (
        "ecr put-registry-scanning-configuration --scan-type BASIC --rules []",
        Is("/registryScanningConfiguration/scanType", "BASIC"),
    ),
];

const LIFECYCLE: &[Call] = &[
    ("ecr get-lifecycle-policy --repository-name interop/aws", Refused("LifecyclePolicyNotFoundException")),
    (
        "ecr put-lifecycle-policy --repository-name interop/aws --lifecycle-policy-text file://{files}/no-lifecycle-policy",
        Refused("InvalidParameterException"),
    ),
    (
        "ecr put-lifecycle-policy --repository-name interop/aws --lifecycle-policy-text file://{files}/lifecycle-policy",
        Has("/lifecyclePolicyText"),
    ),
    ("ecr get-lifecycle-policy --repository-name interop/aws", Has("/lifecyclePolicyText")),
    ("ecr start-lifecycle-policy-preview --repository-name interop/aws", Is("/status", "IN_PROGRESS")),
    ("ecr wait lifecycle-policy-preview-complete --repository-name interop/aws", Done),
    ("ecr get-lifecycle-policy-preview --repository-name interop/aws", Is("/summary/expiringImageTotalCount", "0")),
    ("ecr delete-lifecycle-policy --repository-name interop/aws", Has("/lifecyclePolicyText")),
];
