//! Opens a layer as one stream of file-tree changes: decompress, untar, whiteouts, with a budget against bombs.
//!
//! A layer is bytes from a stranger. [`read_layer`] reads them once, front to back, and shows each entry to a
//! [`Visitor`]; nothing is written anywhere and nothing is kept that the visitor does not keep. Every length, count and
//! ratio the input could choose is bounded by a [`Budget`].
//!
//! Where the tar formats leave room (global pax headers, sizes of directories, `..` inside a path), the reading is the
//! one container runtimes have, so that what is analysed is what would be unpacked.

mod budget;
mod decompress;
mod error;
mod layer;
mod path;
mod stream;
mod tar;

pub use budget::{Budget, Limit};
pub use decompress::{Compression, decompress};
pub use error::LayerError;
pub use layer::{Content, Entry, EntryKind, LayerSummary, Visitor, read_layer, read_layer_hashed, read_seekable_layer};
pub use path::{Outside, resolve_link};
