//! Fetching feeds and putting them in force.

use std::fs;
use std::path::Path;

use plimsoll_registry::feeds::{self as registry, FeedError, ImportReport};

use super::{FetchReport, Sources, fetch, forget};
use crate::{Client, OutboundError, Progress};

/// What an update has done.
#[derive(Debug)]
pub struct Update {
    /// What was fetched.
    pub fetched: FetchReport,
    /// What came in force; none where nothing was new.
    pub imported: Option<ImportReport>,
}

/// How far an update is.
#[derive(Debug)]
pub enum UpdateStep<'a> {
    /// A file is fetched.
    Fetching(Progress),
    /// A file is imported.
    Importing(registry::Progress<'a>),
}

/// Why an update failed. What is in force is then as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpdateError {
    /// Nothing could be fetched.
    #[error(transparent)]
    Fetch(#[from] OutboundError),
    /// What was fetched could not be imported; it is fetched again the next time.
    #[error("nothing was imported; what was in force stays")]
    Import(#[source] FeedError),
}

/// Fetches feeds into `feeds/` of the data directory `data`, and imports what is there unless it is in force already. Feeds that
/// could not be fetched are in the report.
///
/// # Errors
/// Nothing could be fetched, or not imported.
pub fn update(
    client: &Client,
    sources: &Sources,
    data: &Path,
    progress: &mut dyn FnMut(UpdateStep<'_>),
) -> Result<Update, UpdateError> {
    let directory = data.join("feeds");
    let marker = directory.join(".imported");
    let in_force = registry::info(data).ok().flatten().map(|info| info.generation);
    let is_imported = in_force.is_some() && fs::remove_file(&marker).is_ok();
    let fetched = fetch(client, sources, &directory, |step| progress(UpdateStep::Fetching(step)))?;
    let imported = if fetched.feeds.is_empty() || is_imported && !fetched.has_changes() {
        None
    } else {
        let report = registry::import(&directory, data, &mut |step| progress(UpdateStep::Importing(step)));
        Some(report.map_err(|error| {
            error.path().and_then(Path::parent).into_iter().for_each(forget);
            UpdateError::Import(error)
        })?)
    };
    if is_imported || imported.is_some() {
        fs::write(&marker, b"").map_err(OutboundError::file(&marker))?;
    }
    Ok(Update { fetched, imported })
}
