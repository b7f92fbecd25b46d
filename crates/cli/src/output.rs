//! What is printed, and how.

pub(crate) mod flaw;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::time::Duration;

use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

/// Prints a line. A reader that has gone away ends the printing, not the program.
pub(crate) fn line(text: &str) {
    let mut output = std::io::stdout().lock();
    let _ = writeln!(output, "{text}").and_then(|()| output.flush());
}

/// Prints whole lines. Whether their reader is still there.
pub(crate) fn text(lines: &str) -> bool {
    let mut output = std::io::stdout().lock();
    output.write_all(lines.as_bytes()).and_then(|()| output.flush()).is_ok()
}

/// Prints a JSON document.
pub(crate) fn json(document: &Value) -> serde_json::Result<()> {
    line(&serde_json::to_string_pretty(document)?);
    Ok(())
}

/// Prints a note beside the answer.
pub(crate) fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Prints an error with its causes.
pub(crate) fn error(error: &anyhow::Error) {
    let mut output = std::io::stderr().lock();
    let _ = writeln!(output, "error: {error}");
    for cause in error.chain().skip(1) {
        let _ = writeln!(output, "  because: {cause}");
    }
}

/// A table that fits the terminal; a wide one where the output is no terminal.
pub(crate) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_header(header.to_vec());
    if std::io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table
}

/// A sign of life for long work: a spinner on a terminal, nothing elsewhere.
pub(crate) fn spinner(message: &str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(message.to_owned());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// A report of `docs/report.md` for people.
pub(crate) fn report(report: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let empty = Vec::new();
    let findings = report["findings"].as_array().unwrap_or(&empty);
    let distribution = report["distribution"]["name"].as_str().unwrap_or("no distribution known");
    let packages = report["packages"].as_array().map_or(0, Vec::len);
    let suppressed = report["suppressed"].as_array().unwrap_or(&empty);
    let (packages, counted) = (count(packages, "package"), count(findings.len(), "finding"));
    let beside = if suppressed.is_empty() { String::new() } else { format!(", {} suppressed", suppressed.len()) };
    let mut lines = vec![format!("{} ({distribution}): {packages}, {counted}{beside}", text(&report["source"]))];
    if !findings.is_empty() {
        let mut table =
            table(&["severity", "package", "installed", "fixed in", "id", "severity source", "path", "layer"]);
        for finding in findings {
            let id = match finding["advisory"].as_str() {
                Some(advisory) if finding["id"] != advisory => format!("{}\n{advisory}", text(&finding["id"])),
                _ => text(&finding["id"]),
            };
            let status = if finding["status"] == "undetermined" { "\nundetermined" } else { "" };
            let exploited = if finding["exploited"].is_object() { "\nexploited" } else { "" };
            table.add_row([
                format!("{}{status}{exploited}", text(&finding["severity"])),
                text(&finding["package"]),
                text(&finding["installed"]),
                fixed_or_state(finding),
                id,
                finding["severitySource"].as_str().unwrap_or("-").to_owned(),
                text(&finding["path"]),
                short_digest(&finding["layer"]),
            ]);
        }
        lines.push(table.to_string());
    }
    lines.extend(suppressed_findings(suppressed));
    if report["fix"].is_object() {
        lines.extend(flaw::fix(&report["fix"]));
    }
    let unknown = report["unknown"].as_array().unwrap_or(&empty);
    lines.extend(unknown.iter().map(|unknown| format!("unknown: {}", text(unknown))));
    lines.push(format!("verdict: {}\n", text(&report["verdict"])));
    lines.join("\n")
}

/// What does not count: a line for each package and reason.
fn suppressed_findings(suppressed: &[Value]) -> Vec<String> {
    let mut reasons: BTreeMap<[&str; 4], Vec<&str>> = BTreeMap::new();
    for finding in suppressed {
        let key = ["package", "installed", "path", "detail"].map(|member| finding[member].as_str().unwrap_or_default());
        reasons.entry(key).or_default().push(finding["id"].as_str().unwrap_or_default());
    }
    let line = |([package, installed, path, reason], ids): ([&str; 4], Vec<&str>)| {
        format!("suppressed: {} in {package} {installed} ({path}): {reason}", ids.join(", "))
    };
    reasons.into_iter().map(line).collect()
}

/// Prints what the gates say of an image.
pub(crate) fn explanation(explanation: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let empty = Vec::new();
    let verdict = text(&explanation["verdict"]);
    match explanation["gate"].as_str() {
        Some(gate) => line(&format!("{}: {verdict}, by the gate {gate:?}", text(&explanation["image"]))),
        None => line(&format!("{}: {verdict}, as no gate guards its repository", text(&explanation["image"]))),
    }
    for reason in explanation["reasons"].as_array().unwrap_or(&empty) {
        if let Some(unknown) = reason["unknown"].as_str() {
            line(&format!("  not known: {unknown}"));
        } else {
            let fix = reason["fixed"].as_str().map_or_else(|| "no fix yet".to_owned(), |fix| format!("fixed in {fix}"));
            line(&format!(
                "  {} {}: {} {}, {fix} ({})",
                text(&reason["severity"]),
                text(&reason["id"]),
                text(&reason["package"]),
                text(&reason["installed"]),
                text(&reason["path"]),
            ));
        }
    }
    for unknown in explanation["unknown"].as_array().unwrap_or(&empty) {
        line(&format!("  not known of the image: {}", text(unknown)));
    }
    let number = |member: &str| explanation[member].as_u64().unwrap_or_default();
    let beside = match number("suppressed") {
        0 => String::new(),
        suppressed => format!(" and {suppressed} suppressed"),
    };
    let findings = count(number("findings"), "finding");
    line(&format!("  {findings}{beside} in all: `plimsoll findings` lists them"));
}

/// So many of something: `1 record`, `2 records`.
pub(crate) fn count(number: impl Display, noun: &str) -> String {
    let number = number.to_string();
    let end = if number == "1" { "" } else { "s" };
    format!("{number} {noun}{end}")
}

fn short_digest(digest: &Value) -> String {
    digest.as_str().and_then(|digest| digest.get(..19)).unwrap_or("-").to_owned()
}

/// The version that is fixed, or what else is known of a fix.
fn fixed_or_state(finding: &Value) -> String {
    let elsewhere = finding["fixedElsewhere"].as_array().into_iter().flatten();
    match (finding["fixed"].as_str(), finding["state"].as_str()) {
        (Some(fixed), _) => fixed.to_owned(),
        (None, Some("fixedElsewhere")) => {
            let word = |fix: &Value, member: &str| fix[member].as_str().unwrap_or_default().to_owned();
            let fix = |fix: &Value| format!("in {}:\n{}", word(fix, "ecosystem"), word(fix, "version"));
            elsewhere.map(fix).collect::<Vec<_>>().join("\n")
        }
        (None, Some("wontFix")) => "won't fix".to_owned(),
        (None, Some("deferred")) => "deferred".to_owned(),
        (None, Some("underInvestigation")) => "being looked into".to_owned(),
        (None, Some("endOfLife")) => "end of life".to_owned(),
        (None, _) => "-".to_owned(),
    }
}
