//! Policy documents and their evaluation, as AWS IAM documents it.
//!
//! A document is read once, by [`Policy::parse`], and compiled; [`decide`] then answers [`Question`]s about it and
//! the other policies that bear on a request. Nothing here reads a clock: what the time is, where a request comes from
//! and which tags are set are values of a [`Context`].

mod caller;
mod condition;
mod context;
mod decide;
mod decision;
mod document;
mod error;
mod matcher;
mod principals;
mod statement;
mod variables;

#[cfg(test)]
mod tests;

pub use caller::{Caller, Named, Question, ResourcePolicy};
pub use context::Context;
pub use decide::{decide, decide_federated};
pub use decision::{Deciding, Decision, Effect, PolicyType};
pub use document::{Policy, PolicyKind};
pub use error::PolicyError;
pub use matcher::{Pattern, wildcard_matches};
pub use statement::StatementEffect;
