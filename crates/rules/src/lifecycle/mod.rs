//! Lifecycle policies as Amazon ECR defines them: a document of rules that says which images of a repository expire and
//! which move to the archive.
//!
//! [`Policy::parse`] reads and checks the document, [`evaluate`] applies it to the images of one repository.
//! The semantics are those of the [user guide](https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html);
//! where it is silent, [`evaluate`] says what is done here.

mod document;
mod error;
mod evaluate;
mod json;
mod pattern;
mod reason;
mod repository;
mod validate;

pub use document::{Action, Criterion, MAX_TEXT, Policy, Rule, StorageClass, Tags};
pub use error::PolicyError;
pub use evaluate::{ImageFacts, Selected, evaluate};
pub use pattern::TagPattern;
pub use reason::Reason;

#[cfg(test)]
mod tests;
