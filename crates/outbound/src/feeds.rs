//! Fetches advisory feeds: OSV records in the layout of the public bucket, `<base>/<ecosystem>/all.zip`.
//!
//! ```text
//! INTO/.lock                       held while a fetch runs
//! INTO/<ecosystem>/all.zip         what an import reads
//! INTO/<ecosystem>/.all.zip.http   what the server said of it, to ask whether it has changed
//! INTO/<ecosystem>/.all.zip.part   what is being fetched
//! ```
//!
//! A file that is there is whole: it was synced before it got its name.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::client::{Answer, Authorization, Body, Request};
use crate::progress::Throttle;
use crate::url::{Url, encode};
use crate::{Client, Credentials, OutboundError, Progress};

/// The largest feed of one ecosystem, in bytes.
const MAX_FEED: u64 = 2 << 30;
const BUFFER: usize = 128 << 10;
/// The length in bytes of the record that ends a zip, without its comment; and how far from the end it may begin.
const ZIP_END: usize = 22;
const ZIP_TAIL: u64 = ZIP_END as u64 + (64 << 10);

/// What a fetch has brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchReport {
    /// The feeds that were asked for, in their order.
    pub feeds: Vec<FetchedFeed>,
}

/// What has come of one ecosystem's feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedFeed {
    /// The ecosystem.
    pub ecosystem: String,
    /// The size in bytes of what was fetched; none where the file of the last time is still what the server has.
    pub fetched: Option<u64>,
}

impl FetchReport {
    /// Whether there is anything new to import.
    pub fn has_changes(&self) -> bool {
        self.feeds.iter().any(|feed| feed.fetched.is_some())
    }
}

impl fmt::Display for FetchReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, feed) in self.feeds.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            match feed.fetched {
                Some(bytes) => write!(f, "{comma}{} ({:.1} MB)", feed.ecosystem, bytes as f64 / 1e6)?,
                None => write!(f, "{comma}{} (unchanged)", feed.ecosystem)?,
            }
        }
        Ok(())
    }
}

/// Fetches the feeds of `ecosystems` below the URL `base` into a directory, each up to 2 GiB, and only where the server
/// has another than last time.
///
/// # Errors
/// At the first feed that cannot be fetched; the ones before it are in place, and its file of the last time stays.
pub fn fetch(
    client: &Client,
    base: &str,
    ecosystems: &[String],
    into: &Path,
    mut progress: impl FnMut(Progress),
) -> Result<FetchReport, OutboundError> {
    let (base, credentials) = Url::parse(base)?;
    let source =
        Source { client, base, authorization: credentials.as_ref().and_then(Credentials::basic), limit: MAX_FEED };
    source.fetch(ecosystems, into, &mut progress)
}

/// Where feeds come from.
struct Source<'a> {
    client: &'a Client,
    base: Url,
    authorization: Option<Authorization>,
    limit: u64,
}

/// What the server said of a file, kept beside it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Validators {
    url: String,
    /// The size of the file they are of.
    size: u64,
    etag: Option<String>,
    last_modified: Option<String>,
}

