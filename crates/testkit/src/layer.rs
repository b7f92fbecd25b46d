//! Synthetic layers: tar streams with every entry kind that image layers hold, plain or compressed.

use std::io::{self, Write};

use plimsoll_oci::Digest;

/// How a layer's tar stream is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// The tar stream itself.
    None,
    /// One gzip member.
    Gzip,
    /// The stream cut into this many gzip members, one after the other; at least one.
    GzipMembers(usize),
    /// One zstd frame.
    Zstd,
}

/// How a path longer than the 100 bytes of a tar header is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LongNames {
    /// A pax extended header, as Go, Docker and buildkit write it.
    #[default]
    Pax,
    /// The GNU `././@LongLink` entry.
    Gnu,
}

/// A finished layer: the blob as a registry stores it, and the digests that name it.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The blob: the tar stream, compressed as asked.
    pub blob: Vec<u8>,
    /// The uncompressed tar stream.
    pub tar: Vec<u8>,
    /// The digest of [`Layer::blob`].
    pub digest: Digest,
    /// The digest of [`Layer::tar`], which image configurations name.
    pub diff_id: Digest,
    /// How the blob is compressed.
    pub compression: Compression,
}

impl Layer {
    /// A layer whose bytes are `blob` as they are, with `tar` the uncompressed form; nothing is checked.
    pub fn from_parts(blob: Vec<u8>, tar: Vec<u8>, compression: Compression) -> Self {
        let (digest, diff_id) = (Digest::sha256(&blob), Digest::sha256(&tar));
        Self { blob, tar, digest, diff_id, compression }
    }

    /// The media type an OCI manifest gives this layer.
    pub fn oci_media_type(&self) -> &'static str {
        match self.compression {
            Compression::None => "application/vnd.oci.image.layer.v1.tar",
            Compression::Gzip | Compression::GzipMembers(_) => "application/vnd.oci.image.layer.v1.tar+gzip",
            Compression::Zstd => "application/vnd.oci.image.layer.v1.tar+zstd",
        }
    }

    /// The media type a Docker schema 2 manifest gives this layer. Docker has none for zstd and uses the OCI one.
    pub fn docker_media_type(&self) -> &'static str {
        match self.compression {
            Compression::None => "application/vnd.docker.image.rootfs.diff.tar",
            Compression::Gzip | Compression::GzipMembers(_) => "application/vnd.docker.image.rootfs.diff.tar.gzip",
            Compression::Zstd => self.oci_media_type(),
        }
    }
}

/// Builds a layer entry by entry, in the order of the calls.
#[derive(Clone, Debug, Default)]
pub struct LayerBuilder {
    tar: Vec<u8>,
    long_names: LongNames,
}

impl LayerBuilder {
    /// An empty layer.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes long paths this way from here on.
    pub fn long_names(mut self, long_names: LongNames) -> Self {
        self.long_names = long_names;
        self
    }

    /// Adds a regular file of mode 0644.
    pub fn file(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.entry(path, &Entry { kind: b'0', mode: 0o644, content: content.as_ref(), ..Entry::default() })
    }

    /// Adds a regular file of mode 0755.
    pub fn executable(self, path: &str, content: impl AsRef<[u8]>) -> Self {
        self.entry(path, &Entry { kind: b'0', mode: 0o755, content: content.as_ref(), ..Entry::default() })
    }

    /// Adds a directory.
    pub fn directory(self, path: &str) -> Self {
        let path = format!("{}/", path.trim_end_matches('/'));
        self.entry(&path, &Entry { kind: b'5', mode: 0o755, ..Entry::default() })
    }

