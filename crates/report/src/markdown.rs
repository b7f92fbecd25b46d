//! Markdown, for comments on a change.

use plimsoll_advisories::{Finding, Status};

use crate::Image;
use crate::escape::markdown;
use crate::facts::{counts, fixed_or_state, url};

/// The most findings listed: what shows Markdown shows no more.
const MAX_ROWS: usize = 1_000;

pub(crate) fn document(image: &Image<'_>) -> String {
    let judgement = image.judgement;
    let system = image.operating_system().map(|system| format!("{}, ", markdown(&system))).unwrap_or_default();
    let (packages, findings) = (image.inventory.packages.len(), judgement.findings.len());
    let overview =
        format!("{system}{packages} packages, {findings} findings, {} suppressed", judgement.suppressed.len());
    let mut parts = vec![format!("# {}\n\n{overview}\n\n", markdown(image.shown_name()))];
    if findings > 0 {
        parts.push(table(image));
    }
    let suppressed = judgement.suppressed.iter().map(|suppressed| {
        let package = &suppressed.finding.package.package;
        let what = format!("{} in {} {}", suppressed.finding.id, package.name, package.version);
        format!("{what}: {}", suppressed.reason)
    });
    parts.push(list("Suppressed", suppressed));
    parts.push(list("Not known", judgement.unknown.iter().map(ToString::to_string)));
    parts.concat()
}

fn table(image: &Image<'_>) -> String {
    let counts: Vec<String> = counts(image).iter().map(|(severity, number)| format!("{severity} {number}")).collect();
    let header = "| Severity | Id | Package | Installed | Fixed in | Path | Summary |\n|---|---|---|---|---|---|---|\n";
    let findings = &image.judgement.findings;
    let rows: Vec<String> = findings.iter().take(MAX_ROWS).map(row).collect();
    let more = match findings.len().checked_sub(MAX_ROWS) {
        Some(more @ 1..) => format!("\n{more} more are not listed.\n"),
        _ => String::new(),
    };
    format!("{}\n\n{header}{}{more}\n", counts.join(" · "), rows.concat())
}

/// A section with a list; nothing where there are no items.
fn list(title: &str, items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.take(MAX_ROWS).map(|item| format!("- {}\n", markdown(&item))).collect();
    if items.is_empty() { String::new() } else { format!("## {title}\n\n{}\n", items.concat()) }
}

fn row(finding: &Finding) -> String {
    let package = &finding.package.package;
    let doubt = if finding.status == Status::Undetermined { " (undetermined)" } else { "" };
    format!(
        "| {}{doubt} | [{}]({}) | {} | {} | {} | {} | {} |\n",
        finding.counted_severity(),
        markdown(&finding.id),
        url(&finding.id),
        markdown(&package.name),
        markdown(&package.version),
        markdown(&fixed_or_state(finding)),
        markdown(&finding.package.path),
        markdown(&finding.summary),
    )
}
