//! How bad a flaw is, from what advisories say of it.

use std::fmt;
use std::str::FromStr;

use crate::SeveritySource;
use crate::record::{Rating, RatingKind};

/// How bad a flaw is, in the bands of CVSS. Ordered; what is not known comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// No source gives a severity.
    #[default]
    Unknown,
    /// Of no consequence: CVSS 0.0, Ubuntu's "negligible", Debian's "unimportant".
    Negligible,
    /// CVSS 0.1 to 3.9.
    Low,
    /// CVSS 4.0 to 6.9.
    Medium,
    /// CVSS 7.0 to 8.9 (in version 2: to 10.0).
    High,
    /// CVSS 9.0 to 10.0, and every malicious package.
    Critical,
}

/// A word that names no severity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a severity: expected negligible, low, medium, high or critical")]
pub struct NotASeverity;

impl Severity {
    /// The severity's name, in upper case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Negligible => "NEGLIGIBLE",
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
            Self::Critical => "CRITICAL",
        }
    }

    /// The severity a database's word stands for; none where the word is no severity.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "none" | "negligible" | "unimportant" => Self::Negligible,
            "low" => Self::Low,
            "medium" | "moderate" => Self::Medium,
            "high" | "important" => Self::High,
            "critical" => Self::Critical,
            _ => return None,
        })
    }
}

impl FromStr for Severity {
    type Err = NotASeverity;

    /// Reads the name of a known severity, in any case; `unknown` is none that one can ask for.
    fn from_str(name: &str) -> Result<Self, NotASeverity> {
        Self::from_word(name).ok_or(NotASeverity)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The version of CVSS that a vector is of, such as `3.1`; `2.0` where it does not say.
pub fn cvss_version(vector: &str) -> &str {
    vector.strip_prefix("CVSS:").and_then(|rest| rest.split('/').next()).unwrap_or("2.0")
}

/// A severity with its source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assessment {
    /// The severity.
    pub severity: Severity,
    /// The score, 0.0 to 10.0, where a CVSS vector was scored.
    pub score: Option<f64>,
    /// The CVSS vector.
    pub vector: Option<String>,
    /// Who says so, such as `PYSEC-2019-1 CVSS_V3`; none for [`Severity::Unknown`].
    pub source: Option<String>,
    /// What kind of source that is.
    pub from: SeveritySource,
}

impl Assessment {
    /// What the best of `ratings` that can be read says: the newest CVSS version, of two vectors the higher score.
    pub(crate) fn of_ratings<'a>(record: &str, ratings: impl Iterator<Item = (RatingKind, &'a str)>) -> Option<Self> {
        let read = ratings.filter_map(|(kind, value)| Some((kind, value, assess(kind, value)?)));
        let best = read
            .max_by(|(kind_a, _, a), (kind_b, _, b)| kind_a.cmp(kind_b).then(a.1.total_cmp(&b.1)).then(a.0.cmp(&b.0)));
        best.map(|(kind, value, (severity, score))| {
            let is_vector = kind != RatingKind::Ubuntu;
            Self {
                severity,
                score: is_vector.then_some(score),
                vector: is_vector.then(|| value.to_owned()),
                source: Some(format!("{record} {}", kind.as_str())),
                ..Self::default()
            }
        })
    }

    /// What a database's severity word says.
    pub(crate) fn of_word(record: &str, word: &str) -> Option<Self> {
        let severity = Severity::from_word(word)?;
        Some(Self { severity, source: Some(format!("{record} severity")), ..Self::default() })
    }

    /// What there is to say of a malicious package.
    pub(crate) fn malicious(record: &str) -> Self {
        let source = Some(format!("{record} malicious package"));
        Self { severity: Severity::Critical, source, ..Self::default() }
    }

    /// The same, from this kind of source.
    pub(crate) fn from(self, from: SeveritySource) -> Self {
        Self { from, ..self }
    }

    /// Orders by severity, then score.
    pub(crate) fn rank(&self) -> (Severity, i32) {
        let tenths = |score: f64| (score * 10.0).round() as i32;
        (self.severity, self.score.map_or(0, tenths))
    }
}

/// Scores one rating, on its own version's scale; nothing where it cannot be read.
fn assess(kind: RatingKind, value: &str) -> Option<(Severity, f64)> {
    let vector: cvss::Cvss = match kind {
        RatingKind::Ubuntu => return Severity::from_word(value).map(|severity| (severity, 0.0)),
        RatingKind::CvssV2 => value.trim_matches(['(', ')']).parse().ok()?,
        RatingKind::CvssV3 | RatingKind::CvssV4 => value.parse().ok()?,
    };
    let complete = match &vector {
        cvss::Cvss::CvssV20(v) => {
            let access = v.av.is_some() && v.ac.is_some() && v.au.is_some();
            access && v.c.is_some() && v.i.is_some() && v.a.is_some()
        }
        cvss::Cvss::CvssV30(v) | cvss::Cvss::CvssV31(v) => {
            let access = v.av.is_some() && v.ac.is_some() && v.pr.is_some() && v.ui.is_some();
            access && v.s.is_some() && v.c.is_some() && v.i.is_some() && v.a.is_some()
        }
        _ => true,
    };
    let version = match vector {
        cvss::Cvss::CvssV20(_) => RatingKind::CvssV2,
        cvss::Cvss::CvssV30(_) | cvss::Cvss::CvssV31(_) => RatingKind::CvssV3,
        _ => RatingKind::CvssV4,
    };
    if !complete || version != kind {
        return None;
    }
    let severity = match vector.severity() {
        cvss::Severity::None => Severity::Negligible,
        cvss::Severity::Low => Severity::Low,
        cvss::Severity::Medium => Severity::Medium,
        cvss::Severity::High => Severity::High,
        cvss::Severity::Critical => Severity::Critical,
    };
    Some((severity, vector.score()))
}

