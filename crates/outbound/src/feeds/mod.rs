//! Fetches advisory feeds: OSV records in the layout of the public bucket, and other feeds from their publishers or a mirror.
//!
//! ```text
//! INTO/.lock                    held while a fetch runs
//! INTO/.imported                there while all that was fetched has been imported
//! INTO/<ecosystem>/all.zip      OSV records, and below it those that have changed since
//! INTO/<feed>/<document>        what another feed consists of
//! INTO/<feed>/.incomplete       there while not all of it has come, so that an import passes it over
//! ```
//!
//! The layout is that of a mirror, and what an import reads.

mod changes;
mod download;
mod list;
mod shape;
mod update;

use std::collections::BTreeSet;
use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use plimsoll_advisories::Timestamp;
use plimsoll_registry::feeds::INCOMPLETE;

use crate::client::{Authorization, Request};
use crate::url::{Url, encode};
use crate::{Client, Credentials, OutboundError, Progress};
use changes::{Changes, Ecosystem, Step};
use download::{Wanted, download, is_fresh, send};
use list::Document;

pub use list::List;
pub use update::{Update, UpdateError, UpdateStep, update};

/// The largest archive of one ecosystem, in bytes.
const MAX_ARCHIVE: u64 = 2 << 30;
/// The largest document of another feed.
const MAX_DOCUMENT: u64 = 512 << 20;
/// The largest file that tells whether a document has changed.
const MAX_META: u64 = 4 << 10;

/// What to fetch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// The URL that `<ecosystem>/all.zip` is below; none where there are no ecosystems.
    pub url: Option<String>,
    /// The ecosystems of OSV records.
    pub ecosystems: Vec<String>,
    /// The other feeds.
    pub lists: Vec<List>,
    /// The URL that `<feed>/<document>` is below; none where the publishers of the other feeds are asked themselves.
    pub mirror: Option<String>,
}

/// What a fetch has brought.
#[derive(Debug, Default)]
pub struct FetchReport {
    /// The feeds that came, in the order they were asked for.
    pub feeds: Vec<FetchedFeed>,
    /// Those that did not, with why; their files of the last time stay.
    pub failed: Vec<(String, OutboundError)>,
}

/// What has come of one feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchedFeed {
    /// The ecosystem, or the other feed.
    pub name: String,
    /// How many bytes were fetched; none where the files of the last time are still what the server has.
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
                Some(bytes) => write!(f, "{comma}{} ({:.1} MB)", feed.name, bytes as f64 / 1e6)?,
                None => write!(f, "{comma}{} (unchanged)", feed.name)?,
            }
        }
        Ok(())
    }
}

/// Fetches feeds into a directory, and only where a server has something else than last time. A feed that fails does not keep
/// the others.
///
/// # Errors
/// Nothing could be begun: an address or a name is none, or another process is at it.
pub fn fetch(
    client: &Client,
    sources: &Sources,
    into: &Path,
    mut progress: impl FnMut(Progress),
) -> Result<FetchReport, OutboundError> {
    let place = |url: &Option<String>| url.as_deref().map(Place::parse).transpose();
    let fetcher = Fetcher { client, osv: place(&sources.url)?, mirror: place(&sources.mirror)?, limit: MAX_ARCHIVE };
    fetcher.fetch(sources, into, &mut progress)
}

/// A URL with what is sent along.
struct Place {
    url: Url,
    authorization: Option<Authorization>,
}

impl Place {
    fn parse(text: &str) -> Result<Self, OutboundError> {
        let (url, credentials) = Url::parse(text)?;
        Ok(Self { url, authorization: credentials.as_ref().and_then(Credentials::basic) })
    }
}

struct Fetcher<'a> {
    client: &'a Client,
    osv: Option<Place>,
    mirror: Option<Place>,
    /// How many bytes an archive may have.
    limit: u64,
}

/// Adds up what came.
fn plus(sum: Option<u64>, came: Option<u64>) -> Option<u64> {
    sum.map_or(came, |sum| Some(sum + came.unwrap_or(0)))
}

