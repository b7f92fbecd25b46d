//! The tar formats: v7, ustar, pax and GNU, with long names and sparse files.

mod header;
mod pax;
mod reader;
mod sparse;

pub(crate) use reader::{Kind, Member, Names, TarReader};
pub(crate) use sparse::Segment;

/// The unit tar archives are made of, in bytes.
pub(crate) const BLOCK: usize = 512;
