//! The shapes of requests and answers.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::EcrError;

/// Reads a valid input as its type.
pub(crate) fn decode<T: DeserializeOwned>(input: Value) -> Result<T, EcrError> {
    serde_json::from_value(input).map_err(|error| EcrError::serialization(error.to_string()))
}

/// Writes an answer.
pub(crate) fn encode<T: Serialize>(output: &T) -> Result<Value, EcrError> {
    serde_json::to_value(output).map_err(|error| EcrError::server(&error))
}

/// The input of `DescribeRegistry`.
#[derive(Deserialize)]
pub(crate) struct DescribeRegistryRequest {}

/// The output of `DescribeRegistry`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DescribeRegistryResponse {
    pub(crate) registry_id: String,
    pub(crate) replication_configuration: ReplicationConfiguration,
}

/// What is replicated to other registries.
#[derive(Serialize)]
pub(crate) struct ReplicationConfiguration {
    pub(crate) rules: Vec<Value>,
}