impl Rating {
    /// The severity and, for vectors, the score this rating stands for; nothing where it cannot be read.
    pub fn severity(&self) -> Option<(Severity, Option<f64>)> {
        let (severity, score) = assess(self.kind, &self.value)?;
        Some((severity, (self.kind != RatingKind::Ubuntu).then_some(score)))
    }
}

#[cfg(test)]
mod tests {
    use super::RatingKind::{CvssV2 as V2, CvssV3 as V3, CvssV4 as V4};
    use super::*;

    /// The vectors are examples from the specifications and their user guides, with the scores printed there.
    #[test]
    fn scores_published_examples() {
        let check = |kind, vector: &str, expect: Option<(Severity, f64)>| {
            let rating = Rating { kind, value: vector.to_owned() };
            assert_eq!(rating.severity(), expect.map(|(severity, score)| (severity, Some(score))), "{vector}");
        };
        check(V2, "AV:N/AC:L/Au:N/C:N/I:N/A:C", Some((Severity::High, 7.8)));
        check(V2, "AV:N/AC:L/Au:N/C:C/I:C/A:C", Some((Severity::High, 10.0)));
        check(V2, "(AV:L/AC:H/Au:N/C:C/I:C/A:C)", Some((Severity::Medium, 6.2)));
        check(V2, "AV:N/AC:L/Au:N/C:P/I:P/A:P", Some((Severity::High, 7.5)));
        check(V3, "CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", Some((Severity::Medium, 6.4)));
        check(V3, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", Some((Severity::Critical, 10.0)));
        check(V3, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some((Severity::Critical, 9.8)));
        check(V3, "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", Some((Severity::Low, 3.1)));
        check(V3, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", Some((Severity::Negligible, 0.0)));
        check(V3, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", Some((Severity::High, 7.5)));
        check(V4, "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", Some((Severity::High, 7.3)));
        check(V4, "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", Some((Severity::Critical, 10.0)));
        check(V4, "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", Some((Severity::High, 7.7)));
        check(V4, "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", Some((Severity::Negligible, 0.0)));
        check(V3, "CVSS:3.1/AV:N", None);
        check(V3, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N", None);
        check(V2, "AV:N/AC:L", None);
        check(V4, "CVSS:4.0/AV:N", None);
        check(V4, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", None);
        check(V3, "", None);
        check(V3, "7.5", None);
    }

    #[test]
    fn words_of_databases() {
        let check = |word: &str, expect| assert_eq!(Severity::from_word(word), expect, "{word}");
        check("MODERATE", Some(Severity::Medium));
        check("Critical", Some(Severity::Critical));
        check("negligible", Some(Severity::Negligible));
        check("unimportant", Some(Severity::Negligible));
        check("Unknown", None);
        check("not yet assigned", None);
        check("end-of-life", None);
        check("", None);
    }

    #[test]
    fn newest_scale_then_highest_score() {
        let ratings = [
            (RatingKind::CvssV3, "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"),
            (RatingKind::CvssV4, "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N"),
            (RatingKind::CvssV4, "CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:P/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"),
            (RatingKind::CvssV4, "CVSS:4.0/unreadable"),
            (RatingKind::Ubuntu, "critical"),
        ];
        let best = Assessment::of_ratings("X-1", ratings.into_iter()).unwrap();
        assert_eq!(
            (best.severity, best.score, best.source.as_deref()),
            (Severity::High, Some(7.7), Some("X-1 CVSS_V4"))
        );
        let word = Assessment::of_ratings("X-1", ratings[4..].iter().copied()).unwrap();
        assert_eq!((word.severity, word.score, word.vector), (Severity::Critical, None, None));
        assert_eq!(Assessment::of_ratings("X-1", ratings[3..4].iter().copied()), None);
    }

    #[test]
    fn vectors_tell_their_version() {
        assert_eq!(cvss_version("CVSS:3.1/AV:N/AC:L"), "3.1");
        assert_eq!(cvss_version("CVSS:4.0/AV:N"), "4.0");
        assert_eq!(cvss_version("(AV:L/AC:H/Au:N/C:C/I:C/A:C)"), "2.0");
    }
}
