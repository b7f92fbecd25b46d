//! What a layer may cost before its reading ends.

/// The limits under which a layer is read.
///
/// Exceeding one of them ends the reading with [`LayerError::Budget`](crate::LayerError::Budget), which names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// How many bytes one compressed byte may become. Default 200; ordinary layers stay under 20.
    pub ratio: u64,
    /// The uncompressed size in bytes below which the ratio is not looked at, so that a small file of zeroes is no
    /// bomb. Default 256 MiB.
    pub ratio_floor: u64,
    /// Uncompressed bytes of the whole layer. Default 32 GiB.
    pub uncompressed_bytes: u64,
    /// Tar headers in the layer, extended headers included. Default 4,000,000.
    pub entries: u64,
    /// Bytes of one path, or of one link's target. Default 4,096, which is what Linux takes.
    pub path_length: usize,
    /// Parts of one path. Default 256.
    pub path_depth: usize,
    /// Bytes of one extended header: a pax header, a GNU long name or a sparse map. Default 1 MiB.
    pub extended_header: u64,
    /// Bytes of one file a visitor may capture whole. A larger file does not end the reading; it is unreadable.
    /// Default 32 MiB.
    pub captured_file: u64,
    /// Bytes of one archive, database or program a visitor may capture. Default 128 MiB.
    pub captured_large: u64,
    /// Bytes a visitor may keep of one layer. Default 64 MiB.
    pub retained_bytes: u64,
    /// The base-two logarithm of the zstd window, which is the memory its decompression takes. Default 27 (128 MiB),
    /// what the reference decoder takes; ordinary layers ask for 8 MiB or less.
    pub zstd_window_log: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            ratio: 200,
            ratio_floor: 256 << 20,
            uncompressed_bytes: 32 << 30,
            entries: 4_000_000,
            path_length: 4096,
            path_depth: 256,
            extended_header: 1 << 20,
            captured_file: 32 << 20,
            captured_large: 128 << 20,
            retained_bytes: 64 << 20,
            zstd_window_log: 27,
        }
    }
}

/// The limit of a [`Budget`] that was exceeded, with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Limit {
    /// [`Budget::ratio`].
    #[error("it inflates to more than {0} times its compressed size")]
    Ratio(u64),
    /// [`Budget::uncompressed_bytes`].
    #[error("it holds more than {0} uncompressed bytes")]
    UncompressedBytes(u64),
    /// [`Budget::entries`].
    #[error("it holds more than {0} entries")]
    Entries(u64),
    /// [`Budget::path_length`].
    #[error("a path in it is longer than {0} bytes")]
    PathLength(usize),
    /// [`Budget::path_depth`].
    #[error("a path in it is more than {0} directories deep")]
    PathDepth(usize),
    /// [`Budget::extended_header`].
    #[error("an extended header in it is larger than {0} bytes")]
    ExtendedHeader(u64),
    /// [`Budget::retained_bytes`].
    #[error("its package records take more than {0} bytes")]
    RetainedBytes(u64),
}
