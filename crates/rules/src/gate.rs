//! What a gate asks of an image.

use plimsoll_advisories::{Finding, Judgement, Severity, Status, Timestamp, UnknownReason};
use plimsoll_oci::{RepositoryName, RepositoryPattern};

use crate::verdict::{Outcome, Reason, Verdict};

/// A gate at pull: which repositories it guards, and which findings close it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// The name that refusals give.
    pub name: String,
    /// The repositories it guards.
    pub repositories: Vec<RepositoryPattern>,
    /// The least severity that closes it.
    pub severity: Severity,
    /// Whether only findings with a fixed version close it.
    pub only_fixable: bool,
    /// How many days after its publication a finding begins to close it. One without a date does so at once.
    pub grace_days: u32,
    /// What it does when it is not known what is wrong with the image.
    pub unknown: OnUnknown,
    /// What it does about findings that nobody gives a severity.
    pub unrated: OnUnknown,
    /// Whom it lets through: ARNs of users and roles, of which the last character may be `*` for any rest, or `anonymous`.
    pub exempt: Vec<String>,
}

/// What a gate does about what is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnUnknown {
    /// It stays closed.
    #[default]
    Deny,
    /// It opens; reports say why it might not have.
    Warn,
    /// It opens.
    Allow,
}

impl Gate {
    /// Whether the gate has a say when `principal`, the ARN of a user or role or `anonymous`, pulls from `repository`.
    pub fn guards(&self, repository: &RepositoryName, principal: &str) -> bool {
        self.repositories.iter().any(|pattern| pattern.matches(repository))
            && !self.exempt.iter().any(|pattern| names(pattern, principal))
    }

    /// Judges an image by what is known of it at `now`.
    pub fn evaluate(&self, judgement: &Judgement, now: Timestamp) -> Verdict {
        let counted: Vec<&Finding> = judgement.findings.iter().filter(|finding| self.counts(finding, now)).collect();
        let reasons = |wanted: fn(&Finding) -> bool| {
            counted.iter().filter(|finding| wanted(finding)).map(|finding| Reason::finding(finding)).collect::<Vec<_>>()
        };
        let closing = reasons(|finding| finding.status == Status::Affected && finding.severity != Severity::Unknown);
        if !closing.is_empty() {
            return self.verdict(Outcome::Deny, closing);
        }
        let mut unknown: Vec<Reason> =
            judgement.unknown.iter().filter(|why| !is_weighed(why)).map(Reason::unknown).collect();
        unknown.extend(reasons(|finding| finding.status == Status::Undetermined));
        let unrated = reasons(|finding| finding.status == Status::Affected && finding.severity == Severity::Unknown);
        self.doubtful([(self.unknown, unknown), (self.unrated, unrated)])
    }

    /// The verdict where nothing but doubts is left: the most closed of what the gate does about them.
    fn doubtful(&self, doubts: [(OnUnknown, Vec<Reason>); 2]) -> Verdict {
        for (kept, outcome) in [(OnUnknown::Deny, Outcome::Unknown), (OnUnknown::Warn, Outcome::Warn)] {
            let doubts = doubts.iter().filter(|(on_unknown, _)| *on_unknown == kept);
            let reasons: Vec<Reason> = doubts.flat_map(|(_, reasons)| reasons.iter().cloned()).collect();
            if !reasons.is_empty() {
                return self.verdict(outcome, reasons);
            }
        }
        self.verdict(Outcome::Pass, Vec::new())
    }

    /// Judges something of which nothing is known yet.
    pub fn evaluate_unknown(&self, why: &str) -> Verdict {
        let outcome = match self.unknown {
            OnUnknown::Deny => Outcome::Unknown,
            OnUnknown::Warn => Outcome::Warn,
            OnUnknown::Allow => return self.verdict(Outcome::Pass, Vec::new()),
        };
        self.verdict(outcome, vec![Reason::Unknown(why.to_owned())])
    }

    fn verdict(&self, outcome: Outcome, reasons: Vec<Reason>) -> Verdict {
        Verdict { outcome, gate: Some(self.name.clone()), reasons }
    }

    /// Whether the gate minds a finding. A severity nobody gives may be any; a package made to do harm is none to wait for
    /// a fix of.
    fn counts(&self, finding: &Finding, now: Timestamp) -> bool {
        if finding.malicious {
            return true;
        }
        let severe = finding.severity >= self.severity || finding.severity == Severity::Unknown;
        let fixable = finding.fixed.is_some() || !self.only_fixable;
        let due = finding.published.is_none_or(|published| published.days_until(now) >= i64::from(self.grace_days));
        severe && fixable && due
    }
}

/// Whether something that is not known has a finding of its own, which is weighed by its severity.
fn is_weighed(reason: &UnknownReason) -> bool {
    matches!(reason, UnknownReason::UndeterminedVersion { .. })
}

fn names(pattern: &str, principal: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => principal.starts_with(start),
        None => pattern == principal,
    }
}
