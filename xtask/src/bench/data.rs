//! What is pushed: one large file whose parts get new content for every run, and many small images.

use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, copy};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};
use plimsoll_testkit::image::{Image, ImageBuilder};
use plimsoll_testkit::layer::{Compression, LayerBuilder};
use plimsoll_testkit::{Algorithm, Digest, RandomReader, random_blob};

/// A file of random bytes, cut into equal parts.
pub(super) struct BigFile {
    path: PathBuf,
    pub(super) size: u64,
}

/// A part of the big file: a blob to push.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) offset: u64,
    pub(super) size: u64,
    pub(super) digest: Digest,
}

impl BigFile {
    pub(super) fn create(path: &Path, size: u64) -> Result<Self> {
        let mut file = BufWriter::new(File::create(path)?);
        copy(&mut RandomReader::new(1, size), &mut file)?;
        file.into_inner().map_err(|error| anyhow!("{error}"))?.sync_all()?;
        Ok(Self { path: path.to_owned(), size })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Cuts the file into `count` parts of `size` bytes and writes `stamp` into each, so that no server has seen them.
    pub(super) fn parts(&self, count: usize, size: u64, stamp: u64) -> Result<Vec<Part>> {
        let file = File::options().read(true).write(true).open(&self.path)?;
        let parts = (0..count as u64).map(|number| {
            let offset = number * size;
            file.write_all_at(&stamp.to_le_bytes(), offset)?;
            let mut part = self.open(offset)?;
            let mut hasher = Algorithm::Sha256.hasher();
            let mut buffer = vec![0; 1 << 20];
            let mut left = size as usize;
            while left > 0 {
                let wanted = left.min(buffer.len());
                part.read_exact(&mut buffer[..wanted])?;
                hasher.update(&buffer[..wanted]);
                left -= wanted;
            }
            Ok(Part { offset, size, digest: hasher.finish() })
        });
        parts.collect()
    }

    /// The file, to be read from `offset`.
    pub(super) fn open(&self, offset: u64) -> Result<File> {
        let mut file = File::open(&self.path).with_context(|| self.path.display().to_string())?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(file)
    }
}

/// `count` images of one layer of 64 KiB, all different from those of another `stamp`.
pub(super) fn small_images(count: usize, stamp: u64) -> Result<Vec<Image>> {
    let image = |number: usize| {
        let content = random_blob(stamp << 32 | number as u64, 62 << 10);
        let layer = LayerBuilder::new().file("srv/data", content).build(Compression::Gzip)?;
        Ok(ImageBuilder::new().layer(layer).build())
    };
    (0..count).map(image).collect()
}
