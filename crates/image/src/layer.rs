//! A layer as a stream of changes to a file tree.

use std::io::{self, Read, Seek};

use plimsoll_oci::Digest;

use crate::decompress::{Compression, Decompressed};
use crate::path::{check, normalise};
use crate::stream::{Seekable, Sequential, Source, Stream};
use crate::tar::{Kind, Member, Names, Segment, TarReader};
use crate::{Budget, LayerError};

/// The buffer behind the decompressor: large enough that its copies and calls cost nothing beside the hashing.
const BUFFER: usize = 256 << 10;

/// The prefix of a [whiteout](https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts)'s name.
const WHITEOUT: &[u8] = b".wh.";
/// The name of the file that makes its directory opaque.
const OPAQUE: &[u8] = b".wh..wh..opq";
/// The prefix of the names AUFS kept its own records under.
const AUFS: &[u8] = b".wh..wh.";

/// One entry of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The path: relative to the image's root, in normal form, in whatever encoding the image uses. The root is empty.
    pub path: &'a [u8],
    /// What the entry does at the path.
    pub kind: EntryKind<'a>,
    /// The content's size in bytes; 0 for what has none.
    pub size: u64,
    /// Where the content starts in the uncompressed layer; none for a sparse file, which lies there in pieces.
    pub offset: Option<u64>,
}

/// What an entry does at its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind<'a> {
    /// Puts a regular file there.
    File,
    /// Puts a directory there, or changes one's attributes.
    Directory,
    /// Puts a symbolic link there, with this text; [`resolve_link`](crate::resolve_link) follows it.
    Symlink(&'a [u8]),
    /// Makes the path another name of the file at this path, in normal form.
    HardLink(&'a [u8]),
    /// Puts something else there: a device node, a pipe, a kind this reader does not know.
    Other,
    /// Removes what lower layers have there.
    Whiteout,
    /// Removes what lower layers have inside this directory.
    Opaque,
    /// Does nothing: the path, given as the layer has it, or a hard link's target, leads outside the image.
    Outside,
}

/// Sees the entries of a layer, in the layer's order.
pub trait Visitor {
    /// Takes one entry. What is left of `content` when this returns is skipped without being copied.
    ///
    /// # Errors
    /// Any error ends the reading and is returned from it; [`LayerError::Stopped`] is for wanting no more.
    fn entry(&mut self, entry: &Entry<'_>, content: &mut Content<'_>) -> Result<(), LayerError>;
}

/// The content of an entry, read from the layer's stream. A sparse file's holes read as zeroes.
pub struct Content<'a> {
    stream: &'a mut dyn Read,
    /// The file's bytes not yet read, holes included.
    left: u64,
    /// The bytes of it the archive still holds.
    stored: u64,
    /// The data segments, for a sparse file.
    segments: Option<&'a [Segment]>,
    size: u64,
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let limit = self.left.min(buffer.len() as u64);
        if limit == 0 {
            return Ok(0);
        }
        let position = self.size - self.left;
        let (is_data, run) = self.run_at(position);
        let wanted = limit.min(run) as usize;
        let count = if is_data { self.read_stored(&mut buffer[..wanted])? } else { fill(&mut buffer[..wanted]) };
        self.left -= count as u64;
        Ok(count)
    }
}

fn fill(hole: &mut [u8]) -> usize {
    hole.fill(0);
    hole.len()
}

impl Content<'_> {
    /// Whether data or a hole stands at `position`, and for how many bytes.
    fn run_at(&mut self, position: u64) -> (bool, u64) {
        let Some(segments) = &mut self.segments else { return (true, u64::MAX) };
        loop {
            match segments {
                [first, rest @ ..] if first.offset + first.length <= position => *segments = rest,
                [first, ..] if first.offset <= position => return (true, first.offset + first.length - position),
                [first, ..] => return (false, first.offset - position),
                [] => return (false, u64::MAX),
            }
        }
    }

    fn read_stored(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        if count == 0 {
            return Err(LayerError::Truncated.into());
        }
        self.stored -= count as u64;
        Ok(count)
    }
}

/// What is known of a layer once it was read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerSummary {
    /// How it is compressed.
    pub compression: Compression,
    /// Its size in bytes as it came.
    pub compressed_bytes: u64,
    /// Its size in bytes uncompressed.
    pub uncompressed_bytes: u64,
    /// The digest of the uncompressed bytes, where it was asked for.
    pub diff_id: Option<Digest>,
}