impl Source<'_> {
    fn fetch(
        &self,
        ecosystems: &[String],
        into: &Path,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<FetchReport, OutboundError> {
        ecosystems.iter().try_for_each(|ecosystem| check_ecosystem(ecosystem))?;
        fs::create_dir_all(into).map_err(OutboundError::file(into))?;
        let _lock = lock(into)?;
        let mut feeds = Vec::with_capacity(ecosystems.len());
        for ecosystem in ecosystems {
            let fetched = self.fetch_one(ecosystem, &into.join(ecosystem), progress)?;
            feeds.push(FetchedFeed { ecosystem: ecosystem.clone(), fetched });
        }
        Ok(FetchReport { feeds })
    }

    fn fetch_one(
        &self,
        ecosystem: &str,
        folder: &Path,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Option<u64>, OutboundError> {
        let (path, note) = (folder.join("all.zip"), folder.join(".all.zip.http"));
        let url = self.base.with_path(&format!("{}/all.zip", encode(ecosystem)));
        let mut request = Request::new(url, format!("feed of {ecosystem}")).authorization(self.authorization.clone());
        let last = last_time(&path, &note, &request.url);
        for (name, value) in last.iter().flat_map(Validators::headers) {
            request = request.header(name, value);
        }
        let answer = self.client.send(&request)?;
        if answer.status == 304 && last.is_some() {
            return Ok(None);
        }
        if answer.status != 200 {
            return Err(answer.into_error(None));
        }
        let mut validators = Validators::of(&answer, &request.url);
        let what = request.what;
        let host = request.url.authority().to_owned();
        let bad = |reason: &str| OutboundError::Answer { host, what, reason: reason.to_owned() };
        let body = answer.body(self.limit)?;
        if !body.is_framed() {
            return Err(bad("it does not say where it ends"));
        }
        fs::create_dir_all(folder).map_err(OutboundError::file(folder))?;
        let part = folder.join(".all.zip.part");
        // A file that was broken off is of no use, and may be large.
        let saved = save(body, &part, ecosystem, progress).and_then(|size| {
            let whole = size.map(|size| validators.size = size).is_some();
            if whole { Ok(()) } else { Err(bad("it is no zip archive")) }
        });
        if let Err(error) = saved {
            drop(fs::remove_file(&part));
            return Err(error);
        }
        fs::rename(&part, &path).map_err(OutboundError::file(&path))?;
        sync_folder(folder).map_err(OutboundError::file(folder))?;
        // Without a note the next time fetches the whole again, which is right.
        let note_text = serde_json::to_vec(&validators).unwrap_or_default();
        fs::write(&note, note_text).map_err(OutboundError::file(&note))?;
        Ok(Some(validators.size))
    }
}

impl Validators {
    fn of(answer: &Answer, url: &Url) -> Self {
        let header = |name| answer.header(name).map(str::to_owned);
        Self { url: url.to_string(), size: 0, etag: header("etag"), last_modified: header("last-modified") }
    }

    fn headers(&self) -> impl Iterator<Item = (&'static str, String)> {
        let etag = self.etag.clone().map(|etag| ("if-none-match", etag));
        let modified = self.last_modified.clone().map(|time| ("if-modified-since", time));
        etag.into_iter().chain(modified)
    }
}

/// What was noted of the file that is there; none where it is not the file it was noted of.
fn last_time(path: &Path, note: &Path, url: &Url) -> Option<Validators> {
    const MAX_NOTE: u64 = 64 << 10;
    let size = fs::metadata(path).ok().filter(fs::Metadata::is_file)?.len();
    let mut text = Vec::new();
    File::open(note).ok()?.take(MAX_NOTE).read_to_end(&mut text).ok()?;
    let noted: Validators = serde_json::from_slice(&text).ok()?;
    (noted.size == size && noted.url == url.to_string()).then_some(noted)
}

/// Ecosystems are names of folders, here and at the server.
fn check_ecosystem(name: &str) -> Result<(), OutboundError> {
    let odd = |character: char| character.is_control() || matches!(character, '/' | '\\');
    if name.is_empty() || name.len() > 100 || name.starts_with('.') || name.contains(odd) {
        return Err(OutboundError::Ecosystem { name: name.to_owned() });
    }
    Ok(())
}

fn lock(into: &Path) -> Result<File, OutboundError> {
    let path = into.join(".lock");
    let opened = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
    let file = opened.map_err(OutboundError::file(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OutboundError::Busy { path: into.to_owned() }),
        Err(TryLockError::Error(source)) => Err(OutboundError::File { path, source }),
    }
}

/// Saves a body, synced. Returns its size; none where it is no zip archive.
fn save(
    mut body: Body,
    path: &Path,
    ecosystem: &str,
    progress: &mut dyn FnMut(Progress),
) -> Result<Option<u64>, OutboundError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(true);
    let mut file = options.open(path).map_err(OutboundError::file(path))?;
    let (mut size, mut throttle, total) = (0, Throttle::default(), body.length());
    let mut buffer = vec![0; BUFFER];
    loop {
        let count = match body.read(&mut buffer) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(body.taken_back(error)),
        };
        if count == 0 || throttle.is_due() {
            progress(Progress { what: ecosystem.to_owned(), done: size, total });
        }
        if count == 0 {
            break;
        }
        file.write_all(&buffer[..count]).map_err(OutboundError::file(path))?;
        size += count as u64;
    }
    file.sync_all().map_err(OutboundError::file(path))?;
    let is_zip = is_zip(&mut file, size).map_err(OutboundError::file(path))?;
    Ok(is_zip.then_some(size))
}

/// Whether a file begins and ends as a zip archive does. Pages that networks put in the place of files do not.
fn is_zip(file: &mut File, size: u64) -> io::Result<bool> {
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(size.saturating_sub(ZIP_TAIL)))?;
    file.take(ZIP_TAIL).read_to_end(&mut tail)?;
    let mut start = Vec::new();
    file.rewind()?;
    file.take(4).read_to_end(&mut start)?;
    Ok(start.starts_with(b"PK") && tail.windows(ZIP_END).any(|window| window.starts_with(b"PK\x05\x06")))
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
