//! Fetching one file: only where the server has another than last time, and on from where it broke off.
//!
//! ```text
//! FOLDER/<file>              what an import reads: whole, and synced before it got its name
//! FOLDER/.<file>.http        what the server said of it, to ask whether it has changed
//! FOLDER/.<file>.part        what is being fetched, or what has come of it
//! FOLDER/.<file>.part.http   what the server said of that, to ask for the rest
//! ```

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use plimsoll_advisories::Timestamp;
use serde::{Deserialize, Serialize};

use super::shape::is_whole;
use crate::client::{Answer, Authorization, Body, Request};
use crate::progress::Throttle;
use crate::url::Url;
use crate::{Client, OutboundError, Progress};

const BUFFER: usize = 128 << 10;
/// How long a file may take in all.
const MAX_TIME: Duration = Duration::from_hours(1);
/// How often a file is asked for, on from where it broke off, and how often again after a wait that the server asks for.
const ATTEMPTS: usize = 3;
/// The longest such wait.
const MAX_WAIT: Duration = Duration::from_mins(1);
const MAX_NOTE: u64 = 4 << 20;

/// A file to fetch.
pub(super) struct Wanted {
    /// What it is, in words.
    pub(super) what: String,
    pub(super) url: Url,
    pub(super) authorization: Option<Authorization>,
    pub(super) folder: PathBuf,
    pub(super) file: String,
    /// How many bytes it may have.
    pub(super) limit: u64,
    /// What else tells one version of it from another; the file of last time stays where it is the same.
    pub(super) token: Option<String>,
}

/// What the server said of a file, kept beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Note {
    url: String,
    /// The size of the file it is of; of one that is not whole, the size it is to have, or 0.
    size: u64,
    etag: Option<String>,
    last_modified: Option<String>,
    token: Option<String>,
    /// When the file came, in seconds since 1970.
    fetched_at: i64,
}

/// Fetches a file. Returns how many bytes came; none where the file of last time is still what the server has.
///
/// # Errors
/// The file of last time is then as it was; what has come stays too, where the server can give the rest later.
pub(super) fn download(
    client: &Client,
    wanted: &Wanted,
    progress: &mut dyn FnMut(Progress),
) -> Result<Option<u64>, OutboundError> {
    let note = Note::of_file(wanted);
    if wanted.token.is_some() && note.as_ref().is_some_and(|note| note.token == wanted.token) {
        return Ok(None);
    }
    let began = Instant::now();
    let mut attempt = 1;
    loop {
        let came = wanted.part_size();
        match wanted.attempt(client, note.as_ref(), began, progress) {
            Err(OutboundError::Interrupted { .. }) if attempt < ATTEMPTS && wanted.part_size() > came => attempt += 1,
            outcome => return outcome,
        }
    }
}

/// Whether a file came less than some days ago.
pub(super) fn is_fresh(wanted: &Wanted, days: u64) -> bool {
    let now = Timestamp::from(std::time::SystemTime::now());
    let age = |note: Note| Timestamp::from_unix_seconds(note.fetched_at).days_until(now);
    let limit = i64::try_from(days).unwrap_or(i64::MAX);
    Note::of_file(wanted).map(age).is_some_and(|age| (0..limit).contains(&age))
}

/// Sends a request, and again after a wait where the server asks for one that is short.
pub(super) fn send(client: &Client, request: &Request) -> Result<Answer, OutboundError> {
    let mut attempt = 1;
    loop {
        let answer = client.send(request)?;
        let busy = matches!(answer.status, 429 | 503);
        let wait = answer.header("retry-after").filter(|_| busy).and_then(|text| text.trim().parse().ok());
        match wait.map(Duration::from_secs) {
            Some(wait) if wait <= MAX_WAIT && attempt < ATTEMPTS => thread::sleep(wait),
            Some(wait) => {
                let host = request.url.authority().to_owned();
                let message = format!("it asks to wait for {} seconds", wait.as_secs());
                return Err(OutboundError::TooManyRequests { host, message });
            }
            None => return Ok(answer),
        }
        attempt += 1;
    }
}

impl Note {
    fn of_answer(answer: &Answer, wanted: &Wanted) -> Self {
        let header = |name| answer.header(name).map(str::to_owned);
        Self {
            url: wanted.url.to_string(),
            size: 0,
            etag: header("etag"),
            last_modified: header("last-modified"),
            token: wanted.token.clone(),
            fetched_at: Timestamp::from(std::time::SystemTime::now()).unix_seconds(),
        }
    }

    /// That of the file that is there; none where it is not the file it was noted of.
    fn of_file(wanted: &Wanted) -> Option<Self> {
        let size = fs::metadata(wanted.path()).ok().filter(fs::Metadata::is_file)?.len();
        Self::read(&wanted.hidden("http"), wanted).filter(|note| note.size == size)
    }

    fn read(path: &Path, wanted: &Wanted) -> Option<Self> {
        read_json(path).filter(|note: &Self| note.url == wanted.url.to_string())
    }

    /// What to ask for the rest of the same file by: a weak tag does not say that bytes are the same.
    fn same_bytes(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|tag| !tag.starts_with("W/"));
        strong.or(self.last_modified.as_deref())
    }

    fn if_changed(&self) -> impl Iterator<Item = (&'static str, String)> {
        let etag = self.etag.clone().map(|etag| ("if-none-match", etag));
        let modified = self.last_modified.clone().map(|time| ("if-modified-since", time));
        etag.into_iter().chain(modified)
    }
}

