//! Makes zip archives for tests, bad ones too.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// An archive that is being written.
#[derive(Clone, Default)]
pub(in crate::ecosystems) struct ZipWriter {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    entries: u64,
    zip_64: bool,
}

/// How an entry is written.
#[derive(Clone, Copy)]
pub(in crate::ecosystems) struct How {
    pub(in crate::ecosystems) method: u16,
    pub(in crate::ecosystems) flags: u16,
}

/// As it is.
pub(in crate::ecosystems) const STORED: How = How { method: 0, flags: 0 };
/// Compressed.
pub(in crate::ecosystems) const DEFLATED: How = How { method: 8, flags: 0 };

impl ZipWriter {
    /// One whose sizes and offsets have 64 bits.
    pub(in crate::ecosystems) fn zip_64() -> Self {
        Self { zip_64: true, ..Self::default() }
    }

    /// Adds an entry. A method other than that of [`DEFLATED`] leaves the content as it is.
    pub(in crate::ecosystems) fn add(mut self, name: &str, content: impl AsRef<[u8]>, how: How) -> Self {
        let content = content.as_ref();
        let offset = self.bytes.len() as u64;
        let packed = if how.method == DEFLATED.method { deflate(content) } else { content.to_vec() };
        self.bytes.extend(b"PK\x03\x04");
        for field in [20, how.flags, how.method, 0, 0] {
            self.bytes.extend(field.to_le_bytes());
        }
        for field in [0, packed.len() as u32, content.len() as u32] {
            self.bytes.extend(field.to_le_bytes());
        }
        // An extra field that the directory does not have.
        self.bytes.extend((name.len() as u16).to_le_bytes());
        self.bytes.extend(4u16.to_le_bytes());
        self.bytes.extend(name.as_bytes());
        self.bytes.extend([0xfe, 0xca, 0, 0]);
        self.bytes.extend(&packed);
        self.list(name, how, packed.len() as u64, content.len() as u64, offset)
    }

    /// Adds an entry to the directory alone.
    pub(in crate::ecosystems) fn list(mut self, name: &str, how: How, packed: u64, size: u64, offset: u64) -> Self {
        let short = |value: u64| if self.zip_64 { u32::MAX } else { value as u32 };
        let extra = if self.zip_64 { 28u16 } else { 0 };
        self.directory.extend(b"PK\x01\x02");
        for field in [20, 20, how.flags, how.method, 0, 0] {
            self.directory.extend(field.to_le_bytes());
        }
        for field in [0, short(packed), short(size)] {
            self.directory.extend(field.to_le_bytes());
        }
        for field in [name.len() as u16, extra, 0, 0, 0, 0, 0] {
            self.directory.extend(field.to_le_bytes());
        }
        self.directory.extend(short(offset).to_le_bytes());
        self.directory.extend(name.as_bytes());
        if self.zip_64 {
            self.directory.extend([1, 0, 24, 0]);
            for field in [size, packed, offset] {
                self.directory.extend(field.to_le_bytes());
            }
        }
        self.entries += 1;
        self
    }

    /// The archive.
    pub(in crate::ecosystems) fn build(self) -> Vec<u8> {
        let mut bytes = self.bytes;
        let start = bytes.len() as u64;
        let size = self.directory.len() as u64;
        bytes.extend(&self.directory);
        if self.zip_64 {
            let record = bytes.len() as u64;
            bytes.extend(b"PK\x06\x06");
            bytes.extend(44u64.to_le_bytes());
            bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            for field in [self.entries, self.entries, size, start] {
                bytes.extend(field.to_le_bytes());
            }
            bytes.extend(b"PK\x06\x07\0\0\0\0");
            bytes.extend(record.to_le_bytes());
            bytes.extend(1u32.to_le_bytes());
        }
        let short = |value: u64| if self.zip_64 { u32::MAX } else { value as u32 };
        bytes.extend(b"PK\x05\x06\0\0\0\0");
        // The count has 16 bits, and wraps in archives that do without 64-bit records.
        bytes.extend([(self.entries as u16).to_le_bytes(), (self.entries as u16).to_le_bytes()].as_flattened());
        bytes.extend(short(size).to_le_bytes());
        bytes.extend(short(start).to_le_bytes());
        bytes.extend(0u16.to_le_bytes());
        bytes
    }
}

fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}
