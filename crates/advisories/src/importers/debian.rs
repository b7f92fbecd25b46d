//! The Debian Security Tracker: `{package: {flaw: {description, releases: {codename: {status, fixed_version, urgency,
//! nodsa, nodsa_reason}}}}}`.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::{Importer, MAX_ENTRIES, Sink, Unreadable, until};
use crate::Timestamp;
use crate::record::{Affected, Record, Response, cut};
use crate::scheme::debian_release;

/// What the ids of its records begin with.
pub(super) const PREFIX: &str = "DEBIAN-TRACKER-";
/// How many releases an entry may name.
const MAX_RELEASES: usize = 64;
/// The version that stands for "never had it".
const NEVER: &str = "0";

#[derive(Deserialize)]
struct Flaw {
    description: Option<String>,
    releases: Option<BTreeMap<String, Release>>,
}

#[derive(Deserialize)]
struct Release {
    status: String,
    fixed_version: Option<String>,
    urgency: Option<String>,
    nodsa: Option<String>,
    nodsa_reason: Option<String>,
}

pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_>) -> Result<Option<Timestamp>, Unreadable> {
    let broken = |source| Unreadable::Json { feed: Importer::DebianTracker, source };
    let mut entries = 0;
    let mut json = serde_json::Deserializer::from_slice(bytes);
    Packages { sink, entries: &mut entries }.deserialize(&mut json).map_err(broken)?;
    json.end().map_err(broken)?;
    if entries == 0 {
        return Err(Unreadable::Rule { feed: Importer::DebianTracker, rule: "it names no flaw" });
    }
    Ok(None)
}

/// The whole document, which is large: its entries go on one by one.
struct Packages<'a, 's> {
    sink: &'a mut Sink<'s>,
    entries: &'a mut usize,
}

/// The flaws of one package.
struct Flaws<'a, 's> {
    package: String,
    sink: &'a mut Sink<'s>,
    entries: &'a mut usize,
}

impl<'de> DeserializeSeed<'de> for Packages<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Packages<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("packages with their flaws")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(package) = map.next_key()? {
            map.next_value_seed(Flaws { package, sink: &mut *self.sink, entries: &mut *self.entries })?;
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Flaws<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Flaws<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("flaws of a package")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((id, raw)) = map.next_entry::<String, &'de RawValue>()? {
            *self.entries += 1;
            if *self.entries > MAX_ENTRIES {
                return Err(A::Error::custom("too many flaws"));
            }
            match record(&self.package, &id, raw, self.sink) {
                Ok(record) => self.sink.record(record),
                Err(reason) => self.sink.refuse(&format!("{} {id}", self.package), reason),
            }
        }
        Ok(())
    }
}

fn record(package: &str, id: &str, raw: &RawValue, sink: &Sink<'_>) -> Result<Record, String> {
    if !sink.is_text(package) || !sink.is_text(id) {
        return Err("the package or the flaw has no proper name".to_owned());
    }
    let flaw: Flaw = sink.entry(raw)?;
    let releases = flaw.releases.unwrap_or_default();
    if releases.len() > MAX_RELEASES {
        return Err(format!("more than {MAX_RELEASES} releases"));
    }
    // A release that has no number yet, or that nobody has images of, is passed over.
    let known = releases.into_iter().filter_map(|(codename, release)| Some((debian_release(&codename)?, release)));
    let affected = known.map(|(number, release)| affected(package, number, release, sink));
    Ok(Record {
        id: format!("{PREFIX}{package}-{id}"),
        modified: sink.as_of,
        published: None,
        withdrawn: None,
        aliases: Vec::new(),
        upstream: vec![id.to_owned()],
        related: Vec::new(),
        summary: cut(&flaw.description.unwrap_or_default()),
        severities: Vec::new(),
        word: None,
        affected: affected.collect::<Result<_, _>>()?,
        sha256: Sha256::digest(raw.get()).into(),
    })
}

fn affected(package: &str, number: &str, release: Release, sink: &Sink<'_>) -> Result<Affected, String> {
    let urgency = release.urgency.as_deref().map(|word| word.trim_end_matches('*'));
    let decision = match (urgency, release.nodsa_reason.as_deref()) {
        (Some("end-of-life"), _) => Some(Response::EndOfLife),
        (_, Some("ignored")) => Some(Response::WontFix),
        // No announcement of its own: it waits for the next of the release's updates.
        (_, Some("postponed")) => Some(Response::Deferred),
        _ => release.nodsa.map(|_| Response::Deferred),
    };
    let fixed = release.fixed_version.filter(|version| !version.is_empty());
    let (ranges, response) = match (release.status.as_str(), fixed) {
        ("resolved", Some(version)) if version == NEVER => (Vec::new(), Some(Response::NotAffected)),
        ("resolved", Some(version)) if sink.is_text(&version) => (vec![until(Some(version))], None),
        ("resolved", _) => return Err("it is resolved in no proper version".to_owned()),
        ("open", _) => (vec![until(None)], decision),
        ("undetermined", _) => (vec![until(None)], Some(Response::UnderInvestigation)),
        (status, _) => return Err(format!("the status {status:?} is not known")),
    };
    Ok(Affected {
        ecosystem: format!("Debian:{number}"),
        name: package.to_owned(),
        ranges,
        versions: Vec::new(),
        severities: Vec::new(),
        word: urgency.filter(|word| crate::Severity::from_word(word).is_some()).map(str::to_owned),
        response,
    })
}
