//! Holding an image against a gate.

use std::sync::Arc;
use std::time::SystemTime;

use plimsoll_advisories::{Finding, Judgement, Severity, Status, Timestamp, UnknownReason};

use crate::gate::{Gate, OnUnknown};
use crate::verdict::{Outcome, Reason, ReasonKind, Verdict};

/// What `gate` says at the time `now` of an image that was judged so.
pub fn evaluate(gate: &Gate, judgement: &Judgement, now: SystemTime) -> Verdict {
    let name: Arc<str> = gate.name().into();
    let unknown = match gate.unknown() {
        OnUnknown::Deny => Some(Outcome::Unknown),
        OnUnknown::Warn => Some(Outcome::Warn),
        OnUnknown::Allow => None,
    };
    let counted = judgement.findings.iter().filter(|finding| counts(gate, finding, now.into()));
    let findings = counted.filter_map(|finding| {
        let kind = weigh(gate, finding)?;
        let outcome = if matches!(kind, ReasonKind::Finding(_)) { Some(Outcome::Deny) } else { unknown };
        Some((outcome?, kind))
    });
    // A version that cannot be compared is weighed with its findings: below the threshold it does not matter.
    let open = judgement.unknown.iter().filter(|why| !matches!(why, UnknownReason::UndeterminedVersion { .. }));
    let open = open.filter_map(|why| Some((unknown?, ReasonKind::Unknown(why.clone()))));
    let reasons = findings.chain(open);
    Verdict::of(reasons.map(|(outcome, kind)| Reason { gate: Arc::clone(&name), outcome, kind }).collect())
}

impl Gate {
    /// What this gate says of an image that could not be judged, `why` being a sentence for the user.
    pub fn not_analysed(&self, why: &str) -> Verdict {
        let outcome = match self.unknown() {
            OnUnknown::Deny => Outcome::Unknown,
            OnUnknown::Warn => Outcome::Warn,
            OnUnknown::Allow => return Verdict::default(),
        };
        let kind = ReasonKind::NotAnalysed(why.to_owned());
        Verdict::of(vec![Reason { gate: self.name().into(), outcome, kind }])
    }
}

/// Whether the gate takes the finding into account at all.
fn counts(gate: &Gate, finding: &Finding, now: Timestamp) -> bool {
    if finding.malicious {
        return true;
    }
    let is_new = finding.published.is_some_and(|published| published.days_until(now) < i64::from(gate.grace()));
    !is_new && (finding.fixed.is_some() || !gate.is_only_fixable())
}

/// What the finding is to the gate; nothing where it is below the threshold.
fn weigh(gate: &Gate, finding: &Finding) -> Option<ReasonKind> {
    let boxed = || Box::new(finding.clone());
    match (finding.severity, finding.status) {
        (Severity::Unknown, _) => Some(ReasonKind::UnknownSeverity(boxed())),
        (severity, _) if severity < gate.severity() => None,
        (_, Status::Affected) => Some(ReasonKind::Finding(boxed())),
        (_, Status::Undetermined) => Some(ReasonKind::Undetermined(boxed())),
    }
}
