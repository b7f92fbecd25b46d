//! Where the parts of an image lie, by name: in an archive, in a directory, or somewhere else that is a [`Store`].

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use plimsoll_image::{Budget, Content, Entry, EntryKind, LayerError, Visitor, read_seekable_layer, resolve_link};
use plimsoll_oci::{Algorithm, Descriptor};

use super::ScanError;
use super::layer::{AnalysedLayer, analyse};

/// The largest manifest, index or configuration of an image that is scanned, in bytes.
pub const MAX_DOCUMENT: u64 = 8 << 20;
/// The most members of an archive: an image has some hundreds.
const MAX_MEMBERS: u64 = 100_000;
/// The most links from one member to the next.
const MAX_HOPS: usize = 8;

/// A part of an image: a document or a layer.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its name in the store: that of a file at the top, such as `index.json`, or that of a blob in an
    /// [image layout](https://github.com/opencontainers/image-spec/blob/main/image-layout.md).
    pub name: String,
    /// How an index or manifest names it.
    pub descriptor: Option<Descriptor>,
}

impl Part {
    pub(super) fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), descriptor: None }
    }

    pub(super) fn blob(descriptor: &Descriptor) -> Self {
        let digest = &descriptor.digest;
        let name = format!("blobs/{}/{}", digest.algorithm().as_str(), digest.hex());
        Self { name, descriptor: Some(descriptor.clone()) }
    }

    /// The algorithm to hash it with.
    pub(super) fn algorithm(&self) -> Algorithm {
        self.descriptor.as_ref().map_or(Algorithm::Sha256, |descriptor| descriptor.digest.algorithm())
    }
}

/// The parts of images. What it returns is proven by its caller: a store need not check digests.
pub trait Store: Sync {
    /// A small document, of at most [`MAX_DOCUMENT`] bytes; none where there is no such part.
    ///
    /// # Errors
    /// The store cannot be read, or the document is too large.
    fn document(&self, part: &Part) -> Result<Option<Vec<u8>>, ScanError>;

    /// A layer, analysed; none where there is no such part.
    ///
    /// # Errors
    /// The store cannot be read.
    fn layer(&self, part: &Part, budget: &Budget) -> Result<Option<AnalysedLayer>, ScanError>;
}

/// The budget an archive of layers is read under. The layers have their own.
pub(super) fn archive_budget() -> Budget {
    Budget { entries: MAX_MEMBERS, uncompressed_bytes: u64::MAX, ..Budget::default() }
}

/// Members that are other names of members.
#[derive(Debug, Default)]
pub(super) struct Links(HashMap<String, String>);

impl Links {
    /// Notes the entry if it is a link.
    pub(super) fn note(&mut self, entry: &Entry<'_>) {
        let target = match entry.kind {
            EntryKind::Symlink(target) => resolve_link(entry.path, target).ok(),
            EntryKind::HardLink(target) => Some(target.to_vec()),
            _ => None,
        };
        if let Some(target) = target {
            self.0.insert(name_of(entry.path), name_of(&target));
        }
    }

    /// The member that `name` is another name of, or `name`.
    pub(super) fn follow<'a>(&'a self, name: &'a str) -> &'a str {
        let mut end = name;
        for _ in 0..MAX_HOPS {
            match self.0.get(end) {
                Some(next) => end = next,
                None => break,
            }
        }
        end
    }
}