/// A small file of ours; none where it is not there or damaged.
pub(super) fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Option<T> {
    let mut text = Vec::new();
    File::open(path).ok()?.take(MAX_NOTE).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

/// Notes something for the next time; without it that one fetches more than it has to, which is right.
pub(super) fn write_json(path: &Path, note: &impl Serialize) -> Result<(), OutboundError> {
    fs::write(path, serde_json::to_vec(note).unwrap_or_default()).map_err(OutboundError::file(path))
}

impl Wanted {
    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(&self.file)
    }

    fn hidden(&self, end: &str) -> PathBuf {
        self.folder.join(format!(".{}.{end}", self.file))
    }

    fn part_size(&self) -> u64 {
        fs::metadata(self.hidden("part")).map_or(0, |metadata| metadata.len())
    }

    fn forget_part(&self) {
        drop(fs::remove_file(self.hidden("part")));
        drop(fs::remove_file(self.hidden("part.http")));
    }

    fn bad(&self, reason: &str) -> OutboundError {
        let host = self.url.authority().to_owned();
        OutboundError::Answer { host, what: self.what.clone(), reason: reason.to_owned() }
    }

    fn attempt(
        &self,
        client: &Client,
        note: Option<&Note>,
        began: Instant,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Option<u64>, OutboundError> {
        let part = Note::read(&self.hidden("part.http"), self).filter(|part| part.same_bytes().is_some());
        let came = if part.is_some() { self.part_size() } else { 0 };
        let mut request = Request::new(self.url.clone(), &self.what).authorization(self.authorization.clone());
        for (name, value) in note.iter().flat_map(|note| note.if_changed()) {
            request = request.header(name, value);
        }
        if let Some(same) = part.as_ref().and_then(Note::same_bytes).filter(|_| came > 0) {
            request = request.header("range", format!("bytes={came}-")).header("if-range", same);
        }
        let answer = send(client, &request)?;
        match (answer.status, part) {
            (304, _) if note.is_some() => {
                self.forget_part();
                Ok(None)
            }
            (200, _) => {
                self.forget_part();
                let note = Note::of_answer(&answer, self);
                self.take(answer, 0, note, began, progress).map(Some)
            }
            (206, Some(part)) if came > 0 => {
                if range_start(&answer) != Some(came) {
                    self.forget_part();
                    return Err(self.bad("it is another part than was asked for"));
                }
                self.take(answer, came, part, began, progress).map(Some)
            }
            // What has come is not what the server has now, or is all of it.
            (416, Some(_)) => {
                self.forget_part();
                self.attempt(client, note, began, progress)
            }
            _ => Err(answer.into_error(None)),
        }
    }

    /// Takes a body behind what has come before, and puts the whole in place.
    fn take(
        &self,
        answer: Answer,
        came: u64,
        mut note: Note,
        began: Instant,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<u64, OutboundError> {
        let ranges = answer.header("accept-ranges") != Some("none");
        let body = answer.body(self.limit.saturating_sub(came))?;
        if !body.is_framed() {
            return Err(self.bad("it does not say where it ends"));
        }
        fs::create_dir_all(&self.folder).map_err(OutboundError::file(&self.folder))?;
        let can_go_on = ranges && note.same_bytes().is_some();
        if can_go_on {
            write_json(&self.hidden("part.http"), &note)?;
        }
        let saved = self.save(body, came, began, progress);
        let is_cut = matches!(saved, Err(OutboundError::Interrupted { .. } | OutboundError::Timeout { .. }));
        if saved.is_err() && !(is_cut && can_go_on) {
            // A file that was broken off is of no use then, and may be large.
            self.forget_part();
        }
        note.size = saved?;
        note.fetched_at = Timestamp::from(std::time::SystemTime::now()).unix_seconds();
        fs::rename(self.hidden("part"), self.path()).map_err(OutboundError::file(self.path()))?;
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(OutboundError::file(&self.folder))?;
        self.forget_part();
        write_json(&self.hidden("http"), &note)?;
        Ok(note.size - came)
    }

    /// Saves a body behind the first `came` bytes, synced. Returns the size of the whole.
    fn save(
        &self,
        mut body: Body,
        came: u64,
        began: Instant,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<u64, OutboundError> {
        let path = self.hidden("part");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(came == 0).append(came > 0);
        let mut file = options.open(&path).map_err(OutboundError::file(&path))?;
        let (mut size, mut throttle, total) = (came, Throttle::default(), body.length().map(|length| came + length));
        let mut buffer = vec![0; BUFFER];
        loop {
            let count = match body.read(&mut buffer) {
                Ok(count) => count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(body.taken_back(error)),
            };
            if count == 0 || throttle.is_due() {
                progress(Progress { what: self.what.clone(), done: size, total });
            }
            if count == 0 {
                break;
            }
            if began.elapsed() > MAX_TIME {
                return Err(OutboundError::Timeout { host: self.url.authority().to_owned() });
            }
            file.write_all(&buffer[..count]).map_err(OutboundError::file(&path))?;
            size += count as u64;
        }
        file.sync_all().map_err(OutboundError::file(&path))?;
        match is_whole(&mut file, size, &self.file).map_err(OutboundError::file(&path))? {
            Ok(()) => Ok(size),
            Err(reason) => Err(self.bad(reason)),
        }
    }
}

/// Where the bytes of a partial answer begin in the whole: 5 of `bytes 5-9/10`.
fn range_start(answer: &Answer) -> Option<u64> {
    answer.header("content-range")?.strip_prefix("bytes ")?.split_once('-')?.0.trim().parse().ok()
}
