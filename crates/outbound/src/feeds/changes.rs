//! The records of an OSV ecosystem that have changed, where they are few: `<base>/<ecosystem>/modified_id.csv` lists every record
//! with the time of its last change, the latest first.
//!
//! ```text
//! FOLDER/all.zip             as it was once
//! FOLDER/changed/<id>.json   what has changed since
//! FOLDER/.changes            up to where, and the versions that are there
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use plimsoll_advisories::Timestamp;
use serde::{Deserialize, Serialize};

use super::download::{Wanted, download, read_json, send, write_json};
use crate::client::{Authorization, Request};
use crate::url::{Url, encode};
use crate::{Client, OutboundError, Progress};

/// How many records are fetched one by one, in all, before the whole is fetched again.
const MAX_CHANGED: usize = 500;
/// How long before the latest change a record may have been changed that the archive does not have: it takes a while to make.
const MARGIN: i64 = 6 * 60 * 60;
const MAX_RECORD: u64 = 8 << 20;
/// The largest index.
const MAX_INDEX: u64 = 64 << 20;
const MAX_LINE: u64 = 4 << 10;
const MAX_ID: usize = 200;

/// How far the files of an ecosystem are.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Changes {
    url: String,
    /// The time of the latest change, as the index has it.
    latest: String,
    etag: Option<String>,
    last_modified: Option<String>,
    /// The records that were fetched one by one, with their times.
    records: BTreeMap<String, String>,
}

/// What to do about an ecosystem.
pub(super) enum Step {
    /// Nothing has changed.
    Nothing,
    /// These records have, and are to be fetched; then this is how far it is.
    Some(Vec<(String, String)>, Changes),
    /// The whole has to be fetched; then this is how far it is, if that is known. And whether that of last time is.
    All(Option<Changes>, bool),
}

/// Where an ecosystem is.
pub(super) struct Ecosystem<'a> {
    pub(super) name: &'a str,
    pub(super) base: Url,
    pub(super) authorization: Option<Authorization>,
    pub(super) folder: &'a Path,
}

impl Changes {
    fn of(folder: &Path, url: &Url) -> Option<Self> {
        let changes: Self = read_json(&folder.join(".changes"))?;
        (changes.url == url.to_string() && folder.join("all.zip").is_file()).then_some(changes)
    }

    fn if_changed(&self) -> impl Iterator<Item = (&'static str, String)> {
        let etag = self.etag.clone().map(|etag| ("if-none-match", etag));
        etag.into_iter().chain(self.last_modified.clone().map(|time| ("if-modified-since", time)))
    }

    pub(super) fn note(&self, folder: &Path) -> Result<(), OutboundError> {
        write_json(&folder.join(".changes"), self)
    }

    /// Lets go of the records that came one by one: the whole has come.
    pub(super) fn start_over(folder: &Path) {
        drop(fs::remove_dir_all(folder.join("changed")));
        drop(fs::remove_file(folder.join(".changes")));
    }
}

