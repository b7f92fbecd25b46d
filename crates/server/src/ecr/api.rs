//! What the two APIs of registries, `ecr` and `ecr-public`, have in common: a table of operations, and the way of a call
//! through it.

use std::pin::Pin;

use plimsoll_registry::Visibility;
use serde_json::Value;

use super::call::Asked;
use super::error::EcrError;
use super::model::Operation;
use super::validate::validate;
use crate::aws::Call;

/// An API of registries.
#[derive(Debug)]
pub(crate) struct Api {
    /// What stands before the operation in `X-Amz-Target`.
    pub(crate) target: &'static str,
    /// The registries it is about.
    pub(crate) visibility: Visibility,
    /// The operations: what each is allowed by, what it is done to, and what does it.
    pub(crate) operations: &'static [Row],
    /// What their inputs have to be.
    pub(crate) model: &'static [Operation],
}

/// What does an operation.
pub(crate) type Handler = for<'a> fn(&'a Asked<'a>, Value) -> Answer<'a>;
/// What a handler gives.
pub(crate) type Answer<'a> = Pin<Box<dyn Future<Output = Result<Value, EcrError>> + Send + 'a>>;

/// An operation.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its name, as in `X-Amz-Target`.
    pub(crate) name: &'static str,
    /// The action that allows it, without the service before it.
    pub(crate) action: &'static str,
    pub(crate) target: Target,
    /// What does it; none for what this version has not.
    pub(crate) handler: Option<Handler>,
}

/// What an operation is done to: what it is allowed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Nothing in particular: `*`.
    Account,
    /// The registry: `*`, and of a public one its ARN.
    Registry,
    /// The repository that `repositoryName` names.
    Repository,
    /// Each repository that `repositoryNames` names; all of the registry without it.
    Repositories,
    /// The repository that `resourceArn` names.
    Arn,
}

/// Makes a handler of an asynchronous function from a deserialised input to a serialisable output.
macro_rules! handler {
    ($function:path) => {
        Some(|asked, input| {
            Box::pin(async move {
                let input = $crate::ecr::wire::decode(input)?;
                $crate::ecr::wire::encode(&$function(asked, input).await?)
            })
        })
    };
}
pub(crate) use handler;

pub(crate) const fn row(name: &'static str, target: Target, handler: Option<Handler>) -> Row {
    Row { name, action: name, target, handler }
}

impl Row {
    pub(crate) const fn allowed_by(self, action: &'static str) -> Self {
        Self { action, ..self }
    }
}

impl Api {
    /// What signatures are scoped to.
    pub(crate) const fn service(&self) -> &'static str {
        plimsoll_registry::service(self.visibility)
    }

    /// Answers a call: known operation, input validation, authorisation, and then the handler; each can end it.
    pub(crate) async fn answer(&self, call: &Call<'_>, operation: &str, input: Value) -> Result<Value, EcrError> {
        let row = self.operations.iter().find(|row| row.name == operation).ok_or_else(EcrError::unknown_operation)?;
        let model = self.model.iter().find(|known| known.name == operation).ok_or_else(EcrError::unknown_operation)?;
        let input = validate(model, input)?;
        let asked = Asked::authorise(call, self.visibility, row, &input).await?;
        match row.handler {
            Some(handler) => handler(&asked, input).await,
            None => Err(EcrError::not_available(operation)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn every_operation_of_the_models_has_its_row() {
        for api in [&crate::ecr::API, &crate::ecr_public::API] {
            let rows: BTreeSet<_> = api.operations.iter().map(|row| row.name).collect();
            let model: BTreeSet<_> = api.model.iter().map(|operation| operation.name).collect();
            assert_eq!(rows, model);
            assert_eq!(api.operations.len(), model.len(), "no operation has two rows");
        }
    }
}