impl Fetcher<'_> {
    fn fetch(
        &self,
        sources: &Sources,
        into: &Path,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<FetchReport, OutboundError> {
        sources.ecosystems.iter().try_for_each(|ecosystem| check_ecosystem(ecosystem))?;
        fs::create_dir_all(into).map_err(OutboundError::file(into))?;
        let _lock = lock(into)?;
        let mut report = FetchReport::default();
        let mut note = |name: String, outcome| match outcome {
            Ok(fetched) => report.feeds.push(FetchedFeed { name, fetched }),
            Err(error) => report.failed.push((name, error)),
        };
        for name in &sources.ecosystems {
            if let Some(osv) = &self.osv {
                note(name.clone(), self.ecosystem(osv, name, &into.join(name), progress));
            }
        }
        let folders = sources.lists.iter().map(|list| into.join(list.folder())).collect::<BTreeSet<_>>();
        folders.iter().try_for_each(|folder| begin(folder))?;
        let mut incomplete = BTreeSet::new();
        let year = this_year();
        for list in &sources.lists {
            let folder = into.join(list.folder());
            let mut documents = list.documents(year).into_iter();
            let fetched =
                documents.try_fold(None, |sum, document| Ok(plus(sum, self.document(&document, &folder, progress)?)));
            if fetched.is_err() {
                incomplete.insert(folder);
            }
            note(list.to_string(), fetched);
        }
        folders.difference(&incomplete).try_for_each(|folder| end(folder))?;
        Ok(report)
    }

    fn ecosystem(
        &self,
        osv: &Place,
        name: &str,
        folder: &Path,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Option<u64>, OutboundError> {
        let ecosystem = Ecosystem { name, base: osv.url.clone(), authorization: osv.authorization.clone(), folder };
        let (now, is_known) = match ecosystem.ask(self.client)? {
            Step::Nothing => return Ok(None),
            Step::Some(changed, mut now) => match ecosystem.fetch(self.client, &changed, &mut now, progress)? {
                Some(bytes) => {
                    now.note(folder)?;
                    return Ok((!changed.is_empty()).then_some(bytes));
                }
                None => (None, true),
            },
            Step::All(now, is_known) => (now, is_known),
        };
        let wanted = Wanted {
            what: format!("feed of {name}"),
            url: osv.url.with_path(&format!("{}/all.zip", encode(name))),
            authorization: osv.authorization.clone(),
            folder: folder.to_owned(),
            file: "all.zip".to_owned(),
            limit: self.limit,
            token: None,
        };
        let fetched = download(self.client, &wanted, progress)?;
        if fetched.is_some() {
            Changes::start_over(folder);
        }
        // An archive that is not made yet of what has changed is asked for again the next time.
        if let Some(now) = now.filter(|_| fetched.is_some() || !is_known) {
            now.note(folder)?;
        }
        Ok(fetched)
    }

    fn document(
        &self,
        document: &Document,
        folder: &Path,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Option<u64>, OutboundError> {
        let place = match &self.mirror {
            Some(Place { url, authorization }) => {
                let url = url.with_path(&format!("{}/{}", document.folder, encode(&document.file)));
                Place { url, authorization: authorization.clone() }
            }
            None => Place::parse(&document.url)?,
        };
        let mut wanted = Wanted {
            what: format!("{} of {}", document.file, document.folder),
            url: place.url,
            authorization: place.authorization,
            folder: folder.to_owned(),
            file: document.file.clone(),
            limit: MAX_DOCUMENT,
            token: None,
        };
        if is_fresh(&wanted, document.stays) {
            return Ok(None);
        }
        if document.has_meta {
            wanted.token = self.meta(&wanted)?;
        }
        download(self.client, &wanted, progress)
    }

    /// The checksum that the NVD publishes beside a document, in `nvdcve-2.0-2024.meta`; none where there is none.
    fn meta(&self, wanted: &Wanted) -> Result<Option<String>, OutboundError> {
        let name = wanted.file.split(".json").next().unwrap_or_default();
        let url = wanted.url.join(&format!("{name}.meta"))?;
        let request = Request::new(url, format!("{name}.meta")).authorization(wanted.authorization.clone());
        let answer = send(self.client, &request)?;
        if answer.status != 200 {
            return Ok(None);
        }
        let mut text = Vec::new();
        // What is longer is no such file.
        drop(answer.body(MAX_META)?.take(MAX_META).read_to_end(&mut text));
        let text = String::from_utf8_lossy(&text);
        let checksum = text.lines().find_map(|line| line.strip_prefix("sha256:"));
        Ok(checksum.map(|checksum| checksum.trim().to_owned()).filter(|checksum| !checksum.is_empty()))
    }
}

fn this_year() -> u16 {
    let now = Timestamp::from(SystemTime::now()).to_string();
    now.get(..4).and_then(|year| year.parse().ok()).unwrap_or_default()
}

/// Notes that not all of a folder has come.
fn begin(folder: &Path) -> Result<(), OutboundError> {
    let path = folder.join(INCOMPLETE);
    fs::create_dir_all(folder).and_then(|()| fs::write(&path, b"")).map_err(OutboundError::file(path))
}

/// Notes that all of a folder has come.
fn end(folder: &Path) -> Result<(), OutboundError> {
    let path = folder.join(INCOMPLETE);
    fs::remove_file(&path).map_err(OutboundError::file(path))
}

/// Makes the files of a folder be fetched anew the next time: one of them could not be imported.
fn forget(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let is_note = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name == ".changes" || name.strip_suffix(".http").is_some_and(|name| name.starts_with('.'))
    };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_note) {
        drop(fs::remove_file(path));
    }
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

#[cfg(test)]
mod tests;