    /// Adds a symbolic link at `path` to `target`.
    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.entry(path, &Entry { kind: b'2', mode: 0o777, link: target, ..Entry::default() })
    }

    /// Adds a hard link at `path` to the earlier entry `target`.
    pub fn hard_link(self, path: &str, target: &str) -> Self {
        self.entry(path, &Entry { kind: b'1', mode: 0o644, link: target, ..Entry::default() })
    }

    /// Marks `path` of the layers below as deleted: an empty file `.wh.<name>` beside it.
    pub fn whiteout(self, path: &str) -> Self {
        let marker = match path.rsplit_once('/') {
            Some((directory, name)) => format!("{directory}/.wh.{name}"),
            None => format!(".wh.{path}"),
        };
        self.file(&marker, b"")
    }

    /// Hides everything the layers below have in `directory`: an empty file `.wh..wh..opq` in it.
    pub fn opaque(self, directory: &str) -> Self {
        self.file(&format!("{}/.wh..wh..opq", directory.trim_end_matches('/')), b"")
    }

    /// Adds a character device.
    pub fn character_device(self, path: &str, major: u32, minor: u32) -> Self {
        self.entry(path, &Entry { kind: b'3', mode: 0o600, device: (major, minor), ..Entry::default() })
    }

    /// Adds a block device.
    pub fn block_device(self, path: &str, major: u32, minor: u32) -> Self {
        self.entry(path, &Entry { kind: b'4', mode: 0o600, device: (major, minor), ..Entry::default() })
    }

    /// Adds a named pipe.
    pub fn fifo(self, path: &str) -> Self {
        self.entry(path, &Entry { kind: b'6', mode: 0o644, ..Entry::default() })
    }

    /// Adds `bytes` to the stream as they are: a damaged header, or an entry this builder does not know.
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.tar.extend_from_slice(bytes);
        self
    }

    /// The tar stream, closed with its two empty blocks.
    pub fn tar(&self) -> Vec<u8> {
        let mut tar = self.tar.clone();
        tar.resize(tar.len() + 2 * BLOCK, 0);
        tar
    }

    /// The layer, compressed as asked. Fails only when the compressor does.
    pub fn build(&self, compression: Compression) -> io::Result<Layer> {
        let tar = self.tar();
        let blob = compress(&tar, compression)?;
        Ok(Layer::from_parts(blob, tar, compression))
    }

    fn entry(mut self, path: &str, entry: &Entry<'_>) -> Self {
        let path = path.trim_start_matches('/');
        if path.len() > NAME || entry.link.len() > NAME {
            match self.long_names {
                LongNames::Pax => self.pax_names(path, entry.link),
                LongNames::Gnu => self.gnu_names(path, entry.link),
            }
        }
        self.append(path, entry);
        self
    }

    fn pax_names(&mut self, path: &str, link: &str) {
        let mut records = String::new();
        for (key, value) in [("path", path), ("linkpath", link)] {
            if value.len() > NAME {
                records.push_str(&pax_record(key, value));
            }
        }
        let content = records.as_bytes();
        self.append("PaxHeaders.0/entry", &Entry { kind: b'x', mode: 0o644, content, ..Entry::default() });
    }

    fn gnu_names(&mut self, path: &str, link: &str) {
        for (kind, value) in [(b'K', link), (b'L', path)] {
            if value.len() > NAME {
                let content = format!("{value}\0");
                self.append("././@LongLink", &Entry { kind, content: content.as_bytes(), ..Entry::default() });
            }
        }
    }

    fn append(&mut self, path: &str, entry: &Entry<'_>) {
        self.tar.extend_from_slice(&header(path, entry.content.len() as u64, entry));
        self.tar.extend_from_slice(entry.content);
        self.tar.resize(self.tar.len().next_multiple_of(BLOCK), 0);
    }
}

const BLOCK: usize = 512;
const NAME: usize = 100;

#[derive(Default)]
struct Entry<'a> {
    kind: u8,
    mode: u32,
    link: &'a str,
    device: (u32, u32),
    content: &'a [u8],
}

/// The tar header of a regular file of `size` bytes, whose content the caller writes, filled up to whole blocks of 512
/// bytes. The path is at most 100 bytes long, and the size less than 8 GiB.
pub fn file_header(path: &str, size: u64) -> [u8; 512] {
    header(path, size, &Entry { kind: b'0', mode: 0o644, ..Entry::default() })
}

fn header(path: &str, size: u64, entry: &Entry<'_>) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let mut put = |offset: usize, bytes: &[u8], limit: usize| {
        let length = bytes.len().min(limit);
        block[offset..offset + length].copy_from_slice(&bytes[..length]);
    };
    put(0, path.as_bytes(), NAME);
    put(100, format!("{:07o}", entry.mode).as_bytes(), 7);
    put(108, b"0000000", 7);
    put(116, b"0000000", 7);
    put(124, format!("{size:011o}").as_bytes(), 11);
    put(136, b"00000000000", 11);
    put(148, b"        ", 8);
    put(156, &[entry.kind], 1);
    put(157, entry.link.as_bytes(), NAME);
    put(257, b"ustar\x0000", 8);
    put(329, format!("{:07o}", entry.device.0).as_bytes(), 7);
    put(337, format!("{:07o}", entry.device.1).as_bytes(), 7);
    let sum: u32 = block.iter().copied().map(u32::from).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// One `length key=value\n` record, its length counting itself.
fn pax_record(key: &str, value: &str) -> String {
    let rest = key.len() + value.len() + 3;
    let mut length = rest + 1;
    while rest + length.to_string().len() != length {
        length = rest + length.to_string().len();
    }
    format!("{length} {key}={value}\n")
}

