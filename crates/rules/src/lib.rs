//! Gates: may this image be pulled? Pure rules over plain facts; the clock is an argument.

mod gate;
mod verdict;

pub use gate::{Gate, OnUnknown};
pub use verdict::{Outcome, Reason, Verdict};

#[cfg(test)]
mod tests;
