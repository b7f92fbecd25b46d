//! The API of public registries, `ecr-public`. What it does as the private one does is done by [`crate::ecr`].
//!
//! Everyone can pull from a public repository, at `public.ecr/<account>/<name>`; whoever changes one needs leave.

mod catalog;
mod images;
pub(crate) mod logo;
mod registry;
mod repositories;
mod token;
mod wire;

use plimsoll_registry::Visibility;

use crate::ecr::api::{Api, Row, Target, handler, row};
use crate::ecr::{images as every_image, layers, model, policies, tags};

/// The API of public registries.
pub(crate) static API: Api = Api {
    target: "SpencerFrontendService",
    visibility: Visibility::Public,
    operations: OPERATIONS,
    model: model::ecr_public(),
};

const OPERATIONS: &[Row] = &[
    // repositories
    row("CreateRepository", Target::Repository, handler!(repositories::create)),
    row("DescribeRepositories", Target::Repositories, handler!(repositories::describe)),
    row("DeleteRepository", Target::Repository, handler!(repositories::delete)),
    row("PutRepositoryCatalogData", Target::Repository, handler!(catalog::put)),
    row("GetRepositoryCatalogData", Target::Repository, handler!(catalog::get)),
    // policies
    row("SetRepositoryPolicy", Target::Repository, handler!(policies::set)),
    row("GetRepositoryPolicy", Target::Repository, handler!(policies::get)),
    row("DeleteRepositoryPolicy", Target::Repository, handler!(policies::delete)),
    // tags
    row("TagResource", Target::Arn, handler!(tags::tag)),
    row("UntagResource", Target::Arn, handler!(tags::untag)),
    row("ListTagsForResource", Target::Arn, handler!(tags::list)),
    // registry
    row("DescribeRegistries", Target::Registry, handler!(registry::describe)),
    row("PutRegistryCatalogData", Target::Registry, handler!(registry::put)),
    row("GetRegistryCatalogData", Target::Registry, handler!(registry::get)),
    // token
    row("GetAuthorizationToken", Target::Account, handler!(token::get)),
    // images
    row("PutImage", Target::Repository, handler!(every_image::put)),
    row("BatchDeleteImage", Target::Repository, handler!(every_image::batch_delete)),
    row("DescribeImages", Target::Repository, handler!(images::describe)),
    row("DescribeImageTags", Target::Repository, handler!(images::describe_tags)),
    // layers
    row("BatchCheckLayerAvailability", Target::Repository, handler!(layers::check)),
    row("InitiateLayerUpload", Target::Repository, handler!(layers::initiate)),
    row("UploadLayerPart", Target::Repository, handler!(layers::upload_part)),
    row("CompleteLayerUpload", Target::Repository, handler!(layers::complete)),
];
