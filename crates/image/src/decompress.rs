//! Finds out a layer's compression from its first bytes, and undoes it within the budget.

use std::io::{self, Read};

use flate2::bufread::MultiGzDecoder;

use crate::stream::{Sequential, Source, Stream};
use crate::{Budget, LayerError, Limit};

/// The buffer in front of a decompressor, or of a plain archive's first bytes.
const INPUT_BUFFER: usize = 64 << 10;

/// How a layer is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, of one or several members.
    Gzip,
    /// zstd, of one or several frames.
    Zstd,
}

impl Compression {
    /// The compression whose magic number `start` opens with. Six bytes are enough.
    pub fn detect(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, 8, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// The uncompressed bytes of what may be compressed, held to the budget's sizes and ratio.
///
/// [`read_layer`](crate::read_layer) does this by itself. This is for decompressing on another thread than reading.
///
/// # Errors
/// Those of reading the first bytes. The reader's errors are [`LayerError`]s inside an [`io::Error`].
pub fn decompress<'a>(reader: impl Read + 'a, budget: &'a Budget) -> Result<impl Read + 'a, LayerError> {
    Decompressed::new(Sequential(reader), budget)
}

/// The uncompressed bytes of a layer, held to the budget's sizes and ratio.
pub(crate) struct Decompressed<'a, S: Source> {
    decoder: Decoder<S>,
    budget: &'a Budget,
    produced: u64,
}

enum Decoder<S: Source> {
    Plain(Stream<S>),
    Gzip(Box<MultiGzDecoder<Stream<S>>>),
    Zstd(Box<zstd::Decoder<'static, Stream<S>>>),
}

impl<'a, S: Source> Decompressed<'a, S> {
    pub(crate) fn new(source: S, budget: &'a Budget) -> Result<Self, LayerError> {
        let mut input = Stream::new(source, INPUT_BUFFER, false);
        let decoder = match Compression::detect(input.peek(6)?) {
            Compression::None => Decoder::Plain(input),
            Compression::Gzip => Decoder::Gzip(Box::new(MultiGzDecoder::new(input))),
            Compression::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(input)?;
                decoder.window_log_max(budget.zstd_window_log)?;
                Decoder::Zstd(Box::new(decoder))
            }
        };
        Ok(Self { decoder, budget, produced: 0 })
    }

    pub(crate) fn compression(&self) -> Compression {
        match &self.decoder {
            Decoder::Plain(_) => Compression::None,
            Decoder::Gzip(_) => Compression::Gzip,
            Decoder::Zstd(_) => Compression::Zstd,
        }
    }

    /// How many bytes of the compressed layer were taken so far.
    pub(crate) fn consumed(&self) -> u64 {
        match &self.decoder {
            Decoder::Plain(input) => input.position(),
            Decoder::Gzip(decoder) => decoder.get_ref().position(),
            Decoder::Zstd(decoder) => decoder.get_ref().position(),
        }
    }

    fn count(&mut self, produced: u64) -> Result<(), LayerError> {
        self.produced += produced;
        if self.produced > self.budget.uncompressed_bytes {
            return Err(Limit::UncompressedBytes(self.budget.uncompressed_bytes).into());
        }
        if self.produced > self.budget.ratio_floor && self.produced > self.consumed().saturating_mul(self.budget.ratio)
        {
            return Err(Limit::Ratio(self.budget.ratio).into());
        }
        Ok(())
    }
}

impl<S: Source> Read for Decompressed<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match &mut self.decoder {
            Decoder::Plain(input) => input.read(buffer)?,
            Decoder::Gzip(decoder) => decoder.read(buffer)?,
            Decoder::Zstd(decoder) => decoder.read(buffer)?,
        };
        self.count(count as u64)?;
        Ok(count)
    }
}

impl<S: Source> Source for Decompressed<'_, S> {
    fn skip(&mut self, length: u64) -> io::Result<u64> {
        let Decoder::Plain(input) = &mut self.decoder else { return Ok(0) };
        let skipped = input.skip(length)?;
        self.count(skipped)?;
        Ok(skipped)
    }
}
