//! Alpine's security database, a document for each repository of each release: `{distroversion, reponame, urlprefix,
//! packages: [{pkg: {name, secfixes: {version: [flaws]}}}]}`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::{Importer, MAX_ENTRIES, Sink, Unreadable, document, until};
use crate::record::{Affected, Record, Response};
use crate::{Timestamp, flaw};

/// What the ids of its records begin with.
pub(super) const PREFIX: &str = "ALPINE-SECDB-";
/// The version that stands for "never had it".
const NEVER: &str = "0";
/// How many versions a package may have been fixed in, and how many flaws in one of them.
const MAX_FIXES: usize = 10_000;

#[derive(Deserialize)]
struct Document<'a> {
    distroversion: Option<String>,
    urlprefix: Option<String>,
    #[serde(borrow)]
    packages: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
struct Entry {
    pkg: Package,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    /// Some packages have `null`, and some versions.
    secfixes: Option<BTreeMap<String, Option<Vec<String>>>>,
}

/// The versions that fixed a flaw in a package, by ecosystem with its release.
pub(super) type Gathered = BTreeMap<(String, String), BTreeMap<String, BTreeSet<String>>>;

pub(super) fn read(
    bytes: &[u8],
    gathered: &mut Gathered,
    sink: &mut Sink<'_>,
) -> Result<Option<Timestamp>, Unreadable> {
    let broken = |rule| Unreadable::Rule { feed: Importer::AlpineSecdb, rule };
    let document: Document<'_> = document(Importer::AlpineSecdb, bytes)?;
    let packages = document.packages.ok_or(broken("it has no packages"))?;
    let ecosystem = ecosystem(document.distroversion.as_deref(), document.urlprefix.as_deref());
    let ecosystem = ecosystem.ok_or(broken("it names no release that is known"))?;
    for (number, raw) in packages.into_iter().enumerate() {
        if gathered.len() > MAX_ENTRIES {
            return Err(broken("too many flaws"));
        }
        if let Err(reason) = package(raw, &ecosystem, gathered, sink) {
            sink.refuse(&format!("package {number} of {ecosystem}"), reason);
        }
    }
    Ok(None)
}

fn ecosystem(release: Option<&str>, url: Option<&str>) -> Option<String> {
    let of_host = |host: &str| url.is_some_and(|url| url.contains(host));
    match release.filter(|release| !release.is_empty()) {
        None if of_host("wolfi") => Some("Wolfi".to_owned()),
        None if of_host("chainguard") || of_host("cgr.dev") => Some("Chainguard".to_owned()),
        Some(release) if release.starts_with("edge") => Some("Alpine:edge".to_owned()),
        Some(release) => {
            let (major, minor) = release.strip_prefix('v')?.split_once('.')?;
            let digits = |text: &str| (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            (digits(major) && digits(minor)).then(|| format!("Alpine:{release}"))
        }
        None => None,
    }
}

fn package(raw: &RawValue, ecosystem: &str, gathered: &mut Gathered, sink: &Sink<'_>) -> Result<(), String> {
    let Package { name, secfixes } = sink.entry::<Entry>(raw)?.pkg;
    let fixes = secfixes.unwrap_or_default();
    let count = fixes.values().flatten().map(Vec::len).sum::<usize>();
    if !sink.is_text(&name) || !fixes.keys().all(|version| sink.is_text(version)) {
        return Err("a name or a version is not proper".to_owned());
    }
    if fixes.len() > MAX_FIXES || count > MAX_FIXES {
        return Err(format!("more than {MAX_FIXES} fixes"));
    }
    for (version, flaws) in fixes {
        for id in flaws.iter().flatten().flat_map(|text| ids(text)).filter(|id| sink.is_text(id)) {
            let fixes = gathered.entry((name.clone(), id.to_owned())).or_default();
            fixes.entry(ecosystem.to_owned()).or_default().insert(version.clone());
        }
    }
    Ok(())
}

/// The ids in an entry, which people write with remarks: `CVE-2017-2616 (+ regression fix)`. Other ids beside a CVE name
/// the same flaw.
fn ids(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')'));
    let is_id = |word: &&str| {
        let shape = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':'));
        shape && word.contains('-') && word.starts_with(|c: char| c.is_ascii_uppercase())
    };
    let ids = words.filter(is_id).map(flaw::canonical).collect::<Vec<_>>();
    let cves = ids.iter().copied().filter(|id| flaw::is_cve(id)).collect::<Vec<_>>();
    if cves.is_empty() { ids.into_iter().take(1).collect() } else { cves }
}

pub(super) fn finish(gathered: Gathered, sink: &mut Sink<'_>) {
    for ((package, id), releases) in gathered {
        let told = format!("{package} {id} {releases:?}");
        let affected = releases.into_iter().map(|(ecosystem, fixes)| {
            let fixed = fixes.into_iter().filter(|version| version != NEVER).collect::<Vec<_>>();
            Affected {
                ecosystem,
                name: package.clone(),
                response: fixed.is_empty().then_some(Response::NotAffected),
                // Fixed more than once, it was fixed only the last time.
                ranges: fixed.into_iter().map(|version| until(Some(version))).collect(),
                versions: Vec::new(),
                severities: Vec::new(),
                word: None,
            }
        });
        let record = Record {
            id: format!("{PREFIX}{package}-{id}"),
            modified: sink.as_of,
            published: None,
            withdrawn: None,
            aliases: Vec::new(),
            upstream: vec![id.clone()],
            related: Vec::new(),
            summary: String::new(),
            severities: Vec::new(),
            word: None,
            affected: affected.collect(),
            sha256: Sha256::digest(told).into(),
        };
        sink.record(record);
    }
}
