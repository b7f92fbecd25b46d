//! `docker save` archives of one layer that are too large for memory, the same on every machine.

use std::fs::File;
use std::io::{BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use plimsoll_testkit::Algorithm;
use plimsoll_testkit::layer::{LayerBuilder, file_header};
use serde_json::{Value, json};

const BLOCK: u64 = 512;
static ZEROES: [u8; 1 << 16] = [0; 1 << 16];
/// The path of the layer in the archive.
const LAYER: &str = "layer.tar";

/// A part of a layer's tar stream.
pub(super) enum Part {
    Bytes(Vec<u8>),
    /// So many zeroes: they take no room on the disk where the layer is not compressed.
    Zeroes(u64),
}

/// Files as a part of a layer.
pub(super) fn files(builder: &LayerBuilder) -> Part {
    let mut tar = builder.tar();
    // The end of the archive comes once.
    tar.truncate(tar.len() - 2 * BLOCK as usize);
    Part::Bytes(tar)
}

/// A file that begins with these bytes and is zeroes then.
pub(super) fn long_file(path: &str, size: u64, begins: &[u8]) -> [Part; 2] {
    let zeroes = size.next_multiple_of(BLOCK) - begins.len() as u64;
    [Part::Bytes([&file_header(path, size)[..], begins].concat()), Part::Zeroes(zeroes)]
}

/// Writes the archive of an image whose one layer is these parts.
pub(super) fn write(path: &Path, parts: impl Iterator<Item = Part>, compress: bool) -> Result<()> {
    let mut file = File::create(path)?;
    // The layer's size is known when it is written.
    file.seek(SeekFrom::Start(BLOCK))?;
    let mut hasher = Algorithm::Sha256.hasher();
    let mut layer = if compress {
        Output::Gzip(Box::new(GzEncoder::new(BufWriter::new(file), Compression::fast())))
    } else {
        Output::Plain(BufWriter::new(file))
    };
    for part in parts.chain([Part::Zeroes(2 * BLOCK)]) {
        match part {
            Part::Bytes(bytes) => {
                hasher.update(&bytes);
                layer.write(&bytes)?;
            }
            Part::Zeroes(count) => {
                let mut left = count;
                while left > 0 {
                    let some = left.min(ZEROES.len() as u64);
                    hasher.update(&ZEROES[..some as usize]);
                    left -= some;
                }
                layer.zeroes(count)?;
            }
        }
    }
    let mut file = layer.finish()?;
    let end = file.stream_position()?;
    file.seek(SeekFrom::Start(end.next_multiple_of(BLOCK)))?;
    let config = json!({
        "architecture": "amd64",
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [hasher.finish().to_string()]},
    });
    let manifest: Value = json!([{"Config": "config.json", "RepoTags": ["bench/image:1"], "Layers": [LAYER]}]);
    let documents = LayerBuilder::new().file("config.json", config.to_string());
    file.write_all(&documents.file("manifest.json", manifest.to_string()).tar())?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&file_header(LAYER, end - BLOCK))?;
    Ok(())
}

/// Where a layer is written to.
enum Output {
    Plain(BufWriter<File>),
    Gzip(Box<GzEncoder<BufWriter<File>>>),
}

impl Output {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Plain(file) => file.write_all(bytes)?,
            Self::Gzip(encoder) => encoder.write_all(bytes)?,
        }
        Ok(())
    }

    fn zeroes(&mut self, count: u64) -> Result<()> {
        match self {
            Self::Plain(file) => {
                file.seek_relative(count.try_into()?)?;
            }
            Self::Gzip(encoder) => {
                std::io::copy(&mut std::io::Read::take(std::io::repeat(0), count), encoder)?;
            }
        }
        Ok(())
    }

    fn finish(self) -> Result<File> {
        let file = match self {
            Self::Plain(file) => file,
            Self::Gzip(encoder) => encoder.finish()?,
        };
        Ok(file.into_inner()?)
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn tar_reads_the_archive_and_its_layer() {
        let directory = tempfile::tempdir().unwrap();
        for compress in [false, true] {
            let archive = directory.path().join("archive.tar");
            let parts = [files(&LayerBuilder::new().file("srv/a", b"alpha"))].into_iter();
            write(&archive, parts.chain(long_file("srv/b", 100_000, b"beta")), compress).unwrap();
            let tar = |arguments: &[&str]| {
                let output = Command::new("tar").args(arguments).current_dir(directory.path()).output().unwrap();
                assert!(output.status.success(), "{arguments:?}");
                String::from_utf8(output.stdout).unwrap()
            };
            assert_eq!(tar(&["-tf", "archive.tar"]), "layer.tar\nconfig.json\nmanifest.json\n");
            tar(&["-xf", "archive.tar"]);
            assert_eq!(tar(&["-taf", "layer.tar"]), "srv/a\nsrv/b\n");
            tar(&["-xf", "layer.tar"]);
            let long = std::fs::read(directory.path().join("srv/b")).unwrap();
            assert_eq!((long.len(), &long[..5]), (100_000, &b"beta\0"[..]));
        }
    }
}
