//! Importing the documents of feeds that are not of OSV records.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::SystemTime;

use flate2::read::MultiGzDecoder;
use plimsoll_advisories::importers::{Importer, Intake, Item};
use plimsoll_advisories::{Fact, FeedId, IndexError, Timestamp};

use super::FeedError;
use super::import::{Import, Progress};
use super::source::{Kind, SourceFile};

/// The largest document, in bytes, once it is not compressed any more.
const MAX_DOCUMENT: u64 = 512 << 20;

/// The feed that a fact comes with.
pub(super) fn feed_of(fact: &Fact) -> &'static str {
    let importer = match fact {
        Fact::Exploited(_) => Importer::CisaKev,
        Fact::Epss(_) => Importer::Epss,
        Fact::Ratings(_) => Importer::Nvd,
    };
    importer.name()
}

/// Reads the documents, feed by feed.
pub(super) fn read(
    import: &mut Import,
    files: &[&SourceFile],
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), FeedError> {
    for importer in Importer::ALL {
        let mut own = files.iter().filter(|file| file.kind == Kind::Document(importer)).collect::<Vec<_>>();
        if importer == Importer::Nvd {
            // What was modified lately counts before the document of the year.
            own.reverse();
        }
        if own.is_empty() {
            continue;
        }
        let mut feed = Feed { id: import.feed(importer.name()), import, failed: None };
        let changed = own.iter().filter_map(|file| changed(&file.path)).max();
        let mut intake = Intake::new(importer, feed.import.limits, changed.unwrap_or(feed.import.now));
        for (number, file) in own.iter().enumerate() {
            progress(Progress { file: &file.path, done: number as u64, total: own.len() as u64 });
            let bytes = bytes(&file.path)?;
            let date = intake.document(&bytes, &mut |item| feed.take(&file.path, item));
            let date = date.map_err(|source| FeedError::Document { path: file.path.clone(), source })?;
            feed.import.builder.dated(feed.id, date.unwrap_or_else(|| changed.unwrap_or(feed.import.now)));
        }
        intake.finish(&mut |item| feed.take(Path::new(importer.name()), item));
        if let Some(error) = feed.failed {
            return Err(error.into());
        }
    }
    Ok(())
}

/// When a file was changed last; none where the file system does not say.
fn changed(path: &Path) -> Option<Timestamp> {
    let time: SystemTime = path.metadata().and_then(|metadata| metadata.modified()).ok()?;
    Some(Timestamp::from(time))
}

/// A document as it is when not compressed.
fn bytes(path: &Path) -> Result<Vec<u8>, FeedError> {
    let file = File::open(path).map_err(FeedError::io(path))?;
    let mut bytes = Vec::new();
    let is_compressed = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    let read = if is_compressed { read_all(MultiGzDecoder::new(file), &mut bytes) } else { read_all(file, &mut bytes) };
    read.map_err(FeedError::io(path))?;
    if bytes.len() as u64 > MAX_DOCUMENT {
        return Err(FeedError::TooLarge { path: path.to_owned(), what: "more than a document of a feed may" });
    }
    Ok(bytes)
}

fn read_all(reader: impl Read, bytes: &mut Vec<u8>) -> io::Result<usize> {
    reader.take(MAX_DOCUMENT + 1).read_to_end(bytes)
}

/// A feed that is being read.
struct Feed<'i> {
    import: &'i mut Import,
    id: FeedId,
    failed: Option<IndexError>,
}

impl Feed<'_> {
    fn take(&mut self, file: &Path, item: Item) {
        let added = match item {
            Item::Record(record) => self.import.builder.add(&record, Some(self.id)),
            Item::Fact(cve, fact) => self.import.builder.add_fact(cve, &fact, self.id),
            Item::EndOfLife(row) => {
                self.import.builder.add_end_of_life(row, self.id);
                Ok(())
            }
            Item::Refused { entry, reason } => {
                self.import.builder.refused(self.id, 1);
                self.import.refuse(format!("{}: {entry}", file.display()), reason);
                Ok(())
            }
        };
        self.failed = self.failed.take().or(added.err());
    }
}