/// Reads a layer, compressed or not, to its end, and shows its entries to `visitor`.
///
/// An empty layer has no entries. What follows the end of the archive is read over.
///
/// # Errors
/// The first thing that is wrong with the layer, that exceeds `budget`, or that the visitor returned.
pub fn read_layer<R: Read>(reader: R, budget: &Budget, visitor: &mut impl Visitor) -> Result<LayerSummary, LayerError> {
    read(Sequential(reader), budget, visitor, false)
}

/// Like [`read_layer`], and makes the [`LayerSummary::diff_id`] in the same pass.
///
/// # Errors
/// As [`read_layer`].
pub fn read_layer_hashed<R: Read>(
    reader: R,
    budget: &Budget,
    visitor: &mut impl Visitor,
) -> Result<LayerSummary, LayerError> {
    read(Sequential(reader), budget, visitor, true)
}

/// Like [`read_layer`], and gets past the unwanted content of an uncompressed layer by seeking.
///
/// # Errors
/// As [`read_layer`].
pub fn read_seekable_layer<R: Read + Seek>(
    reader: R,
    budget: &Budget,
    visitor: &mut impl Visitor,
) -> Result<LayerSummary, LayerError> {
    read(Seekable::new(reader)?, budget, visitor, false)
}

fn read<S: Source>(
    source: S,
    budget: &Budget,
    visitor: &mut impl Visitor,
    hash: bool,
) -> Result<LayerSummary, LayerError> {
    let mut tar = TarReader::new(Stream::new(Decompressed::new(source, budget)?, BUFFER, hash), budget);
    let mut path = Vec::new();
    let mut link = Vec::new();
    while let Some(member) = tar.next()? {
        let offset = member.sparse.is_none().then(|| tar.stream.position());
        let (path, kind) = interpret(&tar.names, &member, budget, &mut path, &mut link)?;
        let entry = Entry { path, kind, size: member.size, offset };
        let mut content = Content {
            stream: &mut tar.stream,
            left: member.size,
            stored: member.stored,
            segments: member.sparse.as_deref(),
            size: member.size,
        };
        visitor.entry(&entry, &mut content)?;
        let unread = content.stored;
        tar.skip(unread)?;
        tar.skip_padding(member.stored)?;
    }
    let mut stream = tar.stream;
    stream.skip(u64::MAX)?;
    Ok(LayerSummary {
        compression: stream.source().compression(),
        compressed_bytes: stream.source().consumed(),
        uncompressed_bytes: stream.position(),
        diff_id: stream.finish(),
    })
}

/// What `member` does, and at which path.
fn interpret<'p>(
    names: &'p Names,
    member: &Member,
    budget: &Budget,
    path: &'p mut Vec<u8>,
    link: &'p mut Vec<u8>,
) -> Result<(&'p [u8], EntryKind<'p>), LayerError> {
    if normalise(&names.name, path).is_err() {
        return Ok((&names.name, EntryKind::Outside));
    }
    check(path, budget)?;
    let name_start = path.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
    let name = &path[name_start..];
    if name == OPAQUE {
        return Ok((&path[..name_start.saturating_sub(1)], EntryKind::Opaque));
    }
    if name.starts_with(WHITEOUT) {
        return Ok(whiteout(path, name_start));
    }
    let kind = match member.kind {
        Kind::Directory => EntryKind::Directory,
        // Only a directory can stand at the root.
        _ if path.is_empty() => EntryKind::Outside,
        Kind::File => EntryKind::File,
        Kind::Other => EntryKind::Other,
        Kind::Symlink => {
            check(&names.link, budget)?;
            EntryKind::Symlink(&names.link)
        }
        Kind::HardLink if normalise(&names.link, link).is_err() => EntryKind::Outside,
        Kind::HardLink => {
            check(link, budget)?;
            EntryKind::HardLink(link)
        }
    };
    Ok((path, kind))
}

/// The path that a `.wh.` entry hides.
fn whiteout(path: &mut Vec<u8>, name_start: usize) -> (&[u8], EntryKind<'_>) {
    if path[name_start..].starts_with(AUFS) {
        return (path, EntryKind::Other);
    }
    if matches!(&path[name_start + WHITEOUT.len()..], b"" | b"." | b"..") {
        return (path, EntryKind::Outside);
    }
    path.drain(name_start..name_start + WHITEOUT.len());
    (path, EntryKind::Whiteout)
}

#[cfg(test)]
mod tests;
