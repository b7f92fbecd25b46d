//! CISA's catalog of known exploited vulnerabilities: `{dateReleased, count, vulnerabilities: [{cveID, dateAdded, dueDate,
//! knownRansomwareCampaignUse}]}`.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Importer, MAX_ENTRIES, Sink, Unreadable, day, document};
use crate::{CveId, Exploited, Fact, Timestamp};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Catalog<'a> {
    date_released: Option<String>,
    count: Option<u64>,
    #[serde(borrow)]
    vulnerabilities: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "cveID")]
    cve_id: String,
    date_added: String,
    due_date: Option<String>,
    known_ransomware_campaign_use: Option<String>,
}

pub(super) fn read(bytes: &[u8], sink: &mut Sink<'_>) -> Result<Option<Timestamp>, Unreadable> {
    let broken = |rule| Unreadable::Rule { feed: Importer::CisaKev, rule };
    let catalog: Catalog<'_> = document(Importer::CisaKev, bytes)?;
    let entries = catalog.vulnerabilities;
    if catalog.count.is_some_and(|count| count != entries.len() as u64) {
        return Err(broken("it does not hold as many entries as it says"));
    }
    if entries.is_empty() || entries.len() > MAX_ENTRIES {
        return Err(broken("it holds no entry or too many"));
    }
    for (number, raw) in entries.into_iter().enumerate() {
        match sink.entry(raw).and_then(|entry| exploited(&entry)) {
            Ok((cve, exploited)) => sink.fact(cve, Fact::Exploited(exploited)),
            Err(reason) => sink.refuse(&format!("vulnerabilities[{number}]"), reason),
        }
    }
    Ok(catalog.date_released.and_then(|date| date.parse().ok()))
}

fn exploited(entry: &Entry) -> Result<(CveId, Exploited), String> {
    let cve = CveId::parse(&entry.cve_id).ok_or("cveID is not the id of a CVE")?;
    let added = day(&entry.date_added).ok_or("dateAdded is not a day")?;
    let due = entry.due_date.as_deref().filter(|date| !date.is_empty());
    let due = due.map(|date| day(date).ok_or("dueDate is not a day")).transpose()?;
    let ransomware = entry.known_ransomware_campaign_use.as_deref() == Some("Known");
    Ok((cve, Exploited { added, due, ransomware }))
}
