//! A whole set of advisories in one file, to be carried where there is no network.
//!
//! ```text
//! contents.json    format, generation, when it was built, and the digest and size of every other entry
//! advisories.index the generation's index
//! ```
//!
//! The file is a zip. What is taken from one is checked against its digests, opened and checked against the generation's own
//! digest before the pointer names it.

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use plimsoll_advisories::{Index, IndexInfo};
use plimsoll_mapped::Mapped;
use plimsoll_oci::{Algorithm, Digest};
use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::FeedError;
use super::generation::Folder;

const CONTENTS: &str = "contents.json";
const INDEX: &str = "advisories.index";
/// The version of the form.
const FORMAT: u32 = 1;
/// The largest list of contents, in bytes.
const MAX_CONTENTS: u64 = 1 << 20;
/// The largest index, in bytes: offsets in it have 32 bits, in each of its sections.
const MAX_INDEX: u64 = 8 << 30;
const BUFFER: usize = 1 << 17;

/// What every version of the form has.
#[derive(Deserialize)]
struct Head {
    format: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Contents {
    format: u32,
    generation: String,
    built_at: String,
    files: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    size: u64,
    digest: Digest,
}

/// Writes the advisories in force in the data directory `data` to one file, which is there whole or not at all. Returns what they
/// say of themselves.
///
/// Fails if none are in force, if they are damaged, or if the file cannot be written.
pub fn export(data: &Path, file: &Path) -> Result<IndexInfo, FeedError> {
    let generation = Folder::of(data).open_current()?.ok_or(FeedError::NothingInForce)?;
    let index = generation.index();
    index.verify()?;
    let info = index.info().clone();
    let bytes = index.as_bytes();
    let entry = Entry { name: INDEX.to_owned(), size: bytes.len() as u64, digest: Digest::sha256(bytes) };
    let built_at = info.built_at.to_string();
    let contents = Contents { format: FORMAT, generation: info.generation.clone(), built_at, files: vec![entry] };
    let part = file.with_added_extension("part");
    let written = write(&part, &contents, bytes).and_then(|()| {
        fs::rename(&part, file).map_err(FeedError::io(file))?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(FeedError::io(folder))
    });
    if written.is_err() {
        drop(fs::remove_file(&part));
    }
    written.map(|()| info)
}

fn write(path: &Path, contents: &Contents, index: &[u8]) -> Result<(), FeedError> {
    let contents = serde_json::to_vec_pretty(contents).map_err(|error| FeedError::io(path)(error.into()))?;
    let file = File::create(path).map_err(FeedError::io(path))?;
    let mut zip = ZipWriter::new(file);
    let options = SimpleFileOptions::default().large_file(true);
    for (name, content) in [(CONTENTS, contents.as_slice()), (INDEX, index)] {
        zip.start_file(name, options).map_err(FeedError::archive(path))?;
        zip.write_all(content).map_err(FeedError::io(path))?;
    }
    let file = zip.finish().map_err(FeedError::archive(path))?;
    file.sync_all().map_err(FeedError::io(path))
}

/// Whether a file is such a set rather than an archive of records. What is no zip at all is neither.
pub(super) fn is_bundle(path: &Path) -> bool {
    let archive = File::open(path).ok().and_then(|file| ZipArchive::new(BufReader::new(file)).ok());
    archive.is_some_and(|archive| archive.index_for_name(CONTENTS).is_some() && archive.index_for_name(INDEX).is_some())
}

/// Puts the set in `file` in force in place of all that is. Needs the lock.
pub(super) fn import(file: &Path, folder: &Folder) -> Result<IndexInfo, FeedError> {
    let opened = File::open(file).map_err(FeedError::io(file))?;
    let mut archive = ZipArchive::new(BufReader::with_capacity(BUFFER, opened)).map_err(FeedError::archive(file))?;
    let contents = contents(&mut archive, file)?;
    let damaged = |rule| FeedError::Bundle { path: file.to_owned(), rule };
    let [entry] = contents.files.as_slice() else { return Err(damaged("it lists other files than its index")) };
    if entry.name != INDEX {
        return Err(damaged("it lists other files than its index"));
    }
    folder.put_file_in_force(&mut |incoming, path| {
        let content = archive.by_name(INDEX).map_err(FeedError::archive(file))?;
        let (size, digest) = copy(content, incoming).map_err(FeedError::io(file))?;
        if (size, digest) != (entry.size, entry.digest) {
            return Err(damaged("its index does not have the digest that it lists"));
        }
        let index = Index::open(Mapped::open(path).map_err(FeedError::io(path))?)?;
        index.verify()?;
        if index.info().generation != contents.generation {
            return Err(damaged("its index is not of the generation that it lists"));
        }
        Ok(index.info().clone())
    })
}

fn contents<R: Read + io::Seek>(archive: &mut ZipArchive<R>, file: &Path) -> Result<Contents, FeedError> {
    let entry = archive.by_name(CONTENTS).map_err(FeedError::archive(file))?;
    let mut json = Vec::new();
    entry.take(MAX_CONTENTS).read_to_end(&mut json).map_err(FeedError::io(file))?;
    let damaged = |rule| FeedError::Bundle { path: file.to_owned(), rule };
    let unreadable = |_| damaged("its list of contents cannot be read");
    let head: Head = serde_json::from_slice(&json).map_err(unreadable)?;
    // Another version's list may have other members, so that this is asked first.
    if head.format != FORMAT {
        return Err(damaged("it is of another version's form"));
    }
    serde_json::from_slice(&json).map_err(unreadable)
}

/// Copies at most as much as an index may have.
fn copy(mut from: impl Read, to: &mut File) -> io::Result<(u64, Digest)> {
    let (mut hasher, mut size, mut buffer) = (Algorithm::Sha256.hasher(), 0, vec![0; BUFFER]);
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => return Ok((size, hasher.finish())),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        size += count as u64;
        if size > MAX_INDEX {
            return Err(io::Error::other("more than an index may have"));
        }
        hasher.update(&buffer[..count]);
        to.write_all(&buffer[..count])?;
    }
}
