//! Rows of the index that are read whole.

use serde::{Deserialize, Serialize};

use super::Damaged;
use crate::record::{Affected, Rating, RatingKind, Record, Response};
use crate::{Exploited, Severity, Timestamp};

/// A record without its affected packages, as stored.
#[derive(Serialize, Deserialize)]
pub(crate) struct Head<'a> {
    pub(crate) id: &'a str,
    pub(crate) modified: i64,
    pub(crate) published: Option<i64>,
    pub(crate) withdrawn: Option<i64>,
    #[serde(borrow)]
    pub(crate) aliases: Vec<&'a str>,
    pub(crate) upstream: Vec<&'a str>,
    pub(crate) related: Vec<&'a str>,
    pub(crate) summary: &'a str,
    pub(crate) ratings: Ratings<'a>,
    pub(crate) sha256: &'a [u8],
}

/// Severities, as stored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Ratings<'a> {
    /// First, so that it can be read alone.
    response: u8,
    #[serde(borrow)]
    vectors: Vec<(u8, &'a str)>,
    pub(crate) word: Option<&'a str>,
}

/// That a CVE is exploited, as stored.
#[derive(Serialize, Deserialize)]
pub(super) struct ExploitedRow {
    added: i64,
    due: Option<i64>,
    ransomware: bool,
}

impl From<Exploited> for ExploitedRow {
    fn from(exploited: Exploited) -> Self {
        Self {
            added: exploited.added.unix_seconds(),
            due: exploited.due.map(Timestamp::unix_seconds),
            ransomware: exploited.ransomware,
        }
    }
}

impl From<ExploitedRow> for Exploited {
    fn from(row: ExploitedRow) -> Self {
        Self {
            added: Timestamp::from_unix_seconds(row.added),
            due: row.due.map(Timestamp::from_unix_seconds),
            ransomware: row.ransomware,
        }
    }
}

/// A flaw under all its ids, as stored.
#[derive(Serialize, Deserialize)]
pub(crate) struct Group<'a> {
    /// The ids; the first names the flaw.
    #[serde(borrow)]
    pub(crate) ids: Vec<&'a str>,
    pub(super) severity: u8,
    pub(crate) score: Option<f64>,
    pub(crate) vector: Option<&'a str>,
    pub(crate) source: Option<&'a str>,
}

const RATING_KINDS: [RatingKind; 4] = [RatingKind::Ubuntu, RatingKind::CvssV2, RatingKind::CvssV3, RatingKind::CvssV4];
const SEVERITIES: [Severity; 6] =
    [Severity::Unknown, Severity::Negligible, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

impl<'a> Ratings<'a> {
    pub(super) fn of(severities: &'a [Rating], word: Option<&'a str>) -> Self {
        let vectors = severities.iter().map(|rating| (rating.kind as u8, rating.value.as_str())).collect();
        Self { response: 0, vectors, word }
    }

    /// The same with what the publisher has decided.
    pub(super) fn with_response(mut self, response: Option<Response>) -> Self {
        let place = response.and_then(|response| Response::ALL.iter().position(|known| *known == response));
        self.response = place.map_or(0, |place| place as u8 + 1);
        self
    }

    pub(crate) fn response(&self) -> Option<Response> {
        response(self.response)
    }

    /// The response of stored ratings.
    pub(super) fn response_in(row: &[u8]) -> Option<Response> {
        response(*row.first()?)
    }

    /// The ratings of kinds that are known.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (RatingKind, &'a str)> {
        let known = |(kind, value): &(u8, &'a str)| Some((*RATING_KINDS.get(usize::from(*kind))?, *value));
        self.vectors.iter().filter_map(known)
    }

    pub(super) fn severities(&self) -> Vec<Rating> {
        self.iter().map(|(kind, value)| Rating { kind, value: value.to_owned() }).collect()
    }
}

fn response(code: u8) -> Option<Response> {
    Response::ALL.get(usize::from(code).checked_sub(1)?).copied()
}

impl Group<'_> {
    pub(crate) fn severity(&self) -> Severity {
        SEVERITIES.get(usize::from(self.severity)).copied().unwrap_or_default()
    }
}

impl Head<'_> {
    pub(crate) fn withdrawn(&self) -> Option<Timestamp> {
        self.withdrawn.map(Timestamp::from_unix_seconds)
    }

    pub(crate) fn modified(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.modified)
    }

    pub(crate) fn published(&self) -> Option<Timestamp> {
        self.published.map(Timestamp::from_unix_seconds)
    }

    pub(crate) fn digest(&self) -> Result<[u8; 32], Damaged> {
        self.sha256.try_into().map_err(|_| Damaged)
    }

    pub(super) fn record(&self, affected: Vec<Affected>) -> Result<Record, Damaged> {
        let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        Ok(Record {
            id: self.id.to_owned(),
            modified: self.modified(),
            published: self.published(),
            withdrawn: self.withdrawn(),
            aliases: owned(&self.aliases),
            upstream: owned(&self.upstream),
            related: owned(&self.related),
            summary: self.summary.to_owned(),
            severities: self.ratings.severities(),
            word: self.ratings.word.map(str::to_owned),
            affected,
            sha256: self.digest()?,
        })
    }
}
