//! What two scanners agree on, and what only one of them says.

use std::fmt;

use super::tools::{Answer, Found, Key};

/// A source as both see it.
pub(super) struct Comparison {
    pub(super) source: String,
    /// How many packages ours and theirs find.
    pub(super) packages: (usize, usize),
    /// How many findings of theirs are findings of ours.
    pub(super) agreed: usize,
    pub(super) differences: Vec<Difference>,
}

/// A finding that only one of them has.
pub(super) struct Difference {
    pub(super) is_ours: bool,
    key: Key,
    ids: String,
    why: String,
}

impl Comparison {
    pub(super) fn new(source: String, ours: &Answer, theirs: &Answer) -> Self {
        let packages = (ours.packages.len(), theirs.packages.len());
        let mut comparison = Self { source, packages, agreed: 0, differences: Vec::new() };
        comparison.seek(ours, theirs, true);
        comparison.agreed = 0;
        comparison.seek(theirs, ours, false);
        comparison
    }

    /// Looks for every finding of `these` among `those`. A finding is the same where it shares an id.
    fn seek(&mut self, these: &Answer, those: &Answer, is_ours: bool) {
        for (key, findings) in &these.findings {
            let others = those.findings.get(key);
            for found in findings {
                let same = others.into_iter().flatten().find(|other| !other.ids.is_disjoint(&found.ids));
                let remark = found.remark.as_ref().or(same.and_then(|other| other.remark.as_ref()));
                let is_counted = |other: &Found| other.remark.is_none() && found.remark.is_none();
                if same.is_some_and(is_counted) {
                    self.agreed += 1;
                    continue;
                }
                let why = match remark {
                    // What does not count is missing in neither.
                    Some(remark) if is_ours && same.is_none() && remark.starts_with("suppressed") => continue,
                    Some(_) if is_ours && same.is_some() => continue,
                    Some(remark) => format!("ours is {remark}"),
                    None if those.packages.contains(key) => "both know the package".to_owned(),
                    None => "the other has no such package".to_owned(),
                };
                let ids = found.ids.iter().map(String::as_str).collect::<Vec<_>>().join(" ");
                self.differences.push(Difference { is_ours, key: key.clone(), ids, why });
            }
        }
    }
}

impl Difference {
    /// What it has in common with others.
    pub(super) fn kind(&self) -> String {
        let whose = if self.is_ours { "only ours" } else { "only theirs" };
        format!("{} {whose}, {}", self.key.ecosystem, self.why)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.key.name, self.key.version, self.ids)
    }
}
