//! The Amazon ECR API, `ecr` and `ecr-public`: AWS JSON 1.1 requests to answers.
//!
//! A call goes through known operation, input validation, authorisation, and then its handler, each of which can end it;
//! `operations` lists what there is. Reading the request and telling who sent it comes before, in `aws`.

mod call;
mod error;
mod images;
mod layers;
mod lifecycle;
mod model;
mod operations;
mod page;
mod policies;
mod registry;
mod repositories;
mod scanning;
mod settings;
mod tags;
mod templates;
mod token;
mod validate;
mod wire;

use serde_json::Value;

use crate::aws::Call;
use call::Asked;

pub(crate) use error::EcrError;

/// Answers a call of `ecr`.
pub(crate) async fn answer(call: &Call<'_>, operation: &str, input: Value) -> Result<Value, EcrError> {
    let row = operations::find(operation).ok_or_else(EcrError::unknown_operation)?;
    let model = model::ecr().iter().find(|known| known.name == operation).ok_or_else(EcrError::unknown_operation)?;
    let input = validate::validate(model, input)?;
    let asked = Asked::authorise(call, row, &input).await?;
    match row.handler {
        Some(handler) => handler(&asked, input).await,
        None => Err(EcrError::not_available(operation)),
    }
}
