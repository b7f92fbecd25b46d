//! What is known of CVEs, on its way into an index.

use std::collections::BTreeMap;

use super::IndexError;
use super::arena::Arena;
use super::rows::{ExploitedRow, Ratings};
use super::view::NO_EPSS;
use crate::{CveId, Epss, Exploited, Fact};

/// Facts by CVE.
#[derive(Default)]
pub(super) struct PendingFacts(BTreeMap<CveId, Pending>);

#[derive(Default)]
struct Pending {
    exploited: Option<Exploited>,
    epss: Option<Epss>,
    ratings: u32,
}

impl PendingFacts {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a fact unless one of its kind is there; says whether it was added.
    pub(super) fn add(&mut self, cve: CveId, fact: &Fact, arena: &mut Arena) -> Result<bool, IndexError> {
        let pending = self.0.entry(cve).or_default();
        Ok(match fact {
            Fact::Exploited(exploited) if pending.exploited.is_none() => {
                pending.exploited = Some(*exploited);
                true
            }
            Fact::Epss(epss) if pending.epss.is_none() => {
                pending.epss = Some(*epss);
                true
            }
            Fact::Ratings(ratings) if pending.ratings == 0 => {
                let row = postcard::to_stdvec(&Ratings::of(ratings, None)).map_err(|_| IndexError::TooLarge)?;
                pending.ratings = arena.keep_sized(&row)?;
                true
            }
            _ => false,
        })
    }

    /// Where the arena has the severities of a CVE.
    pub(super) fn ratings(&self, cve: CveId) -> Option<u32> {
        self.0.get(&cve).map(|pending| pending.ratings).filter(|offset| *offset > 0)
    }

    pub(super) fn rows(&self, arena: &mut Arena) -> Result<Vec<u8>, IndexError> {
        let mut rows = Vec::with_capacity(self.0.len() * super::FACT_ROW);
        for (cve, pending) in &self.0 {
            let exploited = match pending.exploited.map(ExploitedRow::from) {
                Some(row) => arena.keep_sized(&postcard::to_stdvec(&row).map_err(|_| IndexError::TooLarge)?)?,
                None => 0,
            };
            let (probability, percentile) =
                pending.epss.map_or((NO_EPSS, NO_EPSS), |epss| (epss.probability, epss.percentile));
            rows.extend(cve.to_number().to_le_bytes());
            let numbers = [probability, percentile, exploited, pending.ratings];
            rows.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        }
        Ok(rows)
    }
}
