//! The operations of `ecr`.

use super::api::{Handler, Row, Target, handler, row};
use super::{images, layers, lifecycle, policies, registry, repositories, scanning, tags, templates, token};

/// What a later version will do.
const LATER: Option<Handler> = None;

/// All of them.
pub(super) static OPERATIONS: &[Row] = &[
    // repositories
    row("CreateRepository", Target::Repository, handler!(repositories::create)),
    row("DescribeRepositories", Target::Repositories, handler!(repositories::describe)),
    row("DeleteRepository", Target::Repository, handler!(repositories::delete)),
    row("PutImageTagMutability", Target::Repository, handler!(repositories::put_mutability)),
    // policies
    row("SetRepositoryPolicy", Target::Repository, handler!(policies::set)),
    row("GetRepositoryPolicy", Target::Repository, handler!(policies::get)),
    row("DeleteRepositoryPolicy", Target::Repository, handler!(policies::delete)),
    row("PutRegistryPolicy", Target::Registry, handler!(policies::put_of_registry)),
    row("GetRegistryPolicy", Target::Registry, handler!(policies::get_of_registry)),
    row("DeleteRegistryPolicy", Target::Registry, handler!(policies::delete_of_registry)),
    // tags
    row("TagResource", Target::Arn, handler!(tags::tag)),
    row("UntagResource", Target::Arn, handler!(tags::untag)),
    row("ListTagsForResource", Target::Arn, handler!(tags::list)),
    // registry
    row("DescribeRegistry", Target::Registry, handler!(registry::describe)),
    row("GetAccountSetting", Target::Registry, handler!(registry::get_setting)),
    row("PutAccountSetting", Target::Registry, handler!(registry::put_setting)),
    row("RegisterPullTimeUpdateExclusion", Target::Registry, handler!(registry::register_exclusion)),
    row("DeregisterPullTimeUpdateExclusion", Target::Registry, handler!(registry::deregister_exclusion)),
    row("ListPullTimeUpdateExclusions", Target::Registry, handler!(registry::list_exclusions)),
    // templates
    row("CreateRepositoryCreationTemplate", Target::Registry, handler!(templates::create)),
    row("UpdateRepositoryCreationTemplate", Target::Registry, handler!(templates::update)),
    row("DeleteRepositoryCreationTemplate", Target::Registry, handler!(templates::delete)),
    row("DescribeRepositoryCreationTemplates", Target::Registry, handler!(templates::describe)),
    // token
    row("GetAuthorizationToken", Target::Registry, handler!(token::get)),
    // images
    row("PutImage", Target::Repository, handler!(images::put)),
    row("BatchGetImage", Target::Repository, handler!(images::batch_get)),
    row("BatchDeleteImage", Target::Repository, handler!(images::batch_delete)),
    row("ListImages", Target::Repository, handler!(images::list)),
    row("DescribeImages", Target::Repository, handler!(images::describe)),
    row("ListImageReferrers", Target::Repository, handler!(images::referrers)).allowed_by("BatchGetImage"),
    row("UpdateImageStorageClass", Target::Repository, handler!(images::update_storage_class)),
    // layers
    row("BatchCheckLayerAvailability", Target::Repository, handler!(layers::check)),
    row("GetDownloadUrlForLayer", Target::Repository, handler!(layers::download_url)),
    row("InitiateLayerUpload", Target::Repository, handler!(layers::initiate)),
    row("UploadLayerPart", Target::Repository, handler!(layers::upload_part)),
    row("CompleteLayerUpload", Target::Repository, handler!(layers::complete)),
    // scanning
    row("PutImageScanningConfiguration", Target::Repository, handler!(scanning::put_image_scanning)),
    row("StartImageScan", Target::Repository, handler!(scanning::start)),
    row("DescribeImageScanFindings", Target::Repository, handler!(scanning::describe)),
    row("PutRegistryScanningConfiguration", Target::Registry, handler!(scanning::put_registry)),
    row("GetRegistryScanningConfiguration", Target::Registry, handler!(scanning::get_registry)),
    row("BatchGetRepositoryScanningConfiguration", Target::Repositories, handler!(scanning::batch_get)),
    // lifecycle
    row("PutLifecyclePolicy", Target::Repository, handler!(lifecycle::put)),
    row("GetLifecyclePolicy", Target::Repository, handler!(lifecycle::get)),
    row("DeleteLifecyclePolicy", Target::Repository, handler!(lifecycle::delete)),
    row("StartLifecyclePolicyPreview", Target::Repository, handler!(lifecycle::start_preview)),
    row("GetLifecyclePolicyPreview", Target::Repository, handler!(lifecycle::preview)),
    // later
    row("CreatePullThroughCacheRule", Target::Registry, LATER),
    row("DeletePullThroughCacheRule", Target::Registry, LATER),
    row("DeleteSigningConfiguration", Target::Registry, LATER),
    row("DescribeImageReplicationStatus", Target::Repository, LATER),
    row("DescribeImageSigningStatus", Target::Repository, LATER),
    row("DescribePullThroughCacheRules", Target::Registry, LATER),
    row("DescribeReplicationBackfillResults", Target::Registry, LATER),
    row("GetSigningConfiguration", Target::Registry, LATER),
    row("ListReplicationBackfills", Target::Registry, LATER),
    row("PutReplicationConfiguration", Target::Registry, LATER),
    row("PutSigningConfiguration", Target::Registry, LATER),
    row("StartReplicationBackfill", Target::Registry, LATER),
    row("StopReplicationBackfill", Target::Registry, LATER),
    row("UpdatePullThroughCacheRule", Target::Registry, LATER),
    row("ValidatePullThroughCacheRule", Target::Registry, LATER),
];
