//! Lifecycle policies: keeping them, previewing what one would do, and doing it.
//!
//! A preview and the job select images by the same function from the same facts, so that a preview of the policy in force
//! shows what the next run does, as long as nothing is pushed, pulled or deleted in between.

mod job;
mod policy;
mod preview;
mod selection;
mod steps;

pub use job::LifecycleRun;
pub(crate) use preview::Previews;
pub use preview::{Preview, PreviewStatus};
pub use selection::Pick;

#[cfg(test)]
mod tests;
