//! `plimsoll db`: the advisories of a data directory.

use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use plimsoll_advisories::{Timestamp, built_in_end_of_life};
use plimsoll_outbound::Client;
use plimsoll_outbound::feeds::{self as remote, Sources, UpdateStep};
use plimsoll_registry::feeds::{self, ImportReport};
use plimsoll_server::config::{Config, Overrides};
use serde_json::json;

use crate::Exit;
use crate::arguments::{ExportSetArguments, Format, ImportArguments, InfoArguments, UpdateArguments};
use crate::output::count;
use crate::{output, settings};

/// The most refused records that are printed; the log has them all.
const SHOWN: usize = 20;

pub(crate) fn import(arguments: &ImportArguments) -> Result<Exit> {
    let report = load(&arguments.path, &settings::data(&arguments.data))?;
    print(&report);
    Ok(Exit::Fine)
}

pub(crate) fn export(arguments: &ExportSetArguments) -> Result<Exit> {
    let info = feeds::export(&settings::data(&arguments.data), &arguments.file)?;
    let (records, feeds) = (count(info.records, "record"), count(info.feeds.len(), "feed"));
    let what = format!("{records} of {feeds}, generation {}", short(&info.generation));
    output::line(&format!("exported: {what}, to {}", arguments.file.display()));
    Ok(Exit::Fine)
}

pub(crate) fn update(arguments: &UpdateArguments) -> Result<Exit> {
    let (sources, data) = sources(arguments)?;
    let spinner = output::spinner("fetching advisories");
    let updated = remote::update(&Client::new()?, &sources, &data, &mut |step| match step {
        UpdateStep::Fetching(progress) => spinner.set_message(format!("fetching {progress}")),
        UpdateStep::Importing(progress) => spinner.set_message(importing(&progress)),
    })?;
    spinner.finish_and_clear();
    if !updated.fetched.feeds.is_empty() {
        output::line(&format!("fetched: {}", updated.fetched));
    }
    match &updated.imported {
        Some(report) => print(report),
        None if updated.fetched.feeds.is_empty() => {}
        None => output::line("nothing is new; what was in force stays"),
    }
    let failed =
        updated.fetched.failed.into_iter().map(|(feed, error)| format!("{feed}: {:#}", anyhow::Error::new(error)));
    let failed = failed.collect::<Vec<_>>();
    if !failed.is_empty() {
        bail!("could not be fetched, and stays as it was: {}", failed.join("; "));
    }
    Ok(Exit::Fine)
}

fn sources(arguments: &UpdateArguments) -> Result<(Sources, std::path::PathBuf)> {
    let overrides = Overrides { data: arguments.data.data.clone(), config: arguments.config.clone(), listen: None };
    let config = Config::load(&overrides, &settings::default_data())?;
    let UpdateArguments { url, ecosystems, lists, mirror, .. } = arguments.clone();
    let given = (url.is_some() || !lists.is_empty()).then_some(Sources { url, ecosystems, lists, mirror });
    let Some(sources) = given.or(config.feed.map(|feed| feed.sources)) else {
        bail!(
            "no feed is configured: give --url and --ecosystems, or --lists, or a [feed] table with these in the configuration"
        );
    };
    Ok((sources, config.data))
}

fn load(path: &Path, data: &Path) -> Result<ImportReport> {
    let spinner = output::spinner("importing");
    let report = feeds::import(path, data, &mut |progress| {
        spinner.set_message(importing(&progress));
    });
    spinner.finish_and_clear();
    report.with_context(|| format!("nothing was imported from {}; what was in force stays", path.display()))
}

fn importing(progress: &feeds::Progress<'_>) -> String {
    format!("importing {} ({}/{})", progress.file.display(), progress.done, progress.total)
}

fn print(report: &ImportReport) {
    let mut table = output::table(&["feed", "records", "before"]);
    for feed in &report.feeds {
        let before = feed.before.map_or_else(|| "new".to_owned(), |before| before.to_string());
        table.add_row([feed.feed.clone(), feed.records.to_string(), before]);
    }
    output::line(&table.to_string());
    output::line(&format!("in force: {}, generation {}", count(report.records, "record"), short(&report.generation)));
    if let Some(lost) = &report.lost {
        output::note(&format!("note: what was in force before could not be kept: {lost}"));
    }
    if report.refused_count > 0 {
        output::note(&format!("refused: {}", count(report.refused_count, "record")));
        for refused in report.refused.iter().take(SHOWN) {
            output::note(&format!("  {}: {}", refused.file, refused.reason));
        }
    }
}

pub(crate) fn info(arguments: &InfoArguments) -> Result<Exit> {
    let data = settings::data(&arguments.data);
    let Some(info) = feeds::info(&data)? else {
        bail!("no advisories are loaded in {}: load some with `plimsoll db import <directory or zip>`", data.display());
    };
    let now = Timestamp::from(SystemTime::now());
    if arguments.format == Format::Json {
        let feed = |feed: &plimsoll_advisories::FeedInfo| {
            json!({
                "feed": feed.feed,
                "ecosystem": feed.ecosystem,
                "source": feed.source,
                "records": feed.records,
                "refused": feed.refused,
                "newestModified": feed.newest_modified.map(|time| time.to_string()),
                "importedAt": feed.imported_at.to_string(),
                "ageSeconds": now.unix_seconds() - feed.imported_at.unix_seconds(),
            })
        };
        let feeds: Vec<_> = info.feeds.iter().map(feed).collect();
        let answer = json!({
            "generation": info.generation,
            "builtAt": info.built_at.to_string(),
            "records": info.records,
            "refused": info.refused,
            "feeds": feeds,
            "builtInEndOfLife": built_in_end_of_life().map(|time| time.to_string()),
        });
        output::line(&serde_json::to_string_pretty(&answer)?);
        return Ok(Exit::Fine);
    }
    let mut table = output::table(&["feed", "ecosystem", "records", "refused", "newest change", "imported", "age"]);
    for feed in &info.feeds {
        table.add_row([
            feed.feed.clone(),
            feed.ecosystem.clone(),
            feed.records.to_string(),
            feed.refused.to_string(),
            feed.newest_modified.map_or_else(|| "-".to_owned(), |time| time.to_string()),
            feed.imported_at.to_string(),
            format!("{} d", feed.imported_at.days_until(now)),
        ]);
    }
    if info.end_of_life.is_empty() {
        let date = built_in_end_of_life().map_or_else(|| "-".to_owned(), |time| time.to_string());
        table.add_row(["end-of-life (built in)", "-", "-", "-", date.as_str(), "-", "-"]);
    }
    output::line(&table.to_string());
    let records = count(info.records, "record");
    output::line(&format!("{records}, generation {}, built {}", short(&info.generation), info.built_at));
    Ok(Exit::Fine)
}

/// Enough of a generation's checksum to tell it from others.
fn short(generation: &str) -> &str {
    generation.get(..12).unwrap_or(generation)
}