/// `bytes` compressed as asked.
pub fn compress(bytes: &[u8], compression: Compression) -> io::Result<Vec<u8>> {
    match compression {
        Compression::None => Ok(bytes.to_vec()),
        Compression::Gzip => gzip(bytes),
        Compression::GzipMembers(members) => {
            let size = bytes.len().div_ceil(members.max(1)).max(1);
            let members = bytes.chunks(size).map(gzip).collect::<io::Result<Vec<_>>>()?;
            Ok(members.concat())
        }
        Compression::Zstd => zstd::stream::encode_all(bytes, 3),
    }
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::process::{Command, Stdio};

    use super::*;

    /// What GNU tar lists for the stream, one `type mode path [link]` line an entry.
    fn listing(tar: &[u8]) -> String {
        let mut child = Command::new("tar")
            .args(["--list", "--verbose", "--numeric-owner", "--file", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(tar).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    }

    fn every_kind(long_names: LongNames) -> LayerBuilder {
        let long = "d/".repeat(80);
        LayerBuilder::new()
            .long_names(long_names)
            .directory("usr")
            .file("usr/a", b"alpha")
            .executable("usr/b", b"")
            .symlink("usr/c", "a")
            .hard_link("usr/d", "usr/a")
            .whiteout("usr/gone")
            .whiteout("gone")
            .opaque("opt/")
            .character_device("dev/null", 1, 3)
            .block_device("dev/sda", 8, 0)
            .fifo("run/pipe")
            .file(&format!("{long}long"), b"found")
            .symlink("usr/far", &format!("{long}target"))
    }

    #[test]
    fn tar_reads_every_entry_kind() {
        let long = "d/".repeat(80);
        for long_names in [LongNames::Pax, LongNames::Gnu] {
            let listing = listing(&every_kind(long_names).tar());
            let expect = [
                ("drwxr-xr-x", "usr/".to_owned()),
                ("-rw-r--r--", "usr/a".to_owned()),
                ("-rwxr-xr-x", "usr/b".to_owned()),
                ("lrwxrwxrwx", "usr/c -> a".to_owned()),
                ("hrw-r--r--", "usr/d link to usr/a".to_owned()),
                ("-rw-r--r--", "usr/.wh.gone".to_owned()),
                ("-rw-r--r--", ".wh.gone".to_owned()),
                ("-rw-r--r--", "opt/.wh..wh..opq".to_owned()),
                ("crw-------", "dev/null".to_owned()),
                ("brw-------", "dev/sda".to_owned()),
                ("prw-r--r--", "run/pipe".to_owned()),
                ("-rw-r--r--", format!("{long}long")),
                ("lrwxrwxrwx", format!("usr/far -> {long}target")),
            ];
            assert_eq!(listing.lines().count(), expect.len(), "{listing}");
            for (line, (mode, rest)) in listing.lines().zip(expect) {
                assert!(line.starts_with(mode) && line.ends_with(&rest), "{line}");
            }
        }
    }

    #[test]
    fn compressed_layers_hold_their_tar() {
        let builder = every_kind(LongNames::Pax).file("big", vec![7; 100_000]);
        for compression in [Compression::None, Compression::Gzip, Compression::GzipMembers(3), Compression::Zstd] {
            let layer = builder.build(compression).unwrap();
            let mut plain = Vec::new();
            match compression {
                Compression::None => plain.clone_from(&layer.blob),
                Compression::Gzip | Compression::GzipMembers(_) => {
                    flate2::read::MultiGzDecoder::new(&layer.blob[..]).read_to_end(&mut plain).map(|_| ()).unwrap();
                }
                Compression::Zstd => plain = zstd::stream::decode_all(&layer.blob[..]).unwrap(),
            }
            assert_eq!(Digest::sha256(&plain), layer.diff_id, "{compression:?}");
            assert_eq!(Digest::sha256(&layer.blob), layer.digest, "{compression:?}");
        }
    }

    #[test]
    fn a_header_stands_for_its_file() {
        let tar = LayerBuilder::new().file("srv/a", b"alpha").tar();
        assert_eq!(tar[..512], file_header("srv/a", 5));
    }

    #[test]
    fn a_pax_record_counts_its_own_length() {
        for length in [1, 5, 91, 92, 93, 94, 989, 990, 991] {
            let record = pax_record("path", &"p".repeat(length));
            let (claimed, _) = record.split_once(' ').unwrap();
            assert_eq!(claimed.parse::<usize>().unwrap(), record.len());
        }
    }
}
