//! The Amazon ECR API, `ecr`: AWS JSON 1.1 requests to answers.
//!
//! A call goes through known operation, input validation, authorisation, and then its handler, each of which can end it
//! (`api`); `operations` lists what there is. Reading the request and telling who sent it comes before, in `aws`.
//!
//! What `ecr-public` does in the same way is done here, and listed in [`crate::ecr_public`].

pub(crate) mod api;
pub(crate) mod call;
mod error;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
pub(crate) mod images;
#[cfg(any(test, feature = "fuzzing"))]
mod inputs;
pub(crate) mod layers;
mod lifecycle;
pub(crate) mod model;
mod operations;
mod page;
pub(crate) mod policies;
mod registry;
pub(crate) mod repositories;
mod scanning;
pub(crate) mod settings;
pub(crate) mod tags;
mod templates;
pub(crate) mod token;
mod validate;
pub(crate) mod wire;

use plimsoll_registry::Visibility;

use api::Api;

pub(crate) use error::EcrError;

/// The API of private registries.
pub(crate) static API: Api = Api {
    target: "AmazonEC2ContainerRegistry_V20150921",
    visibility: Visibility::Private,
    operations: operations::OPERATIONS,
    model: model::ecr(),
};