impl Ecosystem<'_> {
    fn url(&self, file: &str) -> Url {
        self.base.with_path(&format!("{}/{file}", encode(self.name)))
    }

    /// Asks what has changed.
    pub(super) fn ask(&self, client: &Client) -> Result<Step, OutboundError> {
        let url = self.url("modified_id.csv");
        let before = Changes::of(self.folder, &url);
        let what = format!("index of {}", self.name);
        let mut request = Request::new(url.clone(), what).authorization(self.authorization.clone());
        for (name, value) in before.iter().flat_map(Changes::if_changed) {
            request = request.header(name, value);
        }
        let answer = send(client, &request)?;
        match answer.status {
            304 if before.is_some() => return Ok(Step::Nothing),
            200 => {}
            // Who has no index has the archive, or says what is wrong.
            _ => return Ok(Step::All(None, before.is_some())),
        }
        let header = |name| answer.header(name).map(str::to_owned);
        let (etag, last_modified) = (header("etag"), header("last-modified"));
        let mut lines = Lines { reader: BufReader::new(answer.body(MAX_INDEX)?), last: None };
        let Some(latest) = lines.next_line()? else { return Ok(Step::All(None, before.is_some())) };
        let now = |records| Changes { url: url.to_string(), latest: latest.time.clone(), etag, last_modified, records };
        let Some(before) = before else { return Ok(Step::All(Some(now(BTreeMap::new())), false)) };
        if before.latest == latest.time {
            return Ok(Step::Nothing);
        }
        let changed = changed_since(&before, Line { time: latest.time.clone(), ..latest }, &mut lines)?;
        Ok(match changed {
            Some(changed) => Step::Some(changed, now(before.records)),
            None => Step::All(Some(now(BTreeMap::new())), true),
        })
    }

    /// Fetches records one by one. Returns how many bytes came; none where one of them is not there, so that only the whole
    /// tells.
    pub(super) fn fetch(
        &self,
        client: &Client,
        changed: &[(String, String)],
        now: &mut Changes,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Option<u64>, OutboundError> {
        let mut bytes = 0;
        for (number, (id, time)) in changed.iter().enumerate() {
            let wanted = Wanted {
                what: format!("record {id}"),
                url: self.url(&format!("{}.json", encode(id))),
                authorization: self.authorization.clone(),
                folder: self.folder.join("changed"),
                file: format!("{id}.json"),
                limit: MAX_RECORD,
                token: None,
            };
            progress(Progress {
                what: format!("{} {} of {}", self.name, number + 1, changed.len()),
                done: bytes,
                total: None,
            });
            match download(client, &wanted, &mut |_| {}) {
                Ok(came) => bytes += came.unwrap_or(0),
                Err(OutboundError::NotFound { .. }) => return Ok(None),
                Err(error) => return Err(error),
            }
            now.records.insert(id.clone(), time.clone());
        }
        Ok(Some(bytes))
    }
}

/// The records that have changed and are not there yet; none where they are too many, or the index is damaged.
fn changed_since<R: BufRead>(
    before: &Changes,
    latest: Line,
    lines: &mut Lines<R>,
) -> Result<Option<Vec<(String, String)>>, OutboundError> {
    let Ok(since) = before.latest.parse::<Timestamp>() else { return Ok(None) };
    let (mut changed, mut new, mut next) = (Vec::new(), 0, Some(latest));
    while let Some(line) = next.filter(|line| line.at.unix_seconds() >= since.unix_seconds() - MARGIN) {
        let had = before.records.get(&line.id);
        if had != Some(&line.time) {
            new += usize::from(had.is_none());
            changed.push((line.id, line.time));
        }
        if changed.len() > MAX_CHANGED || before.records.len() + new > MAX_CHANGED {
            return Ok(None);
        }
        next = lines.next_line()?;
    }
    Ok((!lines.is_broken()).then_some(changed))
}

/// A record in the index.
struct Line {
    time: String,
    at: Timestamp,
    id: String,
}

/// The lines of an index, as far as they are read.
struct Lines<R> {
    reader: R,
    last: Option<Timestamp>,
}

/// Stands for a line that broke the rules.
const BROKEN: Timestamp = Timestamp::from_unix_seconds(i64::MIN);

impl<R: BufRead> Lines<R> {
    /// The next line; none at the end, and where a line breaks the form or the order.
    fn next_line(&mut self) -> Result<Option<Line>, OutboundError> {
        let mut text = String::new();
        let read = self.reader.by_ref().take(MAX_LINE).read_line(&mut text);
        if let Err(error) = read {
            return Err(error.downcast::<OutboundError>().unwrap_or_else(|source| OutboundError::Interrupted {
                host: "the server".to_owned(),
                what: "the index of changes".to_owned(),
                source,
            }));
        }
        if text.is_empty() {
            return Ok(None);
        }
        let line = line(text.trim_ascii_end()).filter(|line| self.last.is_none_or(|last| line.at <= last));
        self.last = Some(line.as_ref().map_or(BROKEN, |line| line.at));
        Ok(line)
    }

    fn is_broken(&self) -> bool {
        self.last == Some(BROKEN)
    }
}

fn line(text: &str) -> Option<Line> {
    let (time, id) = text.split_once(',')?;
    let odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '/' | '\\' | ',');
    let is_id = !id.is_empty() && id.len() <= MAX_ID && !id.starts_with('.') && !id.contains(odd);
    let at = time.parse().ok()?;
    is_id.then(|| Line { time: time.to_owned(), at, id: id.to_owned() })
}
