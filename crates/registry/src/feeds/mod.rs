//! The advisories of a data directory: importing them, and the set in force.
//!
//! Every import makes a new *generation*: one index file, complete and synced before the pointer names it. Readers follow
//! the pointer, so that they see the old generation or the new one and never half of either; a generation they hold stays
//! readable after its file is gone.
//!
//! ```text
//! DIR/advisories/lock                 held while an import runs
//! DIR/advisories/current              the file name of the generation in force
//! DIR/advisories/<generation>.index   the one in force and the one before it
//! ```
//!
//! An import replaces the feeds it contains and keeps the others: their records are decoded from the generation in force,
//! so that nothing but the index has to be stored.

mod bundle;
mod documents;
mod error;
mod generation;
mod import;
mod read;
mod source;
#[cfg(test)]
mod tests;

pub use bundle::export;
pub use error::FeedError;
pub use generation::{AdvisorySet, Generation, info};
pub use import::{ImportReport, ImportedFeed, Progress, RefusedRecord, import};
pub use source::INCOMPLETE;