pub(super) fn name_of(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

/// An uncompressed archive: its members are read where they lie.
#[derive(Debug)]
pub(super) struct Archive {
    file: File,
    members: HashMap<String, (u64, u64)>,
    links: Links,
}

impl Archive {
    /// Reads the headers of the archive.
    pub(super) fn index(file: File) -> Result<Self, ScanError> {
        #[derive(Default)]
        struct Index(HashMap<String, (u64, u64)>, Links);
        impl Visitor for Index {
            fn entry(&mut self, entry: &Entry<'_>, _: &mut Content<'_>) -> Result<(), LayerError> {
                match (entry.kind, entry.offset) {
                    (EntryKind::File, Some(offset)) => {
                        self.0.insert(name_of(entry.path), (offset, entry.size));
                    }
                    _ => self.1.note(entry),
                }
                Ok(())
            }
        }
        let mut index = Index::default();
        let whole = Window { file: &file, position: 0, end: u64::MAX };
        read_seekable_layer(whole, &archive_budget(), &mut index).map_err(|error| match error {
            LayerError::Read(error) => ScanError::Read(error),
            error => ScanError::Archive(error),
        })?;
        let Index(members, links) = index;
        Ok(Self { file, members, links })
    }

    fn window(&self, name: &str) -> Option<(Window<'_>, u64)> {
        let &(offset, size) = self.members.get(self.links.follow(name))?;
        Some((Window { file: &self.file, position: offset, end: offset.saturating_add(size) }, size))
    }
}

impl Store for Archive {
    fn document(&self, part: &Part) -> Result<Option<Vec<u8>>, ScanError> {
        let Some((window, size)) = self.window(&part.name) else { return Ok(None) };
        read_document(window, size, &part.name).map(Some)
    }

    fn layer(&self, part: &Part, budget: &Budget) -> Result<Option<AnalysedLayer>, ScanError> {
        let Some((window, _)) = self.window(&part.name) else { return Ok(None) };
        analyse(|| Ok(window.clone()), part.algorithm(), budget).map(Some)
    }
}

/// A part of a file, read at its own position so that several threads may.
#[derive(Clone)]
struct Window<'a> {
    file: &'a File,
    position: u64,
    end: u64,
}

impl Read for Window<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = (self.end - self.position).min(buffer.len() as u64) as usize;
        let count = self.file.read_at(&mut buffer[..wanted], self.position)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl io::Seek for Window<'_> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let end = self.end.min(self.file.metadata()?.len());
        let position = match to {
            io::SeekFrom::Start(position) => Some(position),
            io::SeekFrom::End(distance) => end.checked_add_signed(distance),
            io::SeekFrom::Current(distance) => self.position.checked_add_signed(distance),
        };
        self.position = position.filter(|&position| position <= self.end).ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

/// An OCI image layout in a directory.
#[derive(Debug)]
pub(super) struct Layout(PathBuf);

impl Layout {
    pub(super) fn new(path: &Path) -> Self {
        Self(path.into())
    }

    fn open(&self, name: &str) -> Result<Option<File>, ScanError> {
        let path = self.0.join(name);
        match File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(ScanError::Open { path, source }),
        }
    }
}

impl Store for Layout {
    fn document(&self, part: &Part) -> Result<Option<Vec<u8>>, ScanError> {
        // This name is not made from a digest, and not one a layout has.
        if part.name == "manifest.json" {
            return Ok(None);
        }
        let Some(file) = self.open(&part.name)? else { return Ok(None) };
        let size = file.metadata().map_err(ScanError::Read)?.len();
        read_document(file, size, &part.name).map(Some)
    }

    fn layer(&self, part: &Part, budget: &Budget) -> Result<Option<AnalysedLayer>, ScanError> {
        let Some(file) = self.open(&part.name)? else { return Ok(None) };
        let end = file.metadata().map_err(ScanError::Read)?.len();
        analyse(|| Ok(Window { file: &file, position: 0, end }), part.algorithm(), budget).map(Some)
    }
}

fn read_document(reader: impl Read, size: u64, name: &str) -> Result<Vec<u8>, ScanError> {
    if size > MAX_DOCUMENT {
        return Err(ScanError::TooLarge(name.to_owned()));
    }
    let mut document = Vec::new();
    reader.take(MAX_DOCUMENT).read_to_end(&mut document).map_err(ScanError::Read)?;
    Ok(document)
}
