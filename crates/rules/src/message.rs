//! What a refused user reads.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use plimsoll_advisories::Finding;

use crate::verdict::{Outcome, Reason, ReasonKind, Verdict};

/// How many reasons a message spells out.
const SPELLED_OUT: usize = 3;
/// The longest text taken over from an image, in characters.
const LONGEST: usize = 80;

/// The line a client shows when `image` is refused: the gate, the weightiest reasons, and what to do. Nothing where the
/// verdict refuses nothing.
///
/// Everything an image says of itself is cut short and rid of control characters: the line ends up on terminals.
pub fn denial_message(image: &str, verdict: &Verdict) -> Option<String> {
    if verdict.outcome.allows() {
        return None;
    }
    let weighty = verdict.reasons.iter().filter(|reason| reason.outcome == verdict.outcome).collect::<Vec<_>>();
    let gates = weighty.iter().map(|reason| format!("\"{}\"", reason.gate)).collect::<BTreeSet<_>>();
    let gates = gates.into_iter().collect::<Vec<_>>().join(" and ");
    let mut message = format!("{} is held by the gate {gates}: ", clean(image));
    let distinct = distinct_texts(&weighty);
    message += &distinct.iter().take(SPELLED_OUT).cloned().collect::<Vec<_>>().join("; ");
    if let Some(more @ 1..) = distinct.len().checked_sub(SPELLED_OUT) {
        let _ = write!(message, "; +{more} more");
    }
    let _ = write!(message, ". {}; ", advice(verdict.outcome, &weighty));
    let _ = write!(message, "details: plimsoll explain {}; an administrator can grant an exception", clean(image));
    Some(message)
}

/// The reasons in words, each once: the binaries of one source package repeat its flaws.
fn distinct_texts(reasons: &[&Reason]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    reasons.iter().map(|reason| text(&reason.kind)).filter(|text| seen.insert(text.clone())).collect()
}

fn text(kind: &ReasonKind) -> String {
    match kind {
        ReasonKind::Finding(finding) => {
            let what = if finding.malicious { "malicious package" } else { finding.severity.as_str() };
            let fix = match &finding.fixed {
                Some(fixed) => format!("-> {}", clean(fixed)),
                None => "(no fix)".to_owned(),
            };
            format!("{} {what} {} {fix}", clean(&finding.id), name_and_version(finding))
        }
        ReasonKind::Undetermined(finding) => {
            format!("{} may be in {}, whose version cannot be compared", clean(&finding.id), name_and_version(finding))
        }
        ReasonKind::UnknownSeverity(finding) => {
            format!("{} in {} has no known severity", clean(&finding.id), name_and_version(finding))
        }
        ReasonKind::Unknown(reason) => clean(&reason.to_string()),
        ReasonKind::NotAnalysed(why) => clean(why),
    }
}

fn name_and_version(finding: &Finding) -> String {
    let name = finding.package.package.source.as_ref().map_or(&finding.package.package.name, |source| &source.name);
    format!("{} {}", clean(name), clean(&finding.installed))
}

fn advice(outcome: Outcome, reasons: &[&Reason]) -> &'static str {
    let fixable = |reason: &&Reason| reason.finding().is_some_and(|finding| finding.fixed.is_some());
    let malicious = |reason: &&Reason| reason.finding().is_some_and(|finding| finding.malicious);
    let not_analysed = |reason: &&Reason| matches!(reason.kind, ReasonKind::NotAnalysed(_));
    match outcome {
        Outcome::Deny if reasons.iter().any(malicious) => "Remove the package and rebuild the image",
        Outcome::Deny if reasons.iter().all(fixable) => "Upgrade the packages and rebuild the image",
        Outcome::Deny if reasons.iter().any(fixable) => "Upgrade the packages that have a fix and rebuild the image",
        Outcome::Deny => "Remove or replace the packages and rebuild the image",
        _ if reasons.iter().any(not_analysed) => "Try again when the analysis is done",
        _ => "What is not known counts as refused here",
    }
}

fn clean(text: &str) -> String {
    let mut kept = text.chars().map(|c| if c.is_control() { '?' } else { c });
    let short = kept.by_ref().take(LONGEST).collect::<String>();
    if kept.next().is_some() { short + "..." } else { short }
}
