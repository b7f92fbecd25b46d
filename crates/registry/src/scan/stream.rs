//! An archive that is compressed as a whole: read once, front to back.
//!
//! Which members are layers is only known when the manifest comes, which may be last. So every member that is no JSON
//! document is analysed as it streams by, and the manifest picks its layers from the results.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use plimsoll_image::{Budget, Content, Entry, EntryKind, LayerError, Visitor, decompress, read_layer};
use plimsoll_inventory::Wanted;
use plimsoll_oci::Algorithm;

use super::ScanError;
use super::layer::{AnalysedLayer, analyse_once};
use super::store::{Links, MAX_DOCUMENT, Part, Store, archive_budget, name_of};

/// The bytes handed from the decompressing thread to the analysing one at a time, and how often it may run ahead.
const CHUNK: usize = 256 << 10;
const AHEAD: usize = 4;
/// The bytes all documents of an archive may have together.
const MAX_DOCUMENTS: u64 = 32 << 20;

/// The members of an archive, read.
#[derive(Debug, Default)]
pub(super) struct Members {
    documents: HashMap<String, Vec<u8>>,
    layers: HashMap<String, AnalysedLayer>,
    links: Links,
}

/// Reads the archive at `path`, as often as its layers want another reading.
pub(super) fn read(path: &Path, budget: &Budget) -> Result<Members, ScanError> {
    let mut wanted = HashMap::new();
    loop {
        let members = pass(path, budget, &wanted)?;
        let next = members
            .layers
            .iter()
            .filter_map(|(name, layer)| Some((name.clone(), layer.inventory.wants_another_reading()?.clone())));
        let next: HashMap<_, _> = next.collect();
        if next.is_empty() {
            return Ok(members);
        }
        wanted.extend(next);
    }
}

fn pass(path: &Path, budget: &Budget, wanted: &HashMap<String, Wanted>) -> Result<Members, ScanError> {
    let file = File::open(path).map_err(|source| ScanError::Open { path: path.into(), source })?;
    let outer = archive_budget();
    let mut reader = MemberReader { budget, wanted, members: Members::default(), left: MAX_DOCUMENTS, failure: None };
    let outcome = thread::scope(|scope| {
        let (filled, chunks) = sync_channel(AHEAD);
        let (empty, returned) = channel();
        scope.spawn(|| run_ahead(file, &outer, filled, returned));
        read_layer(ReadAhead { chunks, empty, chunk: Vec::new(), position: 0 }, &outer, &mut reader)
    });
    match (reader.failure, outcome) {
        (Some(failure), _) => Err(failure),
        (None, Ok(_)) => Ok(reader.members),
        (None, Err(LayerError::Read(error))) => Err(match error.downcast::<LayerError>() {
            Ok(LayerError::Read(error)) | Err(error) => ScanError::Read(error),
            Ok(error) => ScanError::Archive(error),
        }),
        (None, Err(error)) => Err(ScanError::Archive(error)),
    }
}

/// Decompresses `file` until its end, an error, or until nobody reads any more.
fn run_ahead(file: File, budget: &Budget, filled: SyncSender<io::Result<Vec<u8>>>, returned: Receiver<Vec<u8>>) {
    let mut reader = match decompress(file, budget) {
        Ok(reader) => reader,
        Err(error) => return drop(filled.send(Err(error.into()))),
    };
    loop {
        let mut chunk = returned.try_recv().unwrap_or_default();
        chunk.resize(CHUNK, 0);
        let result = reader.read(&mut chunk).map(|count| {
            chunk.truncate(count);
            chunk
        });
        let last = result.as_ref().map_or(true, Vec::is_empty);
        if filled.send(result).is_err() || last {
            return;
        }
    }
}

/// What the decompressing thread has made.
struct ReadAhead {
    chunks: Receiver<io::Result<Vec<u8>>>,
    /// Takes used chunks back.
    empty: Sender<Vec<u8>>,
    chunk: Vec<u8>,
    position: usize,
}

impl Read for ReadAhead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position == self.chunk.len() {
            // No more chunks is the end; the thread ends after an empty one or an error.
            let next = self.chunks.recv().unwrap_or_else(|_| Ok(Vec::new()))?;
            // Nobody takes it back once the thread has ended.
            drop(self.empty.send(std::mem::replace(&mut self.chunk, next)));
            self.position = 0;
        }
        let rest = &self.chunk[self.position..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.position += count;
        Ok(count)
    }
}

/// Reads members as they come.
struct MemberReader<'a> {
    budget: &'a Budget,
    /// What another reading has to look at, by layer.
    wanted: &'a HashMap<String, Wanted>,
    members: Members,
    /// How many bytes of documents may still be kept.
    left: u64,
    failure: Option<ScanError>,
}

impl Visitor for MemberReader<'_> {
    fn entry(&mut self, entry: &Entry<'_>, content: &mut Content<'_>) -> Result<(), LayerError> {
        if entry.kind != EntryKind::File {
            self.members.links.note(entry);
            return Ok(());
        }
        let name = name_of(entry.path);
        let mut start = Vec::new();
        content.by_ref().take(263).read_to_end(&mut start)?;
        let mut content = start.as_slice().chain(content);
        if !is_document(&start) {
            let algorithm = if name.starts_with("blobs/sha512/") { Algorithm::Sha512 } else { Algorithm::Sha256 };
            match analyse_once(content, algorithm, self.budget, self.wanted.get(&name)) {
                Ok(layer) => drop(self.members.layers.insert(name, layer)),
                Err(failure) => {
                    self.failure = Some(failure);
                    return Err(LayerError::Stopped);
                }
            }
        } else if entry.size <= MAX_DOCUMENT.min(self.left) {
            let mut document = Vec::new();
            content.read_to_end(&mut document)?;
            self.left -= document.len() as u64;
            self.members.documents.insert(name, document);
        }
        Ok(())
    }
}

/// Whether a member that starts so is a JSON document, and no tar archive.
fn is_document(start: &[u8]) -> bool {
    matches!(start.trim_ascii_start().first(), Some(b'{' | b'['))
        && start.get(257..262).is_none_or(|magic| magic != b"ustar")
}

impl Store for Members {
    fn document(&self, part: &Part) -> Result<Option<Vec<u8>>, ScanError> {
        Ok(self.documents.get(self.links.follow(&part.name)).cloned())
    }

    fn layer(&self, part: &Part, _: &Budget) -> Result<Option<AnalysedLayer>, ScanError> {
        Ok(self.layers.get(self.links.follow(&part.name)).cloned())
    }
}
