//! Rules over plain facts, with the clock as an argument. Gates: may this image be pulled? Lifecycle policies: which
//! images have had their time?

mod gate;
pub mod lifecycle;
mod verdict;

pub use gate::{Gate, OnUnknown};
pub use verdict::{Outcome, Reason, Verdict};

#[cfg(test)]
mod tests;
