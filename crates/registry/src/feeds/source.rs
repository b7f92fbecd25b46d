//! What an import reads: the files of its source, and the feed each belongs to.

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_advisories::Ecosystem;
use plimsoll_advisories::importers::Importer;

use super::FeedError;

/// How deep folders may be nested; symbolic links could make them endless.
const MAX_DEPTH: usize = 12;
/// How many files a source may consist of.
const MAX_FILES: usize = 4_000_000;

/// The name of a file that a folder has while not all of it has come. An import passes such a folder over.
pub const INCOMPLETE: &str = ".incomplete";

/// One file of a source.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SourceFile {
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
    /// The feed's name, where the layout says it; else the records' ecosystems do.
    pub(super) feed: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A zip of OSV records.
    Archive,
    /// An OSV record.
    Record,
    /// A document of another feed.
    Document(Importer),
}

fn ecosystem_of(folder: Option<&std::ffi::OsStr>) -> Option<String> {
    let name = folder?.to_str()?;
    let is_feed = Ecosystem::of_record(name).is_some() || Importer::of_name(name).is_some();
    is_feed.then(|| name.to_owned())
}

/// The feed that a document's own name tells: that of the feed, or its publisher's name for it.
fn feed_of_document(path: &Path) -> Option<Importer> {
    const USUAL: [(&str, Importer); 3] = [
        ("known_exploited_vulnerabilities", Importer::CisaKev),
        ("epss_scores-", Importer::Epss),
        ("nvdcve-2.0-", Importer::Nvd),
    ];
    let name = path.file_name()?.to_str()?;
    let named = Importer::ALL.into_iter().find(|importer| name.starts_with(importer.name()));
    let usual = || USUAL.into_iter().find(|(start, _)| name.starts_with(start)).map(|(_, importer)| importer);
    named.or_else(usual)
}

/// The files of a source, in the order of their names: a directory in the layout of the public bucket
/// (`<ecosystem>/all.zip`) with other feeds in folders of their names, a directory of records however nested, one archive
/// of records, or one document of another feed.
pub(super) fn files(source: &Path) -> Result<Vec<SourceFile>, FeedError> {
    let metadata = fs::metadata(source).map_err(FeedError::io(source))?;
    // A relative source such as `.` has its name only once it is resolved.
    let resolved = fs::canonicalize(source).map_err(FeedError::io(source))?;
    let mut files = Vec::new();
    if metadata.is_dir() {
        walk(source, ecosystem_of(resolved.file_name()).as_deref(), 0, &mut files)?;
    } else if metadata.is_file() {
        let feed = ecosystem_of(resolved.parent().and_then(Path::file_name));
        let feed = feed.or_else(|| feed_of_document(&resolved).map(|importer| importer.name().to_owned()));
        let feed = feed.or_else(|| ecosystem_of(resolved.file_stem()));
        let kind = kind(&resolved, feed.as_deref()).filter(|kind| *kind != Kind::Record);
        let kind = kind.ok_or_else(|| FeedError::NotASource { path: source.to_owned() })?;
        files.push(SourceFile { path: source.to_owned(), kind, feed });
    } else {
        return Err(FeedError::NotASource { path: source.to_owned() });
    }
    Ok(files)
}

fn walk(folder: &Path, feed: Option<&str>, depth: usize, files: &mut Vec<SourceFile>) -> Result<(), FeedError> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = entries.map_err(FeedError::io(folder))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    if entries.iter().any(|entry| entry.file_name() == INCOMPLETE) {
        tracing::warn!(folder = %folder.display(), "advisories that have not come whole are passed over");
        return Ok(());
    }
    for entry in entries {
        let path = entry.path();
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        let metadata = fs::metadata(&path).map_err(FeedError::io(&path))?;
        if metadata.is_dir() {
            if depth == MAX_DEPTH {
                return Err(FeedError::TooLarge { path, what: "folders nested too deep" });
            }
            let named = if feed.is_none() && depth == 0 { ecosystem_of(path.file_name()) } else { None };
            walk(&path, feed.or(named.as_deref()), depth + 1, files)?;
        } else if let Some(kind) = kind(&path, feed).filter(|_| metadata.is_file()) {
            if files.len() == MAX_FILES {
                return Err(FeedError::TooLarge { path: folder.to_owned(), what: "too many files" });
            }
            files.push(SourceFile { path, kind, feed: feed.map(str::to_owned) });
        }
    }
    Ok(())
}

fn kind(path: &Path, feed: Option<&str>) -> Option<Kind> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    match feed.and_then(Importer::of_name) {
        Some(Importer::EndOfLife) if ends(&[".txt", ".txt.gz"]) => Some(Kind::Document(Importer::EndOfLife)),
        Some(importer) => ends(&[".json", ".json.gz", ".csv", ".csv.gz"]).then_some(Kind::Document(importer)),
        None if ends(&[".zip"]) => Some(Kind::Archive),
        None if ends(&[".json"]) => Some(Kind::Record),
        None => None,
    }
}
