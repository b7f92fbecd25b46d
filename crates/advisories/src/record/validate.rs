//! From the JSON of a record to the record.

use sha2::{Digest as _, Sha256};

use super::refusal::RangeRule;
use super::{
    Affected, Event, Limits, Range, RangeKind, Rating, RatingKind, Record, Refusal, Response, SUMMARY_LENGTH, wire,
};
use crate::Timestamp;

pub(super) fn record(json: &[u8], limits: &Limits) -> Result<Record, Refusal> {
    let wire: wire::Record<'_> = serde_json::from_slice(json).map_err(Refusal::Shape)?;
    if wire.id.is_empty() || wire.id.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Refusal::BadId);
    }
    let modified = wire.modified.ok_or(Refusal::MissingModified)?;
    let summary = match wire.summary.filter(|text| !text.trim().is_empty()) {
        Some(summary) => summary,
        None => wire
            .details
            .map_or(Ok(None), |text| serde_json::from_str::<Option<String>>(text.get()))
            .map_err(Refusal::Shape)?
            .unwrap_or_default(),
    };
    let affected = bounded(wire.affected.unwrap_or_default(), limits.affected, "affected packages")?;
    Ok(Record {
        id: text(wire.id, limits)?,
        modified: time("modified", &modified)?,
        published: wire.published.map(|text| time("published", &text)).transpose()?,
        withdrawn: wire.withdrawn.map(|text| time("withdrawn", &text)).transpose()?,
        aliases: ids(wire.aliases, limits)?,
        upstream: ids(wire.upstream, limits)?,
        related: ids(wire.related, limits)?,
        summary: cut(&summary),
        severities: ratings(wire.severity, limits)?,
        word: wire.database_specific.and_then(|specific| specific.severity).filter(|word| word.len() <= limits.text),
        affected: affected
            .into_iter()
            .enumerate()
            .filter_map(|(at, wire)| affected_package(at, wire, limits).transpose())
            .collect::<Result<_, _>>()?,
        sha256: Sha256::digest(json).into(),
    })
}

fn bounded<T>(list: Vec<T>, limit: usize, what: &'static str) -> Result<Vec<T>, Refusal> {
    if list.len() > limit { Err(Refusal::TooLarge { what, limit }) } else { Ok(list) }
}

fn text(text: String, limits: &Limits) -> Result<String, Refusal> {
    if text.len() > limits.text {
        return Err(Refusal::TooLarge { what: "bytes in an id, name, version or vector", limit: limits.text });
    }
    Ok(text)
}

fn texts(list: Vec<String>, limits: &Limits) -> Result<Vec<String>, Refusal> {
    list.into_iter().map(|item| text(item, limits)).collect()
}

fn ids(list: Option<Vec<String>>, limits: &Limits) -> Result<Vec<String>, Refusal> {
    let mut ids = texts(bounded(list.unwrap_or_default(), limits.ids, "ids")?, limits)?;
    ids.retain(|id| !id.is_empty());
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

fn time(field: &'static str, text: &str) -> Result<Timestamp, Refusal> {
    text.parse().map_err(|_| Refusal::BadTime { field })
}

/// One line of bounded length; control characters would reach terminals.
pub(crate) fn cut(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    line.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SUMMARY_LENGTH).collect()
}

/// Severities of kinds the schema does not know are left out: they say nothing wrong, only nothing to us.
fn ratings(list: Option<Vec<wire::Severity>>, limits: &Limits) -> Result<Vec<Rating>, Refusal> {
    let known = bounded(list.unwrap_or_default(), limits.ids, "severities")?.into_iter().filter_map(|wire| {
        let kind = match wire.kind.as_str() {
            "CVSS_V2" => RatingKind::CvssV2,
            "CVSS_V3" => RatingKind::CvssV3,
            "CVSS_V4" => RatingKind::CvssV4,
            "Ubuntu" => RatingKind::Ubuntu,
            _ => return None,
        };
        Some(text(wire.score, limits).map(|value| Rating { kind, value }))
    });
    known.collect()
}

/// An affected package, or nothing where the entry names no package (it is about commits only).
fn affected_package(at: usize, wire: wire::Affected, limits: &Limits) -> Result<Option<Affected>, Refusal> {
    let Some(package) = wire.package else { return Ok(None) };
    let present = |value: Option<String>, field| {
        let value = value.filter(|value| !value.trim().is_empty());
        value.ok_or(Refusal::MissingPackage { affected: at, field })
    };
    let mut ranges = Vec::new();
    for (range_at, range) in bounded(wire.ranges.unwrap_or_default(), limits.ranges, "ranges")?.into_iter().enumerate()
    {
        let kind = match range.kind.as_str() {
            "SEMVER" => RangeKind::SemVer,
            "ECOSYSTEM" => RangeKind::Ecosystem,
            "GIT" => continue,
            _ => return Err(Refusal::UnknownRangeType { affected: at, kind: range.kind.chars().take(40).collect() }),
        };
        let bad = |rule| Refusal::BadRange { affected: at, range: range_at, rule };
        let events = bounded(range.events.unwrap_or_default(), limits.events, "events")?;
        let events = events.into_iter().map(|wire| event(wire).map_err(bad)).collect::<Result<Vec<_>, _>>()?;
        check_events(&events).map_err(bad)?;
        if let Some(event) = events.iter().find(|event| event.version().len() > limits.text) {
            text(event.version().to_owned(), limits)?;
        }
        ranges.push(Range { kind, events });
    }
    let words = [wire.ecosystem_specific, wire.database_specific].into_iter().flatten();
    let word = words.filter_map(|words| words.severity.or(words.urgency)).find(|word| word.len() <= limits.text);
    Ok(Some(Affected {
        ecosystem: text(present(package.ecosystem, "ecosystem")?, limits)?,
        name: text(present(package.name, "name")?, limits)?,
        ranges,
        versions: texts(bounded(wire.versions.unwrap_or_default(), limits.versions, "versions")?, limits)?,
        severities: ratings(wire.severity, limits)?,
        response: word.as_deref().and_then(response),
        word,
    }))
}

/// Debian's urgency is a decision where it is no severity.
fn response(word: &str) -> Option<Response> {
    (word == "end-of-life").then_some(Response::EndOfLife)
}

fn event(wire: wire::Event) -> Result<Event, RangeRule> {
    let event = match (wire.introduced, wire.fixed, wire.last_affected, wire.limit) {
        (Some(version), None, None, None) => Event::Introduced(version),
        (None, Some(version), None, None) => Event::Fixed(version),
        (None, None, Some(version), None) => Event::LastAffected(version),
        (None, None, None, Some(version)) => Event::Limit(version),
        (a, b, c, d) => {
            return Err(RangeRule::KeysOfEvent([a, b, c, d].iter().filter(|key| key.is_some()).count()));
        }
    };
    if event.version().is_empty() { Err(RangeRule::EmptyVersion) } else { Ok(event) }
}

fn check_events(events: &[Event]) -> Result<(), RangeRule> {
    let has = |kind: fn(&Event) -> bool| events.iter().any(kind);
    if !has(|event| matches!(event, Event::Introduced(_))) {
        return Err(RangeRule::NothingIntroduced);
    }
    if has(|event| matches!(event, Event::Fixed(_))) && has(|event| matches!(event, Event::LastAffected(_))) {
        return Err(RangeRule::FixedAndLastAffected);
    }
    Ok(())
}
