//! Why a layer could not be read.

use std::io;

use crate::Limit;

/// Why the reading of a layer ended early.
///
/// Inside a [`Visitor`](crate::Visitor) the content's reader speaks [`io::Error`]; `?` turns such an error back into
/// the `LayerError` it came from.
#[derive(Debug, thiserror::Error)]
pub enum LayerError {
    /// The reader of the layer's bytes failed. This says nothing about the layer: reading it again may succeed.
    #[error("the layer's bytes could not be read")]
    Read(#[source] io::Error),
    /// The compressed data is damaged.
    #[error("the compressed data is damaged")]
    Decompress(#[source] io::Error),
    /// The layer ends before its archive does.
    #[error("the layer is cut short")]
    Truncated,
    /// The layer, decompressed, is not a tar archive.
    #[error("the layer is not a tar archive")]
    NotATar,
    /// A header of the archive breaks its format.
    #[error("the archive is damaged at byte {offset}: {reason}")]
    Header {
        /// Where in the uncompressed archive.
        offset: u64,
        /// What is wrong there.
        reason: &'static str,
    },
    /// A limit was exceeded.
    #[error("the layer goes over the analysis budget: {0}")]
    Budget(Limit),
    /// The visitor wants no more.
    #[error("the reading was stopped")]
    Stopped,
}

impl From<Limit> for LayerError {
    fn from(limit: Limit) -> Self {
        Self::Budget(limit)
    }
}

impl From<io::Error> for LayerError {
    fn from(error: io::Error) -> Self {
        match error.downcast::<Self>() {
            Ok(error) => error,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Self::Truncated,
            Err(error) => Self::Decompress(error),
        }
    }
}

impl From<LayerError> for io::Error {
    fn from(error: LayerError) -> Self {
        Self::other(error)
    }
}
