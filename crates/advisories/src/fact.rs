//! What is known of a CVE whatever package it is in: that it is exploited, how likely that is, how bad it is.

use std::fmt;

use crate::record::Rating;
use crate::{Timestamp, flaw};

/// How many parts [`Epss`] counts in.
const PARTS: f64 = 1e6;

/// The id of a CVE. Ordered by year and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CveId(u64);

impl CveId {
    const NUMBER_BITS: u32 = 40;

    /// Reads an id such as `CVE-2024-3094`; none where it is not written as the list of CVEs writes it.
    pub fn parse(id: &str) -> Option<Self> {
        let (year, number) = flaw::cve_number(id)?;
        let is_padded = number.len() > 4 && number.starts_with('0');
        let number = number.parse::<u64>().ok().filter(|number| number >> Self::NUMBER_BITS == 0 && !is_padded)?;
        let id_of = Self(year.parse::<u64>().ok()? << Self::NUMBER_BITS | number);
        // Fewer digits than the list has would be another spelling of the same.
        (id.len() >= "CVE-2000-0000".len()).then_some(id_of)
    }

    pub(crate) const fn to_number(self) -> u64 {
        self.0
    }

    pub(crate) const fn from_number(number: u64) -> Self {
        Self(number)
    }
}

impl fmt::Display for CveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.0 & ((1 << Self::NUMBER_BITS) - 1);
        write!(f, "CVE-{}-{number:04}", self.0 >> Self::NUMBER_BITS)
    }
}

/// That a flaw is known to be exploited, as the catalog of CISA says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exploited {
    /// The day it was added to the catalog.
    pub added: Timestamp,
    /// The day by which agencies have to act; none where the catalog names none.
    pub due: Option<Timestamp>,
    /// Whether campaigns of extortion are known to use it.
    pub ransomware: bool,
}

/// How likely a flaw is to be exploited within thirty days, as the Exploit Prediction Scoring System says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epss {
    pub(crate) probability: u32,
    pub(crate) percentile: u32,
}

impl Epss {
    /// Both numbers lie between 0 and 1, and are kept to six places; none where one of them does not.
    pub fn new(probability: f64, percentile: f64) -> Option<Self> {
        let whole = |parts: f64| u32::try_from(parts.round() as i64).ok();
        let parts = |number: f64| whole(number * PARTS).filter(|_| (0.0..=1.0).contains(&number));
        Some(Self { probability: parts(probability)?, percentile: parts(percentile)? })
    }

    /// The probability, 0 to 1.
    pub fn probability(self) -> f64 {
        f64::from(self.probability) / PARTS
    }

    /// The share of all flaws that are at most as likely to be exploited, 0 to 1.
    pub fn percentile(self) -> f64 {
        f64::from(self.percentile) / PARTS
    }
}

/// One thing known of a CVE. Each kind comes from one feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// It is exploited.
    Exploited(Exploited),
    /// How likely it is to be.
    Epss(Epss),
    /// How bad it is, at most one vector for each version of CVSS.
    Ratings(Vec<Rating>),
}

/// All that is known of a CVE.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// That it is exploited.
    pub exploited: Option<Exploited>,
    /// How likely it is to be.
    pub epss: Option<Epss>,
    /// How bad it is.
    pub ratings: Vec<Rating>,
}

impl Facts {
    /// The facts one by one.
    pub fn each(self) -> impl Iterator<Item = Fact> {
        let ratings = (!self.ratings.is_empty()).then_some(Fact::Ratings(self.ratings));
        self.exploited.map(Fact::Exploited).into_iter().chain(self.epss.map(Fact::Epss)).chain(ratings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_as_they_were() {
        for id in ["CVE-1999-0001", "CVE-2024-3094", "CVE-2021-44228", "CVE-2024-1000001"] {
            assert_eq!(CveId::parse(id).map(|id| id.to_string()).as_deref(), Some(id));
        }
        for id in
            ["", "CVE-2024-1", "CVE-2024-00012", "CVE-24-1234", "GHSA-1", "CVE-2024-99999999999999", "cve-2024-1234"]
        {
            assert_eq!(CveId::parse(id), None, "{id}");
        }
        assert!(CveId::parse("CVE-2023-9999") < CveId::parse("CVE-2023-10000"));
    }

    #[test]
    fn probabilities_keep_their_places() {
        let epss = Epss::new(0.000_43, 0.975).unwrap();
        assert_eq!((epss.probability(), epss.percentile()), (0.000_43, 0.975));
        for (probability, percentile) in [(1.1, 0.0), (-0.1, 0.0), (0.0, f64::NAN), (f64::INFINITY, 0.0)] {
            assert_eq!(Epss::new(probability, percentile), None);
        }
    }
}
