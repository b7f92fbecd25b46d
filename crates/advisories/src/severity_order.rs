//! Whom to believe how bad a flaw is.

use std::fmt;
use std::str::FromStr;

use crate::Assessment;
use crate::finding::{Finding, Judgement};
use crate::judge::by_weight;

/// A kind of source that says how bad a flaw is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SeveritySource {
    /// What an advisory says of this very package.
    Package,
    /// What an advisory says as a whole.
    Advisory,
    /// The word of an advisory's database.
    Database,
    /// Another advisory on the same flaw.
    #[default]
    Other,
    /// The National Vulnerability Database.
    Nvd,
}

impl SeveritySource {
    const ALL: [Self; 5] = [Self::Package, Self::Advisory, Self::Database, Self::Other, Self::Nvd];

    /// The source's name in an order.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Advisory => "advisory",
            Self::Database => "database",
            Self::Other => "other",
            Self::Nvd => "nvd",
        }
    }
}

/// The order in which the sources of a severity are believed: the first that says anything decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeverityOrder {
    /// By their kind.
    By([SeveritySource; 5]),
    /// The worst that any of them says.
    Highest,
}

impl Default for SeverityOrder {
    fn default() -> Self {
        Self::By(SeveritySource::ALL)
    }
}

/// Words that are no order of sources.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnOrder {
    /// A word names no source.
    #[error("{0:?} is no source of severities: expected package, advisory, database, other or nvd, or highest alone")]
    NoSource(String),
    /// A source is named again.
    #[error("{0} is named twice")]
    Twice(&'static str),
}

impl SeverityOrder {
    /// Reads the names of sources, the first to be believed first; those that are not named follow in their usual order.
    /// `highest` alone believes the worst.
    ///
    /// # Errors
    /// A word names no source, or one is named twice.
    pub fn of_words<'w>(words: impl IntoIterator<Item = &'w str>) -> Result<Self, NotAnOrder> {
        let words: Vec<&str> = words.into_iter().map(str::trim).collect();
        if words == ["highest"] {
            return Ok(Self::Highest);
        }
        let mut order: Vec<SeveritySource> = Vec::with_capacity(SeveritySource::ALL.len());
        for word in words {
            let source = SeveritySource::ALL.into_iter().find(|source| source.word() == word);
            let source = source.ok_or_else(|| NotAnOrder::NoSource(word.to_owned()))?;
            if order.contains(&source) {
                return Err(NotAnOrder::Twice(source.word()));
            }
            order.push(source);
        }
        let named = order.len();
        let rest = SeveritySource::ALL.into_iter().filter(|source| !order[..named].contains(source));
        order.extend(rest.collect::<Vec<_>>());
        let mut all = SeveritySource::ALL;
        all.copy_from_slice(&order);
        Ok(Self::By(all))
    }

    /// Lets this order decide how bad the findings of a judgement are.
    pub fn apply(self, judgement: &mut Judgement) {
        judgement.order = self;
        let suppressed = judgement.suppressed.iter_mut().map(|suppressed| &mut suppressed.finding);
        for finding in judgement.findings.iter_mut().chain(suppressed) {
            self.rate(finding);
        }
        judgement.findings.sort_by(by_weight);
        judgement.suppressed.sort_by(|a, b| by_weight(&a.finding, &b.finding));
    }

    /// Lets this order decide how bad a finding is. That a package is malicious is beyond dispute.
    pub(crate) fn rate(self, finding: &mut Finding) {
        let Some(open) = finding.assessments.get_mut(usize::from(finding.malicious)..) else { return };
        match self {
            // Stable: what one kind of source says stays the worst first.
            Self::By(order) => open.sort_by_key(|known| order.iter().position(|source| *source == known.from)),
            Self::Highest => open.sort_by_key(|known| std::cmp::Reverse(known.rank())),
        }
        let Assessment { severity, score, vector, source, .. } =
            finding.assessments.first().cloned().unwrap_or_default();
        (finding.severity, finding.score, finding.vector, finding.severity_source) = (severity, score, vector, source);
    }
}

impl FromStr for SeverityOrder {
    type Err = NotAnOrder;

    /// Reads names with commas between them, see [`SeverityOrder::of_words`].
    fn from_str(text: &str) -> Result<Self, NotAnOrder> {
        Self::of_words(text.split(','))
    }
}

impl fmt::Display for SeverityOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::By(order) => f.write_str(&order.map(SeveritySource::word).join(",")),
            Self::Highest => f.write_str("highest"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read() {
        let check = |text: &str, expect: Result<&str, NotAnOrder>| {
            assert_eq!(
                text.parse::<SeverityOrder>().map(|order| order.to_string()),
                expect.map(str::to_owned),
                "{text}"
            );
        };
        check("package,advisory,database,other,nvd", Ok("package,advisory,database,other,nvd"));
        check("nvd", Ok("nvd,package,advisory,database,other"));
        check("other, database", Ok("other,database,package,advisory,nvd"));
        check("highest", Ok("highest"));
        check("nvd,nvd", Err(NotAnOrder::Twice("nvd")));
        check("nvd,highest", Err(NotAnOrder::NoSource("highest".into())));
        check("NVD", Err(NotAnOrder::NoSource("NVD".into())));
        check("", Err(NotAnOrder::NoSource(String::new())));
        assert_eq!(SeverityOrder::default(), "package".parse().unwrap());
    }
}
