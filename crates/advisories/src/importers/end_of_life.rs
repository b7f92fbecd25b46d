//! When the support of distributions' releases ended, or will: a table of lines, or the JSON that
//! [endoflife.date](https://endoflife.date/docs/api/v1/) has of a product, `{last_modified, result: {name, releases: [{name,
//! eolFrom, eoesFrom}]}}`.

use serde::Deserialize;

use super::{Importer, Sink, Unreadable, document};
use crate::Timestamp;
use crate::end_of_life::{self, EndOfLife, MAX_ROWS};

/// The products of endoflife.date that are distributions: the `ID` of theirs, and whether what it calls extended support is free
/// for everybody.
const PRODUCTS: [(&str, &str, bool); 14] = [
    ("almalinux", "almalinux", false),
    ("alpine-linux", "alpine", false),
    ("amazon-linux", "amzn", false),
    ("centos", "centos", false),
    ("debian", "debian", true),
    ("fedora", "fedora", false),
    ("mageia", "mageia", false),
    ("opensuse", "opensuse-leap", false),
    ("oracle-linux", "ol", false),
    ("rhel", "rhel", false),
    ("rocky-linux", "rocky", false),
    ("sles", "sles", false),
    ("ubuntu", "ubuntu", false),
    ("vmware-photon", "photon", false),
];
/// The product whose extended support has an `ID` of its own.
const WITH_PRO: (&str, &str) = ("ubuntu", "ubuntu-pro");

/// The products of endoflife.date that are read.
pub(super) fn products() -> impl Iterator<Item = &'static str> {
    PRODUCTS.into_iter().map(|(product, ..)| product)
}

#[derive(Deserialize)]
struct Document {
    last_modified: Option<String>,
    result: Product,
}

#[derive(Deserialize)]
struct Product {
    name: String,
    releases: Vec<Release>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Release {
    name: String,
    eol_from: Option<String>,
    eoes_from: Option<String>,
}

pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_>) -> Result<Option<Timestamp>, Unreadable> {
    if bytes.trim_ascii_start().starts_with(b"{") { product(bytes, sink) } else { table(bytes, sink) }
}

fn broken(rule: &'static str) -> Unreadable {
    Unreadable::Rule { feed: Importer::EndOfLife, rule }
}

fn product(bytes: &[u8], sink: &mut Sink<'_>) -> Result<Option<Timestamp>, Unreadable> {
    let Document { last_modified, result } = document(Importer::EndOfLife, bytes)?;
    let known = PRODUCTS.into_iter().find(|(product, ..)| *product == result.name);
    let (product, id, is_free) = known.ok_or(broken("its product is no distribution that is known"))?;
    if result.releases.is_empty() || result.releases.len() > MAX_ROWS {
        return Err(broken("it names no release or too many"));
    }
    for Release { name, eol_from, eoes_from } in result.releases {
        if product == WITH_PRO.0
            && let Some(day) = &eoes_from
        {
            take(WITH_PRO.1, &name, day, sink);
        }
        // A release without a day has no end yet.
        if let Some(day) = eoes_from.filter(|_| is_free).or(eol_from) {
            take(id, &name, &day, sink);
        }
    }
    Ok(last_modified.and_then(|time| time.parse().ok()))
}

fn table(bytes: &[u8], sink: &mut Sink<'_>) -> Result<Option<Timestamp>, Unreadable> {
    let text = std::str::from_utf8(bytes).map_err(|_| broken("it is neither JSON nor UTF-8"))?;
    let date = end_of_life::date(text).ok_or(broken("it has no line with its date, such as `date 2026-11-21`"))?;
    let mut count = 0;
    for line in end_of_life::lines(text) {
        count += 1;
        if count > MAX_ROWS {
            return Err(broken("it names too many releases"));
        }
        match *line.split_ascii_whitespace().collect::<Vec<_>>() {
            [id, release, day] => take(id, release, day, sink),
            _ => sink.refuse(line, "it is not of an ID, a release and a day"),
        }
    }
    if count == 0 { Err(broken("it names no release")) } else { Ok(Some(date)) }
}

fn take(id: &str, release: &str, day: &str, sink: &mut Sink<'_>) {
    let last_day = end_of_life::end_of_day(day).filter(|_| sink.is_text(id) && sink.is_text(release));
    match last_day {
        Some(last_day) => sink.end_of_life(EndOfLife { id: id.to_owned(), release: release.to_owned(), last_day }),
        None => sink.refuse(&format!("{id} {release}"), format!("{day:?} is no day such as 2026-11-21")),
    }
}
