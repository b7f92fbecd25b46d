//! Conditions.

pub(super) mod date;

use serde_json::Value;

use super::PolicyError;
use super::context::Facts;

#[derive(Clone, Debug)]
pub(super) struct Condition;

impl Condition {
    pub(super) fn read_all(_block: &Value, element: &str, _variables: bool) -> Result<Vec<Self>, PolicyError> {
        Err(PolicyError::syntax(element, "conditions are not read yet"))
    }
    pub(super) fn holds(&self, _facts: &Facts<'_>) -> bool {
        false
    }
}
